"""The rights to the library: who follows, saves, vouches."""

import itertools

from group import building, global_id
from regulations import bring
from rights import OWNER, Ground, Right, Who

from app.following.actions import save_search
from app.knowledge.models import RegulationVersion
from app.knowledge.verifying import VERIFIERS

_numbers = itertools.count(1)


def _anybody(who: Who) -> bool:
    return True


def _owner(who: Who) -> bool:
    return who is OWNER


def _nobody_else(who: Who) -> bool:
    return False


def _verifies(who: Who) -> bool:
    """By a role on the committee, which is the whole group."""
    return who.role in VERIFIERS and who.place == "above"


async def _brought(ground: Ground, **rest: str):
    text = f"每次{next(_numbers)}册。"
    return await bring(ground.database, f"图书借阅第{next(_numbers)}号办法", text, **rest)


async def _regulation(ground):
    """The id of what everybody may read."""
    made = await _brought(ground, audience_key="everyone")
    return {"regulationId": global_id("Regulation", made.regulation_id)}


async def _version(ground):
    made = await _brought(ground, audience_key="everyone", source_url="https://example.org/rules")
    async with building(ground.database) as group:
        version = await group.session.get_one(RegulationVersion, made.version_id)
        return {"versionId": global_id("RegulationVersion", version.id), "sha256": version.sha256}


async def _question(ground):
    return {"query": f"借阅{next(_numbers)}"}


async def _saved(ground):
    async with ground.database.transaction() as session:
        key = await save_search(session, ground.viewers[OWNER], f"归还{next(_numbers)}")
    return {"id": global_id("SavedSearch", key)}


LIBRARY = {
    "followRegulation": Right(_regulation, _anybody),
    "unfollowRegulation": Right(_regulation, _anybody),
    "saveSearch": Right(_question, _anybody),
    "removeSavedSearch": Right(_saved, _owner, _nobody_else),
    "verifyRegulationVersion": Right(_version, _verifies),
}
