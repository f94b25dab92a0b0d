"""Audience in the graph: who may see something."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import strawberry

from app.organizations.queries import OrganizationRow, organizations
from app.visibility import AudienceScope, audience_of
from schema.context import Context
from schema.dependence import AUDIENCE, differs_by
from schema.organizations import Organization

strawberry.enum(
    AudienceScope,
    description="Who may see it: anyone (公开), every member, a subtree, one organization.",
)


class Meant(Protocol):
    """Anything that is meant for an audience."""

    @property
    def audience_key(self) -> str:
        """The key of :mod:`app.visibility`."""


class AudienceRow(NamedTuple):
    """Who may see something."""

    scope: AudienceScope
    organization: OrganizationRow | None


@differs_by(AUDIENCE)
async def audiences_of(context: Context, parents: Sequence[Meant]) -> list[AudienceRow]:
    """Who may see each."""
    audiences = [audience_of(row.audience_key) for row in parents]
    ids = list({key for _, key in audiences if key is not None})
    found = await organizations(context.database, ids) if ids else {}
    return [AudienceRow(scope, found.get(key or 0)) for scope, key in audiences]


@strawberry.type(description="Who may see a content (可见范围).")
class Audience:
    """A scope, and the organization that SUBTREE and ORGANIZATION are about."""

    scope: AudienceScope = strawberry.field(description="How wide.")
    organization: Organization | None = strawberry.field(
        description="The organization of SUBTREE and ORGANIZATION."
    )


@strawberry.input(description="Who may see something.")
class AudienceInput:
    """A scope, and the organization that it is about."""

    scope: AudienceScope = strawberry.field(description="How wide.")
    organization_id: strawberry.ID | None = strawberry.field(
        default=None, description="The organization, for SUBTREE and ORGANIZATION."
    )


TYPES: tuple[Any, ...] = (Audience,)
