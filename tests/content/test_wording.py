"""Wordings are kept as JSON and come back the same."""

from datetime import datetime

from group import START
from hypothesis import given
from hypothesis import strategies as st

from app.content.wording import Wording, WordingJson, changed_fields
from app.database.statements import DIALECTS

_WORDS = st.text('党a"\\\n\u2028', max_size=8)
_KEYS = st.integers(1, 2**63 - 1)
_WORDINGS = st.fixed_dictionaries(
    {
        "title": _WORDS,
        "summary": _WORDS,
        "body": _WORDS,
        "organization_id": _KEYS,
        "audience_key": _WORDS,
        "tags": st.lists(_WORDS, max_size=3).map(tuple),
        "cover_id": st.none() | _KEYS,
        "gallery_ids": st.lists(_KEYS, max_size=3).map(tuple),
        "source_name": st.none() | _WORDS,
        "starts_at": st.none() | st.just(START),
        "duration_seconds": st.none() | st.integers(0, 10**6),
    }
).map(lambda said: Wording(**said))


@given(_WORDINGS)
def test_a_wording_comes_back_as_it_went(wording):
    column, dialect = WordingJson(), DIALECTS["sqlite"]
    text = column.process_bind_param(wording, dialect)
    assert column.process_result_value(text, dialect) == wording


def test_instants_keep_their_moment():
    said = Wording(
        "题", "", "", 1, "public", starts_at=datetime.fromisoformat("2026-05-01T09:00+08:00")
    )
    column, dialect = WordingJson(), DIALECTS["sqlite"]
    assert column.reader(dialect)(column.process_bind_param(said, dialect)) == said


def test_changed_fields_are_those_that_differ():
    before = Wording("旧题", "摘要", "正文", 1, "public")
    assert changed_fields(before, before) == []
    assert changed_fields(before, before._replace(title="新题", cover_id=5)) == [
        "title",
        "cover_id",
    ]
    assert changed_fields(None, before) == [
        "title",
        "summary",
        "body",
        "organization_id",
        "audience_key",
    ]
