"""What is asked, and synonyms, in the graph."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import strawberry

from app.inquiries import queries
from app.inquiries.curating import CURATORS
from app.inquiries.models import SynonymState
from app.inquiries.queries import AskedQueryRow, SynonymRow
from app.inquiries.rules import Trouble
from app.members.queries import MemberRow, visible_members
from app.organizations.queries import root
from schema.context import Context
from schema.edges import edge
from schema.errors import UserError
from schema.members import Member
from schema.nodes import Node, node

strawberry.enum(
    Trouble, description="What is wrong with the answers to a question: 无结果, 少有人点开."
)
strawberry.enum(
    SynonymState, description="Where a set of synonyms stands: 待批准, 已生效, 已否决或停用."
)


async def is_curator(context: Context) -> bool:
    """Whether the viewer keeps the knowledge base of the group."""
    top = await root(context.database)
    return top is not None and context.viewer.holds(CURATORS, top.path)


async def find_asked(context: Context, ids: Sequence[int]) -> Mapping[int, AskedQueryRow]:
    """Questions that enough persons asked, for curators."""
    return await queries.asked_queries(context.database, ids) if await is_curator(context) else {}


async def find_synonyms(context: Context, ids: Sequence[int]) -> Mapping[int, SynonymRow]:
    """Sets of synonyms, for curators."""
    return await queries.synonyms_by_id(context.database, ids) if await is_curator(context) else {}


async def proposers_of(context: Context, parents: Sequence[SynonymRow]) -> list[MemberRow | None]:
    """Who proposed each."""
    return await _members(context, [row.proposed_by_id for row in parents])


async def deciders_of(context: Context, parents: Sequence[SynonymRow]) -> list[MemberRow | None]:
    """Who decided on each."""
    return await _members(context, [row.decided_by_id for row in parents])


async def _members(context: Context, ids: Sequence[int | None]) -> list[MemberRow | None]:
    wanted = list({key for key in ids if key is not None})
    found = await visible_members(context.database, context.viewer, wanted) if wanted else {}
    return [found.get(key or 0) for key in ids]


@node(
    AskedQueryRow,
    find=find_asked,
    description="A question that members asked in a week, counted without their names: who asked is"
    " kept as a digest under a secret of the day, for counting alone, and both are deleted when the"
    " day ends, within 24 hours. It is shown only if three members or more asked it on one day;"
    " what fewer asked is deleted with the week.",
)
class AskedQuery(Node):
    """The shape of :class:`AskedQueryRow`."""

    week: date = strawberry.field(description="The Monday of its week.")
    query: str = strawberry.field(
        description="What was asked, in simplified letters of half width and lower case."
    )
    asked: int = strawberry.field(description="How often members asked it.")
    empty: int = strawberry.field(description="How often nothing was found.")
    clicks: int = strawberry.field(description="How often an answer was opened.")
    persons: int = strawberry.field(
        description="How many members asked it on the day on which most did."
    )


@node(
    SynonymRow,
    find=find_synonyms,
    description="Words that mean the same to those who search (同义词), once two persons agreed.",
)
class SearchSynonym(Node):
    """The shape of :class:`SynonymRow`."""

    words: list[str] = strawberry.field(description="The words.")
    query: str = strawberry.field(description="The question that it is for; empty for none.")
    state: SynonymState = strawberry.field(description="Where it stands.")
    version: int | None = strawberry.field(
        description="Which change of all that is in force its last one was; null before the first."
    )
    proposed_by: Member | None = edge(proposers_of, "Who proposed it.")
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    decided_by: Member | None = edge(deciders_of, "Who decided on it, null until then.")
    decided_at: datetime | None = strawberry.field(description="When it was decided on.")


@strawberry.input(description="Words that mean the same.")
class ProposeSynonymsInput:
    """A set, and the question that it is for."""

    words: list[str] = strawberry.field(
        description="2–8 different words of 1–20 letters, without blanks and signs."
    )
    query_id: strawberry.ID | None = strawberry.field(
        default=None, description="The asked question that they are to help."
    )


@strawberry.input(description="A set of synonyms to decide on.")
class SynonymsInput:
    """Which set."""

    id: strawberry.ID = strawberry.field(description="The set's id.")


@strawberry.input(description="A question to take out of the queue.")
class DismissAskedQueryInput:
    """Which question."""

    query_id: strawberry.ID = strawberry.field(description="The asked question's id.")


@strawberry.input(description="An answer that was opened.")
class RecordSearchClickInput:
    """To which question."""

    query: str = strawberry.field(description="What was asked, as it was asked.")


class SynonymsPayloadRow(NamedTuple):
    """The set as it stands now, or why nothing was done."""

    synonyms: SynonymRow | None
    errors: list[UserError]


@strawberry.type(description="A set of synonyms as it stands now, or why nothing was done.")
class SynonymsPayload:
    """The shape of :class:`SynonymsPayloadRow`."""

    synonyms: SearchSynonym | None = strawberry.field(description="The set.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type(description="That something was noted, or why not.")
class InquiryPayload:
    """Nothing but errors."""

    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )


TYPES: tuple[Any, ...] = (AskedQuery, SearchSynonym)
