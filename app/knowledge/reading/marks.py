"""What every way of counting articles yields: the pieces of a line."""

from typing import NamedTuple, Protocol

from app.knowledge.numerals import ArticleNumber


class Piece(NamedTuple):
    """A stretch of a line: with a label it opens an article, without one it goes on.

    ``leaves_heading`` says that the article stands beside the heading above it, not below.
    """

    label: str | None
    number: ArticleNumber | None
    text: str
    leaves_heading: bool = False


class Marks(Protocol):
    """One way in which texts count their articles."""

    def is_heading(self, text: str) -> bool:
        """Whether a line without ``#`` is a heading by its count."""

    def enter(self, heading: str) -> None:
        """Take note of a heading, with or without ``#``."""

    def split(self, text: str) -> list[Piece]:
        """Part a line that is no heading."""
