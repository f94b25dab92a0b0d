"""What deeds pay, in the graph: rules in force, their versions, and a replay of a past month."""

from datetime import datetime
from typing import Any, NamedTuple

import strawberry

from app.points.models import Action, Book
from app.points.rulebook import VersionRow
from app.points.simulating import Outcome
from app.points.wording import ACTION_NAMES
from schema.errors import UserError

strawberry.enum(
    Action,
    name="PointsAction",
    description="The deeds that a rule can pay: 阅读, 看微课, 看直播, 答题, 点赞, 评论, 分享,"
    " 分享被打开, 志愿服务, 主讲, 师带徒, 发布.",
)


class RulePayloadRow(NamedTuple):
    """A version as it was committed, or why there is none."""

    rule: VersionRow | None
    errors: list[UserError]


class SimulationRow(NamedTuple):
    """What a month paid, and would have paid."""

    month: str
    before: Outcome
    after: Outcome


def _name(self: Any) -> str:
    return ACTION_NAMES[self.action]


@strawberry.type(description="One version of what a deed pays (积分规则).")
class PointsRule:
    """The shape of :class:`app.points.rulebook.VersionRow`."""

    action: Action = strawberry.field(description="The deed.")
    name: str = strawberry.field(resolver=_name, description="The deed in Chinese (行为).")
    version: int = strawberry.field(description="Its number among the versions of the deed.")
    book: Book = strawberry.field(description="The book its points go to.")
    points: int = strawberry.field(description="Points for doing it once.")
    daily_cap: int | None = strawberry.field(description="Most points a day (每日上限).")
    weekly_cap: int | None = strawberry.field(description="Most points a week (每周上限).")
    is_reversed_on_removal: bool = strawberry.field(
        description="Whether removing what was done takes the points back (删除后冲正)."
    )
    note: str = strawberry.field(description="The rule in words, for members to read.")
    effective_from: datetime = strawberry.field(description="Since when it holds.")
    effective_to: datetime | None = strawberry.field(description="Until when, where that is set.")


@strawberry.input(description="What a deed is to pay, from an instant on.")
class EditPointsRuleInput:
    """A new version of a rule."""

    action: Action = strawberry.field(description="The deed.")
    points: int = strawberry.field(description="Points for doing it once, 1–1,000.")
    daily_cap: int | None = strawberry.field(
        default=None, description="Most points a day, 1–10,000; none when left out."
    )
    weekly_cap: int | None = strawberry.field(
        default=None, description="Most points a week, 1–10,000; none when left out."
    )
    is_reversed_on_removal: bool = strawberry.field(
        default=False, description="Whether removing what was done takes the points back."
    )
    note: str = strawberry.field(description="The rule in words, 1–200 characters.")
    book: Book | None = strawberry.field(
        default=None, description="The book its points go to; as before when left out."
    )
    effective_from: datetime | None = strawberry.field(
        default=None, description="Since when, at once when left out; never in the past."
    )


@strawberry.type(description="What the deeds of a month brought.")
class PointsOutcome:
    """The shape of :class:`app.points.simulating.Outcome`."""

    members: int = strawberry.field(description="Members who were paid.")
    points: int = strawberry.field(description="Points paid; what was reversed since counts.")
    cut: int = strawberry.field(description="Deeds that a cap left with less, or with nothing.")


@strawberry.type(
    description="What a past month would have paid under another rule. It replays the deeds that"
    " were paid, in part where a cap cut them. Deeds that paid nothing at all, since a cap was"
    " reached or no rule was in force, left no trace in the ledger and are missing: a higher cap"
    " would have paid more than is told here."
)
class PointsSimulation:
    """The shape of :class:`SimulationRow`."""

    month: str = strawberry.field(description="The month, `YYYY-MM`, in the group's time zone.")
    before: PointsOutcome = strawberry.field(description="What was paid.")
    after: PointsOutcome = strawberry.field(description="What would have been paid.")


@strawberry.type(description="The new version, or why there is none.")
class PointsRulePayload:
    """The shape of :class:`RulePayloadRow`."""

    rule: PointsRule | None = strawberry.field(description="The version, as it will hold.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
