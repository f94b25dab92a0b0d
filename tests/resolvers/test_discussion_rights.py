"""Every mutation of a discussion, by every role, inside and outside the subtree."""

from typing import NamedTuple

import pytest
from discussing import MUTATIONS, Doing, rows
from group import START, building, gid, global_id

from app.audit.actions import Actor
from app.moderation.actions import Complaint, report_comment
from app.moderation.held_words import add as add_word
from app.moderation.models import ReportReason
from app.moderation.queries import queue
from app.moderation.speaking import remove
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

#: Where a role is held; the subtree in question is a branch below a committee.
PLACES = ("branch", "committee", "elsewhere", "expired")


class Who(NamedTuple):
    """Nobody, the comment's author, a member without a role, or the bearer of one."""

    name: str
    role: Role | None = None
    place: str = ""

    def bears(self, *roles: str) -> bool:
        """Whether one of ``roles`` is theirs in the branch, now."""
        return self.role in roles and self.place in {"branch", "committee"}


WHO = [Who("nobody"), Who("author"), Who("reader")] + [
    Who("bearer", role, place) for role in Role for place in PLACES
]


def expected(mutation: str, who: Who, *, public: bool) -> str | None:
    """The code of the refusal, None where it is done: the rule, read literally."""
    if who.name == "nobody":
        return "UNAUTHENTICATED"
    own = who.name == "author"
    sees = public or own or who.bears("EDITOR", "REVIEWER", "ADMIN")
    moderates = who.bears("REVIEWER", "SECRETARY", "ADMIN")
    if mutation in {"claimCase", "decideCase"}:
        return None if moderates else "NOT_FOUND"
    if mutation == "addHeldWord":
        return None if who.bears("SECRETARY", "ADMIN") else "FORBIDDEN"
    if mutation == "removeHeldWord":
        return None if who.bears("SECRETARY", "ADMIN") else "NOT_FOUND"
    if not sees:
        return "NOT_FOUND"
    may = {
        "addComment": True,
        "editComment": own,
        "removeComment": own or moderates,
        "appealRemoval": own,
        "reportComment": not own,
        "reportContent": True,
    }
    return None if may[mutation] else "FORBIDDEN"


class Ground:
    """A branch with a content, and whoever comes to it."""

    def __init__(self, ask) -> None:
        self.ask = ask
        self.viewers = {}

    async def lay(self, *, public: bool) -> None:
        async with building(self.ask.database) as group:
            committee = await group.organization()
            self.branch = await group.organization(below=committee)
            elsewhere = await group.organization(below=committee)
            self.author = await group.member(self.branch)
            writer, self.reporter = [await group.member(self.branch) for _ in range(2)]
            self.moderator = await group.member(self.branch)
            await group.grant(self.moderator, Role.ADMIN, self.branch)
            audience = "public" if public else f"org:{self.branch.id}"
            self.news = await group.news(writer, audience=audience)
            places = {"branch": self.branch, "elsewhere": elsewhere}
            members = {}
            for who in WHO[1:]:
                members[who] = (
                    self.author if who.name == "author" else await group.member(elsewhere)
                )
                if who.role is not None:
                    ends = START if who.place == "expired" else None
                    on = places.get(who.place, committee)
                    await group.grant(members[who], who.role, on, expires_at=ends)
        self.viewers = {who: await self.ask.viewer(member) for who, member in members.items()}
        self.viewers[WHO[0]] = NOBODY
        self.by_reporter = await self.ask.viewer(self.reporter)
        self.by_moderator = await self.ask.viewer(self.moderator)

    async def given(self, mutation: str, number: int) -> dict[str, str]:
        """Something fresh to do the mutation to."""
        by, database = self.by_moderator, self.ask.database
        async with building(database) as group:
            session = group.session
            comment = await group.comment(self.news, self.author, f"第{number}条", at=START)
            shown = gid(comment)
            match mutation:
                case "addComment":
                    return {"contentId": gid(self.news), "body": f"新{number}"}
                case "editComment":
                    fresh = await group.comment(self.news, self.author)
                    return {"commentId": gid(fresh), "body": f"改{number}"}
                case "removeComment":
                    return {"commentId": shown, "reason": "无关"}
                case "appealRemoval":
                    key = self.moderator.id
                    await remove(session, Actor(by), comment.id, member_id=key, reason="无关")
                    return {"commentId": shown, "statement": "有关"}
                case "reportComment":
                    return {"commentId": shown, "reason": "SPAM"}
                case "reportContent":
                    return {"contentId": gid(self.news), "reason": "SPAM"}
                case "claimCase" | "decideCase":
                    complaint = Complaint(self.reporter.id, ReportReason.SPAM, "")
                    who = self.by_reporter
                    await report_comment(session, who, comment.id, complaint=complaint)
                case "addHeldWord":
                    return {"organizationId": gid(self.branch), "word": f"词语{number}"}
                case "removeHeldWord":
                    key = await add_word(session, Actor(by), self.branch.id, word=f"旧词{number}")
                    return {"heldWordId": global_id("HeldWord", key)}
        return await self._case(comment, mutation)

    async def _case(self, comment, mutation):
        cases = await queue(self.ask.database, self.by_moderator, None, first=1_000, after=0)
        [key] = [case.id for case in cases if case.subject_id == comment.id]
        decision = {"decision": "KEEP"} if mutation == "decideCase" else {}
        return {"caseId": global_id("ModerationCase", key)} | decision


@pytest.mark.parametrize("public", [True, False], ids=["public", "of the branch"])
async def test_each_role_may_do_what_the_rule_says_and_no_refusal_changes_anything(ask, public):
    ground, do = Ground(ask), Doing(ask)
    await ground.lay(public=public)
    for mutation in MUTATIONS:
        rule = {who: expected(mutation, who, public=public) for who in WHO}
        refused = [who for who in WHO if rule[who] is not None]
        given = await ground.given(mutation, 0)
        before = await rows(ask.database)
        for who in refused:
            payload = await do.payload(mutation, ground.viewers[who], **given)
            codes = [error["code"] for error in payload["errors"]]
            assert (mutation, who, codes) == (mutation, who, [rule[who]])
        assert await rows(ask.database) == before
        for number, who in enumerate(who for who in WHO if who not in refused):
            given = await ground.given(mutation, 1 + number)
            await do(mutation, ground.viewers[who], **given)
