"""Sessions in the graph: what signing in takes and gives."""

import strawberry

from schema.errors import UserError
from schema.members import Member


@strawberry.input(description="Who signs in.")
class LoginInput:
    """A name and a password."""

    username: str = strawberry.field(description="The login name, in any case (用户名).")
    password: str = strawberry.field(description="The password (密码).")


@strawberry.input(description="What renews a session.")
class RefreshSessionInput:
    """The newest refresh token."""

    refresh_token: str = strawberry.field(
        description="The newest refresh token; an older one ends the session."
    )


@strawberry.type(description="A session begun or renewed, or why not.")
class LoginPayload:
    """Tokens and the member, or errors."""

    access_token: str | None = strawberry.field(
        default=None, description="Send it as `Authorization: Bearer …`; good for 15 minutes."
    )
    refresh_token: str | None = strawberry.field(
        default=None, description="Good for one renewal within 30 days."
    )
    viewer: Member | None = strawberry.field(default=None, description="Who is signed in.")
    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )


@strawberry.type(description="The end of a session.")
class LogoutPayload:
    """Nothing but errors."""

    errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why nothing was done."
    )
