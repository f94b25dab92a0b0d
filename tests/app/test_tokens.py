"""Access tokens: checked once, believed until they end."""

from datetime import timedelta

import pytest

from app import auth
from app.auth import ACCESS_LIFETIME, Tokens

KEY = b"a signing key of 32 bytes, for us"


@pytest.fixture
def checked(monkeypatch):
    """The tokens whose signatures were checked."""
    found = []
    decode = auth.jwt.decode

    def remember(token, *rest, **named):
        found.append(token)
        return decode(token, *rest, **named)

    monkeypatch.setattr(auth.jwt, "decode", remember)
    return found


def test_a_signature_is_checked_once(checked):
    tokens = Tokens(KEY)
    token = tokens.access(7)
    assert [tokens.read_access(token) for _ in range(3)] == [7, 7, 7]
    assert checked == [token]


def test_a_token_that_was_believed_ends_all_the_same(monkeypatch):
    tokens = Tokens(KEY)
    token = tokens.access(7)
    assert tokens.read_access(token) == 7
    end = auth.now() + ACCESS_LIFETIME
    monkeypatch.setattr(auth, "now", lambda: end + timedelta(seconds=1))
    assert tokens.read_access(token) is None


def test_a_refused_token_is_refused_each_time(checked):
    tokens = Tokens(KEY)
    foreign = Tokens(KEY[::-1]).access(7)
    refresh = tokens.refresh(7, 0)
    assert [tokens.read_access(token) for token in (foreign, refresh, foreign)] == [None] * 3
    assert checked == [foreign, refresh, foreign]


def test_no_more_tokens_are_remembered_than_that(monkeypatch):
    monkeypatch.setattr(auth, "_REMEMBERED", 5)
    tokens = Tokens(KEY)
    for session_id in range(12):
        assert tokens.read_access(tokens.access(session_id)) == session_id
    assert len(tokens._good) <= 5
