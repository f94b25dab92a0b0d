"""UserError in the graph: refusals travel in the payload."""

import strawberry

from app.content.problems import Unfit
from app.errors import ErrorCode, Refusal

strawberry.enum(ErrorCode, description="Why something was refused.")


@strawberry.type(description="An expected refusal, in words that a member reads.")
class UserError:
    """The shape of an :class:`app.errors.Refusal`."""

    code: ErrorCode = strawberry.field(description="Why, for programs.")
    message: str = strawberry.field(description="Why, in Chinese, fit to be shown.")
    path: list[str] = strawberry.field(
        description="The input field at fault, outermost first; empty where none is."
    )


def user_errors(refusal: Refusal) -> list[UserError]:
    """The ``errors`` of a payload; what is not fit to be published says each reason."""
    if isinstance(refusal, Unfit):
        return [
            UserError(code=refusal.code, message=problem.message, path=[problem.field])
            for problem in refusal.problems
        ]
    return [UserError(code=refusal.code, message=refusal.message, path=list(refusal.path))]
