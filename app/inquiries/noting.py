"""What was asked since the last flush, in memory: searching waits for no database."""

from collections import Counter
from dataclasses import dataclass

from app.inquiries.rules import LONGEST_QUERY

_MOST_NOTED = 5_000
#: Different questions of one member between two flushes; a person does not ask faster.
_MOST_OF_ONE = 20


@dataclass(slots=True)
class Noted:
    """How often a member asked a question, found nothing, and opened an answer."""

    asked: int = 0
    empty: int = 0
    clicks: int = 0


class Inquiries:
    """Questions by text and member; what is beyond the bounds is not noted."""

    def __init__(self) -> None:
        self._noted: dict[tuple[str, int], Noted] = {}
        self._of_one: Counter[int] = Counter()

    def ask(self, query: str, member_id: int, *, found: int) -> None:
        """Note a question, folded, and how much was found."""
        if (noted := self._of(query, member_id)) is not None:
            noted.asked += 1
            noted.empty += not found

    def click(self, query: str, member_id: int) -> None:
        """Note that an answer was opened."""
        if (noted := self._of(query, member_id)) is not None:
            noted.clicks += 1

    def take(self) -> dict[tuple[str, int], Noted]:
        """All that was noted, and forget it."""
        taken, self._noted = self._noted, {}
        self._of_one.clear()
        return taken

    def _of(self, query: str, member_id: int) -> Noted | None:
        if not query or len(query) > LONGEST_QUERY:
            return None
        key = query, member_id
        if (noted := self._noted.get(key)) is not None:
            return noted
        if len(self._noted) >= _MOST_NOTED or self._of_one[member_id] >= _MOST_OF_ONE:
            return None
        self._of_one[member_id] += 1
        return self._noted.setdefault(key, Noted())
