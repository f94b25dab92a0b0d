"""Verified texts: a second person compares a version with its source, and answers for its hash."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import Actor, record
from app.database.columns import now
from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.knowledge.bounds import check_source
from app.knowledge.models import Regulation, RegulationVersion
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind
from app.visibility import Role

#: Who compares texts with their sources, by a role on the topmost organization.
VERIFIERS = (Role.ADMIN, Role.EDITOR, Role.REVIEWER)


async def verify(
    session: AsyncSession,
    actor: Actor,
    version_id: int,
    *,
    sha256: str,
    source_url: str | None = None,
) -> bool:
    """Vouch that the text of this SHA-256 is its source's; False where it is verified already.

    Whoever imported it cannot: two persons answer for a text. CONFLICT where the version has
    another hash, or another source than ``source_url``, which is needed where none is known.
    """
    version = await _locked(session, actor, version_id)
    top = await _top(session)
    if top is None or not actor.viewer.holds(VERIFIERS, top.path):
        raise Forbidden("只有集团的管理员、编辑或审核员可以核对法规文本")
    if version.imported_by_id is not None and version.imported_by_id == actor.viewer.member_id:
        raise Forbidden("导入者不能核对自己导入的文本，请由他人核对")
    if sha256.strip().lower() != version.sha256:
        raise Conflict("文本的 SHA-256 与所核对的不一致，请重新打开后核对", "input", "sha256")
    if version.verified_at is not None:
        return False
    _take_source(version, source_url)
    version.verified_at = now()
    version.verified_by_id = actor.viewer.member_id
    record(
        session,
        actor,
        "regulation.verify",
        subject=Subject(SubjectKind.REGULATION, version.regulation_id),
        organization_id=top.id,
        after={
            "versionId": str(version.id),
            "sha256": version.sha256,
            "source": version.source_url or version.source_name,
        },
    )
    return True


async def _locked(session: AsyncSession, actor: Actor, version_id: int) -> RegulationVersion:
    version = await session.get(RegulationVersion, version_id, with_for_update=True)
    audience = None
    if version is not None:
        audience = await session.scalar(
            sa.select(col(Regulation.audience_key)).where(
                col(Regulation.id) == version.regulation_id
            )
        )
    if version is None or audience not in actor.viewer.keys:
        raise NotFound("版本不存在或不可见", "input", "versionId")
    return version


async def _top(session: AsyncSession) -> Organization | None:
    tops = sa.select(Organization).where(col(Organization.parent_id).is_(None))
    return (await session.execute(tops.order_by(col(Organization.id)).limit(1))).scalar()


def _take_source(version: RegulationVersion, source_url: str | None) -> None:
    if source_url and version.source_url not in {None, source_url}:
        raise Conflict("该版本另有来源网址，不能更改", "input", "sourceUrl")
    if source_url:
        check_source("", source_url)
        version.source_url = source_url
    if not (version.source_url or version.source_name):
        raise Invalid("该版本没有注明来源，请写明所核对的来源网址", "input", "sourceUrl")
