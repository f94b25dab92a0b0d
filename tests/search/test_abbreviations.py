import pytest

from search.abbreviations import may_be_abbreviation, spelled_out

TITLES = [
    "劳动合同法",
    "劳动合同法实施条例",
    "劳动争议调解仲裁法",
    "未成年人保护法",
    "党员教育管理工作条例",
    "环境保护税法",
    "环境保护法",
]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("劳合法", ["劳动合同法"]),
        ("未保法", ["未成年人保护法"]),
        ("党员教育条例", ["党员教育管理工作条例"]),
        ("劳合法实施条例", ["劳动合同法实施条例"]),
        ("环保法", ["环境保护法", "环境保护税法"]),
    ],
)
def test_an_abbreviation_keeps_the_ends_and_the_order(typed, meant):
    assert spelled_out(typed, TITLES) == meant


@pytest.mark.parametrize("typed", ["合同法", "劳法合", "劳动合同", "劳动合同法", "劳离法"])
def test_what_begins_ends_or_runs_otherwise_stands_for_nothing(typed):
    assert spelled_out(typed, TITLES) == []


def test_a_title_of_many_more_letters_is_not_meant():
    assert spelled_out("最高法", ["最高人民法院关于办案的办法"]) == []


def test_two_letters_are_too_few_and_a_sentence_is_too_much():
    lengths = [length for length in range(20) if may_be_abbreviation("法" * length)]
    assert (lengths[0], lengths[-1]) == (3, 12)
