"""What tests of moderation share: three tiers, and a way to do things there."""

import pytest
from discussing import Doing
from group import building

from app.visibility import Role


class Scene:
    """Three tiers; moderators at each, a comment by a member of the lowest."""


@pytest.fixture
async def scene(database):
    made = Scene()
    async with building(database) as group:
        made.committee = await group.organization("集团党委")
        made.general = await group.organization("党总支", below=made.committee)
        made.branch = await group.organization("党支部", below=made.general)
        made.other = await group.organization("别处", below=made.committee)
        made.author, made.reader, made.reviewer = [
            await group.member(made.branch) for _ in range(3)
        ]
        made.secretary, made.admin = (
            await group.member(made.general),
            await group.member(made.committee),
        )
        made.second = await group.member(made.committee)
        made.outsider = await group.member(made.other)
        await group.grant(made.reviewer, Role.REVIEWER, made.branch)
        await group.grant(made.secretary, Role.SECRETARY, made.general)
        await group.grant(made.admin, Role.ADMIN, made.committee)
        await group.grant(made.second, Role.REVIEWER, made.committee)
        await group.grant(made.outsider, Role.ADMIN, made.other)
        made.news = await group.news(made.reader)
        made.comment = await group.comment(made.news, made.author, "胡说八道")
    return made


@pytest.fixture
def do(ask):
    return Doing(ask)
