"""The craft of signing in: password hashes, and the tokens that stand for a session."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.database.columns import now

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)

_ALGORITHM = "HS256"
# Access tokens whose signature was checked; each is shown again with every request.
_REMEMBERED = 20_000
# RFC 9106's second recommendation: 64 MiB, three passes.
_hasher = PasswordHasher()
# Each hash takes 64 MiB and a core for a while: two at a time, off the event loop.
_at_once = asyncio.Semaphore(2)
# What an unknown name is checked against, so that it takes as long as a known one.
_NOBODYS_HASH = _hasher.hash(secrets.token_hex())


class RefreshToken(NamedTuple):
    """What a refresh token says: its session, and how many came before it."""

    session_id: int
    generation: int


async def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    async with _at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def password_matches(kept: str | None, password: str) -> bool:
    """Whether ``password`` is the one of ``kept``; None takes as long and is never right."""
    async with _at_once:
        right = await asyncio.to_thread(_verify, kept or _NOBODYS_HASH, password)
    return right and kept is not None


def digest(token: str) -> str:
    """The SHA-256 by which a refresh token is known to the database."""
    return hashlib.sha256(token.encode()).hexdigest()


class Tokens:
    """Signs and reads the two tokens of a session (RFC 7519, HS256)."""

    def __init__(self, signing_key: bytes) -> None:
        self._key = OctKey.import_key(signing_key)
        self._good: dict[str, tuple[int, float]] = {}

    def access(self, session_id: int) -> str:
        """A token that opens the API for 15 minutes."""
        return self._sign("access", now() + ACCESS_LIFETIME, sid=str(session_id))

    def refresh(self, session_id: int, generation: int) -> str:
        """The one token that renews the session after ``generation`` renewals."""
        return self._sign(
            "refresh",
            now() + REFRESH_LIFETIME,
            sid=str(session_id),
            gen=generation,
            jti=secrets.token_urlsafe(12),
        )

    def read_access(self, token: str) -> int | None:
        """The session of a good access token; its signature is checked once, its end each time."""
        session_id, ends = self._good.get(token, (None, 0.0))
        if ends > now().timestamp():
            return session_id
        claims = self._claims(token, "access")
        if claims is None:
            return None
        if len(self._good) >= _REMEMBERED:
            self._good.clear()
        self._good[token] = int(claims["sid"]), claims["exp"]
        return int(claims["sid"])

    def read_refresh(self, token: str) -> RefreshToken | None:
        """What a refresh token of ours says; whether it is still the newest, the database knows."""
        claims = self._claims(token, "refresh")
        return None if claims is None else RefreshToken(int(claims["sid"]), int(claims["gen"]))

    def _sign(self, use: str, expires: datetime, **claims: Any) -> str:
        claims |= {"use": use, "exp": int(expires.timestamp())}
        return jwt.encode({"alg": _ALGORITHM}, claims, self._key)

    def _claims(self, token: str, use: str) -> dict[str, Any] | None:
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
        except (JoseError, ValueError, TypeError):
            return None
        good = claims.get("use") == use and claims.get("exp", 0) > now().timestamp()
        return claims if good else None


def _verify(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
