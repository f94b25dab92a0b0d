"""Which HTTP status a refused request gets."""

from collections.abc import Mapping

from app.errors import ErrorCode, Refusal

_STATUS = {
    ErrorCode.INVALID: 400,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.TOO_LARGE: 413,
    ErrorCode.UNSUPPORTED_MEDIA: 415,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
}


class HttpRefusal(Refusal):
    """A request that is not GraphQL over HTTP, with the status and headers that say so."""

    def __init__(
        self,
        status: int,
        message: str,
        code: ErrorCode = ErrorCode.INVALID,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.headers = headers or {}


def http_status(refusal: Refusal) -> int:
    """Give the status of a refusal that concerns the whole request."""
    return refusal.status if isinstance(refusal, HttpRefusal) else _STATUS[refusal.code]


def http_headers(refusal: Refusal) -> Mapping[str, str]:
    """Give the headers that HTTP wants beside that status."""
    if isinstance(refusal, HttpRefusal):
        return refusal.headers
    if refusal.code is ErrorCode.UNAUTHENTICATED:
        return {"WWW-Authenticate": "Bearer"}
    return {}
