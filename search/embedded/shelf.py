"""Where indexes lie on disk: which one is current, who may write, and what a rebuild must catch up.

A directory holds ``CURRENT`` (the name of the index in use), the indexes, and two lock files that
processes share. Whoever writes holds ``write.lock``; whoever rebuilds holds ``rebuild.lock`` from
the first document to the swap, and those who write meanwhile note what they wrote in a journal.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from app.errors import Conflict


class Shelf:
    """The indexes under one directory; ``fingerprint`` tells the layout that this code reads."""

    def __init__(self, directory: Path, fingerprint: str) -> None:
        self._directory = directory
        self._fingerprint = fingerprint

    def current(self) -> Path | None:
        """The index in use, or None where there is none that this code can read."""
        name = self._current_name()
        if name is None or self._settings(name).get("fingerprint") != self._fingerprint:
            return None
        return self._directory / name

    def is_empty(self) -> bool:
        """Whether no index was ever put here."""
        return self._current_name() is None

    def is_complete(self) -> bool:
        """Whether the index in use came from a rebuild that went to its end."""
        name = self._current_name()
        return name is not None and self._settings(name).get("complete") is True

    def stamp(self) -> tuple[str | None, int, int]:
        """Differs after each commit and each swap, by whatever process."""
        name = self._current_name()
        if name is None:
            return None, 0, 0
        try:
            commit = (self._directory / name / "meta.json").stat()
        except FileNotFoundError:
            return name, 0, 0
        return name, commit.st_mtime_ns, commit.st_ino

    def begin(self) -> Path:
        """A new, empty directory for an index that is not in use yet."""
        self._directory.mkdir(parents=True, exist_ok=True)
        number = max((self._number(path) for path in self._indexes()), default=0) + 1
        index = self._directory / f"index-{number:06d}"
        index.mkdir()
        return index

    def put_in_use(self, index: Path, *, complete: bool) -> None:
        """Make an index the current one, at once for all processes; hold ``writing``."""
        settings = {"fingerprint": self._fingerprint, "complete": complete}
        (index / "settings.json").write_text(json.dumps(settings))
        self._write_name(index.name)

    def clear_away(self) -> None:
        """Delete all but the current index and the one before it; hold ``rebuilding``.

        Others may be opening the one before at this moment.
        """
        in_order = sorted(self._indexes(), key=self._number)
        current = [index.name for index in in_order].index(self._current_name() or "")
        for old in in_order[: max(current - 1, 0)]:
            shutil.rmtree(old, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Wait until nobody writes, and be the only one who does."""
        with self._lock_file("write.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Be the only one who rebuilds; ``Conflict`` where somebody is."""
        with self._lock_file("rebuild.lock") as lock:
            # Whoever is writing now has read the database before us: wait for them.
            with self.writing():
                if not _try_lock(lock):
                    raise Conflict("索引正在重建，请稍后再试。")
                self._journal.unlink(missing_ok=True)
            yield

    def is_rebuilding(self) -> bool:
        """Whether any process rebuilds; one that died does not."""
        with self._lock_file("rebuild.lock") as lock:
            return not _try_lock(lock)

    def note(self, entry: object) -> None:
        """Keep what is written during a rebuild, for the new index; hold ``writing``."""
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry) + "\n")

    def noted(self) -> Iterator[object]:
        """What was written since the rebuild began; hold ``writing``."""
        if not self._journal.exists():
            return
        with self._journal.open(encoding="utf-8") as journal:
            for line in journal:
                # A line without its end was never acknowledged: its writer will come again.
                if line.endswith("\n"):
                    yield json.loads(line)

    @property
    def _journal(self) -> Path:
        return self._directory / "journal.jsonl"

    def _lock_file(self, name: str) -> IO[str]:
        self._directory.mkdir(parents=True, exist_ok=True)
        return (self._directory / name).open("a")

    def _current_name(self) -> str | None:
        try:
            return (self._directory / "CURRENT").read_text().strip()
        except FileNotFoundError:
            return None

    def _write_name(self, name: str) -> None:
        new = self._directory / "CURRENT.new"
        with new.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._directory / "CURRENT")

    def _settings(self, name: str) -> dict[str, object]:
        try:
            settings = json.loads((self._directory / name / "settings.json").read_text())
        except (OSError, ValueError):
            return {}
        return settings if isinstance(settings, dict) else {}

    def _indexes(self) -> list[Path]:
        return [path for path in self._directory.glob("index-*") if path.is_dir()]

    @staticmethod
    def _number(index: Path) -> int:
        return int(index.name.removeprefix("index-"))


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
