"""Member tables: people, their roles, their sessions, and guesses at their passwords."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import enum_type, instant, key, reference
from app.visibility import Role


class MemberStatus(enum.StrEnum):
    """Whether a member may sign in."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"


class Member(SQLModel, table=True):
    """A person of the group; ``username`` is folded (lower case, NFKC) and unique.

    ``held_count`` counts the member's comments that wait for a moderator: to others they are not
    there, so that whoever has one sees more than their audience does.
    """

    __tablename__ = "member"

    id: int = key()
    name: str = Field(max_length=60)
    username: str = Field(max_length=60, unique=True)
    password_hash: str = Field(max_length=200)
    status: MemberStatus = Field(
        default=MemberStatus.ACTIVE,
        sa_type=enum_type(MemberStatus),
    )
    organization_id: int = reference("organization.id", index=True)
    avatar_id: int | None = reference("image.id", index=True, optional=True)
    held_count: int = 0
    created_at: datetime = instant()


class RoleGrant(SQLModel, table=True):
    """A role on an organization and all below it, until ``expires_at`` where that is set."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("member_id", "role", "organization_id"),)

    id: int = key()
    member_id: int = reference("member.id", index=True)
    role: Role = Field(sa_type=enum_type(Role))
    organization_id: int = reference("organization.id", index=True)
    expires_at: datetime | None = instant(optional=True)
    granted_at: datetime = instant()


class LoginSession(SQLModel, table=True):
    """A family of refresh tokens, from a login to its end.

    Only the newest token of the family is good; ``token_digest`` is its SHA-256. Showing an older
    one ends the family, since two hold it (RFC 6819 §5.2.2.3).
    """

    __tablename__ = "login_session"

    id: int = key()
    member_id: int = reference("member.id", index=True)
    token_digest: str = Field(max_length=64)
    generation: int = 0
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(optional=True)
    created_at: datetime = instant()


class LoginAttempt(SQLModel, table=True):
    """A guess at the password of ``username``, known or not; a right one is taken back."""

    __tablename__ = "login_attempt"
    __table_args__ = (sa.Index("ix_login_attempt_username_at", "username", "attempted_at"),)

    id: int = key()
    username: str = Field(max_length=60)
    attempted_at: datetime = instant()
