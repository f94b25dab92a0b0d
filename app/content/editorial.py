"""Deeds of editors and reviewers on contents: asked, done and recorded in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from app.audit.actions import PLATFORM, Actor, record
from app.content import actions, rules
from app.content.bounds import check_reason, check_wording
from app.content.desks import Piece, take
from app.content.models import Content, ContentKind, ContentRevision, RevisionState
from app.content.problems import require_publishable
from app.content.rules import WRITERS, Deed, Reach
from app.content.telling import ask_reviewers, tell_writers
from app.content.wording import Wording, changed_fields
from app.database.columns import now
from app.errors import Conflict, Forbidden, Invalid, Unauthenticated
from app.notifications.models import NotificationKind
from app.organizations.models import Organization
from app.subjects import Subject, SubjectKind
from app.visibility import audience_of

#: Nobody plans further ahead; a date beyond is a slip of the pen.
LONGEST_WAIT = timedelta(days=366)
_AT_ONCE = 50


async def create(
    session: AsyncSession, actor: Actor, kind: ContentKind, wording: Wording, *, html: str
) -> int:
    """Begin a content in an organization for which the actor writes; answers its id."""
    author_id = require_member(actor)
    check_wording(kind, wording)
    organization = await require_writer(session, actor, wording.organization_id)
    made = await actions.begin(session, kind, wording, html=html, author_id=author_id)
    record(
        session,
        actor,
        "content.create",
        subject=Subject(SubjectKind.CONTENT, made.id),
        organization_id=organization.id,
        after={"kind": kind.value, **_told(wording, changed_fields(None, wording))},
    )
    return made.id


async def update(
    session: AsyncSession,
    actor: Actor,
    content_id: int,
    changes: Mapping[str, Any],
    *,
    version: int,
    html: str | None,
) -> None:
    """Write the next revision: ``changes`` to fields of the newest, whose number is ``version``.

    ``html`` is the rendered body where that changes. Somebody else's later revision is CONFLICT.
    """
    piece = await take(session, actor.viewer, content_id)
    author_id = require_member(actor)
    rules.check_write(actor.viewer, piece.desk)
    if piece.revision.number != version:
        raise Conflict("内容已被他人修改，请在最新版本上重新编辑", "input", "version")
    before = _base(piece)
    after = before._replace(**changes)
    changed = changed_fields(before, after)
    if not changed:
        return
    check_wording(piece.content.kind, after)
    await _check_move(session, actor, piece, after)
    html = piece.revision.html if html is None else html
    made = await actions.write(session, piece.content, after, html=html, author_id=author_id)
    _record(
        session,
        actor,
        "content.update",
        piece,
        before={"revision": version, **_told(before, changed)},
        after={"revision": made.number, **_told(after, changed)},
    )


async def submit(session: AsyncSession, actor: Actor, content_id: int) -> None:
    """Put what is worked on before the reviewers."""
    piece = await take(session, actor.viewer, content_id)
    author_id = require_member(actor)
    rules.check_submit(actor.viewer, piece.desk)
    await actions.submit(session, piece.content)
    _record_step(session, actor, "content.submit", piece)
    await ask_reviewers(
        session,
        piece,
        NotificationKind.REVIEW_ASKED,
        wanted_path=piece.desk.audience_path,
        by_id=author_id,
    )


async def publish(
    session: AsyncSession,
    actor: Actor,
    content_id: int,
    *,
    at: datetime | None,
    version: int | None,
    four_eyes: bool,
) -> None:
    """Publish what was submitted, now or ``at`` an instant to come.

    ``version`` is the revision that the reviewer read: CONFLICT where it is no longer the newest.
    """
    piece = await take(session, actor.viewer, content_id, four_eyes=four_eyes)
    reviewer_id = require_member(actor)
    deed = Deed.PUBLISH if at is None else Deed.SCHEDULE
    rules.check_publish(actor.viewer, piece.desk, deed)
    if version not in {None, piece.revision.number}:
        raise Conflict("内容在您审阅之后又有修改，请重新审阅", "input", "version")
    await require_publishable(session, piece)
    if at is None:
        await actions.publish(session, piece.content, reviewer_id=reviewer_id)
        _record_step(session, actor, "content.publish", piece)
        await tell_writers(
            session,
            piece.content,
            piece.revision,
            kind=NotificationKind.PUBLISHED,
            by_id=reviewer_id,
        )
        return
    _check_instant(at)
    await actions.schedule(session, piece.content, at=at, reviewer_id=reviewer_id)
    _record_step(session, actor, "content.schedule", piece, publish_at=at.isoformat())


async def publish_due(session: AsyncSession) -> list[int]:
    """Publish what is due by now, each once; answers which contents."""
    waiting = sa.select(col(ContentRevision.content_id)).where(
        col(ContentRevision.state) == RevisionState.SCHEDULED,
        col(ContentRevision.publish_at) <= now(),
    )
    due = (await session.scalars(waiting.limit(_AT_ONCE))).all()
    locked = sa.select(Content).where(col(Content.id).in_(due))
    contents = await session.scalars(locked.with_for_update(skip_locked=True, key_share=True))
    published = []
    for content in contents.all():
        revision = await actions.newest(session, content.id)
        # Another worker, or a reviewer, may have been here between the two reads.
        if revision.state is not RevisionState.SCHEDULED or (revision.publish_at or now()) > now():
            continue
        await actions.publish(session, content)
        record(
            session,
            PLATFORM,
            "content.publish",
            subject=Subject(SubjectKind.CONTENT, content.id),
            organization_id=content.organization_id,
            before={"revision": revision.number, "state": RevisionState.SCHEDULED.value},
            after={"revision": revision.number, "state": revision.state.value},
        )
        await tell_writers(
            session,
            content,
            revision,
            kind=NotificationKind.PUBLISHED,
            by_id=revision.reviewer_id,
        )
        published.append(content.id)
    return published


async def send_back(session: AsyncSession, actor: Actor, content_id: int, reason: str) -> None:
    """Return what waits for review to those who write it."""
    piece = await take(session, actor.viewer, content_id)
    reviewer_id = require_member(actor)
    rules.check_return(actor.viewer, piece.desk)
    reason = check_reason(reason)
    await actions.send_back(session, piece.content, reason, reviewer_id=reviewer_id)
    _record_step(session, actor, "content.return", piece, reason=reason)
    await tell_writers(
        session,
        piece.content,
        piece.revision,
        kind=NotificationKind.RETURNED,
        by_id=reviewer_id,
        note=reason,
    )


async def archive(session: AsyncSession, actor: Actor, content_id: int) -> None:
    """Take a content away from its audience for good."""
    piece = await take(session, actor.viewer, content_id)
    require_member(actor)
    rules.check_archive(actor.viewer, piece.desk)
    await actions.archive(session, piece.content)
    _record_step(session, actor, "content.archive", piece)


async def recommend(
    session: AsyncSession, actor: Actor, content_id: int, audience_key: str
) -> None:
    """Ask the reviewers of a wider audience to publish for it what is published already."""
    piece = await take(session, actor.viewer, content_id)
    author_id = require_member(actor)
    rules.check_recommend(actor.viewer, piece.desk)
    said = piece.revision.wording
    wanted = said._replace(audience_key=audience_key)
    path = await actions.audience_path(session, wanted)
    scope, current = audience_of(audience_key)[0], audience_of(said.audience_key)[0]
    if not rules.is_wider(Reach(scope, path), Reach(current, piece.desk.audience_path)):
        raise Invalid("推荐的可见范围应比现在更宽", "input", "audience")
    await actions.recommend(session, piece.content, audience_key, author_id=author_id)
    _record(
        session,
        actor,
        "content.recommend",
        piece,
        before={"audience_key": said.audience_key},
        after={"audience_key": audience_key},
    )
    await ask_reviewers(
        session, piece, NotificationKind.RECOMMENDED, wanted_path=path, by_id=author_id
    )


def require_member(actor: Actor) -> int:
    """The member who acts; nobody is UNAUTHENTICATED."""
    if actor.viewer.member_id is None:
        raise Unauthenticated("请先登录")
    return actor.viewer.member_id


async def require_writer(session: AsyncSession, actor: Actor, organization_id: int) -> Organization:
    """The organization for which the actor writes; FORBIDDEN where they do not."""
    organization = await session.get(Organization, organization_id)
    if organization is None:
        raise Invalid("组织不存在", "input", "organizationId")
    if not actor.viewer.holds(WRITERS, organization.path):
        raise Forbidden("只有该组织及上级组织的编辑或管理员可以发稿", "input", "organizationId")
    return organization


def _base(piece: Piece) -> Wording:
    """What a change starts from: a wider audience that was but asked for is not in it."""
    said = piece.revision.wording
    if piece.revision.recommends and piece.revision.state is not RevisionState.PUBLISHED:
        return said._replace(audience_key=piece.content.audience_key)
    return said


async def _check_move(session: AsyncSession, actor: Actor, piece: Piece, after: Wording) -> None:
    """Another organization: only for what was never published, by who writes for it as well."""
    if after.organization_id == piece.content.organization_id:
        return
    if piece.content.published_at is not None:
        raise Conflict("已发布的内容不能更换发布组织", "input", "organizationId")
    await require_writer(session, actor, after.organization_id)


def _check_instant(at: datetime) -> None:
    if at.tzinfo is None:
        raise Invalid("时间必须带时区", "input", "at")
    if not now() < at <= now() + LONGEST_WAIT:
        raise Invalid(f"定时发布的时间应在今后 {LONGEST_WAIT.days} 天之内", "input", "at")


def _told(wording: Wording, fields: Sequence[str]) -> dict[str, Any]:
    """These fields for the trail; of the body its digest, since revisions keep the text."""
    told = {name: getattr(wording, name) for name in fields}
    if "body" in told:
        told["body"] = f"sha256:{hashlib.sha256(wording.body.encode()).hexdigest()}"
    return told


def _record_step(
    session: AsyncSession, actor: Actor, action: str, piece: Piece, **more: Any
) -> None:
    """Record where the content came from and where it is now."""
    number, desk = piece.revision.number, piece.desk
    _record(
        session,
        actor,
        action,
        piece,
        before={"status": desk.status.value, "revision": number, "state": desk.state.value},
        after={
            "status": piece.content.status.value,
            "revision": number,
            "state": piece.revision.state.value,
            **more,
        },
    )


def _record(
    session: AsyncSession,
    actor: Actor,
    action: str,
    piece: Piece,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    record(
        session,
        actor,
        action,
        subject=Subject(SubjectKind.CONTENT, piece.content.id),
        organization_id=piece.content.organization_id,
        before=before,
        after=after,
    )
