"""How much one document may ask for, checked before it is validated or run."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

from schema.operations.failures import RequestError
from schema.operations.overlaps import count_overlaps
from schema.operations.scoring import Score, Scorer

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\(?:""")?|"(?!""))*+(?:""")?'  # block string
    r'|"(?:[^"\\\n\r]|\\.)*+"?'  # string
    r"|\#[^\n\r]*+"  # comment
    r"|(?P<name>[_A-Za-z][_0-9A-Za-z]*+)"
    r"|-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?"  # number
    r"|\.\.\.|[!$&():=?@\[\]{|}]"  # punctuation
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one document; a document that reaches a bound still passes."""

    characters: int = 20_000
    tokens: int = 2_000  # comments count
    names: int = 1_000  # of all tokens the costliest to parse
    definitions: int = 100  # operations and fragments
    fields: int = 800  # of all definitions; those of a fragment once more for each spread
    overlaps: int = 2_000  # pairs of fields that answer to one name in one place
    depth: int = 20  # fields within fields
    aliases: int = 30
    directives: int = 50
    root_fields: int = 20
    introspections: int = 1  # of the whole schema, whose length no argument bounds
    cost: int = 10_000  # fields that the answer may hold: page sizes multiply
    assumed_length: int = 4  # of a list that no argument bounds, when cost is counted


def check_text(text: str, limits: Limits) -> int:
    """Refuse a document that is too long to be parsed; answers its number of tokens."""
    _refuse_above(limits.characters, "characters", len(text))
    tokens = Counter(token.lastgroup for token in _TOKEN.finditer(text))
    _refuse_above(limits.tokens, "tokens", tokens.total())
    _refuse_above(limits.names, "names", tokens["name"])
    return tokens.total()


def check_document(schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> frozenset[str]:
    """Refuse a document that asks for too much whatever its variables are.

    The answer names the variables that ``check_cost`` has to know.
    """
    _refuse_above(limits.definitions, "definitions", len(document.definitions))
    scorer = Scorer(schema, document, {}, assumed_length=limits.assumed_length)
    scores = [scorer.operation(node) for node in scorer.operations]
    for score in scores:
        _refuse_above(limits.root_fields, "root_fields", score.root_fields)
    scores += [scorer.fragment(name) for name in scorer.fragments]
    for score in scores:
        _check_score(score, limits)
        _refuse_above(limits.cost, "cost", scorer.cost(score))
    _refuse_above(limits.fields, "fields", sum(score.fields for score in scores))
    _refuse_above(limits.overlaps, "overlaps", _overlaps(scorer))
    return frozenset(scorer.sizing_variables)


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    *,
    sizes: Mapping[str, int | None],
    limits: Limits,
) -> None:
    """Refuse an operation whose variables, read as ``sizes``, make its answer too large."""
    scorer = Scorer(schema, document, sizes, assumed_length=limits.assumed_length)
    _refuse_above(limits.cost, "cost", scorer.cost(scorer.operation(operation)))


def _check_score(score: Score, limits: Limits) -> None:
    _refuse_above(limits.depth, "depth", score.depth)
    _refuse_above(limits.aliases, "aliases", score.aliases)
    _refuse_above(limits.directives, "directives", score.directives)
    _refuse_above(limits.introspections, "introspections", score.introspections)


def _overlaps(scorer: Scorer) -> int:
    definitions = [*scorer.operations, *scorer.fragments.values()]
    return sum(count_overlaps([node.selection_set], scorer.fragments) for node in definitions)


def _refuse_above(maximum: int, limit: str, found: int) -> None:
    if found > maximum:
        raise RequestError.too_complex(limit, maximum)
