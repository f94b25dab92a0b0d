"""Reading one regulation from its Markdown text."""

from app.knowledge.reading.body import read_articles
from app.knowledge.reading.days import VersionDays
from app.knowledge.reading.front_matter import split_front_matter
from app.knowledge.reading.header import may_stand_in_header, read_header
from app.knowledge.reading.issuers import find_issuer
from app.knowledge.reading.lines import Line, visible_lines
from app.knowledge.reading.parsed import (
    ParsedArticle,
    ParsedRegulation,
    Problem,
    UnreadableRegulation,
)
from app.knowledge.rules import short_title, split_edition, text_sha256

END_OF_HEADER = "<!-- INFO END -->"


def parse_regulation(text: str, *, name: str = "", category: str = "") -> ParsedRegulation:
    """Read a regulation: a head with title and dates, then headings and articles.

    ``name`` is the source's base name without its ending; ``某条例(2021-03-15)`` tells the day of
    promulgation. ``category`` is the folder it lies in; below 部门规章 the next folder names the
    issuer (``部门规章/公安部``). Raises ``UnreadableRegulation`` where title or body is missing.
    """
    fields, lines, problems = split_front_matter(list(visible_lines(text)))
    head, body, missing_marker = _part(lines)
    header = read_header(head)
    title, edition = split_edition(fields.get("title") or next(iter(header.titles), ""))
    subtitle = header.titles[1] if len(header.titles) > 1 else None
    articles, body_problems = read_articles(body, *([subtitle] if subtitle else []))
    _refuse_what_is_empty(title, articles, body=body)
    days = VersionDays(fields, header, articles)
    promulgated_on = days.promulgated_on(name)
    effective_on = days.effective_on(promulgated_on)
    category, _, folder = category.partition("/")
    problems += [*missing_marker, *header.problems, *days.problems, *body_problems]
    return ParsedRegulation(
        title=title,
        subtitle=subtitle,
        short_title=short_title(title),
        edition=edition,
        category=category,
        issuer=fields.get("issuer")
        or find_issuer(category, title, history=header.events, folder=folder or None),
        document_number=fields.get("document_number") or header.document_number,
        promulgated_on=promulgated_on,
        effective_on=effective_on,
        history=tuple(header.events),
        notes=header.plain_notes(),
        source=fields.get("source") or header.source,
        articles=tuple(articles),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        sha256=text_sha256(text),
    )


def _part(lines: list[Line]) -> tuple[list[Line], list[Line], list[Problem]]:
    """Part head and body at the marker, or at the first line that no head can hold."""
    for index, line in enumerate(lines):
        if line.text == END_OF_HEADER:
            return lines[:index], lines[index + 1 :], []
    index = next((i for i, x in enumerate(lines) if not may_stand_in_header(x.text)), len(lines))
    first = lines[index].number if index < len(lines) else 1
    problem = Problem(first, f"没有 {END_OF_HEADER} 行，正文从这里算起")
    return lines[:index], lines[index:], [problem]


def _refuse_what_is_empty(title: str, articles: list[ParsedArticle], *, body: list[Line]) -> None:
    problems = []
    if not title:
        problems.append(Problem(1, "没有标题（以 # 开头的行）"))
    if not any(article.text for article in articles):
        problems.append(Problem(body[0].number if body else 1, "没有正文"))
    if problems:
        raise UnreadableRegulation(tuple(problems))
