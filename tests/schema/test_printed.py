"""schema/schema.graphql is what the code says, and every name in it is explained."""

from pathlib import Path

import pytest
from graphql import is_enum_type, is_input_object_type, is_interface_type, is_object_type

from resolvers.root import graph

PRINTED = Path(__file__).parents[2] / "schema" / "schema.graphql"
# Strawberry's own scalars explain themselves.
_OWN = [
    name
    for name, kind in graph._schema.type_map.items()
    if not name.startswith("__")
    and (
        is_object_type(kind)
        or is_interface_type(kind)
        or is_input_object_type(kind)
        or is_enum_type(kind)
    )
]


def test_the_printed_schema_is_the_one_in_the_code():
    assert graph.as_str() + "\n" == PRINTED.read_text()


@pytest.mark.parametrize("name", _OWN)
def test_every_type_field_and_argument_is_described(name):
    kind = graph._schema.type_map[name]
    silent = [] if kind.description else [name]
    for field, definition in getattr(kind, "fields", {}).items():
        if not definition.description:
            silent.append(f"{name}.{field}")
        for argument, given in getattr(definition, "args", {}).items():
            if not given.description:
                silent.append(f"{name}.{field}({argument}:)")
    assert silent == []
