"""Every editorial mutation, by every role, held inside, above, below and outside of the subtree."""

from datetime import timedelta

import pytest
from editing import MUTATIONS, NEWS, WORKING
from group import START, building, gid
from snapshots import snapshot

from app.content.models import ContentStatus
from app.database.columns import now
from app.visibility import Role

pytestmark = pytest.mark.anyio

PLACES = ("inside", "above", "below", "outside")


class Subjects:
    """A fresh thing for each mutation that is tried, all of one branch."""

    def __init__(self, group, branch, author):
        self.group, self.branch, self.author = group, branch, author

    async def given(self, mutation):
        """The input that would do it."""
        here = {"organizationId": gid(self.branch)}
        if mutation.startswith("create"):
            return await self._begun(mutation, NEWS | here)
        if "Column" in mutation or mutation in {"pinEntry", "orderEntries"}:
            return await self._arranged(mutation)
        content = await self._content(mutation)
        if mutation.startswith("update"):
            return {"id": gid(content), "version": 1, "title": "新的标题"}
        more = {
            "returnContent": {"reason": "请补充出处"},
            "recommendContent": {"audience": {"scope": "PUBLIC"}},
        }
        return {"contentId": gid(content), **more.get(mutation, {})}

    async def _content(self, mutation):
        mine = {"audience": f"tree:{self.branch.id}"}
        waits = mine | {"status": ContentStatus.IN_REVIEW}
        match mutation:
            case "updateNewsItem" | "submitContent":
                return await self.group.news(self.author, status=ContentStatus.DRAFT, **mine)
            case "updateMicroLecture":
                return await self.group.lecture(self.author, **waits)
            case "publishContent" | "returnContent":
                return await self.group.news(self.author, **waits)
            case "updateShowcaseEntry":
                column = await self.group.column(self.branch)
                return await self.group.entry(self.author, column, audience="everyone")
            case "updateLiveStream" | "cancelLiveStream":
                soon = now() + timedelta(hours=1)
                return await self.group.live(self.author, starts_at=soon, audience="everyone")
            case "setLiveReplay":
                return await self.group.live(
                    self.author, ends_at=START + timedelta(hours=1), audience="everyone"
                )
        return await self.group.news(self.author, audience="everyone")

    async def _begun(self, mutation, given):
        match mutation:
            case "createShowcaseColumn":
                return {"title": "专栏", "description": "", "organizationId": gid(self.branch)}
            case "createMicroLecture":
                return given | {"lecturer": "李老师"}
            case "createLiveStream":
                times = {"startsAt": START.isoformat()}
                return given | {"streamUrl": "https://live.example/1", **times}
            case "createShowcaseEntry":
                return given | {"columnId": gid(await self.group.column(self.branch))}
        return given

    async def _arranged(self, mutation):
        column = await self.group.column(self.branch)
        entry = await self.group.entry(self.author, column)
        return {
            "updateShowcaseColumn": {"id": gid(column), "version": 1, "title": "新的标题"},
            "pinEntry": {"contentId": gid(entry)},
            "orderEntries": {"columnId": gid(column), "entryIds": [gid(entry)]},
        }[mutation]


def expected(mutation, role, place):
    """What a naive reading of the rule answers; None where it is done."""
    roles, is_seen_by_all = MUTATIONS[mutation]
    if role == "nobody":
        return "UNAUTHENTICATED"
    reaches = place in {"inside", "above"}
    if reaches and role in roles:
        return None
    return "FORBIDDEN" if is_seen_by_all or (reaches and role in WORKING) else "NOT_FOUND"


async def _people(group):
    """The branch, its author, and a member for each role and place, all of another branch."""
    root = await group.organization()
    branch, home = [await group.organization(below=root) for _ in range(2)]
    at = {
        "inside": branch,
        "above": root,
        "below": await group.organization(below=branch),
        "outside": home,
    }
    people = {("nobody", ""): None, ("member", ""): await group.member(home)}
    for role in Role:
        for place in PLACES:
            people[role, place] = await group.member(home)
            await group.grant(people[role, place], role, at[place])
    return branch, await group.member(branch), people


async def test_who_may_does_and_for_others_nothing_changes(database, ask, edit):
    async with building(database) as group:
        branch, author, people = await _people(group)
        subjects = Subjects(group, branch, author)
        refused = {mutation: await subjects.given(mutation) for mutation in MUTATIONS}
        done = [
            (mutation, who, await subjects.given(mutation))
            for mutation in MUTATIONS
            for who in people
            if expected(mutation, *who) is None
        ]
    viewers = {who: member and await ask.viewer(member) for who, member in people.items()}
    before = await snapshot(database)
    for mutation, given in refused.items():
        for who, viewer in viewers.items():
            if (code := expected(mutation, *who)) is not None:
                found = await edit.refused(mutation, viewer, **given)
                assert (mutation, who, found[0][0]) == (mutation, who, code)
    assert await snapshot(database) == before
    for mutation, who, given in done:
        found = await edit(mutation, viewers[who], **given)
        assert isinstance(found, dict), (mutation, who, found)
    after = await snapshot(database)
    # A stream that has no recording and gets none has changed nothing that were to be recorded.
    recorded = [mutation for mutation, _, _ in done if mutation != "setLiveReplay"]
    assert len(after["audit_entry"]) == len(recorded)
