"""Reading the demo group from its TOML files, checked: whoever walks it meets no loose end."""

import tomllib
from collections.abc import Container, Iterable
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from app.demo.group import (
    DemoColumn,
    DemoComment,
    DemoContent,
    DemoGrant,
    DemoGroup,
    DemoMember,
    DemoOrganization,
)
from app.demo.pictures import THEMES

Entry = TypeVar("Entry")

REQUIRED = {
    "NEWS": set[str](),
    "MICRO_LECTURE": {"lecturer", "duration_seconds"},
    "LIVE_STREAM": {"stream_url", "starts_in_minutes", "ends_in_minutes"},
    "SHOWCASE": {"column"},
}
NEWS_MAY_HAVE = {"source_name", "source_url"}
EXTRAS = NEWS_MAY_HAVE.union(*REQUIRED.values())


def load_demo() -> DemoGroup:
    """Read the demo group; a mistake in a file raises ``ValueError`` that names file and item."""
    home = resources.files("app.demo")
    people, columns, comments = (home / f"{name}.toml" for name in ("group", "columns", "comments"))
    files = sorted((home / "contents").iterdir(), key=lambda file: file.name)
    group = DemoGroup(
        organizations=_read(people, "organizations", DemoOrganization),
        members=_read(people, "members", DemoMember),
        grants=_read(people, "grants", DemoGrant),
        columns=_read(columns, "columns", DemoColumn),
        contents=tuple(item for file in files for item in _read(file, "contents", DemoContent)),
        comments=_read(comments, "comments", DemoComment),
    )
    check(group)
    return group


def check(group: DemoGroup) -> None:
    """Raise ``ValueError`` where a key stands twice or something refers to what is not there."""
    _check_tree(group.organizations)
    organizations = {organization.key for organization in group.organizations}
    members = _once("member", (member.key for member in group.members))
    _once("username", (member.username for member in group.members))
    columns = _once("column", (column.key for column in group.columns))
    _once("content", (content.key for content in group.contents))
    for member in group.members:
        _known(f"member {member.key}", member.organization, organizations)
    for grant in group.grants:
        _known(f"grant of {grant.member}", grant.member, members)
        _known(f"grant of {grant.member}", grant.organization, organizations)
    for column in group.columns:
        _known(f"column {column.key}", column.organization, organizations)
        _known(f"column {column.key}", column.theme, THEMES)
    for content in group.contents:
        _known(f"content {content.key}", content.author, members)
        _known(f"content {content.key}", content.organization, organizations)
        _known(f"content {content.key}", content.audience.organization or "root", organizations)
        _known(f"content {content.key}", content.theme, THEMES)
        _check_extras(content, columns)
    _check_comments(group, members)


def _read(file: Traversable, table: str, entry: type[Entry]) -> tuple[Entry, ...]:
    """Read one table of a file, and refuse what the entries do not know."""
    rows = tomllib.loads(file.read_text("utf-8")).get(table)
    try:
        return TypeAdapter(tuple[entry, ...]).validate_python(rows)  # type: ignore[valid-type]
    except ValidationError as error:
        raise ValueError(f"{file.name}: {error}") from error


def _check_tree(organizations: Iterable[DemoOrganization]) -> None:
    """Every parent stands before its children, and just one organization has none."""
    seen = set[str]()
    for organization in organizations:
        if (organization.parent is None) != (not seen):
            raise ValueError(f"organization {organization.key} must come first or have a parent")
        if organization.parent is not None:
            _known(f"organization {organization.key}", organization.parent, seen)
        if organization.key in seen:
            raise ValueError(f"organization {organization.key} stands twice")
        seen.add(organization.key)


def _check_extras(content: DemoContent, columns: Container[str]) -> None:
    """A content has what its kind adds, and nothing that belongs to another kind."""
    given = {name for name in EXTRAS if getattr(content, name) is not None}
    required = REQUIRED[content.kind]
    if missing := required - given:
        raise ValueError(f"content {content.key} needs {', '.join(sorted(missing))}")
    allowed = required | (NEWS_MAY_HAVE if content.kind == "NEWS" else set())
    if odd := given - allowed:
        raise ValueError(f"content {content.key} cannot have {', '.join(sorted(odd))}")
    if content.column is not None:
        _known(f"content {content.key}", content.column, columns)


def _check_comments(group: DemoGroup, members: Container[str]) -> None:
    """Comments stand under published contents; an answer comes after what it answers."""
    published = {
        content.key: content.published_hours_ago * 60
        for content in group.contents
        if content.status == "PUBLISHED"
    }
    named: dict[str, DemoComment] = {}
    for comment in group.comments:
        where = f"comment on {comment.content} by {comment.author}"
        _known(where, comment.content, published)
        _known(where, comment.author, members)
        if comment.after >= published[comment.content]:
            raise ValueError(f"{where} would be written in the future")
        if comment.reply_to is not None:
            _known(where, comment.reply_to, named)
            answered = named[comment.reply_to]
            if answered.content != comment.content or answered.after >= comment.after:
                raise ValueError(f"{where} cannot answer {comment.reply_to}")
        if comment.key is not None:
            named[comment.key] = comment


def _once(what: str, keys: Iterable[str]) -> set[str]:
    seen = set[str]()
    for key in keys:
        if key in seen:
            raise ValueError(f"{what} {key} stands twice")
        seen.add(key)
    return seen


def _known(where: str, key: str, keys: Container[str]) -> None:
    if key not in keys:
        raise ValueError(f"{where} refers to {key!r}, which is not there")
