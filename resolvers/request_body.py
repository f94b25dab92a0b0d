"""From the bytes of a request to what it asks; the bytes may be anything."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import ClientDisconnect, Request

from app.errors import Invalid, TooLarge
from resolvers.refusals import HttpRefusal
from schema.operations.execution import GraphQLRequest

LARGEST_BODY = 256 * 1024  # bytes
DEEPEST_JSON = 64
_BODY_SECONDS = 30.0

# Nothing is given back once it is taken, and a string that does not end still matches: the scan is
# linear whatever the bytes are.
_STRINGS = re.compile(rb'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?)++', re.DOTALL)
_STEPS = bytes.maketrans(b"[{]}", b"\2\2\0\0")  # one more than the step in depth
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))


async def read_body(request: Request) -> bytes:
    """Read the body as it arrives, whatever its headers claim, and stop at ``LARGEST_BODY``."""
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise TooLarge(f"请求体超过 {LARGEST_BODY // 1024} KiB")
    except TimeoutError:
        raise HttpRefusal(408, "请求体没有按时到达") from None
    except ClientDisconnect:
        raise Invalid("请求体不完整") from None
    return bytes(body)


def request_in_body(body: bytes) -> GraphQLRequest:
    """Read the parameters of a POST request."""
    payload = read_json(body, "请求体")
    if isinstance(payload, list):
        raise Invalid("一次请求只能带一个操作")
    if not isinstance(payload, dict):
        raise Invalid("请求体须为 JSON 对象")
    return request_of(payload)


def request_in_url(parameters: QueryParams) -> GraphQLRequest:
    """Read the parameters of a GET request, two of which are JSON in themselves."""
    payload: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if payload.get(name):
            payload[name] = read_json(payload[name].encode(), name)
    return request_of(payload)


def request_of(payload: Mapping[str, Any]) -> GraphQLRequest:
    """Read the parameters of a request, whatever carried them."""
    query = payload.get("query")
    extensions = _optional(payload, "extensions", dict, "对象") or {}
    if not isinstance(query, str) and not (query is None and "persistedQuery" in extensions):
        raise Invalid("query 须为字符串", "query")
    return GraphQLRequest(
        query=query,
        operation_name=_optional(payload, "operationName", str, "字符串") or None,
        variables=_optional(payload, "variables", dict, "对象") or {},
        extensions=extensions,
    )


def _optional(payload: Mapping[str, Any], name: str, kind: type, called: str) -> Any:
    value = payload.get(name)
    if value is not None and not isinstance(value, kind):
        raise Invalid(f"{name} 须为{called}", name)
    return value


def read_json(text: bytes, called: str) -> Any:
    """Parse JSON, refusing what parsers disagree on: repeated keys, NaN, deep nesting."""
    skeleton = _STRINGS.sub(b"", text)
    if _is_deep(skeleton):
        raise Invalid(f"{called}的嵌套超过 {DEEPEST_JSON} 层")
    if b"\\u0000" in text:
        # PostgreSQL keeps no such character in a text, and no text of members has one.
        raise Invalid(f"{called}中不能有空字符（NUL）")
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid(f"{called}不是有效的 JSON（UTF-8）") from None
    if _count_keys(value) != skeleton.count(b":"):
        raise Invalid(f"{called}中有重复的键")
    return value


def _is_deep(skeleton: bytes) -> bool:
    """Tell whether brackets nest deeper than allowed; the scan ends where they do."""
    depth = 0
    for step in skeleton.translate(_STEPS, _NO_BRACKETS):
        depth += step - 1
        if depth > DEEPEST_JSON:
            return True
    return False


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count_keys(item) for item in value.values())
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value)
    return 0
