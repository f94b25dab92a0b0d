"""A lecture over HTTP: shared, followed, opened, kept and studied to its end."""

from datetime import timedelta

import httpx
import pytest
from group import building, gid

from app.content.actions import Lecture
from app.database.columns import now
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.anyio

SHARE = """mutation ($id: ID!) { shareContent(input: {contentId: $id, channel: WECOM}) {
  url openCount content { shareCount } errors { code } } }"""
OPEN = "mutation ($code: String!) { openShare(input: {code: $code}) { content { id } } }"
KEEP = """mutation ($id: ID!) {
  recordView(input: {contentId: $id}) { content { viewCount } }
  bookmarkContent(input: {contentId: $id}) { content { viewerHasBookmarked } } }"""
STUDY = """mutation ($id: ID!, $watched: [WatchedInterval!]!) {
  recordStudy(input: {contentId: $id, watched: $watched}) { progress { isComplete } } }"""
BATCH = """mutation ($report: StudyReportInput!) { recordStudyBatch(input: {reports: [$report]}) {
  reports { countedSeconds completes errors { code path } } errors { code } } }"""
KEPT = """{ bookmarks { nodes { id title viewCount
  ... on MicroLecture { viewerProgress { watchedSeconds isComplete } } } } }"""
LOGIN = """mutation ($name: String!) { login(input: {username: $name, password: "long enough"}) {
  accessToken } }"""


class Member:
    """Somebody with a client and a token."""

    def __init__(self, http):
        self.http, self.headers = http, {}

    async def sign_in(self, name):
        token = (await self.ask(LOGIN, name=name))["login"]["accessToken"]
        self.headers = {"Authorization": f"Bearer {token}"}
        return self

    async def ask(self, query, **variables):
        body = {"query": query, "variables": variables}
        answer = await self.http.post("/graphql", json=body, headers=self.headers)
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]


@pytest.fixture
async def members(database_url, tmp_path, anyio_backend):
    """The lecture's id, its author and a reader, over one running application."""
    settings = Settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=database_url,
        public_url="https://link.example/",
        content_url="/contents/{id}?share={code}",
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        async with building(app.state.platform.database) as group:
            branch = await group.organization()
            author = await group.member(branch, username="author", password="long enough")
            await group.member(branch, username="reader", password="long enough")
            lecture = await group.content(
                author, "学习纪律处分条例", Lecture(lecturer="李老师", duration_seconds=300)
            )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield (
                gid(lecture),
                await Member(http).sign_in("author"),
                await Member(http).sign_in("reader"),
            )


async def test_a_lecture_is_shared_followed_kept_and_studied(members):
    lecture, author, reader = members
    shared = (await author.ask(SHARE, id=lecture))["shareContent"]
    assert shared["url"].startswith("https://link.example/s/")
    code = shared["url"].removeprefix("https://link.example/s/")
    followed = await reader.http.get(f"/s/{code}")
    page = f"/contents/{lecture.replace('=', '%3D')}?share={code}"
    assert (followed.status_code, followed.headers["location"]) == (302, page)
    assert (await reader.ask(OPEN, code=code))["openShare"]["content"] == {"id": lecture}
    again = (await author.ask(SHARE, id=lecture))["shareContent"]
    assert again == {**shared, "openCount": 1}

    kept = await reader.ask(KEEP, id=lecture)
    assert kept == {
        "recordView": {"content": {"viewCount": 1}},
        "bookmarkContent": {"content": {"viewerHasBookmarked": True}},
    }
    watched = [{"from": 0, "to": 300}]
    done = await reader.ask(STUDY, id=lecture, watched=watched)
    assert done == {"recordStudy": {"progress": {"isComplete": False}}}
    report = {
        "contentId": lecture,
        "watched": watched,
        "startedAt": (now() - timedelta(days=1, minutes=5)).isoformat(),
        "endedAt": (now() - timedelta(days=1)).isoformat(),
        "clientKey": "昨天",
    }
    taken = {"countedSeconds": 240.0, "completes": True, "errors": []}
    for expected in (taken, {**taken, "countedSeconds": 0.0, "completes": False}):
        batch = (await reader.ask(BATCH, report=report))["recordStudyBatch"]
        assert batch == {"reports": [expected], "errors": []}
    [node] = (await reader.ask(KEPT))["bookmarks"]["nodes"]
    assert node == {
        "id": lecture,
        "title": "学习纪律处分条例",
        "viewCount": 1,
        "viewerProgress": {"watchedSeconds": 300, "isComplete": True},
    }
    assert (await author.ask(KEPT))["bookmarks"]["nodes"] == []
