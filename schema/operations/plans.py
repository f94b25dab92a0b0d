"""Operation plans: a query compiled to Python that completes all objects of a level at once."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Mapping, Sequence
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
    holes: "Holes | None" = None
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


Fill = Callable[[Sequence[Any], Run], Coroutine[Any, Any, Sequence[Any]]]


class Holes:
    """The places of a shared answer that hold each viewer's own values.

    Each is marked by a number behind a word that nobody can know beforehand, so that no text of a
    member can look like one.
    """

    def __init__(self) -> None:
        self.word = secrets.token_hex(16)
        self.fillers: list[tuple[Fill, Sequence[Any]]] = []
        self.count = 0

    def dig(self, fill: Fill, parents: Sequence[Any]) -> list[str]:
        """Marks for the values that ``fill`` gives of ``parents``."""
        begin, self.count = self.count, self.count + len(parents)
        self.fillers.append((fill, parents))
        return [f"{self.word}{number}" for number in range(begin, self.count)]

    async def filled(self, run: Run) -> list[Any]:
        """One viewer's values, by the number of the hole."""
        found = await run.together(*(fill(parents, run) for fill, parents in self.fillers))
        return [value for values in found for value in values]


class Plan:
    """One operation under one decision of its conditions; ``shared`` ones are for an audience.

    ``source`` is the text that runs, for whoever wants to know what a query costs.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        decided: Mapping[str, bool],
        *,
        shared: bool = False,
    ) -> None:
        graph = schema._schema  # noqa: SLF001  Strawberry gives graphql-core's no other way
        made = PlanSource(schema, Selections(graph, document, decided), shared=shared)
        if graph.query_type is None:
            raise TypeError("a schema without queries has nothing to plan")
        root = made.function(graph.query_type, [operation.selection_set])
        self.source = made.text
        names = dict(made.names)
        exec(compile(self.source, "<operation plan>", "exec"), names)  # noqa: S102  our own text
        self._root = names[root]

    async def run(self, context: Any, values: VariableValues, holes: Holes | None = None) -> Any:
        """The ``data`` of the answer; any exception means that graphql-core must run it.

        A shared plan needs ``holes``, and is given a context that knows the audience alone.
        """
        (data,) = await self._root([None], run_of(context, values, holes))
        return data


def run_of(context: Any, values: VariableValues, holes: Holes | None = None) -> Run:
    """A run, as its context wants it."""
    return Run(context, values, getattr(context, "reads_concurrently", False), holes)


def planned(
    schema: strawberry.Schema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    decided: Mapping[str, bool],
    *,
    shared: bool = False,
) -> Plan | None:
    """The plan of a query; None where it asks for what such plans leave to others."""
    try:
        return Plan(schema, document, operation, decided, shared=shared)
    except Unplanned:
        return None
