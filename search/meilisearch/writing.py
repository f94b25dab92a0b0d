"""Changes to the indexes: units replaced, and all of it built anew beside what is in use."""

import contextlib
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from app.errors import Unavailable
from search.meilisearch.fields import card_fields, document_fields, token_of
from search.meilisearch.filters import any_unit, superseded
from search.meilisearch.settings import FINGERPRINT, KEY, LIBRARY, TITLES, Names, names
from search.meilisearch.wire import Missing, Wire
from search.port import Unit, UnitKind

MARK = "index"
"""The card that a finished rebuild leaves: its layout."""

_AT_ONCE = 2_000
_LOOK_EVERY_SECONDS = 0.02
_UNFINISHED = 8
"""So many tasks may wait at the server before a rebuild sends more."""

_ABANDONED = timedelta(minutes=5)
"""A rebuild whose indexes have not changed for so long has died."""

_Entry = Mapping[str, Any]
_T = TypeVar("_T")


class Library:
    """The indexes in use, and who writes to them; for one thread at a time."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.live = names(wire.access.prefix)
        self.coming = names(wire.access.prefix, "-new")
        self._prepared = False

    def prepare(self, *, again: bool = False) -> None:
        """Make the indexes where there are none, so that they can be written to and swapped."""
        if self._prepared and not again:
            return
        for index, settings in self.live.settings():
            try:
                self.wire.information(index)
            except Missing:
                self.make(index, settings)
        self._prepared = True

    def make(self, index: str, settings: Mapping[str, Any]) -> None:
        """An empty index with its settings."""
        tasks = [self.wire.create(index, KEY), self.wire.configure(index, settings)]
        self.wire.follow(tasks)

    def learn(self, synonyms: Mapping[str, list[str]]) -> None:
        """Have searches for one word find the others."""
        self.prepare()
        kinds = [self.live.of(kind) for kind in UnitKind]
        self.wire.follow([self.wire.configure(each, {"synonyms": synonyms}) for each in kinds])

    def replace(self, units: Sequence[Unit]) -> None:
        """Replace units in the indexes in use; older versions than those held change nothing.

        Nothing at the server decides between two who write at once. So a card with the version goes
        in before the documents, and whoever finds a newer card afterwards may have put old
        documents over new ones: it fails, and comes again with what is then current.
        """
        self.prepare()
        held = self._versions(units)
        fresh = [unit for unit in units if not _is_outdated(unit, held)]
        self.wire.follow(self._write(self.live, fresh))
        now_held = self._versions(fresh)
        if any(now_held.get(token_of(unit.key)) != unit.version for unit in fresh):
            raise Unavailable("搜索索引同时被更新，将自动重试。")

    def _versions(self, units: Sequence[Unit]) -> dict[str, int]:
        return versions(self.wire, self.live, [token_of(unit.key) for unit in units])

    def _write(self, to: Names, units: Sequence[Unit]) -> list[int]:
        write = uuid.uuid4().hex
        tasks = put(self.wire, to, units, write)
        stale = {unit.key: superseded(token_of(unit.key), _bound(unit), write) for unit in units}
        for kind in UnitKind:
            if filters := [stale[key] for key in stale if key.kind is kind]:
                tasks.append(self.wire.drop(to.of(kind), filters))
        if stale:
            tasks.append(self.wire.drop(to.titles, list(stale.values())))
        return tasks


def versions(wire: Wire, of: Names, units: Sequence[str]) -> dict[str, int]:
    """The highest version that is held, or remembered, of each of these units."""
    held: dict[str, int] = {}
    for some in _batches(units):
        for row in wire.rows(of.titles, ("unit", "version"), within=any_unit(some)):
            held[row["unit"]] = max(row["version"], held.get(row["unit"], 0))
    return held


def put(wire: Wire, to: Names, units: Sequence[Unit], write: str) -> list[int]:
    """Send the cards of units, then their documents; answers the tasks."""
    cards = [card_fields(unit, write, _milliseconds()) for unit in units]
    tasks = _sent(wire, to.titles, cards)
    for kind in UnitKind:
        entries = [
            document_fields(document, unit.version, write)
            for unit in units
            if unit.key.kind is kind
            for document in unit.documents
        ]
        tasks += _sent(wire, to.of(kind), entries)
    return tasks


class Rebuild:
    """New indexes in the making. Call ``publish`` when all is added, and ``close`` always."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._wire = library.wire
        self._write = uuid.uuid4().hex
        self._tasks: list[int] = []
        # The server may have lost all that it had.
        library.prepare(again=True)
        self._begun = _milliseconds()
        self._claim(library.coming.titles)
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    def add(self, units: Sequence[Unit]) -> None:
        """Put units in; a unit comes once."""
        self._tasks += put(self._wire, self._library.coming, units, self._write)
        done, self._tasks = self._tasks[:-_UNFINISHED], self._tasks[-_UNFINISHED:]
        self._wire.follow(done)

    def publish(self) -> None:
        """Catch up with what was written meanwhile, and put the new indexes in use."""
        live, coming = self._library.live, self._library.coming
        mark = {KEY: MARK, "fingerprint": FINGERPRINT, "write": self._write, "gone": True}
        self._wire.follow([*self._tasks, self._wire.put(coming.titles, [mark])])
        swapping = _milliseconds()
        self._carry_over(live, coming, since=self._begun)
        self._wire.swap(list(zip(live.all, coming.all, strict=True)))
        self._see_swapped(live.titles)
        # What others wrote between the two is in the indexes that were in use till now.
        self._carry_over(coming, live, since=swapping)

    def close(self) -> None:
        """Let others rebuild; what was not published is forgotten."""
        # The titles, by which others see that somebody rebuilds, go last.
        for index in self._library.coming.all:
            with contextlib.suppress(Missing):
                self._wire.follow([self._wire.remove(index)])

    def _claim(self, titles: str) -> None:
        """Be the only one who rebuilds: of two who make an index, the server lets one."""
        with contextlib.suppress(Missing):
            changed = datetime.fromisoformat(self._wire.information(titles)["updatedAt"])
            if datetime.now(UTC) - changed > _ABANDONED:
                self.close()
        self._wire.follow([self._wire.create(titles, KEY)])

    def _make(self) -> None:
        synonyms = self._wire.synonyms(self._library.live.contents)
        coming = self._library.coming
        self._wire.follow([self._wire.configure(coming.titles, TITLES)])
        for index in (coming.contents, coming.regulations):
            self._library.make(index, {**LIBRARY, "synonyms": synonyms})

    def _see_swapped(self, titles: str) -> None:
        """Wait until our mark is in use: a task of several indexes is hidden from our keys."""
        deadline = time.monotonic() + self._wire.access.write_seconds
        while self._mark_of(titles) != self._write:
            if time.monotonic() > deadline:
                raise Unavailable("搜索服务未能更新索引，将自动重试。")
            time.sleep(_LOOK_EVERY_SECONDS)

    def _mark_of(self, titles: str) -> str | None:
        try:
            mark: str | None = self._wire.document(titles, MARK).get("write")
        except Missing:
            return None
        return mark

    def _carry_over(self, source: Names, target: Names, *, since: int) -> None:
        """Put what was written to one set of indexes since then into the other as well."""
        written = self._wire.rows(source.titles, within=f"written >= {since}")
        for some in _batches(list(written)):
            held = versions(self._wire, target, [card["unit"] for card in some])
            cards = [card for card in some if held.get(card["unit"], 0) <= card["version"]]
            self._wire.follow(self._copy(cards, source, target))

    def _copy(self, cards: Sequence[_Entry], source: Names, target: Names) -> list[int]:
        if not cards:
            return []
        units = any_unit(card["unit"] for card in cards)
        stale = [superseded(card["unit"], None, card["write"]) for card in cards]
        tasks = _sent(self._wire, target.titles, cards)
        for kind in UnitKind:
            entries = list(self._wire.rows(source.of(kind), within=units))
            tasks += _sent(self._wire, target.of(kind), entries)
            tasks.append(self._wire.drop(target.of(kind), stale))
        return [*tasks, self._wire.drop(target.titles, stale)]


def _sent(wire: Wire, index: str, entries: Sequence[_Entry]) -> list[int]:
    return [wire.put(index, some) for some in _batches(entries)]


def _batches(many: Sequence[_T]) -> Iterator[Sequence[_T]]:
    return (many[start : start + _AT_ONCE] for start in range(0, len(many), _AT_ONCE))


def _is_outdated(unit: Unit, held: Mapping[str, int]) -> bool:
    bound = _bound(unit)
    return bound is not None and held.get(token_of(unit.key), bound) > bound


def _bound(unit: Unit) -> int | None:
    """Up to which version a unit replaces what is held: a removal of no version is of all."""
    return unit.version if unit.version or unit.documents else None


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000
