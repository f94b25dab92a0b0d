"""Running what a client asks over a connection that stays: an answer, or answers as they come."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult, OperationType
from graphql.execution import Executor, create_source_event_stream, execute_subscription_event

from app.errors import Refusal, Unavailable
from schema.operations.documents import Documents, Operation
from schema.operations.execution import Answer, GraphQLRequest, answer_of, execute, find_operation
from schema.operations.failures import RequestError, internal_error, refused

Answers = AsyncGenerator[Answer, None]


async def run(
    documents: Documents,
    request: GraphQLRequest,
    context: object,
    *,
    allow_mutations: bool = True,
    seconds: float = 10.0,
) -> Answer | Answers:
    """Run any operation, within the same limits as ever.

    A query or a mutation gives its answer. A subscription gives answers until it ends or they are
    closed; one without ``data`` is the last. No event may take longer than ``seconds``.
    """
    try:
        operation = find_operation(documents, request)
    except RequestError as error:
        return {"errors": error.formatted()}
    if operation.kind is not OperationType.SUBSCRIPTION:
        return await execute(
            documents, request, context, allow_mutations=allow_mutations, seconds=seconds
        )
    executor = _executor(documents, operation, request, context)
    if isinstance(executor, list):
        return answer_of(ExecutionResult(None, executor))
    events: Any = create_source_event_stream(executor)
    if executor.is_awaitable(events):
        events = await events
    if isinstance(events, ExecutionResult):
        return answer_of(events)
    return _answers(executor, events, seconds)


def is_subscription(documents: Documents, request: GraphQLRequest) -> bool:
    """Whether a request asks for a stream; one that cannot be run does not."""
    try:
        return find_operation(documents, request).kind is OperationType.SUBSCRIPTION
    except RequestError:
        return False


def _executor(
    documents: Documents, operation: Operation, request: GraphQLRequest, context: object
) -> Any:
    """What runs each event, or errors in the variables' values."""
    kind = documents.schema.execution_context_class or Executor
    return kind.build(
        operation.document.schema,
        operation.document.node,
        context_value=context,
        raw_variable_values=dict(request.variables),
        operation_name=operation.name,
        hide_suggestions=not documents.suggestions,
        operation_extensions=dict(request.extensions),
    )


async def _answers(executor: Any, events: AsyncGenerator[Any, None], seconds: float) -> Answers:
    try:
        async with aclosing(events):
            async for event in events:
                yield await _answer(executor.build_per_event_executor(event), seconds)
    except Refusal as refusal:
        yield {"errors": [refused(refusal)]}
    except Exception as error:  # noqa: BLE001  logged there, and masked
        yield {"errors": [internal_error(error)]}


async def _answer(executor: Any, seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            result: Any = execute_subscription_event(executor)
            return answer_of(await result if executor.is_awaitable(result) else result)
    except TimeoutError:
        return {"data": None, "errors": [refused(Unavailable("处理超时，请稍后再试"))]}
