"""What editors write, in the graph: inputs of every kind of content and of columns."""

from datetime import datetime
from typing import Any

import strawberry

from schema.audiences import AudienceInput
from schema.errors import UserError
from schema.showcase import ShowcaseColumn

_OWN = "The organization that publishes it; one's own when left out."
_AUDIENCE = "Who is to see it; the organization and all below it when left out (可见范围)."
_KEPT = " Left out: unchanged."
_CLEARED = " Left out: unchanged; null: none."


def _said(description: str) -> Any:
    """An optional field: what is left out is not the same as null."""
    return strawberry.field(default=strawberry.UNSET, description=description)


@strawberry.input(description="What all kinds of contents begin with.")
class NewContent:
    """The fields that the four inputs share."""

    title: str = strawberry.field(description="The title, 1–120 characters; 60 fit on a card.")
    summary: str = strawberry.field(description="A sentence or two, up to 400 characters (摘要).")
    body: str = strawberry.field(description="The text as Markdown, up to 60,000 characters.")
    cover_id: strawberry.ID | None = _said("The picture of the card (封面).")
    gallery_ids: list[strawberry.ID] | None = _said("Further pictures, in order, up to 30 (图集).")
    tags: list[str] | None = _said("Up to 10 tags of 1–40 characters (标签).")
    organization_id: strawberry.ID | None = _said(_OWN)
    audience: AudienceInput | None = _said(_AUDIENCE)


@strawberry.input(description="A news item to begin (新闻).")
class CreateNewsItemInput(NewContent):
    """What news add."""

    source_name: str | None = _said("Where it comes from, up to 120 characters (来源).")
    source_url: str | None = _said("The page it comes from, http(s).")


@strawberry.input(description="A micro-lecture to begin (微党课).")
class CreateMicroLectureInput(NewContent):
    """What micro-lectures add."""

    video_id: strawberry.ID | None = _said("What is played.")
    lecturer: str = strawberry.field(description="Who speaks, 1–60 characters (主讲人).")


@strawberry.input(description="A live stream to begin (直播).")
class CreateLiveStreamInput(NewContent):
    """What live streams add."""

    stream_url: str = strawberry.field(description="Where to watch it, http(s).")
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime | None = _said("When it ends; open when left out.")


@strawberry.input(description="An entry of a showcase column to begin (成果展示).")
class CreateShowcaseEntryInput(NewContent):
    """What showcase entries add."""

    column_id: strawberry.ID = strawberry.field(
        description="Its column: one of the organization, or of an organization above it."
    )


@strawberry.input(description="What all kinds of contents can be changed in.")
class ChangedContent:
    """The fields that the four inputs share."""

    id: strawberry.ID = strawberry.field(description="The content's id.")
    version: int = strawberry.field(
        description="The number of the revision that the editor changed (`draft.number`): a later"
        " one is CONFLICT, and nothing is lost."
    )
    title: str | None = _said("The title." + _KEPT)
    summary: str | None = _said("The summary." + _KEPT)
    body: str | None = _said("The text as Markdown." + _KEPT)
    cover_id: strawberry.ID | None = _said("The picture of the card." + _CLEARED)
    gallery_ids: list[strawberry.ID] | None = _said("Further pictures." + _CLEARED)
    tags: list[str] | None = _said("The tags." + _CLEARED)
    organization_id: strawberry.ID | None = _said(
        "Another organization, for what was never published." + _KEPT
    )
    audience: AudienceInput | None = _said("Who is to see it." + _KEPT)


@strawberry.input(description="Changes to a news item: a new revision of it.")
class UpdateNewsItemInput(ChangedContent):
    """What news add."""

    source_name: str | None = _said("Where it comes from." + _CLEARED)
    source_url: str | None = _said("The page it comes from." + _CLEARED)


@strawberry.input(description="Changes to a micro-lecture: a new revision of it.")
class UpdateMicroLectureInput(ChangedContent):
    """What micro-lectures add."""

    video_id: strawberry.ID | None = _said("What is played." + _CLEARED)
    lecturer: str | None = _said("Who speaks." + _KEPT)


@strawberry.input(description="Changes to a live stream: a new revision of it.")
class UpdateLiveStreamInput(ChangedContent):
    """What live streams add."""

    stream_url: str | None = _said("Where to watch it." + _KEPT)
    starts_at: datetime | None = _said("When it begins." + _KEPT)
    ends_at: datetime | None = _said("When it ends." + _CLEARED)


@strawberry.input(description="Changes to a showcase entry: a new revision of it.")
class UpdateShowcaseEntryInput(ChangedContent):
    """What showcase entries add."""

    column_id: strawberry.ID | None = _said("Its column." + _KEPT)


@strawberry.input(description="A showcase column to open (成果展示专栏).")
class CreateShowcaseColumnInput:
    """A column and whose it is."""

    title: str = strawberry.field(description="The title, 1–120 characters.")
    description: str = strawberry.field(description="What it collects, up to 400 characters.")
    cover_id: strawberry.ID | None = _said("Its picture.")
    organization_id: strawberry.ID | None = _said(_OWN)
    audience: AudienceInput | None = _said(_AUDIENCE + " No wider than what its editor writes for.")


@strawberry.input(description="Changes to a showcase column, at once.")
class UpdateShowcaseColumnInput:
    """A column by its id, and what changes."""

    id: strawberry.ID = strawberry.field(description="The column's id.")
    version: int = strawberry.field(
        description="The column's `version` that the editor changed: a later one is CONFLICT."
    )
    title: str | None = _said("The title." + _KEPT)
    description: str | None = _said("What it collects." + _KEPT)
    cover_id: strawberry.ID | None = _said("Its picture." + _CLEARED)
    organization_id: strawberry.ID | None = _said("Whose column it is." + _KEPT)
    audience: AudienceInput | None = _said("Who is to see it." + _KEPT)


@strawberry.input(description="An entry to put before all others of its column, or back.")
class PinEntryInput:
    """An entry by its id."""

    content_id: strawberry.ID = strawberry.field(description="The entry's id.")
    pinned: bool = strawberry.field(default=True, description="false takes it back.")


@strawberry.input(description="The order of a column's entries.")
class OrderEntriesInput:
    """A column by its id, and entries of it."""

    column_id: strawberry.ID = strawberry.field(description="The column's id.")
    entry_ids: list[strawberry.ID] = strawberry.field(
        description="Published entries, the first first, up to 200; others follow, newest first."
    )


@strawberry.type(description="A column as it is now, or why nothing was done.")
class ShowcaseColumnPayload:
    """The column, or errors."""

    column: ShowcaseColumn | None = strawberry.field(default=None, description="The column.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )
