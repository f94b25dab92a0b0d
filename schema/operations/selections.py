"""Which fields an operation asks of a type: fragments opened, conditions decided, keys merged."""

from collections.abc import Iterable, Iterator, Mapping

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    is_abstract_type,
    visit,
)

#: Fields by the key that they have in the answer, in its order; several nodes merge into one.
Selection = dict[str, list[FieldNode]]


class Selections:
    """The selections of one document under one decision of its ``@skip`` and ``@include``.

    ``decided``: the Boolean value of each variable that a condition names.
    """

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, decided: Mapping[str, bool]
    ) -> None:
        self._schema = schema
        self._decided = decided
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }

    def of(self, shown: GraphQLObjectType, sets: Iterable[SelectionSetNode]) -> Selection:
        """What these selection sets ask of an object of the type ``shown``."""
        found: Selection = {}
        opened: set[str] = set()
        for one in sets:
            for node in self._fields(shown, one, opened):
                key = (node.alias or node.name).value
                found.setdefault(key, []).append(node)
        return found

    def _fields(
        self, shown: GraphQLObjectType, selection_set: SelectionSetNode, opened: set[str]
    ) -> Iterator[FieldNode]:
        for node in selection_set.selections:
            if not self._is_wanted(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._fits(node, shown):
                    yield from self._fields(shown, node.selection_set, opened)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in opened:
                yield from self._spread(shown, node.name.value, opened)

    def _spread(self, shown: GraphQLObjectType, name: str, opened: set[str]) -> Iterator[FieldNode]:
        opened.add(name)
        fragment = self._fragments[name]
        if self._fits(fragment, shown):
            yield from self._fields(shown, fragment.selection_set, opened)

    def _fits(
        self, node: InlineFragmentNode | FragmentDefinitionNode, shown: GraphQLObjectType
    ) -> bool:
        if node.type_condition is None:
            return True
        condition = self._schema.type_map[node.type_condition.name.value]
        if condition is shown:
            return True
        return is_abstract_type(condition) and self._schema.is_sub_type(condition, shown)

    def _is_wanted(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            if directive.name.value not in {"skip", "include"}:
                continue
            (condition,) = (argument.value for argument in directive.arguments or ())
            if isinstance(condition, VariableNode):
                holds = self._decided[condition.name.value]
            else:
                holds = isinstance(condition, BooleanValueNode) and condition.value
            if holds is (directive.name.value == "skip"):
                return False
        return True


def deciding_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables that ``@skip`` and ``@include`` of a document name, each once."""
    found: dict[str, None] = {}

    class Conditions(Visitor):
        """Gathers the variables of conditions."""

        def enter_directive(self, node: DirectiveNode, *_: object) -> None:
            if node.name.value in {"skip", "include"}:
                for argument in node.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        found[argument.value.name.value] = None

    visit(document, Conditions())
    return tuple(found)
