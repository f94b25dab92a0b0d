"""Random groups, and a naive reading of who sees what in them, to hold the platform to."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from group import MINUTE, START, Group
from hypothesis import strategies as st
from sqlalchemy import update

from app.content.models import ContentKind, ContentStatus, LiveStream, MicroLecture
from app.database.columns import now
from app.visibility import Role

NOBODY = None
WORKING = {"EDITOR", "REVIEWER", "ADMIN"}
MODERATING = {"REVIEWER", "SECRETARY", "ADMIN"}
DECIDING = {"REVIEWER", "ADMIN"}
TAGS = ("安全", "学习")


@dataclass(frozen=True)
class Audience:
    """``organization`` counts for SUBTREE and ORGANIZATION alone."""

    scope: str
    organization: int


@dataclass(frozen=True)
class Grant:
    member: int
    role: str
    organization: int
    expired: bool

    def once(self) -> tuple[int, str, int]:
        """What is unique of a grant."""
        return self.member, self.role, self.organization


@dataclass(frozen=True)
class Column:
    organization: int
    audience: Audience


@dataclass(frozen=True)
class Item:
    """A content; ``column`` counts for SHOWCASE alone."""

    kind: str
    status: str
    author: int
    organization: int
    audience: Audience
    minute: int
    tag: str
    column: int


@dataclass(frozen=True)
class Remark:
    """A comment; ``answers`` is an earlier one on the same content."""

    content: int
    author: int
    answers: int | None
    held: bool


@dataclass(frozen=True)
class World:
    """Everything by index; members are the viewers, and so is NOBODY."""

    parents: list[int | None]
    members: list[int]
    grants: list[Grant]
    columns: list[Column]
    items: list[Item]
    remarks: list[Remark]

    # ---- the rule, read literally

    def line(self, organization: int) -> list[int]:
        """An organization and all above it."""
        above = self.parents[organization]
        return [organization] + ([] if above is None else self.line(above))

    def is_meant_for(self, audience: Audience, viewer: int | None) -> bool:
        if audience.scope == "PUBLIC":
            return True
        if viewer is NOBODY:
            return False
        own = self.members[viewer]
        return {
            "EVERYONE": True,
            "SUBTREE": audience.organization in self.line(own),
            "ORGANIZATION": audience.organization == own,
        }[audience.scope]

    def works_on(self, organization: int, viewer: int | None) -> bool:
        return self.bears(WORKING, organization, viewer)

    def bears(self, roles: set[str], organization: int, viewer: int | None) -> bool:
        return any(
            grant.member == viewer
            and grant.role in roles
            and not grant.expired
            and grant.organization in self.line(organization)
            for grant in self.grants
        )

    def is_making(self, item: Item, viewer: int | None) -> bool:
        own = viewer is not NOBODY and item.author == viewer
        return own or self.works_on(item.organization, viewer)

    def deciders(self, item: Item) -> set[int]:
        """Who reaches both the organization and the audience of an item, to publish it."""
        top = self.line(item.organization)[-1]
        wide = item.audience.scope in {"PUBLIC", "EVERYONE"}
        both = (item.organization, top if wide else item.audience.organization)
        seated = [
            {
                grant.member
                for grant in self.grants
                if grant.role in DECIDING
                and not grant.expired
                and grant.organization in self.line(organization)
            }
            for organization in both
        ]
        return set.intersection(*seated)

    def queue(self, viewer: int) -> list[int]:
        """The items that wait for a member: not their own, where somebody else may decide."""
        return [
            index
            for index, item in enumerate(self.items)
            if item.status == "IN_REVIEW"
            and viewer in (able := self.deciders(item))
            and (item.author != viewer or able == {viewer})
        ]

    def lists(self, item: Item, viewer: int | None) -> bool:
        return item.status == "PUBLISHED" and self.is_meant_for(item.audience, viewer)

    def sees(self, item: Item, viewer: int | None) -> bool:
        return self.lists(item, viewer) or self.is_making(item, viewer)

    def sees_remark(self, remark: Remark, viewer: int | None) -> bool:
        item = self.items[remark.content]
        own = viewer is not NOBODY and remark.author == viewer
        told = own or self.bears(MODERATING, item.organization, viewer)
        return self.sees(item, viewer) and (told or not remark.held)

    def root(self, remark: Remark) -> int | None:
        """What the thread of an answer began with."""
        if remark.answers is None:
            return None
        above = self.root(self.remarks[remark.answers])
        return remark.answers if above is None else above

    def lists_column(self, column: Column, viewer: int | None) -> bool:
        return self.is_meant_for(column.audience, viewer)

    def sees_column(self, column: Column, viewer: int | None) -> bool:
        return self.lists_column(column, viewer) or self.works_on(column.organization, viewer)

    def sees_role(self, grant: Grant, viewer: int) -> bool:
        if grant.expired:
            return False
        return grant.member == viewer or any(
            other.member == viewer
            and other.role in {"ADMIN", "AUDITOR"}
            and not other.expired
            and other.organization in self.line(grant.organization)
            for other in self.grants
        )

    def feed(self, viewer: int | None, wanted: "Narrowed") -> list[int]:
        """The items of a feed, newest first."""
        found = [
            index
            for index, item in enumerate(self.items)
            if self.lists(item, viewer) and wanted.admits(self, item)
        ]
        return sorted(found, key=lambda index: (self.items[index].minute, index), reverse=True)

    def head_count(self, organization: int) -> int:
        return sum(organization in self.line(own) for own in self.members)


@dataclass(frozen=True)
class Narrowed:
    """The filters of a feed; None does not narrow."""

    kinds: list[str] | None = None
    organization: int | None = None
    column: int | None = None
    tag: str | None = None

    def admits(self, world: World, item: Item) -> bool:
        return (
            (self.kinds is None or item.kind in self.kinds)
            and (self.organization is None or self.organization in world.line(item.organization))
            and (self.column is None or (item.kind == "SHOWCASE" and item.column == self.column))
            and (self.tag is None or item.tag == self.tag)
        )


@st.composite
def worlds(draw: Any) -> World:
    organizations = draw(st.integers(4, 12))
    one = st.integers(0, organizations - 1)
    members = draw(st.lists(one, min_size=5, max_size=7))
    someone = st.integers(0, len(members) - 1)
    audience = st.builds(
        Audience, st.sampled_from(["PUBLIC", "EVERYONE", "SUBTREE", "ORGANIZATION"]), one
    )
    grant = st.builds(Grant, someone, st.sampled_from(list(Role)), one, st.booleans())
    columns = draw(st.lists(st.builds(Column, one, audience), min_size=1, max_size=4))
    item = st.builds(
        Item,
        kind=st.sampled_from(list(ContentKind)),
        status=st.sampled_from([*ContentStatus, *["PUBLISHED"] * 5]),
        author=someone,
        organization=one,
        audience=audience,
        minute=st.integers(0, 12),
        tag=st.sampled_from(TAGS),
        column=st.integers(0, len(columns) - 1),
    )
    items = draw(st.lists(item, min_size=16, max_size=24))
    return World(
        # A second root now and then: groups of a group know nothing of each other.
        parents=[None]
        + [draw(st.none() if n % 5 == 4 else st.integers(0, n)) for n in range(organizations - 1)],
        members=members,
        grants=draw(st.lists(grant, min_size=2, max_size=8, unique_by=Grant.once)),
        columns=columns,
        items=items,
        remarks=_remarks(draw, len(items), someone),
    )


def _remarks(draw: Any, items: int, someone: Any) -> list[Remark]:
    made: list[Remark] = []
    for _ in range(draw(st.integers(16, 24))):
        content = draw(st.integers(0, items - 1))
        earlier = [index for index, remark in enumerate(made) if remark.content == content]
        answers = draw(st.sampled_from([None, *earlier]))
        held = draw(st.sampled_from([False, False, True]))
        made.append(Remark(content, draw(someone), answers, held))
    return made


@dataclass
class Built:
    """The rows of a world, in the order of its lists; ``sessions`` are the members'."""

    organizations: list[Any]
    members: list[Any]
    columns: list[Any]
    items: list[Any]
    remarks: list[Any]
    avatars: list[Any]
    column_covers: list[Any]
    covers: list[Any]
    galleries: list[Any]
    videos: dict[int, Any]
    posters: dict[int, Any]
    sessions: list[int]


async def build(world: World, group: Group) -> Built:
    organizations: list[Any] = []
    for parent in world.parents:
        below = None if parent is None else organizations[parent]
        organizations.append(await group.organization(below=below))
    avatars = [await group.image() for _ in world.members]
    members = [
        await group.member(organizations[own], avatar=avatar)
        for own, avatar in zip(world.members, avatars, strict=True)
    ]
    for grant in world.grants:
        ends = now() + timedelta(days=-1 if grant.expired else 1)
        on = organizations[grant.organization]
        await group.grant(members[grant.member], Role(grant.role), on, expires_at=ends)
    built = Built(
        organizations,
        members,
        columns=[],
        items=[],
        remarks=[],
        avatars=avatars,
        column_covers=[await group.image() for _ in world.columns],
        covers=[await group.image() for _ in world.items],
        galleries=[await group.image() for _ in world.items],
        videos={},
        posters={},
        sessions=[await group.signed_in(member) for member in members],
    )
    for column, cover in zip(world.columns, built.column_covers, strict=True):
        of, key = organizations[column.organization], _key(column.audience, built)
        built.columns.append(await group.column(of, audience=key, cover=cover))
    for index, item in enumerate(world.items):
        built.items.append(await _build_item(index, item, built, group=group))
    for remark in world.remarks:
        answered = None if remark.answers is None else built.remarks[remark.answers]
        on, by = built.items[remark.content], members[remark.author]
        made = await group.comment(on, by, reply_to=answered, held=remark.held)
        built.remarks.append(made)
    return built


async def _build_item(index: int, item: Item, built: Built, *, group: Group) -> Any:
    more = {
        "of": built.organizations[item.organization],
        "audience": _key(item.audience, built),
        "status": ContentStatus(item.status),
        "at": START + item.minute * MINUTE,
        "tags": (item.tag,),
        "cover": built.covers[index],
        "gallery": (built.galleries[index],),
    }
    author = built.members[item.author]
    match item.kind:
        case "NEWS":
            return await group.news(author, **more)
        case "SHOWCASE":
            return await group.entry(author, built.columns[item.column], **more)
    poster = built.posters[index] = await group.image()
    video = built.videos[index] = await group.video(poster=poster)
    if item.kind == "MICRO_LECTURE":
        made, beside, played = await group.lecture(author, **more), MicroLecture, "video_id"
    else:
        made, beside, played = await group.live(author, **more), LiveStream, "replay_id"
    mine = beside.content_id == made.id
    await group.session.execute(update(beside).where(mine).values({played: video.id}))
    return made


def _key(audience: Audience, built: Built) -> str:
    key = built.organizations[audience.organization].id
    return {
        "PUBLIC": "public",
        "EVERYONE": "everyone",
        "SUBTREE": f"tree:{key}",
        "ORGANIZATION": f"org:{key}",
    }[audience.scope]
