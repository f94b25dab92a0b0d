"""The optional block between two ``---`` lines that opens a source text and overrides its head."""

from app.knowledge.reading.lines import Line
from app.knowledge.reading.parsed import Problem

_FENCE = "---"
FIELDS = ("title", "issuer", "document_number", "promulgated_on", "effective_on", "source")
"""The keys that a block may hold, one ``key: value`` a line; a day is written 2025-03-01."""


def split_front_matter(
    lines: list[Line],
) -> tuple[dict[str, str], list[Line], list[Problem]]:
    """Part a text's lines into the block's fields and the rest; what is no field is a problem."""
    if not lines or lines[0].text != _FENCE:
        return {}, lines, []
    end = next((i for i, line in enumerate(lines[1:], start=1) if line.text == _FENCE), None)
    if end is None:
        return {}, lines[1:], [Problem(lines[0].number, "开头的 --- 没有对应的结束行")]
    fields: dict[str, str] = {}
    problems = []
    for line in lines[1:end]:
        key, _, value = (part.strip() for part in line.text.partition(":"))
        if key in FIELDS and value:
            fields[key] = value.strip("\"'")
        else:
            problems.append(Problem(line.number, f"不认识的字段，已忽略：{line.text[:40]}"))
    return fields, lines[end + 1 :], problems
