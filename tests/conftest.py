"""Fixtures that every room shares: a database of one's own, on SQLite and on PostgreSQL."""

import gc
import os
import shutil

import pytest
import structlog
from argon2 import PasswordHasher
from servers import (
    create_database,
    drop_database,
    meilisearch,
    memory,
    postgres,
    postgres_binaries,
    server_database,
)

from app import auth, logs
from app.database import Database
from app.migrations import upgrade

# What collecting the tests brings into memory stays there. Looking through it again and again for
# what could be freed took an eighth of the time of all tests.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop():
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
async def sqlite_template(tmp_path_factory, anyio_backend):
    """A migrated file to copy, so that a test pays no migration."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = Database(f"sqlite+aiosqlite:///{path}")
    await upgrade(database)
    await database.close()
    return path


@pytest.fixture(scope="session")
def postgres_url():
    """A server's maintenance database: the one that is named, else one of this run's own."""
    if named := os.environ.get("TEST_DATABASE_URL"):
        yield named
        return
    if postgres_binaries() is None:
        pytest.skip("no PostgreSQL: neither TEST_DATABASE_URL nor its binaries")
    with postgres(memory()) as url:
        yield url


@pytest.fixture(scope="session")
async def postgres_template(postgres_url, anyio_backend):
    name = await create_database(postgres_url)
    database = Database(server_database(postgres_url, name))
    await upgrade(database)
    await database.close()
    yield name
    await drop_database(postgres_url, name)


@pytest.fixture(scope="module")
async def lasting_sqlite(sqlite_template, tmp_path_factory):
    """A database for all tests of a file that only read."""
    path = tmp_path_factory.mktemp("lasting") / "lasting.sqlite3"
    shutil.copy(sqlite_template, path)
    opened = Database(f"sqlite+aiosqlite:///{path}")
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
async def lasting_postgresql(postgres_url, postgres_template):
    """The same on a server."""
    name = await create_database(postgres_url, postgres_template)
    opened = Database(server_database(postgres_url, name))
    yield opened
    await opened.close()
    await drop_database(postgres_url, name)


@pytest.fixture
async def sqlite_url(sqlite_template, tmp_path, anyio_backend):
    path = tmp_path / "test.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def postgresql_url(postgres_url, postgres_template, anyio_backend):
    name = await create_database(postgres_url, postgres_template)
    yield server_database(postgres_url, name)
    await drop_database(postgres_url, name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def database_url(request):
    """Every test that takes this, or `database`, runs on both."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def database(database_url, anyio_backend):
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def seaweed(anyio_backend):
    import stores

    from media.s3 import S3Store

    if (named := stores.named()) is not None:
        await S3Store(named).prepare()
        yield named
        return
    if (path := stores.program("weed")) is None:
        pytest.skip("no S3: neither TEST_S3_ENDPOINT nor weed")
    with stores.seaweed(path) as access:
        await stores.prepared(access)
        yield access


@pytest.fixture(scope="session")
async def minio(anyio_backend):
    import stores

    if (path := stores.program("minio")) is None:
        pytest.skip("no minio on PATH")
    with stores.minio(path) as access:
        await stores.prepared(access)
        yield access


@pytest.fixture(scope="session")
def meilisearch_access(anyio_backend):
    """A real server: the one that is named, else one of this run's own."""
    from search.meilisearch import Access

    if named := os.environ.get("TEST_MEILI_URL"):
        yield Access(named, os.environ.get("TEST_MEILI_API_KEY"), "dangjian-test")
        return
    if (path := shutil.which("meilisearch")) is None:
        pytest.skip("no Meilisearch: neither TEST_MEILI_URL nor meilisearch on PATH")
    with meilisearch(path) as (url, key):
        yield Access(url, key, "dangjian-test")


@pytest.fixture(scope="session", autouse=True)
def slow_hasher():
    """Hashes cost next to nothing in tests; yields the hasher that is used elsewhere."""
    slow, cheap = auth._hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth, "_hasher", cheap)
        patch.setattr(auth, "_NOBODYS_HASH", cheap.hash("nobody's"))
        yield slow


@pytest.fixture(scope="session", autouse=True)
def plain_tracebacks():
    """Failures are logged as the server logs them: structlog's own way draws each for a second."""
    *processors, _ = structlog.get_config()["processors"]
    structlog.configure(processors=[*processors, logs._console()])


@pytest.fixture(scope="session")
async def empty_search(tmp_path_factory, anyio_backend):
    """An index that nothing is written to, for tests that do not search."""
    from search.embedded import EmbeddedEngine

    engine = EmbeddedEngine(tmp_path_factory.mktemp("search"))
    yield engine
    await engine.close()


@pytest.fixture
def platform(database, empty_search, tmp_path):
    # Imported here, so that a room's own tests do not wait for the whole house.
    from stores import SIGNING_KEY

    from app.auth import Tokens
    from app.members.sessions import Sessions
    from app.settings import Settings
    from media.local import LocalStore
    from schema.context import Platform

    return Platform(
        settings=Settings(data_dir=tmp_path),
        database=database,
        search=empty_search,
        media=LocalStore(tmp_path / "media", SIGNING_KEY),
        sessions=Sessions(database, Tokens(SIGNING_KEY)),
    )


@pytest.fixture
def ask(platform):
    from asking import Ask

    return Ask(platform)


@pytest.fixture
def edit(ask):
    from editing import Edit

    return Edit(ask)
