"""A door that stays open while an upload is worked on: uploadChanged."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import strawberry

from app.errors import NotFound
from app.uploads.actions import upload_topic
from app.uploads.models import MediaState
from app.uploads.queries import UploadRow, own_uploads
from resolvers.watching import heard
from schema.context import Context
from schema.nodes import key_of
from schema.uploading import Upload

Info = strawberry.Info[Context]

_SETTLED = frozenset({MediaState.READY, MediaState.REJECTED})


@strawberry.type
class UploadSubscriptions:
    """Root fields of watching uploads."""

    @strawberry.subscription(
        description="One's own upload: as it is, and then each time that its state or its progress"
        " changes, at most once a second. Ends once it is READY or REJECTED.",
        graphql_type=Upload,
    )
    async def upload_changed(
        self,
        info: Info,
        upload_id: Annotated[strawberry.ID, strawberry.argument(description="The upload's id.")],
    ) -> AsyncGenerator[Any, None]:
        """The upload each time that it differs from the one before."""
        context, key = info.context, key_of(upload_id, "Upload", "uploadId")
        async with context.database.announcements.listening([upload_topic(key)]) as listener:
            shown = None
            while shown is None or shown.state not in _SETTLED:
                if (row := await _own(context, key)) != shown:
                    shown = row
                    yield row
                else:
                    await heard(context, listener)


async def _own(context: Context, key: int) -> UploadRow:
    found = await own_uploads(context.database, context.viewer, [key])
    if key not in found:
        raise NotFound("上传不存在", "uploadId")
    return found[key]
