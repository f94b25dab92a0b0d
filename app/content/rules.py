"""Pure rules of contents: who may do what, which step follows which, how a live stream stands."""

import enum
from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple, Protocol

from app.content.models import ContentStatus, RevisionState
from app.errors import Conflict, Forbidden, Refusal
from app.visibility import MODERATING_ROLES, AudienceScope, Role, Viewer, path_ids

#: Who writes and submits, and who publishes, returns and archives, in their subtree.
WRITERS = (Role.EDITOR, Role.ADMIN)
DECIDERS = (Role.REVIEWER, Role.ADMIN)
_STAFF = (Role.EDITOR, Role.REVIEWER, Role.ADMIN)
#: The rank of a pinned entry that nobody put in order.
PINNED = 1_000_000


class LiveState(enum.StrEnum):
    """How a live stream stands at an instant."""

    UPCOMING = "UPCOMING"
    LIVE = "LIVE"
    ENDED = "ENDED"
    REPLAY = "REPLAY"
    CANCELLED = "CANCELLED"


class Deed(enum.StrEnum):
    """What moves a content from state to state."""

    WRITE = "WRITE"
    SUBMIT = "SUBMIT"
    PUBLISH = "PUBLISH"
    SCHEDULE = "SCHEDULE"
    RETURN = "RETURN"
    RECOMMEND = "RECOMMEND"


_STEPS: dict[tuple[RevisionState, Deed], RevisionState] = {
    # Whatever is changed is worked on again, also while it waits: nobody reviewed the new words.
    **{
        (state, Deed.WRITE): RevisionState.WORKING
        for state in RevisionState
        if state is not RevisionState.SUPERSEDED
    },
    (RevisionState.WORKING, Deed.SUBMIT): RevisionState.IN_REVIEW,
    (RevisionState.RETURNED, Deed.SUBMIT): RevisionState.IN_REVIEW,
    (RevisionState.IN_REVIEW, Deed.PUBLISH): RevisionState.PUBLISHED,
    (RevisionState.SCHEDULED, Deed.PUBLISH): RevisionState.PUBLISHED,
    (RevisionState.IN_REVIEW, Deed.SCHEDULE): RevisionState.SCHEDULED,
    (RevisionState.SCHEDULED, Deed.SCHEDULE): RevisionState.SCHEDULED,
    (RevisionState.IN_REVIEW, Deed.RETURN): RevisionState.RETURNED,
    (RevisionState.SCHEDULED, Deed.RETURN): RevisionState.RETURNED,
    (RevisionState.PUBLISHED, Deed.RECOMMEND): RevisionState.IN_REVIEW,
}
_OUT_OF_TURN = {
    Deed.WRITE: "这一版不能再修改",
    Deed.SUBMIT: "没有待提交的草稿",
    Deed.PUBLISH: "内容尚未提交审核",
    Deed.SCHEDULE: "内容尚未提交审核",
    Deed.RETURN: "内容不在审核中",
    Deed.RECOMMEND: "还有未发布的修改，请先发布再推荐",
}
_STATUS = {
    RevisionState.IN_REVIEW: ContentStatus.IN_REVIEW,
    RevisionState.SCHEDULED: ContentStatus.SCHEDULED,
    RevisionState.PUBLISHED: ContentStatus.PUBLISHED,
}


def step(state: RevisionState, deed: Deed) -> RevisionState:
    """The state that ``deed`` leads to; Conflict where it cannot be done in ``state``."""
    if (state, deed) not in _STEPS:
        raise Conflict(_OUT_OF_TURN[deed])
    return _STEPS[state, deed]


def status_of(state: RevisionState, *, is_shown: bool) -> ContentStatus:
    """The status of a content whose newest revision is ``state``; what is shown stays shown."""
    if is_shown:
        return ContentStatus.PUBLISHED
    return _STATUS.get(state, ContentStatus.DRAFT)


class Seat(NamedTuple):
    """A role of :data:`DECIDERS` that a member holds now on the organization at ``path``."""

    member_id: int
    path: str


class Desk(NamedTuple):
    """What decisions about one content rest on.

    ``path`` is its organization's; ``state``, ``audience_path`` and ``writers`` are those of the
    newest revision. ``seats`` are the deciders' on the organizations of either path and above.
    Where ``four_eyes`` holds, nobody publishes their own work while somebody else may.
    """

    status: ContentStatus
    author_id: int
    path: str
    state: RevisionState
    audience_path: str
    writers: Collection[int]
    seats: Collection[Seat]
    four_eyes: bool

    def is_own(self, member_id: int | None) -> bool:
        """Whether publishing it would publish the work of this member."""
        return member_id == self.author_id or member_id in self.writers

    def somebody_else_may_publish(self) -> bool:
        """Whether a member whose own work it is not may publish it."""
        able = [
            {seat.member_id for seat in self.seats if path.startswith(seat.path)}
            for path in (self.path, self.audience_path)
        ]
        return any(not self.is_own(member_id) for member_id in set.intersection(*able))


class Permissions(NamedTuple):
    """What a viewer may do with one content."""

    can_edit: bool
    can_submit: bool
    can_review: bool
    can_publish: bool
    can_archive: bool
    can_recommend: bool
    can_comment: bool
    can_moderate: bool


def permissions(viewer: Viewer, desk: Desk) -> Permissions:
    """What ``viewer`` may do with a content that they see: what the checks below let pass."""
    return Permissions(
        can_edit=_passes(check_write, viewer, desk),
        can_submit=_passes(check_submit, viewer, desk),
        can_review=_passes(check_return, viewer, desk),
        can_publish=_passes(check_publish, viewer, desk),
        can_archive=_passes(check_archive, viewer, desk),
        can_recommend=_passes(check_recommend, viewer, desk),
        can_comment=viewer.signed_in and desk.status is ContentStatus.PUBLISHED,
        can_moderate=viewer.holds(MODERATING_ROLES, desk.path),
    )


def check_write(viewer: Viewer, desk: Desk) -> None:
    """Refuse those who do not write for the organization, and what is archived."""
    if not viewer.holds(WRITERS, desk.path):
        raise Forbidden("只有本组织及上级组织的编辑或管理员可以修改")
    _require_alive(desk)
    step(desk.state, Deed.WRITE)


def check_submit(viewer: Viewer, desk: Desk) -> None:
    """Refuse who may not write it, and what is no draft."""
    if not viewer.holds(WRITERS, desk.path):
        raise Forbidden("只有本组织及上级组织的编辑或管理员可以提交审核")
    _require_alive(desk)
    step(desk.state, Deed.SUBMIT)


def check_return(viewer: Viewer, desk: Desk) -> None:
    """Refuse who does not review for the organization, and what does not wait for it."""
    _require_decider(viewer, desk)
    step(desk.state, Deed.RETURN)


def check_publish(viewer: Viewer, desk: Desk, deed: Deed = Deed.PUBLISH) -> None:
    """Refuse a reviewer whose reach the audience exceeds, and one's own work (``four_eyes``)."""
    _require_decider(viewer, desk)
    if not viewer.holds(DECIDERS, desk.audience_path):
        raise Forbidden("可见范围超出您的审核权限，须由该范围所属组织的审核人发布", "audience")
    if desk.four_eyes and desk.is_own(viewer.member_id) and desk.somebody_else_may_publish():
        raise Forbidden("不能发布自己的作品，请由其他审核人发布")
    step(desk.state, deed)


def check_archive(viewer: Viewer, desk: Desk) -> None:
    """Refuse who does not review for the organization, and what is archived already."""
    _require_decider(viewer, desk)


def check_recommend(viewer: Viewer, desk: Desk) -> None:
    """Refuse who does not work for the organization, and what is not published as it stands."""
    if not viewer.holds(_STAFF, desk.path):
        raise Forbidden("只有本组织及上级组织的编辑、审核人或管理员可以推荐")
    _require_alive(desk)
    step(desk.state, Deed.RECOMMEND)


def check_on_air(viewer: Viewer, desk: Desk) -> None:
    """Refuse who may neither write nor decide: who may, keeps a live stream."""
    if not viewer.holds(_STAFF, desk.path):
        raise Forbidden("只有本组织及上级组织的编辑、审核人或管理员可以管理直播")
    _require_alive(desk)


def _require_decider(viewer: Viewer, desk: Desk) -> None:
    if not viewer.holds(DECIDERS, desk.path):
        raise Forbidden("只有本组织及上级组织的审核人或管理员可以审核")
    _require_alive(desk)


def _require_alive(desk: Desk) -> None:
    if desk.status is ContentStatus.ARCHIVED:
        raise Conflict("内容已归档")


def _passes(check: Callable[[Viewer, Desk], None], viewer: Viewer, desk: Desk) -> bool:
    try:
        check(viewer, desk)
    except Refusal:
        return False
    return True


class Reach(NamedTuple):
    """An audience; ``path`` is its organization's where it has one, else the top of the tree."""

    scope: AudienceScope
    path: str


def reach_path(organization_path: str) -> str:
    """Where a reviewer must stand to publish for everyone: the top of that tree."""
    return f"/{path_ids(organization_path)[0]}/"


def is_wider(wanted: Reach, current: Reach) -> bool:
    """Whether all of ``current`` are in ``wanted``, and others with them."""
    if wanted == current or wanted.scope is AudienceScope.ORGANIZATION:
        return False
    if wanted.scope is AudienceScope.SUBTREE:
        narrow = {AudienceScope.SUBTREE, AudienceScope.ORGANIZATION}
        return current.scope in narrow and current.path.startswith(wanted.path)
    if wanted.scope is AudienceScope.EVERYONE:
        return current.scope is not AudienceScope.PUBLIC
    return True


def rank_of(place: int, listed: int, *, pinned: bool) -> int:
    """The rank of the entry at ``place`` (from 0) of ``listed`` that were put in order.

    What nobody put in order has ``place == listed`` and comes after, the newest first.
    """
    return listed - place + (PINNED if pinned else 0)


class Airing(Protocol):
    """What of a live stream tells how it stands."""

    @property
    def starts_at(self) -> datetime | None:
        """When it begins."""

    @property
    def ends_at(self) -> datetime | None:
        """When it ends, None while open."""

    @property
    def cancelled_at(self) -> datetime | None:
        """When it was called off."""

    @property
    def replay_id(self) -> int | None:
        """Its recording."""


def live_state(row: Airing, at: datetime) -> LiveState:
    """How the live stream ``row`` stands at ``at``; one without an end stays LIVE."""
    if row.cancelled_at is not None:
        return LiveState.CANCELLED
    if row.starts_at is None or at < row.starts_at:
        return LiveState.UPCOMING
    if row.ends_at is None or at < row.ends_at:
        return LiveState.LIVE
    return LiveState.ENDED if row.replay_id is None else LiveState.REPLAY


def next_live_change(row: Airing, at: datetime) -> datetime | None:
    """When the clock alone changes how ``row`` stands, after ``at``; None where it never does."""
    if row.cancelled_at is not None:
        return None
    turns = (row.starts_at, row.ends_at)
    return min((turn for turn in turns if turn is not None and turn > at), default=None)
