"""How many pairs of fields validation would have to compare to see whether they can be merged."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode


def count_overlaps(
    selection_sets: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> int:
    """Count the pairs of fields that answer to one name in one place, at every depth.

    Types are not regarded, so this is never too low. The walk visits a field once for each place
    that it reaches: the caller bounds the number of fields, spreads written out, beforehand, and
    refuses fragments that spread themselves.
    """
    places = _merged(selection_sets, fragments)
    pairs = sum(len(nodes) * (len(nodes) - 1) // 2 for nodes in places.values())
    for nodes in places.values():
        inner = [node.selection_set for node in nodes if node.selection_set is not None]
        if inner:
            pairs += count_overlaps(inner, fragments)
    return pairs


def _merged(
    selection_sets: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]
) -> dict[str, list[FieldNode]]:
    """Group the fields of selection sets that lie in one place by the name they answer to."""
    places: dict[str, list[FieldNode]] = defaultdict(list)
    seen: set[str] = set()
    pending = list(selection_sets)
    while pending:
        for node in pending.pop().selections:
            if isinstance(node, FieldNode):
                places[(node.alias or node.name).value].append(node)
            elif not isinstance(node, FragmentSpreadNode):
                pending.append(node.selection_set)  # type: ignore[attr-defined]
            elif (name := node.name.value) in fragments and name not in seen:
                seen.add(name)
                pending.append(fragments[name].selection_set)
    return places
