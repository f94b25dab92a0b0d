"""Arguments of a planned field: constants once, variables at each run."""

from collections.abc import Iterator
from typing import Any

import strawberry
from graphql import FieldNode, GraphQLField, ListValueNode, ObjectValueNode, ValueNode, VariableNode
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField


class Arguments:
    """The values of one field's arguments, as the executor would pass them.

    ``declared`` is given for a batch function, which takes Python's names and values; without it
    the values are what graphql-core passes to a resolver.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        field: GraphQLField,
        node: FieldNode,
        declared: StrawberryField | None = None,
    ) -> None:
        self._schema = schema
        self._field = field
        self._node = node
        self._declared = declared
        given = [argument.value for argument in node.arguments or ()]
        self._constant = None if any(map(_names_variable, given)) else self._read(None)

    def __call__(self, values: VariableValues) -> dict[str, Any]:
        """The values at this run; raises where graphql-core would report an error."""
        return self._read(values) if self._constant is None else self._constant

    def _read(self, values: VariableValues | None) -> dict[str, Any]:
        found = get_argument_values(self._field, self._node, values)
        if self._declared is None:
            return found
        return convert_arguments(
            found,
            self._declared.arguments,
            scalar_registry=self._schema.schema_converter.scalar_registry,
            config=self._schema.config,
        )


def _names_variable(value: ValueNode) -> bool:
    return isinstance(value, VariableNode) or any(map(_names_variable, _inside(value)))


def _inside(value: ValueNode) -> Iterator[ValueNode]:
    if isinstance(value, ListValueNode):
        yield from value.values
    elif isinstance(value, ObjectValueNode):
        yield from (field.value for field in value.fields)
