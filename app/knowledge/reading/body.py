"""The body of a source text: its articles, each under its headings, with nothing lost."""

import dataclasses
from collections.abc import Iterable
from typing import NamedTuple

from app.knowledge.reading.article_marks import ArticleMarks, opens_article
from app.knowledge.reading.item_marks import ItemMarks
from app.knowledge.reading.lines import Line, without_comments
from app.knowledge.reading.marks import Marks, Piece
from app.knowledge.reading.outline import Outline, is_unmarked_heading
from app.knowledge.reading.parsed import ParsedArticle, Problem


def read_articles(lines: list[Line], *outermost: str) -> tuple[list[ParsedArticle], list[Problem]]:
    """Part body lines into articles, under ``outermost`` headings that the title adds."""
    texts = [Line(line.number, text) for line in lines if (text := without_comments(line.text))]
    marks: Marks = ArticleMarks() if any(opens_article(t.text) for t in texts) else ItemMarks()
    reader = _Reader(marks, Outline(*outermost))
    for line in texts:
        reader.read(line)
    reader.close()
    problems = [*reader.problems, *numbering_problems(reader.articles)]
    return reader.articles, sorted(problems, key=lambda problem: problem.line)


@dataclasses.dataclass(slots=True)
class _Open:
    """An article whose end has not come yet."""

    piece: Piece
    path: tuple[str, ...]
    line: int
    paragraphs: list[str]


class _Heading(NamedTuple):
    """A heading, as printed, and the path that leads to what stands below it."""

    line: Line
    path: tuple[str, ...]


class _Reader:
    """Collects articles line by line."""

    def __init__(self, marks: Marks, outline: Outline) -> None:
        self.articles: list[ParsedArticle] = []
        self.problems: list[Problem] = []
        self._marks = marks
        self._outline = outline
        self._level = 2
        self._headings: list[_Heading] = []
        self._article: _Open | None = None

    def read(self, line: Line) -> None:
        """Take in the next line: a heading, or a piece of one or several articles."""
        title = line.text.lstrip("#").strip()
        if line.text.startswith("#"):
            self._level = len(line.text) - len(line.text.lstrip("#"))
            self._read_heading(Line(line.number, title))
        elif is_unmarked_heading(title) or self._marks.is_heading(title):
            self._read_heading(line)
        else:
            for piece in self._marks.split(line.text):
                self._read_piece(line.number, piece)

    def close(self) -> None:
        """End the last article, and keep headings that have nothing below them as text.

        A table of contents is no loss: its headings come again, above their articles.
        """
        self._end_article()
        used = {part for article in self.articles for part in article.path}
        for line, path in self._headings:
            if path[-1] not in used:
                self.problems.append(Problem(line.number, f"标题下没有正文：{line.text[:40]}"))
                self.articles.append(ParsedArticle(None, None, path[:-1], line.text, line.number))
        self.articles.sort(key=lambda article: article.line)

    def _read_heading(self, line: Line) -> None:
        if line.text:
            self._end_article()
            self._marks.enter(line.text)
            self._outline.enter(line.text, self._level)
            self._headings.append(_Heading(line, self._outline.path))

    def _read_piece(self, line: int, piece: Piece) -> None:
        if piece.label is not None or self._article is None:
            self._end_article()
            if piece.leaves_heading:
                self._outline.leave()
            self._article = _Open(piece, self._outline.path, line, [])
        if piece.text:
            self._article.paragraphs.append(piece.text)

    def _end_article(self) -> None:
        article, self._article = self._article, None
        if article is None:
            return
        if not article.paragraphs:
            self.problems.append(Problem(article.line, f"{article.piece.label}没有正文"))
        number = article.piece.number
        self.articles.append(
            ParsedArticle(
                label=article.piece.label,
                number=number.number if number else None,
                path=article.path,
                text="\n".join(article.paragraphs),
                line=article.line,
                suffix=number.suffix if number else 0,
            )
        )


def numbering_problems(articles: Iterable[ParsedArticle]) -> list[Problem]:
    """Warn of each article whose number does not follow from the one before it."""
    problems = []
    last: ParsedArticle | None = None
    for article in articles:
        if article.article_number is None:
            continue
        if last is not None and (message := _break_between(last, article)):
            problems.append(Problem(article.line, message))
        last = article
    return problems


def _break_between(last: ParsedArticle, article: ParsedArticle) -> str | None:
    before, after = last.article_number, article.article_number
    if before is None or after is None or after.follows(before):
        return None
    if after == before:
        return f"{article.label}重复出现"
    if _style(article) != _style(last) or (article.path != last.path and after.number == 1):
        return None
    if after < before:
        return f"{article.label}排在{last.label}之后"
    return f"{last.label}之后是{article.label}，中间缺号"


def _style(article: ParsedArticle) -> str:
    """How it is counted: by 条, or by the mark after an item's number."""
    label = article.label or ""
    return "条" if "条" in label else label[-1:]
