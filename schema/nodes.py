"""Nodes of the graph: everything that has a global id, and how an id finds its row."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, dataclass_transform

import strawberry

from app.errors import Invalid
from schema.context import Context

T = TypeVar("T", bound=type)

#: ``(context, ids) -> rows by id``: only rows that the viewer may see.
Finder = Callable[[Context, Sequence[int]], Awaitable[Mapping[int, Any]]]


class Row(Protocol):
    """Any row that is a node."""

    @property
    def id(self) -> int:
        """The row's key."""


_finders: dict[str, Finder] = {}
_names: dict[tuple[type, Any], str] = {}


def name_of(row: Any) -> str:
    """The GraphQL type that shows ``row``."""
    return (
        _names[type(row), getattr(row, "kind", None)]
        if (type(row), None) not in _names
        else (_names[type(row), None])
    )


def global_id(row: Row) -> strawberry.ID:
    """The Relay id of ``row``: base64 of ``Type:key``."""
    return global_id_of(name_of(row), row.id)


def id_without_row(row: type, key: int, *, kind: Any = None) -> strawberry.ID:
    """The global id of what a row of this class, kind and key would show as."""
    return global_id_of(_names[row, kind], key)


def global_id_of(name: str, key: int) -> strawberry.ID:
    """The Relay id of what shows as the type ``name``."""
    return strawberry.ID(base64.b64encode(f"{name}:{key}".encode()).decode())


def parse_id(value: str, *path: str) -> tuple[str, int]:
    """The type and key of a global id; Invalid (naming ``path``) where it is none of ours."""
    try:
        name, _, key = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise Invalid("ID 格式不正确", *path) from None
    if name not in _finders or not (key.isascii() and key.isdigit() and len(key) < 20):
        raise Invalid("ID 格式不正确", *path)
    return name, min(int(key), 2**63 - 1)


def key_of(value: str, name: str, *path: str) -> int:
    """The key in a global id that must be of the type ``name``."""
    found, key = parse_id(value, *path)
    if found != name:
        raise Invalid(f"此处需要 {name} 的 ID", *path)
    return key


async def find(context: Context, values: Sequence[str], *path: str) -> list[Any | None]:
    """The rows of global ids, None where one is unknown or not to be seen; one read a type."""
    parsed = [parse_id(value, *path) for value in values]
    found: dict[tuple[str, int], Any] = {}
    for name in dict.fromkeys(name for name, _ in parsed):
        keys = [key for other, key in parsed if other == name]
        rows = await _finders[name](context, list(dict.fromkeys(keys)))
        found.update(((name, key), row) for key, row in rows.items() if name_of(row) == name)
    return [found.get(wanted) for wanted in parsed]


def _own_id(self: Row) -> strawberry.ID:
    """The row's global id; ``self`` is a row."""
    return global_id(self)


def _id_shown_as(name: str) -> Callable[[Row], str]:
    """:func:`global_id` where the type is known beforehand, and only the key differs."""
    prefix = f"{name}:".encode()

    def encode(row: Row) -> str:
        return binascii.b2a_base64(b"%b%d" % (prefix, row.id), newline=False).decode("ascii")

    return encode


# Whoever shows many rows as one type asks for the function once; see `schema.operations.sources`.
_own_id.shown_as = _id_shown_as  # type: ignore[attr-defined]


@strawberry.interface(description="Everything that has an id of its own and can be fetched by it.")
class Node:
    """Relay's Node interface (GraphQL Global Object Identification)."""

    id: strawberry.ID = strawberry.field(
        resolver=_own_id, description="The global id, opaque to clients."
    )

    @classmethod
    def resolve_type(cls, row: Any, *_: Any) -> str:
        """The object type of a row behind an interface."""
        return name_of(row)


@dataclass_transform(kw_only_default=True)
def node(row: type, find: Finder, description: str, *, kind: Any = None) -> Callable[[T], T]:
    """Declare a node type: the class is the shape, ``row`` what carries the values.

    ``find`` reads rows by key for ``node(id:)``, as far as the viewer may see them. Rows of one
    class that show as several types differ in ``kind``.
    """

    def declare(shape: T) -> T:
        def is_type_of(value: Any, _info: Any) -> bool:
            return isinstance(value, row) and kind in {None, getattr(value, "kind", None)}

        shape.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        _finders[shape.__name__] = find
        _names[row, kind] = shape.__name__
        return strawberry.type(shape, description=description)

    return declare
