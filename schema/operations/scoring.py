"""What a document asks for: one walk that scores each fragment once, however often it is spread."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from schema.operations.failures import RequestCode, RequestError

PAGE_ARGUMENT = "first"
LARGEST_SIZE = 10**9
MOST_NESTED = 100  # selection sets within one another: what the walk's own stack can bear


class Score(NamedTuple):
    """What a selection asks for; all but the cost counts what is written, spreads written out.

    The cost is ``fixed``, and ``listed`` once more for each item of the lists directly in the
    selection whose length only the page size of the field above tells: the ``edges`` of
    ``feed(first: 20)``.
    """

    fixed: int = 0
    listed: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    root_fields: int = 0
    introspections: int = 0
    depth: int = 0

    def cost(self, length: int) -> int:
        """Count the fields of an answer whose lists of unknown length have ``length`` items."""
        return self.fixed + length * self.listed

    @classmethod
    def side_by_side(cls, scores: Iterable["Score"]) -> "Score":
        """Score selections that stand in one selection set: depths compare, all else adds up."""
        *sums, depths = zip(cls(), *scores, strict=True)
        return cls._make([*map(sum, sums), max(depths)])


_FIELD = Score(fixed=1, fields=1, root_fields=1, depth=1)
_ALIASED_FIELD = _FIELD._replace(aliases=1)


class Scorer:
    """Scores the definitions of one document, which need not be valid.

    ``sizes`` gives page sizes, and lengths of lists, by the name of the variable that carries
    them; ``sizing_variables`` collects the names that were asked for. A list of which nothing is
    known is taken to have ``assumed_length`` items.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        sizes: Mapping[str, int | None],
        *,
        assumed_length: int,
    ) -> None:
        self.sizing_variables: set[str] = set()
        self._schema = schema
        self._sizes = sizes
        self._assumed_length = assumed_length
        definitions = document.definitions
        self.operations = [
            node for node in definitions if isinstance(node, OperationDefinitionNode)
        ]
        self.fragments = {
            node.name.value: node
            for node in definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self._scores: dict[str, Score | None] = {}  # None while a fragment is being scored

    def operation(self, node: OperationDefinitionNode) -> Score:
        """Score an operation."""
        root = self._schema.get_root_type(node.operation)
        return _with_directives(self._selections(node.selection_set, root, 0), node)

    def fragment(self, name: str, level: int = 0) -> Score:
        """Score a fragment by its name; one that nobody defined asks for nothing."""
        node = self.fragments.get(name)
        if node is None:
            return Score()
        if name not in self._scores:
            self._scores[name] = None
            on = self._schema.get_type(node.type_condition.name.value)
            score = self._selections(node.selection_set, on, level)
            self._scores[name] = _with_directives(score, node)
        known = self._scores[name]
        if known is None:
            message = f"片段 {name} 直接或间接地引用了自身"
            raise RequestError.because(RequestCode.VALIDATION_FAILED, message)
        return known

    def cost(self, score: Score) -> int:
        """Count the fields that the answer to a scored definition may hold."""
        return score.cost(self._assumed_length)

    def _selections(
        self, node: SelectionSetNode, parent: GraphQLNamedType | None, level: int
    ) -> Score:
        if level == MOST_NESTED:
            raise RequestError.too_complex("nesting", MOST_NESTED)
        children = [self._selection(child, parent, level + 1) for child in node.selections]
        return Score.side_by_side(children)

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, level: int) -> Score:
        match node:
            case FieldNode():
                score = self._field(node, parent, level)
            case FragmentSpreadNode():
                score = self.fragment(node.name.value, level)
            case InlineFragmentNode():
                condition = node.type_condition
                on = self._schema.get_type(condition.name.value) if condition else parent
                score = self._selections(node.selection_set, on, level)
            case _:
                raise TypeError(node.kind)
        return _with_directives(score, node)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Score:
        score = _ALIASED_FIELD if node.alias else _FIELD
        if node.selection_set is None:
            return score
        field = None
        if is_composite_type(parent):
            field = self._schema.get_field(parent, node.name.value)
        within = get_named_type(field.type) if field else None
        inner = self._selections(node.selection_set, within, level)
        fixed, listed = self._cost_of_items(node, field, inner)
        return Score(
            fixed=score.fixed + fixed,
            listed=listed,
            fields=score.fields + inner.fields,
            aliases=score.aliases + inner.aliases,
            directives=inner.directives,
            root_fields=score.root_fields,
            introspections=inner.introspections + (node.name.value == "__schema"),
            depth=score.depth + inner.depth,
        )

    def _cost_of_items(
        self, node: FieldNode, field: GraphQLField | None, inner: Score
    ) -> tuple[int, int]:
        """Multiply the cost of one item by the number of items: a fixed and a listed part."""
        one = self.cost(inner)
        if field is None:
            return one, 0
        is_list = is_list_type(get_nullable_type(field.type))
        if PAGE_ARGUMENT in field.args:
            page = self._page_size(node, field)
            return (page * one if is_list else inner.cost(page)), 0
        if not is_list:
            return one, 0
        given = self._longest_list(node, field)
        return (0, one) if given is None else (given * one, 0)

    def _page_size(self, node: FieldNode, field: GraphQLField) -> int:
        """Read how many items a field may give; the schema's default where nothing is written."""
        sizes = [self._size(value) for name, value in _arguments(node) if name == PAGE_ARGUMENT]
        size = next((size for size in sizes if size is not None), None)
        if size is None:
            size = size_of(coerce_default_value(field.args[PAGE_ARGUMENT]))
        return self._assumed_length if size is None else size

    def _longest_list(self, node: FieldNode, field: GraphQLField) -> int | None:
        """Read how many values a list is looked up by: ``nodes(ids: […])`` gives one for each."""
        sizes = [
            self._size(value)
            for name, value in _arguments(node)
            if name in field.args and is_list_type(get_nullable_type(field.args[name].type))
        ]
        return max((size for size in sizes if size is not None), default=None)

    def _size(self, value: ValueNode) -> int | None:
        if isinstance(value, VariableNode):
            name = value.name.value
            self.sizing_variables.add(name)
            return self._sizes.get(name)
        return literal_size(value)


def literal_size(value: ValueNode | None) -> int | None:
    """Read a page size or a length of a list from a document; None where it is neither."""
    if isinstance(value, IntValueNode):
        return size_of(int(value.value[:10]))  # int() refuses the longest, and bounds are lower
    return len(value.values) if isinstance(value, ListValueNode) else None


def size_of(value: object) -> int | None:
    """Read a page size or a length of a list from a variable; None where it is neither."""
    if isinstance(value, int | float):
        return int(max(0, min(value, LARGEST_SIZE)))
    return len(value) if isinstance(value, list | tuple) else None


def _arguments(node: FieldNode) -> Iterable[tuple[str, ValueNode]]:
    return ((argument.name.value, argument.value) for argument in node.arguments or ())


def _with_directives(
    score: Score, node: SelectionNode | OperationDefinitionNode | FragmentDefinitionNode
) -> Score:
    if not node.directives:
        return score
    return score._replace(directives=score.directives + len(node.directives))
