"""The public laws and party regulations, imported whole, where they lie beside the checkout."""

import asyncio
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from regulations import TODAY

from app.database import Database
from app.jobs import Job, JobKind
from app.knowledge import cited, queries
from app.knowledge.bulk import import_paths
from app.knowledge.models import Regulation, RegulationArticle, RegulationVersion
from app.knowledge.reading.markdown import parse_regulation
from app.migrations import upgrade
from app.visibility import NOBODY

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDERS = [DATA / "laws", DATA / "party_regulations"]

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.reference,
    pytest.mark.skipif(not DATA.is_dir(), reason="the reference data is not beside the checkout"),
]


async def _import(url):
    database = Database(url)
    await upgrade(database)
    report = await import_paths(database, FOLDERS, today=TODAY, audience_key="public")
    await database.close()
    return report


def import_apart(url):
    """Import in a process of its own: the report, and its largest memory in MB."""
    report = asyncio.run(_import(url))
    # Not `ru_maxrss`: that survives exec, and would tell the memory of whoever started us.
    status = Path("/proc/self/status").read_text()
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return report, int(kilobytes) / 1024


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('laws') / 'laws.sqlite3'}"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return url, *pool.submit(import_apart, url).result()


@pytest.fixture
async def laws(imported, anyio_backend):
    database = Database(imported[0])
    yield database
    await database.close()


async def one(database, statement):
    async with database.transaction() as session:
        return (await session.execute(statement)).scalar_one()


def test_all_files_are_taken_in_with_less_than_500_mb(imported):
    _, report, megabytes = imported
    assert report.failures == []
    # Three files stand twice; parts of the civil code and older wordings are files too.
    assert (report.created, report.new_versions, report.unchanged) == (1434, 82, 3)
    assert megabytes < 500


async def test_every_article_of_every_file_is_stored(laws):
    rows = (
        sa.select(RegulationVersion.sha256, sa.func.count(RegulationArticle.id))
        .join(RegulationArticle, RegulationArticle.version_id == RegulationVersion.id)
        .group_by(RegulationVersion.sha256)
    )
    async with laws.transaction() as session:
        stored = {row[0]: row[1] for row in (await session.execute(rows)).all()}
    parsed = [
        parse_regulation(path.read_text(), name=path.stem)
        for folder in FOLDERS
        for path in folder.rglob("*.md")
    ]
    assert stored == {law.sha256: len(law.articles) for law in parsed}


async def test_article_56_of_the_civil_code_is_found_by_its_citation(laws):
    wanted = (
        sa.select(RegulationArticle.id)
        .join(Regulation, Regulation.current_version_id == RegulationArticle.version_id)
        .where(Regulation.title_key == "民法典", RegulationArticle.number == 56)
    )
    key = await one(laws, wanted)
    article = (await queries.visible_articles(laws, NOBODY, [key]))[key]
    assert article.citation == "《中华人民共和国民法典》第五十六条"
    assert article.text.startswith("个体工商户的债务，个人经营的")


async def test_citations_are_the_same_edges_from_either_end(laws):
    articles = (
        sa.select(RegulationArticle.id)
        .join(Regulation, Regulation.current_version_id == RegulationArticle.version_id)
        .order_by(RegulationArticle.id)
    )
    async with laws.transaction() as session:
        keys = (await session.execute(articles)).scalars().all()
    found = await cited.cites(laws, NOBODY, keys, first=1000, after=0)
    back = await cited.cited_by(laws, NOBODY, keys, first=1000, after=0)
    there = {(key, row.id) for key, rows in found.items() for row in rows}
    assert there == {(row.id, key) for key, rows in back.items() for row in rows}
    assert len(there) == 9829


async def test_no_linking_is_owed(laws):
    owed = sa.select(sa.func.count(Job.id)).where(Job.kind == JobKind.LINK_CITATIONS)
    assert await one(laws, owed) == 0
