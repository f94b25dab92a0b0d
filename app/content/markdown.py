"""Body text: Markdown in, HTML out that is safe to show."""

import nh3
from markdown_it import MarkdownIt

_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "td": {"align"}}

# `js-default` without raw HTML: what looks like a tag is shown as text.
_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})


def to_html(markdown: str) -> str:
    """The sanitized HTML of a body.

    Two walls: the parser escapes raw HTML, and the result passes an allow-list of tags, attributes
    and URL schemes. The title of the page is its only ``h1``, so that a ``#`` becomes ``h2``.
    """
    html = _parser.render(markdown).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
