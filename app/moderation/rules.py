"""Pure rules of moderation: who decides, how a case stands, and when a word is in a text."""

import enum
import unicodedata
from datetime import datetime, timedelta
from typing import Protocol

from app.errors import Conflict, Forbidden, Refusal
from app.hanzi import simplified_letter
from app.moderation.models import MAX_WORD
from app.visibility import Role

#: Roles that keep the held words of their subtree.
WORD_KEEPERS = frozenset({Role.SECRETARY, Role.ADMIN})
#: How long a claimed case is kept from other moderators.
LEASE = timedelta(minutes=15)
#: Characters of a reason, and of what a report or an appeal says.
MAX_REASON = 200
MAX_STATEMENT = 500
#: Held words of one organization.
MAX_WORDS = 1_000
# One letter alone would hold nearly everything.
_SHORTEST_WORD = 2
_CASE = ("input", "caseId")


class CaseState(enum.StrEnum):
    """How a case stands at an instant."""

    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    DECIDED = "DECIDED"
    APPEALED = "APPEALED"


class Standing(Protocol):
    """A case, as far as it matters to its state and to who decides it."""

    @property
    def author_id(self) -> int:
        """Whose words are in question."""

    @property
    def decided_before_by_id(self) -> int | None:
        """Who decided what this case appeals from."""

    @property
    def claimed_by_id(self) -> int | None:
        """Who claimed it last."""

    @property
    def claimed_until(self) -> datetime | None:
        """The end of the lease."""

    @property
    def decided_at(self) -> datetime | None:
        """When it was decided."""

    @property
    def appealed_at(self) -> datetime | None:
        """When the author took it to the next tier."""


def case_state(case: Standing, at: datetime) -> CaseState:
    """How ``case`` stands at ``at``; a lease that ended leaves it OPEN."""
    if case.appealed_at is not None:
        return CaseState.APPEALED
    if case.decided_at is not None:
        return CaseState.DECIDED
    if case.claimed_until is not None and at < case.claimed_until:
        return CaseState.CLAIMED
    return CaseState.OPEN


def obstacle(case: Standing, member_id: int | None, at: datetime) -> Refusal | None:
    """Why a moderator of its organization may not decide ``case`` at ``at``, None if they may.

    Nobody decides about their own words, nor twice about the same ones.
    """
    if case.author_id == member_id:
        return Forbidden("不能处理涉及自己的事项", *_CASE)
    if case.decided_before_by_id is not None and case.decided_before_by_id == member_id:
        return Forbidden("申诉须由另一人处理", *_CASE)
    state = case_state(case, at)
    if state in {CaseState.DECIDED, CaseState.APPEALED}:
        return Conflict("事项已经处理", *_CASE)
    if state is CaseState.CLAIMED and case.claimed_by_id != member_id:
        return Conflict("事项已由他人认领", *_CASE)
    return None


def fold(text: str) -> str:
    """The letters and digits of ``text``, in one width, one case and one script.

    Spaces, zero-width characters, marks, punctuation and symbols go: they are what a word is
    broken up with so that it is not found. Each letter is simplified by itself: what stands beside
    a word must not make it another.
    """
    kept = "".join(filter(_counts, unicodedata.normalize("NFKC", text).casefold()))
    return "".join(map(simplified_letter, unicodedata.normalize("NFKC", kept)))


def is_word(folded: str) -> bool:
    """Whether a folded text can be looked for: 2 letters or digits, or more."""
    return _SHORTEST_WORD <= len(folded) <= MAX_WORD


def _counts(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"
