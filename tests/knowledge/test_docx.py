"""Regulations read from Word documents."""

import contextlib
import tracemalloc
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from regulations import source
from wordfiles import PICTURE, docx, paragraph, table

from app.knowledge.reading.docx import parse_docx
from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import UnreadableRegulation

HEAD = ("2020年3月1日 集团党委印发", "2020年5月1日 施行")


def problems(data):
    with pytest.raises(UnreadableRegulation) as refused:
        parse_docx(data, category="制度")
    assert refused.value.path == ("input", "docx")
    return refused.value.message


def test_a_document_reads_as_its_markdown_does():
    read = parse_docx(
        docx(
            paragraph("图书借阅办法", "Title"),
            "",
            *HEAD,
            paragraph("第一章　总 则", "heading 1"),
            "第一条 目的。",
            "第二条 每次三册：",
            "（一）期刊；\n（二）地图。",
            table(["种类", "册数"], ["期刊", "三"]),
        ),
        category="制度",
    )
    written = source(
        "图书借阅办法",
        "## 第一章 总则",
        "第一条 目的。",
        "第二条 每次三册：\n（一）期刊；\n（二）地图。\n| 种类 | 册数 |\n| 期刊 | 三 |",
    )
    expected = parse_regulation(written, category="制度")
    told = [(one.label, one.number, one.path, one.text) for one in read.articles]
    assert told == [(one.label, one.number, one.path, one.text) for one in expected.articles]
    assert (read.title, read.effective_on, read.issuer) == (
        "图书借阅办法",
        date(2020, 5, 1),
        expected.issuer,
    )
    assert read.problems == ()


def test_a_document_without_styles_reads_by_its_words():
    read = parse_docx(docx("图书借阅办法", *HEAD, "目  录", "第一章 总则", "第一条 目的。"))
    assert read.title == "图书借阅办法"
    assert [(one.label, one.path) for one in read.articles] == [("第一条", ("第一章 总则",))]


def test_a_title_may_be_broken_and_have_lines_above_it():
    read = parse_docx(
        docx(
            "集党发〔2020〕5号",
            paragraph("集团图书\n借阅办法", "Title"),
            paragraph("第一章 总则 1", "toc 1"),
            "第一条 目的。",
        )
    )
    assert (read.title, read.document_number) == ("集团图书借阅办法", "集党发〔2020〕5号")
    assert [one.text for one in read.articles] == ["目的。"]


def test_what_looks_odd_is_told_by_paragraph():
    read = parse_docx(docx("办法", *HEAD, "第一条 甲。", "", "第三条 乙。"))
    assert [str(one) for one in read.problems] == ["第 5 段：第一条之后是第三条，中间缺号"]


def test_what_a_text_cannot_hold_is_refused_by_paragraph():
    assert problems(
        docx("办法", paragraph("甲。", numbered=True), "第一条 乙。", PICTURE, "# 丙", "见 <!-- 丁")
    ) == (
        "第 2 段：使用了自动编号，请先转换为普通文字；"
        "第 4 段：含有图片，图片里的文字无法导入；"
        "第 5 段：含有不能导入的标记（# 或 <!--）；"
        "第 6 段：含有不能导入的标记（# 或 <!--）"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "不是完好的 Word 文档"),
        (b"PK\x03\x04 and no more", "不是完好的 Word 文档"),
        (docx("办法", "第一条 甲。")[:-60], "不是完好的 Word 文档"),
        (docx("办法", **{"word/document.xml": "<no"}), "不是完好的 Word 文档"),
        (docx("办法", **{"word/document.xml": "<a>" * 5000 + "</a>" * 5000}), "不是完好的"),
        (docx(), "文档里没有文字"),
        (docx("办法"), "没有正文"),
        (docx("办法", head='<!DOCTYPE w [<!ENTITY a "b">]>'), "不是完好的 Word 文档"),
        (
            docx("办法", **{"word/styles.xml": "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"}),
            "不是",
        ),
        (docx("办法", **{"word/document.xml": "<a/>".encode("utf-16")}), "不是完好的 Word 文档"),
        (docx("办法", **{f"word/{n}.bin": "" for n in range(2_000)}), "组成部分太多"),
        (docx("办法", **{"word/document.xml": "<a/>" * 200_001}), "文档太大"),
        (docx("办法", **{"word/styles.xml": " " * 8_000_001}), "文档太大"),
    ],
)
def test_what_is_no_document_is_refused(data, message):
    assert message in problems(data)


def test_a_part_that_unfolds_to_much_is_not_unfolded():
    bomb = docx("办法", **{"word/document.xml": b"\0" * 50_000_000})
    assert len(bomb) < 100_000
    tracemalloc.start()
    try:
        assert "文档太大" in problems(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_what_no_text_is_read_from_is_not_read():
    read = parse_docx(docx("办法", "第一条 甲。", **{"word/media/a.png": b"\0" * 20_000_000}))
    assert [one.text for one in read.articles] == ["甲。"]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_bytes_that_were_damaged_are_read_or_refused(data):
    whole = bytearray(docx("办法", *HEAD, "第一条 甲。", "第二条 乙。"))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(UnreadableRegulation):
        assert parse_docx(bytes(whole)).articles
