"""Pure comparison of two wordings: what was taken out, and what was put in."""

import enum
import re
import unicodedata
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

#: Signs that printers choose between, beyond what Unicode calls half and full width.
_SIGNS = str.maketrans("︰∶臺“”„「」『』‘’—–―－·‧•・〔〕［］", '::台"""""""\'\'----····()()')
_CLAUSE = re.compile(r"[^,。;:、\n]*[,。;:、\n]|[^,。;:、\n]+")
#: Pairs of letters that are worth comparing one by one; larger gaps are told as a whole.
_MOST_LETTER_PAIRS = 250_000
_MOST_CLAUSE_PAIRS = 4_000_000


class SegmentKind(enum.StrEnum):
    """What became of a stretch of text; the values are the graph's."""

    EQUAL = "EQUAL"
    INSERTED = "INSERTED"
    DELETED = "DELETED"


class Segment(NamedTuple):
    """A stretch of text: of what is DELETED the former one's, else the newer one's.

    ``former_text`` is what an EQUAL stretch read before, None where the very signs are the same.
    """

    kind: SegmentKind
    text: str
    former_text: str | None = None


class _Block(NamedTuple):
    """So many letters from ``former`` on and from ``newer`` on are the same."""

    former: int
    newer: int
    size: int


@lru_cache(maxsize=512)
def compare(former: str, newer: str) -> tuple[Segment, ...]:
    """The way from one wording to the next, by clauses and within them by letters.

    Typography does not count (:func:`fold`), but is shown: the newer text is what is EQUAL and
    INSERTED, the former one what is DELETED and EQUAL, there with its ``former_text`` if any.
    """
    folded, folded_newer = fold(former), fold(newer)
    blocks = _without_islands(_blocks(folded, folded_newer), len(former), len(newer))
    return tuple(_segments(blocks, former, newer))


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text with one sign for each that printers choose between, letter by letter.

    Half and full width (``,`` ``，``), ``︰`` and ``：``, ``臺`` and ``台``, quotation marks,
    dashes and kinds of blanks are the same. Offsets hold.
    """
    return "".join(map(_fold_letter, text)).translate(_SIGNS)


def same_wording(former: str, newer: str) -> bool:
    """Whether two wordings differ in typography at most."""
    return fold(former) == fold(newer)


@lru_cache(maxsize=8192)
def _fold_letter(letter: str) -> str:
    if letter.isspace() and letter != "\n":
        return " "
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter


def _blocks(former: str, newer: str) -> Iterator[_Block]:
    """What is the same in two folded texts, in order: whole clauses, and letters between them."""
    clauses, newer_clauses = _CLAUSE.findall(former), _CLAUSE.findall(newer)
    starts = [0, *accumulate(map(len, clauses))]
    newer_starts = [0, *accumulate(map(len, newer_clauses))]
    end, newer_end = 0, 0
    for same in _matches(clauses, newer_clauses, _MOST_CLAUSE_PAIRS):
        begin, newer_begin = starts[same.former], newer_starts[same.newer]
        gap, newer_gap = former[end:begin], newer[newer_end:newer_begin]
        for letters in _matches(gap, newer_gap, _MOST_LETTER_PAIRS):
            yield _Block(end + letters.former, newer_end + letters.newer, letters.size)
        end = starts[same.former + same.size]
        newer_end = newer_starts[same.newer + same.size]
        yield _Block(begin, newer_begin, end - begin)


def _matches(former: Sequence[str], newer: Sequence[str], most_pairs: int) -> list[_Block]:
    """What two sequences have in common, and an empty block at the end."""
    ends = _Block(len(former), len(newer), 0)
    if len(former) * len(newer) > most_pairs:
        return [ends]
    matcher = SequenceMatcher(None, former, newer, autojunk=False)
    return [_Block(*block) for block in matcher.get_matching_blocks()]


def _without_islands(blocks: Iterator[_Block], end: int, newer_end: int) -> list[_Block]:
    """Neighbours joined; a single letter that is left between two changes is part of them."""
    joined: list[_Block] = []
    for block in blocks:
        last = joined[-1] if joined else _Block(0, 0, 0)
        if (last.former + last.size, last.newer + last.size) == block[:2] and joined:
            joined[-1] = last._replace(size=last.size + block.size)
        elif block.size:
            joined.append(block)
    ends = ((0, 0), (end - 1, newer_end - 1))
    return [block for block in joined if block.size > 1 or block[:2] in ends]


def _segments(blocks: Sequence[_Block], former: str, newer: str) -> Iterator[Segment]:
    end, newer_end = 0, 0
    for block in [*blocks, _Block(len(former), len(newer), 0)]:
        if deleted := former[end : block.former]:
            yield Segment(SegmentKind.DELETED, deleted)
        if inserted := newer[newer_end : block.newer]:
            yield Segment(SegmentKind.INSERTED, inserted)
        end, newer_end = block.former + block.size, block.newer + block.size
        if block.size:
            was, now = former[block.former : end], newer[block.newer : newer_end]
            yield Segment(SegmentKind.EQUAL, now, None if was == now else was)
