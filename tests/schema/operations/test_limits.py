"""Documents that ask for too much are refused before they are validated."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLSyntaxError,
    build_schema,
    get_introspection_query,
    parse,
)
from graphql.language import Lexer, Source, TokenKind
from hypothesis import given
from hypothesis import strategies as st

from schema.operations.failures import RequestCode, RequestError
from schema.operations.limits import Limits, check_cost, check_document, check_text
from schema.operations.scoring import Scorer

SHARED = Path(__file__).parents[3] / ".." / "shared"

LIMITS = Limits()

SCHEMA = build_schema(
    """
    type Query {
      page(first: Int = 20): Page!
      lookup(ids: [ID!]!): [Thing]!
      listing(first: Int = 8): [Thing!]!
      thing: Thing
    }
    type Page { nodes: [Thing!]! edges: [Edge!]! total: Int! }
    type Edge { cursor: String! node: Thing! }
    type Thing {
      id: ID! name: String tags: [String!]! parent: Thing children: [Thing!]!
      page(first: Int = 20): Page!
    }
    """
)


def cost(query, sizes=None):
    scorer = Scorer(SCHEMA, parse(query), sizes or {}, assumed_length=4)
    return scorer.cost(scorer.operation(scorer.operations[0]))


def check(query, limits=LIMITS, *, schema=SCHEMA):
    check_text(query, limits)
    return check_document(schema, parse(query), limits)


def limit_broken_by(query, limits=LIMITS):
    with pytest.raises(RequestError) as refused:
        check(query, limits)
    assert refused.value.code is RequestCode.TOO_COMPLEX
    [error] = refused.value.formatted()
    assert str(error["extensions"]["maximum"]) in error["message"]
    return error["extensions"]["limit"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("{ thing { id } }", 2),
        ("{ thing { id parent { name } } }", 4),
        ("{ page(first: 3) { total nodes { id name } } }", 1 + 2 + 3 * 2),
        ("{ page { nodes { id } } }", 1 + 1 + 20),
        ("{ page(first: 0) { nodes { id } } }", 1 + 1),
        ("{ page(first: 5) { edges { node { id } } } }", 1 + 1 + 5 * 2),
        ("{ listing(first: 5) { id name } }", 1 + 5 * 2),
        ("{ listing { id } }", 1 + 8),
        ("{ thing { tags } }", 2),
        ("{ thing { children { id } } }", 2 + 4),
        ('{ lookup(ids: ["1", "2", "3"]) { id } }', 1 + 3),
        ("{ unknown { children { id } } }", 3),
    ],
)
def test_cost_counts_the_fields_of_the_answer(query, fields):
    assert cost(query) == fields


def test_page_sizes_multiply():
    assert cost("{ page(first: 100) { nodes { id } } }") == 102
    nested = "{ page(first: 100) { nodes { page(first: 100) { nodes { id } } } } }"
    assert cost(nested) == 2 + 100 * 102
    assert limit_broken_by(nested) == "cost"


def test_a_page_size_may_come_in_a_variable():
    query = "query ($n: Int) { page(first: $n) { nodes { id } } }"
    assert cost(query, {"n": 50}) == 52
    assert cost(query, {"n": None}) == 22
    assert check(query) == {"n"}


def test_the_cost_of_a_chosen_operation_is_checked_with_its_sizes():
    document = parse("query ($n: Int) { page(first: $n) { nodes { id } } }")
    operation = document.definitions[0]
    limits = Limits(cost=52)
    check_cost(SCHEMA, document, operation, sizes={"n": 50}, limits=limits)
    with pytest.raises(RequestError):
        check_cost(SCHEMA, document, operation, sizes={"n": 51}, limits=limits)


def test_a_fragment_takes_the_page_size_of_each_place_it_is_spread_in():
    query = (
        "{ a: page(first: 2) { ...P } b: page(first: 30) { ...P } } fragment P on Page {nodes{id}}"
    )
    assert cost(query) == (2 + 2) + (2 + 30)


def test_a_page_size_of_a_thousand_digits_is_just_large():
    assert limit_broken_by("{ page(first: " + "9" * 1000 + ") { nodes { id } } }") == "cost"


@pytest.mark.parametrize(
    ("limit", "query"),
    [
        ("characters", "{ thing { id } }" + " " * 20_000),
        ("tokens", "{ lookup(ids: [" + "1 " * 2_000 + "]) { id } }"),
        ("tokens", "# aside\n" * 2_000 + "{ thing { id } }"),
        ("names", "{ thing { " + "id " * 1_000 + "} }"),
        ("definitions", "".join(f"query Q{i} {{ thing {{ id }} }} " for i in range(101))),
        ("fields", "{ thing { " + "id " * 900 + "} }"),
        ("overlaps", "{ thing { " + "id " * 102 + "} }"),
        ("overlaps", "{ thing { " + "... { id } " * 102 + "} }"),
        ("overlaps", "{ thing { " + "parent { parent { id } } " * 60 + "} }"),
        ("depth", "{ thing { " + "parent { " * 20 + "id" + " }" * 22),
        ("nesting", "{ thing { " + "... { " * 110 + "id" + " }" * 112),
        ("aliases", "{ thing { " + " ".join(f"a{i}: id" for i in range(31)) + " } }"),
        ("directives", "{ thing { id " + "@skip(if: false) " * 51 + "} }"),
        ("directives", "query " + "@skip(if: false) " * 51 + "{ thing { id } }"),
        ("root_fields", "{ " + "thing { id } " * 21 + "}"),
        ("introspections", "{ a: __schema { types { name } } b: __schema { types { name } } }"),
        ("cost", "{ page(first: 5001) { nodes { id name } } }"),
        ("cost", "{ lookup(ids: [" + '"1" ' * 500 + "]) { page { nodes { id } } } }"),
    ],
    ids=lambda value: value[:12],
)
def test_a_document_beyond_a_bound_is_refused_by_its_name(limit, query):
    assert limit_broken_by(query) == limit


def bomb(spreads, on="Thing", leaf="id"):
    """A document of 22 fragments, each with ``spreads`` of the next: 2**22 leaves."""
    fragments = [f"fragment F{i} on {on}{{{spreads(i + 1)}}}" for i in range(22)]
    return "".join(fragments) + f"fragment F22 on {on}{{{leaf}}}"


@pytest.mark.parametrize(
    "query",
    [
        "{thing{...F0}}" + bomb(lambda i: f"...F{i} ...F{i}"),
        "{...F0}" + bomb(lambda i: f"...F{i} ...F{i}", on="Query", leaf="__typename"),
        "{thing{...F0}}" + bomb(lambda i: f"parent{{...F{i}}} parent{{...F{i}}}"),
        "{thing{id}}" + bomb(lambda i: f"...F{i} ...F{i}"),
        "{thing{...F0}}" + bomb(lambda i: f"a:parent{{...F{i}}} b:parent{{...F{i}}}"),
    ],
    ids=["spreads", "at the root", "fields", "not spread by any operation", "aliases"],
)
def test_a_bomb_of_doubling_fragments_is_refused_after_one_look_at_each(query, monkeypatch):
    looks = []
    look = Scorer._selections
    monkeypatch.setattr(Scorer, "_selections", lambda *given: looks.append(1) or look(*given))
    limit_broken_by(query)
    assert len(looks) <= query.count("{")


@pytest.mark.parametrize(
    "query",
    [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { thing { ...B } } fragment B on Thing { parent { ...B } }",
        "{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { ...A }",
        "{ thing { id } } fragment A on Thing { ...A }",
    ],
)
def test_fragments_that_spread_themselves_are_refused(query):
    with pytest.raises(RequestError) as refused:
        check(query)
    assert refused.value.code is RequestCode.VALIDATION_FAILED


def test_what_validation_will_refuse_is_scored_all_the_same():
    assert check("{ nothing(first: $n) { of { ...This } } ... on Nowhere { id } }") == frozenset()
    assert check("subscription { page { id } } fragment F on Int { id }") == frozenset()


def test_a_document_at_every_bound_passes():
    limits = Limits(
        characters=51, tokens=19, names=8, definitions=1, fields=4, overlaps=0, depth=3,
        aliases=1, directives=1, root_fields=1, introspections=0, cost=23,
    )  # fmt: skip
    query = "{ p: page { nodes { id @skip(if: false) } total } }"
    check(query, limits)


def test_the_introspection_query_of_graphql_js_passes_with_room():
    query = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    half = Limits(cost=5_000, depth=15, fields=500, tokens=250)
    check(query, half)


@pytest.mark.reference
@pytest.mark.skipif(not SHARED.exists(), reason="reference data is not beside the checkout")
def test_every_operation_of_the_contract_passes_with_room():
    contract = build_schema((SHARED / "contract.full.graphql").read_text())
    operations = (SHARED / "operations.graphql").read_text()
    check(operations, schema=contract)
    check(operations, Limits(cost=5_000, depth=10, aliases=0, root_fields=2), schema=contract)


TOKENS = ["{", "...", "name", '"a\\"b"', '"""a "b" \\""" c"""', "-1.5e3", "$v", "1-1", "#x\n"]


@given(st.lists(st.sampled_from(TOKENS), max_size=12))
def test_tokens_are_counted_as_the_lexer_counts_them(tokens):
    text = " ".join(tokens)
    try:
        expected = _lexed(text)
    except GraphQLSyntaxError:
        return
    assert check_text(text, Limits()) == expected


def _lexed(text):
    lexer, count = Lexer(Source(text)), 0
    while lexer.token.kind is not TokenKind.EOF:
        lexer.token = lexer.token.next or lexer.read_next_token(lexer.token.end)
        count += lexer.token.kind is not TokenKind.EOF
    return count


@pytest.mark.parametrize("text", ['"' * 5_000, '"' + "\\" * 5_000, '"""' + '\\"' * 5_000])
def test_strings_that_do_not_end_are_counted_too(text):
    assert check_text(text, Limits(tokens=5_000)) <= 1_667
