"""Articles that begin with ``第N条``."""

import re

from app.knowledge.numerals import NUMERAL, VALUE, ArticleNumber
from app.knowledge.reading.marks import Piece

# 笫 is a misprint of 第 that recurs in sources, and so is a space before 条.
_MARK = rf"[第笫](?P<number>{VALUE})(?P<gap>\s?)条(?:之(?P<suffix>{NUMERAL}{{1,3}}))?"
_HEAD = re.compile(rf"(?:\*\*)?{_MARK}(?:\*\*)?(?P<space>\s|$)?")
_INLINE = re.compile(rf"(?<=[。；：”）])\s+(?={_MARK}\s)")
_CITED = re.compile(
    r"[，。、；：的至第款项和或及与之等]|规定|所[称列述规指]|中[的，、有所规]|前[款项条述]|以[上下外]"
)


def opens_article(text: str) -> bool:
    """Whether a line begins as an article does (``第一条 …``), and not with a mere citation."""
    head = _HEAD.match(text)
    return head is not None and _number_of(head) is not None and not _is_cited(head)


class ArticleMarks:
    """``第N条`` at the start of a line, or after a sentence where a source lost its line ends."""

    def __init__(self) -> None:
        self._last: ArticleNumber | None = None

    def is_heading(self, text: str) -> bool:
        """No line: articles count on through headings."""
        return False

    def enter(self, heading: str) -> None:
        """Nothing to note."""

    def split(self, text: str) -> list[Piece]:
        """Part a line before each article that begins in it."""
        pieces = [self._piece(text)]
        while inline := self._next_inline(pieces[-1].text):
            before = pieces.pop()
            pieces.append(before._replace(text=before.text[: inline.start()]))
            pieces.append(self._piece(before.text[inline.end() :]))
        return pieces

    def _piece(self, text: str) -> Piece:
        head = _HEAD.match(text)
        number = _number_of(head) if head else None
        if head is None or number is None or not self._opens(head, number):
            return Piece(None, None, text)
        self._last = number
        label = head[0].replace("*", "").replace("笫", "第").replace(" ", "")
        return Piece(label, number, text[head.end() :].strip())

    def _opens(self, head: re.Match[str], number: ArticleNumber) -> bool:
        is_regular = head["space"] is not None and not head["gap"]
        # What looks odd in one way is an article only where the count says so.
        if is_regular and not _is_cited(head):
            return True
        return self._is_next(number) and (is_regular or not _is_cited(head))

    def _next_inline(self, text: str) -> re.Match[str] | None:
        if "条 " not in text or text.startswith("|"):
            return None
        return next((m for m in _INLINE.finditer(text) if self._is_next(_number_of(m))), None)

    def _is_next(self, number: ArticleNumber | None) -> bool:
        return number is not None and (self._last is None or number.follows(self._last))


def _is_cited(head: re.Match[str]) -> bool:
    return _CITED.match(head.string, head.end()) is not None


def _number_of(match: re.Match[str]) -> ArticleNumber | None:
    return ArticleNumber.read(match["number"], match["suffix"])
