"""Parts of uploads to the local store: a folder of files beside the place of the whole."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.uploads.parts import Part, missing


def begin(whole: Path) -> None:
    """Make room for the parts of ``whole``."""
    _folder(whole).mkdir(parents=True, exist_ok=True)


def path(whole: Path, number: int) -> Path:
    """The file of one part; its folder is there until the parts are joined or dropped."""
    return _folder(whole) / str(number)


def received(whole: Path) -> dict[int, int]:
    """The bytes of each part that is there, by number."""
    files = [each for each in _folder(whole).glob("*") if each.name.isdigit()]
    return {int(each.name): each.stat().st_size for each in files}


def join(whole: Path, parts: Sequence[Part]) -> bool:
    """Write the parts one behind the other, and rename; whether the whole is there then."""
    if whole.is_file():
        # Whoever joined them before us may have been killed while clearing up.
        drop(whole)
        return True
    if missing(parts, received(whole)):
        return False
    descriptor, name = tempfile.mkstemp(dir=whole.parent)
    with os.fdopen(descriptor, "wb") as file:
        for part in parts:
            with path(whole, part.number).open("rb") as source:
                shutil.copyfileobj(source, file, 1024 * 1024)
    Path(name).replace(whole)
    drop(whole)
    return True


def drop(whole: Path) -> None:
    """Delete the parts; whatever is on its way to them is refused then."""
    shutil.rmtree(_folder(whole), ignore_errors=True)


def _folder(whole: Path) -> Path:
    return whole.with_suffix(".parts")
