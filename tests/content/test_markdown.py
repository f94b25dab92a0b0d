"""Bodies: what Markdown becomes, and that nothing in it ever runs."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it.parser_inline import ParserInline

from app.content.markdown import to_html
from app.errors import Invalid

PLAIN = [
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "th",
    "thead",
    "tr",
    "ul",
]
ALLOWED = {
    **dict.fromkeys(PLAIN, frozenset()),
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "title"},
    "td": {"align"},
}


class _Tags(HTMLParser):
    def __init__(self, markup):
        super().__init__()
        self.found = []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def tags(markup):
    return _Tags(markup).found


def has_only_harmless_tags(markup):
    for tag, attributes in tags(markup):
        assert tag in ALLOWED, markup
        assert attributes.keys() <= ALLOWED[tag], markup
        for address in (attributes.get("href"), attributes.get("src")):
            scheme, colon, _ = (address or "").partition(":")
            relative = not colon or any(mark in scheme for mark in "/?#")
            assert relative or scheme.lower() in {"http", "https", "mailto"}, markup


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("", ""),
        ("一段\n\n两段", "<p>一段</p>\n<p>两段</p>\n"),
        ("# 题", "<h2>题</h2>\n"),
        ("## 题", "<h2>题</h2>\n"),
        ("**重**_轻_~~删~~", "<p><strong>重</strong><em>轻</em><s>删</s></p>\n"),
        ("- 一\n- 二", "<ul>\n<li>一</li>\n<li>二</li>\n</ul>\n"),
        ("> 引", "<blockquote>\n<p>引</p>\n</blockquote>\n"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>\n"),
        (
            '[站](https://a.example "题")',
            (
                '<p><a href="https://a.example" title="题" rel="noopener noreferrer nofollow">'
                "站</a></p>\n"
            ),
        ),
        ("![图](/media/1.webp)", '<p><img src="/media/1.webp" alt="图"></p>\n'),
        (
            "|甲|\n|-|\n|一|",
            (
                "<table>\n<thead>\n<tr>\n<th>甲</th>\n</tr>\n</thead>\n"
                "<tbody>\n<tr>\n<td>一</td>\n</tr>\n</tbody>\n</table>\n"
            ),
        ),
    ],
)
def test_markdown_becomes_plain_html(markdown, html):
    assert to_html(markdown) == html


_HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "<iframe src=https://a.example></iframe>",
    "<style>*{display:none}</style>",
    "<!-- --><b onclick=x>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,iVBORw0KGgo=)",
    "![x](javascript:alert(1))",
    "[x]: javascript:alert(1)\n\n[x]",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    '[x](https://a.example "\\" onmouseover=alert(1) x=\\"")',
    '![" onerror=alert(1) x="](https://a.example)',
    '```"><script>alert(1)</script>\nx\n```',
    "x\0<script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
]


@pytest.mark.parametrize("markdown", _HOSTILE)
def test_what_would_run_is_shown_as_text_or_dropped(markdown):
    html = to_html(markdown)
    has_only_harmless_tags(html)
    assert not {"script", "svg", "iframe", "style", "math"} & {tag for tag, _ in tags(html)}


def test_raw_html_is_shown_as_text():
    assert to_html("<b>粗</b>") == "<p>&lt;b&gt;粗&lt;/b&gt;</p>\n"


_BITS = ["[", "](", ")", "<", ">", '"', "'", "`", "\n", "&", "#", "|", "![", "javascript:", "\\"]
_BITS += ["onclick=", "&#106;", "://", "data:", "\t", "<a ", "</", "=", " "]
_PIECES = st.sampled_from(_HOSTILE + _BITS)


@given(st.lists(_PIECES | st.text(max_size=8), max_size=14).map("".join))
@example("[x](<javascript:alert(1)>)")
def test_no_text_ever_becomes_a_tag_outside_the_list(markdown):
    has_only_harmless_tags(to_html(markdown))


@given(st.text(max_size=60))
def test_no_body_holds_a_nul(text):
    assert "\0" not in to_html(f"{text}\0")


_LONGEST = 60_000
_FLOODS = {mark: (mark * _LONGEST)[:_LONGEST] for mark in ("![", "[", "*", ">", "|")} | {
    "few brackets, then stars": "[" * 4 + "*" * 59_996,
    "many brackets, then stars": "[" * 2_000 + "*" * 58_000,
    "a wide table": ("|a" * 59 + "|\n" + "|-" * 59 + "|\n" + "x\n" * 30_000)[:_LONGEST],
    "a line as a table": "|a" * 15_000 + "\n" + "|-" * 14_990,
}
_REFUSED = {"![", "[", "|", "many brackets, then stars", "a wide table", "a line as a table"}


@pytest.mark.parametrize("name", _FLOODS)
def test_a_flood_is_rendered_or_refused_in_bounded_work(name, monkeypatch):
    steps, step = 0, ParserInline.skipToken

    def counted(self, state):
        nonlocal steps
        steps += 1
        step(self, state)

    monkeypatch.setattr(ParserInline, "skipToken", counted)
    if name in _REFUSED:
        with pytest.raises(Invalid) as refused:
            to_html(_FLOODS[name])
        assert refused.value.path == ("input", "body")
        assert steps == 0
    else:
        assert to_html(_FLOODS[name])
        assert steps <= 8 * _LONGEST


def test_what_people_write_is_far_from_the_bounds():
    lines = [
        f"{n}. 第{n}项，见[制度第{n}条](https://a.example/{n})、[0, {n})区间" for n in range(1, 900)
    ]
    table = "|甲|乙|丙|\n|-|-|-|\n" + "|一|二|三|\n" * 900
    html = to_html("\n".join(lines) + "\n\n" + table)
    assert (html.count("<li>"), html.count("<a "), html.count("<td>")) == (899, 899, 2700)
