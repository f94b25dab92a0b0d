"""Edges of the graph: one batch function each, whoever executes the operation."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import strawberry
from strawberry.dataloader import DataLoader

from schema.context import Context

#: ``(context, parents, **arguments) -> values``: one value a parent, in the parents' order.
Batch = Callable[..., Awaitable[Sequence[Any]]]


def edge(batch: Batch, description: str) -> Any:
    """A field whose values come for all parents at once.

    ``batch`` takes the context, the parents' rows and, as keyword-only parameters, the arguments
    of the field; their annotations and defaults are the graph's. The field's type stands on the
    class as for any other field. The function itself is kept as the field's ``batch`` metadata,
    so that an executor that holds all parents may call it without a loader.
    """
    arguments = [
        parameter
        for parameter in inspect.signature(batch).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]

    async def resolve(self: Any, info: strawberry.Info[Context], **values: Any) -> Any:
        return await _loader(info.context, batch, values)(self)

    positional = inspect.Parameter.POSITIONAL_OR_KEYWORD
    resolve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("self", positional),
            inspect.Parameter("info", positional, annotation=strawberry.Info),
            *arguments,
        ]
    )
    resolve.__annotations__ = {
        "info": strawberry.Info,
        **{argument.name: argument.annotation for argument in arguments},
    }
    return strawberry.field(resolver=resolve, description=description, metadata={"batch": batch})


def _loader(context: Context, batch: Batch, values: dict[str, Any]) -> Callable[[Any], Any]:
    key = (batch, *sorted(values.items()))
    if (load := context.loaders.get(key)) is None:

        async def load_all(parents: list[Any]) -> Sequence[Any]:
            return await batch(context, parents, **values)

        # No cache: its keys would have to be rows, and equal rows are not always one parent.
        load = context.loaders[key] = DataLoader(load_all, cache=False).load
    return load
