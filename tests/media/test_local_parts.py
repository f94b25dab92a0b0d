"""Parts on the local store, in whatever order and state they come."""

import asyncio
import contextlib
import hashlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from stores import SIGNING_KEY

from app.uploads.parts import missing, parts_of
from media.local import LocalStore
from media.receiving import NotAsAnnounced

KEY = f"quarantine/{'a' * 32}"
WHOLE = b"0123456789abcdef!"
OTHER = WHOLE[::-1]
PARTS = parts_of(len(WHOLE), 5)

sendings = st.lists(
    st.tuples(
        st.sampled_from(PARTS),
        st.sampled_from(["right", "other", "short", "long", "broken", "altered"]),
    ),
    max_size=12,
)


class BrokenLineError(Exception):
    """The line."""


def of(part, data):
    start = (part.number - 1) * 5
    return data[start : start + part.size]


async def arriving(part, how):
    data = of(part, WHOLE if how != "other" else OTHER)
    if how in {"short", "broken"}:
        yield data[:-1]
    else:
        yield data
    if how == "long":
        yield b"x"
    if how == "broken":
        raise BrokenLineError


async def send(store, part, how):
    md5 = hashlib.md5(of(part, OTHER)).digest() if how == "altered" else None
    with contextlib.suppress(NotAsAnnounced, BrokenLineError):
        await store.receive_part(KEY, part, arriving(part, how), md5=md5)


async def sent(root, steps):
    """Each step; what a simple reading expects, compared after each."""
    store, expected = LocalStore(root, SIGNING_KEY), {}
    name = await store.begin_parts(KEY, "video/mp4")
    for part, how in steps:
        await send(store, part, how)
        if how in {"right", "other"}:
            expected[part.number] = of(part, WHOLE if how == "right" else OTHER)
        sizes = {number: len(data) for number, data in expected.items()}
        assert await store.received(KEY, name) == sizes
    complete = not missing(PARTS, await store.received(KEY, name))
    assert await store.join_parts(KEY, name, PARTS) == complete
    assert await store.size(KEY) == (len(WHOLE) if complete else None)
    if complete:
        whole = b"".join(expected[part.number] for part in PARTS)
        assert store.path(KEY).read_bytes() == whole
    await store.drop_parts(KEY, name)
    # Nothing half-written is left beside it.
    assert list((root / "quarantine").iterdir()) == ([store.path(KEY)] if complete else [])


@settings(max_examples=60, deadline=None)
@given(sendings)
def test_only_whole_parts_count_and_the_last_of_each_is_kept(steps):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(sent(Path(folder), steps))


@settings(max_examples=20, deadline=None)
@given(st.permutations([part for part in PARTS for _ in range(2)]))
def test_any_order_and_any_repetition_is_the_whole(order):
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(sent(Path(folder), [(part, "right") for part in order]))


def test_a_join_that_was_killed_while_clearing_up_is_finished(tmp_path):
    async def go():
        store = LocalStore(tmp_path, SIGNING_KEY)
        name = await store.begin_parts(KEY, "video/mp4")
        for part in PARTS:
            await send(store, part, "right")
        store.path(KEY).write_bytes(WHOLE)
        (tmp_path / f"{KEY}.parts" / "1").unlink()
        assert await store.join_parts(KEY, name, PARTS)
        assert list((tmp_path / "quarantine").iterdir()) == [store.path(KEY)]

    asyncio.run(go())


def test_parts_that_nobody_remembers_are_swept(tmp_path):
    async def go():
        store = LocalStore(tmp_path, SIGNING_KEY)
        name = await store.begin_parts(KEY, "video/mp4")
        await send(store, PARTS[1], "right")
        assert await store.sweep(datetime.now(UTC) - timedelta(hours=1)) == 0
        assert await store.received(KEY, name) == {2: 5}
        assert await store.sweep(datetime.now(UTC) + timedelta(hours=1)) == 1
        assert list((tmp_path / "quarantine").iterdir()) == []

    asyncio.run(go())
