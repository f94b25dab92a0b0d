"""Answers that were there before threads belong to the thread of what they answer."""

import importlib

import pytest
import sqlalchemy as sa
from group import building

from app.engagement.models import Comment

pytestmark = pytest.mark.anyio


async def test_old_answers_find_the_comment_that_their_thread_began_with(database):
    name = "app.migrations.versions.0003_let_members_discuss_and_moderators_decide"
    fill = importlib.import_module(name).THREADS
    async with building(database) as group:
        author = await group.member(await group.organization())
        news = await group.news(author)
        made = [await group.comment(news, author)]
        for parent in (0, 1, 2, 0):
            made.append(await group.comment(news, author, reply_to=made[parent]))
        made.append(await group.comment(news, author))
    async with database.transaction() as session:
        await session.execute(sa.update(Comment).values(thread_id=None))
        await session.execute(sa.text(fill))
        listed = sa.select(Comment.thread_id).order_by(Comment.id)
        threads = (await session.scalars(listed)).all()
    assert threads == [None, *[made[0].id] * 4, None]
    assert threads == [each.thread_id for each in made]
