"""How a read depends on who asks: what makes an answer one that several may be shown."""

import enum
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])


class DiffersBy(enum.Enum):
    """What two who ask at one moment must have in common to be given the same value."""

    AUDIENCE = "audience"
    VIEWER = "viewer"


#: It reads the audience keys and whether somebody is signed in, all that `Audience` knows.
AUDIENCE = DiffersBy.AUDIENCE
#: It reads more, so that its value is each viewer's own; the page around it may still be shared.
VIEWER = DiffersBy.VIEWER


def differs_by(how: DiffersBy) -> Callable[[F], F]:
    """Declare it of an edge's batch function or a root field's resolver.

    Where nothing is declared, nothing is shared: neither the value nor an answer that holds it.
    Attributes and functions of a row need not say anything: they differ as the row does.
    """

    def declare(read: F) -> F:
        read.differs_by = how  # type: ignore[attr-defined]
        return read

    return declare
