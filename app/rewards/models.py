"""Tables of rewards: the catalogue, and what was redeemed."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, enum_type, instant, key, reference
from app.points.models import Book, one_of


class RedemptionState(enum.StrEnum):
    """How a redemption stands; from RESERVED it goes to one of the others, for good."""

    RESERVED = "RESERVED"
    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"


class Reward(SQLModel, table=True):
    """Something that members of an organization, and of all below it, can redeem points for.

    ``stock`` is what is left: what is reserved has left it already.
    """

    __tablename__ = "reward"
    __table_args__ = (
        sa.CheckConstraint("price > 0", "price"),
        sa.CheckConstraint("stock >= 0", "stock"),
    )

    id: int = key()
    organization_id: int = reference("organization.id")
    title: str = Field(max_length=80)
    description: str = Field(max_length=1000)
    price: int
    stock: int
    is_active: bool = True
    created_at: datetime = instant()


class Redemption(SQLModel, table=True):
    """One piece of a reward for one member, at the price of that moment, spent from one book.

    ``transaction_id`` is what took the points; cancelled, its reversal gave them back. Who decided
    is null where time did.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        sa.UniqueConstraint("member_id", "idempotency_key"),
        sa.Index("ix_redemption_member_id_id", "member_id", "id"),
        sa.Index("ix_redemption_state_id", "state", "id"),
        sa.CheckConstraint("price > 0", "price"),
        sa.CheckConstraint("(state = 'RESERVED') = (decided_at IS NULL)", "decided"),
        sa.CheckConstraint("(state = 'CANCELLED') = (reason IS NOT NULL)", "cancelled"),
    )

    id: int = key()
    reward_id: int = reference("reward.id")
    member_id: int = reference("member.id")
    price: int
    book: Book = Field(sa_type=one_of(Book))
    state: RedemptionState = Field(
        default=RedemptionState.RESERVED, sa_type=enum_type(RedemptionState)
    )
    idempotency_key: str = Field(max_length=100)
    transaction_id: int = Field(foreign_key="points_transaction.id", unique=True, sa_type=KEY)
    created_at: datetime = instant()
    lapses_at: datetime = instant()
    decided_at: datetime | None = instant(optional=True)
    decided_by_id: int | None = reference("member.id", optional=True)
    reason: str | None = Field(default=None, max_length=200)
