"""Keyset connections: pages that stay the same while items are inserted."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Generic, NamedTuple, Protocol, TypeVar

import strawberry

from app.errors import Invalid

#: More than this in one page is refused.
MAX_FIRST = 100
#: Above every id, for "newest first" without a cursor.
LAST_ID = 2**63 - 1
#: Above every balance.
LAST_BALANCE = 2**31 - 1

NodeT = TypeVar("NodeT")
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORD = re.compile(r"w[0-9a-z]*")
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)

First = Annotated[int | None, strawberry.argument(description="How many items, 1–100 (每页条数).")]
After = Annotated[
    str | None, strawberry.argument(description="Start behind this cursor (an `endCursor`).")
]


class Placed(Protocol):
    """An item of a page that knows its place."""

    @property
    def cursor(self) -> str:
        """The place, opaque."""


class EdgeRow(NamedTuple):
    """An item of a page; its place is only worked out for those who ask."""

    node: Any
    place: Callable[[Any], str]

    @property
    def cursor(self) -> str:
        """The place of the item."""
        return self.place(self.node)


class PageInfoRow(NamedTuple):
    """The ends of a page: its first and last item, where it has any."""

    has_next_page: bool
    has_previous_page: bool
    first: Placed | None = None
    last: Placed | None = None

    @property
    def start_cursor(self) -> str | None:
        """The first item's place."""
        return None if self.first is None else self.first.cursor

    @property
    def end_cursor(self) -> str | None:
        """The last item's place."""
        return None if self.last is None else self.last.cursor


class ConnectionRow(NamedTuple):
    """A page."""

    edges: list[EdgeRow]
    page_info: PageInfoRow

    @property
    def nodes(self) -> list[Any]:
        """The items alone."""
        return [edge.node for edge in self.edges]


@strawberry.type(description="Where a page of a connection begins and ends.")
class PageInfo:
    """The GraphQL Cursor Connections Specification's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether items follow this page.")
    has_previous_page: bool = strawberry.field(
        description="Whether the page was asked for behind a cursor."
    )
    start_cursor: str | None = strawberry.field(description="The first item's cursor.")
    end_cursor: str | None = strawberry.field(
        description="The last item's cursor: pass it as `after` for the next page."
    )


@strawberry.type(description="An item of a page, and its place in the whole.")
class Edge(Generic[NodeT]):
    """The GraphQL Cursor Connections Specification's edge."""

    cursor: str = strawberry.field(description="The place of this item, opaque.")
    node: NodeT = strawberry.field(description="The item.")


@strawberry.type(description="A page of items.")
class Connection(Generic[NodeT]):
    """The GraphQL Cursor Connections Specification's connection, with `nodes` beside `edges`."""

    edges: list[Edge[NodeT]] = strawberry.field(description="The items with their cursors.")
    nodes: list[NodeT] = strawberry.field(description="The items alone.")
    page_info: PageInfo = strawberry.field(description="Where the page begins and ends.")


def connection(
    rows: Sequence[Any], first: int, after: str | None, *, cursor: Callable[[Any], str]
) -> ConnectionRow:
    """A page of ``rows``, which were read with ``limit=first + 1`` to see whether more follow."""
    edges = [EdgeRow(row, cursor) for row in rows[:first]]
    ends = (edges[0], edges[-1]) if edges else ()
    return ConnectionRow(edges, PageInfoRow(len(rows) > first, after is not None, *ends))


def page_size(first: int | None, *, default: int = 20) -> int:
    """``first``, if it is one that we serve; an explicit null means the default."""
    if first is None:
        return default
    if not 1 <= first <= MAX_FIRST:
        raise Invalid(f"first 必须在 1 到 {MAX_FIRST} 之间", "first")
    return first


def number_cursor(number: int) -> str:
    """The cursor of a list that is ordered by a number of its own."""
    return _encode(str(number))


def id_cursor(row: Any) -> str:
    """The cursor of a list that is ordered by id."""
    return number_cursor(row.id)


def id_after(after: str | None, default: int) -> int:
    """The id that ``after`` names, ``default`` where there is no cursor."""
    return default if after is None else _number(_decode(after))


def time_cursor(at: datetime, key: int) -> str:
    """The cursor of a list that is ordered by an instant and then by id."""
    return _encode(f"{(at - _UNIX) // timedelta(microseconds=1)}:{key}")


def time_after(after: str | None) -> tuple[datetime, int] | None:
    """The instant and id that ``after`` names."""
    if after is None:
        return None
    at, _, key = _decode(after).partition(":")
    try:
        return _UNIX + timedelta(microseconds=_number(at)), _number(key)
    except OverflowError:
        raise _malformed() from None


def day_cursor(day: date, key: int) -> str:
    """The cursor of a list that is ordered by a day and then by id."""
    return _encode(f"{day.isoformat()}:{key}")


def day_after(after: str | None) -> tuple[date, int] | None:
    """The day and id that ``after`` names."""
    if after is None:
        return None
    day, _, key = _decode(after).partition(":")
    if not _DAY.fullmatch(day):
        raise _malformed()
    try:
        return date.fromisoformat(day), _number(key)
    except ValueError:
        raise _malformed() from None


def word_cursor(word: str, key: int) -> str:
    """The cursor of a list that is ordered by words of ``0-9a-z`` and then by id."""
    return _encode(f"w{word}:{key}")


def word_after(after: str | None) -> tuple[str, int] | None:
    """The word and id that ``after`` names."""
    if after is None:
        return None
    word, _, key = _decode(after).partition(":")
    if not _WORD.fullmatch(word):
        raise _malformed()
    return word[1:], _number(key)


def rank_cursor(rank: int, at: datetime, key: int) -> str:
    """The cursor of a list that is ordered by a rank, then by an instant, then by id."""
    return _encode(f"{rank}:{(at - _UNIX) // timedelta(microseconds=1)}:{key}")


def rank_after(after: str | None) -> tuple[int, datetime, int] | None:
    """The rank, instant and id that ``after`` names."""
    if after is None:
        return None
    rank, _, rest = _decode(after).partition(":")
    at, key = time_after(_encode(rest)) or (_UNIX, 0)
    return _number(rank), at, key


def balance_cursor(balance: int, key: int) -> str:
    """The cursor of a list that is ordered by a balance, the highest first, and then by id."""
    return _encode(f"{LAST_BALANCE - balance}:{key}")


def balance_after(after: str | None) -> tuple[int, int] | None:
    """The balance and id that ``after`` names."""
    if after is None:
        return None
    below, _, key = _decode(after).partition(":")
    return LAST_BALANCE - _number(below), _number(key)


def offset_cursor(offset: int) -> str:
    """The cursor of a ranked list: the place behind ``offset`` items."""
    return _encode(f"o{offset}")


def offset_after(after: str | None) -> int:
    """How many items of a ranked list lie before the page."""
    if after is None:
        return 0
    text = _decode(after)
    if not text.startswith("o"):
        raise _malformed()
    return min(_number(text[1:]), 1_000_000)


def _encode(text: str) -> str:
    plain = binascii.b2a_base64(text.encode(), newline=False)
    return plain.translate(_URL_SAFE).rstrip(b"=").decode()


def _decode(cursor: str) -> str:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise _malformed() from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _malformed()
    return min(int(text), LAST_ID)


def _malformed() -> Invalid:
    return Invalid("游标无效，请从第一页重新开始", "after")
