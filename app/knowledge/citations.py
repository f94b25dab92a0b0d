"""Citations in an article's text: which articles of which regulation it names."""

import functools
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from app.knowledge.numerals import NUMERAL, VALUE, ArticleNumber, parse_number

LONGEST_RANGE = 300
"""Articles that ``第一条至第三百条`` may stand for; of a longer range only both ends are kept."""

_ARTICLE = rf"第{VALUE}条(?:之{NUMERAL}{{1,3}})?"
_CLAUSE = rf"(?:第{VALUE}[款项目]|第?[（(]{VALUE}[）)]\s?[款项]?)"
_CLAUSES = rf"(?:[的、和或及至]?{_CLAUSE})*"
_LINK = r"(?:、|和|及|以及|或者?|与|至|到|—{1,2}|-)"
_RUN = rf"{_ARTICLE}{_CLAUSES}(?:{_LINK}(?:第{VALUE}[、和至]){{0,9}}{_ARTICLE}{_CLAUSES})*"
# 第三、四条 and 第三至五条 name two numbers with one 条.
_SHORT_RUN = rf"第{VALUE}(?:[、和至]第?{VALUE}){{1,9}}条{_CLAUSES}"
_PREVIOUS = r"(?<![目从以之事提生])前(?P<back>[一二两三四五])?条(?![件例约款文目理])"
_NEXT = re.compile(rf"(?P<title>[《〈])|(?P<run>{_RUN}|{_SHORT_RUN})|(?P<previous>{_PREVIOUS})")
_WITHIN = rf"(?:[总分]则)?(?:第{VALUE}(?:分?编|章|节))*[的中]?"
_WITHIN_AT_END = re.compile(rf"{_WITHIN}$")
_AFTER_TITLE = re.compile(
    rf"(?:（[^（）]{{0,40}}）|\([^()]{{0,40}}\))?{_WITHIN}(?P<run>{_RUN}|{_SHORT_RUN})"
)
_NUMBER = re.compile(
    rf"第?(?P<number>{VALUE})(?:条(?:之(?P<suffix>{NUMERAL}{{1,3}}))?)?{_CLAUSES}(?P<link>{_LINK})?"
)
_RANGE = frozenset({"至", "到", "—", "——", "-"})
_KIND = (
    r"(?:法典?|条例|规定|办法|细则|规则|章程|准则|解释|决定|通知|批复|意见|通则|公约|条约|协定|协议"
    rf"|合同|议定书|宪章|方案|安排|规范|修正案|附[件录表](?:{NUMERAL}|\d)?)"
)
_THIS = re.compile(rf"本(?:实施|暂行|补充|若干|管理|工作|议事|基本)?{_KIND}$")
_SAME_AS_BEFORE = re.compile(rf"(?:该|(?<![合共])同){_KIND}$")
_NAMED_OTHERWISE = re.compile(rf"{_KIND}(?:（[^（）]{{1,12}}）)?$")
_LONGEST_KIND = 24
_LONGEST_TITLE = 300
_DEEPEST_TITLE = 4
# 刑法第一条甲罪、第二条乙罪: what joins on names the same regulation.
_JOINS_ON = re.compile(r"[^。；\n]{0,20}[、和及或与者]|，")
_BRACKETS_OF = {"《": re.compile("[《》]"), "〈": re.compile("[〈〉]")}


class Citation(NamedTuple):
    """Articles that a text names, from ``start`` to ``end`` (offsets in code points).

    ``title`` is None where they are this regulation's own; ``numbers`` is empty where only the
    regulation is named.
    """

    title: str | None
    numbers: tuple[ArticleNumber, ...]
    start: int
    end: int


def find_citations(
    text: str,
    *,
    known_titles: Collection[str] = frozenset(),
    current: ArticleNumber | None = None,
) -> list[Citation]:
    """Find what ``text`` cites, in order.

    ``known_titles`` are the titles, full and short, that may stand without 《》 before a number
    (依照刑法第二百六十条); pass the same frozenset for many texts, since it is indexed once.
    ``current`` is the number of the article that is read: with it 前条 is understood. A number
    after a title that is not known and not in 《》 is nobody's and is left out.
    """
    if "条" not in text and "《" not in text:
        return []
    return list(_Finder(text, frozenset(known_titles), current).find())


class _Finder:
    """Reads one text from left to right."""

    def __init__(
        self, text: str, known_titles: frozenset[str], current: ArticleNumber | None
    ) -> None:
        self._text = text
        self._known_titles = known_titles
        self._current = current
        self._last: Citation | None = None
        self._last_title: str | None = None

    def find(self) -> Iterator[Citation]:
        position = 0
        while found := _NEXT.search(self._text, position):
            if found["title"]:
                citation: Citation | None = self._titled(found.start())
            elif found["run"]:
                citation = self._untitled(found)
            else:
                citation = self._previous(found)
            position = max(found.end(), citation.end if citation else 0)
            if citation is not None:
                yield citation

    def _titled(self, start: int) -> Citation | None:
        end = _end_of_title(self._text, start)
        if end is None:
            return None
        title = self._text[start + 1 : end - 1]
        self._last_title = title
        run = _AFTER_TITLE.match(self._text, end)
        named = self._cited(title, run, start=start) if run else None
        return named or Citation(title, (), start, end)

    def _untitled(self, run: re.Match[str]) -> Citation | None:
        end = _WITHIN_AT_END.search(self._text, max(0, run.start() - _LONGEST_KIND), run.start())
        named_at = end.start() if end else run.start()
        before = self._text[max(0, named_at - _LONGEST_KIND) : named_at]
        if _THIS.search(before):
            return self._cited(None, run)
        if title := self._title_at_end(named_at):
            return self._cited(title, run, start=named_at - len(title))
        if _SAME_AS_BEFORE.search(before) and self._last_title:
            return self._cited(self._last_title, run)
        if _NAMED_OTHERWISE.search(before):
            return None
        return self._cited(self._title_joined_to(run.start()), run)

    def _cited(
        self, title: str | None, run: re.Match[str], *, start: int | None = None
    ) -> Citation | None:
        numbers = _numbers(run["run"])
        if not numbers:
            return None
        self._last_title = title or self._last_title
        start = run.start() if start is None else start
        self._last = Citation(title, numbers, start, run.end())
        return self._last

    def _title_joined_to(self, start: int) -> str | None:
        """The title of the citation that a list goes on from; None is this regulation."""
        last = self._last
        if last is None or not _JOINS_ON.fullmatch(self._text, last.end, start):
            return None
        return last.title

    def _title_at_end(self, end: int) -> str | None:
        """The longest known title that ends there."""
        for length in _lengths_by_tail(self._known_titles).get(
            self._text[max(0, end - 2) : end], ()
        ):
            if end >= length and (title := self._text[end - length : end]) in self._known_titles:
                return title
        return None

    def _previous(self, found: re.Match[str]) -> Citation | None:
        if self._current is None:
            return None
        count = parse_number(found["back"] or "一")
        first = max(1, self._current.number - count)
        numbers = tuple(ArticleNumber(n) for n in range(first, self._current.number))
        return Citation(None, numbers, *found.span()) if numbers else None


@functools.lru_cache(maxsize=8)
def _lengths_by_tail(titles: frozenset[str]) -> dict[str, tuple[int, ...]]:
    """The lengths of the titles that end in the same two characters, longest first."""
    lengths: dict[str, set[int]] = {}
    for title in titles:
        lengths.setdefault(title[-2:], set()).add(len(title))
    return {tail: tuple(sorted(found, reverse=True)) for tail, found in lengths.items()}


def _end_of_title(text: str, start: int) -> int | None:
    """Where the bracket that opens at ``start`` is closed, inner ones counted."""
    opening = text[start]
    depth = 0
    for bracket in _BRACKETS_OF[opening].finditer(text, start, start + _LONGEST_TITLE):
        depth += 1 if bracket[0] == opening else -1
        if depth == 0:
            return bracket.end()
        if depth > _DEEPEST_TITLE:
            break
    return None


def _numbers(run: str) -> tuple[ArticleNumber, ...]:
    """The numbers of ``第三条、第五条至第八条``, ranges written out, each once."""
    numbers: dict[ArticleNumber, None] = {}
    range_from: ArticleNumber | None = None
    for match in _NUMBER.finditer(run):
        number = ArticleNumber.read(match["number"], match["suffix"])
        if number is None:
            continue
        if range_from is not None:
            numbers.update(dict.fromkeys(_between(range_from, number)))
        numbers[number] = None
        range_from = number if match["link"] in _RANGE else None
    return tuple(numbers)


def _between(first: ArticleNumber, last: ArticleNumber) -> list[ArticleNumber]:
    if first.number == last.number:
        return [ArticleNumber(first.number, n) for n in range(first.suffix + 1, last.suffix)]
    if not 0 < last.number - first.number < LONGEST_RANGE:
        return []
    return [ArticleNumber(n) for n in range(first.number + 1, last.number)]
