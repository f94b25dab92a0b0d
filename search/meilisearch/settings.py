"""The settings of our Meilisearch indexes, all of them, and the names of the indexes."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from search import text
from search.port import UnitKind

KEY = "key"
"""The field by which a document is known in its index."""

DEEPEST_HIT = 100_000
MOST_VALUES = 1_000
"""Of a facet so many values are counted; a group has far fewer issuers."""

TERMS = (
    *("三会一课", "主题党日", "民主评议党员", "谈心谈话", "组织生活会", "双重组织生活"),
    *("入党积极分子", "发展对象", "预备党员", "流动党员", "党员教育", "组织关系", "党费收缴"),
    *("两学一做", "四个意识", "四个自信", "两个维护", "两个确立", "不忘初心", "民主集中制"),
    *("中央八项规定", "四种形态", "四风问题", "党风廉政建设", "一岗双责", "第一议题"),
)
"""What the Party says as one word and dictionaries cut in pieces: added to the words of a text."""

# All fields are cut before they are sent, but Han letters without spaces are cut once more.
_CHINESE = {"localizedAttributes": [{"attributePatterns": ["*"], "locales": ["cmn"]}]}
# The server makes an automaton of these lists for every search that it is asked (measured: 4.9 ms a
# search with a dictionary of 26 words, .8 without any), so that we cut our terms ourselves. Its own
# separators serve: full stops part what is no phrase, every other mark is taken out before.
_CUTTING: Mapping[str, list[str]] = {
    "dictionary": [],
    "stopWords": [],
    "separatorTokens": [],
    "nonSeparatorTokens": [],
}
# A homophone is put to the asker as a question (``corrections``), never taken for the word meant.
_TYPING = {"typoTolerance": {"enabled": False}}

FACETS = ("scope", "category", "issuer", "status")

LIBRARY: Mapping[str, Any] = {
    "searchableAttributes": ["title", "words", "letters", "sounds"],
    "filterableAttributes": [
        *(KEY, "called", "mentions"),
        *("unit", "version", "write", "audience", "organizations", "category_key", "issuer_key"),
        *("standing", "published", "in_force_from", "in_force_until", "names", "number", "suffix"),
        *FACETS,
    ],
    "sortableAttributes": [],
    "rankingRules": ["words", "proximity", "attribute", "exactness", "id:asc"],
    "proximityPrecision": "byWord",
    "prefixSearch": "disabled",
    "faceting": {
        "maxValuesPerFacet": MOST_VALUES,
        # Of the titles that are named by others the best known are wanted.
        "sortFacetValuesBy": {"*": "alpha", "mentions": "count"},
    },
    "pagination": {"maxTotalHits": DEEPEST_HIT},
    **_CHINESE,
    **_CUTTING,
    **_TYPING,
}
"""Contents, or articles: what searches find."""

TITLES: Mapping[str, Any] = {
    "searchableAttributes": ["spelled", "sound_starts", "sound_inside"],
    "filterableAttributes": ["unit", "version", "write", "written", "gone", "audience", "scope"],
    "sortableAttributes": [],
    "rankingRules": ["words", "prior:desc", "id:asc"],
    "proximityPrecision": "byWord",
    "prefixSearch": "indexingTime",
    "faceting": {"maxValuesPerFacet": MOST_VALUES},
    "pagination": {"maxTotalHits": DEEPEST_HIT},
    **_CHINESE,
    **_CUTTING,
    **_TYPING,
}
"""One card a unit: its title, to be suggested, and its version; of what was removed no title."""

FINGERPRINT = hashlib.sha256(repr((LIBRARY, TITLES, 2)).encode()).hexdigest()[:16]
"""Changes with the settings; its last number is raised when a field is filled otherwise."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a set of indexes is called."""

    contents: str
    regulations: str
    titles: str

    def of(self, kind: UnitKind) -> str:
        """The index of the documents of a kind."""
        return self.regulations if kind is UnitKind.REGULATION else self.contents

    @property
    def all(self) -> tuple[str, str, str]:
        """Each of them."""
        return self.contents, self.regulations, self.titles

    def settings(self) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """Each index, with the settings that it should have."""
        return ((self.contents, LIBRARY), (self.regulations, LIBRARY), (self.titles, TITLES))


def names(prefix: str, suffix: str = "") -> Names:
    """The indexes in use; with a suffix, those that a rebuild is making."""
    return Names(*(f"{prefix}-{each}{suffix}" for each in ("contents", "regulations", "titles")))


def synonyms(sets: Sequence[Iterable[str]]) -> dict[str, list[str]]:
    """Each word of these sets with the others that mean the same, as Meilisearch wants them."""
    known: dict[str, set[str]] = {}
    for each in sets:
        folded = {text.fold(word).strip() for word in each} - {""}
        for word in folded:
            known.setdefault(word, set()).update(folded - {word})
    return {word: sorted(others) for word, others in sorted(known.items()) if others}
