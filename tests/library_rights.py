"""The rights to the library: who follows, saves, vouches, and curates the search."""

import itertools
from datetime import date

from group import building, gid, global_id
from regulations import bring
from rights import OWNER, Ground, Right, Who

from app.following.actions import save_search
from app.inquiries.curating import CURATORS
from app.inquiries.models import AskedQuery, SearchSynonym
from app.knowledge.models import RegulationVersion
from app.knowledge.verifying import VERIFIERS

WEEK = date(2026, 6, 29)
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


def _curates(who: Who) -> bool:
    return who.role in CURATORS and who.place == "above"


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


async def _clicked(ground):
    return {"query": f"借阅{next(_numbers)}"}


async def _words(ground):
    return {"words": [f"老板{next(_numbers)}", "用人单位"]}


async def _proposed(ground):
    """The id of a set that somebody else proposed."""
    words = (await _words(ground))["words"]
    async with ground.database.transaction() as session:
        made = SearchSynonym(words=tuple(words), proposed_by_id=ground.writer.id)
        session.add(made)
    return {"id": gid(made)}


async def _asked(ground):
    async with ground.database.transaction() as session:
        made = AskedQuery(week=WEEK, query=f"年休假{next(_numbers)}", asked=5, empty=5, persons=3)
        session.add(made)
    return {"queryId": gid(made)}


LIBRARY = {
    "followRegulation": Right(_regulation, _anybody),
    "unfollowRegulation": Right(_regulation, _anybody),
    "saveSearch": Right(_question, _anybody),
    "removeSavedSearch": Right(_saved, _owner, _nobody_else),
    "verifyRegulationVersion": Right(_version, _verifies),
    # Whoever is not signed in may click as well: it is counted for nobody.
    "recordSearchClick": Right(_clicked, _anybody, needs_member=False),
    "proposeSynonyms": Right(_words, _curates),
    "approveSynonyms": Right(_proposed, _curates),
    "dismissSynonyms": Right(_proposed, _curates),
    "dismissAskedQuery": Right(_asked, _curates),
}
