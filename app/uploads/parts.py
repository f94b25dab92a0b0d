"""Pure rules of uploads in parts: how large the parts are, and which of them have come."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: What a broken line costs: a part is sent again whole. S3 takes none below 5 MiB but the last.
SMALLEST_PART = 8 * 1024 * 1024
MOST_PARTS = 100


class Part(NamedTuple):
    """One part of an upload; numbers begin with 1, sizes are bytes."""

    number: int
    size: int


def part_size(byte_size: int) -> int:
    """How large the parts of an upload are, the last one excepted: at most a hundred."""
    return max(SMALLEST_PART, -(-byte_size // MOST_PARTS))


def parts_of(byte_size: int, size: int) -> list[Part]:
    """The parts of an upload, in order; together they are just its bytes."""
    starts = range(0, byte_size, size)
    return [
        Part(number, min(size, byte_size - start)) for number, start in enumerate(starts, start=1)
    ]


def missing(wanted: Sequence[Part], received: Mapping[int, int]) -> list[int]:
    """The numbers of the parts that have not come, or not in their size."""
    return [part.number for part in wanted if received.get(part.number) != part.size]
