"""Points tables: rules, accounts, transactions with their entries, and the seals over them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, enum_type, instant, key, reference
from app.subjects import SubjectKind


def one_of(members: type[enum.StrEnum]) -> sa.Enum:
    """Text without a CHECK: a new member needs no migration.

    On SQLite it would build the table anew, and its triggers, which keep it append-only, be lost.
    """
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=False,
        length=24,
        values_callable=lambda cls: [member.value for member in cls],
    )


def _unique_where_given(given: str, *columns: str) -> sa.Index:
    where = sa.text(f"{given} IS NOT NULL")
    name = f"uq_points_transaction_{given}"
    return sa.Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Book(enum.StrEnum):
    """The books, kept apart: what may be done with points depends on their book."""

    LEARNING = "LEARNING"
    INTERACTION = "INTERACTION"
    SERVICE = "SERVICE"
    ADJUSTMENT = "ADJUSTMENT"


class Action(enum.StrEnum):
    """The deeds that a rule can pay."""

    READ = "READ"
    STUDY = "STUDY"
    WATCH_LIVE = "WATCH_LIVE"
    QUIZ = "QUIZ"
    LIKE = "LIKE"
    COMMENT = "COMMENT"
    SHARE = "SHARE"
    SHARE_OPENED = "SHARE_OPENED"
    VOLUNTEER = "VOLUNTEER"
    LECTURE = "LECTURE"
    MENTOR = "MENTOR"
    PUBLISH = "PUBLISH"


class Kind(enum.StrEnum):
    """Why a transaction was posted."""

    AWARD = "AWARD"
    REVERSAL = "REVERSAL"
    ADJUSTMENT = "ADJUSTMENT"
    REDEMPTION = "REDEMPTION"


class Cap(enum.StrEnum):
    """Which bound of a rule left less than it offers."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class RequestState(enum.StrEnum):
    """How a request stands; LAPSED follows the clock and is never written."""

    WAITING = "WAITING"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    LAPSED = "LAPSED"


class PointsRule(SQLModel, table=True):
    """One version of what a deed pays; only its end is ever written to, once (by trigger)."""

    __tablename__ = "points_rule"
    __table_args__ = (
        sa.UniqueConstraint("action", "version"),
        sa.CheckConstraint("points > 0 AND daily_cap > 0 AND weekly_cap > 0", "positive"),
    )

    id: int = key()
    action: Action = Field(sa_type=one_of(Action))
    version: int
    book: Book = Field(sa_type=one_of(Book))
    points: int
    daily_cap: int | None = None
    weekly_cap: int | None = None
    is_reversed_on_removal: bool = False
    effective_from: datetime = instant()
    effective_to: datetime | None = instant(optional=True)
    note: str = Field(max_length=200)


class PointsAccount(SQLModel, table=True):
    """What a member has in one book, and the position of the newest entry there.

    A balance may be negative: a reversal takes back what was spent meanwhile.
    """

    __tablename__ = "points_account"

    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    book: Book = Field(primary_key=True, sa_type=one_of(Book))
    balance: int
    position: int


_SPENT = sa.text("kind = 'REDEMPTION'")


class PointsTransaction(SQLModel, table=True):
    """Why points moved; append-only (by trigger). ``amount`` is what the member's account gains.

    AWARD: the deed, the rule's version, what it ``offered`` and which cap cut it. REVERSAL: what it
    reverses. ADJUSTMENT and what administrators reverse: who, why, and under which key.
    REDEMPTION: what a member spent, and on what (``reason``).
    """

    __tablename__ = "points_transaction"
    __table_args__ = (
        sa.Index("ix_points_transaction_earned", "member_id", "done_at"),
        sa.Index(
            "ix_points_transaction_spent",
            *("member_id", "book"),
            sqlite_where=_SPENT,
            postgresql_where=_SPENT,
        ),
        _unique_where_given("deed_key", "deed_key"),
        _unique_where_given("idempotency_key", "actor_id", "idempotency_key"),
        _unique_where_given("reverses_id", "reverses_id"),
        sa.CheckConstraint("amount <> 0", "amount"),
        sa.CheckConstraint(
            "(kind = 'AWARD') = (rule_id IS NOT NULL AND deed_key IS NOT NULL"
            " AND action IS NOT NULL AND offered IS NOT NULL)",
            "award",
        ),
        sa.CheckConstraint("(kind = 'REVERSAL') = (reverses_id IS NOT NULL)", "reversal"),
        sa.CheckConstraint("offered IS NULL OR amount BETWEEN 1 AND offered", "offered"),
        sa.CheckConstraint("(subject_kind IS NULL) = (subject_id IS NULL)", "subject"),
        sa.CheckConstraint("(idempotency_key IS NULL) = (body_digest IS NULL)", "idempotency"),
    )

    id: int = key()
    kind: Kind = Field(sa_type=one_of(Kind))
    member_id: int = reference("member.id")
    book: Book = Field(sa_type=one_of(Book))
    amount: int
    deed_key: str | None = Field(default=None, max_length=120)
    action: Action | None = Field(default=None, sa_type=one_of(Action))
    rule_id: int | None = reference("points_rule.id", optional=True)
    offered: int | None = None
    cut_by: Cap | None = Field(default=None, sa_type=one_of(Cap))
    subject_kind: SubjectKind | None = Field(default=None, sa_type=one_of(SubjectKind))
    subject_id: int | None = Field(default=None, sa_type=KEY)
    reverses_id: int | None = Field(default=None, foreign_key="points_transaction.id", sa_type=KEY)
    reason: str | None = Field(default=None, max_length=200)
    actor_id: int | None = reference("member.id", optional=True)
    idempotency_key: str | None = Field(default=None, max_length=100)
    body_digest: str | None = Field(default=None, max_length=64)
    done_at: datetime = instant()
    created_at: datetime = instant()


class PointsEntry(SQLModel, table=True):
    """One side of a transaction; append-only (by trigger).

    Without a member it is the side of the group, which issues the points of that book. A member's
    entries in a book are counted by ``position`` from 1, so that one that is gone leaves a gap.
    """

    __tablename__ = "points_entry"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["member_id", "book"], ["points_account.member_id", "points_account.book"]
        ),
        sa.UniqueConstraint("member_id", "book", "position"),
        sa.Index("ix_points_entry_member", "member_id", "id"),
        sa.CheckConstraint(
            "(member_id IS NULL) = (position IS NULL)"
            " AND (member_id IS NULL) = (balance_after IS NULL)",
            "side",
        ),
    )

    id: int = key()
    transaction_id: int = reference("points_transaction.id", index=True)
    member_id: int | None = Field(default=None, sa_type=KEY)
    book: Book = Field(sa_type=one_of(Book))
    amount: int
    position: int | None = None
    balance_after: int | None = None


class PointsUnsealed(SQLModel, table=True):
    """A transaction that waits for its seal; a trigger on the transactions writes it."""

    __tablename__ = "points_unsealed"

    transaction_id: int = Field(primary_key=True, foreign_key="points_transaction.id", sa_type=KEY)


class PointsSeal(SQLModel, table=True):
    """A link of the chain over all transactions; append-only (by trigger).

    ``hash`` is the SHA-256 of the link before it and of the transaction with its entries.
    """

    __tablename__ = "points_seal"

    sequence: int = Field(primary_key=True, sa_type=KEY, sa_column_kwargs={"autoincrement": False})
    transaction_id: int = Field(foreign_key="points_transaction.id", unique=True, sa_type=KEY)
    hash: str = Field(max_length=64)


class PointsRequest(SQLModel, table=True):
    """A correction by hand that waits for a second administrator, and what became of it.

    ``entry_id`` is what a REVERSAL takes back; ``amount`` is what the member's account would gain.
    """

    __tablename__ = "points_request"
    __table_args__ = (
        sa.UniqueConstraint("asker_id", "idempotency_key"),
        sa.CheckConstraint("(kind = 'REVERSAL') = (entry_id IS NOT NULL)", "reversal"),
        sa.CheckConstraint("(state = 'APPROVED') = (transaction_id IS NOT NULL)", "approved"),
        sa.CheckConstraint("(state = 'WAITING') = (decider_id IS NULL)", "decided"),
        sa.CheckConstraint("decider_id NOT IN (asker_id, member_id)", "second_person"),
    )

    id: int = key()
    kind: Kind = Field(sa_type=one_of(Kind))
    member_id: int = reference("member.id")
    book: Book = Field(sa_type=one_of(Book))
    amount: int
    entry_id: int | None = reference("points_entry.id", optional=True)
    reason: str = Field(max_length=200)
    asker_id: int = reference("member.id")
    idempotency_key: str = Field(max_length=100)
    body_digest: str = Field(max_length=64)
    state: RequestState = Field(default=RequestState.WAITING, sa_type=enum_type(RequestState))
    decider_id: int | None = reference("member.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
    refusal: str | None = Field(default=None, max_length=200)
    transaction_id: int | None = reference("points_transaction.id", optional=True)
    created_at: datetime = instant()
    lapses_at: datetime = instant()


class PointsPolicy(SQLModel, table=True):
    """What a group lets points be used for; the newest row holds, without one nothing is let."""

    __tablename__ = "points_policy"

    id: int = key()
    individual_ranking: bool
    interaction_feeds_assessment: bool
    created_at: datetime = instant()
