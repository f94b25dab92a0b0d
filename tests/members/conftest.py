"""Fixtures of everything about members: a clock to move, and what was checked."""

from datetime import timedelta

import pytest

from app import auth
from app.members import queries as queries_module
from app.members import sessions as sessions_module


@pytest.fixture
def clock(monkeypatch):
    """Both clocks of sessions; ``clock(timedelta)`` moves them on."""
    passed = timedelta()

    def move(by):
        nonlocal passed
        passed += by

    start = auth.now()
    for module in (auth, sessions_module, queries_module):
        monkeypatch.setattr(module, "now", lambda: start + passed)
    monkeypatch.setattr(sessions_module.time, "monotonic", lambda: 1000 + passed.total_seconds())
    return move


@pytest.fixture
def verified(monkeypatch):
    """The hashes that were checked."""
    checked = []
    verify = auth._verify

    def remember(kept, password):
        checked.append(kept)
        return verify(kept, password)

    monkeypatch.setattr(auth, "_verify", remember)
    return checked
