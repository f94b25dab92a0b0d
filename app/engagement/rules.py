"""Pure rules of what members write: its form, and until when it may be changed."""

import unicodedata
from datetime import datetime, timedelta

from app.errors import Invalid

#: Characters of a comment.
MAX_BODY = 2_000
#: Members that one comment may name.
MAX_MENTIONS = 10
#: Comments of one member in :data:`RATE_WINDOW`, those taken away again included.
MAX_COMMENTS = 10
RATE_WINDOW = timedelta(minutes=1)
#: How long an author may change a comment.
EDIT_WINDOW = timedelta(minutes=10)

# They turn the writing's direction round, so that a reader sees another text than is kept
# (Unicode Technical Report 36, §2.5).
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINES = str.maketrans({"\t": " ", "\u2028": "\n", "\u2029": "\n"})


def plain_text(value: str, name: str, most: int, *, path: tuple[str, ...]) -> str:
    """``value`` trimmed, its line ends ``\\n``: 1 to ``most`` characters that can be read.

    Control characters, lone surrogates and what overrides the direction of writing are INVALID.
    ``name`` is what members call it, ``path`` the field at fault.
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES).strip()
    if not any(unicodedata.category(letter)[0] not in "CZ" for letter in text) or len(text) > most:
        raise Invalid(f"{name}应为 1 到 {most} 个字符", *path)
    if any(_is_forbidden(letter) for letter in text):
        raise Invalid(f"{name}含有不允许的控制字符", *path)
    return text


def is_editable(written: datetime, at: datetime) -> bool:
    """Whether the author may still change a comment."""
    return at < written + EDIT_WINDOW


def _is_forbidden(letter: str) -> bool:
    unreadable = unicodedata.category(letter) in {"Cc", "Cs"} and letter != "\n"
    return unreadable or letter in _OVERRIDES
