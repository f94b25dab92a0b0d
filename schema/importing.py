"""Importing a regulation in the graph: what it takes and gives."""

from typing import NamedTuple

import strawberry

from app.knowledge.queries import VersionRow
from schema.audiences import AudienceInput
from schema.errors import UserError
from schema.knowledge import Regulation, RegulationVersion


@strawberry.input(description="The text of a regulation to import.")
class ImportRegulationInput:
    """A text and where it belongs."""

    category: str = strawberry.field(description="The kind under which it is filed, 1–60 signs.")
    markdown: str | None = strawberry.field(
        default=None,
        description="The text: `# title`, lines of history, `<!-- INFO END -->`, headings, and"
        " articles as `第N条 text`. At most 2,000,000 characters.",
    )
    docx: str | None = strawberry.field(
        default=None,
        description="The text as a Word document (.docx) in Base64, instead of `markdown`; as large"
        " as a request may be. Its title, headings and articles are told by style or by words.",
    )
    upload_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="One's own upload of a Word document, instead of `docx`, where that is larger"
        " than a request may be: of purpose DOCUMENT, completed, and kept for three days.",
    )
    audience: AudienceInput | None = strawberry.field(
        default=None,
        description="Who may see it; every member when left out. A new version cannot change it.",
    )
    source_url: str | None = strawberry.field(
        default=None, description="The page that the text comes from."
    )


@strawberry.type(description="A regulation with its new version, or why there is none.")
class RegulationPayload:
    """The regulation, or errors."""

    regulation: Regulation | None = strawberry.field(
        default=None, description="The regulation as it stands now; unchanged for a known text."
    )
    warnings: list[str] = strawberry.field(
        default_factory=list, description="What looks odd in the text, line by line."
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )


@strawberry.input(description="A version of a regulation that was compared with its source.")
class VerifyRegulationVersionInput:
    """Which text, by its hash, and its source."""

    version_id: strawberry.ID = strawberry.field(description="The version's id.")
    sha256: str = strawberry.field(
        description="The SHA-256 of the text that was compared, as the version tells it."
    )
    source_url: str | None = strawberry.field(
        default=None,
        description="The page that it was compared with; needed where the version names no source.",
    )


class VersionPayloadRow(NamedTuple):
    """The version as it stands now, or why nothing was done."""

    version: VersionRow | None
    errors: list[UserError]


@strawberry.type(description="A version that was verified, or why it was not.")
class RegulationVersionPayload:
    """The shape of :class:`VersionPayloadRow`."""

    version: RegulationVersion | None = strawberry.field(description="The version as it is now.")
    errors: list[UserError] = strawberry.field(description="Why nothing was done.")
