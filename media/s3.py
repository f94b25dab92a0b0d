"""The S3 store: MinIO first, SeaweedFS and others as well, through the ``minio`` client."""

import asyncio
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import PostPolicy
from minio.deleteobjects import DeleteObject
from minio.error import MinioException, S3Error

from media import keys
from media.port import Ticket
from media.signing import LINK_SECONDS, Links

T = TypeVar("T")

# A store that hangs must not hold a worker or a request for longer.
_TIMEOUT = urllib3.Timeout(connect=2, read=30)
_RETRIES = urllib3.Retry(2, backoff_factor=0.1, status_forcelist=[502, 503, 504])
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
        self._pool = urllib3.PoolManager(maxsize=8, timeout=_TIMEOUT, retries=_RETRIES)
        self._client = _client(access, access.endpoint, self._pool)
        # A signature holds for one host: the one that clients ask.
        self._signer = _client(access, access.public_url, self._pool)
        self._public_url = f"{access.public_url.rstrip('/')}/{access.bucket}"
        self._links = Links(self._signed)

    async def put(self, key: str, data: bytes) -> None:
        """Put an object; S3 shows it whole or not at all."""
        kind, metadata = keys.content_type(key), _metadata(key)
        await _apart(
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
        await _apart(
            self._client.fput_object, self._bucket, key, str(path), kind, metadata=metadata
        )

    async def read(self, key: str) -> bytes | None:
        """A small object's bytes."""
        return await _apart(_unless_missing, lambda: self._read(key))

    async def size(self, key: str) -> int | None:
        """An object's size, by its head."""
        found = await _apart(_unless_missing, lambda: self._client.stat_object(self._bucket, key))
        return None if found is None else found.size

    async def fetch(self, key: str, path: Path) -> bool:
        """Download an object."""
        found = await _apart(
            _unless_missing, lambda: self._client.fget_object(self._bucket, key, str(path))
        )
        return found is not None

    async def copy(self, folder: str, to: str) -> None:
        """Copy within the store; the bytes do not pass through here."""
        await _apart(self._copy, folder, to)

    async def delete(self, key: str) -> None:
        """Delete an object or a folder."""
        await _apart(self._delete, key)

    async def sweep(self, before: datetime) -> int:
        """Delete what has lain in quarantine since ``before``."""
        return await _apart(self._sweep, before)

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

    async def prepare(self) -> None:
        """Make the bucket where there is none, and let anybody read what is open."""
        await _apart(self._prepare)

    async def ready(self) -> bool:
        """Whether the bucket answers."""
        return await _apart(self._client.bucket_exists, self._bucket)

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


async def _apart(ask: Callable[..., T], *args: Any, **more: Any) -> T:
    """Ask the store in a thread; whatever is wrong with it or the way to it is an OSError."""
    try:
        return await asyncio.to_thread(ask, *args, **more)
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        raise OSError(f"the media store failed: {error}") from error


def _unless_missing(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except S3Error as error:
        if error.code in {"NoSuchKey", "NoSuchObject"}:
            return None
        raise
