"""Deeds of editors on showcase columns: open, change, pin and order entries."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.content.actions import open_column
from app.content.bounds import LONGEST_SUMMARY, LONGEST_TITLE, check_line, check_text
from app.content.editorial import require_member, require_writer
from app.content.models import Content, ContentStatus, ShowcaseColumn, ShowcaseEntry
from app.content.rules import PINNED, WRITERS, rank_of, reach_path
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind
from app.visibility import audience_of

#: Entries that are put in order; more nobody looks through.
MOST_ORDERED = 200


class ColumnWords(NamedTuple):
    """What an editor says of a column."""

    title: str
    description: str
    organization_id: int
    audience_key: str
    cover_id: int | None = None


async def create_column(session: AsyncSession, actor: Actor, words: ColumnWords) -> int:
    """Open a column of an organization for which the actor writes; answers its id."""
    require_member(actor)
    _check(words)
    organization = await require_writer(session, actor, words.organization_id)
    await _require_reach(session, actor, words)
    made = await open_column(
        session,
        words.title,
        words.description,
        organization_id=organization.id,
        audience_key=words.audience_key,
        cover_id=words.cover_id,
    )
    _record(session, actor, "column.create", made, after=words._asdict())
    return made.id


async def update_column(
    session: AsyncSession, actor: Actor, column_id: int, changes: Mapping[str, Any], *, version: int
) -> None:
    """Change a column whose ``version`` the editor read; a later one is CONFLICT."""
    require_member(actor)
    column = await _take(session, actor, column_id)
    if column.version != version:
        raise Conflict("专栏已被他人修改，请在最新版本上重新编辑", "input", "version")
    before = ColumnWords(*(getattr(column, name) for name in ColumnWords._fields))
    after = before._replace(**changes)
    changed = [
        name for name in ColumnWords._fields if getattr(before, name) != getattr(after, name)
    ]
    if not changed:
        return
    _check(after)
    await require_writer(session, actor, after.organization_id)
    if after.audience_key != before.audience_key:
        await _require_reach(session, actor, after)
    for name in changed:
        setattr(column, name, getattr(after, name))
    column.version += 1
    _record(
        session,
        actor,
        "column.update",
        column,
        before={name: getattr(before, name) for name in changed},
        after={name: getattr(after, name) for name in changed},
    )


async def pin(session: AsyncSession, actor: Actor, content_id: int, *, pinned: bool) -> int:
    """Put an entry before all others of its column, or back among them; answers the column."""
    require_member(actor)
    entry = await session.get(ShowcaseEntry, content_id)
    if entry is None:
        raise NotFound("内容不存在或不可见", "input", "contentId")
    column = await _take(session, actor, entry.column_id)
    await session.refresh(entry)
    was_pinned = entry.rank >= PINNED
    if was_pinned is not pinned:
        entry.rank += PINNED if pinned else -PINNED
        told = {"content_id": content_id}
        _record(
            session,
            actor,
            "column.pin",
            column,
            before={**told, "pinned": was_pinned},
            after={**told, "pinned": pinned},
        )
    return column.id


async def order(
    session: AsyncSession, actor: Actor, column_id: int, content_ids: Sequence[int]
) -> None:
    """Put these entries in order; those that are not named follow, the newest first.

    Pinned ones stay before all others, in their order among themselves.
    """
    require_member(actor)
    if len(content_ids) > MOST_ORDERED or len(set(content_ids)) < len(content_ids):
        raise Invalid(f"一次最多排列 {MOST_ORDERED} 项，不能重复", "input", "entryIds")
    column = await _take(session, actor, column_id)
    entries = await _shown_entries(session, column_id)
    if not set(content_ids) <= entries.keys():
        raise Invalid("只能排列本专栏已发布的内容", "input", "entryIds")
    before = sorted(
        (key for key, row in entries.items() if row.rank % PINNED),
        key=lambda key: -entries[key].rank,
    )
    places = {key: place for place, key in enumerate(content_ids)}
    for key, entry in entries.items():
        place = places.get(key, len(places))
        entry.rank = rank_of(place, len(places), pinned=entry.rank >= PINNED)
    _record(
        session,
        actor,
        "column.order",
        column,
        before={"entries": before},
        after={"entries": list(content_ids)},
    )


async def _shown_entries(session: AsyncSession, column_id: int) -> dict[int, ShowcaseEntry]:
    found = await session.scalars(
        sa.select(ShowcaseEntry)
        .join(Content, col(Content.id) == col(ShowcaseEntry.content_id))
        .where(
            col(ShowcaseEntry.column_id) == column_id,
            col(Content.status) == ContentStatus.PUBLISHED,
        )
    )
    return {entry.content_id: entry for entry in found}


async def _take(session: AsyncSession, actor: Actor, column_id: int) -> ShowcaseColumn:
    """Lock a column that the actor may change."""
    column = await session.get(ShowcaseColumn, column_id, with_for_update={"key_share": True})
    if column is None:
        raise NotFound("专栏不存在或不可见", "input")
    path = (await session.get_one(Organization, column.organization_id)).path
    if not actor.viewer.holds(WRITERS, path):
        if column.audience_key not in actor.viewer.keys:
            raise NotFound("专栏不存在或不可见", "input")
        raise Forbidden("只有本组织及上级组织的编辑或管理员可以管理专栏")
    return column


async def _require_reach(session: AsyncSession, actor: Actor, words: ColumnWords) -> None:
    """Nobody reviews a column: its audience is no wider than what its editor writes for."""
    _, audience = audience_of(words.audience_key)
    found = await session.get(Organization, audience or words.organization_id)
    if found is None:
        raise Invalid("可见范围所指的组织不存在", "input", "audience", "organizationId")
    path = reach_path(found.path) if audience is None else found.path
    if not actor.viewer.holds(WRITERS, path):
        raise Forbidden("可见范围超出您的编辑权限", "input", "audience")


def _check(words: ColumnWords) -> None:
    check_line(words.title, "标题", "title", longest=LONGEST_TITLE)
    check_text(words.description, "说明", "description", longest=LONGEST_SUMMARY)


def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    column: ShowcaseColumn,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any],
) -> None:
    record(
        session,
        actor,
        action,
        subject=Subject(SubjectKind.COLUMN, column.id),
        organization_id=column.organization_id,
        before=before,
        after=after,
    )
