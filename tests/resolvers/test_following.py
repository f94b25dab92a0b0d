"""Following regulations and saving searches by GraphQL."""

import pytest
from group import building, gid, global_id
from regulations import bring

pytestmark = pytest.mark.anyio

FOLLOW = """mutation ($id: ID!) { followRegulation(input: {regulationId: $id}) {
  regulation { title viewerFollows } errors { code path } } }"""
UNFOLLOW = FOLLOW.replace("followRegulation", "unfollowRegulation")
SAVE = """mutation ($input: SaveSearchInput!) { saveSearch(input: $input) {
  savedSearch { id query category issuer } errors { code path } } }"""
REMOVE = """mutation ($id: ID!) { removeSavedSearch(input: {id: $id}) {
  savedSearch { id } errors { code path } } }"""
OWN = """query ($first: Int = 20, $afterRule: String, $afterSearch: String) { viewer {
  followedRegulations(first: $first, after: $afterRule) {
    nodes { title viewerFollows } pageInfo { hasNextPage endCursor } }
  savedSearches(first: $first, after: $afterSearch) {
    nodes { query } pageInfo { hasNextPage endCursor } }
} }"""


@pytest.fixture
async def member(database):
    async with building(database) as group:
        return await group.member(await group.organization("一支部"))


@pytest.fixture
async def rules(database):
    made = [await bring(database, title, "文。") for title in "甲乙丙"]
    return [global_id("Regulation", one.regulation_id) for one in made]


async def own(ask, member, **page):
    kept = (await ask(OWN, member, **page))["viewer"]
    return kept["followedRegulations"], kept["savedSearches"]


async def test_what_one_follows_is_listed_the_latest_first(ask, member, rules):
    for key in (rules[0], rules[2], rules[0]):
        followed = (await ask(FOLLOW, member, id=key))["followRegulation"]
        assert followed["errors"] == []
        assert followed["regulation"]["viewerFollows"]
    first, _ = await own(ask, member, first=1)
    assert first["nodes"] == [{"title": "丙", "viewerFollows": True}]
    rest, _ = await own(ask, member, first=1, afterRule=first["pageInfo"]["endCursor"])
    assert (rest["nodes"][0]["title"], rest["pageInfo"]["hasNextPage"]) == ("甲", False)
    for _ in range(2):
        left = (await ask(UNFOLLOW, member, id=rules[2]))["unfollowRegulation"]
        assert left == {"regulation": {"title": "丙", "viewerFollows": False}, "errors": []}
    assert [one["title"] for one in (await own(ask, member))[0]["nodes"]] == ["甲"]


async def test_what_one_saved_is_listed_and_forgotten(ask, member):
    saved = [
        (await ask(SAVE, member, input=given))["saveSearch"]["savedSearch"]
        for given in [{"query": " 年休假 "}, {"query": "年休假", "category": "制度"}]
    ]
    assert [(one["query"], one["category"], one["issuer"]) for one in saved] == [
        ("年休假", "", ""),
        ("年休假", "制度", ""),
    ]
    again = await ask(SAVE, member, input={"query": "年休假"})
    assert again["saveSearch"]["savedSearch"] == saved[0]
    assert len((await own(ask, member))[1]["nodes"]) == 2
    forgotten = await ask(REMOVE, member, id=saved[0]["id"])
    assert forgotten["removeSavedSearch"] == {"savedSearch": None, "errors": []}
    assert len((await own(ask, member))[1]["nodes"]) == 1


async def test_the_lists_take_as_many_statements_however_long_they_are(ask, member, rules):
    viewer = await ask.viewer(member)
    counts = []
    for key, query in zip(rules[:2], ["年休假", "值班"], strict=True):
        await ask(FOLLOW, viewer, id=key)
        await ask(SAVE, viewer, input={"query": query})
        counts.append((await ask.statements(OWN, viewer))[0])
    # The member, the follows, their regulations, whether they are followed; the searches.
    assert counts == [5, 5]


async def test_nobody_sees_what_another_follows(ask, database, member, rules):
    await ask(FOLLOW, member, id=rules[0])
    saved = (await ask(SAVE, member, input={"query": "年休假"}))["saveSearch"]["savedSearch"]
    async with building(database) as group:
        other = await group.member(await group.organization("二支部"))
    seen = await ask(
        """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Member {
        followedRegulations { nodes { id } } savedSearches { nodes { id } } } } }""",
        other,
        ids=[gid(member), saved["id"]],
    )
    nobodys = {"__typename": "Member", "followedRegulations": None, "savedSearches": None}
    assert seen["nodes"] == [nobodys, None]
    refused = (await ask(REMOVE, other, id=saved["id"]))["removeSavedSearch"]["errors"]
    assert refused == [{"code": "NOT_FOUND", "path": ["input", "id"]}]
    assert len((await own(ask, member))[1]["nodes"]) == 1


async def test_what_is_hidden_cannot_be_followed(ask, database, member):
    made = await bring(database, "内部", "文。", audience_key="org:1")
    for document, name in [(FOLLOW, "followRegulation"), (UNFOLLOW, "unfollowRegulation")]:
        done = await ask(document, member, id=global_id("Regulation", made.regulation_id))
        error = {"code": "NOT_FOUND", "path": ["input", "regulationId"]}
        assert done[name] == {"regulation": None, "errors": [error]}
    assert (await own(ask, member))[0]["nodes"] == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"query": "  "}, "query"),
        ({"query": "字" * 201}, "query"),
        ({"query": "甲\0"}, "query"),
        ({"query": "怎么？"}, "query"),
        ({"query": "年休假", "category": "类" * 61}, "category"),
        ({"query": "年休假", "issuer": "某" * 201}, "issuer"),
    ],
)
async def test_a_search_that_cannot_be_kept_is_refused(ask, member, given, field):
    saved = (await ask(SAVE, member, input=given))["saveSearch"]
    assert saved["savedSearch"] is None
    assert saved["errors"] == [{"code": "INVALID", "path": ["input", field]}]
    assert (await own(ask, member))[1]["nodes"] == []


async def test_who_is_signed_out_follows_nothing(ask, rules):
    for document, given in [
        (FOLLOW, {"id": rules[0]}),
        (UNFOLLOW, {"id": rules[0]}),
        (SAVE, {"input": {"query": "年休假"}}),
        (REMOVE, {"id": global_id("SavedSearch", 1)}),
    ]:
        [payload] = (await ask(document, **given)).values()
        assert [error["code"] for error in payload["errors"]] == ["UNAUTHENTICATED"]
    read = await ask(
        "query ($id: ID!) { node(id: $id) { ... on Regulation { viewerFollows } } }",
        id=global_id("Regulation", 1),
    )
    assert read == {"node": None}
