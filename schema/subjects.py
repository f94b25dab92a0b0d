"""From a record's subject to the node that shows it."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.errors import Invalid
from app.subjects import Subject, SubjectKind
from schema.comments import find_comments
from schema.content import find_contents
from schema.context import Context
from schema.knowledge import find_regulations
from schema.members import find_members
from schema.nodes import Finder, parse_id
from schema.organizations import find_organizations
from schema.showcase import find_columns

_FINDERS: Mapping[SubjectKind, Finder] = {
    SubjectKind.CONTENT: find_contents,
    SubjectKind.COLUMN: find_columns,
    SubjectKind.COMMENT: find_comments,
    SubjectKind.MEMBER: find_members,
    SubjectKind.ORGANIZATION: find_organizations,
    SubjectKind.REGULATION: find_regulations,
}

_KINDS: Mapping[str, SubjectKind] = {
    "NewsItem": SubjectKind.CONTENT,
    "MicroLecture": SubjectKind.CONTENT,
    "LiveStream": SubjectKind.CONTENT,
    "ShowcaseEntry": SubjectKind.CONTENT,
    "ShowcaseColumn": SubjectKind.COLUMN,
    "Comment": SubjectKind.COMMENT,
    "Member": SubjectKind.MEMBER,
    "Organization": SubjectKind.ORGANIZATION,
    "Regulation": SubjectKind.REGULATION,
}


def subject_of(value: str, *path: str) -> Subject:
    """The subject that a global id names; Invalid where nothing is recorded of such things."""
    name, key = parse_id(value, *path)
    if name not in _KINDS:
        raise Invalid("没有关于此类对象的记录", *path)
    return Subject(_KINDS[name], key)


async def subjects(context: Context, wanted: Sequence[Subject | None]) -> list[Any | None]:
    """The row of each subject, None where it is gone or not to be seen; one read a kind."""
    rows: dict[Subject, Any] = {}
    for kind in dict.fromkeys(one.kind for one in wanted if one is not None):
        ids = list(dict.fromkeys(one.id for one in wanted if one is not None and one.kind is kind))
        found = await _FINDERS[kind](context, ids)
        rows.update((Subject(kind, key), row) for key, row in found.items())
    return [None if one is None else rows.get(one) for one in wanted]
