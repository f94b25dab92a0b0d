"""Doors by id: node and nodes."""

from typing import Annotated

import strawberry

from app.errors import TooLarge
from schema.context import Context
from schema.nodes import Node, find

Info = strawberry.Info[Context]
_MAX_IDS = 100


@strawberry.type
class NodeQueries:
    """Root fields that fetch by global id."""

    @strawberry.field(description="What has this id; null where it is unknown or not to be seen.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Node | None:
        """One node; a malformed id is INVALID."""
        return (await find(info.context, [id], "id"))[0]

    @strawberry.field(description="What has these ids, in their order; at most 100.")
    async def nodes(
        self,
        info: Info,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description="Their ids.")],
    ) -> list[Node | None]:
        """Several nodes, one read a type."""
        if len(ids) > _MAX_IDS:
            raise TooLarge(f"一次最多查询 {_MAX_IDS} 个 ID", "ids")
        return await find(info.context, ids, "ids")
