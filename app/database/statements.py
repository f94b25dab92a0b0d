"""Reads: a select compiled to text once per database, whose rows are named tuples."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.expression import ColumnElement, FromClause
from sqlalchemy.sql.selectable import Select
from sqlalchemy.sql.visitors import InternalTraversal
from sqlmodel import SQLModel

from app.database.columns import JsonList, UtcDateTime
from app.database.rows import Conversion, Rows, rows_of

R = TypeVar("R", bound=tuple[Any, ...])
_FLOAT8 = 701
AnySelect = Select[*tuple[Any, ...]]

DIALECTS: Mapping[str, sa.Dialect] = {
    "sqlite": pysqlite.dialect(),
    "postgresql": asyncpg.dialect(),  # type: ignore[no-untyped-call]
}


class IdList(sa.types.TypeDecorator[list[Any]]):
    """A list as one parameter: JSON text on SQLite, an array on PostgreSQL.

    ``IN (…)`` with a parameter an element would be another text for each length, and no text could
    be kept prepared.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Any] | None, dialect: sa.Dialect) -> Any:
        """Both drivers take what this returns as one parameter."""
        listed = list(value or ())
        return orjson.dumps(listed).decode() if dialect.name == "sqlite" else listed


def _parts(*names: str) -> list[tuple[str, InternalTraversal]]:
    """What tells two elements apart, so that a session compiles what it executes once."""
    return [(name, InternalTraversal.dp_clauseelement) for name in names]


class Among(ColumnElement[bool]):
    """``column`` is one of the elements of the list parameter ``name``."""

    _traverse_internals = _parts("column", "values")
    type = sa.Boolean()
    # A condition as it stands: SQLite would be given `… = 1`, and would use no index for it.
    _is_implicitly_boolean = True

    def __init__(self, column: Any, name: str) -> None:
        self.column = sa.type_coerce(column, column.type)
        self.values = sa.bindparam(name, type_=IdList())


class Under(ColumnElement[bool]):
    """``path`` starts with one of the elements of the list parameter ``name``."""

    _traverse_internals = _parts("path", "prefixes")
    type = sa.Boolean()
    # A condition as it stands: SQLite would be given `… = 1`, and would use no index for it.
    _is_implicitly_boolean = True

    def __init__(self, path: Any, name: str) -> None:
        self.path = path
        self.prefixes = sa.bindparam(name, type_=IdList())


class Within(ColumnElement[bool]):
    """``column`` is one of the values of ``select``, which is run once and first.

    PostgreSQL would join an ``IN (SELECT …)`` after every other table, row by row.
    """

    # A condition as it stands, as above.
    _is_implicitly_boolean = True

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: Any, select: AnySelect) -> None:
        self.column = sa.type_coerce(column, column.type)
        self.select = select.scalar_subquery()


def _array(column_type: sa.types.TypeEngine[Any]) -> str:
    return "bigint[]" if isinstance(column_type, sa.Integer) else "text[]"


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: Any, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.values, **kw)
    return f"{column} IN (SELECT value FROM json_each({values}))"


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"{column} = ANY({_bare(element.values, compiler, kw)}::{_array(element.column.type)})"


@compiles(Under, "sqlite")
def _under_sqlite(element: Under, compiler: Any, **kw: Any) -> str:
    path, values = compiler.process(element.path, **kw), compiler.process(element.prefixes, **kw)
    return (
        f"EXISTS (SELECT 1 FROM json_each({values}) AS prefix"
        f" WHERE substr({path}, 1, length(prefix.value)) = prefix.value)"
    )


@compiles(Under, "postgresql")
def _under_postgresql(element: Under, compiler: Any, **kw: Any) -> str:
    path = compiler.process(element.path, **kw)
    values = _bare(element.prefixes, compiler, kw)
    return (
        f"EXISTS (SELECT 1 FROM unnest({values}::text[]) prefix WHERE starts_with({path}, prefix))"
    )


@compiles(Within, "sqlite")
def _within_sqlite(element: Within, compiler: Any, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.select, **kw)
    return f"{column} IN {values}"


@compiles(Within, "postgresql")
def _within_postgresql(element: Within, compiler: Any, **kw: Any) -> str:
    column, values = compiler.process(element.column, **kw), compiler.process(element.select, **kw)
    return f"{column} = ANY (ARRAY{values})"


def _bare(parameter: Any, compiler: Any, kw: dict[str, Any]) -> str:
    # The asyncpg dialect casts each parameter to its type; a list's cast is written by us.
    return str(compiler.process(parameter, **kw)).split("::", 1)[0]


class Statement(Generic[R]):
    """A select and the named tuple that its rows become.

    ``row``: a ``NamedTuple`` class with one field a selected column, in order. ``select``: one for
    both databases, or one for each by name (``{"sqlite": …, "postgresql": …}``) where their best
    forms differ. ``slow`` marks what may take longer than a keyed read, so that it never runs on
    the event loop.
    """

    def __init__(
        self,
        row: type[R],
        select: AnySelect | Mapping[str, AnySelect],
        *,
        slow: bool = False,
    ) -> None:
        self.row = row
        self.slow = slow
        self._selects = select if isinstance(select, Mapping) else dict.fromkeys(DIALECTS, select)
        self._texts: dict[str, StatementText[R]] = {}

    def text(self, dialect: str) -> "StatementText[R]":
        """The statement as ``dialect`` reads it, compiled at the first call."""
        if (text := self._texts.get(dialect)) is None:
            text = self._texts[dialect] = _compile(self.row, self._selects[dialect], dialect)
        return text


@dataclass(frozen=True, slots=True)
class StatementText(Generic[R]):
    """SQL with positional parameters, and what its values pass through on the way in and out.

    ``rows`` makes named tuples of drivers' rows, values converted.
    """

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binds: Mapping[str, Callable[[Any], Any]]
    rows: Rows[R]

    def parameters(self, values: Mapping[str, Any]) -> list[Any]:
        """The values in the statement's order; a name that is missing is a KeyError."""
        return [self._bound(name, values) for name in self.names]

    def _bound(self, name: str, values: Mapping[str, Any]) -> Any:
        value = values[name] if name in values else self.constants[name]
        process = self.binds.get(name)
        return value if process is None else process(value)


def _compile(row: type[R], select: AnySelect, dialect_name: str) -> StatementText[R]:
    columns, fields = list(select.selected_columns), row._fields  # type: ignore[attr-defined]
    if len(columns) != len(fields):
        raise TypeError(f"{row.__name__} has {len(fields)} fields for {len(columns)} columns")
    dialect = DIALECTS[dialect_name]
    compiled: Any = select.compile(dialect=dialect)
    binds = {
        name: process
        for name, parameter in compiled.binds.items()
        if (process := parameter.type.dialect_impl(dialect).bind_processor(dialect)) is not None
    }
    rows = rows_of(row, [_conversion(column.type, dialect) for column in columns])
    constants = {name: b.value for name, b in compiled.binds.items() if not b.required}
    names = tuple(compiled.positiontup or ())
    return StatementText(str(compiled), names, constants, binds, rows)


def _conversion(column_type: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Conversion | None:
    # Our own types know a plain function; SQLAlchemy's way to them takes three calls more.
    if isinstance(column_type, UtcDateTime | JsonList):
        return column_type.reader(dialect)
    if isinstance(column_type, sa.Enum) and column_type.enum_class is not None:
        return {None: None} | {member.value: member for member in column_type.enum_class}
    # asyncpg's floats ask for the wire type they come as; ours are all `double precision`.
    return column_type.dialect_impl(dialect).result_processor(dialect, _FLOAT8)


def first_of_each(
    child: type[SQLModel],
    parent: str,
    *where: Callable[[Any], ColumnElement[bool]],
    newest: bool = False,
) -> Mapping[str, FromClause]:
    """For each database: ``child`` reduced to the first ``:limit`` rows of each of ``:parents``.

    ``parent`` names the child's foreign key, ``where`` are further conditions on the child; rows
    count by id, oldest first unless ``newest``. One descent of the index on (parent, id) for each
    parent, however many children it has.
    """
    table: Any = child
    inner: Any = aliased(table)
    parents = sa.bindparam("parents", type_=IdList())

    def chosen(value: Any) -> AnySelect:
        rows = sa.select(inner.id).where(
            getattr(inner, parent) == value, *(condition(inner) for condition in where)
        )
        order = inner.id.desc() if newest else inner.id
        return rows.order_by(order).limit(sa.bindparam("limit", type_=sa.Integer))

    listed = sa.func.json_each(parents).table_valued("value", name="parents")
    keys = sa.type_coerce(parents, ARRAY(sa.BigInteger))
    unnested = (
        sa.func.unnest(sa.cast(keys, ARRAY(sa.BigInteger)))
        .table_valued(sa.column("value", sa.BigInteger), name="parents")
        .render_derived()
    )
    top = chosen(unnested.c.value).lateral("top")
    return {
        "sqlite": listed.join(table, table.id.in_(chosen(listed.c.value).correlate(listed))),
        "postgresql": unnested.join(top, sa.true()).join(table, table.id == top.c.id),
    }
