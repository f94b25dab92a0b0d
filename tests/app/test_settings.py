"""Settings: what the environment says, and what holds where it is silent."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.platform import search_engine
from app.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def settings(**values) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_example_lists_every_setting_and_no_other():
    text = (ROOT / ".env.example").read_text()
    listed = re.findall(r"^([A-Z0-9_]+)=", text, re.MULTILINE)
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_changes_nothing():
    assert Settings(_env_file=ROOT / ".env.example") == settings()


def test_nothing_set_means_sqlite_under_the_data_directory(tmp_path):
    path = tmp_path / "dangjian.sqlite3"
    assert settings(data_dir=tmp_path).database == f"sqlite+aiosqlite:///{path}"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("sqlite:////data/x.db", "sqlite+aiosqlite:////data/x.db"),
    ],
)
def test_a_database_url_gets_its_driver(given, used):
    assert settings(database_url=given).database == used


def test_another_database_is_refused():
    with pytest.raises(ValueError, match="DATABASE_URL"):
        _ = settings(database_url="mysql://h/d").database


def test_an_empty_value_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "")
    assert settings().database_url is None


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(ValidationError, match="time_zone"):
        settings(time_zone="Asia/Nowhere")


def test_a_public_url_is_absolute_and_ends_without_a_slash():
    assert settings(public_url="https://dangjian.example/").public_url == "https://dangjian.example"
    with pytest.raises(ValidationError, match="public_url"):
        settings(public_url="//dangjian.example")


def test_a_page_of_contents_says_where_the_id_goes():
    assert settings(content_url="/c/{id}").content_url == "/c/{id}"
    with pytest.raises(ValidationError, match="content_url"):
        settings(content_url="/c/{code}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("study_speed", 0.9),
        ("study_speed", 2.1),
        ("study_completion", 0),
        ("study_completion", 1.01),
    ],
)
def test_study_is_bounded_by_reason(name, value):
    with pytest.raises(ValidationError, match=name):
        settings(**{name: value})


def test_a_signing_key_is_made_once_and_kept_private(tmp_path):
    first = settings(data_dir=tmp_path).signing_key
    assert settings(data_dir=tmp_path).signing_key == first
    assert len(first) >= 48
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600


def test_a_given_signing_key_is_used_and_never_shown():
    given = settings(secret_key="chosen" * 6)
    assert given.signing_key == b"chosen" * 6
    assert "chosen" not in repr(given)


def test_a_short_signing_key_is_refused():
    with pytest.raises(ValidationError, match="32 characters"):
        settings(secret_key="chosen")


@pytest.mark.anyio
async def test_meilisearch_answers_where_it_is_set(tmp_path):
    for url, name in ((None, "embedded"), ("http://127.0.0.1:1", "meilisearch")):
        engine = search_engine(settings(data_dir=tmp_path, meili_url=url))
        assert engine.name == name
        await engine.close()
