"""Column types and keys that every table shares, the same on SQLite and PostgreSQL."""

import enum
import itertools
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson
import sqlalchemy as sa
from sqlmodel import Field, SQLModel

# A migration can only change what has a name, the same one on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# 2024-01-01T00:00:00Z; 41 bits of milliseconds from here last until 2093.
_EPOCH_MS = 1_704_067_200_000
_SEQUENCE_BITS = 22
_sequence = itertools.count(secrets.randbits(_SEQUENCE_BITS - 1))


def new_id(at: datetime | None = None) -> int:
    """A 63-bit key that sorts by time: milliseconds since 2024 above 22 bits of a counter.

    The counter starts at random in each process, so that two processes do not meet within one
    millisecond. ``at`` dates a row that is older than now (imports, the demo group).
    """
    now = time.time() if at is None else at.timestamp()
    low = next(_sequence) & ((1 << _SEQUENCE_BITS) - 1)
    return (max(int(now * 1000) - _EPOCH_MS, 0) << _SEQUENCE_BITS) | low


def now() -> datetime:
    """This instant, aware, in UTC: the only clock that rows know."""
    return datetime.now(UTC)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: ``timestamptz`` on PostgreSQL, sortable ISO 8601 text in UTC on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Text of one fixed width where the database has no type for instants."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(32))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Refuse naive instants: they are a bug of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Aware datetimes on both databases."""
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def reader(self, dialect: sa.Dialect) -> Callable[[str], datetime] | None:
        """What makes an instant of a driver's value, None where it is one."""
        return datetime.fromisoformat if dialect.name == "sqlite" else None


class JsonList(sa.types.TypeDecorator[tuple[Any, ...]]):
    """A short list that is only ever read whole, kept as JSON text."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Compact JSON, Chinese unescaped."""
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """A tuple, so that rows stay immutable."""
        return None if value is None else _tuple(value)

    def reader(self, _dialect: sa.Dialect) -> Callable[[str], tuple[Any, ...]]:
        """What makes a tuple of a driver's value."""
        return _tuple


# Tags and widths of pictures are few, and are read all the time.
@lru_cache(maxsize=4096)
def _tuple(text: str) -> tuple[Any, ...]:
    return tuple(orjson.loads(text))


#: 64-bit keys; on SQLite plain INTEGER, which alone makes a primary key the row's own address.
KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def enum_type(members: type[enum.StrEnum]) -> sa.Enum:
    """Text with a CHECK constraint: a new member is an ordinary migration on both databases."""
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda cls: [member.value for member in cls],
        name=members.__name__.lower(),
    )


def key() -> Any:
    """The primary key of a table of things."""
    return Field(default_factory=new_id, primary_key=True, sa_type=KEY)


def reference(target: str, *, index: bool = False, optional: bool = False) -> Any:
    """A foreign key to ``target`` (``"member.id"``) of the same type as :func:`key`."""
    if optional:
        return Field(default=None, foreign_key=target, index=index, nullable=True, sa_type=KEY)
    return Field(foreign_key=target, index=index, sa_type=KEY)


def instant(*, optional: bool = False) -> Any:
    """An aware datetime; now by default, null by default where optional."""
    if optional:
        return Field(default=None, nullable=True, sa_type=UtcDateTime)
    return Field(default_factory=now, nullable=False, sa_type=UtcDateTime)
