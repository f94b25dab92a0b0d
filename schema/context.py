"""What one request carries through the graph: who asks, and the engines that answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from app.audit.actions import NOWHERE, Actor, Origin
from app.database import Database
from app.database.columns import now
from app.inquiries.noting import Inquiries
from app.members.sessions import Sessions
from app.settings import Settings
from app.visibility import NOBODY, Audience, Viewer
from media.port import MediaStore
from schema.shared_reads import SharedReads
from search.port import SearchEngine
from search.synonyms import Learnt


@dataclass(frozen=True, slots=True)
class Platform:
    """The engines of one process, opened at start and closed at its end."""

    settings: Settings
    database: Database
    search: SearchEngine
    media: MediaStore
    sessions: Sessions
    shared: SharedReads = field(default_factory=SharedReads)
    inquiries: Inquiries = field(default_factory=Inquiries)
    learnt: Learnt = field(default_factory=Learnt)

    def today(self) -> date:
        """The day in the group's time zone."""
        return now().astimezone(self.settings.zone).date()


@dataclass(slots=True)
class Context:
    """One request: the platform, the viewer, where they are, and what gathers its edges."""

    platform: Platform
    viewer: Viewer = NOBODY
    origin: Origin = NOWHERE
    loaders: dict[Any, Callable[[Any], Any]] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        """Who does what this request asks, for the audit trail."""
        return Actor(self.viewer, self.origin)

    @property
    def reads_concurrently(self) -> bool:
        """Whether independent reads gain by being sent together: over a wire, not in a file."""
        return self.platform.database.dialect == "postgresql"

    @property
    def audience(self) -> Audience | None:
        """Those who may be given one answer, where its fields allow it (`schema.dependence`)."""
        return self.viewer.audience

    def shared(self) -> "Context":
        """A request of the whole audience: who asks is not known in it."""
        return Context(self.platform, cast("Viewer", self.audience))

    @property
    def database(self) -> Database:
        """Where rows come from."""
        return self.platform.database

    async def renewed(self) -> "Context":
        """Another request of the same viewer, as of now; UNAUTHENTICATED once the session ended."""
        return Context(self.platform, await self.platform.sessions.renewed(self.viewer))
