"""A small library to search in: rules and contents of an imaginary group."""

from app.knowledge.numerals import ArticleNumber
from search.port import Document, SearchScope, Unit, UnitKey, UnitKind, unit_key
from search.ranking import ADMINISTRATIVE, INTERPRETATION, STATUTE

EVERYBODY = frozenset({"public", "everyone"})


def regulation(
    unit: int,
    title: str,
    articles: dict[tuple[int, int], str],
    *,
    first_id: int,
    version: int = 0,
    **fields,
) -> Unit:
    """One regulation; article ids count up from ``first_id``."""
    documents = tuple(
        Document(
            id=first_id + place,
            scope=SearchScope.REGULATION,
            unit=unit,
            title=title,
            label=ArticleNumber(number, suffix).label,
            number=number,
            suffix=suffix,
            text=text,
            **{"audience": "everyone", "status": "IN_FORCE"} | fields,
        )
        for place, ((number, suffix), text) in enumerate(articles.items())
    )
    return Unit(UnitKey(UnitKind.REGULATION, unit), documents, version)


def content(unit: int, title: str, text: str, *, version: int = 0, **fields) -> Unit:
    """One content: a piece of news unless told otherwise."""
    fields = {"scope": SearchScope.NEWS, "audience": "everyone"} | fields
    document = Document(id=unit, unit=unit, title=title, text=text, **fields)
    return Unit(unit_key(document), (document,), version)


def removed(kind: UnitKind, unit: int, *, version: int = 0) -> Unit:
    """A unit that is there no more."""
    return Unit(UnitKey(kind, unit), (), version)


READING_ROOM = regulation(
    1,
    "集团阅览室管理条例",
    {
        (1, 0): "为了方便职工借阅图书，制定本条例。",
        (2, 0): "每人每次可以借阅三册图书，借期三十日。",
        (3, 0): "逾期不还的，暂停借阅，直到归还为止。",
        (3, 1): "遗失图书的，按原价赔偿。",
        (12, 0): "阅览室内不得大声喧哗。",
    },
    first_id=101,
    category="行政法",
    issuer="集团党委",
    weight=STATUTE,
    published_at=1_000,
    aliases=("借书规定",),
    organization_ids=(1,),
)
READING_NOTES = regulation(
    2,
    "关于集团阅览室管理若干问题的解释",
    {(1, 0): "条例所称图书，包括期刊和地图。", (2, 0): "逾期一日也是逾期。"},
    first_id=201,
    category="司法解释",
    issuer="集团工会",
    weight=INTERPRETATION,
    published_at=2_000,
    organization_ids=(1,),
)
TRAVEL = regulation(
    3,
    "差旅费报销办法",
    {
        (1, 0): "出差人员凭票据报销差旅费。",
        (2, 0): "住宿费超过标准的部分，由出差人员承担。",
    },
    first_id=301,
    category="部门规章",
    issuer="集团财务部",
    weight=ADMINISTRATIVE,
    published_at=3_000,
    status="REPEALED",
    organization_ids=(1,),
)
NEWS = content(
    1,
    "第三支部慰问退休职工",
    "重阳节前，支部党员看望了退休职工，送去图书和月饼。",
    published_at=5_000,
    organization_ids=(7, 3, 1),
)
LECTURE = content(
    2,
    "微党课：一封家书里的初心",
    "讲述一位老党员写给孩子的信。",
    scope=SearchScope.MICRO_LECTURE,
    published_at=6_000,
    organization_ids=(1,),
    audience="public",
)
SECRET = content(
    3,
    "二支部内部学习安排",
    "本周四学习图书管理经验，暗号是枇杷。",
    audience="org:9",
    published_at=7_000,
    organization_ids=(9, 1),
)

SHELVES = (READING_ROOM, READING_NOTES, TRAVEL, NEWS, LECTURE, SECRET)
DOCUMENTS = sum(len(unit.documents) for unit in SHELVES)


async def stream(units):
    """Units one by one, as a rebuild reads them from the database."""
    for unit in units:
        yield unit
