"""What changed between two bodies, as a unified diff."""

import difflib

from hypothesis import given
from hypothesis import strategies as st

from app.content.differences import _MOST_PAIRS, line_diff

_BODIES = st.lists(st.sampled_from(["一", "二", "三", ""]), max_size=30).map("\n".join)


def test_a_changed_line_stands_among_its_neighbours():
    before = "\n".join(f"第{n}行" for n in range(1, 10))
    assert line_diff(before, before.replace("第5行", "新的一行")).split("\n") == [
        "@@ -2,7 +2,7 @@",
        " 第2行",
        " 第3行",
        " 第4行",
        "-第5行",
        "+新的一行",
        " 第6行",
        " 第7行",
        " 第8行",
    ]


def test_nothing_changed_is_empty():
    assert line_diff("一\n二", "一\n二") == ""


def _applied(before: str, diff: str) -> list[str]:
    """What a patch makes of a body, read naively."""
    old, made, at = before.splitlines(), [], 0
    for line in diff.split("\n") if diff else ():
        if line.startswith("@@"):
            first, _, count = line.split(" ")[1][1:].partition(",")
            start = int(first) - (count != "0")
            made += old[at:start]
            at = start
        elif line.startswith("+"):
            made.append(line[1:])
        else:
            assert old[at] == line[1:]
            at += 1
            if line.startswith(" "):
                made.append(line[1:])
    return made + old[at:]


@given(_BODIES, _BODIES)
def test_applied_to_the_old_body_it_gives_the_new_one(before, after):
    assert _applied(before, line_diff(before, after)) == after.splitlines()


def test_bodies_that_share_nothing_are_replaced_whole_without_comparing_them(monkeypatch):
    monkeypatch.setattr(difflib, "unified_diff", None)
    lines = int(_MOST_PAIRS**0.5) + 1
    before, after = "旧\n" * lines, "新\n" * lines
    found = line_diff(before, after).split("\n")
    assert found == [f"@@ -1,{lines} +1,{lines} @@", *["-旧"] * lines, *["+新"] * lines]
