from datetime import date

import pytest

from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import Event

ISSUED = """\
# 集团图书借阅办法

2024年3月5日 集团党委印发

2024年4月1日 施行

<!-- INFO END -->

第一条 职工凭工牌借书。
"""


def parse(body, *, head="# 某办法", **options):
    return parse_regulation(f"{head}\n\n<!-- INFO END -->\n\n{body}", **options)


def messages(regulation):
    return [str(problem) for problem in regulation.problems]


def test_an_event_in_brackets_loses_them():
    regulation = parse("第一条 甲。", head="# 某法\n（2024年3月1日某会议通过）")
    assert regulation.history == (Event(date(2024, 3, 1), "某会议通过"),)


def test_an_event_over_several_lines_is_one():
    head = (
        "# 某法\n2024年3月1日 《关于修改\n〈甲法〉、\n〈乙法〉的决定》修正\n"
        "2024年3月2日 甲部\n乙部发布"
    )
    regulation = parse("第一条 甲。", head=head)
    assert [event.text for event in regulation.history] == [
        "《关于修改〈甲法〉、〈乙法〉的决定》修正",
        "甲部 乙部发布",
    ]
    assert regulation.notes == ()


def test_effect_at_issue_is_the_day_of_issue():
    regulation = parse("第一条 甲。", head="# 某法\n1985年9月18日 某部发布\n发布之日施行")
    assert regulation.effective_on == date(1985, 9, 18)


def test_a_title_over_several_lines_is_no_note():
    regulation = parse("第一条 甲。", head="# 集团图书借阅办法\n集团图书\n借阅办法")
    assert regulation.notes == ()


def test_other_lines_are_notes():
    regulation = parse(
        "第一条 甲。", head="# 某法\n关于印发某法的通知\n集团发〔2024〕7号\n各单位："
    )
    assert regulation.notes == ("关于印发某法的通知", "各单位：")
    assert regulation.document_number == "集团发〔2024〕7号"


def test_a_day_that_never_was_is_a_problem_and_no_event():
    regulation = parse("第一条 甲。", head="# 某法\n2023年2月30日 通过")
    assert regulation.history == ()
    assert regulation.notes == ("2023年2月30日 通过",)
    assert messages(regulation) == ["第 2 行：日历上没有这一天：2023年2月30日 通过"]


def test_the_source_is_kept():
    regulation = parse("第一条 甲。", head="# 某法\n<!-- SOURCE: 馆藏 12 号 -->")
    assert regulation.source == "馆藏 12 号"


def test_an_edition_is_split_from_the_title():
    regulation = parse("第一条 甲。", head="# 集团奖惩条例（2018年修订）")
    assert (regulation.title, regulation.edition) == ("集团奖惩条例", "2018年修订")


def test_front_matter_overrides_the_head():
    block = (
        "---\ntitle: 另名\nissuer: 集团工会\ndocument_number: 工发1号\n"
        "promulgated_on: 2025-01-02\neffective_on: 2025-02-03\nsource: 档案\n---\n"
    )
    regulation = parse_regulation(f"{block}{ISSUED}", name="办法(2020-01-01)")
    assert regulation.title == "另名"
    assert regulation.issuer == "集团工会"
    assert regulation.document_number == "工发1号"
    assert regulation.promulgated_on == date(2025, 1, 2)
    assert regulation.effective_on == date(2025, 2, 3)
    assert regulation.source == "档案"


def test_odd_front_matter_is_told_by_line():
    regulation = parse_regulation(f"---\n作者: 某\neffective_on: 明天\n---\n{ISSUED}")
    assert regulation.effective_on == date(2024, 4, 1)
    assert messages(regulation) == [
        "第 1 行：effective_on 不是日期（如 2025-03-01）：明天",
        "第 2 行：不认识的字段，已忽略：作者: 某",
    ]


def test_front_matter_must_end():
    regulation = parse_regulation(f"---\n{ISSUED}")
    assert messages(regulation) == ["第 1 行：开头的 --- 没有对应的结束行"]


def test_the_name_tells_the_day_of_promulgation():
    regulation = parse_regulation(ISSUED, name="图书借阅办法(2024-03-09)")
    assert regulation.promulgated_on == date(2024, 3, 9)


def test_a_day_long_before_this_version_is_an_earlier_ones():
    regulation = parse("第一条 本办法自2016年12月1日起施行。", name="某办法(2020-12-29)")
    assert regulation.effective_on == date(2020, 12, 29)


@pytest.mark.parametrize(
    "article",
    ["本办法自2024年5月1日起施行。", "本办法自二〇二四年五月一日起施行。"],
)
def test_the_text_tells_from_which_day_it_binds(article):
    assert parse(f"第一条 {article}").effective_on == date(2024, 5, 1)


def test_effect_at_publication_is_the_day_of_promulgation():
    regulation = parse("第一条 本办法自公布之日起施行。", name="某办法(2024-05-01)")
    assert regulation.effective_on == date(2024, 5, 1)


def test_a_revised_text_does_not_bind_before_it_was_made():
    head = "# 某法\n2010年1月1日 通过\n2020年1月1日 第一次修正"
    regulation = parse("第一条 本法自2010年6月1日起施行。", head=head)
    assert regulation.effective_on == date(2020, 1, 1)


def test_a_first_text_may_bind_for_days_before_it():
    regulation = parse("第一条 本办法自2024年1月1日起施行。", name="某办法(2024-02-01)")
    assert regulation.effective_on == date(2024, 1, 1)


def test_days_that_nobody_tells_are_none():
    regulation = parse("第一条 甲。")
    assert (regulation.promulgated_on, regulation.effective_on) == (None, None)


@pytest.mark.parametrize(
    ("category", "title", "event", "issuer"),
    [
        ("行政法规", "某条例", "某部发布", "国务院"),
        ("部门规章/公安部", "某规定", "发布", "公安部"),
        ("司法解释", "最高人民检察院关于某事的解释", "通过", "最高人民检察院"),
        ("司法解释", "关于某事的解释", "最高人民检察院检察委员会通过", "最高人民检察院"),
        ("经济法", "某法", "第九届全国人民代表大会第三次会议通过", "全国人民代表大会"),
        ("经济法", "某法", "某届全国人民代表大会常务委员会会议通过", "全国人民代表大会常务委员会"),
        ("党内法规", "某条例", "中共中央办公厅发布", "中共中央办公厅"),
        ("党内法规", "某章程", "中国共产党第二十次全国代表大会修改通过", "中国共产党全国代表大会"),
        ("集团制度", "某办法", "某集团工会第3号令公布", "某集团工会"),
        ("", "某办法", "修订", None),
    ],
)
def test_the_issuer_follows_from_category_title_and_history(category, title, event, issuer):
    regulation = parse("第一条 甲。", head=f"# {title}\n2024年3月1日 {event}", category=category)
    assert regulation.issuer == issuer
