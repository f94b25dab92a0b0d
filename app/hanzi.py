"""Han letters: traditional script read as simplified."""

import functools

import opencc

_TO_SIMPLIFIED = opencc.OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in simplified script, phrase by phrase, as a reader would write it."""
    written: str = _TO_SIMPLIFIED.convert(text)
    return written


@functools.cache
def simplified_letter(letter: str) -> str:
    """One letter in simplified script, whatever stands beside it."""
    # Twice: what stands for 薴 is itself a traditional letter.
    return simplified(simplified(letter))
