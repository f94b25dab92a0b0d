"""Citations in a query: 劳动合同法第39条 in every spelling that members use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.knowledge.numerals import NUMERAL, ArticleNumber, parse_number
from app.knowledge.rules import title_key
from search.text import fold

_NUMBER = rf"\d{{1,4}}|{NUMERAL}{{1,7}}"
_SUFFIX = rf"(?:\s*之\s*(?P<suffix>{_NUMBER}))?"
_ARTICLE = re.compile(rf"第?\s*(?P<number>{_NUMBER})\s*条{_SUFFIX}")
# At the end a number may stand alone: 劳动法39; a numeral only apart from the title: 劳动法 三九.
_SHORTHAND = re.compile(
    rf"(?:§\s*)?(?<!\d)(?P<number>\d{{1,4}}|(?<=[\s》§]){NUMERAL}{{1,7}}){_SUFFIX}[\s?!。,]*$"
)
_DIGITS = re.compile(r"第?\s*(\d{1,4})\s*条(?:\s*之\s*(\d{1,4}))?")
_LONGEST_TITLE = 120
_TITLE = re.compile(rf"《([^《》]{{1,{_LONGEST_TITLE}}})》")


@dataclass(frozen=True, slots=True)
class Citation:
    """An article that was asked for.

    ``titles`` are the keys that the words before the number may mean, likeliest first, then those
    behind it: in 根据劳动合同法第39条 the title may begin at any letter. ``elsewhere`` is the query
    without the number, by which other articles are found.
    """

    titles: tuple[str, ...]
    article: ArticleNumber
    elsewhere: str


def key(title: str) -> str:
    """The form in which a title that is typed and one that is stored are equal, if any."""
    name = fold(title).strip()
    if name.startswith("《") and _opening(name) == 0:
        name = name[1:-1]
    return title_key(name)


def read_citation(query: str) -> Citation | None:
    """The first citation in a query that names a title, or None."""
    folded = fold(query)
    for match in (*_ARTICLE.finditer(folded), *_SHORTHAND.finditer(folded)):
        before, after = folded[: match.start()], folded[match.end() :]
        titles = tuple(dict.fromkeys((*_titles_before(before), *_titles_after(after))))
        article = _article(match)
        if titles and article:
            return Citation(titles, article, f"{before} {after}")
    return None


def mentioned(text: str) -> set[str]:
    """The keys of the titles that a text names in 《…》."""
    return {key(title) for title in _TITLE.findall(text)}


def spell_out(folded: str) -> str:
    """Write 第39条 as 第三十九条, the way in which texts have it."""
    return _DIGITS.sub(lambda match: _label(match[1], match[2]), folded)


def _article(match: re.Match[str]) -> ArticleNumber | None:
    try:
        suffix = match["suffix"]
        return ArticleNumber(parse_number(match["number"]), parse_number(suffix) if suffix else 0)
    except ValueError:
        return None


def _label(number: str, suffix: str | None) -> str:
    return ArticleNumber(int(number), int(suffix or 0)).label


def _titles_before(before: str) -> Iterator[str]:
    typed = before.rstrip(" 的中里,，:：")
    if typed.endswith("》"):
        title = key(typed[_opening(typed) :])
        yield from [title] if title else []
        return
    typed = re.sub(r"\s", "", typed)[-_LONGEST_TITLE:]
    suffixes = (key(typed[start:]) for start in range(len(typed) - 1))
    yield from (suffix for suffix in suffixes if len(suffix) > 1)


def _titles_after(after: str) -> Iterator[str]:
    typed = after.lstrip(" 的,，:：")
    if bracketed := _TITLE.match(typed):
        yield key(bracketed[0])
        return
    typed = re.sub(r"\s", "", typed)[:_LONGEST_TITLE]
    yield from (key(typed[:end]) for end in range(len(typed), 1, -1))


def _opening(typed: str) -> int:
    """Where the 《 stands that the 》 at the end closes: titles may hold titles."""
    depth = 0
    for place in range(len(typed) - 1, -1, -1):
        depth += (typed[place] == "》") - (typed[place] == "《")
        if depth == 0:
            return place
    return 0
