"""The demo group over HTTP: what a newcomer sees, signs in to, likes and looks up."""

import asyncio
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from bench import operations

from app.content.actions import archive, newest, publish, write
from app.content.models import Content
from app.database.columns import now
from app.demo.seeding import LOGINS, PASSWORD, demo_logins_exist, seed_demo
from app.main import create_app
from app.points.auditing import audit
from app.settings import Settings

pytestmark = pytest.mark.anyio

QUESTIONS = tomllib.loads((Path(__file__).parents[1] / "demo" / "questions.toml").read_text())
EXPLORER = Path(__file__).parents[2] / "resolvers" / "explorer" / "examples.js"
EXAMPLES = re.findall(r"query: `([^`]+)`", EXPLORER.read_text())
LOGIN = """mutation ($username: String!, $password: String!) {
  login(input: {username: $username, password: $password}) {
    accessToken viewer { name } errors { code message path } } }"""
SEARCH = """query ($query: String!, $filter: SearchFilter, $first: Int = 5) {
  search(query: $query, filter: $filter, first: $first) {
    totalCount didYouMean facets { field counts { value count } }
    edges { highlights { field fragment ranges { start length } } node {
      __typename ... on Content { id title } ... on RegulationArticle {
        citation label regulation { title } } } } } }"""
FEED = """query ($first: Int, $after: String) { feed(first: $first, after: $after) {
  nodes { __typename id title cover { url(width: 640) } } pageInfo { hasNextPage endCursor } } }"""
POINTS = """{ viewerPoints { balance entries(first: 15) { nodes {
  reason subject { __typename } } } } }"""
LIKE = """mutation ($id: ID!) { likeContent(input: {contentId: $id}) {
  content { likeCount viewerHasLiked } errors { code message path } } }"""


class Client:
    """A client of the whole application: `await client.ask(query, token, first=2)`."""

    def __init__(self, http: httpx.AsyncClient, platform) -> None:
        self.http = http
        self.platform = platform

    async def post(self, query, token=None, /, **variables):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def ask(self, query, token=None, /, **variables):
        answer = (await self.post(query, token, **variables)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def sign_in(self, username):
        data = await self.ask(LOGIN, username=username, password=PASSWORD)
        assert data["login"]["errors"] == []
        return data["login"]["accessToken"]

    async def fallbacks(self):
        figures = (await self.http.get("/metrics")).text
        (line,) = re.findall(r"^graphql_plan_fallbacks_total (\d+)", figures, re.MULTILINE)
        return int(line)

    async def found(self, query, token=None, **variables):
        return (await self.ask(SEARCH, token, query=query, **variables))["search"]


@pytest.fixture(scope="module")
async def client(plain_pictures, tmp_path_factory, anyio_backend):
    app = create_app(Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("demo")))
    async with app.router.lifespan_context(app):
        platform = app.state.platform
        assert await seed_demo(platform)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            client = Client(http, platform)
            await until(lambda: indexed(client))
            yield client


async def indexed(client):
    state = await client.platform.search.state()
    return state.documents > 500 and not state.needs_rebuild


async def until(holds, seconds=30):
    """Wait for what the worker does beside us."""
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_a_second_start_keeps_what_is_there(client):
    assert not await seed_demo(client.platform)


@pytest.mark.parametrize("username", LOGINS)
async def test_every_login_works_with_the_known_password(client, username):
    assert await client.sign_in(username)


async def test_the_known_password_is_found_out(client):
    assert await demo_logins_exist(client.platform.database)


async def test_the_feed_pages_to_its_end_without_repeats(client):
    token, seen, after, more = await client.sign_in("member"), [], None, True
    while more:
        page = (await client.ask(FEED, token, first=7, after=after))["feed"]
        seen += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert len({node["id"] for node in seen}) == len(seen) >= 60
    kinds = {node["__typename"] for node in seen}
    assert kinds == {"NewsItem", "MicroLecture", "LiveStream", "ShowcaseEntry"}


async def test_who_is_signed_out_sees_the_public_part(client):
    nobody = await client.ask(FEED, first=100)
    member = await client.ask(FEED, await client.sign_in("member"), first=100)
    public = {node["id"] for node in nobody["feed"]["nodes"]}
    assert len(public) == 24
    assert public < {node["id"] for node in member["feed"]["nodes"]}


async def test_covers_are_served(client):
    node = (await client.ask(FEED, first=1))["feed"]["nodes"][0]
    answer = await client.http.get(node["cover"]["url"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")


async def test_a_like_counts_once_and_needs_a_member(client):
    node = (await client.ask(FEED, first=1))["feed"]["nodes"][0]
    token = await client.sign_in("admin")
    unlike = LIKE.replace("likeContent", "unlikeContent")
    before = (await client.ask(unlike, token, id=node["id"]))["unlikeContent"]["content"]
    assert before["viewerHasLiked"] is False
    for _ in range(2):
        done = (await client.ask(LIKE, token, id=node["id"]))["likeContent"]
        assert done["content"] == {"likeCount": before["likeCount"] + 1, "viewerHasLiked": True}
    refused = (await client.ask(LIKE, id=node["id"]))["likeContent"]
    assert refused["content"] is None
    assert refused["errors"] == [{"code": "UNAUTHENTICATED", "message": "请先登录", "path": []}]


async def test_the_demo_member_has_points_that_explain_themselves(client):
    mine = (await client.ask(POINTS, await client.sign_in("member")))["viewerPoints"]
    assert mine["balance"] > 20
    assert {entry["reason"] for entry in mine["entries"]["nodes"]} <= {"评论", "点赞"}
    assert all(entry["subject"] for entry in mine["entries"]["nodes"])
    assert [str(finding) async for finding in audit(client.platform.database, now())] == []


async def test_members_questions_find_their_article_in_the_first_five(client):
    token, missed = await client.sign_in("member"), []
    for each in QUESTIONS["questions"]:
        found = await client.found(each["question"], token, filter={"scopes": ["REGULATION"]})
        answers = [(e["node"]["regulation"]["title"], e["node"]["label"]) for e in found["edges"]]
        if (each["title"], each["label"]) not in answers:
            missed.append(each["question"])
    assert missed == MISSED


# Said in words that the regulation does not use: known to be hard.
MISSED = ["把借的书弄丢了怎么赔？"]


async def test_a_publication_is_found_at_once_and_its_archiving_too(client):
    token = await client.sign_in("member")
    draft = "雪后道岔除冰记"
    database = client.platform.database
    async with database.transaction() as session:
        some = (await client.ask(FEED, first=1))["feed"]["nodes"][0]
        content = await session.get(Content, _key(some["id"]))
        shown = await newest(session, content.id)
        renamed = shown.wording._replace(title=draft)
        await write(session, content, renamed, html=shown.html, author_id=shown.author_id)
        await publish(session, content)

    async def is_found():
        found = await client.found(f'"{draft}"', token)
        return [edge["node"]["title"] for edge in found["edges"]] == [draft]

    await until(is_found)
    async with database.transaction() as session:
        await archive(session, await session.get(Content, _key(some["id"])))
    # The database is asked before the index has caught up.
    assert (await client.found(f'"{draft}"', token))["edges"] == []


async def test_highlights_mark_the_words_asked_for(client):
    found = await client.found("住宿费标准", await client.sign_in("member"))
    [best, *_] = found["edges"][0]["highlights"]
    marked = [best["fragment"][r["start"] : r["start"] + r["length"]] for r in best["ranges"]]
    assert marked
    assert all(set(word) <= set("住宿费标准") for word in marked)


@pytest.mark.parametrize("username", [None, "member", "editor"])
async def test_no_operation_of_clients_needs_graphql_core_twice(client, username):
    token = username and await client.sign_in(username)
    before = await client.fallbacks()
    page = (await client.ask(operations.FEED, token))["feed"]["edges"]
    for edge in page[:5]:
        detail = await client.ask(operations.DETAIL, token, id=edge["node"]["id"])
        assert detail["node"]["title"] == edge["node"]["title"]
    for example in EXAMPLES:
        if example.lstrip().startswith("query"):
            await client.ask(example, token, first=5, query="积分", id=page[0]["node"]["id"])
    assert await client.fallbacks() == before


async def test_an_ended_token_is_answered_with_401(client):
    answer = await client.post(FEED, "nonsense")
    assert answer.status_code == 401
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"


async def test_every_part_reports_itself_ready(client):
    answer = await client.http.get("/ready")
    assert answer.json() == {
        "status": "ready",
        "parts": {
            "database": {"engine": "sqlite", "state": "ready"},
            "search": {"engine": "embedded", "state": "ready"},
            "media": {"engine": "local", "state": "ready"},
        },
    }
    assert (await client.http.get("/health")).json() == {"status": "alive"}


async def test_requests_bear_an_id_and_are_counted(client):
    given = await client.http.get("/health", headers={"X-Request-Id": "abc-1"})
    assert given.headers["x-request-id"] == "abc-1"
    made = await client.http.get("/health", headers={"X-Request-Id": "a b\tc"})
    assert len(made.headers["x-request-id"]) == 32
    figures = (await client.http.get("/metrics")).text
    assert 'http_requests_total{route="/graphql",status="200"}' in figures
    assert 'jobs{state="DEAD"} 0.0' in figures


def _key(global_id):
    from schema.nodes import parse_id

    return parse_id(global_id)[1]


WRITE = """mutation ($input: CreateNewsItemInput!) { createNewsItem(input: $input) {
  content { id draft { number } } errors { code message path } } }"""
MEND = """mutation ($input: UpdateNewsItemInput!) { updateNewsItem(input: $input) {
  content { id draft { number } } errors { code message path } } }"""
SUBMIT = """mutation ($id: ID!) { submitContent(input: {contentId: $id}) {
  content { status } errors { code message path } } }"""
RETURN = """mutation ($id: ID!, $reason: String!) {
  returnContent(input: {contentId: $id, reason: $reason}) {
    content { status } errors { code message path } } }"""
PUBLISH = """mutation ($id: ID!, $at: DateTime) { publishContent(input: {contentId: $id, at: $at}) {
  content { status } errors { code message path } } }"""
TRAIL = """query ($id: ID!) { auditTrail(subjectId: $id) {
  nodes { action actor { name } address requestId } } }"""


async def test_an_editors_work_is_returned_mended_scheduled_published_and_found(client):
    editor, reviewer = [await client.sign_in(name) for name in ("editor", "reviewer")]
    said = {"title": "雨伞驿站启用", "summary": "共享雨伞", "body": "驿站**启用**。"}
    given = {**said, "audience": {"scope": "EVERYONE"}}
    written = (await client.ask(WRITE, editor, input=given))["createNewsItem"]["content"]
    of = {"id": written["id"]}
    await client.ask(SUBMIT, editor, **of)
    back = await client.ask(RETURN, reviewer, **of, reason="请写明地点")
    assert back["returnContent"]["content"]["status"] == "DRAFT"
    change = {**of, "version": 1, "body": "驿站在**北门**启用。"}
    mended = (await client.ask(MEND, editor, input=change))["updateNewsItem"]["content"]
    assert mended["draft"]["number"] == 2
    await client.ask(SUBMIT, editor, **of)
    soon = (now() + timedelta(seconds=1)).isoformat()
    planned = (await client.ask(PUBLISH, reviewer, **of, at=soon))["publishContent"]
    assert planned == {"content": {"status": "SCHEDULED"}, "errors": []}
    member = await client.sign_in("member")
    assert (await client.found("雨伞驿站", member))["edges"] == []

    async def is_found():
        edges = (await client.found("雨伞驿站", member))["edges"]
        return [edge["node"].get("title") for edge in edges] == ["雨伞驿站启用"]

    await until(is_found)
    trail = (await client.ask(TRAIL, await client.sign_in("admin"), **of))["auditTrail"]["nodes"]
    assert [(entry["action"], entry["actor"] is None) for entry in reversed(trail)] == [
        ("content.create", False),
        ("content.submit", False),
        ("content.return", False),
        ("content.update", False),
        ("content.submit", False),
        ("content.schedule", False),
        ("content.publish", True),
    ]
    assert {entry["address"] for entry in trail[1:]} == {"127.0.0.1"}
    assert all(re.fullmatch("[0-9a-f]{32}", entry["requestId"]) for entry in trail[1:])
