"""The public laws and party regulations, where they lie beside the checkout."""

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pytest

from app.knowledge.citations import find_citations
from app.knowledge.reading.markdown import parse_regulation

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(not DATA.is_dir(), reason="the reference data is not beside the checkout"),
]

MORE_ARTICLES_THAN_THE_ORACLE = {
    # source: (oracle, here); in each the source's text is broken, and the count closes its gap.
    "民法商法/农民专业合作社法(2017-12-27).md": (73, 74),  # 笫五十四条 with a misprinted 第
    "诉讼与非诉讼程序法/刑事诉讼法(2018-10-26).md": (307, 308),  # no space after one 条
    "司法解释/最高人民法院关于适用《刑事诉讼法》的解释(2021-01-26).md": (
        651,
        655,
    ),  # 第一百二十四 条采用
    "行政法规/飞行基本规则(2007-10-18).md": (12, 124),  # each chapter is one line
}
STILL_BROKEN = {
    # The amendment quotes five articles of the constitution as if they were its own.
    "宪法/宪法修正案（2018年）.md": ["第 53 行：第五十二条之后是第一百二十三条，中间缺号"],
    "行政法规/导弹及相关物项和技术出口管制条例(2002-08-22).md": [
        "第 239 行：标题下没有正文：十四、降低雷达波反射特性的结构件",
        "第 241 行：标题下没有正文：十五、用来降低雷达波反射特性的结构材料",
    ],
    # Tables that the source left out.
    "经济法/环境保护税法(2018-10-26).md": [
        "第 151 行：标题下没有正文：一、第一类水污染物污染当量值",
        "第 161 行：标题下没有正文：五、大气污染物污染当量值",
    ],
}
OTHER_PROMULGATION = {
    # The head names the amendment of 2023; the oracle took the day from elsewhere.
    "刑法/刑法.md": ("2020-12-26", "2023-12-29"),
}
OTHER_DAY_OF_EFFECT = {
    # The source's name says 1958, its head 1985.
    "行政法规/森林和野生动物类型自然保护区管理办法(1958-07-06).md": ("1958-07-06", "1985-07-06"),
}


@pytest.fixture(scope="module")
def sources():
    root = DATA / "laws"
    return {str(path.relative_to(root)): path.read_text() for path in sorted(root.rglob("*.md"))}


@pytest.fixture(scope="module")
def laws(sources):
    return {
        source: parse_regulation(
            text, name=Path(source).stem, category=str(Path(source).parent.as_posix())
        )
        for source, text in sources.items()
    }


@pytest.fixture(scope="module")
def oracle():
    with gzip.open(DATA / "regulations.jsonl.gz", "rt", encoding="utf-8") as lines:
        return {law["source_path"]: law for law in map(json.loads, lines)}


def differences(laws, oracle, here, there):
    """Source → (the oracle's value, ours), where they differ."""
    return {
        source: (there(oracle[source]), here(law))
        for source, law in laws.items()
        if there(oracle[source]) != here(law)
    }


def iso(day):
    return day.isoformat() if day else None


def labels_by_article(law):
    return [a.label for a in law.articles if a.label and a.label.startswith("第")]


def test_no_law_is_lost(laws, oracle):
    assert laws.keys() == oracle.keys()
    assert len(laws) == 1510


def test_articles_are_counted_as_the_oracle_does(laws, oracle):
    found = differences(
        laws, oracle, lambda law: len(labels_by_article(law)), lambda law: law["numbered_articles"]
    )
    assert found == MORE_ARTICLES_THAN_THE_ORACLE
    assert sum(len(labels_by_article(law)) for law in laws.values()) == 64_783


def test_only_broken_sources_are_warned_of(laws):
    found = {source: [str(p) for p in law.problems] for source, law in laws.items() if law.problems}
    assert found == STILL_BROKEN


def test_titles_and_subtitles_are_the_oracles(laws, oracle):
    found = differences(
        laws,
        oracle,
        lambda law: (law.title, law.subtitle),
        lambda law: (law["title"], law["subtitle"]),
    )
    assert found == {}


def test_issuers_are_the_oracles(laws, oracle):
    assert differences(laws, oracle, lambda law: law.issuer, lambda law: law["issuer"]) == {}


def test_days_of_promulgation_are_the_oracles(laws, oracle):
    found = differences(
        laws, oracle, lambda law: iso(law.promulgated_on), lambda law: law["promulgated_on"]
    )
    assert found == OTHER_PROMULGATION


def test_a_day_of_effect_after_promulgation_is_the_oracles(laws, oracle):
    """Such a day stands in the text. What a revision set is known to the oracle from elsewhere."""
    told = {
        source: law
        for source, law in laws.items()
        if law.effective_on
        and law.promulgated_on
        and law.effective_on > law.promulgated_on
        and oracle[source]["effective_on"]
    }
    found = differences(
        told, oracle, lambda law: iso(law.effective_on), lambda law: law["effective_on"]
    )
    assert len(told) > 600
    assert found == OTHER_DAY_OF_EFFECT


def test_no_law_binds_before_its_revision(laws):
    for law in laws.values():
        if law.effective_on and any("修正" in event.text for event in law.history):
            assert law.effective_on >= law.promulgated_on >= date(1980, 1, 1)


def squeezed(text):
    """The text without what cleaning may change."""
    return re.sub(r"[\s\u200b*笫第]|<!--.*?-->", "", text)


def test_no_line_of_a_body_is_lost(sources, laws):
    lost = []
    for source, text in sources.items():
        law = laws[source]
        kept = squeezed("".join((a.label or "") + a.text for a in law.articles))
        headings = {squeezed(part) for article in law.articles for part in article.path}
        for line in text.partition("<!-- INFO END -->")[2].splitlines():
            wanted = squeezed(line).lstrip("#")
            if wanted not in kept and wanted not in headings:
                lost.append((source, line))
    assert lost == []


def test_party_regulations_are_read_with_their_editions():
    files = sorted((DATA / "party_regulations").glob("*.md"))
    read = [parse_regulation(f.read_text(), name=f.stem, category="党内法规") for f in files]
    assert [(r.short_title, r.edition, len(labels_by_article(r))) for r in read] == [
        ("党员教育管理工作条例", None, 46),
        ("党和国家机关基层组织工作条例", None, 43),
        ("发展党员工作细则", None, 44),
        ("中国共产党章程", None, 55),
        ("中国共产党章程", "2017年修订", 55),
        ("纪律处分条例", "2018年修订", 142),
        ("党史学习教育工作条例", None, 34),
        ("党政机关厉行节约反对浪费条例", None, 63),
        ("干部人事档案工作条例", None, 46),
    ]
    assert [problem for regulation in read for problem in regulation.problems] == []


def test_citations_in_all_laws_are_found(laws):
    known = frozenset(title for law in laws.values() for title in (law.title, law.short_title))
    found = [
        citation
        for law in laws.values()
        for article in law.articles
        for citation in find_citations(
            article.text, known_titles=known, current=article.article_number
        )
    ]
    own = sum(1 for citation in found if citation.title is None)
    of_others = sum(1 for citation in found if citation.title is not None and citation.numbers)
    assert (own, of_others) == (5_201, 5_085)


def test_four_in_five_citations_of_this_law_hit_an_article(laws):
    """What misses is an amendment's or a list's 第N条, which mean another law's."""
    hits = misses = 0
    for law in laws.values():
        numbers = {article.article_number for article in law.articles}
        for article in law.articles:
            for citation in find_citations(article.text):
                if citation.title is None:
                    hits += sum(number in numbers for number in citation.numbers)
                    misses += sum(number not in numbers for number in citation.numbers)
    assert hits / (hits + misses) > 0.8
