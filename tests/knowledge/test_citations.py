import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.knowledge.citations import LONGEST_RANGE, Citation, find_citations
from app.knowledge.numerals import ArticleNumber

KNOWN = frozenset({"刑法", "民法典", "刑事诉讼法", "诉讼法", "图书法", "中华人民共和国图书法"})


def cited(text, **options):
    """Title and numbers of each citation, a plain number where there is no suffix."""
    return [
        (c.title, [n.number if not n.suffix else tuple(n) for n in c.numbers])
        for c in find_citations(text, known_titles=KNOWN, **options)
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依照本法第十二条的规定办理", [(None, [12])]),
        ("依照本条例第三条第二款第（一）项处理", [(None, [3])]),
        ("除第九条规定的以外", [(None, [9])]),
        ("第十二条所列人员", [(None, [12])]),
        ("本法第十二条、第十三条和第十五条", [(None, [12, 13, 15])]),
        ("本办法第二条第一款、第三款以及第五条", [(None, [2, 5])]),
        ("本规定第二条第(一)、(四)项、第七条", [(None, [2, 7])]),
        ("第十二条至第十五条", [(None, [12, 13, 14, 15])]),
        ("本章第三条、第五条至第七条、第九条", [(None, [3, 5, 6, 7, 9])]),
        ("符合第三、四条的", [(None, [3, 4])]),
        ("符合第三至第六条的", [(None, [3, 4, 5, 6])]),
        ("第八条之一至第八条之三", [(None, [(8, 1), (8, 2), (8, 3)])]),
        ("第12条和第13条", [(None, [12, 13])]),
    ],
)
def test_articles_of_this_regulation_are_found(text, found):
    assert cited(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("《借阅条例》第三条", [("借阅条例", [3])]),
        ("根据《借阅条例》制定", [("借阅条例", [])]),
        ("《借阅条例》（以下简称条例）第三条", [("借阅条例", [3])]),
        ("《借阅条例》的第三条", [("借阅条例", [3])]),
        ("《借阅条例》第二章第七条", [("借阅条例", [7])]),
        ("（《借阅条例》）", [("借阅条例", [])]),
        ("《关于〈借阅条例〉第九条的解释》第二条", [("关于〈借阅条例〉第九条的解释", [2])]),
        ("《关于《借阅条例》的解释》第二条", [("关于《借阅条例》的解释", [2])]),
        ("《甲法》、《乙法》第一条", [("甲法", []), ("乙法", [1])]),
        ("《甲法》第一条、《乙法》第二条", [("甲法", [1]), ("乙法", [2])]),
        ("没有结束的《借阅条例第三条", []),
    ],
)
def test_a_title_in_brackets_owns_the_numbers_after_it(text, found):
    assert cited(text) == found


def test_a_list_changes_owner_where_it_says_so():
    text = "《甲法》第三条、第四条和本法第五条"
    assert cited(text) == [("甲法", [3, 4]), (None, [5])]


def test_a_list_keeps_its_owner_across_a_noun():
    text = "构成刑法第三条甲罪、第五条乙罪的"
    assert cited(text) == [("刑法", [3]), ("刑法", [5])]


def test_a_new_sentence_speaks_of_this_regulation_again():
    assert cited("依照《甲法》第三条。第五条的期限除外") == [("甲法", [3]), (None, [5])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依照刑法第二百六十条的规定", [("刑法", [260])]),
        ("依照刑事诉讼法第三条", [("刑事诉讼法", [3])]),
        ("依照中华人民共和国图书法第三条", [("中华人民共和国图书法", [3])]),
        ("触犯刑法分则第九章第三百条", [("刑法", [300])]),
        ("依照合同法第七条", []),
        ("合作条约第二条", []),
        ("附件一第二条", []),
        ("依照刑法追究刑事责任", []),
        ("本单位违反图书法第三条", [("图书法", [3])]),
    ],
)
def test_a_law_without_brackets_is_found_where_its_title_is_known(text, found):
    assert cited(text) == found


def test_that_law_is_the_one_named_last():
    text = "依照《甲条例》第一条办理；该条例第二条另有规定的除外"
    assert cited(text) == [("甲条例", [1]), ("甲条例", [2])]


def test_the_previous_article_is_known_from_the_current_one():
    current = ArticleNumber(9)
    assert cited("有前条规定的情形", current=current) == [(None, [8])]
    assert cited("有前两条规定的情形", current=current) == [(None, [7, 8])]
    assert cited("有前条规定的情形") == []
    assert cited("目前条件尚不具备，前款除外", current=current) == []


def test_the_first_article_has_none_before_it():
    assert cited("有前条规定的情形", current=ArticleNumber(1)) == []


def test_a_range_is_bounded():
    assert cited(f"第一条至第{LONGEST_RANGE}条") == [(None, list(range(1, LONGEST_RANGE + 1)))]
    assert cited("第一条至第九千条") == [(None, [1, 9000])]
    assert cited("第九条至第三条") == [(None, [9, 3])]


def test_a_citation_tells_where_it_stands():
    text = "人员依照刑法第三条第一款处理"
    (found,) = find_citations(text, known_titles=KNOWN)
    assert found == Citation("刑法", (ArticleNumber(3),), 4, 12)
    assert text[found.start : found.end] == "刑法第三条第一款"


def test_malformed_numerals_are_no_citation():
    assert cited("第百条和第十百条") == []


FRAGMENTS = st.sampled_from([
    "本法", "刑法", "《甲法》", "《", "》", "〈", "第", "三", "百", "条", "之", "款", "项", "、",
    "和", "至", "，", "。", "（", "）", "(", ")", "前条", "该法", "第十二条", "第99999条", "1"
])  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=40).map("".join))
@example("第三条至第三条之二")
def test_whatever_the_text_citations_are_in_order_and_within_it(text):
    end = 0
    for found in find_citations(text, known_titles=KNOWN, current=ArticleNumber(5)):
        assert end <= found.start < found.end <= len(text)
        assert len(found.numbers) == len(set(found.numbers)) <= 2 * LONGEST_RANGE + len(text)
        assert found.title is None or found.title in text
        end = found.end


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=8, unique=True))
def test_a_list_of_articles_is_read_back(numbers):
    text = "本法" + "、".join(ArticleNumber(n).label for n in numbers)
    assert cited(text) == [(None, numbers)]
