"""The S3 store: MinIO first, SeaweedFS and others as well, through the ``minio`` client."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import Part as MinioPart
from minio.datatypes import PostPolicy
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error

from app.uploads.parts import Part, missing
from media import keys
from media.port import Ticket
from media.presigning import Signer, presigned_put
from media.signing import LINK_SECONDS, Links

T = TypeVar("T")

# A store that hangs must not hold a worker or a request for longer.
_TIMEOUT = urllib3.Timeout(connect=2, read=30)
_RETRIES = urllib3.Retry(2, backoff_factor=0.1, status_forcelist=[502, 503, 504])
_THREADS = 16
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_BRIEFLY = {"Cache-Control": f"private, max-age={LINK_SECONDS}"}


class S3Access(NamedTuple):
    """Where a bucket is and who asks; ``public_url`` is the server's address for clients."""

    endpoint: str
    public_url: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"


class S3Store:
    """Keeps objects in one bucket, which only the platform writes and anybody reads the open of."""

    name = "s3"

    def __init__(self, access: S3Access) -> None:
        self._bucket = access.bucket
        self._pool = urllib3.PoolManager(maxsize=_THREADS, timeout=_TIMEOUT, retries=_RETRIES)
        self._client = _client(access, access.endpoint, self._pool)
        # A signature holds for one host: the one that clients ask.
        self._signer = _client(access, access.public_url, self._pool)
        self._public_url = f"{access.public_url.rstrip('/')}/{access.bucket}"
        self._part_signer = Signer(access.access_key, access.secret_key, access.region)
        self._links = Links(self._signed)
        # Its own threads: where the store hangs, nothing else waits for one.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="s3")

    async def put(self, key: str, data: bytes) -> None:
        """Put an object; S3 shows it whole or not at all."""
        kind, metadata = keys.content_type(key), _metadata(key)
        await self._apart(
            self._client.put_object,
            self._bucket,
            key,
            io.BytesIO(data),
            len(data),
            kind,
            metadata=metadata,
        )

    async def put_file(self, key: str, path: Path) -> None:
        """Put a file, in parts where it is large."""
        kind, metadata = keys.content_type(key), _metadata(key)
        await self._apart(
            self._client.fput_object, self._bucket, key, str(path), kind, metadata=metadata
        )

    async def read(self, key: str) -> bytes | None:
        """A small object's bytes."""
        return await self._apart(_unless_missing, lambda: self._read(key))

    async def size(self, key: str) -> int | None:
        """An object's size, by its head."""
        found = await self._apart(
            _unless_missing, lambda: self._client.stat_object(self._bucket, key)
        )
        return None if found is None else found.size

    async def fetch(self, key: str, path: Path) -> bool:
        """Download an object."""
        found = await self._apart(
            _unless_missing, lambda: self._client.fget_object(self._bucket, key, str(path))
        )
        return found is not None

    async def copy(self, folder: str, to: str) -> None:
        """Copy within the store; the bytes do not pass through here."""
        await self._apart(self._copy, folder, to)

    async def delete(self, key: str) -> None:
        """Delete an object or a folder."""
        await self._apart(self._delete, key)

    async def sweep(self, before: datetime) -> int:
        """Delete what has lain in quarantine since ``before``."""
        return await self._apart(self._sweep, before)

    def url(self, key: str) -> str:
        """The object's own address, signed where it is closed; one text for each window."""
        if not keys.is_closed(key):
            return f"{self._public_url}/{key}"
        return self._links.to(key)

    def ticket(self, key: str, content_type: str, size: int, *, until: datetime) -> Ticket:
        """A POST policy: the store itself refuses any other key, type, size or time."""
        policy = PostPolicy(self._bucket, until)
        policy.add_equals_condition("key", key)
        policy.add_equals_condition("Content-Type", content_type)
        policy.add_content_length_range_condition(size, size)
        signed = self._signer.presigned_post_policy(policy)
        fields = {"key": key, "Content-Type": content_type, **signed}
        return Ticket(self._public_url, "POST", {}, fields)

    async def begin_parts(self, key: str, content_type: str) -> str:
        """Create a multipart upload; answers its id."""
        headers = {"Content-Type": content_type}
        # The client has these calls, and makes them itself for large files only.
        begun = self._client._create_multipart_upload  # noqa: SLF001
        return str(await self._apart(begun, self._bucket, key, headers))

    def part_url(self, key: str, multipart: str, part: Part, *, until: datetime) -> str:
        """A signed address; the store itself refuses any other size."""
        # Whoever asks for it when it is over is given one that is over.
        at = min(datetime.now(UTC), until - timedelta(seconds=1))
        return presigned_put(
            self._part_signer,
            f"{self._public_url}/{key}",
            {"partNumber": str(part.number), "uploadId": multipart},
            size=part.size,
            at=at,
            seconds=int((until - at).total_seconds()),
        )

    async def received(self, key: str, multipart: str) -> Mapping[int, int]:
        """The sizes of the parts that the store lists."""
        listed = await self._apart(self._listed_parts, key, multipart)
        return {part.part_number: part.size or 0 for part in listed or ()}

    async def join_parts(self, key: str, multipart: str, parts: Sequence[Part]) -> bool:
        """Complete the multipart upload."""
        return await self._apart(self._join, key, multipart, parts)

    async def drop_parts(self, key: str, multipart: str) -> None:
        """Abort the multipart upload."""
        abort = self._client._abort_multipart_upload  # noqa: SLF001
        await self._apart(_unless_missing, lambda: abort(self._bucket, key, multipart))

    async def prepare(self) -> None:
        """Make the bucket where there is none, and let anybody read what is open."""
        await self._apart(self._prepare)

    async def ready(self) -> bool:
        """Whether the bucket answers."""
        return await self._apart(self._client.bucket_exists, self._bucket)

    async def _apart(self, ask: Callable[..., T], *args: Any, **more: Any) -> T:
        """Ask the store in a thread; whatever is wrong with it or the way to it is an OSError."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, partial(ask, *args, **more))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise OSError(f"the media store failed: {error}") from error

    def _listed_parts(self, key: str, multipart: str) -> list[MinioPart] | None:
        """At most a hundred, which is one page; None where there is no such upload any more."""
        listing = self._client._list_parts  # noqa: SLF001
        found = _unless_missing(lambda: listing(self._bucket, key, multipart))
        return None if found is None else found.parts

    def _join(self, key: str, multipart: str, parts: Sequence[Part]) -> bool:
        listed = self._listed_parts(key, multipart)
        if listed is None:
            return _unless_missing(lambda: self._client.stat_object(self._bucket, key)) is not None
        if missing(parts, {part.part_number: part.size or 0 for part in listed}):
            return False
        complete = self._client._complete_multipart_upload  # noqa: SLF001
        complete(self._bucket, key, multipart, listed)
        # A failure may come with status 200: only what is there then counts.
        self._client.stat_object(self._bucket, key)
        return True

    def _read(self, key: str) -> bytes:
        answer: Any = self._client.get_object(self._bucket, key)
        try:
            return bytes(answer.read())
        finally:
            answer.close()
            answer.release_conn()

    def _signed(self, key: str, start: int) -> str:
        return self._signer.presigned_get_object(
            self._bucket,
            key,
            expires=timedelta(seconds=LINK_SECONDS),
            request_date=datetime.fromtimestamp(start, UTC),
        )

    def _copy(self, folder: str, to: str) -> None:
        for key in self._listed(f"{folder}/"):
            target = to + key.removeprefix(folder)
            self._client.copy_object(
                self._bucket,
                target,
                CopySource(self._bucket, key),
                metadata={"Content-Type": keys.content_type(target), **_metadata(target)},
                metadata_directive="REPLACE",
            )

    def _delete(self, key: str) -> None:
        if not keys.is_folder(key):
            self._client.remove_object(self._bucket, key)
            return
        listed = (DeleteObject(each) for each in self._listed(f"{key}/"))
        for error in self._client.remove_objects(self._bucket, listed):
            raise OSError(f"{error.name}: {error.message}")

    def _listed(self, prefix: str) -> Iterator[str]:
        for found in self._client.list_objects(self._bucket, prefix, recursive=True):
            yield found.object_name or ""

    def _sweep(self, before: datetime) -> int:
        found = self._client.list_objects(self._bucket, keys.QUARANTINE, recursive=True)
        old = [
            each.object_name or ""
            for each in found
            if each.last_modified is not None and each.last_modified < before
        ]
        for key in old:
            self._client.remove_object(self._bucket, key)
        return len(old)

    def _prepare(self) -> None:
        if not self._client.bucket_exists(self._bucket):
            self._client.make_bucket(self._bucket)
        self._client.set_bucket_policy(self._bucket, _policy(self._bucket))


def _client(access: S3Access, address: str, pool: urllib3.PoolManager) -> Minio:
    parts = urlsplit(address)
    return Minio(
        parts.netloc,
        access.access_key,
        access.secret_key,
        secure=parts.scheme == "https",
        # Named, so that the client does not ask the server for it before it signs.
        region=access.region,
        http_client=pool,
    )


def _metadata(key: str) -> dict[str, Any]:
    return dict(_BRIEFLY if keys.is_closed(key) else _FOREVER)


def _policy(bucket: str) -> str:
    """Anybody may get what is open, by name; nobody may list."""
    open_to_all: Mapping[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": ["*"]},
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/{area}/*" for area in ("image", "video")],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [open_to_all]})


def _unless_missing(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except S3Error as error:
        if error.code in {"NoSuchKey", "NoSuchObject", "NoSuchUpload"}:
            return None
        raise
