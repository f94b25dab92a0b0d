"""What was measured: figures of each operation, and how Q1 stands to the floor."""

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.serving import Loaded
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One operation at one number of connections, all rounds together."""

    operation: str
    connections: int
    requests: int
    errors: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float


@dataclass(frozen=True)
class Ratio:
    """Q1 against the floor: 1 is as good, 0.5 takes twice as much."""

    connections: int
    by_cpu: float
    by_requests: float


def figure(operation: str, connections: int, loads: list[Loaded]) -> Figure:
    """The figures of some rounds; an operation that was never answered is a ValueError."""
    milliseconds = [one for loaded in loads for one in loaded.milliseconds]
    if len(milliseconds) < 2:
        raise ValueError(f"{operation} was not answered at {connections} connections")
    centiles = statistics.quantiles(milliseconds, n=100, method="inclusive")
    answered, errors = len(milliseconds), sum(loaded.errors for loaded in loads)
    return Figure(
        operation,
        connections,
        requests=answered,
        errors=errors,
        requests_per_second=answered / sum(loaded.seconds for loaded in loads),
        p50_ms=centiles[49],
        p99_ms=centiles[98],
        cpu_ms=1000 * sum(loaded.cpu_seconds for loaded in loads) / (answered + errors),
    )


def ratios(figures: Iterable[Figure], operation: str, floor: str) -> list[Ratio]:
    """How ``operation`` stands to ``floor`` at each number of connections."""
    known = {(one.operation, one.connections): one for one in figures}
    return [
        Ratio(
            connections,
            by_cpu=known[floor, connections].cpu_ms / one.cpu_ms,
            by_requests=one.requests_per_second / known[floor, connections].requests_per_second,
        )
        for (name, connections), one in known.items()
        if name == operation
    ]


def table(figures: Iterable[Figure], compared: Mapping[str, Iterable[Ratio]]) -> Table:
    """All of it, one line a figure; ``compared`` are ratios by operation."""
    shown = Table("operation")
    for name in ("connections", "requests/s", "p50 ms", "p99 ms", "CPU ms", "errors"):
        shown.add_column(name, justify="right")
    for name in ("of the floor by CPU", "by requests/s"):
        shown.add_column(name, justify="right")
    known = {
        (name, ratio.connections): ratio for name, ratios in compared.items() for ratio in ratios
    }
    for one in figures:
        ratio = known.get((one.operation, one.connections))
        shown.add_row(
            one.operation,
            str(one.connections),
            f"{one.requests_per_second:.0f}",
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            f"{one.cpu_ms:.3f}",
            str(one.errors),
            f"{ratio.by_cpu:.2f}" if ratio else "",
            f"{ratio.by_requests:.2f}" if ratio else "",
        )
    return shown
