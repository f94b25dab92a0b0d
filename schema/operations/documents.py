"""Documents that clients sent: measured, parsed and validated once, and kept for a while."""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import orjson
import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from schema.operations.failures import RequestCode, RequestError
from schema.operations.limits import Limits, check_cost, check_document, check_text
from schema.operations.pages import Pages
from schema.operations.persisted import PersistedOperations
from schema.operations.plans import Plan, planned
from schema.operations.scoring import literal_size, size_of
from schema.operations.selections import deciding_variables

_REPORTED_ERRORS = 5
_REMEMBERED_SIZES = 256
_MOST_PLANS = 16
# Bytes of JSON; longer ones are seldom asked twice, and would be kept with the page.
_LONGEST_VARIABLES = 2_000


class Document:
    """A document within the limits, parsed; ``suggestions`` lets errors say what was meant.

    Making one raises ``RequestError`` for a text that is too long, does not parse, or asks for too
    much whatever its variables are.
    """

    def __init__(
        self, schema: GraphQLSchema, text: str, limits: Limits, *, suggestions: bool = True
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.tokens = check_text(text, limits)
        self.node = _parsed(text)
        self.sizing_variables = sorted(check_document(schema, self.node, limits))
        self.operations = [
            Operation(self, node)
            for node in self.node.definitions
            if isinstance(node, OperationDefinitionNode)
        ]
        self._suggestions = suggestions

    @cached_property
    def errors(self) -> list[GraphQLError]:
        """The first few errors that validation finds; the limits keep it from being slow."""
        return validate(
            self.schema,
            self.node,
            max_errors=_REPORTED_ERRORS,
            hide_suggestions=not self._suggestions,
        )

    @cached_property
    def deciding_variables(self) -> tuple[str, ...]:
        """The variables that decide which fields are asked for."""
        return deciding_variables(self.node)

    def operation(self, name: str | None) -> "Operation":
        """Find the operation to run; a lone one needs no name."""
        found = [each for each in self.operations if name is None or each.name == name]
        if len(found) == 1:
            return found[0]
        message = "文档中有多个操作，请用 operationName 指明" if found else "文档中没有这个操作"
        raise RequestError.because(RequestCode.OPERATION_UNKNOWN, message)


class Operation:
    """One operation of a document, and what is known of it before it runs."""

    def __init__(self, document: Document, node: OperationDefinitionNode) -> None:
        self.document = document
        self.node = node
        self.name = node.name.value if node.name else None
        self.kind: OperationType = node.operation
        self._default_sizes = {
            definition.variable.name.value: literal_size(definition.default_value)
            for definition in node.variable_definitions or ()
        }
        self._affordable: set[tuple[int | None, ...]] = set()
        self._plans: dict[tuple[bool, ...], Plan | None] = {}
        self._shared_plans: dict[tuple[bool, ...], Plan | None] = {}

    def check_cost(self, variables: Mapping[str, Any]) -> None:
        """Refuse variables that make the answer too large; each set of sizes is counted once."""
        names = self.document.sizing_variables
        sizes = tuple(self._size(name, variables) for name in names)
        if sizes in self._affordable:
            return
        document = self.document
        check_cost(
            document.schema,
            document.node,
            self.node,
            sizes=dict(zip(names, sizes, strict=True)),
            limits=document.limits,
        )
        if len(self._affordable) < _REMEMBERED_SIZES:
            self._affordable.add(sizes)

    @property
    def is_never_shared(self) -> bool:
        """Whether it is known by now that no answer of it is one for a whole audience."""
        if self.kind is not OperationType.QUERY:
            return True
        return not self.document.deciding_variables and self._shared_plans.get((), True) is None

    def plan(
        self, schema: strawberry.Schema, values: VariableValues, *, shared: bool = False
    ) -> Plan | None:
        """The plan for these values, alone or for an audience; None where there is no such plan."""
        if self.kind is not OperationType.QUERY:
            return None
        names = self.document.deciding_variables
        decided = tuple(bool(values.coerced.get(name)) for name in names)
        plans = self._shared_plans if shared else self._plans
        if decided not in plans:
            if len(plans) >= _MOST_PLANS:
                return None
            decisions = dict(zip(names, decided, strict=True))
            node = self.document.node
            plans[decided] = planned(schema, node, self.node, decisions, shared=shared)
        return plans[decided]

    def _size(self, name: str, variables: Mapping[str, Any]) -> int | None:
        if name in variables:
            return size_of(variables[name])
        return self._default_sizes.get(name)


class Documents:
    """The documents of one schema, the latest used of them kept.

    ``capacity`` bounds what is kept by the tokens of all documents together: a token of a parsed
    document takes about 400 bytes. Without ``plans`` graphql-core runs everything. ``fallbacks``
    counts the queries whose plan failed, so that graphql-core ran them again. ``pages`` keeps
    answers for a moment; without it, each is made for the one who asks.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: Limits,
        *,
        suggestions: bool = True,
        plans: bool = True,
        persisted: PersistedOperations | None = None,
        pages: Pages | None = None,
        capacity: int = 100_000,
    ) -> None:
        self.persisted = persisted or PersistedOperations()
        self.pages = pages
        self.schema = schema
        self.plans = plans
        self.fallbacks = 0
        self.limits = limits
        self.suggestions = suggestions
        self._capacity = capacity
        self._tokens = 0
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def planned(
        self, operation: Operation, variables: Mapping[str, Any], *, shared: bool = False
    ) -> tuple[Plan | None, VariableValues | None]:
        """The plan of an operation and its variables' values; None where there is no such plan.

        Values that do not fit their types are graphql-core's to refuse.
        """
        if not self.plans:
            return None, None
        schema = operation.document.schema
        definitions = operation.node.variable_definitions or ()
        values = get_variable_values(schema, definitions, dict(variables))
        if not isinstance(values, VariableValues):
            return None, None
        return operation.plan(self.schema, values, shared=shared), values

    async def shared(
        self, operation: Operation, variables: Mapping[str, Any], context: Any
    ) -> orjson.Fragment | None:
        """The ``data`` of an answer that a whole audience is given, the viewer's own filled in.

        None where there is no such answer, and it is to be made for the one who asks.
        """
        if self.pages is None or operation.is_never_shared or context.audience is None:
            return None
        written = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
        if len(written) > _LONGEST_VARIABLES:
            return None
        return await self.pages.data(
            (operation, written, context.audience),
            context,
            lambda: self.planned(operation, variables, shared=True),
        )

    def read(self, text: str) -> Document:
        """Answer the document for a text, kept or new; what is refused is not kept."""
        document = self._kept.get(text)
        if document is not None:
            self._kept.move_to_end(text)
            return document
        graph = self.schema._schema  # noqa: SLF001  Strawberry gives graphql-core's no other way
        document = Document(graph, text, self.limits, suggestions=self.suggestions)
        self._keep(text, document)
        return document

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._tokens += document.tokens
        while self._tokens > self._capacity:
            _, forgotten = self._kept.popitem(last=False)
            self._tokens -= forgotten.tokens


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLSyntaxError as error:
        raise RequestError(RequestCode.PARSE_FAILED, [error]) from None
