import base64

import pytest
import sqlalchemy as sa
from group import global_id
from regulations import source
from wordfiles import docx, paragraph

from app.jobs import Job
from app.knowledge.models import RegulationVersion
from app.members.actions import enrol
from app.organizations.actions import found
from app.organizations.models import OrganizationKind
from app.visibility import NOBODY, Grant, Role, Viewer

pytestmark = pytest.mark.anyio

ELSEWHERE = Viewer(2, 8, "/1/8/")

IMPORT = """
mutation ($input: ImportRegulationInput!) {
  importRegulation(input: $input) {
    regulation { title category status versions { articleCount sourceUrl } }
    warnings
    errors { code message path }
  }
}
"""


@pytest.fixture
async def keepers(database):
    """The root organization, a branch, and viewers by what they hold where."""
    async with database.transaction() as session:
        top = await found(session, "集团党委", OrganizationKind.COMMITTEE)
        branch = await found(session, "一支部", OrganizationKind.BRANCH, parent_id=top.id)
        member = await enrol(
            session, "王宁", "wangning", password_hash="-", organization_id=branch.id
        )

    def viewer(role, organization):
        grants = (Grant(role, organization.id, organization.path),)
        return Viewer(member.id, branch.id, branch.path, grants=grants)

    return {
        "branch": branch,
        "member": Viewer(member.id, branch.id, branch.path),
        "admin": viewer(Role.ADMIN, top),
        "editor": viewer(Role.EDITOR, top),
        "reviewer": viewer(Role.REVIEWER, top),
        "branch admin": viewer(Role.ADMIN, branch),
    }


async def stored(database):
    """How many versions and jobs there are."""
    async with database.transaction() as session:
        return [
            (await session.execute(sa.select(sa.func.count(key)))).scalar_one()
            for key in (RegulationVersion.id, Job.id)
        ]


@pytest.mark.parametrize("who", ["admin", "editor"])
async def test_a_keeper_imports_a_text_and_then_another_wording(database, ask, keepers, who):
    given = {"markdown": source("图书借阅办法", "每次三册。", "第三条 丙。"), "category": " 制度 "}
    made = await ask(IMPORT, keepers[who], input=given)
    assert made["importRegulation"] == {
        "regulation": {
            "title": "图书借阅办法",
            "category": "制度",
            "status": "IN_FORCE",
            "versions": [{"articleCount": 2, "sourceUrl": None}],
        },
        "warnings": ["第 11 行：第一条之后是第三条，中间缺号"],
        "errors": [],
    }
    given["markdown"] = source("图书借阅办法", "每次五册。", on="2021年1月1日")
    given["sourceUrl"] = "https://example.org/b"
    made = await ask(IMPORT, keepers[who], input=given)
    assert made["importRegulation"]["regulation"]["versions"] == [
        {"articleCount": 1, "sourceUrl": "https://example.org/b"},
        {"articleCount": 2, "sourceUrl": None},
    ]
    before = await stored(database)
    again = await ask(IMPORT, keepers[who], input=given)
    assert again["importRegulation"]["errors"] == []
    assert await stored(database) == before


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (None, "UNAUTHENTICATED"),
        ("member", "FORBIDDEN"),
        ("reviewer", "FORBIDDEN"),
        ("branch admin", "FORBIDDEN"),
    ],
)
async def test_others_import_nothing(database, ask, keepers, who, code):
    given = {"markdown": source("图书借阅办法", "甲。"), "category": "制度"}
    made = await ask(IMPORT, keepers[who] if who else NOBODY, input=given)
    assert made["importRegulation"]["regulation"] is None
    assert [error["code"] for error in made["importRegulation"]["errors"]] == [code]
    assert await stored(database) == [0, 0]


def in_base64(data):
    return base64.b64encode(data).decode()


async def test_a_keeper_imports_a_word_document(database, ask, keepers):
    document = docx("图书借阅办法", "2020年3月1日 集团党委印发", "第一条 甲。", "第三条 丙。")
    given = {"docx": in_base64(document), "category": "制度"}
    made = await ask(IMPORT, keepers["editor"], input=given)
    assert made["importRegulation"] == {
        "regulation": {
            "title": "图书借阅办法",
            "category": "制度",
            "status": "IN_FORCE",
            "versions": [{"articleCount": 2, "sourceUrl": None}],
        },
        "warnings": ["第 4 段：第一条之后是第三条，中间缺号"],
        "errors": [],
    }
    before = await stored(database)
    await ask(IMPORT, keepers["editor"], input=given)
    assert await stored(database) == before


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({}, "请在 markdown、docx、uploadId 中只选一种", ["input"]),
        ({"docx": "", "markdown": ""}, "请在 markdown、docx、uploadId 中只选一种", ["input"]),
        ({"docx": "办法"}, "文件应为 Base64 编码", ["input", "docx"]),
        (
            {"docx": in_base64(docx("办法", paragraph("甲。", numbered=True)))},
            "第 2 段：使用了自动编号，请先转换为普通文字",
            ["input", "docx"],
        ),
    ],
)
async def test_a_document_that_cannot_be_read_leaves_nothing(
    database, ask, keepers, given, message, path
):
    made = await ask(IMPORT, keepers["admin"], input=given | {"category": "制度"})
    assert made["importRegulation"] == {
        "regulation": None,
        "warnings": [],
        "errors": [{"code": "INVALID", "message": message, "path": path}],
    }
    assert await stored(database) == [0, 0]


TEXT = source("图书借阅办法", "甲。")


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({"category": ""}, "类别应为 1 到 60 个字符", ["input", "category"]),
        ({"category": "类" * 61}, "类别应为 1 到 60 个字符", ["input", "category"]),
        ({"category": "甲/乙"}, "类别不能含“/”、换行和控制字符", ["input", "category"]),
        ({"category": "甲\n乙"}, "类别不能含“/”、换行和控制字符", ["input", "category"]),
        (
            {"markdown": "字" * 2_000_001},
            "第 1 行：全文超过 2,000,000 个字符",
            ["input", "markdown"],
        ),
        ({"markdown": ""}, "第 1 行：没有标题（以 # 开头的行）；第 1 行：没有正文", None),
        ({"markdown": "# 办法\n第一条 甲\0。"}, "第 2 行：含有控制字符", None),
        (
            {"markdown": "# 办法\r\n\x1b\r\n\x7f"},
            "第 2 行：含有控制字符；第 3 行：含有控制字符",
            None,
        ),
        (
            {"sourceUrl": "ftp://example.org"},
            "来源网址应以 https:// 或 http:// 开头，不含空白",
            ["input", "sourceUrl"],
        ),
        (
            {"sourceUrl": "https://example.org/" + "a" * 500},
            "来源网址不能超过 500 个字符",
            ["input", "sourceUrl"],
        ),
        (
            {"audience": {"scope": "SUBTREE"}},
            "请指定存在的组织",
            ["input", "audience", "organizationId"],
        ),
        (
            {"audience": {"scope": "ORGANIZATION", "organizationId": global_id("Member", 1)}},
            "此处需要 Organization 的 ID",
            ["input", "audience", "organizationId"],
        ),
        (
            {"audience": {"scope": "SUBTREE", "organizationId": global_id("Organization", 404)}},
            "请指定存在的组织",
            ["input", "audience", "organizationId"],
        ),
    ],
)
async def test_input_that_is_wrong_is_refused_by_name(database, ask, keepers, given, message, path):
    given = {"markdown": TEXT, "category": "制度"} | given
    made = await ask(IMPORT, keepers["admin"], input=given)
    assert made["importRegulation"] == {
        "regulation": None,
        "warnings": [],
        "errors": [{"code": "INVALID", "message": message, "path": path or ["input", "markdown"]}],
    }
    assert await stored(database) == [0, 0]


async def test_a_text_for_one_subtree_shows_there_alone(database, ask, keepers):
    branch = keepers["branch"]
    audience = {"scope": "SUBTREE", "organizationId": global_id("Organization", branch.id)}
    given = {"markdown": TEXT, "category": "制度", "audience": audience}
    made = await ask(IMPORT, keepers["admin"], input=given)
    assert made["importRegulation"]["regulation"]["title"] == "图书借阅办法"
    listing = "{ regulations { nodes { title } } }"
    seen = await ask(listing, keepers["member"])
    assert seen["regulations"]["nodes"] == [{"title": "图书借阅办法"}]
    assert (await ask(listing, ELSEWHERE))["regulations"]["nodes"] == []
    given |= {"audience": {"scope": "PUBLIC"}, "markdown": source("图书借阅办法", "乙。")}
    before = await stored(database)
    refused = await ask(IMPORT, keepers["admin"], input=given)
    assert [error["code"] for error in refused["importRegulation"]["errors"]] == ["CONFLICT"]
    assert await stored(database) == before
