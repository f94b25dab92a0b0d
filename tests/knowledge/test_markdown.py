from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ErrorCode
from app.knowledge.citations import find_citations
from app.knowledge.numerals import ArticleNumber, format_number
from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import Event, Problem, UnreadableRegulation

BORROWING = """\
# 集团图书借阅办法

2024年3月1日 集团党委会议通过

2024年3月5日 集团党委印发

2024年4月1日 施行

<!-- INFO END -->

为了让图书流动起来，制定本办法。

## 第一章 总　则

第一条 职工凭工牌借书。

每人每次三册。

第二条 借期三十日。

## 第二章 归还

### 第一节 时间

第三条 到期归还。

（一）亲自归还；

（二）托人归还。

第三条之一 节假日顺延。
"""


def parse(body, *, head="# 某办法", **options):
    return parse_regulation(f"{head}\n\n<!-- INFO END -->\n\n{body}", **options)


def labels(regulation):
    return [article.label for article in regulation.articles]


def messages(regulation):
    return [str(problem) for problem in regulation.problems]


def test_a_regulation_is_read_whole():
    regulation = parse_regulation(BORROWING, category="集团制度")
    assert regulation.title == regulation.short_title == "集团图书借阅办法"
    assert regulation.subtitle is None
    assert regulation.category == "集团制度"
    assert regulation.issuer == "集团党委"
    assert regulation.promulgated_on == date(2024, 3, 5)
    assert regulation.effective_on == date(2024, 4, 1)
    assert regulation.history[1] == Event(date(2024, 3, 5), "集团党委印发")
    assert regulation.problems == ()
    assert [(a.label, a.number, a.suffix, a.line) for a in regulation.articles] == [
        (None, None, 0, 11),
        ("第一条", 1, 0, 15),
        ("第二条", 2, 0, 19),
        ("第三条", 3, 0, 25),
        ("第三条之一", 3, 1, 31),
    ]


def test_paragraphs_stay_with_their_article():
    articles = parse_regulation(BORROWING).articles
    assert articles[1].text == "职工凭工牌借书。\n每人每次三册。"
    assert articles[3].text == "到期归还。\n（一）亲自归还；\n（二）托人归还。"


def test_an_article_knows_the_headings_above_it():
    articles = parse_regulation(BORROWING).articles
    assert articles[0].path == ()
    assert articles[1].path == ("第一章 总则",)
    assert articles[4].path == ("第二章 归还", "第一节 时间")
    assert articles[4].article_number == ArticleNumber(3, 1)


def test_parts_stand_above_chapters_marked_with_the_same_level():
    regulation = parse(
        "## 第一编 总则\n## 第一章 目的\n第一条 甲。\n"
        "## 第二编 分则\n第二条 乙。\n## 附则\n第三条 丙。"
    )
    assert [article.path for article in regulation.articles] == [
        ("第一编 总则", "第一章 目的"),
        ("第二编 分则",),
        ("附则",),
    ]


def test_a_subtitle_is_the_outermost_heading():
    regulation = parse("## 第一章 借书\n第九条 甲。", head="# 图书典\n\n# 借阅编")
    assert (regulation.title, regulation.subtitle) == ("图书典", "借阅编")
    assert regulation.articles[0].path == ("借阅编", "第一章 借书")


def test_a_heading_without_mark_up_is_a_heading_all_the_same():
    regulation = parse("第一章 借书\n第一条 甲。\n第二章 还书\n第二条 乙。")
    assert [article.path for article in regulation.articles] == [("第一章 借书",), ("第二章 还书",)]


def test_a_text_without_articles_is_parted_by_its_items():
    regulation = parse("经研究，答复如下：\n一、可以借。\n1.凭工牌；\n2.限三册。\n二、应当还。")
    assert [(a.label, a.number, a.text) for a in regulation.articles] == [
        (None, None, "经研究，答复如下："),
        ("一、", 1, "可以借。\n1.凭工牌；\n2.限三册。"),
        ("二、", 2, "应当还。"),
    ]


def test_items_count_on_through_headings_or_begin_anew():
    regulation = parse("## 甲\n1．一册。\n2．两册。\n## 乙\n3．三册。\n## 丙\n1．四册。")
    assert [(a.number, a.path) for a in regulation.articles] == [
        (1, ("甲",)),
        (2, ("甲",)),
        (3, ("乙",)),
        (1, ("丙",)),
    ]
    assert regulation.problems == ()


def test_an_item_out_of_count_is_text():
    regulation = parse("一、修改如下：\n“甲：\n五、乙。\n二、丙。")
    assert [(a.label, a.text) for a in regulation.articles] == [
        ("一、", "修改如下：\n“甲：\n五、乙。"),
        ("二、", "丙。"),
    ]


def test_a_short_item_after_a_counted_heading_is_the_next_heading():
    regulation = parse("### 一、借书\n1.凭工牌。\n二、还书\n2.限三十日。\n三、本通知即日执行。")
    assert [(a.label, a.path) for a in regulation.articles] == [
        ("1.", ("一、借书",)),
        ("2.", ("二、还书",)),
        ("三、", ()),
    ]


def test_an_answer_without_any_mark_is_one_article():
    regulation = parse("分馆：\n可以照此办理。")
    assert [(a.label, a.text) for a in regulation.articles] == [(None, "分馆：\n可以照此办理。")]


def test_an_annex_after_the_articles_is_text_under_its_heading():
    regulation = parse("第一条 甲。\n## 附件一\n一、表一\n二、表二")
    assert regulation.articles[1].path == ("附件一",)
    assert regulation.articles[1].text == "一、表一\n二、表二"
    assert regulation.articles[1].label is None


@pytest.mark.parametrize(
    "line",
    [
        "第二条的规定，不适用于期刊。",
        "第二条、第三条不适用于期刊。",
        "第四条规定的期限除外。",
        "第二条第一款除外。",
        "“第二条 引用的条文。",
        "第百条 不成数。",
    ],
)
def test_an_article_cited_at_the_start_of_a_line_begins_none(line):
    regulation = parse(f"第一条 甲。\n{line}\n第二条 乙。")
    assert labels(regulation) == ["第一条", "第二条"]
    assert regulation.articles[0].text == f"甲。\n{line}"


@pytest.mark.parametrize(
    "head",
    [
        "第二条乙。",
        "第二 条乙。",
        "笫二条 乙。",
        "**第二条** 乙。",
        "第2条 乙。",
        "\u200b第二条\u3000乙。",
    ],
)
def test_an_odd_mark_begins_an_article_where_the_count_says_so(head):
    regulation = parse(f"第一条 甲。\n{head}\n第三条 丙。")
    assert [(a.number, a.text) for a in regulation.articles] == [
        (1, "甲。"),
        (2, "乙。"),
        (3, "丙。"),
    ]


def test_articles_that_share_a_line_are_parted():
    regulation = parse("第一条 甲。 第二条 依照第九条 办理。 第三条 丙。")
    assert [(a.label, a.text) for a in regulation.articles] == [
        ("第一条", "甲。"),
        ("第二条", "依照第九条 办理。"),
        ("第三条", "丙。"),
    ]


def test_invisible_characters_and_comments_are_no_text():
    regulation = parse("<!-- TABLE -->\n第一条 甲\u200b乙。\n\u200b\n<!-- TABLE END -->")
    assert [a.text for a in regulation.articles] == ["甲乙。"]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ("第一条 甲。\n第三条 丙。", ["第 6 行：第一条之后是第三条，中间缺号"]),
        ("第一条 甲。\n第一条 乙。", ["第 6 行：第一条重复出现"]),
        ("第四条 甲。\n第二条 乙。", ["第 6 行：第二条排在第四条之后"]),
        ("第一条\n第二条 乙。", ["第 5 行：第一条没有正文"]),
        ("第一条 甲。\n## 附表", ["第 6 行：标题下没有正文：附表"]),
    ],
)
def test_what_is_odd_is_told_by_line(body, problems):
    assert messages(parse(body)) == problems


def test_a_heading_with_nothing_below_is_kept_as_text():
    regulation = parse("第一条 甲。\n## 附表")
    assert (regulation.articles[1].label, regulation.articles[1].text) == (None, "附表")


def test_a_table_of_contents_is_no_loss_and_no_article():
    regulation = parse(
        "## 第一章 借书\n## 第二章 还书\n## 第一章 借书\n第一条 甲。\n## 第二章 还书\n第二条 乙。"
    )
    assert labels(regulation) == ["第一条", "第二条"]
    assert regulation.problems == ()


def test_without_the_marker_the_body_begins_after_the_dates():
    regulation = parse_regulation("# 某办法\n2024年3月1日 印发\n第一条 甲。")
    assert regulation.promulgated_on == date(2024, 3, 1)
    assert labels(regulation) == ["第一条"]
    assert messages(regulation) == ["第 3 行：没有 <!-- INFO END --> 行，正文从这里算起"]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", (Problem(1, "没有标题（以 # 开头的行）"), Problem(1, "没有正文"))),
        ("# 某办法\n<!-- INFO END -->\n", (Problem(1, "没有正文"),)),
        ("# 某办法\n<!-- INFO END -->\n第一条", (Problem(3, "没有正文"),)),
        ("<!-- INFO END -->\n第一条 甲。", (Problem(1, "没有标题（以 # 开头的行）"),)),
    ],
)
def test_a_text_without_title_or_body_is_refused(text, problems):
    with pytest.raises(UnreadableRegulation) as refusal:
        parse_regulation(text)
    assert refusal.value.problems == problems
    assert refusal.value.code is ErrorCode.INVALID
    assert refusal.value.path == ("input", "markdown")


def squeezed(text):
    return "".join(text.split())


LINES = st.one_of(
    st.builds(lambda n, t: f"第{format_number(n)}条 {t}", st.integers(1, 30), st.just("甲。")),
    st.sampled_from(
        [
            "## 第一章 甲",
            "### 第二节 乙 丙",
            "## 附件",
            "#",
            "一、甲",
            "二、乙。",
            "1.丙",
            "2、丁；",
            "（一）戊",
            "第二条的规定",
            "第三 条己",
            "丙。 第二条 丁",
            "第百条 庚",
            "第二章 壬",
        ]
    ),
    st.just("| 第一条 | 辛 |"),
    st.text("第一二三百条章、.# 甲。：1之", min_size=1, max_size=12),
)


@given(st.lists(LINES, min_size=1, max_size=25))
def test_no_line_of_the_body_is_lost(lines):
    try:
        regulation = parse("\n".join(lines))
    except UnreadableRegulation:
        assert not any(line.strip("# ") and not line.startswith(("#", "第")) for line in lines)
        return
    kept = squeezed("".join((a.label or "") + a.text for a in regulation.articles))
    paths = {squeezed(part) for article in regulation.articles for part in article.path}
    for line in lines:
        text = (
            squeezed(line.strip().lstrip("#")) if line.strip().startswith("#") else squeezed(line)
        )
        assert text in kept or text in paths


@pytest.mark.parametrize(
    "flood",
    [
        "第一条 ",
        "一、",
        "# 第一章 甲\n",
        "<!--",
        "《",
        "《》",
        "第一、",
        "第一条、",
        "第一条第一款、",
        "（",
        "本法自",
        "。 第二条 ",
        "2024年1月1日 《\n",
        "2024年1月1日 甲\n乙\n",
        "前条",
        "　",
        "九",
        "第一条之",
    ],
)
def test_a_flood_of_marks_is_no_regulation_or_one_that_can_be_linked(flood):
    text = "# 某办法\n" + flood * (256 * 1024 // len(flood.encode()))
    for hostile in (text, text.replace("某办法\n", "某办法\n<!-- INFO END -->\n")):
        parsed, problems = _read(hostile)
        assert bool(parsed) is not bool(problems)
        for article in parsed:
            find_citations(article.text, known_titles={"甲法"}, current=ArticleNumber(3))


def _read(text):
    """The articles of a text, and why there are none."""
    try:
        return parse_regulation(text).articles, ()
    except UnreadableRegulation as unreadable:
        return (), unreadable.problems
