"""What follows from a deed, in tests: three tiers of people, and all that anybody was told."""

import base64
from typing import Any

import sqlalchemy as sa
from discussing import Doing
from group import building, gid

from app.database import Database
from app.members.models import Member
from app.notifications.models import Notification
from app.visibility import Role

_QUEUE = "{ moderationQueue { nodes { id } } }"
#: A word that is held in the branch.
WORD = "代开发票"
_SEATS = {
    "reviewer": ("branch", Role.REVIEWER),
    "secretary": ("general", Role.SECRETARY),
    "admin": ("committee", Role.ADMIN),
    "auditor": ("general", Role.AUDITOR),
    "neighbour": ("beside", Role.AUDITOR),
}


class Scene:
    """A committee, a general branch, a branch and one beside it; ``author``'s news in the branch.

    Members are attributes by the names that they bear: three without a role, and those of _SEATS.
    """

    def __init__(self, **made: Any) -> None:
        self.__dict__.update(made)


async def tiers(database: Database) -> Scene:
    async with building(database) as group:
        made: dict[str, Any] = {"committee": await group.organization()}
        made["general"] = await group.organization(below=made["committee"])
        made["branch"] = await group.organization(below=made["general"])
        made["beside"] = await group.organization(below=made["general"])
        for name in ("author", "reader", "friend", "third"):
            made[name] = await group.member(made["branch"], name)
        for name, (on, role) in _SEATS.items():
            made[name] = await group.member(made["committee"], name)
            await group.grant(made[name], role, made[on])
        made["news"] = await group.news(made["author"])
    return Scene(**made)


def key_of(shown: str) -> int:
    """The key in a global id."""
    return int(base64.b64decode(shown).decode().partition(":")[2])


async def say(do: Doing, who: Member, content: Any, body: str = "很好", **more: Any) -> str:
    """The global id of a comment that was written."""
    said = await do("addComment", who, contentId=gid(content), body=body, **more)
    return str(said["id"])


async def hold(do: Doing, scene: Any) -> str:
    """The global id of WORD, held in the branch from now on."""
    given = {"organizationId": gid(scene.branch), "word": WORD}
    return str((await do("addHeldWord", scene.admin, **given))["id"])


async def decide(do: Doing, who: Member, decision: str, reason: str | None = None) -> None:
    """Decide the only case that waits for a moderator."""
    [case] = (await do.ask(_QUEUE, who))["moderationQueue"]["nodes"]
    await do("decideCase", who, caseId=case["id"], decision=decision, reason=reason)


async def told(database: Database) -> set[tuple[str, str, int, int, str]]:
    """All that anybody was told: the member's name, the kind, the subject's key, times, note."""
    fields = sa.select(
        Member.name,
        Notification.kind,
        Notification.subject_id,
        Notification.times,
        Notification.note,
    )
    async with database.transaction() as session:
        found = await session.execute(fields.join(Member, Member.id == Notification.member_id))
        return {(name, kind.value, *rest) for name, kind, *rest in found}
