"""What reading a regulation's text yields, before anything is stored."""

import dataclasses
from datetime import date

from app.errors import Invalid
from app.knowledge.numerals import ArticleNumber


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a text: its line, counted from 1, and what is odd, in Chinese.

    ``unit`` is what is counted: of a Word document, paragraphs.
    """

    line: int
    message: str
    unit: str = "行"

    def __str__(self) -> str:
        return f"第 {self.line} {self.unit}：{self.message}"


class UnreadableRegulation(Invalid):
    """Nothing can be imported from a text; ``problems`` say why, line by line."""

    def __init__(self, problems: tuple[Problem, ...], field: str = "markdown") -> None:
        super().__init__("；".join(map(str, problems)), "input", field)
        self.problems = problems


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """A day in a regulation's history; the text is empty where the source gives the day alone."""

    date: date
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedArticle:
    """One article, or a piece of text outside any article (``label`` and ``number`` are None).

    ``label`` is what the source prints (``第十二条之一``, and ``一、`` or ``1.`` where it counts
    items), ``number`` and ``suffix`` its value (12 and 1), ``path`` the headings above it, the
    outermost first. ``text`` has one paragraph a line, without the label; ``line`` counts from 1.
    """

    label: str | None
    number: int | None
    path: tuple[str, ...]
    text: str
    line: int
    suffix: int = 0

    @property
    def article_number(self) -> ArticleNumber | None:
        """The number in the form in which citations name it."""
        return None if self.number is None else ArticleNumber(self.number, self.suffix)


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedRegulation:
    """One version of a regulation, as its source text tells it.

    ``edition`` is what a title adds in brackets to name the version (``2018年修订``); ``notes`` are
    the lines of the header that are neither title nor dated; ``problems`` are warnings.
    """

    title: str
    subtitle: str | None
    short_title: str
    edition: str | None
    category: str
    issuer: str | None
    document_number: str | None
    promulgated_on: date | None
    effective_on: date | None
    history: tuple[Event, ...]
    notes: tuple[str, ...]
    source: str | None
    articles: tuple[ParsedArticle, ...]
    problems: tuple[Problem, ...]
    sha256: str
