"""A Word document that is larger than a request may be: uploaded first, then imported."""

import io
import random
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building
from pixels import encoded, picture
from uploading import Sending
from wordfiles import docx, paragraph

from app.knowledge.models import RegulationVersion
from app.uploads.models import Upload
from app.uploads.rules import ALLOWED
from app.visibility import Role
from media import sweeping
from media.sweeping import QUARANTINED
from media.workshop import Workshop
from resolvers.request_body import LARGEST_BODY

pytestmark = pytest.mark.anyio

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
DOCUMENT = {"filename": "办法.docx", "content_type": WORD, "purpose": "DOCUMENT"}
IMPORT = """
mutation ($id: ID, $docx: String) {
  importRegulation(input: { uploadId: $id, docx: $docx, category: "制度" }) {
    regulation { title versions { articleCount } } warnings errors { code message path } } }
"""


@pytest.fixture
async def group(database):
    """An editor of the whole group, another, and a member."""
    async with building(database) as made:
        top = await made.organization("集团党委")
        editors = [await made.member(top), await made.member(top)]
        for editor in editors:
            await made.grant(editor, Role.EDITOR, top)
        return (*editors, await made.member(top))


@pytest.fixture
def sending(ask, group):
    return Sending(ask, group[0])


def large():
    """A document of more bytes than a request may have; a thumbnail takes most of them."""
    file = io.BytesIO(docx("图书借阅办法", *(f"第{n}条 借期三十日。" for n in range(1, 200))))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr("docProps/thumbnail.jpeg", random.Random(1).randbytes(LARGEST_BODY))
    return file.getvalue()


async def imported(ask, viewer, upload, **more):
    answer = await ask(IMPORT, viewer, id=upload["id"], **more)
    return answer["importRegulation"]


async def count(database, table):
    async with database.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(table))


async def refused(ask, viewer, upload, **more):
    """The one refusal of an import, which changed nothing."""
    answer = await imported(ask, viewer, upload, **more)
    assert answer["regulation"] is None
    assert await count(ask.database, RegulationVersion) == 0
    [error] = answer["errors"]
    return error["code"], error["message"], error["path"]


async def test_an_uploaded_document_is_imported_as_often_as_one_likes(ask, sending):
    done = await sending.all(large(), **DOCUMENT)
    assert (done["state"], done["progress"], done["asset"]) == ("READY", 100, None)
    for _ in range(2):
        answer = await imported(ask, sending.member, done)
        assert answer == {
            "regulation": {"title": "图书借阅办法", "versions": [{"articleCount": 199}]},
            "warnings": [],
            "errors": [],
        }
    assert await count(ask.database, RegulationVersion) == 1


async def test_only_ones_own_document_that_has_come_is_imported(ask, sending, group):
    data = docx("图书借阅办法", "第一条 甲。")
    upload = (await sending.request(len(data), **DOCUMENT))["upload"]
    path = ["input", "uploadId"]
    await sending.send(upload, data)
    told = await refused(ask, group[0], upload)
    assert told == ("CONFLICT", "文件尚未上传完成", path)
    assert (await sending.complete(upload))["upload"]["state"] == "READY"
    assert await refused(ask, group[1], upload) == ("NOT_FOUND", "上传不存在", path)
    told = await refused(ask, group[2], upload)
    assert told == ("FORBIDDEN", "只有集团的管理员或编辑可以导入法规", [])
    told = await refused(ask, group[0], upload, docx="")
    assert told == ("INVALID", "请在 markdown、docx、uploadId 中只选一种", ["input"])
    photo = await sending.all(encoded(picture()))
    assert await refused(ask, group[0], photo) == ("INVALID", "上传的不是文档", path)


async def test_a_document_that_cannot_be_read_is_refused_by_its_upload(ask, sending):
    path = ["input", "uploadId"]
    done = await sending.all(b"<html>", **DOCUMENT)
    told = await refused(ask, sending.member, done)
    assert told == ("INVALID", "第 1 段：不是完好的 Word 文档（.docx）", path)
    done = await sending.all(docx("办法", paragraph("甲。", numbered=True)), **DOCUMENT)
    told = await refused(ask, sending.member, done)
    assert told == ("INVALID", "第 2 段：使用了自动编号，请先转换为普通文字", path)


async def test_leave_to_send_a_document_is_for_who_may_import_it(ask, group, sending, database):
    size = ALLOWED["DOCUMENT"].max_bytes
    for sender, given, code in (
        (Sending(ask, group[2]), {}, "FORBIDDEN"),
        (sending, {"content_type": "application/msword"}, "UNSUPPORTED_MEDIA"),
        (sending, {"size": size + 1}, "TOO_LARGE"),
    ):
        answer = await sender.request(**{"size": size, **DOCUMENT, **given})
        assert [error["code"] for error in answer["errors"]] == [code]
    assert await count(database, Upload) == 0
    assert (await sending.request(size, **DOCUMENT))["errors"] == []


async def test_a_document_is_kept_for_three_days(ask, sending, platform, monkeypatch, tmp_path):
    data = docx("办法", "第一条 甲。")
    done = await sending.all(data, **DOCUMENT)
    photo = await sending.all(encoded(picture()))
    shop = Workshop(platform.database, platform.media, tmp_path)
    await sweeping.sweep(shop)
    assert (await sending.look(done))["state"] == "READY"
    async with platform.database.transaction() as session:
        key = await session.scalar(
            sa.select(Upload.object_key).where(Upload.byte_size == len(data))
        )
    assert await platform.media.size(key) == len(data)
    at = sweeping.now()
    monkeypatch.setattr(sweeping, "now", lambda: at + QUARANTINED + timedelta(hours=1))
    await sweeping.sweep(shop)
    assert await platform.media.size(key) is None
    assert await sending.look(done) is None
    assert (await sending.look(photo))["state"] == "READY"
    assert await refused(ask, sending.member, done) == (
        "NOT_FOUND",
        "上传不存在",
        ["input", "uploadId"],
    )
