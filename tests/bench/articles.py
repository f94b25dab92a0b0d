"""The rules that are searched: made-up regulations, imported as a group imports its own."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.database import Database
from app.database.columns import now
from app.knowledge.bulk import import_paths
from app.knowledge.numerals import format_number
from app.visibility import PUBLIC

_REGULATIONS = 100
_ARTICLES = 60

_FIELDS = (
    "差旅费", "公务用车", "会议活动", "合同档案", "信息系统", "劳动保护", "职工食堂", "备件采购",
    "志愿服务", "教育培训", "项目验收", "设备租赁", "票据报销", "值班巡检", "外来访客", "宿舍用房",
)  # fmt: skip
_KINDS = ("管理办法", "实施细则", "工作规定", "操作规程", "考核办法", "审批流程")
_WHO = ("申请人", "经办部门", "党支部书记", "财务人员", "项目负责人", "值班人员", "新入职员工")
_WHEN = (
    "超过三日的", "遇到紧急情况的", "金额在五千元以上的", "跨单位办理的", "发现记录有误的",
    "需要延期的", "当月没有办结的", "涉及个人信息的", "在节假日发生的",
)  # fmt: skip
_DUTIES = (
    "应当事先填写申请单", "由分管领导书面批准", "应当在十个工作日内交回", "须附原始凭证和清单",
    "应当向上一级党组织报告", "可以申请一次复核", "不得由他人代为签字", "应当登记并保存三年",
    "由两人以上共同清点", "应当在公开栏公示五日", "可以先行处理、事后补办手续",
)  # fmt: skip
_ENDS = (
    "逾期未办的，重新申请。",
    "违反的，予以通报。",
    "另有约定的，从其约定。",
    "费用由本单位承担。",
)

_random = random.Random(39)
#: What callers look up, as somebody who knows no article by its number would ask.
QUESTIONS = tuple(
    "".join(map(_random.choice, (_FIELDS, _WHEN, ("怎么办", "谁来批", "要交什么"))))
    for _ in range(120)
)


async def import_articles(database: Database, scale: float) -> int:
    """Import ``scale`` times 6,000 articles, for everyone to see; answers how many it were."""
    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as folder:
        for title, text in _texts(round(_REGULATIONS * scale)):
            (Path(folder) / f"{title}.md").write_text(text)
        report = await import_paths(
            database, [Path(folder)], today=now().date(), audience_key=PUBLIC, category="制度"
        )
    if report.failures:
        raise ValueError(str(report))
    return report.articles


def _texts(count: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(2026)
    for n in range(count):
        field, kind = _FIELDS[n % len(_FIELDS)], _KINDS[n // len(_FIELDS) % len(_KINDS)]
        title = f"第{format_number(n + 1)}公司{field}{kind}"
        head = [f"# {title}", "2024年3月1日 公司印发", "2024年4月1日 施行", "<!-- INFO END -->"]
        articles = [
            f"第{format_number(number)}条 {_sentence(chance, field)}{_sentence(chance, field)}"
            for number in range(1, _ARTICLES + 1)
        ]
        yield title, "\n\n".join([*head, *articles]) + "\n"


def _sentence(chance: random.Random, field: str) -> str:
    who, when, duty = chance.choice(_WHO), chance.choice(_WHEN), chance.choice(_DUTIES)
    return f"{field}{when}，{who}{duty}，{chance.choice(_DUTIES)}；{chance.choice(_ENDS)}"
