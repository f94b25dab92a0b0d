"""Who may see what: one rule, one column, the same keys in every engine."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

PUBLIC = "public"
EVERYONE = "everyone"


class AudienceScope(enum.StrEnum):
    """How wide something is meant to be seen."""

    PUBLIC = "PUBLIC"
    EVERYONE = "EVERYONE"
    SUBTREE = "SUBTREE"
    ORGANIZATION = "ORGANIZATION"


class Role(enum.StrEnum):
    """What a member may do in a subtree of the organization tree."""

    EDITOR = "EDITOR"
    REVIEWER = "REVIEWER"
    SECRETARY = "SECRETARY"
    ADMIN = "ADMIN"
    AUDITOR = "AUDITOR"


#: Roles that see what is still in the making (drafts, what is under review) in their subtree.
WORKING_ROLES = frozenset({Role.EDITOR, Role.REVIEWER, Role.ADMIN})
#: Roles that decide what may stay of what members say in their subtree.
MODERATING_ROLES = frozenset({Role.REVIEWER, Role.SECRETARY, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Grant:
    """A role on the subtree whose materialized path is ``path`` (``"/1/5/"``)."""

    role: Role
    organization_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Audience:
    """All that viewers who see the same have in common.

    It stands for a viewer where an answer is made for all of them. What one viewer alone has is
    not here: a read that asks for it fails, and shows nobody what is not theirs. ``voice`` is
    nobody's: who has words of their own that others do not see belongs to no audience.
    """

    keys: tuple[str, ...]
    signed_in: bool
    moderated: tuple[str, ...] = ()
    voice: None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever asks: a member with a session, or nobody (every field empty).

    ``has_held`` tells that a comment of theirs waits for a moderator.
    """

    member_id: int | None = None
    organization_id: int | None = None
    path: str = ""
    grants: tuple[Grant, ...] = ()
    session_id: int | None = None
    has_held: bool = False
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(_keys(self)))

    @property
    def signed_in(self) -> bool:
        """Whether a member asks."""
        return self.member_id is not None

    @property
    def audience(self) -> Audience | None:
        """Those who see the same in lists, None where nobody else does."""
        if self.has_held:
            return None
        return Audience(self.keys, self.signed_in, self.moderated)

    @property
    def voice(self) -> int | None:
        """Whose held words they see besides those they moderate: their own."""
        return self.member_id

    @property
    def moderated(self) -> tuple[str, ...]:
        """The paths below which they decide about what is said."""
        return self.subtrees(MODERATING_ROLES)

    def subtrees(self, roles: Iterable[Role]) -> tuple[str, ...]:
        """The paths below which the viewer holds one of ``roles``."""
        wanted = frozenset(roles)
        return tuple(grant.path for grant in self.grants if grant.role in wanted)

    def holds(self, roles: Iterable[Role], path: str) -> bool:
        """Whether one of ``roles`` is held on the organization at ``path`` or above it."""
        return any(path.startswith(subtree) for subtree in self.subtrees(roles))


def path_ids(path: str) -> tuple[int, ...]:
    """The organizations of a materialized path, the root first: ``"/1/5/"`` → ``(1, 5)``."""
    return tuple(int(part) for part in path.split("/") if part)


def audience_key(scope: AudienceScope, organization_id: int | None) -> str:
    """The key that a row of this audience carries; SUBTREE and ORGANIZATION need the id."""
    match scope:
        case AudienceScope.PUBLIC:
            return PUBLIC
        case AudienceScope.EVERYONE:
            return EVERYONE
        case AudienceScope.SUBTREE:
            return f"tree:{organization_id}"
        case AudienceScope.ORGANIZATION:
            return f"org:{organization_id}"


def audience_of(key: str) -> tuple[AudienceScope, int | None]:
    """The scope and organization that :func:`audience_key` made ``key`` of."""
    if key == PUBLIC:
        return AudienceScope.PUBLIC, None
    if key == EVERYONE:
        return AudienceScope.EVERYONE, None
    kind, _, organization = key.partition(":")
    scope = AudienceScope.SUBTREE if kind == "tree" else AudienceScope.ORGANIZATION
    return scope, int(organization)


def _keys(viewer: Viewer) -> Iterable[str]:
    yield PUBLIC
    if viewer.signed_in:
        yield EVERYONE
        yield from (f"tree:{organization}" for organization in path_ids(viewer.path))
        yield f"org:{viewer.organization_id}"


NOBODY = Viewer()
