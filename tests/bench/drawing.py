"""Figures as a picture: bars of requests a second, each with its share of the floor's."""

from collections.abc import Iterable, Iterator, Mapping
from xml.sax.saxutils import escape

from bench.figures import Figure

CONNECTIONS = 16
_WIDTH, _ROW, _BAR, _LEFT, _TOP = 720, 34, 20, 220, 64
_LONGEST = 360
_TITLE = "Requests per second, one process, 16 connections"
_EXPLAINED = (
    "×: of the floor, the feed page by a handler of its own: the same statements, no GraphQL."
)
_TOLD = {
    "floor": "feed page by hand (the floor)",
    "Q1": "Q1: feed page, made anew",
    "Q1 cached": "Q1: feed page, as served",
    "Q2": "Q2: item and discussion",
    "M1": "M1: like",
    "search": "search: rules and contents",
}
# Shades that stand out from white and from black paper alike; words take the reader's own.
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.quiet { fill: #6e7781 }
.bar { fill: #c8453b }
.floor { fill: #8b949e }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .quiet { fill: #9198a1 } }
"""


def drawn(figures: Iterable[Figure], of: str) -> str:
    """The picture as SVG: every operation at 16 connections, the floor first.

    ``of`` says what was measured. It follows the reader's choice of a light or dark page.
    """
    rates = {
        one.operation: one.requests_per_second for one in figures if one.connections == CONNECTIONS
    }
    rows = {"floor": rates.pop("floor"), **rates}
    height = _TOP + _ROW * len(rows) + 30
    size = f'viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{_TITLE}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="16" y="26">{_TITLE}</text>',
        f'<text class="quiet" x="16" y="46">{escape(of)}; all in one interleaved run</text>',
        *(line for place in enumerate(rows) for line in _bar(*place, rows)),
        f'<text class="quiet" x="16" y="{height - 10}">{_EXPLAINED}</text>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _bar(place: int, name: str, rates: Mapping[str, float]) -> Iterator[str]:
    rate, top = rates[name], _TOP + place * _ROW
    length = max(_LONGEST * rate / max(rates.values()), 1)
    middle = top + _BAR / 2 + 5
    share = f"  ({rate / rates['floor']:.2f} ×)" if name.startswith("Q1") else ""
    box = f'x="{_LEFT}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="3"'
    yield f'<text x="{_LEFT - 10}" y="{middle:g}" text-anchor="end">{escape(_TOLD[name])}</text>'
    yield f'<rect class="{"floor" if name == "floor" else "bar"}" {box}/>'
    yield f'<text x="{_LEFT + length + 8:.1f}" y="{middle:g}">{rate:,.0f}{share}</text>'
