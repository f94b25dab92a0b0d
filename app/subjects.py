"""What a record is about: a kind of thing and its key, without a foreign key to its table."""

import enum
from typing import NamedTuple


class SubjectKind(enum.StrEnum):
    """The nouns that points, notifications, reports and the audit trail speak of."""

    CONTENT = "CONTENT"
    COLUMN = "COLUMN"
    COMMENT = "COMMENT"
    MEMBER = "MEMBER"
    ORGANIZATION = "ORGANIZATION"
    REGULATION = "REGULATION"


class Subject(NamedTuple):
    """One thing; it may be gone, or not be the reader's to see."""

    kind: SubjectKind
    id: int
