"""A stand-in for Meilisearch: as much of its HTTP as we use, kept in memory.

It proves how we bear up when a server fails us, and nothing about what a real one finds: a document
matches that has all words and phrases asked, and all that match score the same.
"""

import json
import re
import threading
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standin_filters import matches

MASTER = "a-master-key-for-tests"
_RIGHTS = {
    "search": "search",
    "documents": "documents.*",
    "settings": "settings.*",
    "stats": "stats.get",
    "indexes": "indexes.*",
    "tasks": "tasks.get",
    "keys": "keys.*",
}


class RefusedError(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Index:
    def __init__(self):
        self.documents, self.settings = {}, {}
        self.changed = datetime.now(UTC)


class StandIn:
    """The state of the server; ``refusals`` are the codes with which the next tasks fail.

    ``queries`` are all searches that were asked, ``encodings`` those in which they took answers.
    """

    def __init__(self):
        self.queries, self.encodings = [], set()
        self.indexes, self.tasks, self.keys = {}, [], []
        self.refusals, self.is_master = [], False
        self.lock = threading.RLock()

    def answer(self, method, path, body, bearer):
        with self.lock:
            self._allow(path, body, bearer)
            self.is_master = bearer == MASTER
            parts = path.strip("/").split("/")
            found = getattr(self, f"_{parts[0].replace('-', '_')}", None)
            if found is None:
                raise RefusedError(404, "not_found")
            return found(method, parts[1:], body)

    def _allow(self, path, body, bearer):
        if bearer == MASTER:
            return
        key = next((key for key in self.keys if key["key"] == bearer), None)
        parts = path.strip("/").split("/")
        index, what = None, parts[0]
        if what == "indexes" and len(parts) > 1:
            index, what = parts[1], (parts[2] if len(parts) > 2 else "indexes")
        touched = [index] if index else []
        if what == "multi-search":
            what, touched = "search", [query["indexUid"] for query in body["queries"]]
        elif what == "swap-indexes":
            what, touched = "indexes", [name for pair in body for name in pair["indexes"]]
        if key is None or _RIGHTS.get(what) not in key["actions"]:
            raise RefusedError(403, "invalid_api_key")
        if not all(fnmatch(name, pattern) for name in touched for pattern in key["indexes"]):
            raise RefusedError(403, "invalid_api_key")

    def _keys(self, method, rest, body):
        if method == "POST":
            now = datetime.now(UTC).isoformat()
            self.keys.append(
                {"description": None, "key": uuid.uuid4().hex, "createdAt": now, "updatedAt": now}
                | body
            )
            return 201, self.keys[-1]
        return 200, {"results": self.keys, "offset": 0, "limit": 1000, "total": len(self.keys)}

    def _tasks(self, method, rest, body):
        task = self.tasks[int(rest[0])]
        if task["type"] == "indexSwap" and not self.is_master:
            raise RefusedError(404, "task_not_found")
        return 200, task

    def _swap_indexes(self, method, rest, body):
        for pair in body:
            one, other = pair["indexes"]
            self.indexes[one], self.indexes[other] = self._index(other), self._index(one)
        return self._task("indexSwap")

    def _indexes(self, method, rest, body):
        if not rest:
            if body["uid"] in self.indexes:
                return self._task("indexCreation", "index_already_exists")
            self.indexes[body["uid"]] = Index()
            return self._task("indexCreation")
        if method == "DELETE":
            gone = self.indexes.pop(rest[0], None)
            return self._task("indexDeletion", None if gone else "index_not_found")
        index = self._index(rest[0])
        match rest[1:]:
            case []:
                return 200, {"uid": rest[0], "updatedAt": index.changed.isoformat()}
            case ["stats"]:
                count = len(index.documents)
                return 200, {"numberOfDocuments": count, "isIndexing": False} | {
                    "fieldDistribution": {}
                }
            case ["settings"]:
                index.settings |= body
                return self._task("settingsUpdate")
            case ["settings", "synonyms"]:
                return 200, index.settings.get("synonyms", {})
            case ["documents", *what]:
                return self._documents(method, index, what, body)

    def _documents(self, method, index, what, body):
        match what:
            case []:
                index.documents |= {document["key"]: document for document in body}
                return self._task("documentAdditionOrUpdate")
            case ["delete"]:
                gone = [
                    key for key, each in index.documents.items() if matches(body["filter"], each)
                ]
                for key in gone:
                    del index.documents[key]
                return self._task("documentDeletion")
            case ["fetch"]:
                rows = [
                    each for each in index.documents.values() if matches(body.get("filter"), each)
                ]
                page = rows[body["offset"] :][: body["limit"]]
                shown = [_only(row, body.get("fields")) for row in page]
                return 200, {"results": shown, "total": len(rows)}
            case [key]:
                if key not in index.documents:
                    raise RefusedError(404, "document_not_found")
                return 200, index.documents[key]

    def _multi_search(self, method, rest, body):
        self.queries += body["queries"]
        found = [self._found(query) for query in body["queries"]]
        if body.get("federation") is None:
            return 200, {
                "results": [
                    _page(query, hits) for query, hits in zip(body["queries"], found, strict=True)
                ]
            }
        best = {}
        for query, hits in zip(body["queries"], found, strict=True):
            worth = query["federationOptions"]["weight"]
            for document in hits:
                known = best.get(document["key"], (0, None))
                best[document["key"]] = max(known, (worth, document), key=lambda e: e[0])
        ordered = sorted(best.values(), key=lambda each: (-each[0], each[1]["id"]))
        federation = body["federation"]
        page = ordered[federation["offset"] :][: federation["limit"]]
        hits = [doc | {"_federation": {"weightedRankingScore": score}} for score, doc in page]
        return 200, {"hits": hits, "estimatedTotalHits": len(ordered)} | _facets(
            federation, [document for _, document in ordered]
        )

    def _found(self, query):
        documents = self._index(query["indexUid"]).documents.values()
        within = [each for each in documents if matches(query.get("filter"), each)]
        fields = query.get("attributesToSearchOn") or []
        return sorted(
            (each for each in within if _has(query["q"], fields, each)),
            key=lambda each: (-each.get("prior", 0), each["id"]),
        )

    def _index(self, name):
        if name not in self.indexes:
            raise RefusedError(404, "index_not_found")
        return self.indexes[name]

    def _task(self, kind, refusal=None):
        refusal = refusal or (self.refusals.pop(0) if self.refusals else None)
        now = datetime.now(UTC).isoformat()
        self.tasks.append(
            {"uid": len(self.tasks), "type": kind, "enqueuedAt": now}
            | {"status": "failed" if refusal else "succeeded"}
            | {"error": {"code": refusal, "message": "refused"} if refusal else None}
        )
        told = {"taskUid": len(self.tasks) - 1, "indexUid": None, "status": "enqueued"}
        return 202, told | {"type": kind, "enqueuedAt": now}


def _has(asked, fields, document):
    asked, *unwanted = re.split(r'(?:^| )-(?=")', asked)
    letters = f" {_text(document.get('letters'))} "
    if any(f" {each.strip(chr(34))} " in letters for each in unwanted):
        return False
    held = " | ".join(_text(document.get(field)) for field in fields)
    phrases = re.findall(r'"([^"]+)"', asked)
    words = re.sub(r'"[^"]+"', " ", asked).split()
    if not all(f" {phrase} " in f" {held} " for phrase in phrases):
        return False
    tokens = held.split()
    starts = bool({"sound_starts", "sound_inside"} & set(fields))
    has = [word in tokens or (starts and any(t.startswith(word) for t in tokens)) for word in words]
    return all(has)


def _text(value):
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _page(query, hits):
    counted = {field: _tally(hits, field) for field in query.get("facets", ())}
    page = {"hits": hits[: query["limit"]], "estimatedTotalHits": len(hits)}
    return page | {"facetDistribution": {field: tally for field, tally in counted.items() if tally}}


def _tally(documents, field):
    values = [document.get(field) for document in documents]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return {value: flat.count(value) for value in flat if value is not None}


def _facets(federation, documents):
    counted = {}
    for index, fields in (federation.get("facetsByIndex") or {}).items():
        mine = [each for each in documents if (each["scope"] == "REGULATION") == ("regul" in index)]
        tally = {field: _tally(mine, field) for field in fields}
        counted[index] = {"distribution": tally, "stats": {}}
    return {"facetsByIndex": counted}


def _only(row, fields):
    return row if fields is None else {name: row[name] for name in fields if name in row}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: else each answer waits for an acknowledgement

    def _serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        path = self.path.partition("?")[0]
        if path == "/multi-search":
            self.server.state.encodings.add(self.headers.get("Accept-Encoding"))
        try:
            body = json.loads(raw) if raw else None
            status, answer = self.server.state.answer(self.command, path, body, bearer)
        except RefusedError as refused:
            status, answer = refused.status, {"code": refused.code, "message": refused.code}
        sent = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = _serve  # noqa: N815  the name is the library's
    do_POST = _serve  # noqa: N815
    do_PATCH = _serve  # noqa: N815
    do_DELETE = _serve  # noqa: N815

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Clients go away in the midst of an answer: that is what the tests are about."""


@contextmanager
def standing_in():
    """A stand-in on loopback; yields its state and its port."""
    server = _Server(("127.0.0.1", 0), Handler)
    server.state = StandIn()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.state, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
