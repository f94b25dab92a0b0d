"""Writes on points that are spent: taken when something is reserved, given back where it is not."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database.columns import new_id, now
from app.errors import Conflict
from app.points.actions import reverse_once
from app.points.models import Book, Kind, PointsTransaction
from app.points.posting import enter, hold, post_once


async def spend(
    session: AsyncSession, member_id: int, *, book: Book, price: int, purpose: str
) -> int:
    """Take ``price`` points for ``purpose``; answers the id of the transaction.

    CONFLICT where the book does not hold as many: what is spent never leads below zero.
    """
    await hold(session, member_id)
    at, transaction_id = now(), new_id()
    values = {
        "id": transaction_id,
        "kind": Kind.REDEMPTION,
        "member_id": member_id,
        "book": book,
        "amount": -price,
        "reason": purpose,
        "done_at": at,
        "created_at": at,
    }
    await post_once(session, values)
    if await enter(session, transaction_id, member_id, book=book, amount=-price) < 0:
        raise Conflict("该账本的积分不足", "input", "book")
    return transaction_id


async def refund(
    session: AsyncSession, transaction_id: int, *, reason: str, actor_id: int | None
) -> None:
    """Give back what :func:`spend` took, once; in nobody's name where time did it."""
    spent = await session.get_one(PointsTransaction, transaction_id)
    await reverse_once(session, spent, reason=reason, actor_id=actor_id)
