"""Every mutation of the schema, by every role, inside and outside the subtree."""

import discussing
import editing
import pytest
from library_rights import LIBRARY
from rights import WHO, Ground, asked, names
from rights_table import RIGHTS
from snapshots import snapshot

pytestmark = pytest.mark.anyio

TABLE = RIGHTS | LIBRARY


def test_every_mutation_of_the_schema_is_in_one_of_the_tables():
    tables = [RIGHTS.keys(), LIBRARY.keys(), editing.MUTATIONS.keys(), discussing.MUTATIONS.keys()]
    assert sum(map(len, tables)) == len(set().union(*tables))
    assert set().union(*tables) == names()


async def test_each_does_what_is_theirs_and_no_refusal_changes_anything(ask):
    ground = Ground(ask)
    await ground.lay()
    for name, right in TABLE.items():
        refused = [who for who in WHO if right.refusal(who) is not None]
        given = await right.given(ground)
        before = await snapshot(ground.database)
        for who in refused:
            codes = await asked(ground, name, who, given)
            assert (name, who, codes) == (name, who, [right.refusal(who)])
        assert await snapshot(ground.database) == before, name
        for who in WHO:
            if who not in refused:
                codes = await asked(ground, name, who, await right.given(ground))
                assert (name, who, codes) == (name, who, [])
