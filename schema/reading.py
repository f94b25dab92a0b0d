"""Wordings of an article in the graph, and what changed from one to the next."""

import asyncio
from collections.abc import Sequence

import strawberry

from app.knowledge.comparing import Segment, SegmentKind, compare
from app.knowledge.wordings import Wording
from schema.context import Context
from schema.edges import edge
from schema.knowledge import RegulationArticle, RegulationVersion

strawberry.enum(SegmentKind, description="What became of a stretch of text: 未变, 新增, 删去.")


async def changes_of(
    _context: Context, parents: Sequence[Wording]
) -> list[Sequence[Segment] | None]:
    """What changed from each former wording, compared off the event loop."""

    def compared() -> list[Sequence[Segment] | None]:
        return [row.former and compare(row.former.text, row.article.text) for row in parents]

    return await asyncio.to_thread(compared)


@strawberry.type(description="A stretch of a comparison of two wordings.")
class TextSegment:
    """The shape of :class:`Segment`."""

    kind: SegmentKind = strawberry.field(description="What became of it.")
    text: str = strawberry.field(
        description="The stretch: of what is DELETED as it read before, else as it reads."
    )
    former_text: str | None = strawberry.field(
        description="Of what is EQUAL, how it was printed before; null where sign by sign the same."
    )


@strawberry.type(description="An article as one version of its regulation has it (历次文本之一).")
class ArticleWording:
    """The shape of :class:`Wording`."""

    version: RegulationVersion = strawberry.field(description="Whose wording it is.")
    article: RegulationArticle = strawberry.field(
        description="The article there; its number may be another."
    )
    is_changed: bool = strawberry.field(
        description="Whether it differs from the wording before it in more than typography; true"
        " for the first one."
    )
    changes: list[TextSegment] | None = edge(
        changes_of,
        "The way here from the wording before it, in order; null for the first one. Typography does"
        " not count as a change (，/, ：/︰ 臺/台, full and half width). What is EQUAL and INSERTED"
        " makes up this text; DELETED, and EQUAL in its formerText if it has one, the one before.",
    )
