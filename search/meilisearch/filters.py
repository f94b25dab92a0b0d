"""Filters, built from enums, ids and digests only: nothing that was typed gets into one."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from app.knowledge.numerals import ArticleNumber
from search.meilisearch.fields import NO_STATUS, organization_token, token
from search.meilisearch.settings import KEY
from search.port import Filter, SearchScope

_NAME = re.compile(r"[A-Za-z_]+([:-]\d+)?|[0-9a-f]{16}")


def allowed(chosen: Filter) -> list[str]:
    """The documents that a filter lets through: all of these conditions hold."""
    return list(_conditions(chosen))


def allowed_cards(audience: frozenset[str], scopes: frozenset[SearchScope]) -> list[str]:
    """The titles that may be suggested to somebody."""
    conditions = [_any("audience", audience)]
    if scopes:
        conditions.append(_any("scope", [scope.value for scope in scopes]))
    return conditions


def named(titles: Iterable[str], article: ArticleNumber | None) -> str:
    """The documents under one of these titles, or one article of each."""
    conditions = [_any("names", map(token, titles))]
    if article is not None:
        conditions.append(f"number = {article.number} AND suffix = {article.suffix}")
    return " AND ".join(conditions)


def documents(keys: Iterable[str]) -> str:
    """The documents that are known by one of these keys."""
    return _any(KEY, keys)


def any_unit(units: Iterable[str]) -> str:
    """What belongs to one of these units (``fields.token_of``)."""
    return f"unit IN [{', '.join(map(_quoted, units))}]"


def superseded(unit: str, version: int | None, write: str) -> str:
    """What a change has put something else in place of; of no version, whatever is newer too."""
    older = f'unit = {_quoted(unit)} AND write != "{write}"'
    return older if version is None else f"{older} AND version <= {version}"


def _conditions(chosen: Filter) -> Iterator[str]:
    yield _any("audience", chosen.audience)
    yield from _days(chosen.in_force_on)
    if chosen.scopes:
        yield _any("scope", [scope.value for scope in chosen.scopes])
    if chosen.organization_id is not None:
        yield f'organizations = "{organization_token(chosen.organization_id)}"'
    if chosen.category is not None:
        yield f'category_key = "{token(chosen.category)}"'
    if chosen.issuer is not None:
        yield f'issuer_key = "{token(chosen.issuer)}"'
    if chosen.statuses:
        yield _any("standing", {*chosen.statuses, NO_STATUS})
    if chosen.published_from is not None:
        yield f"published >= {chosen.published_from}"
    if chosen.published_to is not None:
        yield f"published <= {chosen.published_to}"


def _days(on: date | None) -> Iterator[str]:
    if on is not None:
        yield f"in_force_from <= {on.toordinal()}"
        yield f"in_force_until > {on.toordinal()}"


def _any(field: str, values: Iterable[str]) -> str:
    names = sorted(value for value in values if _NAME.fullmatch(value))
    return f"{field} IN [{', '.join(map(_quoted, names))}]"


def _quoted(name: str) -> str:
    return f'"{name}"'
