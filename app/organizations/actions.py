"""Writes on organizations: found one below another."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.database.columns import new_id
from app.errors import Invalid
from app.organizations.models import Organization, OrganizationKind

_MAX_DEPTH = 16


async def found(
    session: AsyncSession, name: str, kind: OrganizationKind, *, parent_id: int | None = None
) -> Organization:
    """Add an organization below ``parent_id``, or at the top."""
    parent = None if parent_id is None else await session.get(Organization, parent_id)
    if parent_id is not None and parent is None:
        raise Invalid("上级组织不存在", "input", "parentId")
    above = parent.path if parent else "/"
    if above.count("/") > _MAX_DEPTH:
        raise Invalid(f"组织层级不能超过 {_MAX_DEPTH} 层", "input", "parentId")
    key = new_id()
    made = Organization(
        id=key, name=name.strip(), kind=kind, parent_id=parent_id, path=f"{above}{key}/"
    )
    session.add(made)
    await session.flush()
    return made
