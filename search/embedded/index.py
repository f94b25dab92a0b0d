"""The one module that speaks to tantivy: the schema, an index on disk, and what it can be asked."""

import contextlib
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import tantivy
from tantivy import DocAddress as Row
from tantivy import Occur, Query

from search.embedded.fields import Fields

__all__ = ["BrokenIndex", "Index", "Query", "Row", "Snapshot", "Writer"]

_RAW = (
    "unit",
    "kind",
    "standing",
    "audience",
    "name",
    "card_audience",
    "card_name",
    "starts",
    "sound_starts",
    "sound_inside",
)
_FACETS = ("category", "issuer", "status")
_NUMBERS = (
    *("id", "group", "scope", "organization", "number", "suffix", "version"),
    *("called", "mentions"),
)
_INTEGERS = ("published", "in_force_from", "in_force_until")
_COUNTED = ("words",)
_PLACED = ("bigrams", "letters", "card_letters")
_LISTED = ("sounds",)
_HEAP_BYTES = 64_000_000

# A union of few terms is faster than a set of terms, which is made for many (measured: 16 %).
_FEW_TERMS = 16

FINGERPRINT = hashlib.sha256(
    repr((_RAW, _FACETS, _NUMBERS, _INTEGERS, _COUNTED, _PLACED, _LISTED, 1)).encode()
).hexdigest()[:16]
"""Changes with the layout; its last number is raised when the same field is filled otherwise."""


class Found(NamedTuple):
    """Rows that match, best first, and how many do in all."""

    rows: list[tuple[float, Row]]
    total: int


class BrokenIndex(Exception):  # noqa: N818  the engine makes it a refusal
    """The files are not what they should be: only a rebuild helps."""


@contextlib.contextmanager
def _sound_files() -> Iterator[None]:
    """Tell damaged files from other failures, even where they make the library panic."""
    try:
        yield
    except (OSError, ValueError) as failure:
        raise BrokenIndex(str(failure)) from failure
    except BaseException as panic:
        # Its class cannot be imported, and is no Exception.
        if type(panic).__name__ != "PanicException":
            raise
        raise BrokenIndex(str(panic)) from panic


class Index:
    """An index in one directory; ``BrokenIndex`` where its files cannot be read."""

    def __init__(self, directory: Path, *, create: bool = False) -> None:
        path = str(directory)
        with _sound_files():
            if create:
                self._index = tantivy.Index(_schema(), path=path, reuse=False)
            else:
                self._index = tantivy.Index.open(path)
            # We look for commits ourselves, before each search: no thread, no delay.
            self._index.config_reader(reload_policy="manual")

    def snapshot(self) -> "Snapshot":
        """What is committed now; it stays as it is while others write."""
        with _sound_files():
            self._index.reload()
            return Snapshot(self._index.searcher(), self._index.schema)

    def writer(self) -> "Writer":
        """Begin to write; only one writer may be open, in all processes."""
        return Writer(self._index.writer(heap_size=_HEAP_BYTES, num_threads=1), self._index.schema)


class Writer:
    """Rows that are taken away and put in; nothing is to be seen until the commit."""

    def __init__(self, writer: tantivy.IndexWriter, schema: tantivy.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def replace(self, unit: str, rows: Iterable[Fields]) -> None:
        """Put ``rows`` in place of all rows of this unit."""
        self._writer.delete_documents_by_term("unit", unit)
        for row in rows:
            self._writer.add_document(tantivy.Document.from_dict(dict(row), self._schema))

    def commit(self) -> None:
        """Make everything visible at once, and end."""
        self._writer.commit()
        self._writer.wait_merging_threads()

    def abandon(self) -> None:
        """End, and forget what was not committed."""
        self._writer.rollback()
        self._writer.wait_merging_threads()


class Snapshot:
    """An index at one moment."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema) -> None:
        self._searcher = searcher
        self._schema = schema

    @property
    def rows(self) -> int:
        """How many rows there are: documents, and titles."""
        return self._searcher.num_docs

    def term(self, field: str, value: str | int, *, boost: float = 1.0) -> Query:
        """Rows that have this very term; rarer terms score higher."""
        found = Query.term_query(self._schema, field, value, index_option="freq")
        return found if boost == 1.0 else boosted(found, boost)

    def any_term(self, field: str, values: Iterable[str | int]) -> Query:
        """Rows that have one of these terms."""
        terms = sorted(values, key=str)
        if len(terms) > _FEW_TERMS:
            return Query.term_set_query(self._schema, field, terms)
        return either(self.term(field, term) for term in terms)

    def phrase(self, field: str, terms: Sequence[str]) -> Query:
        """Rows that have these terms side by side."""
        if len(terms) == 1:
            return self.term(field, terms[0])
        return Query.phrase_query(self._schema, field, list(terms))

    def between(self, field: str, lowest: int | None, highest: int | None) -> Query:
        """Rows whose number lies within these bounds, both included."""
        integer = tantivy.FieldType.Integer
        return Query.range_query(self._schema, field, integer, lowest, highest)

    def best(self, query: Query, *, limit: int, offset: int = 0) -> Found:
        """The best rows after the ``offset`` best, weighted by their prior."""
        with _sound_files():
            result = self._searcher.search(query, limit, offset=offset, weight_by_field="prior")
        return Found(result.hits, cast("Any", result).count)

    def count(self, query: Query) -> int:
        """How many rows match."""
        return cast("int", cast("Any", self._searcher.search(query, 1)).count)

    def numbers(self, field: str, rows: Sequence[Row]) -> list[int]:
        """The number that each row has in a field, 0 where it has none."""
        values = self._searcher.fast_field_values(field, list(rows))
        return [int(value or 0) for value in values]

    def text(self, row: Row) -> str:
        """The title on a card, as it is written."""
        return cast("str", self._searcher.doc(row).get_first("text"))

    def frequency(self, field: str, term: str | int) -> int:
        """How many rows have a term, whoever may see them."""
        return self._searcher.doc_freq(field, term)

    def terms(self, field: str, prefix: str) -> list[tuple[str, int]]:
        """Terms that begin so, and how many rows have each, whoever may see them."""
        return self._searcher.terms_with_prefix(field, prefix)

    def values(self, query: Query, fields: Sequence[str]) -> dict[str, list[tuple[Any, int]]]:
        """The values that matching rows have in each field, and how many have each."""
        # Every value is counted in every segment: a smaller sample would make wrong counts.
        every = {"size": 10_000, "segment_size": 10_000}
        wanted = {field: {"terms": {"field": field, **every}} for field in fields}
        answer = self._searcher.aggregate(query, wanted)
        return {
            field: [(each["key"], each["doc_count"]) for each in answer[field]["buckets"]]
            for field in fields
        }


def every(required: Iterable[Query], *, helpful: Iterable[Query] = ()) -> Query:
    """Rows that match all of these; what is helpful adds to the score."""
    clauses = [(Occur.Must, query) for query in required]
    return Query.boolean_query(clauses + [(Occur.Should, query) for query in helpful])


def either(queries: Iterable[Query]) -> Query:
    """Rows that match one of these or more; scores add up."""
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def best_of(queries: Iterable[Query]) -> Query:
    """Rows that match one of these or more, with the highest of their scores."""
    return Query.disjunction_max_query(list(queries))


def but_not(query: Query, unwanted: Query) -> Query:
    """Rows of the one that are not in the other."""
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, unwanted)])


def boosted(query: Query, boost: float) -> Query:
    """The same rows, each with so many times its score."""
    return Query.boost_query(query, boost)


def worth(query: Query, score: float) -> Query:
    """The same rows, each with this score; 0 makes a filter."""
    return Query.const_score_query(query, score)


def _schema() -> tantivy.Schema:
    schema = tantivy.SchemaBuilder()
    for field in _RAW:
        schema.add_text_field(field, tokenizer_name="raw", index_option="basic")
    for field in _FACETS:
        schema.add_text_field(field, tokenizer_name="raw", index_option="basic", fast=True)
    for field in _NUMBERS:
        schema.add_unsigned_field(field, indexed=True, fast=True)
    for field in _INTEGERS:
        schema.add_integer_field(field, indexed=True, fast=True)
    for fields, option in ((_COUNTED, "freq"), (_PLACED, "position"), (_LISTED, "basic")):
        for field in fields:
            schema.add_text_field(field, tokenizer_name="whitespace", index_option=option)
    schema.add_float_field("prior", fast=True)
    schema.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
    return schema.build()
