"""Points in the graph: what a member has, what still pays, and why; and who sees whose."""

import pytest
from group import START, building, gid, global_id, viewer_of
from ledger import add_rule, adjustment, deed, pay, posted, staffed

from app.database.columns import now
from app.organizations.models import Organization
from app.points.actions import adjust, take_back
from app.points.models import Action, Book
from app.points.queries import entries_of
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

ENTRIES = """entries(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes {
  id book kind amount balanceAfter reason action explanation doneAt createdAt
  subject { __typename id } reverses { id amount } } }"""
MINE = (
    "query ($first: Int = 20, $after: String) { viewerPoints { balance earnedToday"
    " books { book balance } allowances { action name book points dailyCap weeklyCap"
    " remainingToday }" + ENTRIES + "} }"
)
THEIRS = "query ($id: ID!) { node(id: $id) { ... on Member { points { balance } } } }"
ENTRY = "query ($id: ID!) { node(id: $id) { ... on PointsEntry { amount } } }"
AVERAGE = """query ($id: ID!) { organization(id: $id) {
  pointsAverage(book: INTERACTION) { average members } } }"""


async def test_a_new_member_has_nothing_yet_and_sees_what_pays(database, ask):
    _, member = await staffed(database)
    mine = (await ask(MINE, member))["viewerPoints"]
    assert (mine["balance"], mine["earnedToday"], mine["entries"]["nodes"]) == (0, 0, [])
    assert mine["books"] == [{"book": book.value, "balance": 0} for book in Book]
    left = {each["action"]: each["remainingToday"] for each in mine["allowances"]}
    assert left == {
        "READ": 5,
        "STUDY": 9,
        "WATCH_LIVE": 6,
        "QUIZ": 10,
        "LIKE": 3,
        "COMMENT": 4,
        "SHARE": 2,
        "VOLUNTEER": 40,
    }
    assert mine["allowances"][3] == {
        "action": "QUIZ",
        "name": "专题答题",
        "book": "LEARNING",
        "points": 5,
        "dailyCap": 10,
        "weeklyCap": 10,
        "remainingToday": 10,
    }
    assert (await ask(MINE, NOBODY))["viewerPoints"] is None


class Account:
    """A member's account: a like, a comment that was taken back, and an adjustment, since ``at``.

    ``shown`` is what was liked; what was commented on is no longer the member's to see.
    """

    def __init__(self, ask) -> None:
        self.ask = ask

    async def open(self):
        database = self.ask.database
        admin, member = await staffed(database)
        over, self.at = await viewer_of(database, admin), now()
        async with building(database) as group:
            branch = await group.organization()
            author = await group.member(branch)
            self.shown = await group.news(author)
            hidden = await group.news(author, audience=f"org:{branch.id}")
        await pay(
            database,
            deed(member, subject=self.shown.id, at=self.at),
            deed(member, Action.COMMENT, key="comment/1", subject=hidden.id, at=self.at),
        )
        async with database.transaction() as session:
            await take_back(session, "comment/1", reason="评论被撤下")
            await adjust(session, over, adjustment(member, 5, reason="断网学习补录"))
        self.read = (await self.ask(MINE, member))["viewerPoints"]
        self.lines = self.read["entries"]["nodes"]
        return self


@pytest.fixture
async def account(ask):
    return await Account(ask).open()


async def test_an_account_sums_up_its_lines_and_what_still_pays(account):
    mine = account.read
    assert (mine["balance"], mine["earnedToday"]) == (6, 3)
    assert {b["book"]: b["balance"] for b in mine["books"] if b["balance"]} == {
        "INTERACTION": 1,
        "ADJUSTMENT": 5,
    }
    left = {each["action"]: each["remainingToday"] for each in mine["allowances"]}
    assert (left["LIKE"], left["COMMENT"]) == (2, 2)


async def test_each_line_of_an_account_tells_what_moved(account):
    told = ("book", "kind", "amount", "balanceAfter", "action", "reason")
    assert [tuple(each[name] for name in told) for each in account.lines] == [
        ("ADJUSTMENT", "ADJUSTMENT", 5, 5, "ADJUSTMENT", "断网学习补录"),
        ("INTERACTION", "REVERSAL", -2, 1, "REVERSAL", "评论被撤下"),
        ("INTERACTION", "AWARD", 2, 3, "COMMENT", "评论"),
        ("INTERACTION", "AWARD", 1, 1, "LIKE", "点赞"),
    ]


async def test_each_line_of_an_account_explains_itself(account):
    day = account.at.astimezone(account.ask.platform.settings.zone)
    day = f"{day.year}年{day.month}月{day.day}日"
    assert [each["explanation"] for each in account.lines] == [
        "管理员人工调整，增加5分。理由：断网学习补录。",
        "冲正此前的一笔积分（+2分），原分录保留。理由：评论被撤下。",
        f"{day}发表一条评论，按“评论”规则第1版（每次2分，每日最多4分），记2分。",
        f"{day}点赞一条内容，按“点赞”规则第1版（每次1分，每日最多3分），记1分。",
    ]


async def test_each_line_of_an_account_names_its_deed_and_only_what_its_member_sees(account):
    adjusted, taken, comment, like = account.lines
    assert taken["reverses"] == {"id": comment["id"], "amount": 2}
    assert like["subject"] == {"__typename": "NewsItem", "id": gid(account.shown)}
    # What the member may not see is not told, whatever it paid.
    assert [each["subject"] for each in (adjusted, taken, comment)] == [None] * 3
    assert like["doneAt"] == account.at.isoformat()


async def test_a_cap_that_cut_an_award_is_named(database, ask):
    _, member = await staffed(database)
    await add_rule(database, Action.PUBLISH, 4, daily_cap=6, weekly_cap=9)
    at = now()
    await pay(database, *(deed(member, Action.PUBLISH, at=at) for _ in range(2)))
    [cut, _] = (await ask(MINE, member))["viewerPoints"]["entries"]["nodes"]
    assert cut["explanation"].endswith(
        "发布一条内容，按“发布内容”规则第1版（每次4分，每日最多6分，每周最多9分），"
        "因已近每日上限，只记2分。"
    )


async def test_an_account_takes_the_same_statements_whatever_it_holds(database, ask):
    _, member = await staffed(database)
    async with building(database) as group:
        author = await group.member(await group.organization())
        items = [await group.news(author) for _ in range(8)]
    for number, item in enumerate(items):
        await pay(database, deed(member, Action.MENTOR, key=f"m{number}", subject=item.id))
    viewer = await ask.viewer(member)
    for first in (1, 3, 8):
        statements, data = await ask.statements(MINE, viewer, first=first)
        assert len(data["viewerPoints"]["entries"]["nodes"]) == first
        # Balances, what was earned, rules, entries, and their subjects.
        assert statements == 5


async def test_entries_page_to_their_end(database, ask):
    _, member = await staffed(database)
    await pay(database, *(deed(member, Action.MENTOR) for _ in range(5)))
    seen, after = [], None
    for size in (2, 2, 1):
        page = (await ask(MINE, member, first=2, after=after))["viewerPoints"]["entries"]
        seen += [entry["balanceAfter"] for entry in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert len(page["nodes"]) == size
    assert seen == [300, 240, 180, 120, 60]
    assert not page["pageInfo"]["hasNextPage"]


async def test_points_are_seen_by_oneself_and_by_who_administers_or_audits(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        member, colleague = await group.member(branch), await group.member(branch)
        roles = {}
        for role in Role:
            roles[role] = await group.member(committee)
            await group.grant(roles[role], role, committee)
        beside, former = await group.member(other), await group.member(committee)
        await group.grant(beside, Role.ADMIN, other)
        await group.grant(former, Role.ADMIN, committee, expires_at=START)
    await pay(database, deed(member))
    [award] = await posted(database, member)
    entry = global_id("PointsEntry", (await entries_of(database, [award.id]))[award.id].id)

    async def sees(viewer):
        theirs = (await ask(THEIRS, viewer, id=gid(member)))["node"]["points"]
        line = (await ask(ENTRY, viewer, id=entry))["node"]
        assert theirs in (None, {"balance": 1})
        assert line in (None, {"amount": 1})
        assert (theirs is None) == (line is None)
        return theirs is not None

    assert await sees(member)
    assert {role for role, who in roles.items() if await sees(who)} == {Role.ADMIN, Role.AUDITOR}
    for who in (colleague, beside, former):
        assert not await sees(who)
    assert (await ask(THEIRS, NOBODY, id=gid(member)))["node"] is None
    assert (await ask(ENTRY, NOBODY, id=entry))["node"] is None


async def test_points_of_a_page_of_members_cost_the_same_as_those_of_one(database, ask):
    admin, _ = await staffed(database)
    async with building(database) as group:
        committee = await group.session.get_one(Organization, admin.organization_id)
        members = [await group.member(committee) for _ in range(6)]
    await pay(database, *(deed(member) for member in members))
    query = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Member { points {
      balance earnedToday allowances { remainingToday }
      entries(first: 2) { nodes { amount } } } } } }"""
    viewer = await ask.viewer(admin)
    for some in (members[:2], members):
        statements, data = await ask.statements(query, viewer, ids=[gid(each) for each in some])
        # Members, balances, what was earned, rules, entries.
        assert statements == 5
        assert [node["points"]["balance"] for node in data["nodes"]] == [1] * len(some)


async def test_an_average_is_told_to_who_runs_the_organization_and_of_five_or_more(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branch = await group.organization(below=committee)
        members = [await group.member(branch) for _ in range(4)]
        roles = {}
        for role in Role:
            roles[role] = await group.member(committee)
            await group.grant(roles[role], role, committee)
    await pay(database, *(deed(member) for member in members[:2] * 2))
    told = {}
    for role, who in roles.items():
        found = (await ask(AVERAGE, who, id=gid(committee)))["organization"]["pointsAverage"]
        told[role] = found
        # Four members: too few.
        below = (await ask(AVERAGE, who, id=gid(branch)))["organization"]["pointsAverage"]
        assert below is None
    average = {"average": 0.4, "members": 9}
    runs = (Role.SECRETARY, Role.ADMIN, Role.AUDITOR)
    assert told == {role: average if role in runs else None for role in Role}
    found = await ask(AVERAGE, members[0], id=gid(committee))
    assert found["organization"]["pointsAverage"] is None
