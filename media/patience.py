"""Asking the store while somebody waits: an answer within two seconds, or a typed refusal."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from app.errors import Unavailable

T = TypeVar("T")

_SECONDS = 2.0


async def answered(asking: Awaitable[T]) -> T:
    """What the store answers; UNAVAILABLE where it fails, or takes longer than people wait."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await asking
    except OSError:  # a TimeoutError is one
        raise Unavailable("存储暂时不可用，请稍后再试") from None
