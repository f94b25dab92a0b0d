"""The one module that speaks to Meilisearch: pooled connections, keys, tasks seen to their end."""

import contextlib
import math
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import requests
import structlog
from meilisearch import Client
from meilisearch._httprequests import HttpRequests
from meilisearch.errors import MeilisearchApiError, MeilisearchError
from meilisearch.index import Index

from app.errors import Conflict, Unavailable

_log = structlog.get_logger("search")

_SEARCHES = ("search",)
_WRITES = ("documents.*", "indexes.*", "settings.*", "tasks.get", "stats.get")
_PAGE = 1_000
_LOOK_EVERY_MS = 20


@dataclass(frozen=True, slots=True)
class Access:
    """Where the server is, and how long it is waited for.

    ``key`` is the master key, an administrator's, or one of few rights; ``prefix`` begins the
    names of our indexes. A search that takes longer than ``search_seconds`` fails, as does a write
    of which the server has not made an end within ``write_seconds``.
    """

    url: str
    key: str | None = None
    prefix: str = "dangjian"
    search_seconds: float = 1.5
    write_seconds: float = 45.0


class Missing(Unavailable):
    """There is no such index, or no such document in it."""


_FAILED = {"index_not_found": Missing, "index_already_exists": Conflict}


class _Keys(NamedTuple):
    search: str | None
    write: str | None


class _Pooled(HttpRequests):
    """The client's requests on connections that stay open: its own open one for each."""

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self._session = requests.Session()
        # A proxy of the environment is for the way out, not for the engine beside us.
        self._session.trust_env = False
        # Packed answers leave the server in two parts, the second when the first was acknowledged,
        # and that takes 40 ms (measured): a network between two machines is faster than that.
        self._session.headers["Accept-Encoding"] = "identity"

    def send_request(self, http_method: Any, *arguments: Any, **named: Any) -> Any:
        """Send by the session what would be sent by a connection of its own."""
        method = getattr(self._session, http_method.__name__)
        return super().send_request(method, *arguments, **named)


class Wire:
    """What is asked of the server; blocks, and may be used from any thread.

    Whatever goes wrong is ``Unavailable``.
    """

    def __init__(self, access: Access) -> None:
        self.access = access
        self._threads = threading.local()
        self._lock = threading.Lock()
        self._keys: _Keys | None = None

    def ask(
        self, queries: Sequence[Mapping[str, Any]], federation: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Several searches in one request; merged to one list where there is a federation."""
        with self._failures():
            return self._searching().multi_search(queries, federation)

    def rows(
        self, index: str, fields: Sequence[str] | None = None, *, within: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Documents of an index, as they are stored: all, or those within a filter.

        None asks for every field: the server knows no ``*`` here, as it does in searches.
        """
        wanted: dict[str, Any] = {"limit": _PAGE, "offset": 0}
        if fields is not None:
            wanted["fields"] = list(fields)
        if within is not None:
            wanted["filter"] = within
        while True:
            with self._failures():
                page = self._writing().http.post(f"indexes/{index}/documents/fetch", wanted)
            yield from page["results"]
            wanted["offset"] += _PAGE
            if wanted["offset"] >= page["total"]:
                return

    def document(self, index: str, key: str) -> dict[str, Any]:
        """One document; ``Missing`` where there is none."""
        with self._failures():
            found = self._index(index).get_document(key)
            return dict(found)

    def information(self, index: str) -> dict[str, Any]:
        """When an index was made and last changed; ``Missing`` where there is none."""
        with self._failures():
            return self._writing().get_raw_index(index)

    def count(self, index: str) -> int:
        """How many documents an index has."""
        with self._failures():
            return self._index(index).get_stats().number_of_documents

    def synonyms(self, index: str) -> dict[str, list[str]]:
        """The synonyms that an index knows."""
        with self._failures():
            return self._index(index).get_synonyms()

    def create(self, index: str, key: str) -> int:
        """Make an index whose documents are known by the field ``key``; answers the task."""
        with self._failures():
            return self._writing().create_index(index, {"primaryKey": key}).task_uid

    def configure(self, index: str, settings: Mapping[str, Any]) -> int:
        """Give an index its settings; answers the task."""
        with self._failures():
            return self._index(index).update_settings(dict(settings)).task_uid

    def put(self, index: str, documents: Sequence[Mapping[str, Any]]) -> int:
        """Add documents, in place of those with their keys; answers the task."""
        with self._failures():
            return self._index(index).add_documents(documents).task_uid

    def drop(self, index: str, any_of: Sequence[str]) -> int:
        """Remove the documents that one of these filters matches; answers the task."""
        with self._failures():
            return self._index(index).delete_documents(filter=[list(any_of)]).task_uid

    def swap(self, pairs: Sequence[tuple[str, str]]) -> int:
        """Exchange the names of indexes, all at once; answers the task."""
        with self._failures():
            return (
                self._writing().swap_indexes([{"indexes": list(pair)} for pair in pairs]).task_uid
            )

    def remove(self, index: str) -> int:
        """Delete an index; answers the task."""
        with self._failures():
            return self._writing().delete_index(index).task_uid

    def follow(self, tasks: Sequence[int]) -> None:
        """Wait until the server has done these: 202 is a promise, ``succeeded`` is a fact."""
        for task in tasks:
            with self._failures():
                patience = int(self.access.write_seconds * 1000)
                ended = self._writing().wait_for_task(task, patience, _LOOK_EVERY_MS)
            if ended.status != "succeeded":
                error = ended.error or {}
                _log.error("search.task_failed", task=task, kind=ended.type, **_told(error))
                raise _FAILED.get(error.get("code", ""), Unavailable)(
                    "搜索服务未能更新索引，将自动重试。"
                )

    @contextlib.contextmanager
    def _failures(self) -> Iterator[None]:
        """Tell every failure of the server, or of the way to it, as ``Unavailable``."""
        try:
            yield
        except MeilisearchApiError as refused:
            if refused.status_code == 404:
                raise Missing("搜索索引需要重建，请联系管理员。") from refused
            if refused.status_code in {401, 403}:
                self._forget_keys()
            _log.error(
                "search.refused", **_told({"code": refused.code, "message": refused.message})
            )
            raise Unavailable("搜索服务暂时无法使用，请稍后再试。") from refused
        except (MeilisearchError, requests.RequestException, ValueError) as failure:
            raise Unavailable("搜索服务暂时无法使用，请稍后再试。") from failure

    def _forget_keys(self) -> None:
        """A server that lost its data lost the keys that were made: make them anew at next use."""
        with self._lock:
            self._keys = None
            self._threads = threading.local()

    def _index(self, name: str) -> Index:
        client = self._writing()
        index = client.index(name)
        index.http = client.http
        return index

    def _searching(self) -> Client:
        return self._client("searching", self._known_keys().search, self.access.search_seconds)

    def _writing(self) -> Client:
        # One request of a write is answered at once, whatever the task behind it takes.
        seconds = min(self.access.write_seconds, 10)
        return self._client("writing", self._known_keys().write, seconds)

    def _client(self, purpose: str, key: str | None, seconds: float) -> Client:
        client: Client | None = getattr(self._threads, purpose, None)
        if client is None:
            client = self._open(key, seconds)
            setattr(self._threads, purpose, client)
        return client

    def _open(self, key: str | None, seconds: float) -> Client:
        client = Client(self.access.url.rstrip("/"), key, timeout=math.ceil(seconds))
        client.http = client.task_handler.http = _Pooled(client.config)
        return client

    def _known_keys(self) -> _Keys:
        with self._lock:
            if self._keys is None:
                self._keys = self._least_privilege()
            return self._keys

    def _least_privilege(self) -> _Keys:
        """Keys for our indexes alone, made of the key that was given if it may make any."""
        given = self.access.key
        if given is None:
            return _Keys(None, None)
        administrator = self._open(given, self.access.search_seconds)
        try:
            held = {key.uid: key.key for key in administrator.get_keys({"limit": 1000}).results}
        except MeilisearchApiError as refused:
            if refused.status_code not in {401, 403}:
                raise
            return _Keys(given, given)
        return _Keys(
            self._key(administrator, held, _SEARCHES), self._key(administrator, held, _WRITES)
        )

    def _key(self, administrator: Client, held: Mapping[str, str], actions: Sequence[str]) -> str:
        indexes = f"{self.access.prefix}-*"
        # The same rights have the same name, so that every process finds the key of the first.
        uid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{indexes} {' '.join(actions)}"))
        if uid in held:
            return held[uid]
        wanted = {"uid": uid, "name": f"{indexes} {actions[0]}", "actions": actions}
        try:
            made = administrator.create_key(wanted | {"indexes": [indexes], "expiresAt": None})
        except MeilisearchApiError as refused:
            if refused.status_code != 409:
                raise
            made = administrator.get_key(uid)
        return made.key


def _told(error: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": error.get("code"), "message": str(error.get("message"))[:500]}
