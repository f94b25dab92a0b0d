"""Reading one regulation from a Word document (DOCX): its paragraphs become lines of Markdown."""

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from mammoth import documents, docx

from app.knowledge.bounds import check_text
from app.knowledge.reading.header import may_stand_in_header
from app.knowledge.reading.lines import clean
from app.knowledge.reading.markdown import END_OF_HEADER, parse_regulation
from app.knowledge.reading.parsed import ParsedRegulation, Problem, UnreadableRegulation

_MOST_PARTS = 2_000
_LARGEST_PART = 8_000_000
#: Tags and attributes of a part: each takes about a kilobyte once read, and a tenth of a
#: millisecond. The longest statutes need half of it.
_MOST_MARKS = 200_000
_TEXT_PARTS = re.compile(r"(?:\[Content_Types\]\.xml|_rels/\.rels|word/[^/]+\.xml|word/_rels/.+)")
_HEADING = re.compile(r"heading (?P<level>[1-9])", re.IGNORECASE)
_CONTENTS = re.compile(r"toc( \d| ?heading)", re.IGNORECASE)
_TITLE = "# "
_NOT_A_DOCUMENT = "不是完好的 Word 文档（.docx）"


class _Paragraph(NamedTuple):
    """A line of a paragraph that is not empty, and the number of the paragraph, from 1."""

    number: int
    line: str


def parse_docx(data: bytes, *, name: str = "", category: str = "") -> ParsedRegulation:
    """Read a regulation from the bytes of a DOCX; problems count its paragraphs with text.

    The title is the paragraph of the style Title, else the first. Headings are told by style or by
    their words, all else as in Markdown. ``UnreadableRegulation`` where it is no such document,
    holds what a text cannot (automatic numbers, pictures), or what Markdown would not be read from.
    """
    paragraphs = _with_title_first(_Reader().read(_document(data)))
    lines = list(_with_end_of_header(paragraphs))
    text = "\n".join(one.line for one in lines)
    try:
        check_text(text)
        parsed = parse_regulation(text, name=name, category=category)
    except UnreadableRegulation as refusal:
        raise UnreadableRegulation(_by_paragraph(refusal.problems, lines), "docx") from None
    return dataclasses.replace(parsed, problems=_by_paragraph(parsed.problems, lines))


def _document(data: bytes) -> Any:
    """The document as mammoth reads it, from nothing but the text parts."""
    try:
        # No name, and no access to files: what the document refers to is not fetched.
        return docx.read(io.BytesIO(_text_parts(data)), external_file_access=False).value
    except UnreadableRegulation:
        raise
    except Exception:  # noqa: BLE001  whatever hostile bytes make of two parsers
        raise _unreadable(_NOT_A_DOCUMENT) from None


def _text_parts(data: bytes) -> bytes:
    """A package of those parts that text is read from, each of them bounded and without DTD."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as package, zipfile.ZipFile(kept, "w") as copy:
        if len(package.infolist()) > _MOST_PARTS:
            raise _unreadable("文档的组成部分太多")
        for part in package.infolist():
            if _TEXT_PARTS.fullmatch(part.filename):
                copy.writestr(part.filename, _checked(package, part))
    return kept.getvalue()


def _checked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    # Reading ends at the size that the package tells, whatever comes out of its compression.
    if part.file_size > _LARGEST_PART:
        raise _unreadable("文档太大，请分成几个文件")
    text = package.read(part)
    if text.count(b"<") + text.count(b"=") > _MOST_MARKS:
        raise _unreadable("文档太大，请分成几个文件")
    # Entities swell and reach out; no word processor declares any. NUL: not in UTF-8, so hidden.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
        raise _unreadable(_NOT_A_DOCUMENT)
    return text


class _Reader:
    """Goes through a document in order, and notes what a text cannot hold."""

    def __init__(self) -> None:
        self._number = 0
        self._problems: list[Problem] = []

    def read(self, document: Any) -> list[_Paragraph]:
        """The paragraphs of the document."""
        found = [each for child in document.children for each in self._paragraphs(child)]
        if self._problems:
            raise UnreadableRegulation(tuple(self._problems), "docx")
        return found

    def _paragraphs(self, element: Any) -> Iterator[_Paragraph]:
        if isinstance(element, documents.Paragraph):
            yield from self._lines(element)
        elif isinstance(element, documents.Table):
            for row in element.children:
                self._number += 1
                cells = [" ".join(_text(cell).split()) for cell in row.children]
                yield _Paragraph(self._number, f"| {' | '.join(cells)} |")
                self._note_pictures(row)
        else:
            for child in getattr(element, "children", ()):
                yield from self._paragraphs(child)

    def _lines(self, paragraph: Any) -> Iterator[_Paragraph]:
        lines = [line for raw in _text(paragraph).split("\n") if (line := clean(raw))]
        style = paragraph.style_name or ""
        if _CONTENTS.match(style) or [line.replace(" ", "") for line in lines] == ["目录"]:
            return
        if not lines and not _holds_picture(paragraph):
            return
        self._number += 1
        self._note_pictures(paragraph)
        if paragraph.numbering is not None:
            self._note("使用了自动编号，请先转换为普通文字")
        if any(line.startswith("#") or "<!--" in line for line in lines):
            self._note("含有不能导入的标记（# 或 <!--）")
        if lines and (mark := _mark(style)):
            lines = [mark + ("" if mark == _TITLE else " ").join(lines)]
        yield from (_Paragraph(self._number, line) for line in lines)

    def _note_pictures(self, element: Any) -> None:
        if _holds_picture(element):
            self._note("含有图片，图片里的文字无法导入")

    def _note(self, message: str) -> None:
        self._problems.append(Problem(self._number, message, "段"))


def _mark(style: str) -> str:
    """What in Markdown stands before a line of this style."""
    if style.lower() == "title":
        return _TITLE
    heading = _HEADING.match(style)
    return "#" * (int(heading["level"]) + 1) + " " if heading else ""


def _text(element: Any) -> str:
    match element:
        case documents.Text():
            return str(element.value)
        case documents.Tab():
            return " "
        case documents.Break():
            return "\n"
    return "".join(_text(child) for child in getattr(element, "children", ()))


def _holds_picture(element: Any) -> bool:
    if isinstance(element, documents.Image):
        return True
    return any(_holds_picture(child) for child in getattr(element, "children", ()))


def _with_title_first(paragraphs: list[_Paragraph]) -> list[_Paragraph]:
    """The title, marked as such, before what stands above it (a number, who issued it)."""
    if not paragraphs:
        raise _unreadable("文档里没有文字")
    titled = (i for i, one in enumerate(paragraphs) if one.line.startswith(_TITLE))
    at = next(titled, 0)
    title = paragraphs[at]
    marked = title._replace(line=f"{_TITLE}{title.line.lstrip('# ')}")
    return [marked, *paragraphs[:at], *paragraphs[at + 1 :]]


def _with_end_of_header(paragraphs: Iterable[_Paragraph]) -> Iterator[_Paragraph]:
    ended = False
    for one in paragraphs:
        if not (ended or may_stand_in_header(one.line)):
            ended = True
            yield _Paragraph(one.number, END_OF_HEADER)
        yield one


def _by_paragraph(problems: Iterable[Problem], lines: list[_Paragraph]) -> tuple[Problem, ...]:
    return tuple(Problem(lines[one.line - 1].number, one.message, "段") for one in problems)


def _unreadable(message: str) -> UnreadableRegulation:
    return UnreadableRegulation((Problem(1, message, "段"),), "docx")
