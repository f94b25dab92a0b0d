"""Where a planned field's values come from: an attribute, a function of the object, an edge."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import strawberry
from graphql import FieldNode, GraphQLObjectType, GraphQLOutputType
from strawberry.types.field import StrawberryField

from schema.dependence import DiffersBy
from schema.operations.arguments import Arguments

Keep = Callable[..., str]


class Unplanned(Exception):  # noqa: N818  not a fault: graphql-core runs it
    """The operation asks for something that plans leave to graphql-core."""


class Unshared(Unplanned):
    """The operation asks for something that nobody said may be shared."""


class Source(NamedTuple):
    """How one field is read. Types that share the field share the source, and so its one read.

    ``nodes`` are the places of the document that ask for it, ``read`` is what reads it: the name
    of an attribute, a function of the object alone, a batch function, or a resolver. What is read
    off an object differs as the object does; all else says how (`schema.sharing`).
    """

    way: str
    read: Any
    nodes: tuple[FieldNode, ...]
    kind: GraphQLOutputType
    arguments: Arguments | None = None
    differs_by: DiffersBy | None = DiffersBy.AUDIENCE

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two sources one; each type has its own objects for the same kind."""
        return self.way, self.read, tuple(map(id, self.nodes)), str(self.kind)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and self.key == other.key

    def inline(self, keep: Keep, shown: str) -> str | None:
        """The expression on one object ``o`` shown as the type ``shown``, where there is one."""
        if self.way == "attribute":
            return f"o.{self.read}"
        if self.way == "function":
            return f"{keep(getattr(self.read, 'shown_as', lambda _: self.read)(shown))}(o)"
        return None

    def gathered(self, keep: Keep, parents: str) -> str:
        """The expression on all ``parents``: a list of one value each."""
        if self.way == "attribute":
            return f"[o.{self.read} for o in {parents}]"
        if self.way == "function":
            return f"[{keep(self.read)}(o) for o in {parents}]"
        arguments = f"**{keep(self.arguments, 'arguments')}(run.variable_values)"
        if self.way == "batch":
            return f"await {keep(self.read, 'batch')}(run.context, {parents}, {arguments})"
        call = f"{keep(self.read, 'resolve')}(o, run, {arguments})"
        return f"await awaited([{call} for o in {parents}])"


def source_of(
    schema: strawberry.Schema, shown: GraphQLObjectType, nodes: Sequence[FieldNode]
) -> Source:
    """The source of the field that ``nodes`` ask of an object shown as ``shown``."""
    node, asked = nodes[0], tuple(nodes)
    field = shown.fields.get(node.name.value)
    if field is None or "strawberry-definition" not in field.extensions:
        raise Unplanned(node.name.value)  # introspection
    declared: StrawberryField = field.extensions["strawberry-definition"]
    resolver = declared.base_resolver
    if batch := declared.metadata.get("batch"):
        differs_by = getattr(batch, "differs_by", None)
        arguments = Arguments(schema, field, node, declared)
        return Source("batch", batch, asked, field.type, arguments, differs_by)
    if resolver is None:
        return Source("attribute", declared.python_name, asked, field.type)
    takes_more = declared.arguments or resolver.info_parameter or not resolver.self_parameter
    if resolver.is_async or takes_more:
        differs_by = getattr(resolver.wrapped_func, "differs_by", None)
        arguments = Arguments(schema, field, node)
        return Source("resolver", field.resolve, asked, field.type, arguments, differs_by)
    return Source("function", resolver.wrapped_func, asked, field.type)
