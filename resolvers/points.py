"""Doors to points: viewerPoints."""

from typing import Any

import strawberry

from app.database.columns import now
from app.points.queries import visible_accounts
from app.points.rules import windows
from schema.context import Context
from schema.points import PointsAccount

Info = strawberry.Info[Context]


@strawberry.type
class PointsQueries:
    """Root fields that read points."""

    @strawberry.field(
        description="The viewer's own points (我的积分), null when signed out.",
        graphql_type=PointsAccount | None,
    )
    async def viewer_points(self, info: Info) -> Any:
        """The viewer's account."""
        context = info.context
        if (key := context.viewer.member_id) is None:
            return None
        spans = windows(now(), context.platform.settings.zone)
        return (await visible_accounts(context.database, context.viewer, [key], spans)).get(key)
