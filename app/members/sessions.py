"""Signing in and out: sessions, their tokens, and a bound on guesses."""

import time
import unicodedata
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from app.auth import REFRESH_LIFETIME, Tokens, digest, password_matches
from app.database import Database
from app.database.columns import new_id, now
from app.errors import Invalid, RateLimited, Unauthenticated
from app.members.models import LoginAttempt, LoginSession, Member, MemberStatus
from app.members.queries import viewer_of_session
from app.visibility import NOBODY, Viewer

#: At most this many guesses at one name in one window (NIST SP 800-63B §5.2.2 allows 100).
MAX_GUESSES = 10
GUESS_WINDOW = timedelta(minutes=15)
#: How long a viewer is believed without asking the database; suspension bites within this.
VIEWER_SECONDS = 2.0

_MAX_USERNAME = 60
_MAX_PASSWORD = 200
_REMEMBERED = 20_000


class SignedIn(NamedTuple):
    """A session just begun or renewed."""

    member_id: int
    access_token: str
    refresh_token: str


def fold_username(username: str) -> str:
    """The form in which names are kept and compared: NFKC, lower case, trimmed."""
    return unicodedata.normalize("NFKC", username).strip().casefold()


class Sessions:
    """Begins, renews and ends sessions, and tells who a token stands for."""

    def __init__(self, database: Database, tokens: Tokens) -> None:
        self._database = database
        self._tokens = tokens
        self._viewers: dict[int, tuple[float, Viewer | None]] = {}

    async def login(self, username: str, password: str) -> SignedIn:
        """Begin a session.

        A wrong password, an unknown name and a suspended member get one answer in one time
        (UNAUTHENTICATED); the eleventh guess in 15 minutes is RATE_LIMITED, right or not.
        """
        folded = fold_username(username)
        # PostgreSQL keeps no NUL in a text.
        if not folded or len(folded) > _MAX_USERNAME or "\0" in folded:
            raise Invalid(f"用户名应为 1 到 {_MAX_USERNAME} 个字符", "input", "username")
        if not password or len(password) > _MAX_PASSWORD:
            raise Invalid(f"密码应为 1 到 {_MAX_PASSWORD} 个字符", "input", "password")
        async with self._database.transaction() as transaction:
            attempt_id = await _count_guess(transaction, folded)
            member = await transaction.scalar(select(Member).where(Member.username == folded))
        if not await password_matches(member.password_hash if member else None, password):
            member = None
        if member is None or member.status is not MemberStatus.ACTIVE:
            raise Unauthenticated("用户名或密码不正确")
        return await self._begin(member.id, attempt_id)

    async def refresh(self, token: str) -> SignedIn:
        """Renew a session by its newest refresh token; an older one ends the session."""
        said = self._tokens.read_refresh(token)
        if said is None:
            raise Unauthenticated("登录已失效，请重新登录")
        async with self._database.transaction() as transaction:
            renewed = await self._renew(transaction, token, said.session_id)
        self._viewers.pop(said.session_id, None)
        if renewed is None:
            raise Unauthenticated("登录已失效，请重新登录")
        return renewed

    async def logout(self, viewer: Viewer) -> None:
        """End the viewer's session, its refresh token included; nobody's is no error."""
        if viewer.session_id is None:
            return
        async with self._database.transaction() as transaction:
            await _end(transaction, viewer.session_id)
        self._viewers.pop(viewer.session_id, None)

    async def viewer(self, access_token: str | None) -> Viewer:
        """Who asks; NOBODY without a token, UNAUTHENTICATED where the token no longer counts."""
        if access_token is None:
            return NOBODY
        session_id = self._tokens.read_access(access_token)
        viewer = None if session_id is None else await self._remembered(session_id)
        if viewer is None:
            raise Unauthenticated("登录已失效，请重新登录")
        return viewer

    async def renewed(self, viewer: Viewer) -> Viewer:
        """The viewer as of now; UNAUTHENTICATED where the session has ended.

        What stays open longer than an access token lives as long as its session.
        """
        if viewer.session_id is None:
            return viewer
        found = await self._remembered(viewer.session_id)
        if found is None:
            raise Unauthenticated("登录已失效，请重新登录")
        return found

    def forget(self, member_id: int) -> None:
        """Ask the database about a member again: what their viewers carry is another by a deed."""
        for session_id, (_, viewer) in list(self._viewers.items()):
            if viewer is not None and viewer.member_id == member_id:
                del self._viewers[session_id]

    async def _remembered(self, session_id: int) -> Viewer | None:
        until, viewer = self._viewers.get(session_id, (0.0, None))
        if time.monotonic() < until:
            return viewer
        viewer = await viewer_of_session(self._database, session_id)
        if len(self._viewers) >= _REMEMBERED:
            self._viewers.clear()
        self._viewers[session_id] = (time.monotonic() + VIEWER_SECONDS, viewer)
        return viewer

    async def _begin(self, member_id: int, attempt_id: int) -> SignedIn:
        session_id = new_id()
        token = self._tokens.refresh(session_id, 0)
        async with self._database.transaction() as transaction:
            # The guess was right: it does not count against the member.
            await transaction.execute(
                sa.delete(LoginAttempt).where(col(LoginAttempt.id) == attempt_id)
            )
            transaction.add(
                LoginSession(
                    id=session_id,
                    member_id=member_id,
                    token_digest=digest(token),
                    expires_at=now() + REFRESH_LIFETIME,
                )
            )
        return SignedIn(member_id, self._tokens.access(session_id), token)

    async def _renew(
        self, transaction: AsyncSession, token: str, session_id: int
    ) -> SignedIn | None:
        found = await transaction.execute(
            select(LoginSession, Member.status)
            .join(Member, col(Member.id) == col(LoginSession.member_id))
            .where(LoginSession.id == session_id)
            .with_for_update(of=LoginSession)
        )
        session, status = found.first() or (None, None)
        if session is None or session.ended_at is not None or session.expires_at <= now():
            return None
        if session.token_digest != digest(token) or status is not MemberStatus.ACTIVE:
            # Two hold this session, and we cannot tell which is the member.
            await _end(transaction, session_id)
            return None
        session.generation += 1
        fresh = self._tokens.refresh(session_id, session.generation)
        session.token_digest = digest(fresh)
        session.expires_at = now() + REFRESH_LIFETIME
        transaction.add(session)
        return SignedIn(session.member_id, self._tokens.access(session_id), fresh)


async def sweep(transaction: AsyncSession) -> None:
    """Forget guesses that no longer count, and sessions that ended: neither says anything more."""
    at = now()
    guesses = col(LoginAttempt.attempted_at) <= at - GUESS_WINDOW
    await transaction.execute(sa.delete(LoginAttempt).where(guesses))
    over = sa.or_(col(LoginSession.ended_at).is_not(None), col(LoginSession.expires_at) <= at)
    await transaction.execute(sa.delete(LoginSession).where(over))


async def _count_guess(transaction: AsyncSession, username: str) -> int:
    """Book a guess before it is checked, so that fifty at once do not all pass the count."""
    if transaction.get_bind().dialect.name == "postgresql":
        lock = sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(username, 0))
        await transaction.execute(sa.select(lock))
    begun = now() - GUESS_WINDOW
    await transaction.execute(
        sa.delete(LoginAttempt).where(
            col(LoginAttempt.username) == username, col(LoginAttempt.attempted_at) <= begun
        )
    )
    counted = await transaction.scalar(
        sa.select(sa.func.count()).where(col(LoginAttempt.username) == username)
    )
    if (counted or 0) >= MAX_GUESSES:
        raise RateLimited("尝试次数过多，请 15 分钟后再试")
    attempt = LoginAttempt(username=username, attempted_at=now())
    transaction.add(attempt)
    return attempt.id


async def _end(transaction: AsyncSession, session_id: int) -> None:
    await transaction.execute(
        sa.update(LoginSession).where(col(LoginSession.id) == session_id).values(ended_at=now())
    )
