"""What discussion and moderation tests ask, and a look at every row that they could change."""

from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.content.models import Content
from app.database import Database
from app.engagement.models import Comment, CommentMention
from app.jobs import Job
from app.moderation.models import HeldWord, ModerationCase, Report

_CHANGED = (Comment, CommentMention, Content, HeldWord, Job, ModerationCase, Report)
_COMMENT = """comment { id body isRemoved isHeld removedBody removalReason editedAt
  mentions { id } replyTo { id } content { commentCount } } errors { code message path }"""
_CASE = """case { id state decision reason text organization { id } decidedBy { id }
  claimedBy { id } } errors { code message path }"""
_REPORT = "report { reason note quote reporter { id } } errors { code message path }"
_WORD = "heldWord { id word organization { id } } errors { code message path }"


def _mutation(name: str, kind: str, shown: str) -> str:
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {shown} }} }}"


#: The text of each mutation, by its name.
MUTATIONS = {
    "addComment": _mutation("addComment", "AddCommentInput", _COMMENT),
    "editComment": _mutation("editComment", "EditCommentInput", _COMMENT),
    "removeComment": _mutation("removeComment", "RemoveCommentInput", _COMMENT),
    "appealRemoval": _mutation("appealRemoval", "AppealRemovalInput", _COMMENT),
    "reportComment": _mutation("reportComment", "ReportCommentInput", _REPORT),
    "reportContent": _mutation("reportContent", "ReportContentInput", _REPORT),
    "claimCase": _mutation("claimCase", "CaseIdInput", _CASE),
    "decideCase": _mutation("decideCase", "DecideCaseInput", _CASE),
    "addHeldWord": _mutation("addHeldWord", "AddHeldWordInput", _WORD),
    "removeHeldWord": _mutation("removeHeldWord", "HeldWordIdInput", _WORD),
}


class Doing:
    """``await do("addComment", member, contentId=…)`` is the thing of an accepted payload."""

    def __init__(self, ask: Any) -> None:
        self.ask = ask

    async def payload(self, name: str, viewer: Any, /, **given: Any) -> Any:
        asking = () if viewer is None else (viewer,)
        return (await self.ask(MUTATIONS[name], *asking, input=given))[name]

    async def __call__(self, name: str, viewer: Any, /, **given: Any) -> Any:
        payload = await self.payload(name, viewer, **given)
        assert payload.pop("errors") == []
        [thing] = payload.values()
        return thing

    async def refused(self, name: str, viewer: Any, /, **given: Any) -> tuple[str, list[str]]:
        """The code and the field of a refusal, which has changed nothing."""
        before = await rows(self.ask.database)
        payload = await self.payload(name, viewer, **given)
        [error] = payload.pop("errors")
        assert list(payload.values()) == [None]
        assert await rows(self.ask.database) == before
        return error["code"], error["path"]


async def rows(database: Database) -> dict[str, list[Any]]:
    """Every row that a discussion could change, by table."""
    async with database.engine.connect() as connection:
        return {table.__name__: await _all(connection, table) for table in _CHANGED}


async def _all(connection: Any, table: type[SQLModel]) -> list[Any]:
    listed = sa.select(table.__table__).order_by(*table.__table__.primary_key)
    return [tuple(row) for row in await connection.execute(listed)]


async def row_of(database: Database, table: type[SQLModel], key: int) -> Any:
    async with database.transaction() as session:
        return await session.get(table, key)


async def comment_count(database: Database, content: Content) -> int:
    return (await row_of(database, Content, content.id)).comment_count
