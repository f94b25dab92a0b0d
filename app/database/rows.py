"""From drivers' rows to named tuples: one function a statement, written for its columns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

R = TypeVar("R", bound=tuple[Any, ...])

#: What makes a value of a driver's: a function of what is not null, or all there can be.
Conversion = Callable[[Any], Any] | Mapping[Any, Any]
Rows = Callable[[Sequence[Sequence[Any]]], list[R]]


def rows_of(row: type[R], conversions: Sequence[Conversion | None]) -> Rows[R]:
    """The function that makes ``row`` of each of a driver's rows.

    ``conversions``: one a column, None where the driver gives what is wanted. A loop over them
    would take longer for each row than all conversions together.
    """
    known: dict[str, Any] = {"new": tuple.__new__, "row": row}
    values = []
    for place, conversion in enumerate(conversions):
        values.append(_value(place, conversion))
        known[f"c{place}"] = conversion
    taken = ", ".join(f"v{place}" for place in range(len(values)))
    made = f"new(row, ({', '.join(values)},)) for {taken}, in raw"
    if not any(conversions):
        made = "new(row, values) for values in raw"
    exec(f"def rows(raw):\n    return [{made}]", known)  # noqa: S102  our own text
    rows: Rows[R] = known["rows"]
    return rows


def part(row: type[R], values: Sequence[Any]) -> R:
    """``row`` of a stretch of a joined row, which is as long as the select made it.

    ``_make`` would count the values each time.
    """
    return tuple.__new__(row, values)


def _value(place: int, conversion: Conversion | None) -> str:
    if conversion is None:
        return f"v{place}"
    if isinstance(conversion, Mapping):
        return f"c{place}[v{place}]"
    return f"None if v{place} is None else c{place}(v{place})"
