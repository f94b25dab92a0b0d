"""Lines of a source text, cleaned of what only typesetting put there."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028\u2029\u2060\ufeff]")
_COMMENT = re.compile(r"<!--((?:(?!<!--).)*?)-->")


class Line(NamedTuple):
    """A line that is not blank: its number in the source, from 1, and its cleaned text."""

    number: int
    text: str


def clean(text: str) -> str:
    """Drop invisible characters, and make every run of white space one space."""
    return " ".join(_INVISIBLE.sub("", text).split())


def visible_lines(text: str) -> Iterator[Line]:
    """Yield each line that holds more than white space, cleaned, in order."""
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        if cleaned := clean(raw):
            yield Line(number, cleaned)


def without_comments(text: str) -> str:
    """The line without its ``<!-- … -->``."""
    return _COMMENT.sub("", text).strip() if "<!--" in text else text


def comment_field(text: str, name: str) -> str | None:
    """The value in a line ``<!-- NAME: value -->``, or None where it is no such line."""
    match = _COMMENT.fullmatch(text)
    key, _, value = match[1].partition(":") if match else ("", "", "")
    return value.strip() or None if key.strip() == name else None
