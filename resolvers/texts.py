"""Texts of an input: bounded, trimmed, and fit for either database."""

from app.errors import Invalid

MAX_REASON = 200
MAX_KEY = 100


def text(value: str, longest: int, name: str, *, shortest: int = 1) -> str:
    """``value`` without blanks at its ends; Invalid, naming ``input.<name>``, out of bounds."""
    trimmed = value.strip()
    # PostgreSQL keeps no NUL in a text.
    if not shortest <= len(trimmed) <= longest or "\0" in trimmed:
        raise Invalid(f"应为 {shortest} 到 {longest} 个字符", "input", name)
    return trimmed
