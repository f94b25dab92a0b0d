"""What the work on media needs."""

from pathlib import Path
from typing import NamedTuple

from app.database import Database
from media.port import MediaStore


class Workshop(NamedTuple):
    """Rows, objects, and a local folder in which whatever is lost can be made anew."""

    database: Database
    store: MediaStore
    folder: Path
