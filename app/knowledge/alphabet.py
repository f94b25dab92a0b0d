"""The order of titles in an index: by their sound."""

import re
import unicodedata

from pypinyin import Style, lazy_pinyin

from app.knowledge.numerals import NUMERAL, parse_number

#: What tells titles apart that stand beside each other; more than forty letters do not help.
LONGEST = 200
_COUNTED = re.compile(rf"\(({NUMERAL}{{1,4}})\)")
_NO_SIGN = re.compile(r"[^0-9a-z]")


def alphabetical(title: str) -> str:
    """What sorts titles by syllable and tone, 规定（二） before 规定（十）: of ``0-9a-z`` alone.

    A tone stands behind its syllable, so that ``xi1 an1`` comes before ``xian1``. Every collation
    sorts such a text in the same way.
    """
    text = _COUNTED.sub(_padded, unicodedata.normalize("NFKC", title))
    spoken = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
    return _NO_SIGN.sub("", "".join(spoken).lower())[:LONGEST]


def _padded(counted: re.Match[str]) -> str:
    try:
        return f"({parse_number(counted[1]):04})"
    except ValueError:
        return counted[0]
