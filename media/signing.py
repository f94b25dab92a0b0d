"""Signed links of our own: who holds one may do one thing, for a while."""

import hashlib
import hmac
import time
from collections.abc import Callable

#: A link to a closed object is the same for this long, so that phones hit their cache …
WINDOW_SECONDS = 150
#: … and good for twice as long from the window's beginning: 150 to 300 seconds from any moment.
LINK_SECONDS = 2 * WINDOW_SECONDS


class Links:
    """Links to closed objects, each made once a window: a page of covers costs a look-up each."""

    def __init__(self, sign: Callable[[str, int], str]) -> None:
        self._sign = sign
        self._made: dict[str, str] = {}
        self._start = 0

    def to(self, key: str) -> str:
        """The link to ``key``; ``sign`` is given the key and when the window began."""
        start = window_start(time.time())
        if start != self._start:
            self._made, self._start = {}, start
        if (link := self._made.get(key)) is None:
            link = self._made[key] = self._sign(key, start)
        return link


def window_start(at: float, seconds: int = WINDOW_SECONDS) -> int:
    """When the window that ``at`` (seconds since 1970) lies in began."""
    return int(at // seconds) * seconds


def signature(key: bytes, *parts: object) -> str:
    """32 hexadecimal digits that only the holder of ``key`` can make for ``parts``."""
    # No part holds a line end: what is joined cannot be split otherwise.
    message = "\n".join(str(part) for part in parts).encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]


def is_signed(key: bytes, given: str, until: int, *parts: object) -> bool:
    """Whether ``given`` is the signature of ``parts`` and ``until``, and ``until`` is to come."""
    good = hmac.compare_digest(given.encode(), signature(key, *parts, until).encode())
    return good and time.time() < until
