"""The benchmark: real questions with known answers, put to the real engine."""

import asyncio
import gzip
import json
import math
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import fmean
from typing import Any

from app.errors import Invalid
from search.citations import read_citation
from search.embedded import EmbeddedEngine
from search.meilisearch import Access, MeilisearchEngine
from search.port import Document, Filter, Request, SearchEngine, SearchScope, Unit, unit_key
from search.ranking import source_weight
from search.text import to_traditional

_AUDIENCE = frozenset({"public", "everyone"})
_DEPTH = 100
_WARM_UP = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured; shares of 1, times in milliseconds, the build in seconds."""

    articles: int
    questions: int
    recall_5: float
    recall_10: float
    recall_100: float
    mrr_10: float
    ndcg_10: float
    p50_ms: float
    p95_ms: float
    build_seconds: float

    def __str__(self) -> str:
        return (
            f"{self.questions} questions to {self.articles} articles:"
            f" R@5 {self.recall_5:.4f}  R@10 {self.recall_10:.4f}  R@100 {self.recall_100:.4f}"
            f"  MRR@10 {self.mrr_10:.4f}  nDCG@10 {self.ndcg_10:.4f}"
            f"  p50 {self.p50_ms:.1f} ms  p95 {self.p95_ms:.1f} ms"
            f"  built in {self.build_seconds:.1f} s"
        )


@dataclass(frozen=True, slots=True)
class _Answer:
    gold: frozenset[str]
    found: Sequence[str]
    milliseconds: float

    def recall(self, depth: int) -> float:
        return len(self.gold & set(self.found[:depth])) / len(self.gold)

    def reciprocal_rank(self, depth: int) -> float:
        ranks = (i for i, found in enumerate(self.found[:depth], 1) if found in self.gold)
        return 1 / next(ranks, math.inf)

    def ndcg(self, depth: int) -> float:
        gains = [1 / math.log2(rank + 1) for rank in range(1, depth + 1)]
        won = sum(
            gain for gain, found in zip(gains, self.found, strict=False) if found in self.gold
        )
        return won / sum(gains[: len(self.gold)])


def run_benchmark(
    folder: Path, *, traditional: bool = False, meilisearch: Access | None = None
) -> Figures:
    """Index a folder's articles, ask its questions (in traditional script if told), and measure.

    The embedded engine is measured, or a Meilisearch, by indexes of its own that stay behind.
    The folder has ``articles.jsonl`` or ``articles.jsonl.gz`` (``id reg_id title category issuer
    chapter article_no text``, regulations in one piece) and ``queries*.jsonl`` (``query gold``).
    """
    articles = read_articles(folder)
    questions = [each for path in sorted(folder.glob("queries*.jsonl")) for each in _lines(path)]
    if not questions:
        raise Invalid(f"文件夹中没有 queries*.jsonl：{folder.name}", "folder")
    if traditional:
        questions = [{**each, "query": to_traditional(each["query"])} for each in questions]
    with tempfile.TemporaryDirectory() as directory:
        return asyncio.run(_measure(Path(directory), meilisearch, articles, questions))


async def _measure(
    directory: Path,
    meilisearch: Access | None,
    articles: list[dict[str, Any]],
    questions: list[dict[str, Any]],
) -> Figures:
    engine: SearchEngine = (
        EmbeddedEngine(directory) if meilisearch is None else MeilisearchEngine(meilisearch)
    )
    try:
        begun = time.perf_counter()
        await engine.rebuild(as_units(articles))
        built = time.perf_counter() - begun
        for question in questions[:_WARM_UP]:
            await _ask(engine, question, articles)
        answers = [await _ask(engine, question, articles) for question in questions]
    finally:
        await engine.close()
    return _figures(answers, len(articles), built)


async def _ask(
    engine: SearchEngine, question: dict[str, Any], articles: list[dict[str, Any]]
) -> _Answer:
    request = Request(
        query=question["query"],
        filter=Filter(audience=_AUDIENCE),
        first=_DEPTH,
        with_facets=False,
    )
    begun = time.perf_counter()
    page = await engine.search(request)
    took = (time.perf_counter() - begun) * 1000
    found = [articles[hit.id]["id"] for hit in page.hits]
    return _Answer(frozenset(question["gold"]), found, took)


def _figures(answers: list[_Answer], articles: int, build_seconds: float) -> Figures:
    times = sorted(answer.milliseconds for answer in answers)
    return Figures(
        articles=articles,
        questions=len(answers),
        recall_5=fmean(answer.recall(5) for answer in answers),
        recall_10=fmean(answer.recall(10) for answer in answers),
        recall_100=fmean(answer.recall(100) for answer in answers),
        mrr_10=fmean(answer.reciprocal_rank(10) for answer in answers),
        ndcg_10=fmean(answer.ndcg(10) for answer in answers),
        p50_ms=times[len(times) // 2],
        p95_ms=times[int(len(times) * 0.95)],
        build_seconds=build_seconds,
    )


async def as_units(articles: list[dict[str, Any]]) -> AsyncIterator[Unit]:
    """The regulations among a benchmark's articles; a document's id is its place in the list."""
    numbered = enumerate(articles)
    regulations = groupby(numbered, key=lambda each: each[1]["reg_id"] or each[1]["id"])
    for unit, (_, members) in enumerate(regulations):
        documents = tuple(_document(identity, unit, article) for identity, article in members)
        yield Unit(unit_key(documents[0]), documents)


def _document(identity: int, unit: int, article: dict[str, Any]) -> Document:
    label = article["article_no"] or ""
    citation = read_citation(f"本法{label}")
    return Document(
        id=identity,
        scope=SearchScope.REGULATION,
        unit=unit,
        title=article["title"],
        audience="everyone",
        heading=article["chapter"],
        label=label,
        text=article["text"],
        category=article["category"],
        issuer=article["issuer"],
        weight=source_weight(article["category"]),
        number=citation.article.number if citation else None,
        suffix=citation.article.suffix if citation else 0,
    )


def read_articles(folder: Path) -> list[dict[str, Any]]:
    """The articles of a benchmark's folder; ``Invalid`` where there are none."""
    for name in ("articles.jsonl", "articles.jsonl.gz"):
        if (folder / name).exists():
            return list(_lines(folder / name))
    raise Invalid(f"文件夹中没有 articles.jsonl：{folder.name}", "folder")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
