"""From a request to its answer: the one place that runs operations."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import ExecutionResult, OperationType
from graphql import execute as run_by_graphql_core
from strawberry.execution import optimized_is_awaitable

from app.errors import Unavailable
from schema.operations.documents import Documents, Operation
from schema.operations.failures import (
    RequestCode,
    RequestError,
    field_failed,
    input_refused,
    internal_error,
    refused,
)

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """What a client asks: a document, which of its operations, and the values of its variables.

    ``query`` may be None where ``extensions`` name a persisted one.
    """

    query: str | None
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)


async def execute(
    documents: Documents,
    request: GraphQLRequest,
    context: object,
    *,
    allow_mutations: bool = True,
    seconds: float = 10.0,
) -> Answer:
    """Run a query or a mutation; whatever happens, the answer is fit to be sent.

    It has no ``data`` where nothing was run, and ``data: null`` where nothing came of it; data of a
    kept page are JSON already (an ``orjson.Fragment``). Each error carries ``extensions.code``. An
    operation that takes longer than ``seconds`` is stopped.
    """
    try:
        operation = _prepared(documents, request, allow_mutations=allow_mutations)
    except RequestError as error:
        return {"errors": error.formatted()}
    try:
        async with asyncio.timeout(seconds):
            result = await _run(documents, operation, request, context)
    except TimeoutError:
        return {"data": None, "errors": [refused(Unavailable("处理超时，请稍后再试"))]}
    except Exception as error:  # noqa: BLE001  logged there, and masked
        return {"data": None, "errors": [internal_error(error)]}
    return answer_of(result)


def find_operation(documents: Documents, request: GraphQLRequest) -> Operation:
    """Find the operation, within the limits and valid; validation comes after every limit."""
    text = documents.persisted.text(request.query, request.extensions)
    document = documents.read(text)
    operation = document.operation(request.operation_name)
    operation.check_cost(request.variables)
    if document.errors:
        raise RequestError(RequestCode.VALIDATION_FAILED, document.errors)
    return operation


def _prepared(documents: Documents, request: GraphQLRequest, *, allow_mutations: bool) -> Operation:
    operation = find_operation(documents, request)
    if operation.kind is OperationType.SUBSCRIPTION:
        message = "订阅请使用 WebSocket（graphql-transport-ws）或 SSE"
        raise RequestError.because(RequestCode.OPERATION_NOT_ALLOWED, message)
    if operation.kind is OperationType.MUTATION and not allow_mutations:
        raise RequestError.because(RequestCode.OPERATION_NOT_ALLOWED, "变更只能用 POST 提交")
    return operation


async def _run(
    documents: Documents, operation: Operation, request: GraphQLRequest, context: object
) -> ExecutionResult:
    """Run a query by its plan, or show its page; what plans leave is run by graphql-core.

    Queries have no effects, so that one whose plan failed can be run again: the answer's errors and
    nulls are then the specification's, at graphql-core's price.
    """
    if (shared := await documents.shared(operation, request.variables, context)) is not None:
        return ExecutionResult(cast("Answer", shared), None)
    plan, values = documents.planned(operation, request.variables)
    if plan is not None and values is not None:
        try:
            return ExecutionResult(await plan.run(context, values), None)
        except Exception:  # noqa: BLE001  graphql-core meets it again, and tells it as it should be
            documents.fallbacks += 1
    return await _run_by_graphql_core(documents, operation, request, context)


async def _run_by_graphql_core(
    documents: Documents, operation: Operation, request: GraphQLRequest, context: object
) -> ExecutionResult:
    schema = documents.schema
    result = run_by_graphql_core(
        operation.document.schema,
        operation.document.node,
        context_value=context,
        variable_values=dict(request.variables),
        operation_name=operation.name,
        executor_class=schema.execution_context_class,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
        hide_suggestions=not documents.suggestions,
        operation_extensions=dict(request.extensions),
    )
    return result if isinstance(result, ExecutionResult) else await result


def answer_of(result: ExecutionResult) -> Answer:
    """Write a result as it is sent."""
    errors = result.errors or []
    if result.data is None and all(error.path is None for error in errors):
        return {"errors": [input_refused(error) for error in errors]}
    if not errors:
        return {"data": result.data}
    return {"data": result.data, "errors": [field_failed(error) for error in errors]}
