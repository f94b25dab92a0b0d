"""Deeds of members on the knowledge base: import a text."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial

from app.database import Database
from app.errors import Forbidden, Invalid, Unauthenticated
from app.knowledge.bounds import check_category, check_text
from app.knowledge.importing import Imported, import_regulation
from app.knowledge.reading.docx import parse_docx
from app.knowledge.reading.markdown import parse_regulation
from app.knowledge.reading.parsed import Problem
from app.organizations.queries import organizations, root
from app.visibility import AudienceScope, Role, Viewer, audience_key

#: Who keeps the knowledge base of the group, by a role on its topmost organization.
KEEPERS = (Role.ADMIN, Role.EDITOR)

#: Documents may be hard to read, and are to keep nobody else's work waiting.
_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="docx")


async def import_text(
    database: Database,
    viewer: Viewer,
    source: str | bytes,
    *,
    category: str,
    today: date,
    scope: AudienceScope | None = None,
    organization_id: int | None = None,
    source_url: str | None = None,
) -> tuple[Imported, tuple[Problem, ...]]:
    """Import one text for a keeper; answers what it came to, and what looks odd in the text.

    ``source`` is Markdown, or the bytes of a DOCX, which are read off the event loop.
    Without ``scope`` a new regulation is for EVERYONE, and one that exists keeps its audience.
    SUBTREE and ORGANIZATION need ``organization_id``.
    """
    await require_keeper(database, viewer)
    category = check_category(category)
    audience = await _audience(database, scope, organization_id)
    if isinstance(source, str):
        check_text(source)
        parsed = parse_regulation(source, category=category)
    else:
        reading = partial(parse_docx, source, category=category)
        parsed = await asyncio.get_running_loop().run_in_executor(_one_at_a_time, reading)
    async with database.transaction(slow=True) as session:
        imported = await import_regulation(
            session,
            parsed,
            today=today,
            audience_key=audience,
            imported_by_id=viewer.member_id,
            source_url=source_url or None,
        )
    return imported, parsed.problems


async def require_keeper(database: Database, viewer: Viewer) -> None:
    """Refuse who does not keep the knowledge base of the group."""
    if not viewer.signed_in:
        raise Unauthenticated("请先登录")
    top = await root(database)
    if top is None or not viewer.holds(KEEPERS, top.path):
        raise Forbidden("只有集团的管理员或编辑可以导入法规")


async def _audience(
    database: Database, scope: AudienceScope | None, organization_id: int | None
) -> str | None:
    if scope is None:
        return None
    if scope in {AudienceScope.SUBTREE, AudienceScope.ORGANIZATION}:
        known = {} if organization_id is None else await organizations(database, [organization_id])
        if organization_id not in known:
            raise Invalid("请指定存在的组织", "input", "audience", "organizationId")
    return audience_key(scope, organization_id)
