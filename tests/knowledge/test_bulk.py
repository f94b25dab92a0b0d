from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from regulations import TODAY, source
from wordfiles import docx

from app.jobs import Job, JobKind
from app.knowledge import cited, queries
from app.knowledge.bulk import import_paths
from app.knowledge.files import find_files
from app.knowledge.listing import RegulationFilter, regulations_visible
from app.visibility import NOBODY

pytestmark = pytest.mark.anyio


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


async def bring(database, *paths, **options):
    return await import_paths(database, paths, today=TODAY, **{"audience_key": "public", **options})


async def stored(database):
    """Title → category of everything that is there."""
    rows = await regulations_visible(database, NOBODY, RegulationFilter(TODAY), first=100)
    return {row.title: row.category for row in rows}


async def owed(database, kind):
    async with database.transaction() as session:
        jobs = await session.execute(sa.select(Job.subject_id).where(Job.kind == kind))
        return jobs.scalars().all()


def messages(report):
    return [(problem.path.name, problem.line, problem.message) for problem in report.failures]


async def test_word_documents_are_imported_beside_markdown(database, tmp_path):
    write(tmp_path, "学习/学时.docx", docx("学时办法", "第一条 甲。", "第三条 丙。"))
    write(tmp_path, "学习/坏的.DOCX", b"PK")
    write(tmp_path, "学习/~$学时.docx", b"")
    report = await bring(database, tmp_path)
    assert messages(report) == [("坏的.DOCX", 1, "不是完好的 Word 文档（.docx）")]
    assert [(one.path.name, one.line) for one in report.warnings] == [("学时.docx", 3)]
    assert await stored(database) == {"学时办法": "学习"}
    assert (await bring(database, tmp_path)).unchanged == 1


async def test_folders_tell_the_category(database, tmp_path):
    library = tmp_path / "制度汇编"
    write(library, "总章.md", source("总章程", "甲。"))
    write(library, "学习/学时.md", source("学时办法", "甲。"))
    write(library, "学习/外部/外训.md", source("外训办法", "甲。"))
    write(library, "学习/_index.md", "# 目录\n\n不是法规\n")
    write(library, "学习/说明.txt", "不是法规")
    report = await bring(database, library)
    assert messages(report) == []
    assert (report.created, report.articles) == (3, 3)
    assert await stored(database) == {
        "总章程": "制度汇编",
        "学时办法": "学习",
        "外训办法": "学习",
    }


async def test_a_given_category_stands_for_all(database, tmp_path):
    write(tmp_path, "学习/学时.md", source("学时办法", "甲。"))
    await bring(database, tmp_path, category="制度")
    assert await stored(database) == {"学时办法": "制度"}


async def test_a_file_alone_is_filed_under_its_folder(database, tmp_path):
    path = write(tmp_path, "学习/学时.md", source("学时办法", "甲。"))
    await bring(database, path)
    assert await stored(database) == {"学时办法": "学习"}


def test_a_file_that_is_named_twice_is_read_once(tmp_path):
    path = write(tmp_path, "学习/学时.md", "")
    files, problems = find_files([path, tmp_path, path.parent], None)
    assert [file.path for file in files] == [path.parent / "学时.md"]
    assert problems == []


async def test_importing_again_changes_nothing(database, tmp_path):
    write(tmp_path, "学习/学时.md", source("学时办法", "甲。"))
    first = await bring(database, tmp_path)
    jobs = await owed(database, JobKind.INDEX_REGULATION)
    again = await bring(database, tmp_path)
    assert (first.created, first.unchanged) == (1, 0)
    assert (again.created, again.new_versions, again.unchanged) == (0, 0, 1)
    assert await owed(database, JobKind.INDEX_REGULATION) == jobs


async def test_a_day_in_the_name_tells_versions_apart(database, tmp_path):
    for day, text in (("2020-03-01", "旧。"), ("2024-03-01", "新。")):
        write(tmp_path, f"学时办法({day}).md", source("学时办法", text, on=None, effective=None))
    report = await bring(database, tmp_path)
    assert (report.created, report.new_versions) == (1, 1)
    (row,) = await regulations_visible(database, NOBODY, RegulationFilter(TODAY), first=9)
    assert row.promulgated_on == date(2024, 3, 1)


async def test_what_cannot_be_read_is_told_and_holds_back_nothing(database, tmp_path):
    write(tmp_path, "好.md", source("学时办法", "甲。"))
    write(tmp_path, "无正文.md", "# 空的办法\n\n<!-- INFO END -->\n")
    write(tmp_path, "无标题.md", "第一条 甲。\n")
    write(tmp_path, "国标码.md", "# 标题\n\n第一条 甲。".encode("gbk"))
    write(tmp_path, "图片.md", b"\x89PNG\r\n\x1a\n\x00\x00\xff")
    write(tmp_path, "控制符.md", source("学时办法二", "甲。") + "第二条 乙\x00。\n")
    write(tmp_path, "长标题.md", source("长" * 301, "甲。"))
    (tmp_path / "空").mkdir()
    report = await bring(database, tmp_path, tmp_path / "空", tmp_path / "没有")
    assert sorted(messages(report), key=lambda told: told[0]) == [
        (
            "国标码.md",
            None,
            "第 1 行不是 UTF-8，可能是其他编码（如 GBK）的文本，请另存为 UTF-8",
        ),
        (
            "图片.md",
            None,
            "第 1 行不是 UTF-8，可能是二进制文件或 UTF-16 文本，请另存为 UTF-8",
        ),
        ("控制符.md", 10, "含有控制字符"),
        ("无标题.md", 1, "没有标题（以 # 开头的行）"),
        ("无正文.md", 1, "没有正文"),
        ("没有", None, "没有这个文件或文件夹"),
        ("空", None, "文件夹里没有 .md 或 .docx 文件"),
        ("长标题.md", 1, "标题超过 300 个字符"),
    ]
    assert await stored(database) == {"学时办法": tmp_path.name}


async def test_an_audience_that_differs_is_refused_for_that_file_alone(database, tmp_path):
    path = write(tmp_path, "学时.md", source("学时办法", "甲。"))
    await bring(database, path)
    write(tmp_path, "学时.md", source("学时办法", "乙。"))
    write(tmp_path, "外训.md", source("外训办法", "甲。"))
    report = await bring(database, tmp_path, audience_key="everyone")
    assert messages(report) == [("学时.md", None, "《学时办法》的可见范围已定，不能随新版本改变")]
    assert (report.created, report.new_versions) == (1, 0)


async def test_warnings_name_the_line(database, tmp_path):
    write(tmp_path, "学时.md", source("学时办法", "甲。", "第三条 丙。"))
    report = await bring(database, tmp_path)
    path = tmp_path / "学时.md"
    assert [str(warning) for warning in report.warnings] == [
        f"{path}:11：第一条之后是第三条，中间缺号"
    ]
    assert str(report).splitlines()[0] == "新增 1 件，新版本 0 件（共 2 条），未变 0 件，失败 0 处"


async def test_texts_name_each_other_whichever_comes_first(database, tmp_path):
    write(tmp_path, "甲/一.md", source("图书借阅办法", "依照集团差旅条例第一条。"))
    await bring(database, tmp_path)
    write(tmp_path, "甲/二.md", source("会议办法", "依照集团差旅条例第一条。"))
    write(tmp_path, "甲/三.md", source("集团差旅条例", "依照会议办法第一条。"))
    await bring(database, tmp_path)
    rows = await regulations_visible(database, NOBODY, RegulationFilter(TODAY), first=9)
    keys = [row.current_version_id for row in rows]
    texts = await queries.articles(database, keys, first=9, offset=0)
    articles = {row.citation: row.id for found in texts.values() for row in found}
    found = await cited.cited_by(database, NOBODY, list(articles.values()), first=9, after=0)
    assert {
        citation: {row.citation for row in found[key]} for citation, key in articles.items()
    } == {
        "《图书借阅办法》第一条": set(),
        "《会议办法》第一条": {"《集团差旅条例》第一条"},
        "《集团差旅条例》第一条": {"《图书借阅办法》第一条", "《会议办法》第一条"},
    }
    assert await owed(database, JobKind.LINK_CITATIONS) == []


async def test_progress_counts_files_to_the_last(database, tmp_path):
    for number in range(53):
        write(tmp_path, f"{number}.md", source(f"办法第{number}号", "甲。"))
    told = []
    await bring(database, tmp_path, progress=lambda done, total: told.append((done, total)))
    assert told == [(50, 53), (53, 53)]


async def test_nothing_to_import_is_told(database):
    report = await bring(database, Path("nowhere"))
    assert str(report) == (
        "新增 0 件，新版本 0 件（共 0 条），未变 0 件，失败 1 处\n"
        "[失败] nowhere：没有这个文件或文件夹"
    )
