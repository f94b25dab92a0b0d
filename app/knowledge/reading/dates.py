"""Days as regulations write them, in digits or in Chinese numerals."""

import re
from datetime import date

from app.knowledge.numerals import NUMERAL, parse_number

DAY = (
    rf"(?P<year>\d{{4}}|[〇○零一二三四五六七八九]{{4}})\s?年\s?"
    rf"(?P<month>\d{{1,2}}|{NUMERAL}{{1,3}})\s?月\s?(?P<day>\d{{1,2}}|{NUMERAL}{{1,3}})\s?日"
)
"""A regular expression for a day, with the groups that ``day_of`` reads."""


def day_of(match: re.Match[str]) -> date | None:
    """The day that a match of ``DAY`` names, or None where the calendar has no such day."""
    try:
        year, month, day = (
            # 一九八○年 is often set with a circle instead of the numeral.
            parse_number(match[part].replace("○", "〇"))
            for part in ("year", "month", "day")
        )
        return date(year, month, day)
    except ValueError:
        return None
