"""Doors to rules of points: pointsRules, pointsRuleHistory, simulatePointsRule, editPointsRule."""

from datetime import date
from typing import Annotated, Any

import strawberry

from app.database.columns import now
from app.errors import Forbidden, Invalid, Refusal
from app.organizations.queries import root
from app.points import ruling
from app.points.models import Action
from app.points.rulebook import history, paid_days, version_of, versions_in_force
from app.points.ruling import RuleDraft
from app.points.simulating import months_of, paid, simulate, span
from app.visibility import Role
from resolvers.deeds import require_member
from resolvers.texts import text
from schema.context import Context
from schema.errors import user_errors
from schema.paging import (
    LAST_ID,
    After,
    Connection,
    First,
    connection,
    id_after,
    number_cursor,
    page_size,
)
from schema.ruling import (
    EditPointsRuleInput,
    PointsRule,
    PointsRulePayload,
    PointsSimulation,
    RulePayloadRow,
    SimulationRow,
)

Info = strawberry.Info[Context]
_MAX_NOTE = 200
Edit = Annotated[EditPointsRuleInput, strawberry.argument(description="What it is to pay.")]


@strawberry.type
class RulingQueries:
    """Root fields that read what deeds pay."""

    @strawberry.field(
        description="What deeds pay now (积分规则), for everybody to read.",
        graphql_type=list[PointsRule],
    )
    async def points_rules(self, info: Info) -> Any:
        """The rules in force."""
        return await versions_in_force(info.context.database, now())

    @strawberry.field(
        description="Every version of what a deed paid, pays, and is to pay, newest first; for"
        " administrators of the whole group.",
        graphql_type=Connection[PointsRule],
    )
    async def points_rule_history(
        self,
        info: Info,
        action: Annotated[Action, strawberry.argument(description="The deed.")],
        first: First = 20,
        after: After = None,
    ) -> Any:
        """A page of versions."""
        size, context = page_size(first), info.context
        await _require_governor(context)
        before = id_after(after, LAST_ID)
        rows = await history(context.database, action, first=size + 1, before=before)
        return connection(rows, size, after, cursor=lambda row: number_cursor(row.version))

    @strawberry.field(
        description="What a past month would have paid under a new version of a rule (规则试算),"
        " for administrators of the whole group. Nothing is changed; `effectiveFrom` and `book`"
        " make no difference.",
        graphql_type=PointsSimulation,
    )
    async def simulate_points_rule(
        self,
        info: Info,
        input: Edit,
        month: Annotated[str, strawberry.argument(description="A month that is over, `YYYY-MM`.")],
    ) -> Any:
        """Replay the month."""
        context, draft = info.context, _draft(input)
        zone = context.platform.settings.zone
        await _require_governor(context)
        ruling.check(draft)
        first, end = _month(month, context)
        within = span(first, end, zone)
        days = await paid_days(context.database, draft.action, within, zone)
        return SimulationRow(month, paid(days, first), simulate(days, draft, first))


@strawberry.type
class RulingMutations:
    """Root fields that change what deeds pay."""

    @strawberry.mutation(
        description="Let a deed pay otherwise from an instant on: a new version of its rule, by"
        " administrators of the whole group. What was paid before stays as it is.",
        graphql_type=PointsRulePayload,
    )
    async def edit_points_rule(self, info: Info, input: Edit) -> Any:
        """Add a version."""
        context = info.context
        try:
            draft = _draft(input)
            async with context.database.transaction() as session:
                key = await ruling.edit_rule(session, context.actor, draft)
            return RulePayloadRow(await version_of(context.database, key), [])
        except Refusal as refusal:
            return RulePayloadRow(None, user_errors(refusal))


async def _require_governor(context: Context) -> None:
    require_member(context)
    top = await root(context.database)
    if top is None or not context.viewer.holds((Role.ADMIN,), top.path):
        raise Forbidden("只有最上级组织的管理员可以查看")


def _draft(given: EditPointsRuleInput) -> RuleDraft:
    if given.effective_from is not None and given.effective_from.tzinfo is None:
        raise Invalid("时间须带时区", "input", "effectiveFrom")
    return RuleDraft(
        action=given.action,
        points=given.points,
        daily_cap=given.daily_cap,
        weekly_cap=given.weekly_cap,
        is_reversed_on_removal=given.is_reversed_on_removal,
        note=text(given.note, _MAX_NOTE, "note"),
        book=given.book,
        effective_from=given.effective_from,
    )


def _month(month: str, context: Context) -> tuple[date, date]:
    try:
        first, end = months_of(month, context.platform.settings.zone)
    except ValueError:
        raise Invalid("月份应写作 2026-03", "month") from None
    if end > context.platform.today():
        raise Invalid("只能试算已结束的月份", "month")
    return first, end
