"""The audit passes a sound ledger, and finds each way of tampering with one, by id."""

import pytest
import sqlalchemy as sa
from ledger import deed, findings, pay, posted, staffed

from app.database.columns import now
from app.points.auditing import SEALED_WITHIN, tally
from app.points.models import Action, PointsEntry
from app.points.sealing import GENESIS, seal

pytestmark = pytest.mark.anyio

LATER = SEALED_WITHIN * 2


class Ledger:
    """Three awards of one member: 30, 1 and 60 points, in two books, all sealed."""

    def __init__(self, database, member, transactions, entries):
        self.database, self.member = database, member
        self.first, self.second, self.third = transactions
        self.entries = entries

    async def tamper(self, change, **values):
        """Change what nobody can, as somebody who owns the database would."""
        async with self.database.engine.connect() as connection:
            await _disarm(connection, self.database.dialect)
            await connection.execute(sa.text(change), values)
            await connection.commit()

    async def found(self):
        return await findings(self.database, now() + LATER)


async def _disarm(connection, dialect):
    """Switch triggers and foreign keys off."""
    if dialect == "postgresql":
        await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    for statement in ("COMMIT", "PRAGMA foreign_keys = OFF", "BEGIN"):
        await connection.exec_driver_sql(statement)
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for (name,) in (await connection.execute(sa.text(triggers))).all():
        await connection.execute(sa.text(f"DROP TRIGGER {name}"))


@pytest.fixture
async def ledger(database):
    _, member = await staffed(database)
    actions = (Action.LECTURE, Action.LIKE, Action.MENTOR)
    for action in actions:
        await pay(database, deed(member, action))
        await seal(database)
    transactions = await posted(database, member)
    async with database.transaction() as session:
        rows = await session.scalars(
            sa.select(PointsEntry)
            .where(PointsEntry.member_id == member.id)
            .order_by(PointsEntry.id)
        )
        entries = {row.transaction_id: row for row in rows}
    return Ledger(database, member, transactions, entries)


async def test_a_sound_ledger_has_no_findings_and_a_tally(database, ledger):
    assert await ledger.found() == []
    held = await tally(database)
    assert held[:3] == (3, 2, 3)
    assert len(held.head) == 64
    assert held.head != GENESIS


async def test_an_empty_ledger_is_sound(database):
    assert await findings(database) == []
    assert await tally(database) == (0, 0, 0, GENESIS)


async def test_a_changed_amount_of_an_entry_is_found_from_every_side(ledger):
    entry = ledger.entries[ledger.third.id]
    await ledger.tamper("UPDATE points_entry SET amount = 61 WHERE id = :id", id=entry.id)
    where = f"transaction {ledger.third.id}"
    assert await ledger.found() == [
        f"{where}: its entries do not sum to zero",
        f"{where}: its entry has another amount",
        f"entry {entry.id}: its balance should be 91",
        f"{where}: it is not what seal 3 sealed",
        "book SERVICE: its entries sum to 1, not to zero",
    ]


async def test_a_changed_reason_is_found_by_its_seal(ledger):
    change = "UPDATE points_transaction SET reason = 'x' WHERE id = :id"
    await ledger.tamper(change, id=ledger.second.id)
    assert await ledger.found() == [f"transaction {ledger.second.id}: it is not what seal 2 sealed"]


async def test_more_paid_than_the_rule_says_is_found_though_all_sums_are_right(ledger):
    await ledger.tamper("UPDATE points_rule SET points = 29 WHERE action = 'LECTURE'")
    found = await ledger.found()
    assert found == [f"transaction {ledger.first.id}: it pays what its rule does not say"]


async def test_a_changed_balance_is_found(ledger):
    change = "UPDATE points_account SET balance = 1000 WHERE member_id = :id AND book = 'SERVICE'"
    await ledger.tamper(change, id=ledger.member.id)
    assert await ledger.found() == [
        f"account {ledger.member.id}/SERVICE: it has 1000 after 2 entries; they sum to 90 after 2"
    ]


async def test_a_changed_running_balance_is_found(ledger):
    entry = ledger.entries[ledger.first.id]
    await ledger.tamper("UPDATE points_entry SET balance_after = 31 WHERE id = :id", id=entry.id)
    found = await ledger.found()
    assert f"entry {entry.id}: its balance should be 30" in found
    assert f"transaction {ledger.first.id}: it is not what seal 1 sealed" in found


async def test_a_missing_entry_is_found(ledger):
    entry, last = ledger.entries[ledger.first.id], ledger.entries[ledger.third.id]
    await ledger.tamper("DELETE FROM points_entry WHERE id = :id", id=entry.id)
    found = await ledger.found()
    where = f"transaction {ledger.first.id}"
    assert f"{where}: its 1 entries are not one of a member and one of the group" in found
    assert f"entry {last.id}: position 1 is missing before it" in found
    assert f"{where}: it is not what seal 1 sealed" in found


async def test_a_missing_transaction_is_found(ledger):
    key = ledger.second.id
    await ledger.tamper("DELETE FROM points_transaction WHERE id = :id", id=key)
    found = await ledger.found()
    assert f"transaction {key}: it was sealed and is gone" in found
    assert f"entry {ledger.entries[key].id}: its transaction is gone" in found


async def test_a_missing_account_is_found(ledger):
    change = "DELETE FROM points_account WHERE member_id = :id AND book = 'INTERACTION'"
    await ledger.tamper(change, id=ledger.member.id)
    assert await ledger.found() == [
        f"entry {ledger.entries[ledger.second.id].id}: its account is gone"
    ]


async def test_a_missing_seal_is_found(ledger):
    await ledger.tamper("DELETE FROM points_seal WHERE sequence = 2")
    assert await ledger.found() == [
        f"transaction {ledger.second.id}: it is not sealed",
        "seal 3: seal 2 is missing before it",
    ]


async def test_a_changed_seal_is_found_and_breaks_the_next(ledger):
    await ledger.tamper("UPDATE points_seal SET hash = :hash WHERE sequence = 2", hash="0" * 64)
    assert await ledger.found() == [
        f"transaction {ledger.second.id}: it is not what seal 2 sealed",
        f"transaction {ledger.third.id}: it is not what seal 3 sealed",
    ]


async def test_a_deed_that_is_paid_twice_is_found(ledger):
    await ledger.tamper("DROP INDEX uq_points_transaction_deed_key")
    await ledger.tamper(
        "UPDATE points_transaction SET deed_key = :key WHERE id = :id",
        key=ledger.first.deed_key,
        id=ledger.third.id,
    )
    assert f"ledger: deed {ledger.first.deed_key} was paid 2 times" in await ledger.found()


async def test_what_is_young_may_wait_for_its_seal_and_what_is_not_is_found(database, ledger):
    await pay(database, deed(ledger.member, Action.SHARE))
    assert await findings(database) == []
    unsealed = (await posted(database, ledger.member))[-1]
    assert await ledger.found() == [f"transaction {unsealed.id}: it is not sealed"]
    assert await seal(database) == 1
    assert await ledger.found() == []
