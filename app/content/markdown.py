"""Body text: Markdown in, HTML out that is safe to show."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from app.errors import Invalid

#: Characters of one body.
LONGEST_BODY = 60_000
# What a body may ask of the parser. Of texts that people write none comes near.
_MOST_STEPS = 300_000
_MOST_BLOCKS = 30_000
_MOST_COLUMNS = 60

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"align"}}


def to_html(markdown: str) -> str:
    """The sanitized HTML of a body; Invalid, naming ``input.body``, where rendering has no bound.

    Two walls: the parser escapes raw HTML, and the result passes an allow-list of tags, attributes
    and URL schemes. The title of the page is its only ``h1``, so that a ``#`` becomes ``h2``.
    Thousands of characters take milliseconds: whoever serves requests calls it in a thread.
    """
    html = _parser.render(markdown).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _bound(state: StateCore) -> None:
    """Refuse, between the blocks and what stands in them, what would take the parser minutes.

    A bracket is read on to the one that closes it, or to the end of its block: of brackets that
    nothing closes each costs the whole rest, and their number times its length is the work. Rows
    of a table are filled up to the columns of its head.
    """
    blocks = [token.content for token in state.tokens if token.type == "inline"]
    if (
        len(state.tokens) > _MOST_BLOCKS
        or sum(map(_steps, blocks)) > _MOST_STEPS
        or any(line.count("|") > _MOST_COLUMNS for line in state.src.split("\n"))
    ):
        raise Invalid(
            "正文的标记过于密集，无法排版，请减少方括号、表格列或列表层级", "input", "body"
        )


def _steps(text: str) -> int:
    """How many characters the parser reads to find where the brackets of a block close."""
    steps, opened = 0, []
    for place, letter in enumerate(text):
        if letter == "[":
            opened.append(place)
        elif letter == "]" and opened:
            steps += place - opened.pop()
    return steps + sum(len(text) - place for place in opened)


# `js-default` without raw HTML: what looks like a tag is shown as text.
_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})
_parser.core.ruler.before("inline", "bound", _bound)
