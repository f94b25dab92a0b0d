"""Reporting and deciding, in the graph: inputs and payloads."""

from typing import Any

import strawberry

from app.moderation.models import Decision, ReportReason
from schema.errors import UserError
from schema.moderation import HeldWord, ModerationCase, Report


@strawberry.input(description="What is wrong with a comment.")
class ReportCommentInput:
    """A comment, and what is wrong with it."""

    comment_id: strawberry.ID = strawberry.field(description="The comment's id.")
    reason: ReportReason = strawberry.field(description="What is wrong.")
    note: str = strawberry.field(
        default="", description="More about it, at most 500 characters; needed for OTHER."
    )


@strawberry.input(description="What is wrong with a content.")
class ReportContentInput:
    """A content, and what is wrong with it."""

    content_id: strawberry.ID = strawberry.field(description="The content's id.")
    reason: ReportReason = strawberry.field(description="What is wrong.")
    note: str = strawberry.field(
        default="", description="More about it, at most 500 characters; needed for OTHER."
    )


@strawberry.input(description="Which case.")
class CaseIdInput:
    """A case by its global id."""

    case_id: strawberry.ID = strawberry.field(description="The case's id.")


@strawberry.input(description="How to decide a case.")
class DecideCaseInput:
    """A case, the decision and why."""

    case_id: strawberry.ID = strawberry.field(description="The case's id.")
    decision: Decision = strawberry.field(
        description="KEEP publishes what was held and restores what was removed; REMOVE takes a"
        " comment's words away, and archives a content."
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Why, 1–200 characters; needed for REMOVE, and its author reads it.",
    )


@strawberry.input(description="A word to hold comments by.")
class AddHeldWordInput:
    """A word, and where it holds."""

    organization_id: strawberry.ID = strawberry.field(
        description="The organization; the word holds there and in all below it."
    )
    word: str = strawberry.field(
        description="2–40 letters or digits; what lies between them, and their case and width,"
        " do not matter."
    )


@strawberry.input(description="Which held word.")
class HeldWordIdInput:
    """A held word by its global id."""

    held_word_id: strawberry.ID = strawberry.field(description="The held word's id.")


def _errors() -> Any:
    return strawberry.field(default_factory=list, description="Why nothing was done.")


@strawberry.type(description="A report as it was taken, or why it was not.")
class ReportPayload:
    """What reporting answers."""

    report: Report | None = strawberry.field(default=None, description="The report.")
    errors: list[UserError] = _errors()


@strawberry.type(description="A case as it is now, or why nothing was done.")
class CasePayload:
    """What deeds on a case answer."""

    case: ModerationCase | None = strawberry.field(default=None, description="The case.")
    errors: list[UserError] = _errors()


@strawberry.type(description="A held word, or why nothing was done.")
class HeldWordPayload:
    """What deeds on held words answer."""

    held_word: HeldWord | None = strawberry.field(
        default=None, description="The word; after it was removed, what it was."
    )
    errors: list[UserError] = _errors()
