"""The filters that the stand-in understands: those that we write."""

import json
import re

_TERM = re.compile(r'(\w+) (IN|=|!=|<=|>=|>) (\[[^\]]*\]|"[^"]*"|-?\d+|true|false)')


def matches(filter, document):
    """Whether a document passes: one condition, or a list: all hold; inner lists: one does."""
    if filter is None:
        return True
    if isinstance(filter, list):
        return all(
            any(matches(one, document) for one in each)
            if isinstance(each, list)
            else matches(each, document)
            for each in filter
        )
    if negated := re.fullmatch(r"NOT \((.*)\)", filter):
        return not matches(negated[1], document)
    return all(_holds(term, document) for term in filter.split(" AND "))


def _holds(term, document):
    read = _TERM.fullmatch(term)
    assert read, f"not a filter that we write: {term}"
    field, operator, wanted = read[1], read[2], json.loads(read[3])
    value = document.get(field)
    values = value if isinstance(value, list) else [] if value is None else [value]
    match operator:
        case "IN":
            return bool(set(values) & set(wanted))
        case "=":
            return wanted in values
        case "!=":
            return wanted not in values
        case "<=":
            return any(each <= wanted for each in values)
        case ">":
            return any(each > wanted for each in values)
        case _:
            return any(each >= wanted for each in values)
