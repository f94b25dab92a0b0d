"""Documents that were uploaded, for the deeds that read them."""

from app.errors import Conflict, Invalid, NotFound
from app.uploads.models import MediaState, UploadPurpose
from app.uploads.queries import own_uploads
from media.patience import answered
from schema.context import Context
from schema.nodes import key_of

_FIELD = ("input", "uploadId")


async def uploaded(context: Context, upload_id: str) -> bytes:
    """The bytes of one's own document, once it is completed and for as long as it is kept."""
    key = key_of(upload_id, "Upload", *_FIELD)
    row = (await own_uploads(context.database, context.viewer, [key])).get(key)
    if row is None:
        raise NotFound("上传不存在", *_FIELD)
    if row.purpose is not UploadPurpose.DOCUMENT:
        raise Invalid("上传的不是文档", *_FIELD)
    if row.state is not MediaState.READY:
        raise Conflict("文件尚未上传完成", *_FIELD)
    store = context.platform.media
    if await answered(store.size(row.object_key)) != row.byte_size:
        raise NotFound("文件已不在，请重新上传", *_FIELD)
    return await answered(store.read(row.object_key)) or b""
