"""A process that does members' deeds and tells of each that is done, until it is killed.

Reads paths of SQLite files from standard input. For each, a child is forked, which costs little
because everything is imported already; its number is written first (``pid 123``), then a line for
each acknowledged deed (``like <member> <content>``, ``comment <body>``), and ``over`` at its end.
"""

import asyncio
import os
import random
import signal
import sys

import sqlalchemy as sa
from sqlalchemy.orm import configure_mappers

from app.content.models import Content
from app.database import Database
from app.engagement import actions
from app.members.models import Member

MEMBERS_AT_ONCE = 16


def say(*words: object) -> None:
    # One write a line: what was written before the kill is whole.
    os.write(1, f"{' '.join(map(str, words))}\n".encode())


async def work(path: str) -> None:
    """As many members as are at once, each doing one deed after another."""
    database = Database(f"sqlite+aiosqlite:///{path}")
    async with database.transaction() as session:
        members = list(await session.scalars(sa.select(Member.id)))
        contents = list(await session.scalars(sa.select(Content.id)))
    at_work = random.sample(members, MEMBERS_AT_ONCE)
    await asyncio.gather(*(take_part(database, member, contents) for member in at_work))


async def take_part(database: Database, member: int, contents: list[int]) -> None:
    while True:
        content = random.choice(contents)
        async with database.transaction() as session:
            liked = await actions.like(session, content, member)
        if liked:
            say("like", member, content)
        body = f"{member}-{os.getpid()}-{random.getrandbits(64)}"
        async with database.transaction() as session:
            await actions.comment(session, content, member, body=body)
        say("comment", body)


def main() -> None:
    # Whatever a child would do again.
    configure_mappers()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            # Whoever was to kill it may be dead.
            signal.alarm(60)
            asyncio.run(work(line.strip()))
        say("pid", child)
        os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
