"""FieldChange in the graph: what a revision or a deed changed, field by field."""

from typing import Any, NamedTuple

import strawberry


class FieldChangeRow(NamedTuple):
    """One field, in words."""

    field: str
    before: str | None
    after: str | None
    diff: str | None = None


@strawberry.type(description="One field that changed (修改项).")
class FieldChange:
    """The shape of :class:`FieldChangeRow`."""

    field: str = strawberry.field(description="The field, by its name in inputs.")
    before: str | None = strawberry.field(
        description="Its value before as text, null where it had none or where `diff` tells."
    )
    after: str | None = strawberry.field(
        description="Its value now as text, null where it has none or where `diff` tells."
    )
    diff: str | None = strawberry.field(description="For the body: a unified diff of its lines.")


TYPES: tuple[Any, ...] = (FieldChange,)
