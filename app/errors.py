"""Expected refusals: what a caller did wrong, in words that a member reads."""

import enum


class ErrorCode(enum.StrEnum):
    """Why something was refused; the values are the contract's."""

    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    CONFLICT = "CONFLICT"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_LARGE = "TOO_LARGE"
    UNSUPPORTED_MEDIA = "UNSUPPORTED_MEDIA"
    UNAVAILABLE = "UNAVAILABLE"


class Refusal(Exception):  # noqa: N818  a refusal is an answer, not an error of ours
    """A deed that is not done, and why.

    ``message`` is Chinese and fit to be shown; ``path`` names the input field at fault, outermost
    first (``("input", "title")``), and is empty where no single field is.
    """

    code = ErrorCode.INVALID

    def __init__(self, message: str, *path: str, code: ErrorCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        if code is not None:
            self.code = code


class Invalid(Refusal):
    """The input cannot be understood or breaks a rule of form."""


class NotFound(Refusal):
    """There is no such thing, or the viewer may not know of it."""

    code = ErrorCode.NOT_FOUND


class Forbidden(Refusal):
    """The viewer may see it, but not do this to it."""

    code = ErrorCode.FORBIDDEN


class Unauthenticated(Refusal):
    """Nobody is signed in, or the token has ended."""

    code = ErrorCode.UNAUTHENTICATED


class Conflict(Refusal):
    """Somebody else was first, or the same key came with another body."""

    code = ErrorCode.CONFLICT


class RateLimited(Refusal):
    """Too many attempts for now."""

    code = ErrorCode.RATE_LIMITED


class TooLarge(Refusal):
    """More than a bound of the platform allows."""

    code = ErrorCode.TOO_LARGE


class Unavailable(Refusal):
    """A part of the platform does not answer right now."""

    code = ErrorCode.UNAVAILABLE
