"""What is asked, and synonyms, by GraphQL."""

import orjson
import pytest
import sqlalchemy as sa
from group import building, gid, global_id

from app.audit.models import AuditEntry
from app.inquiries.curating import SYNONYMS_TOPIC
from app.inquiries.keeping import flush
from app.inquiries.models import SearchSynonym
from app.inquiries.queries import approved
from app.visibility import NOBODY, Role
from search.port import Page

pytestmark = pytest.mark.anyio

QUEUE = """query ($trouble: Trouble! = NO_RESULTS, $first: Int, $after: String, $week: Date) {
  troubledSearches(trouble: $trouble, first: $first, after: $after, week: $week) {
    nodes { id week query asked empty clicks persons } pageInfo { hasNextPage endCursor } } }"""
SETS = """query ($state: SynonymState!) { searchSynonyms(state: $state) { nodes {
  words query state version proposedBy { id } decidedBy { id } } } }"""
CLICK = "mutation ($q: String!) { recordSearchClick(input: {query: $q}) { errors { code } } }"
PROPOSE = """mutation ($words: [String!]!, $id: ID) {
  proposeSynonyms(input: {words: $words, queryId: $id}) {
    synonyms { id state version query } errors { code path } } }"""
APPROVE = """mutation ($id: ID!) { approveSynonyms(input: {id: $id}) {
  synonyms { state version } errors { code path } } }"""
DISMISS = APPROVE.replace("approveSynonyms", "dismissSynonyms")
IGNORE = """mutation ($id: ID!) {
  dismissAskedQuery(input: {queryId: $id}) { errors { code path } } }"""
WORDS = ["老板", "用人单位"]


@pytest.fixture
async def people(database):
    """Two editors and an administrator of the group, and members of a branch."""
    async with building(database) as group:
        top = await group.organization("集团党委")
        branch = await group.organization("一支部", below=top)
        found = {
            name: await group.member(top) for name in ("editor", "second", "admin", "reviewer")
        }
        roles = (Role.EDITOR, Role.EDITOR, Role.ADMIN, Role.REVIEWER)
        for member, role in zip(found.values(), roles, strict=True):
            await group.grant(member, role, top)
        found["branch editor"] = await group.member(branch)
        await group.grant(found["branch editor"], Role.EDITOR, branch)
        found["members"] = [await group.member(branch) for _ in range(3)]
    return found


async def asked(ask, people, *queries):
    """Each member searches for each of these; what was noted is written down."""
    for query in queries:
        for member in people["members"]:
            await ask("query ($q: String!) { search(query: $q) { totalCount } }", member, q=query)
    platform = ask.platform
    await flush(platform.database, platform.inquiries, platform.today())


async def queue(ask, viewer, **narrowed):
    return (await ask(QUEUE, viewer, **narrowed))["troubledSearches"]


async def proposed(ask, viewer, words=WORDS, **more):
    return (await ask(PROPOSE, viewer, words=words, **more))["proposeSynonyms"]


async def trail(database):
    async with database.transaction() as session:
        found = await session.execute(
            sa.select(AuditEntry.action, AuditEntry.after).order_by(AuditEntry.id)
        )
        return [(action, orjson.loads(after)) for action, after in found]


async def test_what_three_members_ask_in_vain_is_shown_to_editors(ask, people):
    await asked(ask, people, "Ｎｏ　 老闆", "年休假")
    await ask('{ search(query: "年休假") { totalCount } }', people["members"][0])
    await asked(ask, people, "年休假")
    found = await queue(ask, people["editor"], first=1)
    assert [(one["query"], one["asked"], one["persons"]) for one in found["nodes"]] == [
        ("年休假", 7, 3)
    ]
    after = found["pageInfo"]["endCursor"]
    [other] = (await queue(ask, people["admin"], after=after))["nodes"]
    assert (other["query"], other["asked"], other["empty"], other["clicks"]) == ("no 老板", 3, 3, 0)
    assert (await queue(ask, people["admin"], week="2020-01-01"))["nodes"] == []


async def test_a_search_waits_for_no_database_and_a_signed_out_one_leaves_no_note(ask, people):
    viewer = await ask.viewer(people["members"][0])
    statements, _ = await ask.statements('{ search(query: "年休假") { totalCount } }', viewer)
    assert statements == 0
    assert list(ask.platform.inquiries.take()) == [("年休假", viewer.member_id)]
    await ask('{ search(query: "年休假") { totalCount } }', NOBODY)
    await ask(CLICK, NOBODY, q="年休假")
    assert ask.platform.inquiries.take() == {}


async def test_only_the_first_page_counts_and_clicks_do(ask, people, monkeypatch):
    async def search(_self, _request):
        return Page(total=9)

    monkeypatch.setattr(type(ask.platform.search), "search", search)
    await asked(ask, people, "年休假")
    paged = 'query ($after: String) { search(query: "年休假", after: $after) { totalCount } }'
    await ask(paged, people["members"][0], after="bzIw")
    await asked(ask, people)
    [found] = (await queue(ask, people["editor"], trouble="FEW_CLICKS"))["nodes"]
    assert (found["asked"], found["empty"], found["clicks"]) == (3, 0, 0)
    clicked = await ask(CLICK, people["members"][1], q=" 年休假")
    assert clicked["recordSearchClick"] == {"errors": []}
    await asked(ask, people)
    assert (await queue(ask, people["editor"], trouble="FEW_CLICKS"))["nodes"] == []


@pytest.mark.parametrize("who", ["reviewer", "branch editor", None])
async def test_nobody_else_sees_or_decides_anything(database, ask, people, who):
    await asked(ask, people, "年休假")
    [question] = (await queue(ask, people["editor"]))["nodes"]
    made = (await proposed(ask, people["editor"]))["synonyms"]["id"]
    viewer = people[who] if who else NOBODY
    code = "FORBIDDEN" if who else "UNAUTHENTICATED"
    for document, given in [(QUEUE, {}), (SETS, {"state": "PROPOSED"})]:
        assert (await ask.refusal(document, viewer, **given))["code"] == code
    for document, given in [
        (PROPOSE, {"words": WORDS}),
        (APPROVE, {"id": made}),
        (DISMISS, {"id": made}),
        (IGNORE, {"id": question["id"]}),
    ]:
        [payload] = (await ask(document, viewer, **given)).values()
        assert [error["code"] for error in payload["errors"]] == [code]
    hidden = await ask(
        "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", viewer, ids=[made, question["id"]]
    )
    assert hidden["nodes"] == [None, None]
    assert [action for action, _ in await trail(database)] == ["synonym.propose"]
    assert len((await queue(ask, people["editor"]))["nodes"]) == 1
    assert await approved(database) == []


async def test_synonyms_take_effect_when_a_second_person_approves(database, ask, people):
    await asked(ask, people, "老板欠薪")
    [question] = (await queue(ask, people["editor"]))["nodes"]
    made = (await proposed(ask, people["editor"], id=question["id"]))["synonyms"]
    assert (made["state"], made["version"], made["query"]) == ("PROPOSED", None, "老板欠薪")
    own = (await ask(APPROVE, people["editor"], id=made["id"]))["approveSynonyms"]
    assert own == {"synonyms": None, "errors": [{"code": "FORBIDDEN", "path": []}]}
    assert await approved(database) == []
    async with database.announcements.listening([SYNONYMS_TOPIC]) as listener:
        done = (await ask(APPROVE, people["second"], id=made["id"]))["approveSynonyms"]
        assert done == {"synonyms": {"state": "APPROVED", "version": 1}, "errors": []}
        assert await listener.heard(10) == [(SYNONYMS_TOPIC, "1")]
        assert await approved(database) == [frozenset(WORDS)]
        again = (await ask(APPROVE, people["admin"], id=made["id"]))["approveSynonyms"]
        assert [error["code"] for error in again["errors"]] == ["CONFLICT"]
        for _ in range(2):
            ended = (await ask(DISMISS, people["editor"], id=made["id"]))["dismissSynonyms"]
            assert ended["synonyms"] == {"state": "DISMISSED", "version": 2}
        assert await listener.heard(10) == [(SYNONYMS_TOPIC, "2")]
    assert await approved(database) == []
    [kept] = (await ask(SETS, people["admin"], state="DISMISSED"))["searchSynonyms"]["nodes"]
    assert kept["proposedBy"] == kept["decidedBy"] == {"id": gid(people["editor"])}
    assert await trail(database) == [
        ("synonym.propose", {"words": WORDS}),
        ("synonym.approve", {"words": WORDS, "version": 1}),
        ("synonym.dismiss", {"words": WORDS, "version": 2}),
    ]


async def test_what_is_dismissed_is_gone_from_the_queue(database, ask, people):
    await asked(ask, people, "年休假")
    [question] = (await queue(ask, people["editor"]))["nodes"]
    done = (await ask(IGNORE, people["second"], id=question["id"]))["dismissAskedQuery"]
    assert done == {"errors": []}
    assert (await queue(ask, people["editor"]))["nodes"] == []
    made = (await proposed(ask, people["editor"]))["synonyms"]["id"]
    turned = (await ask(DISMISS, people["editor"], id=made))["dismissSynonyms"]
    assert turned["synonyms"] == {"state": "DISMISSED", "version": None}
    assert await approved(database) == []


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"words": ["甲"]}, "INVALID", ["input", "words"]),
        ({"id": global_id("AskedQuery", 7)}, "NOT_FOUND", ["input", "queryId"]),
        ({"id": global_id("Member", 7)}, "INVALID", ["input", "queryId"]),
    ],
)
async def test_a_set_that_cannot_be_is_refused(database, ask, people, given, code, path):
    refused = await proposed(ask, people["editor"], **({"words": WORDS} | given))
    assert refused == {"synonyms": None, "errors": [{"code": code, "path": path}]}
    async with database.transaction() as session:
        assert (await session.execute(sa.select(SearchSynonym.id))).all() == []
    assert await trail(database) == []


async def test_the_queue_takes_as_many_statements_however_long_it_is(ask, people):
    viewer = await ask.viewer(people["editor"])
    counts = []
    for queries in (["甲题"], [f"第{n}题目" for n in range(5)]):
        await asked(ask, people, *queries)
        counts.append((await ask.statements(QUEUE, viewer))[0])
    assert counts == [2, 2]
