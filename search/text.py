"""Chinese text as an engine sees it: folded to one script, then cut to words and letters."""

import functools
import re

import opencc
import rjieba

from app.hanzi import simplified, simplified_letter

_HAN = "々〇㐀-鿿\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[a-z0-9]+")
_HAN_ONLY = re.compile(rf"[{_HAN}]+")
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_TO_TRADITIONAL = opencc.OpenCC("s2t")


def clean(text: str) -> str:
    """Blank out what cannot be seen: control characters, zero widths, lone surrogates."""
    return _HIDDEN.sub(" ", text)


def fold(text: str) -> str:
    """Simplified script, half width, lower case: character by character, so that offsets hold."""
    narrow = _lower(clean(text).translate(_FULL_WIDTH))
    if narrow.isascii():
        return narrow
    folded = simplified(narrow)
    # A phrase of the conversion table may be shorter or longer than what it stands for.
    return folded if len(folded) == len(text) else "".join(map(_fold_alone, narrow))


def to_traditional(text: str) -> str:
    """The same words as a reader of traditional script would type them."""
    traditional: str = _TO_TRADITIONAL.convert(text)
    return traditional


def runs(folded: str) -> list[str]:
    """Stretches of Han letters, and of Latin letters and digits, in order."""
    return _RUN.findall(folded)


def tight(folded: str) -> str:
    """The letters and digits alone, without spaces and punctuation."""
    return "".join(runs(folded))


def is_han(text: str) -> bool:
    """Whether there is text, and all of it is Han letters."""
    return _HAN_ONLY.fullmatch(text) is not None


def words(folded: str) -> list[str]:
    """Words and the shorter words within them, as a search for either should find them."""
    return [word for word in rjieba.cut_for_search(folded) if _RUN.search(word)]


def dictionary_words(folded: str) -> list[str]:
    """The text in one cut: words of the dictionary, and single letters where it has none."""
    return list(rjieba.cut(folded, hmm=False))


def is_word(letters: str) -> bool:
    """Whether the dictionary has this word."""
    known: bool = _dictionary().has_word(letters)
    return known


def load_dictionaries() -> None:
    """Have ready what is loaded at first use: a fifth of a second."""
    _dictionary().has_word("")
    rjieba.cut("")


def bigrams(folded: str) -> list[str]:
    """Each two neighbouring Han letters; a run of Latin letters and digits stays whole."""
    return [pair for run in runs(folded) for pair in _pairs(run)]


def letters(folded: str) -> list[str]:
    """Each Han letter."""
    return [letter for run in runs(folded) if not run.isascii() for letter in run]


def unique(terms: list[str]) -> list[str]:
    """Each term once, in order of first appearance."""
    return list(dict.fromkeys(terms))


def _pairs(run: str) -> list[str]:
    if run.isascii() or len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _lower(text: str) -> str:
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(map(_lower_alone, text))


def _lower_alone(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter


def _fold_alone(letter: str) -> str:
    folded = simplified_letter(letter)
    return folded if len(folded) == 1 else letter


@functools.cache
def _dictionary() -> rjieba.Jieba:
    return rjieba.Jieba()
