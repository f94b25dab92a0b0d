"""Who may do what, in tests: everybody who could ask, and the ground on which they ask it."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from graphql import get_named_type
from group import START, building
from prizes import fund

from app.visibility import NOBODY, Role, Viewer
from resolvers.root import graph

#: Where a role is held, seen from the branch whose things are touched.
PLACES = ("inside", "above", "below", "outside")
_MUTATION = graph._schema.mutation_type
PASSWORD = "一个很长的密码"


class Who(NamedTuple):
    """Nobody, a member without a role, or the bearer of one: a member of another branch.

    ``owner`` is whose things they are, ``reader`` another of their branch, ``stranger`` is not.
    """

    name: str
    role: Role | None = None
    place: str = ""

    def bears(self, *roles: str) -> bool:
        """Whether one of ``roles`` is theirs for the branch, now."""
        return self.role in roles and self.place in {"inside", "above"}


NOT_SIGNED_IN, OWNER, READER, STRANGER = map(Who, ("nobody", "owner", "reader", "stranger"))
WHO = (
    NOT_SIGNED_IN,
    OWNER,
    READER,
    STRANGER,
    *(Who("bearer", role, place) for role in Role for place in PLACES),
    # Of a grant that has ended nothing is left, whichever role it gave.
    Who("bearer", Role.ADMIN, "expired"),
)

Rule = Callable[[Who], bool]


class Ground:
    """A committee, which is the whole group, with two branches, and everybody who may come."""

    def __init__(self, ask: Any) -> None:
        self.ask = ask
        self.database = ask.database
        self.members: dict[Who, Any] = {}
        self.viewers: dict[Who, Viewer] = {NOT_SIGNED_IN: NOBODY}

    async def lay(self) -> None:
        """Found the organizations, enrol everybody, and give each points to spend."""
        async with building(self.database) as group:
            self.committee = await group.organization()
            self.branch = await group.organization(below=self.committee)
            below = await group.organization(below=self.branch)
            home = await group.organization(below=self.committee)
            at = {"above": self.committee, "below": below, "outside": home}
            self.writer = await group.member(self.branch)
            for who in WHO[1:]:
                of = self.branch if who in {OWNER, READER} else home
                self.members[who] = await group.member(
                    of, username=f"somebody{len(self.members)}", password=PASSWORD
                )
                if who.role is not None:
                    ends = START if who.place == "expired" else None
                    on = at.get(who.place, self.branch)
                    await group.grant(self.members[who], who.role, on, expires_at=ends)
        for who, member in self.members.items():
            self.viewers[who] = await self.ask.viewer(member)
            await fund(self.database, member, 1_000)

    @property
    def owner(self) -> Any:
        """Whose things they are."""
        return self.members[OWNER]

    @property
    def admin(self) -> Viewer:
        """Who administers the branch."""
        return self.viewers[Who("bearer", Role.ADMIN, "inside")]


#: The input that asks for something fresh.
Given = Callable[[Ground], Awaitable[dict[str, Any]]]


class Right(NamedTuple):
    """What a mutation is done to, who may do it, and who else knows of the thing."""

    given: Given
    may: Rule
    sees: Rule = lambda who: True
    needs_member: bool = True

    def refusal(self, who: Who) -> str | None:
        """The code of the refusal, None where it is done: the rule, read literally."""
        if self.needs_member and who is NOT_SIGNED_IN:
            return "UNAUTHENTICATED"
        if self.may(who):
            return None
        return "FORBIDDEN" if self.sees(who) else "NOT_FOUND"


def names() -> set[str]:
    """Every mutation of the schema."""
    return set(_MUTATION.fields)


async def asked(ground: Ground, name: str, who: Who, given: dict[str, Any]) -> list[str]:
    """The codes of the payload's errors, and of those of its parts."""
    payload = (await ground.ask(_text(name), ground.viewers[who], input=given))[name]
    parts = [payload, *payload.get("reports", ())]
    return [error["code"] for part in parts for error in part["errors"]]


def _text(name: str) -> str:
    field = _MUTATION.fields[name]
    shown = "errors { code }"
    if "reports" in get_named_type(field.type).fields:
        shown = f"reports {{ {shown} }} {shown}"
    if not field.args:
        return f"mutation {{ {name} {{ {shown} }} }}"
    typed = field.args["input"].type
    return f"mutation ($input: {typed}) {{ {name}(input: $input) {{ {shown} }} }}"
