"""Words that hold a comment until a moderator has read it."""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database import Database
from app.database.statements import Among, Statement, Under
from app.database.writing import read
from app.engagement.rules import plain_text
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.moderation.models import MAX_WORD, HeldWord
from app.moderation.rules import MAX_WORDS, WORD_KEEPERS, fold, is_word
from app.organizations.models import Organization, OrganizationKind
from app.organizations.queries import OrganizationRow, organization_columns
from app.subjects import Subject, SubjectKind
from app.visibility import Viewer, path_ids


class HeldWordRow(NamedTuple):
    """A held word, its organization joined in."""

    id: int
    word: str
    added_by_id: int
    organization_id: int
    organization_name: str
    organization_kind: OrganizationKind
    organization_parent_id: int | None
    organization_path: str

    @property
    def organization(self) -> OrganizationRow:
        """Whose word it is; it holds there and below."""
        return OrganizationRow._make(self[3:8])


class _WordRow(NamedTuple):
    word: str


_TEXT = sa.bindparam("text", type_=sa.Text)
_FOUND = Statement(
    _WordRow,
    sa.select(col(HeldWord.word))
    .where(
        Among(col(HeldWord.organization_id), "ids"),
        # Both are letters and digits alone: there is no wildcard in a word.
        _TEXT.like(sa.literal_column("'%'") + col(HeldWord.folded) + sa.literal_column("'%'")),
    )
    .order_by(col(HeldWord.folded)),
)
_ROWS = (
    sa.select(
        col(HeldWord.id),
        col(HeldWord.word),
        col(HeldWord.added_by_id),
        *organization_columns(Organization),
    )
    .select_from(HeldWord)
    .join(Organization, col(Organization.id) == col(HeldWord.organization_id))
    .where(Under(col(Organization.path), "kept"))
)
_BY_ID = Statement(HeldWordRow, _ROWS.where(Among(col(HeldWord.id), "ids")))
_PAGE = (
    _ROWS.where(col(HeldWord.id) > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(col(HeldWord.id))
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
_ALL = Statement(HeldWordRow, _PAGE)
_OF_ORGANIZATION = Statement(
    HeldWordRow,
    _PAGE.where(
        col(HeldWord.organization_id) == sa.bindparam("organization_id", type_=sa.BigInteger)
    ),
)


async def held_words(
    database: Database, viewer: Viewer, organization_id: int | None, *, first: int, after: int
) -> list[HeldWordRow]:
    """The words that ``viewer`` keeps, of one organization or of all, in the order of adding."""
    kept = viewer.subtrees(WORD_KEEPERS)
    statement = _ALL if organization_id is None else _OF_ORGANIZATION
    return await database.fetch(
        statement, kept=kept, organization_id=organization_id, limit=first, after=after
    )


async def held_words_by_id(
    database: Database, viewer: Viewer, ids: Sequence[int]
) -> dict[int, HeldWordRow]:
    """Words by id that ``viewer`` keeps."""
    rows = await database.fetch(_BY_ID, ids=ids, kept=viewer.subtrees(WORD_KEEPERS))
    return {row.id: row for row in rows}


async def words_in(session: AsyncSession, path: str, body: str) -> list[str]:
    """The words of the organization at ``path`` and of those above it that ``body`` contains."""
    found = await read(session, _FOUND, ids=path_ids(path), text=fold(body))
    return list(dict.fromkeys(row.word for row in found))


async def add(session: AsyncSession, actor: Actor, organization_id: int, *, word: str) -> int:
    """Hold a word from now on; answers its id. What folds to one that is there is that one."""
    written = plain_text(word, "词语", MAX_WORD, path=("input", "word"))
    folded = fold(written)
    if not is_word(folded):
        raise Invalid("词语应含 2 个或更多文字、字母或数字", "input", "word")
    # Locked, so that words are added to an organization one after the other.
    organization = await session.get(
        Organization, organization_id, with_for_update={"key_share": True}
    )
    if organization is None:
        raise NotFound("组织不存在", "input", "organizationId")
    viewer = actor.viewer
    if not viewer.holds(WORD_KEEPERS, organization.path) or viewer.member_id is None:
        raise Forbidden("只有本级或上级组织的书记、管理员可以维护敏感词", "input", "organizationId")
    theirs = col(HeldWord.organization_id) == organization_id
    there = await session.scalar(
        sa.select(col(HeldWord.id)).where(theirs, col(HeldWord.folded) == folded)
    )
    if there is not None:
        return there
    counted = await session.scalar(sa.select(sa.func.count()).where(theirs))
    if (counted or 0) >= MAX_WORDS:
        raise Conflict(f"一个组织最多 {MAX_WORDS} 个敏感词", "input", "word")
    made = HeldWord(
        organization_id=organization_id, word=written, folded=folded, added_by_id=viewer.member_id
    )
    session.add(made)
    await session.flush()
    _record(session, actor, organization_id, after={"held_word": written})
    return made.id


async def remove(session: AsyncSession, actor: Actor, word_id: int) -> HeldWordRow:
    """Hold a word no longer; answers what it was. What it held stays with the moderators."""
    found = await read(session, _BY_ID, ids=[word_id], kept=actor.viewer.subtrees(WORD_KEEPERS))
    if not found:
        raise NotFound("敏感词不存在或不可见", "input", "heldWordId")
    await session.execute(sa.delete(HeldWord).where(col(HeldWord.id) == word_id))
    _record(session, actor, found[0].organization_id, before={"held_word": found[0].word})
    return found[0]


def _record(
    session: AsyncSession, actor: Actor, organization_id: int, **changed: dict[str, str]
) -> None:
    subject = Subject(SubjectKind.ORGANIZATION, organization_id)
    record(
        session,
        actor,
        "moderation.hold_word" if "after" in changed else "moderation.release_word",
        subject=subject,
        organization_id=organization_id,
        **changed,
    )
