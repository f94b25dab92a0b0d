"""Doors to the organization tree: organization."""

from typing import Annotated, Any

import strawberry

from app.organizations.queries import visible_organizations
from schema.context import Context
from schema.nodes import key_of
from schema.organizations import Organization

Info = strawberry.Info[Context]


@strawberry.type
class OrganizationQueries:
    """Root fields on organizations."""

    @strawberry.field(
        description="An organization by id, for members; null where it is unknown.",
        graphql_type=Organization | None,
    )
    async def organization(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Any:
        """One organization; a malformed id, or one of another type, is INVALID."""
        key = key_of(id, "Organization", "id")
        found = await visible_organizations(info.context.database, info.context.viewer, [key])
        return found.get(key)
