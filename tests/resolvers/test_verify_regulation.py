"""Verifying a text by a second person."""

import orjson
import pytest
import sqlalchemy as sa
from group import building, gid, global_id
from regulations import bring

from app.audit.models import AuditEntry
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

VERIFY = """mutation ($input: VerifyRegulationVersionInput!) {
  verifyRegulationVersion(input: $input) {
    version { isVerified verifiedAt sourceUrl importedBy { id } verifiedBy { id } }
    errors { code path }
  } }"""
READ = """query ($id: ID!) { node(id: $id) { ... on RegulationVersion {
  sha256 isVerified verifiedAt importedAt importedBy { id } verifiedBy { id } sourceUrl } } }"""
SOURCE = "https://example.org/rules"


@pytest.fixture
async def people(database):
    """By role on the topmost organization; the editor imports."""
    async with building(database) as group:
        top = await group.organization("集团党委")
        branch = await group.organization("一支部", below=top)
        found = {"member": await group.member(branch)}
        for role in (Role.EDITOR, Role.REVIEWER, Role.ADMIN, Role.SECRETARY):
            found[role.value.lower()] = await group.member(top)
            await group.grant(found[role.value.lower()], role, top)
        found["branch admin"] = await group.member(branch)
        await group.grant(found["branch admin"], Role.ADMIN, branch)
    return found


@pytest.fixture
async def version(database, people):
    made = await bring(
        database,
        "图书借阅办法",
        "每次三册。",
        imported_by_id=people["editor"].id,
        source_url=SOURCE,
    )
    return global_id("RegulationVersion", made.version_id)


async def read(ask, version, viewer):
    return (await ask(READ, viewer, id=version))["node"]


async def verify(ask, version, viewer, **given):
    sha256 = (await read(ask, version, viewer))["sha256"] if viewer is not NOBODY else ""
    wanted = {"versionId": version, "sha256": sha256} | given
    return (await ask(VERIFY, viewer, input=wanted))["verifyRegulationVersion"]


async def trail(database):
    async with database.transaction() as session:
        found = await session.execute(
            sa.select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.after)
        )
        return [(action, actor, orjson.loads(after)) for action, actor, after in found]


@pytest.mark.parametrize("who", ["reviewer", "admin"])
async def test_a_second_person_vouches_for_a_text(database, ask, people, version, who):
    before = await read(ask, version, people[who])
    assert (before["isVerified"], before["verifiedAt"], before["verifiedBy"]) == (False, None, None)
    done = await verify(ask, version, people[who])
    assert done["errors"] == []
    after = await read(ask, version, people[who])
    assert after["isVerified"]
    assert after["verifiedAt"] >= after["importedAt"]
    assert after["importedBy"] == {"id": gid(people["editor"])}
    assert after["verifiedBy"] == {"id": gid(people[who])}
    [(action, actor, told)] = await trail(database)
    assert (action, actor) == ("regulation.verify", people[who].id)
    assert (told["sha256"], told["source"]) == (before["sha256"], SOURCE)


async def test_a_text_is_verified_once(database, ask, people, version):
    await verify(ask, version, people["admin"])
    first = await read(ask, version, people["member"])
    assert (await verify(ask, version, people["reviewer"]))["errors"] == []
    assert await read(ask, version, people["member"]) == first
    assert len(await trail(database)) == 1


@pytest.mark.parametrize(
    ("who", "given", "code", "path"),
    [
        ("editor", {}, "FORBIDDEN", []),
        ("member", {}, "FORBIDDEN", []),
        ("secretary", {}, "FORBIDDEN", []),
        ("branch admin", {}, "FORBIDDEN", []),
        ("admin", {"sha256": "0" * 64}, "CONFLICT", ["input", "sha256"]),
        ("admin", {"sha256": ""}, "CONFLICT", ["input", "sha256"]),
        ("admin", {"sourceUrl": "https://example.org/"}, "CONFLICT", ["input", "sourceUrl"]),
        (
            "admin",
            {"versionId": global_id("RegulationVersion", 7)},
            "NOT_FOUND",
            ["input", "versionId"],
        ),
        ("admin", {"versionId": global_id("Member", 7)}, "INVALID", ["input", "versionId"]),
    ],
)
async def test_nobody_else_vouches_and_for_no_other_text(
    database, ask, people, version, who, given, code, path
):
    done = await verify(ask, version, people[who], **given)
    assert done == {"version": None, "errors": [{"code": code, "path": path}]}
    assert not (await read(ask, version, people[who]))["isVerified"]
    assert await trail(database) == []


async def test_who_is_signed_out_neither_vouches_nor_reads_names(database, ask, people):
    made = await bring(
        database, "甲", "甲。", imported_by_id=people["editor"].id, audience_key="public"
    )
    version = global_id("RegulationVersion", made.version_id)
    done = await verify(ask, version, NOBODY)
    assert [error["code"] for error in done["errors"]] == ["UNAUTHENTICATED"]
    assert (await read(ask, version, NOBODY))["importedBy"] is None


async def test_a_text_needs_a_source_to_be_compared_with(database, ask, people):
    made = await bring(database, "甲", "甲。")
    version = global_id("RegulationVersion", made.version_id)
    for url, path in [(None, "sourceUrl"), ("ftp://example.org", "sourceUrl")]:
        done = await verify(ask, version, people["editor"], sourceUrl=url)
        assert done["errors"] == [{"code": "INVALID", "path": ["input", path]}]
    assert not (await read(ask, version, people["editor"]))["isVerified"]
    done = await verify(ask, version, people["editor"], sourceUrl=f" {SOURCE} ")
    assert done["version"]["sourceUrl"] == SOURCE
    assert done["version"]["isVerified"]
    assert done["version"]["importedBy"] is None


async def test_a_hidden_text_is_not_there(database, ask, people):
    made = await bring(database, "内部", "甲。", audience_key="org:7", source_url=SOURCE)
    wanted = {"versionId": global_id("RegulationVersion", made.version_id), "sha256": "0" * 64}
    done = (await ask(VERIFY, people["admin"], input=wanted))["verifyRegulationVersion"]
    assert done["errors"] == [{"code": "NOT_FOUND", "path": ["input", "versionId"]}]
