"""Proof of the ledger: every sum, every balance and the chain of seals, read row by row."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.database import Database
from app.points.models import Kind, PointsAccount, PointsRule, PointsSeal
from app.points.rules import sealed
from app.points.sealing import ENTRY, GENESIS, TRANSACTION

#: A transaction that is older and still unsealed was kept from the worker.
SEALED_WITHIN = timedelta(minutes=1)
_ACCOUNT: Any = sa.inspect(PointsAccount).local_table
_RULE: Any = sa.inspect(PointsRule).local_table
_SEAL: Any = sa.inspect(PointsSeal).local_table
_REVERSED: Any = TRANSACTION.alias("reversed")
_ROWS_AT_ONCE = 1000
_MOVED = ("member_id", "book", "amount")


class Finding(NamedTuple):
    """Something that is wrong, and the row where it shows."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Tally(NamedTuple):
    """What the ledger holds, and the newest hash of its chain: kept elsewhere, it proves the past.

    Whoever rewrote everything from some row on would have to change that hash.
    """

    transactions: int
    accounts: int
    seals: int
    head: str


Check = Callable[[AsyncConnection, datetime], AsyncIterator[Finding]]


async def audit(database: Database, at: datetime) -> AsyncIterator[Finding]:
    """Everything that is wrong with the ledger, as it stands at one moment; writers go on."""
    async with _snapshot(database) as connection:
        for check in _CHECKS:
            async for finding in check(connection, at):
                yield finding


async def tally(database: Database) -> Tally:
    """How much there is, and the head of the chain."""
    async with _snapshot(database) as connection:
        newest = sa.select(_SEAL.c.hash).order_by(_SEAL.c.sequence.desc()).limit(1)
        return Tally(
            transactions=await _count(connection, TRANSACTION),
            accounts=await _count(connection, _ACCOUNT),
            seals=await _count(connection, _SEAL),
            head=await connection.scalar(newest) or GENESIS,
        )


async def _count(connection: AsyncConnection, table: Any) -> int:
    return int(await connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def _transactions(connection: AsyncConnection, at: datetime) -> AsyncIterator[Finding]:
    """Each transaction has two sides that sum to zero, and says the same as they and its rule."""
    rows = (
        sa.select(
            TRANSACTION,
            _RULE.c.points.label("rule_points"),
            _RULE.c.action.label("rule_action"),
            _SEAL.c.sequence,
            *(_REVERSED.c[name].label(f"reversed_{name}") for name in _MOVED),
        )
        .outerjoin(_RULE, _RULE.c.id == TRANSACTION.c.rule_id)
        .outerjoin(_REVERSED, _REVERSED.c.id == TRANSACTION.c.reverses_id)
        .outerjoin(_SEAL, _SEAL.c.transaction_id == TRANSACTION.c.id)
    )
    async for row, entries in _with_entries(connection, rows, TRANSACTION.c.id):
        for what in _faults(row, entries, at):
            yield Finding(f"transaction {row['id']}", what)


def _faults(row: dict[str, Any], entries: list[dict[str, Any]], at: datetime) -> list[str]:
    own = [entry for entry in entries if entry["member_id"] is not None]
    faults = {
        f"its {len(entries)} entries are not one of a member and one of the group": (
            len(entries) != 2 or len(own) != 1
        ),
        "its entries do not sum to zero": sum(entry["amount"] for entry in entries) != 0,
        "an entry is in another book": any(entry["book"] != row["book"] for entry in entries),
        "its entry is another member's": any(e["member_id"] != row["member_id"] for e in own),
        "its entry has another amount": any(e["amount"] != row["amount"] for e in own),
        "it pays what its rule does not say": row["kind"] is Kind.AWARD
        and (row["rule_points"], row["rule_action"]) != (row["offered"], row["action"]),
        "it reverses what it is not the opposite of": row["kind"] is Kind.REVERSAL
        and tuple(row[f"reversed_{name}"] for name in _MOVED)
        != (row["member_id"], row["book"], -row["amount"]),
        "it spends nothing": row["kind"] is Kind.REDEMPTION and row["amount"] >= 0,
        "it spends more than there was": row["kind"] is Kind.REDEMPTION
        and any(entry["balance_after"] < 0 for entry in own),
        "it is not sealed": row["sequence"] is None and row["created_at"] < at - SEALED_WITHIN,
    }
    return [what for what, wrong in faults.items() if wrong]


async def _accounts(connection: AsyncConnection, _at: datetime) -> AsyncIterator[Finding]:
    """Each account's entries are numbered without a gap, run to their balances, and to its own."""
    rows = sa.select(
        _ACCOUNT,
        ENTRY.c.id.label("entry_id"),
        ENTRY.c.amount,
        ENTRY.c.position.label("entry_position"),
        ENTRY.c.balance_after,
    ).outerjoin(
        ENTRY, sa.and_(ENTRY.c.member_id == _ACCOUNT.c.member_id, ENTRY.c.book == _ACCOUNT.c.book)
    )
    order = (_ACCOUNT.c.member_id, _ACCOUNT.c.book, ENTRY.c.position)
    account: dict[str, Any] | None = None
    balance = position = 0
    async for row in _stream(connection, rows.order_by(*order)):
        if account is None or (row["member_id"], row["book"]) != _key(account):
            for finding in _closing(account, balance, position):
                yield finding
            account, balance, position = row, 0, 0
        if row["entry_id"] is None:
            continue
        balance, position = balance + row["amount"], position + 1
        if row["entry_position"] != position:
            yield Finding(f"entry {row['entry_id']}", f"position {position} is missing before it")
            position = row["entry_position"]
        if row["balance_after"] != balance:
            yield Finding(f"entry {row['entry_id']}", f"its balance should be {balance}")
            balance = row["balance_after"]
    for finding in _closing(account, balance, position):
        yield finding


def _key(account: dict[str, Any]) -> tuple[Any, Any]:
    return account["member_id"], account["book"]


def _closing(account: dict[str, Any] | None, balance: int, position: int) -> list[Finding]:
    """What is wrong with an account after its last entry."""
    if account is None or (account["balance"], account["position"]) == (balance, position):
        return []
    where = "account {}/{}".format(*_key(account))
    held = f"it has {account['balance']} after {account['position']} entries"
    return [Finding(where, f"{held}; they sum to {balance} after {position}")]


async def _chain(connection: AsyncConnection, _at: datetime) -> AsyncIterator[Finding]:
    """Each seal follows the one before, and is the hash of what it seals."""
    rows = sa.select(
        _SEAL.c.sequence, _SEAL.c.hash, _SEAL.c.transaction_id.label("sealed_id"), TRANSACTION
    ).outerjoin(TRANSACTION, TRANSACTION.c.id == _SEAL.c.transaction_id)
    sequence, previous = 0, GENESIS
    async for row, entries in _with_entries(
        connection, rows, _SEAL.c.sequence, entries_of=_SEAL.c.transaction_id
    ):
        sequence += 1
        where = f"transaction {row['sealed_id']}"
        if row["sequence"] != sequence:
            yield Finding(f"seal {row['sequence']}", f"seal {sequence} is missing before it")
            sequence = row["sequence"]
        elif row["id"] is None:
            yield Finding(where, "it was sealed and is gone")
        elif row["hash"] != sealed(
            previous, {column.name: row[column.name] for column in TRANSACTION.c}, entries
        ):
            yield Finding(where, f"it is not what seal {sequence} sealed")
        previous = row["hash"]


async def _repeated(connection: AsyncConnection, _at: datetime) -> AsyncIterator[Finding]:
    """No deed is paid twice, and nothing is reversed twice."""
    for column, what in (
        (TRANSACTION.c.deed_key, "deed {} was paid {} times"),
        (TRANSACTION.c.reverses_id, "transaction {} was reversed {} times"),
    ):
        several = (
            sa.select(column.label("key"), sa.func.count().label("times"))
            .where(column.is_not(None))
            .group_by(column)
            .having(sa.func.count() > 1)
        )
        async for row in _stream(connection, several):
            yield Finding("ledger", what.format(row["key"], row["times"]))


async def _books(connection: AsyncConnection, _at: datetime) -> AsyncIterator[Finding]:
    """What a book's members hold was issued by the group, entry by entry."""
    sums = sa.select(ENTRY.c.book, sa.func.sum(ENTRY.c.amount).label("total")).group_by(
        ENTRY.c.book
    )
    async for row in _stream(connection, sums):
        if row["total"] != 0:
            yield Finding(f"book {row['book']}", f"its entries sum to {row['total']}, not to zero")


async def _strays(connection: AsyncConnection, _at: datetime) -> AsyncIterator[Finding]:
    """Each entry has its transaction, and a member's entry its account."""
    account = sa.and_(_ACCOUNT.c.member_id == ENTRY.c.member_id, _ACCOUNT.c.book == ENTRY.c.book)
    strays = (
        sa.select(ENTRY.c.id, TRANSACTION.c.id.label("transaction_id"))
        .select_from(ENTRY)
        .outerjoin(TRANSACTION, TRANSACTION.c.id == ENTRY.c.transaction_id)
        .outerjoin(_ACCOUNT, account)
        .where(
            sa.or_(
                TRANSACTION.c.id.is_(None),
                sa.and_(ENTRY.c.member_id.is_not(None), _ACCOUNT.c.member_id.is_(None)),
            )
        )
        .order_by(ENTRY.c.id)
    )
    async for row in _stream(connection, strays):
        missing = "transaction" if row["transaction_id"] is None else "account"
        yield Finding(f"entry {row['id']}", f"its {missing} is gone")


_CHECKS: tuple[Check, ...] = (_transactions, _accounts, _chain, _repeated, _books, _strays)


async def _with_entries(
    connection: AsyncConnection, rows: sa.Select[Any], order: Any, *, entries_of: Any = None
) -> AsyncIterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Each of ``rows`` with the entries of its transaction, in order, a few in memory at a time."""
    of = TRANSACTION.c.id if entries_of is None else entries_of
    named = [column.label(f"entry_{column.name}") for column in ENTRY.c]
    joined = rows.add_columns(*named).outerjoin(ENTRY, ENTRY.c.transaction_id == of)
    current: dict[str, Any] | None = None
    entries: list[dict[str, Any]] = []
    async for row in _stream(connection, joined.order_by(order, ENTRY.c.id)):
        if current is None or row[order.name] != current[order.name]:
            if current is not None:
                yield current, entries
            current, entries = row, []
        if row["entry_id"] is not None:
            entries.append({column.name: row[f"entry_{column.name}"] for column in ENTRY.c})
    if current is not None:
        yield current, entries


async def _stream(
    connection: AsyncConnection, select: sa.Select[Any]
) -> AsyncIterator[dict[str, Any]]:
    options = {"yield_per": _ROWS_AT_ONCE}
    async with connection.stream(select, execution_options=options) as rows:
        async for row in rows.mappings():
            yield dict(row)


@asynccontextmanager
async def _snapshot(database: Database) -> AsyncIterator[AsyncConnection]:
    """A connection whose reads all see the same moment, and that keeps no writer waiting."""
    engine = create_async_engine(database.url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            if database.dialect == "sqlite":
                await connection.exec_driver_sql("BEGIN")
            else:
                await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
    finally:
        await engine.dispose()
