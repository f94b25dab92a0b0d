"""Inquiry tables: questions of a week, their askers for a day, and words that mean the same."""

import enum
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, JsonList, enum_type, instant, key, reference


class AskedQuery(SQLModel, table=True):
    """A question, folded, in the week that begins on ``week``; nothing tells who asked it.

    ``empty`` is how often nothing was found, ``persons`` the most distinct members of one day.
    """

    __tablename__ = "asked_query"
    __table_args__ = (
        sa.UniqueConstraint("week", "query"),
        sa.Index("ix_asked_query_week_asked", "week", "asked", "id"),
    )

    id: int = key()
    week: date
    query: str = Field(max_length=120)
    asked: int = 0
    empty: int = 0
    clicks: int = 0
    persons: int = 0
    dismissed_at: datetime | None = instant(optional=True)


class AskingDay(SQLModel, table=True):
    """The secret of a day, without which its askers cannot be told; deleted with the day."""

    __tablename__ = "asking_day"

    day: date = Field(primary_key=True, sa_type=sa.Date)
    salt: str = Field(max_length=64)


class Asker(SQLModel, table=True):
    """That somebody asked a question on a day; ``digest`` says who only to the day's secret."""

    __tablename__ = "asker"

    day: date = Field(primary_key=True, sa_type=sa.Date)
    query_id: int = Field(primary_key=True, foreign_key="asked_query.id", sa_type=KEY)
    digest: str = Field(primary_key=True, max_length=32)


class SynonymState(enum.StrEnum):
    """Where a set of synonyms stands."""

    PROPOSED = "PROPOSED"
    APPROVED = "APPROVED"
    DISMISSED = "DISMISSED"


class SearchSynonym(SQLModel, table=True):
    """Words that mean the same to those who search, once a second person agreed.

    ``version`` counts the changes of what is approved, across all sets: the last one of this set.
    """

    __tablename__ = "search_synonym"
    __table_args__ = (sa.Index("ix_search_synonym_state", "state", "id"),)

    id: int = key()
    words: tuple[str, ...] = Field(sa_type=JsonList)
    query: str = Field(default="", max_length=120)
    state: SynonymState = Field(default=SynonymState.PROPOSED, sa_type=enum_type(SynonymState))
    version: int | None = Field(default=None, unique=True)
    proposed_by_id: int = reference("member.id")
    proposed_at: datetime = instant()
    decided_by_id: int | None = reference("member.id", optional=True)
    decided_at: datetime | None = instant(optional=True)
