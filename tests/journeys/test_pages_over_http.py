"""Kept pages behind the whole application: what is committed shows at once, and who left is out."""

import re
import shutil
from contextlib import asynccontextmanager

import httpx
import pytest
from group import building, gid

from app.auth import Tokens
from app.main import create_app
from app.members import sessions as sessions_module
from app.members.actions import suspend
from app.moderation.models import HeldWord
from app.settings import Settings

pytestmark = pytest.mark.anyio

FEED = "{ feed { nodes { title likeCount viewerHasLiked comments { nodes { body } } } } }"
LIKE = """mutation ($id: ID!) { likeContent(input: {contentId: $id}) {
  content { likeCount viewerHasLiked } errors { code } } }"""
SAY = """mutation ($id: ID!, $body: String!) {
  addComment(input: {contentId: $id, body: $body}) { comment { id } errors { code } } }"""
REWORD = """mutation ($id: ID!, $body: String!) {
  editComment(input: {commentId: $id, body: $body}) { comment { isHeld } errors { code } } }"""


class Group:
    """Two members of one branch and a news item of one of them, served."""

    def __init__(self, http, app) -> None:
        self.http = http
        self.platform = app.state.platform

    async def build(self) -> "Group":
        async with building(self.platform.database) as group:
            branch = await group.organization()
            self.members = [await group.member(branch), await group.member(branch)]
            self.news = await group.news(self.members[0])
            sessions = [await group.signed_in(member) for member in self.members]
        tokens = Tokens(self.platform.settings.signing_key)
        self.tokens = [tokens.access(session) for session in sessions]
        return self

    async def ask(self, member, query=FEED, **variables):
        headers = {"Authorization": f"Bearer {self.tokens[member]}"}
        body = {"query": query, "variables": variables}
        return await self.http.post("/graphql", json=body, headers=headers)

    async def card(self, member):
        [card] = (await self.ask(member)).json()["data"]["feed"]["nodes"]
        return card["likeCount"], card["viewerHasLiked"]

    async def said(self, member):
        [card] = (await self.ask(member)).json()["data"]["feed"]["nodes"]
        return [comment["body"] for comment in card["comments"]["nodes"]]

    async def hold(self, word):
        """Hold a word in the branch from now on."""
        async with building(self.platform.database) as group:
            of = self.members[0].organization_id
            made = HeldWord(
                organization_id=of, word=word, folded=word, added_by_id=self.members[0].id
            )
            group.session.add(made)

    async def figures(self):
        text = (await self.http.get("/metrics")).text
        found = re.findall(r"^graphql_pages_(\w+)_total (\d+)", text, re.MULTILINE)
        return {name: int(count) for name, count in found}


@pytest.fixture
def serving(sqlite_template, tmp_path):
    """Serves a group of its own; the argument is how long pages are kept."""

    @asynccontextmanager
    async def serve(seconds):
        shutil.copy(sqlite_template, tmp_path / "dangjian.sqlite3")
        settings = Settings(data_dir=tmp_path, database_url=None, page_cache_seconds=seconds)
        app = create_app(settings, with_worker=False)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
                yield await Group(http, app).build()

    return serve


async def test_a_page_is_made_once_and_a_commit_ends_it(serving):
    async with serving(10) as group:
        assert [await group.card(0), await group.card(1), await group.card(0)] == [(0, False)] * 3
        assert await group.figures() == {"made": 1, "shown": 3, "failures": 0}
        liked = (await group.ask(1, LIKE, id=gid(group.news))).json()["data"]["likeContent"]
        assert liked["content"] == {"likeCount": 1, "viewerHasLiked": True}
        assert [await group.card(0), await group.card(1)] == [(1, False), (1, True)]
        assert await group.figures() == {"made": 2, "shown": 5, "failures": 0}


async def test_a_suspended_member_is_shown_no_page(serving, monkeypatch):
    monkeypatch.setattr(sessions_module, "VIEWER_SECONDS", 0.0)
    async with serving(10) as group:
        assert (await group.ask(1)).status_code == 200
        async with group.platform.database.transaction() as transaction:
            await suspend(transaction, group.members[1].id)
        assert (await group.ask(0)).status_code == 200
        refused = await group.ask(1)
        assert refused.status_code == 401
        assert "data" not in refused.json()


async def test_whose_words_are_held_sees_them_at_once_and_others_do_not(serving):
    async with serving(10) as group:
        await group.hold("代开发票")
        assert await group.said(0) == await group.said(1) == []
        written = (await group.ask(1, SAY, id=gid(group.news), body="很好")).json()
        key = written["data"]["addComment"]["comment"]["id"]
        assert await group.said(0) == await group.said(1) == ["很好"]
        await group.ask(1, REWORD, id=key, body="代开发票")
        assert await group.said(0) == []
        assert await group.said(1) == ["代开发票"]


async def test_zero_seconds_switch_them_off(serving):
    async with serving(0) as group:
        assert await group.card(0) == (0, False)
        assert await group.figures() == {}
