"""Who is asked first: the holders of a role on the nearest organization that has one."""

import pytest
from group import MINUTE, building

from app.database.columns import now
from app.members.actions import suspend
from app.members.seats import nearest
from app.visibility import MODERATING_ROLES, Role

pytestmark = pytest.mark.anyio


class Tiers:
    """A root, a branch below, a cell below that; two who moderate at each, by name."""


@pytest.fixture
async def tiers(database):
    made = Tiers()
    async with building(database) as group:
        made.root = await group.organization()
        made.branch = await group.organization(below=made.root)
        made.cell = await group.organization(below=made.branch)
        made.beside = await group.organization(below=made.branch)
        for name in ("root", "branch", "cell", "beside"):
            on = getattr(made, name)
            pair = [await group.member(made.root) for _ in range(2)]
            setattr(made, f"of_{name}", [member.id for member in pair])
            for member, role in zip(pair, (Role.REVIEWER, Role.SECRETARY), strict=True):
                await group.grant(member, role, on)
    return made


async def found(database, organization, roles=MODERATING_ROLES, **more):
    async with database.transaction() as session:
        return await nearest(session, organization.path, roles, **more)


async def test_those_of_the_nearest_tier_are_asked_and_no_others(database, tiers):
    assert await found(database, tiers.cell) == sorted(tiers.of_cell)
    assert await found(database, tiers.branch) == sorted(tiers.of_branch)
    assert await found(database, tiers.root) == sorted(tiers.of_root)


async def test_only_the_wanted_roles_count_and_each_member_once(database, tiers):
    reviewer, secretary = tiers.of_cell
    assert await found(database, tiers.cell, [Role.SECRETARY]) == [secretary]
    assert await found(database, tiers.cell, [Role.AUDITOR]) == []
    async with building(database) as group:
        admin = await group.member(tiers.cell)
        for role in (Role.ADMIN, Role.REVIEWER):
            await group.grant(admin, role, tiers.cell)
    assert await found(database, tiers.cell) == sorted([reviewer, secretary, admin.id])


async def test_a_tier_without_any_is_passed_over(database, tiers):
    async with building(database) as group:
        below = await group.organization(below=tiers.cell)
        lowest = await group.organization(below=below)
        editor = await group.member(lowest)
        await group.grant(editor, Role.EDITOR, lowest)
    assert await found(database, lowest) == sorted(tiers.of_cell)


async def test_who_is_left_out_leaves_the_tier_above_to_be_asked(database, tiers):
    one, other = tiers.of_cell
    assert await found(database, tiers.cell, but={one, None}) == [other]
    assert await found(database, tiers.cell, but={one, other}) == sorted(tiers.of_branch)
    everybody = {*tiers.of_cell, *tiers.of_branch, *tiers.of_root}
    assert await found(database, tiers.cell, but=everybody) == []


async def test_a_grant_that_has_ended_seats_nobody(database, tiers):
    async with building(database) as group:
        below = await group.organization(below=tiers.cell)
        former, acting = [await group.member(below) for _ in range(2)]
        await group.grant(former, Role.ADMIN, below, expires_at=now() - MINUTE)
        assert await nearest(group.session, below.path, MODERATING_ROLES) == sorted(tiers.of_cell)
        await group.grant(acting, Role.ADMIN, below, expires_at=now() + MINUTE)
    assert await found(database, below) == [acting.id]


async def test_who_is_suspended_is_not_asked(database, tiers):
    one, other = tiers.of_cell
    async with database.transaction() as session:
        await suspend(session, one)
    assert await found(database, tiers.cell) == [other]
    async with database.transaction() as session:
        await suspend(session, other)
    assert await found(database, tiers.cell) == sorted(tiers.of_branch)
