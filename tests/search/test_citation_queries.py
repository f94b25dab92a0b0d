import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.knowledge.numerals import LARGEST, ArticleNumber
from search.citations import key, mentioned, read_citation, spell_out


@pytest.mark.parametrize(
    ("query", "title", "article"),
    [
        ("借书法第39条", "借书法", (39, 0)),
        ("《借书法》39条", "借书法", (39, 0)),
        ("《借书法》 第 39 条", "借书法", (39, 0)),
        ("借书法 三十九条", "借书法", (39, 0)),
        ("借书法第三十九条之一", "借书法", (39, 1)),
        ("借书法第39条之2", "借书法", (39, 2)),
        ("借書法第三十九條之一", "借书法", (39, 1)),
        ("中华人民共和国借书法第一百零五条", "借书法", (105, 0)),
        ("借书法§39", "借书法", (39, 0)),
        ("借书法 39", "借书法", (39, 0)),
        ("《借书法》39", "借书法", (39, 0)),
        ("借书法第39条第二款", "借书法", (39, 0)),
        ("借书法39", "借书法", (39, 0)),
        ("借书法39？", "借书法", (39, 0)),
        ("借书法 ３９ ", "借书法", (39, 0)),
        ("借书法 三十九", "借书法", (39, 0)),
        ("借书法三九条？", "借书法", (39, 0)),
        ("借书法 § 39", "借书法", (39, 0)),
        ("借书法39之一", "借书法", (39, 1)),
        ("第39条 借书法", "借书法", (39, 0)),
        ("39条《借书法》", "借书法", (39, 0)),
        ("《关于〈借书法〉的解释》第二条", "关于《借书法》的解释", (2, 0)),
        ("《关于《借书法》的解释》第二条", "关于《借书法》的解释", (2, 0)),
        ("按《还书法》和《借书法》第二条", "借书法", (2, 0)),
    ],
)
def test_a_citation_is_read_in_every_spelling(query, title, article):
    citation = read_citation(query)
    assert (citation.titles[0], citation.article) == (title, article)


def test_a_title_within_a_sentence_may_begin_at_any_letter():
    citation = read_citation("根据借书法的第三条可以吗")
    assert "借书法" in citation.titles
    assert citation.elsewhere == "根据借书法的 可以吗"


def test_a_title_behind_the_number_may_end_at_any_letter():
    assert "借书法" in read_citation("第三条借书法怎么说").titles


def test_titles_that_a_text_names_are_known_by_their_keys():
    text = "依照《中华人民共和国借书法》第三条、《关于适用〈还书法〉的解释》和《借书法》"
    assert mentioned(text) == {"借书法", "关于适用《还书法》的解释"}


@pytest.mark.parametrize(
    "query", ["", "第三条", "3条", "借书法", "借书法第条", "2023", "在2023年", "《》第三条"]
)
def test_what_names_no_title_and_article_is_no_citation(query):
    assert read_citation(query) is None


@given(st.integers(1, LARGEST), st.integers(0, 20))
def test_every_label_is_read_back(number, suffix):
    article = ArticleNumber(number, suffix)
    assert read_citation(f"借书法{article.label}").article == article


def test_digits_are_spelled_out_as_texts_have_them():
    assert spell_out("借书法39条和第40条之1") == "借书法第三十九条和第四十条之一"


@pytest.mark.parametrize(
    "title", ["《借书法》", "借書法", "中华人民共和国借书法", " 借书法 ", "借书法（2018年修订）"]
)
def test_spellings_of_a_title_have_one_key(title):
    assert key(title) == "借书法"
