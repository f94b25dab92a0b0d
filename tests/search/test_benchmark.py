import json
from pathlib import Path

import pytest

from app.errors import Invalid
from search import benchmark
from search.benchmark import run_benchmark
from search.embedded import EmbeddedEngine

REFERENCE = Path(__file__).parents[3] / "shared" / "data" / "bench"


def article(identity, label, text):
    return {
        "id": identity,
        "reg_id": identity.split(":")[0],
        "title": "借书条例",
        "category": "行政法",
        "issuer": None,
        "chapter": "第一章 总则",
        "article_no": label,
        "text": text,
    }


@pytest.fixture
def folder(tmp_path):
    articles = [
        article("a:1", "第一条", "每次可以借阅三册图书。"),
        article("a:2", "第二条", "逾期不还的，暂停借阅。"),
        article("b:1", None, "与读书无关。"),
    ]
    questions = [
        {"query": "逾期不还怎么办", "gold": ["a:2"]},
        {"query": "借书条例第一条", "gold": ["a:1"]},
        {"query": "羽毛球", "gold": ["b:1"]},
    ]
    for name, lines in (("articles.jsonl", articles), ("queries_own.jsonl", questions)):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("traditional", [False, True])
def test_figures_tell_what_was_found_of_what_should_be(folder, traditional):
    figures = run_benchmark(folder, traditional=traditional)
    assert (figures.articles, figures.questions) == (3, 3)
    assert figures.recall_5 == figures.recall_100 == pytest.approx(2 / 3)
    assert figures.mrr_10 == figures.ndcg_10 == pytest.approx(2 / 3)
    assert 0 < figures.p50_ms <= figures.p95_ms
    assert "R@10 0.6667" in str(figures)


@pytest.mark.parametrize("missing", ["articles.jsonl", "queries_own.jsonl"])
def test_a_folder_without_its_files_is_refused(folder, missing):
    (folder / missing).unlink()
    with pytest.raises(Invalid):
        run_benchmark(folder)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """An engine for benchmarks of one folder: only the first builds the index."""
    directory = tmp_path_factory.mktemp("reference")
    built = False

    class BuiltOnce(EmbeddedEngine):
        def __init__(self, _):
            super().__init__(directory)

        async def rebuild(self, units):
            nonlocal built
            if not built:
                await super().rebuild(units)
            built = True

    return BuiltOnce


@pytest.mark.reference
@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference data is not beside the checkout")
@pytest.mark.parametrize("traditional", [False, True])
def test_relevance_keeps_its_budget(traditional, built_once, monkeypatch):
    monkeypatch.setattr(benchmark, "EmbeddedEngine", built_once)
    figures = run_benchmark(REFERENCE, traditional=traditional)
    assert figures.recall_10 >= 0.54
    assert figures.mrr_10 >= 0.46
    assert figures.recall_100 >= 0.76
