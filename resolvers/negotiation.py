"""Which media types a GraphQL request may come in, and which its answer goes out in."""

import enum
import re
from collections.abc import Iterator

from starlette.datastructures import Headers

from app.errors import ErrorCode
from resolvers.refusals import HttpRefusal

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


class MediaType(enum.StrEnum):
    """What an answer can be; among equals the first is preferred."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"
    EVENT_STREAM = "text/event-stream"


def require_json(headers: Headers) -> None:
    """Refuse a body that is not plain JSON in UTF-8: no form of a foreign page can send such."""
    media_type, parameters = _parsed(headers.get("content-type", ""))
    charset = parameters.get("charset", "utf-8").lower()
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if media_type != MediaType.JSON or charset not in {"utf-8", "utf8"}:
        raise _unsupported("请求体须为 application/json（UTF-8）")
    if encoding != "identity":
        raise _unsupported("请求体不能压缩", {"Accept-Encoding": "identity"})


def answer_type(headers: Headers) -> MediaType:
    """Choose the answer's media type by ``Accept``; plain JSON where the client does not care."""
    accept = ",".join(headers.getlist("accept")).strip()
    if not accept:
        return MediaType.JSON
    ranges = dict(_ranges(accept))
    best = max(MediaType, key=lambda each: _rank(each, ranges))
    if _rank(best, ranges)[0] == 0:
        message = f"只提供 {'、'.join(MediaType)}"
        raise HttpRefusal(406, message, ErrorCode.UNSUPPORTED_MEDIA)
    return best


def takes_event_stream(headers: Headers) -> bool:
    """Whether the client named event streams among what it takes."""
    ranges = dict(_ranges(",".join(headers.getlist("accept"))))
    return ranges.get(MediaType.EVENT_STREAM, 0.0) > 0


def _rank(media_type: MediaType, ranges: dict[str, float]) -> tuple[float, int]:
    """Rank by quality, then by how closely the client named it; ``*/*`` alone asks for JSON."""
    for closeness, named in ((2, media_type), (1, "application/*"), (0, "*/*")):
        if media_type is MediaType.EVENT_STREAM and closeness < 2:
            break  # a stream is for those who know it by its name
        if named in ranges:
            is_default = media_type is MediaType.JSON
            return ranges[named], closeness if closeness == 2 else is_default - 1
    return 0, 0


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for each in accept.split(","):
        media_type, parameters = _parsed(each)
        quality = parameters.get("q", "1")
        if media_type and _QUALITY.fullmatch(quality):
            yield media_type, float(quality)


def _parsed(value: str) -> tuple[str, dict[str, str]]:
    """Split ``type; name=value`` into the type and its parameters, names in lower case."""
    media_type, *parameters = value.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return media_type.strip().lower(), {
        name.strip().lower(): text.strip().strip('"') for name, _, text in pairs
    }


def _unsupported(message: str, headers: dict[str, str] | None = None) -> HttpRefusal:
    return HttpRefusal(415, message, ErrorCode.UNSUPPORTED_MEDIA, headers=headers)
