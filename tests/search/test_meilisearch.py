"""What goes to Meilisearch, and what is done about its answers, by a server that stands in."""

import asyncio

import pytest
from library import DOCUMENTS, EVERYBODY, NEWS, READING_ROOM, SHELVES, content, removed, stream
from standin import MASTER, standing_in

from app.errors import Conflict, Unavailable
from search.meilisearch import Access, MeilisearchEngine
from search.meilisearch.fields import (
    card_fields,
    document_fields,
    key_of,
    spaced,
    token,
    token_of,
    unspaced,
)
from search.meilisearch.filters import allowed, named, superseded
from search.meilisearch.settings import LIBRARY, TITLES, names, synonyms
from search.meilisearch.terms import searches_of
from search.meilisearch.weighing import weigh
from search.port import EngineState, Filter, Request, SearchScope, UnitKey, UnitKind
from search.question import read_question
from search.synonyms import Synonym

pytestmark = pytest.mark.anyio


@pytest.fixture
def server():
    with standing_in() as (state, port):
        state.url = f"http://127.0.0.1:{port}"
        yield state


@pytest.fixture
async def engine(server):
    engine = MeilisearchEngine(Access(server.url, MASTER, search_seconds=20))
    yield engine
    await engine.close()


async def ids(engine, query):
    page = await engine.search(Request(query=query, filter=Filter(audience=EVERYBODY)))
    return [hit.id for hit in page.hits]


def test_the_audience_is_in_every_filter():
    assert allowed(Filter(audience=frozenset({"public", "tree:1"}))) == [
        'audience IN ["public", "tree:1"]'
    ]


def test_a_filter_holds_enums_and_ids_and_digests_only():
    chosen = Filter(
        audience=frozenset({"public", 'x" OR "1" = "1'}),
        scopes=frozenset({SearchScope.NEWS}),
        organization_id=7,
        category='" OR 1=1',
        issuer="集团党委",
        statuses=frozenset({"IN_FORCE", '"]'}),
        published_from=1,
        published_to=2,
    )
    assert allowed(chosen) == [
        'audience IN ["public"]',
        'scope IN ["NEWS"]',
        'organizations = "org-7"',
        f'category_key = "{token(chosen.category)}"',
        f'issuer_key = "{token("集团党委")}"',
        'standing IN ["IN_FORCE", "NONE"]',
        "published >= 1",
        "published <= 2",
    ]


def test_titles_that_were_typed_are_digests():
    assert named(['"]'], None) == f'names IN ["{token(chr(34) + "]")}"]'


def test_a_change_supersedes_no_newer_one_but_a_removal_of_no_version_does():
    assert (
        superseded("content-1", 5, "ab") == 'unit = "content-1" AND write != "ab" AND version <= 5'
    )
    assert superseded("content-1", None, "ab") == 'unit = "content-1" AND write != "ab"'


def test_all_that_is_filtered_or_shown_is_declared():
    document = document_fields(READING_ROOM.documents[0], 1, "ab")
    card = card_fields(NEWS, "ab", 1)
    for declared, fields in ((LIBRARY, document), (TITLES, card)):
        for kind in ("searchableAttributes", "filterableAttributes", "sortableAttributes"):
            assert set(declared[kind]) <= fields.keys()


def asked(query, *synonyms):
    searches = searches_of(read_question(query), synonyms)
    return [(each.words, each.fields, each.worth) for each in searches]


WORDS, LETTERS = ("title", "words"), ("letters",)


def test_every_word_is_asked_and_pairs_of_letters_that_are_none_for_half():
    assert asked("遗失图书") == [
        ('"遗失"', WORDS, 1.0),
        ('"图书"', WORDS, 1.0),
        ('"失 图"', LETTERS, 0.5),
    ]


def test_words_that_mean_the_same_are_asked_for_half():
    assert asked("老板", Synonym("老板", ("用人单位", "雇主"))) == [
        ('"老板"', WORDS, 1.0),
        ('"用 人 单 位"', LETTERS, 0.5),
        ('"雇 主"', LETTERS, 0.5),
    ]


def test_what_has_the_quoted_phrase_needs_no_word():
    assert asked('"凭票据"') == [
        ("", LETTERS, 1.0),
        ('"票据"', WORDS, 1.0),
        ('"凭 票"', LETTERS, 0.5),
    ]


def test_the_terms_of_the_party_are_asked_whole_and_operators_never():
    words = [words for words, fields, _ in asked("三会一课 c++") if fields == WORDS]
    assert words == ['"三会一课"', '"三会"', '"一课"', '"c"']


def test_single_letters_are_asked_where_there_is_nothing_else():
    assert asked("党") == [("党", LETTERS, 1.0)]


def weighed(query, *texts, synonyms=()):
    return weigh(
        [unspaced(spaced(each)) for each in texts],
        read_question(query),
        synonyms,
        counts={'"图书"': 2},
        documents=100,
    )


def test_a_text_weighs_by_the_words_it_has_how_rare_they_are_and_how_short_it_is():
    scores = weighed("图书赔偿", "图书赔偿", "图书借阅", "图书借阅与其他", "月饼发放", "abc")
    assert scores == sorted(scores, reverse=True)
    assert scores[2] > scores[3] == scores[4] == 0


def test_a_word_of_latin_letters_weighs_as_a_whole():
    none, one = weighed("c", "abc", "用c写")
    assert none == 0 < one


def test_what_means_the_same_weighs_only_where_the_word_itself_is_missing():
    synonym = Synonym("图书", ("月饼",))
    with_both, with_word, with_other = weighed(
        "图书", "图书月饼", "图书借阅", "月饼借阅", synonyms=[synonym]
    )
    assert with_both == with_word > with_other > 0


def test_nothing_to_weigh_weighs_nothing():
    assert weighed("图书") == []


def test_letters_stand_alone_and_runs_apart():
    assert spaced("党章，第3条abc") == "党 章. 第. 3. 条. abc"


def test_a_unit_is_known_by_its_name_again():
    key = UnitKey(UnitKind.REGULATION, 12)
    assert key_of(token_of(key)) == key


def test_words_that_mean_the_same_find_one_another():
    sets = [frozenset({"老闆", "用人单位"}), frozenset({"老板", "雇主"}), frozenset({"独"})]
    assert synonyms(sets) == {
        "用人单位": ["老板"],
        "老板": ["用人单位", "雇主"],
        "雇主": ["老板"],
    }


async def test_answers_are_asked_for_unpacked(engine, server):
    await engine.rebuild(stream([NEWS]))
    assert await ids(engine, "月饼") == [1]
    assert server.encodings == {"identity"}


def counted(server):
    return sum(query.get("facets") == ["mentions"] for query in server.queries)


async def test_what_regulations_are_known_for_is_counted_once_until_something_is_written(
    engine, server
):
    await engine.rebuild(stream(SHELVES))
    for query in ("图书", "图书", "月饼"):
        await ids(engine, query)
    assert counted(server) == 1
    await engine.replace([NEWS])
    await ids(engine, "图书")
    assert counted(server) == 2


async def test_a_question_of_many_words_asks_for_each_and_for_each_two_of_the_rarest(
    engine, server
):
    await engine.rebuild(stream(SHELVES))
    server.queries.clear()
    assert (await ids(engine, "遗失图书赔偿"))[0] == 104
    asked_words = {query["q"] for query in server.queries}
    assert {'"遗失"', '"图书"', '"赔偿"', '"遗失" "赔偿"', '"遗失" "图书"'} <= asked_words


async def test_two_keys_of_few_rights_are_made_once_and_used(engine, server):
    await engine.rebuild(stream([NEWS]))
    again = MeilisearchEngine(Access(server.url, MASTER))
    assert await ids(again, "月饼") == [1]
    await again.close()
    made = [(key["actions"], key["indexes"]) for key in server.keys]
    writes = ["documents.*", "indexes.*", "settings.*", "tasks.get", "stats.get"]
    assert made == [(["search"], ["dangjian-*"]), (writes, ["dangjian-*"])]


async def test_a_key_that_may_make_no_keys_is_used_as_it_is(engine, server):
    await engine.rebuild(stream([NEWS]))
    search_only = MeilisearchEngine(Access(server.url, server.keys[0]["key"]))
    assert await ids(search_only, "月饼") == [1]
    with pytest.raises(Unavailable):
        await search_only.replace([NEWS])
    await search_only.close()
    assert len(server.keys) == 2


async def test_a_task_that_fails_fails_the_write(engine, server):
    await engine.rebuild(stream(SHELVES))
    server.refusals.append("internal")
    with pytest.raises(Unavailable):
        await engine.replace([content(70, "羽毛球", "比赛")])
    await engine.replace([content(70, "羽毛球", "比赛")])
    assert await ids(engine, "羽毛球") == [70]


async def test_an_index_that_was_never_built_says_so(engine):
    assert await engine.state() == EngineState("meilisearch", 0, needs_rebuild=True)
    with pytest.raises(Unavailable):
        await ids(engine, "月饼")


async def test_an_index_of_other_settings_asks_to_be_built_anew(engine, server):
    await engine.rebuild(stream(SHELVES))
    assert await engine.state() == EngineState("meilisearch", DOCUMENTS, needs_rebuild=False)
    server.indexes[names("dangjian").titles].documents["index"]["fingerprint"] = "older"
    assert (await engine.state()).needs_rebuild is True


async def test_a_server_that_lost_everything_is_filled_again(engine, server):
    await engine.rebuild(stream(SHELVES))
    server.indexes.clear()
    server.keys.clear()
    for _ in range(2):
        with pytest.raises(Unavailable):
            await engine.replace([NEWS])
    assert (await engine.state()).needs_rebuild is True
    await engine.rebuild(stream(SHELVES))
    assert await ids(engine, "月饼") == [1]


async def test_a_second_rebuild_at_once_is_refused(engine, server):
    other = MeilisearchEngine(Access(server.url, MASTER))

    async def while_another_tries():
        yield NEWS
        with pytest.raises(Conflict):
            await other.rebuild(stream([]))

    await engine.rebuild(while_another_tries())
    await other.close()
    assert sorted(server.indexes) == sorted(names("dangjian").all)
    assert await ids(engine, "月饼") == [1]


async def test_a_stale_change_of_another_process_comes_again(engine, server, monkeypatch):
    """It looks, another writes something newer, and it writes: only afterwards can it see."""
    await engine.rebuild(stream([content(1, "一", "月饼", version=4)]))
    library = engine._library
    looked = library._versions

    def then_another_writes(units):
        held = looked(units)
        monkeypatch.setattr(library, "_versions", looked)
        library.replace([content(1, "三", "羽毛球", version=6)])
        return held

    monkeypatch.setattr(library, "_versions", then_another_writes)
    with pytest.raises(Unavailable):
        await engine.replace([content(1, "二", "乒乓球", version=5)])
    await engine.replace([content(1, "三", "羽毛球", version=6)])
    assert (await ids(engine, "羽毛球"), await ids(engine, "乒乓球")) == ([1], [])


async def test_what_was_removed_later_is_not_put_back_by_an_older_change(engine):
    await engine.rebuild(stream([content(1, "一", "月饼", version=4)]))
    await engine.replace([removed(UnitKind.CONTENT, 1, version=9)])
    await engine.replace([content(1, "一", "月饼", version=8)])
    assert await ids(engine, "月饼") == []
    assert [held async for held in engine.held()] == []


async def test_searches_leave_the_event_loop_alone(engine, server):
    await engine.rebuild(stream(SHELVES))
    with server.lock:
        search = asyncio.ensure_future(ids(engine, "月饼"))
        await asyncio.sleep(0)
        assert not search.done()
    assert await search == [1]
