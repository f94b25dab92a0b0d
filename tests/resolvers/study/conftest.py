"""A clock to set, and somebody who studies."""

from datetime import timedelta

import pytest
from group import building
from studying import NOON, lasting

import app.study.actions
import app.study.desk
import resolvers.study


@pytest.fixture
def clock(monkeypatch):
    """The platform's clock; call it with seconds after noon to set it."""
    for module in (app.study.desk, app.study.actions, resolvers.study):
        monkeypatch.setattr(module, "now", lambda: clock.at)

    def clock(seconds):
        clock.at = NOON + timedelta(seconds=seconds)

    clock(0)
    return clock


@pytest.fixture
async def studied(database, ask, clock):
    """A lecture of 100 seconds, and a member who sees it."""
    async with building(database) as group:
        member = await group.member(await group.organization())
        lecture = await lasting(group, member, 100)
    return await ask.viewer(member), lecture
