"""Operation plans: a query compiled to Python that completes all objects of a level at once."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import DocumentNode, OperationDefinitionNode
from graphql.execution.values import VariableValues

from schema.operations.plan_source import PlanSource
from schema.operations.selections import Selections
from schema.operations.sources import Unplanned


@dataclass(slots=True)
class Run:
    """One run of a plan. It is also all that a resolver sees of graphql-core's info."""

    context: Any
    variable_values: VariableValues
    concurrent: bool
    # Strawberry names it in errors, which a plan leaves to graphql-core.
    field_name: str = ""

    async def together(self, *edges: Coroutine[Any, Any, Any]) -> Sequence[Any]:
        """What independent edges of one level give, in their order.

        Concurrently where the database answers over a wire; where reads are function calls, tasks
        would only cost.
        """
        if self.concurrent:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(edge) for edge in edges]
            return [task.result() for task in tasks]
        try:
            return [await edge for edge in edges]
        finally:
            for edge in edges:
                edge.close()


class Plan:
    """One operation under one decision of its conditions.

    ``source`` is the text that runs, for whoever wants to know what a query costs.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        decided: Mapping[str, bool],
    ) -> None:
        graph = schema._schema  # noqa: SLF001  Strawberry gives graphql-core's no other way
        made = PlanSource(schema, Selections(graph, document, decided))
        if graph.query_type is None:
            raise TypeError("a schema without queries has nothing to plan")
        root = made.function(graph.query_type, [operation.selection_set])
        self.source = made.text
        names = dict(made.names)
        exec(compile(self.source, "<operation plan>", "exec"), names)  # noqa: S102  our own text
        self._root = names[root]

    async def run(self, context: Any, values: VariableValues) -> Any:
        """The ``data`` of the answer; any exception means that graphql-core must run it."""
        concurrent = getattr(context, "reads_concurrently", False)
        (data,) = await self._root([None], Run(context, values, concurrent))
        return data


def planned(
    schema: strawberry.Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    decided: Mapping[str, bool],
) -> Plan | None:
    """The plan of a query; None where it asks for what plans leave to graphql-core."""
    try:
        return Plan(schema, document, operation, decided)
    except Unplanned:
        return None
