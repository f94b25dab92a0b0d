"""What an author writes: one value for all kinds, kept as JSON in each revision."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa


class Wording(NamedTuple):
    """Everything that an author writes; what other kinds add is None. ``body`` is Markdown."""

    title: str
    summary: str
    body: str
    organization_id: int
    audience_key: str
    tags: tuple[str, ...] = ()
    cover_id: int | None = None
    gallery_ids: tuple[int, ...] = ()
    source_name: str | None = None
    source_url: str | None = None
    lecturer: str | None = None
    duration_seconds: int | None = None
    video_id: int | None = None
    stream_url: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    column_id: int | None = None

    @property
    def image_ids(self) -> tuple[int, ...]:
        """The pictures that it shows."""
        return self.gallery_ids if self.cover_id is None else (self.cover_id, *self.gallery_ids)


def changed_fields(before: Wording | None, after: Wording) -> list[str]:
    """The names of the fields in which two wordings differ; all that say anything for the first."""
    if before is None:
        return [name for name, value in after._asdict().items() if value not in {None, "", ()}]
    pairs = zip(Wording._fields, before, after, strict=True)
    return [name for name, old, new in pairs if old != new]


class WordingJson(sa.types.TypeDecorator[Wording]):
    """A wording as JSON text; what is empty is left out."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Wording | None, dialect: sa.Dialect) -> str | None:
        """Compact JSON, instants as ISO 8601."""
        return None if value is None else _written(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Any:
        """The wording."""
        return None if value is None else _read(value)

    def reader(self, _dialect: sa.Dialect) -> Callable[[str], Wording]:
        """What makes a wording of a driver's value."""
        return _read


def _written(wording: Wording) -> str:
    said = {name: value for name, value in wording._asdict().items() if value not in (None, ())}
    return orjson.dumps(said).decode()


def _read(text: str) -> Wording:
    said = orjson.loads(text)
    for name in {"tags", "gallery_ids"} & said.keys():
        said[name] = tuple(said[name])
    for name in {"starts_at", "ends_at"} & said.keys():
        said[name] = datetime.fromisoformat(said[name])
    return Wording(**said)
