"""Operations known by the SHA-256 of their text: manifests, and the handshake of Apollo clients."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from schema.operations.failures import RequestCode, RequestError

_DIGEST = re.compile(r"[0-9a-f]{64}")
#: Texts that clients registered themselves; each is at most as long as `Limits.characters`.
_REMEMBERED = 1_000


class PersistedOperations:
    """Texts by digest: those of a manifest for good, those of clients while they are used.

    ``trusted_only`` refuses whatever is not in the manifest (trusted documents).
    """

    def __init__(
        self, manifest: Mapping[str, str] | None = None, *, trusted_only: bool = False
    ) -> None:
        self._manifest = dict(manifest or {})
        self._trusted_only = trusted_only
        self._registered: OrderedDict[str, str] = OrderedDict()

    def text(self, query: str | None, extensions: Mapping[str, Any]) -> str:
        """The document that a request means, by its text, its digest, or both.

        An unknown digest without a text is answered as Apollo clients expect, so that they send
        both (automatic persisted queries).
        """
        digest = _digest_in(extensions)
        if digest is None and query is None:
            raise _refused(RequestCode.PARSE_FAILED, "请求缺少 query")
        if query is not None:
            return self._given(query, digest)
        return self._known(str(digest))

    def _given(self, query: str, digest: str | None) -> str:
        found = _digest_of(query)
        if digest is not None and digest != found:
            raise _refused(RequestCode.PERSISTED_MISMATCH, "sha256Hash 与 query 不符")
        if self._trusted_only and found not in self._manifest:
            raise _refused(RequestCode.OPERATION_NOT_ALLOWED, "只接受已登记的操作")
        if digest is not None and digest not in self._manifest:
            self._registered[digest] = query
            self._registered.move_to_end(digest)
            if len(self._registered) > _REMEMBERED:
                self._registered.popitem(last=False)
        return query

    def _known(self, digest: str) -> str:
        text = self._manifest.get(digest) or self._registered.get(digest)
        if text is None:
            # The words are part of the protocol: clients look for them.
            raise _refused(RequestCode.PERSISTED_NOT_FOUND, "PersistedQueryNotFound")
        if digest in self._registered:
            self._registered.move_to_end(digest)
        return text


def read_manifest(path: Path) -> dict[str, str]:
    """A manifest as GraphQL Code Generator's client preset writes it: ``{sha256: document}``.

    Raises ValueError where the file is no such object, or a digest is not its document's.
    """
    manifest = orjson.loads(path.read_bytes())
    documents = manifest if isinstance(manifest, dict) else {"": manifest}
    for digest, text in documents.items():
        if _DIGEST.fullmatch(digest) is None or _digest_of(str(text)) != digest:
            raise ValueError(f"{path.name}: {digest!r} is not the SHA-256 of its document")
    return documents


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_in(extensions: Mapping[str, Any]) -> str | None:
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if (
        not isinstance(digest, str)
        or not _DIGEST.fullmatch(digest)
        or persisted.get("version") != 1
    ):
        raise _refused(RequestCode.PARSE_FAILED, "extensions.persistedQuery 格式不正确")
    return digest


def _refused(code: RequestCode, message: str) -> RequestError:
    return RequestError.because(code, message)
