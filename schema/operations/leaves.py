"""Leaves of a plan: expressions that turn a value into what the answer holds."""

from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLLeafType,
    GraphQLScalarType,
)

#: Keeps an object for the compiled text and answers the name by which the text knows it.
Keep = Callable[[Any], str]

# What each built-in scalar takes as it is; all else goes to the scalar itself, which converts it
# or refuses it as the specification says.
_AS_IT_IS = {
    "String": "type({x}) is str",
    "Boolean": "type({x}) is bool",
    "Int": "type({x}) is int and -2147483648 <= {x} <= 2147483647",
    "ID": "type({x}) is str",
}


def leaf(kind: GraphQLLeafType, value: str, keep: Keep, *, nullable: bool) -> str:
    """The expression that serializes the expression ``value``, which it evaluates once.

    It raises for whatever graphql-core would report as an error.
    """
    if isinstance(kind, GraphQLEnumType):
        names = keep(_names(kind))
        body, first = f"{names}[{{x}}]", f"{names}[{value}]"
    else:
        body, first = _scalar(kind, value, keep)
    if not nullable:
        return f"({first})"
    return f"(None if (x := {value}) is None else {body.format(x='x')})"


def _scalar(kind: GraphQLScalarType, value: str, keep: Keep) -> tuple[str, str]:
    serialize = keep(kind.coerce_output_value)
    as_it_is = _AS_IT_IS.get(kind.name)
    if as_it_is is None:
        return f"{serialize}({{x}})", f"{serialize}({value})"
    body = f"{{x}} if {as_it_is} else {serialize}({{x}})"
    taken = as_it_is.replace("{x}", f"(x := {value})", 1).replace("{x}", "x")
    return body, f"x if {taken} else {serialize}(x)"


def _names(kind: GraphQLEnumType) -> dict[Any, str]:
    """Names by value, as resolvers give them: what members stand for, and the members."""
    names = {member.value: name for name, member in kind.values.items()}
    members = getattr(kind, "wrapped_cls", ())
    return names | {member: names[member.value] for member in members if member.value in names}
