"""Documents are measured, parsed and validated once, and kept within bounds."""

import pytest
import strawberry

from schema.operations import documents as module
from schema.operations.documents import Documents
from schema.operations.failures import RequestCode, RequestError
from schema.operations.limits import Limits


@strawberry.type
class Thing:
    id: strawberry.ID
    name: str


@strawberry.type
class Query:
    @strawberry.field
    def things(self, first: int = 20) -> list[Thing]:
        raise NotImplementedError


@pytest.fixture
def documents():
    return Documents(strawberry.Schema(Query), Limits(cost=200))


def refused(deed, *given):
    with pytest.raises(RequestError) as refusal:
        deed(*given)
    return refusal.value


def test_the_same_text_is_the_same_document(documents):
    assert documents.read("{ things { id } }") is documents.read("{ things { id } }")
    assert documents.read("{ things { id } }") is not documents.read("{ things { name } }")


def test_a_text_that_does_not_parse_is_refused_and_not_kept(documents):
    error = refused(documents.read, "{ things {")
    assert error.code is RequestCode.PARSE_FAILED
    [formatted] = error.formatted()
    assert formatted["extensions"] == {"code": "GRAPHQL_PARSE_FAILED"}
    assert formatted["locations"] == [{"line": 1, "column": 11}]
    assert len(documents) == 0


def test_a_text_that_is_too_long_is_never_parsed(documents, monkeypatch):
    monkeypatch.setattr(module, "parse", lambda text: pytest.fail("parsed"))
    assert refused(documents.read, "{" + " things" * 3_000 + "}").code is RequestCode.TOO_COMPLEX


def test_a_document_that_asks_for_too_much_is_never_validated(documents, monkeypatch):
    monkeypatch.setattr(module, "validate", lambda *_, **__: pytest.fail("validated"))
    bomb = "".join(f"fragment F{i} on Thing{{...F{i + 1} ...F{i + 1}}}" for i in range(22))
    text = "{things{...F0}}" + bomb + "fragment F22 on Thing{id}"
    assert refused(documents.read, text).code is RequestCode.TOO_COMPLEX
    assert len(documents) == 0


def test_a_document_is_validated_once(documents, monkeypatch):
    calls = []
    validate = module.validate
    monkeypatch.setattr(
        module, "validate", lambda *given, **named: calls.append(1) or validate(*given, **named)
    )
    document = documents.read("{ things { nmae } }")
    assert [error.message for error in document.errors] == [
        "Cannot query field 'nmae' on type 'Thing'. Did you mean 'name'?"
    ]
    assert documents.read("{ things { nmae } }").errors is document.errors
    assert len(calls) == 1


def test_nothing_is_suggested_where_suggestions_are_off():
    documents = Documents(strawberry.Schema(Query), Limits(), suggestions=False)
    [error] = documents.read("{ things { nmae } }").errors
    assert error.message == "Cannot query field 'nmae' on type 'Thing'."


def test_only_the_first_errors_are_reported(documents):
    document = documents.read("{ things { " + " ".join(f"x{i}" for i in range(6)) + " } }")
    assert len(document.errors) == 6
    assert "error limit reached" in document.errors[-1].message


def test_the_documents_not_used_for_longest_go_first():
    documents = Documents(strawberry.Schema(Query), Limits(), capacity=18)
    texts = ["{ things { id } }", "{ things { name } }", "{ a: things { id } }"]
    first, second = documents.read(texts[0]), documents.read(texts[1])
    documents.read(texts[0])
    third = documents.read(texts[2])
    assert (first.tokens, second.tokens, third.tokens) == (6, 6, 8)
    assert documents.read(texts[0]) is first
    assert documents.read(texts[2]) is third
    assert len(documents) == 2


def test_a_lone_operation_needs_no_name(documents):
    assert documents.read("query Named { things { id } }").operation(None).name == "Named"


@pytest.mark.parametrize("name", [None, "C"])
def test_which_of_several_operations_is_meant_must_be_said(documents, name):
    document = documents.read("query A { things { id } } query B { things { id } }")
    assert document.operation("B").name == "B"
    assert refused(document.operation, name).code is RequestCode.OPERATION_UNKNOWN


def test_a_document_of_fragments_has_no_operation(documents):
    document = documents.read("fragment F on Thing { id }")
    assert refused(document.operation, None).code is RequestCode.OPERATION_UNKNOWN


@pytest.mark.parametrize(
    ("declared", "variables", "within"),
    [
        ("$n: Int = 50", {}, True),
        ("$n: Int = 500", {}, False),
        ("$n: Int = 500", {"n": 50}, True),
        ("$n: Int = 50", {"n": 500}, False),
        ("$n: Int = 500", {"n": None}, True),
        ("$n: Int!", {"n": 500.0}, False),
        ("$n: Int!", {"n": 1e300}, False),
        ("$n: Int!", {"n": -7}, True),
        ("$n: Int!", {"n": "500"}, True),
        ("$n: Int!", {}, True),
    ],
)
def test_variables_and_their_defaults_count_in_the_cost(documents, declared, variables, within):
    text = f"query ({declared}) {{ things(first: $n) {{ id }} }}"
    operation = documents.read(text).operation(None)
    if within:
        operation.check_cost(variables)
        operation.check_cost(variables)
    else:
        assert refused(operation.check_cost, variables).code is RequestCode.TOO_COMPLEX
