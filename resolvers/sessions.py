"""Doors for whoever signs in: viewer, login, refreshSession, logout."""

from collections.abc import Awaitable
from typing import Annotated, Any

import strawberry

from app.errors import Refusal
from app.members.queries import members
from app.members.sessions import SignedIn
from schema.context import Context
from schema.errors import user_errors
from schema.members import Member
from schema.sessions import LoginInput, LoginPayload, LogoutPayload, RefreshSessionInput

Info = strawberry.Info[Context]


@strawberry.type
class SessionQueries:
    """Root fields that ask who one is."""

    @strawberry.field(
        description="The member who asks, null when signed out.", graphql_type=Member | None
    )
    async def viewer(self, info: Info) -> Any:
        """The viewer's own row."""
        return await _member(info.context, info.context.viewer.member_id)


@strawberry.type
class SessionMutations:
    """Root fields that begin, renew and end sessions."""

    @strawberry.mutation(description="Sign in (登录). At most 10 guesses an account in 15 minutes.")
    async def login(
        self, info: Info, input: Annotated[LoginInput, strawberry.argument(description="Who.")]
    ) -> LoginPayload:
        """Begin a session."""
        sessions = info.context.platform.sessions
        return await _payload(info.context, sessions.login(input.username, input.password))

    @strawberry.mutation(description="Renew a session; each refresh token is good once.")
    async def refresh_session(
        self,
        info: Info,
        input: Annotated[RefreshSessionInput, strawberry.argument(description="The token.")],
    ) -> LoginPayload:
        """Renew a session."""
        sessions = info.context.platform.sessions
        return await _payload(info.context, sessions.refresh(input.refresh_token))

    @strawberry.mutation(description="End the session whose access token is sent (退出登录).")
    async def logout(self, info: Info) -> LogoutPayload:
        """End the viewer's session."""
        await info.context.platform.sessions.logout(info.context.viewer)
        return LogoutPayload()


async def _payload(context: Context, doing: Awaitable[SignedIn]) -> LoginPayload:
    try:
        done = await doing
    except Refusal as refusal:
        return LoginPayload(errors=user_errors(refusal))
    # Whatever else the operation asks, the member asks it.
    context.viewer = await context.platform.sessions.viewer(done.access_token)
    return LoginPayload(
        access_token=done.access_token,
        refresh_token=done.refresh_token,
        viewer=await _member(context, done.member_id),
    )


async def _member(context: Context, member_id: int | None) -> Any:
    if member_id is None:
        return None
    return (await members(context.database, [member_id])).get(member_id)
