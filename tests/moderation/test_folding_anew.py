"""Words that were held before scripts were folded hold on, by migrating."""

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from group import building

from app.migrations import config
from app.moderation.models import HeldWord

pytestmark = pytest.mark.anyio


def _fold(connection):
    scripts = ScriptDirectory.from_config(config()).walk_revisions()
    [script] = [each for each in scripts if "fold_held_words" in each.path]
    script.module._fold_words(connection)


async def _words(database):
    async with database.transaction() as session:
        rows = await session.execute(sa.select(HeldWord.word, HeldWord.folded))
        return {tuple(row) for row in rows}


async def test_each_is_folded_and_of_two_that_become_one_the_first_stays(database):
    async with building(database) as group:
        branch, other = [await group.organization() for _ in range(2)]
        keeper = await group.member(branch)
        for of, word in ((branch, "發票"), (branch, "发票"), (branch, "刷单"), (other, "发票")):
            made = HeldWord(organization_id=of.id, word=word, folded=word, added_by_id=keeper.id)
            group.session.add(made)
            await group.session.flush()
    async with database.engine.begin() as connection:
        await connection.run_sync(_fold)
    assert await _words(database) == {("發票", "发票"), ("刷单", "刷单"), ("发票", "发票")}


async def test_where_no_word_is_held_nothing_is_to_do(database):
    async with database.engine.begin() as connection:
        await connection.run_sync(_fold)
    assert await _words(database) == set()
