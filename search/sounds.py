"""How Chinese words sound: pinyin without tones, and initials."""

import functools

from pypinyin import lazy_pinyin


@functools.lru_cache(maxsize=1 << 17)
def syllables(text: str) -> tuple[str, ...]:
    """The pinyin of each letter; a run of anything else than Chinese stays as it is."""
    return tuple(lazy_pinyin(text))


def sound(word: str) -> str:
    """The pinyin of a word with its syllables kept apart: ``xi'an`` is not ``xian``."""
    return "'".join(syllables(word))


def initials(spoken: tuple[str, ...]) -> str:
    """What the hurried type for these syllables: the first letter of each."""
    return "".join(syllable[:1] for syllable in spoken)
