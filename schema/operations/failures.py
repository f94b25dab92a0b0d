"""How what went wrong with a request looks in its answer: codes, words, and nothing internal."""

import enum
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import GraphQLError, GraphQLFormattedError
from strawberry.exceptions import StrawberryInputCoercionError

from app.errors import ErrorCode, Refusal

INTERNAL_CODE = "INTERNAL"
INTERNAL_MESSAGE = "内部错误"

_log = structlog.get_logger(__name__)


class RequestCode(enum.StrEnum):
    """Why a request was not run, where the contract's ``ErrorCode`` has no word for it."""

    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_UNKNOWN = "OPERATION_RESOLUTION_FAILURE"
    OPERATION_NOT_ALLOWED = "OPERATION_NOT_ALLOWED"
    TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    PERSISTED_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    PERSISTED_MISMATCH = "PERSISTED_QUERY_MISMATCH"


class RequestError(Exception):
    """A request refused before any field of it is resolved, with every reason."""

    def __init__(self, code: RequestCode, errors: Iterable[GraphQLError]) -> None:
        super().__init__(code)
        self.code = code
        self.errors = tuple(errors)

    @classmethod
    def because(cls, code: RequestCode, message: str, **details: Any) -> "RequestError":
        """Refuse for one reason; ``details`` stand beside the code in ``extensions``."""
        return cls(code, [GraphQLError(message, extensions=details)])

    @classmethod
    def too_complex(cls, limit: str, maximum: int) -> "RequestError":
        """Refuse a document that exceeds the bound of ``Limits`` named ``limit``."""
        message = f"查询过于复杂：{limit} 超过上限 {maximum}"
        return cls.because(RequestCode.TOO_COMPLEX, message, limit=limit, maximum=maximum)

    def formatted(self) -> list[GraphQLFormattedError]:
        """Write the errors as the answer shows them."""
        return [_written(error, _told(error), self.code) for error in self.errors]


def refused(refusal: Refusal) -> GraphQLFormattedError:
    """Write a refusal that concerns the request as a whole."""
    return {"message": refusal.message, "extensions": _refusal_extensions(refusal)}


def input_refused(error: GraphQLError) -> GraphQLFormattedError:
    """Write an error in the values that the client gave."""
    return _written(error, _told(error), ErrorCode.INVALID)


def field_failed(error: GraphQLError) -> GraphQLFormattedError:
    """Write an error of a field; what is not meant for clients is logged and masked."""
    cause = _cause(error)
    if isinstance(cause, Refusal):
        written = _written(error, cause.message, cause.code)
        written["extensions"] = _refusal_extensions(cause)
        return written
    if isinstance(cause, StrawberryInputCoercionError):
        return _written(error, "输入的值不符合要求", ErrorCode.INVALID)
    if isinstance(cause, GraphQLError) and cause.nodes:
        # Only what is wrong with the client's own text points into it when it is raised.
        return input_refused(error)
    return error.formatted | internal_error(cause)


def internal_error(cause: BaseException) -> GraphQLFormattedError:
    """Log a fault of ours with its traceback; the client learns where to look it up, no more."""
    _log.error("graphql.internal_error", exc_info=cause)
    extensions = {"code": INTERNAL_CODE}
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        extensions["requestId"] = str(request_id)
    return {"message": INTERNAL_MESSAGE, "extensions": extensions}


def _written(error: GraphQLError, message: str, code: str) -> GraphQLFormattedError:
    extensions = {"code": str(code), **(error.extensions or {})}
    return error.formatted | {"message": message, "extensions": extensions}


def _refusal_extensions(refusal: Refusal) -> dict[str, Any]:
    extensions: dict[str, Any] = {"code": str(refusal.code)}
    if refusal.path:
        extensions["field"] = list(refusal.path)
    return extensions


def _cause(error: GraphQLError) -> BaseException:
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _told(error: GraphQLError) -> str:
    """Give the words of an error that are meant for clients.

    graphql-core quotes what a scalar raised; only what stands before that is its own.
    """
    if isinstance(_cause(error), GraphQLError):
        return error.message
    return error.message.partition(", but encountered error")[0]
