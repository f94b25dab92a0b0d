"""From what an editor's input says to what a wording changes: ids, audiences, references."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import strawberry

from app.content.bounds import check_body
from app.content.markdown import to_html
from app.content.references import check_column, check_images, check_video
from app.content.wording import Wording
from app.errors import Invalid
from app.organizations.queries import organizations
from app.visibility import AudienceScope, audience_key
from schema.audiences import AudienceInput
from schema.context import Context
from schema.nodes import key_of

_WITHIN = frozenset({AudienceScope.SUBTREE, AudienceScope.ORGANIZATION})
_NAMES = frozenset({"id", "version"})
_MAY_BE_NULL = {"gallery_ids": (), "tags": ()} | dict.fromkeys(
    ("cover_id", "source_name", "source_url", "video_id", "ends_at")
)
_TYPE_OF = {
    "cover_id": "Image",
    "gallery_ids": "Image",
    "video_id": "Video",
    "column_id": "ShowcaseColumn",
    "organization_id": "Organization",
}


def said_in(given: Any, organization_id: int | None) -> dict[str, Any]:
    """The fields that an input names, as a wording has them.

    An audience without an organization is about ``organization_id``, where the input names none.
    """
    said = {
        field.name: _value(field.name, value)
        for field in fields(given)
        if field.name not in _NAMES
        and (value := getattr(given, field.name)) is not strawberry.UNSET
    }
    if (audience := said.pop("audience", None)) is not None:
        own = said.get("organization_id", organization_id)
        said["audience_key"] = audience_in(audience, own)
    return said


def audience_in(given: AudienceInput, organization_id: int | None) -> str:
    """The key of the audience that an input names."""
    named, path = given.organization_id, ("input", "audience", "organizationId")
    if given.scope in _WITHIN and named is not None:
        organization_id = key_of(named, "Organization", *path)
    if given.scope in _WITHIN and organization_id is None:
        raise Invalid("请指定可见范围所指的组织", *path)
    return audience_key(given.scope, organization_id)


def default_audience(organization_id: int | None) -> str:
    """Who sees what names nobody: the organization and all below it."""
    return audience_key(AudienceScope.SUBTREE, organization_id)


async def rendered(said: Mapping[str, Any]) -> str | None:
    """The HTML of a body that is named; in a thread, since a long one takes a while."""
    if "body" not in said:
        return None
    check_body(said["body"])
    return await asyncio.to_thread(to_html, said["body"])


async def check_references(
    context: Context, said: dict[str, Any], base: Wording | None, organization_id: int
) -> None:
    """Refuse what is named and not there for the viewer to use; what ``base`` has may stay.

    A lecture is as long as the video that is named.
    """
    database, viewer = context.database, context.viewer
    kept = set(base.image_ids) if base else set()
    cover = said.get("cover_id")
    await check_images(database, viewer, _new([cover] if cover else [], kept), "coverId")
    await check_images(database, viewer, _new(said.get("gallery_ids", ()), kept), "galleryIds")
    video = said.get("video_id")
    if video is not None and not (base and base.video_id == video):
        said["duration_seconds"] = await check_video(database, viewer, video, "videoId")
    if "column_id" in said and not (base and base.column_id == said["column_id"]):
        known = await organizations(database, [organization_id])
        path = known[organization_id].path if organization_id in known else ""
        await check_column(database, viewer, said["column_id"], path)


def _new(ids: Sequence[int], kept: set[int]) -> list[int]:
    return [key for key in ids if key not in kept]


def _value(name: str, value: Any) -> Any:
    called = _in_graph(name)
    if value is None:
        if name not in _MAY_BE_NULL:
            raise Invalid("此项不能为空", "input", called)
        return _MAY_BE_NULL[name]
    if isinstance(value, list):
        return tuple(_one(name, called, item) for item in value)
    return _one(name, called, value)


def _one(name: str, called: str, value: Any) -> Any:
    if name in _TYPE_OF:
        return key_of(value, _TYPE_OF[name], "input", called)
    return value.strip() if isinstance(value, str) and name != "body" else value


def _in_graph(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
