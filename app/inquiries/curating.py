"""Deeds of curators: synonyms proposed and decided on, questions dismissed."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database.announcements import announce
from app.database.columns import now
from app.errors import Conflict, Forbidden, NotFound
from app.inquiries.models import AskedQuery, SearchSynonym, SynonymState
from app.inquiries.rules import FEWEST_PERSONS, checked_words
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind
from app.visibility import Role

#: Who sees what is asked and decides on synonyms, by a role on the topmost organization.
CURATORS = (Role.ADMIN, Role.EDITOR)
#: What is announced when other words mean the same than before.
SYNONYMS_TOPIC = "synonyms"


async def propose(
    session: AsyncSession, actor: Actor, words: Sequence[str], *, query_id: int | None = None
) -> int:
    """Propose that words mean the same, for a question that was asked; answers the set's key."""
    top = await _require_curator(session, actor)
    query = "" if query_id is None else (await _question(session, query_id)).query
    member_id = actor.viewer.member_id or 0
    made = SearchSynonym(words=checked_words(words), query=query, proposed_by_id=member_id)
    session.add(made)
    _record(session, actor, "synonym.propose", top, after={"words": list(made.words)})
    return made.id


async def approve(session: AsyncSession, actor: Actor, key: int) -> None:
    """Let a proposed set take effect; a second person does, CONFLICT where it is decided."""
    top = await _require_curator(session, actor)
    made = await _locked(session, key)
    if made.state is not SynonymState.PROPOSED:
        raise Conflict("这组同义词已经处理过", "input", "id")
    if made.proposed_by_id == actor.viewer.member_id:
        raise Forbidden("不能批准自己提出的同义词，请由他人批准")
    _decide(actor, made, SynonymState.APPROVED)
    await _count_change(session, made)
    _record(session, actor, "synonym.approve", top, after=_told(made))


async def dismiss(session: AsyncSession, actor: Actor, key: int) -> None:
    """Turn a proposal down, or end a set that is in force; twice is the same as once."""
    top = await _require_curator(session, actor)
    made = await _locked(session, key)
    before = made.state
    if before is SynonymState.DISMISSED:
        return
    _decide(actor, made, SynonymState.DISMISSED)
    if before is SynonymState.APPROVED:
        await _count_change(session, made)
    _record(session, actor, "synonym.dismiss", top, after=_told(made))


async def dismiss_query(session: AsyncSession, actor: Actor, key: int) -> None:
    """Take a question out of its week's queue: nothing is to be done about it."""
    await _require_curator(session, actor)
    (await _question(session, key)).dismissed_at = now()


async def _require_curator(session: AsyncSession, actor: Actor) -> Organization:
    tops = sa.select(Organization).where(col(Organization.parent_id).is_(None))
    top = (await session.execute(tops.order_by(col(Organization.id)).limit(1))).scalar()
    if top is None or not actor.viewer.holds(CURATORS, top.path):
        raise Forbidden("只有集团的管理员或编辑可以管理搜索")
    return top


async def _question(session: AsyncSession, key: int) -> AskedQuery:
    found = await session.get(AskedQuery, key)
    if found is None or found.persons < FEWEST_PERSONS:
        raise NotFound("没有这个问题", "input", "queryId")
    return found


async def _locked(session: AsyncSession, key: int) -> SearchSynonym:
    found = await session.get(SearchSynonym, key, with_for_update=True)
    if found is None:
        raise NotFound("没有这组同义词", "input", "id")
    return found


def _decide(actor: Actor, made: SearchSynonym, state: SynonymState) -> None:
    made.state = state
    made.decided_at = now()
    made.decided_by_id = actor.viewer.member_id


async def _count_change(session: AsyncSession, made: SearchSynonym) -> None:
    """Number this change of what is in force, and have it told; of two at once the key lets one."""
    last = await session.scalar(sa.select(sa.func.max(col(SearchSynonym.version))))
    made.version = (last or 0) + 1
    try:
        await session.flush()
    except IntegrityError:
        raise Conflict("同义词正由他人修改，请稍后再试") from None
    announce(session, SYNONYMS_TOPIC, str(made.version))


def _told(made: SearchSynonym) -> dict[str, Any]:
    return {"words": list(made.words), "version": made.version}


def _record(
    session: AsyncSession, actor: Actor, action: str, top: Organization, *, after: Mapping[str, Any]
) -> None:
    subject = Subject(SubjectKind.ORGANIZATION, top.id)
    record(session, actor, action, subject=subject, organization_id=top.id, after=after)
