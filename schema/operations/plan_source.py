"""The text of a plan: one function a selection set, from a list of objects to a list of dicts."""

import itertools
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from schema.dependence import DiffersBy
from schema.operations.leaves import leaf
from schema.operations.selections import Selections
from schema.operations.sources import Source, Unshared, source_of

Composite = GraphQLObjectType | GraphQLAbstractType


def present(values: Sequence[Any]) -> Sequence[Any]:
    """The values, none of which may be null."""
    if None in values:
        raise TypeError("a value of a non-null type is null")
    return values


async def awaited(results: Sequence[Any]) -> list[Any]:
    """What resolvers gave, awaited where it has to be."""
    return [await each if hasattr(each, "__await__") else each for each in results]


class PlanSource:
    """Writes the functions of a plan; ``text`` needs ``names`` to be compiled.

    A ``shared`` plan is run for a whole audience: it leaves a hole for each value that is a
    viewer's own, and there is none where something does not say by what it differs.
    """

    def __init__(
        self, schema: strawberry.Schema, selections: Selections, *, shared: bool = False
    ) -> None:
        self.schema = schema
        self._shared = shared
        self._graph = schema._schema  # noqa: SLF001  Strawberry gives graphql-core's no other way
        self._selections = selections
        self._numbers = itertools.count()
        self._functions: list[str] = []
        self.names: dict[str, Any] = {"islice": islice, "present": present, "awaited": awaited}

    @property
    def text(self) -> str:
        """All functions, the inner ones first."""
        return "\n\n\n".join(self._functions)

    def keep(self, thing: Any, hint: str = "kept") -> str:
        """Give ``thing`` a name in the text."""
        name = self.new(hint)
        self.names[name] = thing
        return name

    def new(self, hint: str) -> str:
        """A name that is used once."""
        return f"{hint}_{next(self._numbers)}"

    def function(self, kind: Composite, sets: Sequence[SelectionSetNode]) -> str:
        """Write the function that completes objects of ``kind``; answers its name."""
        shown = [kind] if isinstance(kind, GraphQLObjectType) else self._possible(kind)
        level = _Level(self, shown)
        for each in shown:
            for key, nodes in self._selections.of(each, sets).items():
                level.add(each, key, nodes)
        name = self.new("select")
        lines = ["if not objects:", "    return []"]
        if is_abstract_type(kind):
            resolve, itself = self.keep(kind.resolve_type, "type"), self.keep(kind)
            lines.append(f"kinds = [{resolve}(o, run, {itself}) for o in objects]")
        lines += [*level.edges(), *level.rows(by_kind=is_abstract_type(kind))]
        self._functions.append(f"async def {name}(objects, run):\n" + _indented(lines))
        return name

    def _possible(self, kind: GraphQLAbstractType) -> list[GraphQLObjectType]:
        return list(self._graph.get_possible_types(kind))

    def source(self, shown: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Source:
        """Where the field of ``nodes`` comes from, if this plan may ask for it."""
        source = source_of(self.schema, shown, nodes)
        if self._shared and source.differs_by is None:
            raise Unshared(nodes[0].name.value)
        return source

    def is_hole(self, source: Source) -> bool:
        """Whether this plan leaves the values to those who look at them."""
        return self._shared and source.differs_by is DiffersBy.VIEWER

    def filler(self, source: Source) -> str:
        """Write the function that reads the values of a hole; answers its name."""
        name = self.new("fill")
        self._shared = False  # it is run for one viewer, whatever is asked below it
        lines = self.read(source, "objects")
        self._shared = True
        self._functions.append(f"async def {name}(objects, run):\n" + _indented(lines))
        return name

    def read(self, source: Source, parents: str) -> list[str]:
        """The lines that read and complete the values of ``parents``, and return them."""
        lines = [f"values = {source.gathered(self.keep, parents)}"]
        done = self.completed(source.kind, "values", source.nodes, lines)
        return [*lines, f"return {done}"]

    def completed(
        self, kind: GraphQLOutputType, values: str, nodes: Sequence[FieldNode], lines: list[str]
    ) -> str:
        """Add the lines that complete ``values``, one a parent; answers the name of the result."""
        nullable = not is_non_null_type(kind)
        inner: Any = get_nullable_type(kind)
        done = self.new("done")
        if is_leaf_type(inner):
            lines.append(
                f"{done} = [{leaf(inner, 'v', self.keep, nullable=nullable)} for v in {values}]"
            )
        elif is_list_type(inner):
            flat, parts = self.new("flat"), self.new("parts")
            some = f"{values} if vs is not None" if nullable else f"present({values})"
            lines.append(f"{flat} = [v for vs in {some} for v in vs]")
            lines.append(f"{parts} = iter({self.completed(inner.of_type, flat, nodes, lines)})")
            part = f"list(islice({parts}, len(vs)))"
            part = f"None if vs is None else {part}" if nullable else part
            lines.append(f"{done} = [{part} for vs in {values}]")
        else:
            sets = [node.selection_set for node in nodes if node.selection_set]
            select = self.function(inner, sets)
            if nullable:
                some = self.new("some")
                lines.append(
                    f"{some} = iter(await {select}([v for v in {values} if v is not None], run))"
                )
                lines.append(f"{done} = [None if v is None else next({some}) for v in {values}]")
            else:
                lines.append(f"{done} = await {select}(present({values}), run)")
        return done


class _Level:
    """One selection set: what is read off each object, and what comes for all of them at once."""

    def __init__(self, plan: PlanSource, shown: Sequence[GraphQLObjectType]) -> None:
        self._plan = plan
        self._shown = shown
        self._entries: dict[str, list[tuple[str, str | Source]]] = {each.name: [] for each in shown}
        self._edges: dict[Source, tuple[str, list[str]]] = {}

    def add(self, shown: GraphQLObjectType, key: str, nodes: list[FieldNode]) -> None:
        """Ask ``shown`` for the field of ``nodes`` under ``key``."""
        entries = self._entries[shown.name]
        if nodes[0].name.value == "__typename":
            entries.append((key, repr(shown.name)))
            return
        source = self._plan.source(shown, nodes)
        inline = self._inline(source, shown)
        if inline is not None:
            entries.append((key, inline))
            return
        _, names = self._edges.setdefault(source, (self._plan.new("column"), []))
        names.append(shown.name)
        entries.append((key, source))

    def edges(self) -> Iterator[str]:
        """The lines that gather every column, independent ones together."""
        for source, (column, names) in self._edges.items():
            yield f"async def edge_{column}():"
            yield from (f"    {line}" for line in self._edge(source, names))
        columns = [column for column, _ in self._edges.values()]
        calls = [f"edge_{column}()" for column in columns]
        if len(columns) == 1:
            yield f"{columns[0]} = await {calls[0]}"
        elif columns:
            yield f"{', '.join(columns)} = await run.together({', '.join(calls)})"

    def rows(self, *, by_kind: bool) -> Iterator[str]:
        """The lines that make the dicts, in the order of the objects."""
        columns = [column for column, _ in self._edges.values()]
        if not by_kind:
            zipped = (
                f"zip({', '.join(['objects', *columns])}, strict=True)" if columns else "objects"
            )
            names = ", ".join(["o", *(f"v_{column}" for column in columns)])
            row = self._row(self._shown[0].name, "v_{}")
            yield f"return [{row} for {names} in {zipped}]"
            return
        yield from (f"{column} = iter({column})" for column in columns)
        yield "rows = []"
        yield "for o, kind in zip(objects, kinds, strict=True):"
        for each in self._shown:
            yield f"    {'if' if each is self._shown[0] else 'elif'} kind == {each.name!r}:"
            yield f"        rows.append({self._row(each.name, 'next({})')})"
        yield "    else:"
        yield "        raise TypeError('an object of no possible type')"
        yield "return rows"

    def _edge(self, source: Source, names: list[str]) -> Iterator[str]:
        plan = self._plan
        parents = "objects"
        if len(names) < len(self._shown):
            wanted = plan.keep(frozenset(names), "kinds")
            yield f"parents = [o for o, kind in zip(objects, kinds) if kind in {wanted}]"
            yield "if not parents:"
            yield "    return []"
            parents = "parents"
        if plan.is_hole(source):
            yield f"return run.holes.dig({plan.filler(source)}, {parents})"
        else:
            yield from plan.read(source, parents)

    def _inline(self, source: Source, shown: GraphQLObjectType) -> str | None:
        """The expression that reads a leaf, or a list of leaves, off an object."""
        value = source.inline(self._plan.keep, shown.name)
        kind: Any = get_nullable_type(source.kind)
        nullable = not is_non_null_type(source.kind)
        if value is None:
            return None
        if is_leaf_type(kind):
            return leaf(kind, value, self._plan.keep, nullable=nullable)
        item = get_nullable_type(kind.of_type) if is_list_type(kind) else None
        if nullable or not is_leaf_type(item):
            return None
        optional = not is_non_null_type(kind.of_type)
        return f"[{leaf(item, 'v', self._plan.keep, nullable=optional)} for v in {value}]"

    def _row(self, name: str, column: str) -> str:
        entries = [
            (key, value if isinstance(value, str) else column.format(self._edges[value][0]))
            for key, value in self._entries[name]
        ]
        return "{" + ", ".join(f"{key!r}: {value}" for key, value in entries) + "}"


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)
