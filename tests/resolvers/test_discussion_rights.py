"""Every mutation of a discussion, by every role, inside and outside the subtree."""

import pytest
from discussing import MUTATIONS, Doing
from group import START, building, gid, global_id
from rights import NOT_SIGNED_IN, OWNER, READER, WHO, Ground, Who
from snapshots import snapshot

from app.audit.actions import Actor
from app.moderation.actions import Complaint, report_comment
from app.moderation.held_words import add as add_word
from app.moderation.models import ReportReason
from app.moderation.queries import queue
from app.moderation.speaking import remove

pytestmark = pytest.mark.anyio


def expected(mutation: str, who: Who, *, public: bool) -> str | None:
    """The code of the refusal, None where it is done: the rule, read literally."""
    if who is NOT_SIGNED_IN:
        return "UNAUTHENTICATED"
    own = who is OWNER
    sees = public or who in {OWNER, READER} or who.bears("EDITOR", "REVIEWER", "ADMIN")
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


class Discussion(Ground):
    """A content of the branch's, and whoever comes to say something."""

    async def lay(self, *, public: bool) -> None:
        """Lay the ground, and publish the content."""
        await super().lay()
        async with building(self.database) as group:
            self.reporter = await group.member(self.branch)
            audience = "public" if public else f"org:{self.branch.id}"
            self.news = await group.news(self.writer, audience=audience)
        self.by_reporter = await self.ask.viewer(self.reporter)

    async def given(self, mutation: str, number: int) -> dict[str, str]:
        """Something fresh to do the mutation to."""
        by = self.admin
        async with building(self.database) as group:
            session = group.session
            comment = await group.comment(self.news, self.owner, f"第{number}条", at=START)
            shown = gid(comment)
            match mutation:
                case "addComment":
                    return {"contentId": gid(self.news), "body": f"新{number}"}
                case "editComment":
                    fresh = await group.comment(self.news, self.owner)
                    return {"commentId": gid(fresh), "body": f"改{number}"}
                case "removeComment":
                    return {"commentId": shown, "reason": "无关"}
                case "appealRemoval":
                    key = by.member_id
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
        cases = await queue(self.database, self.admin, None, first=1_000, after=0)
        [key] = [case.id for case in cases if case.subject_id == comment.id]
        decision = {"decision": "KEEP"} if mutation == "decideCase" else {}
        return {"caseId": global_id("ModerationCase", key)} | decision


@pytest.mark.parametrize("public", [True, False], ids=["public", "of the branch"])
async def test_each_role_may_do_what_the_rule_says_and_no_refusal_changes_anything(ask, public):
    ground, do = Discussion(ask), Doing(ask)
    await ground.lay(public=public)
    for mutation in MUTATIONS:
        rule = {who: expected(mutation, who, public=public) for who in WHO}
        refused = [who for who in WHO if rule[who] is not None]
        given = await ground.given(mutation, 0)
        before = await snapshot(ask.database)
        for who in refused:
            payload = await do.payload(mutation, ground.viewers[who], **given)
            codes = [error["code"] for error in payload["errors"]]
            assert (mutation, who, codes) == (mutation, who, [rule[who]])
        assert await snapshot(ask.database) == before
        for number, who in enumerate(who for who in WHO if who not in refused):
            given = await ground.given(mutation, 1 + number)
            await do(mutation, ground.viewers[who], **given)
