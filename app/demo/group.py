"""The shape of the demo group: what its files say, as plain frozen values."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

_STRICT = ConfigDict(extra="forbid")

AudienceScope = Literal["PUBLIC", "EVERYONE", "SUBTREE", "ORGANIZATION"]


@dataclass(frozen=True, config=_STRICT)
class DemoOrganization:
    """An organization; ``parent`` is the key of one that stands before it, or None for the root."""

    key: str
    name: str
    kind: Literal["COMMITTEE", "GENERAL_BRANCH", "BRANCH", "GROUP"]
    parent: str | None = None


@dataclass(frozen=True, config=_STRICT)
class DemoMember:
    """A member; ``portrait`` seeds the drawn face."""

    key: str
    name: str
    username: str
    organization: str
    portrait: int


@dataclass(frozen=True, config=_STRICT)
class DemoGrant:
    """A role on a subtree; ``expires_in_days`` counts from now and may be past."""

    member: str
    role: Literal["EDITOR", "REVIEWER", "SECRETARY", "ADMIN", "AUDITOR"]
    organization: str
    expires_in_days: int | None = None


@dataclass(frozen=True, config=_STRICT)
class DemoColumn:
    """A column of the achievement showcase; ``theme`` and ``alt`` are its cover's."""

    key: str
    title: str
    description: str
    organization: str
    theme: str
    alt: str


@dataclass(frozen=True)
class DemoAudience:
    """Who may see a content; ``organization`` is set for SUBTREE and ORGANIZATION only."""

    scope: AudienceScope
    organization: str | None = None


def _audience(written: object) -> object:
    """Read ``public``, ``everyone``, ``subtree:<key>`` or ``organization:<key>``."""
    if not isinstance(written, str):
        return written  # an audience already, or for pydantic to refuse
    scope, _, organization = written.partition(":")
    if scope not in {"public", "everyone", "subtree", "organization"}:
        raise ValueError(f"audience {written!r} has an unknown scope")
    if (scope in {"subtree", "organization"}) != bool(organization):
        raise ValueError(f"audience {written!r} must name an organization just where it needs one")
    return TypeAdapter(DemoAudience).validate_python(
        {"scope": scope.upper(), "organization": organization or None}
    )


@dataclass(frozen=True, config=_STRICT)
class DemoContent:
    """What the feed shows, with what its kind adds (None where another kind would have it).

    ``body`` is Markdown; ``theme`` and ``alt`` are the cover's. ``published_hours_ago`` is when a
    draft was last touched. ``starts_in_minutes`` and ``ends_in_minutes`` count from now, negative
    where past.
    """

    key: str
    kind: Literal["NEWS", "MICRO_LECTURE", "LIVE_STREAM", "SHOWCASE"]
    title: Annotated[str, Field(max_length=60)]
    summary: Annotated[str, Field(min_length=30, max_length=80)]
    body: str
    tags: tuple[str, ...]
    author: str
    organization: str
    audience: Annotated[DemoAudience, BeforeValidator(_audience)]
    published_hours_ago: Annotated[float, Field(ge=0)]
    theme: str
    alt: str
    status: Literal["DRAFT", "IN_REVIEW", "PUBLISHED"] = "PUBLISHED"
    source_name: str | None = None
    source_url: str | None = None
    lecturer: str | None = None
    duration_seconds: int | None = None
    stream_url: str | None = None
    starts_in_minutes: int | None = None
    ends_in_minutes: int | None = None
    column: str | None = None


@dataclass(frozen=True, config=_STRICT)
class DemoComment:
    """A comment, ``after`` minutes from the content's publication.

    ``key`` names it for those that answer it; ``reply_to`` is such a key on the same content.
    """

    content: str
    author: str
    after: Annotated[int, Field(gt=0)]
    body: str
    key: str | None = None
    reply_to: str | None = None


@dataclass(frozen=True)
class DemoGroup:
    """The whole group, every tuple in the order in which it can be written to a database."""

    organizations: tuple[DemoOrganization, ...]
    members: tuple[DemoMember, ...]
    grants: tuple[DemoGrant, ...]
    columns: tuple[DemoColumn, ...]
    contents: tuple[DemoContent, ...]
    comments: tuple[DemoComment, ...]
