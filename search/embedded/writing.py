"""Changes to the index: units replaced, and the whole of it built anew beside the one in use."""

import contextlib
from collections.abc import Sequence
from typing import cast

from search.embedded.fields import Fields, card_fields, document_fields
from search.embedded.index import Index, Snapshot, Writer
from search.embedded.opening import open_current, prepare
from search.embedded.shelf import Shelf
from search.port import Unit

_Change = tuple[str, int, list[Fields]]


class Rebuild:
    """A new index in the making. Call ``publish`` when all is added, and ``close`` always."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        with contextlib.ExitStack() as held:
            held.enter_context(shelf.rebuilding())
            self._directory = shelf.begin()
            self._writer: Writer | None = Index(self._directory, create=True).writer()
            self._held = held.pop_all()

    def add(self, units: Sequence[Unit]) -> None:
        """Put units in; a unit comes once."""
        for unit in units:
            _write(self._open_writer, _change(unit))

    def publish(self) -> None:
        """Catch up with what was written meanwhile, and put the new index in use."""
        with self._shelf.writing():
            for entry in self._shelf.noted():
                _write(self._open_writer, cast("_Change", entry))
            self._open_writer.commit()
            self._writer = None
            self._shelf.put_in_use(self._directory, complete=True)
            self._shelf.clear_away()

    def close(self) -> None:
        """Let others rebuild; what was not published is forgotten."""
        with self._held:
            if self._writer is not None:
                self._writer.abandon()
                self._writer = None

    @property
    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise ValueError("this rebuild has ended")
        return self._writer


def replace(shelf: Shelf, units: Sequence[Unit]) -> None:
    """Replace units in the index in use, and in the one that may be in the making."""
    changes = [_change(unit) for unit in units]
    prepare(shelf)
    with shelf.writing():
        index = open_current(shelf)
        held = index.snapshot()
        fresh = [change for change in changes if not _is_outdated(change, held)]
        if shelf.is_rebuilding():
            for change in fresh:
                shelf.note(change)
        _commit(index.writer(), fresh)


def _commit(writer: Writer, changes: Sequence[_Change]) -> None:
    try:
        for change in changes:
            _write(writer, change)
    except BaseException:
        writer.abandon()
        raise
    writer.commit()


def _change(unit: Unit) -> _Change:
    rows = [document_fields(document) for document in unit.documents]
    if unit.documents:
        rows.append(card_fields(unit))
    return str(unit.key), unit.version, rows


def _is_outdated(change: _Change, held: Snapshot) -> bool:
    unit, version, rows = change
    if not rows:
        return False
    found = held.best(held.term("unit", unit), limit=10_000)
    return max(held.numbers("version", [row for _, row in found.rows]), default=0) > version


def _write(writer: Writer, change: _Change) -> None:
    unit, _, rows = change
    writer.replace(unit, rows)
