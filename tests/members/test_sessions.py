"""Signing in, renewing and signing out."""

import asyncio
import base64
import hashlib
import json
import unicodedata
from datetime import timedelta

import pytest
import sqlalchemy as sa
from group import building
from hypothesis import example, given
from hypothesis import strategies as st

from app import auth
from app.auth import ACCESS_LIFETIME, REFRESH_LIFETIME, Tokens
from app.database.columns import now
from app.errors import Invalid, RateLimited, Unauthenticated
from app.members import sessions as sessions_module
from app.members.actions import suspend
from app.members.models import LoginAttempt, LoginSession
from app.members.sessions import GUESS_WINDOW, MAX_GUESSES, VIEWER_SECONDS, fold_username
from app.visibility import NOBODY, Role

pytestmark = pytest.mark.anyio

PASSWORD = "right password"
KEY = b"a signing key of 32 bytes, for us"


@pytest.fixture
def sessions(platform):
    return platform.sessions


@pytest.fixture
async def member(database):
    async with building(database) as group:
        branch = await group.organization()
        return await group.member(branch, "王芳", username="wangfang", password=PASSWORD)


async def _guess(sessions, name="wangfang", password="wrong"):
    with pytest.raises(Unauthenticated) as refused:
        await sessions.login(name, password)
    return refused.value


async def _count(database, model):
    async with database.transaction() as transaction:
        return await transaction.scalar(sa.select(sa.func.count()).select_from(model))


async def _is_in(sessions, signed_in):
    sessions._viewers.clear()
    try:
        return (await sessions.viewer(signed_in.access_token)).signed_in
    except Unauthenticated:
        return False


async def test_the_right_password_begins_a_session(sessions, member):
    signed_in = await sessions.login("wangfang", PASSWORD)
    viewer = await sessions.viewer(signed_in.access_token)
    assert signed_in.member_id == viewer.member_id == member.id
    assert viewer.organization_id == member.organization_id
    assert viewer.path == f"/{member.organization_id}/"


async def test_no_token_is_nobody(sessions):
    assert await sessions.viewer(None) is NOBODY


async def test_a_wrong_password_and_an_unknown_name_get_one_answer_for_one_hash(
    sessions, member, verified
):
    wrong = await _guess(sessions)
    unknown = await _guess(sessions, "nobody-of-that-name", PASSWORD)
    assert (wrong.message, wrong.path) == (unknown.message, unknown.path)
    assert verified == [member.password_hash, auth._NOBODYS_HASH]


async def test_the_hash_of_an_unknown_name_costs_what_a_members_does(slow_hasher):
    kept = slow_hasher.hash("x").split("$")[:4]
    assert kept == ["", "argon2id", "v=19", "m=65536,t=3,p=4"]
    parameters = [hashed.split("$")[:4] for hashed in (auth._NOBODYS_HASH, auth._hasher.hash("x"))]
    assert parameters[0] == parameters[1]


async def test_a_member_without_a_usable_hash_is_refused_like_any_other(database, sessions):
    async with building(database) as group:
        await group.member(await group.organization(), username="imported")
    await _guess(sessions, "imported", "-")


@pytest.mark.parametrize("name", ["WangFang", "  wangfang ", "ｗａｎｇｆａｎｇ", "WANGFANG"])
async def test_a_name_is_folded_before_it_is_compared(sessions, member, name):
    assert (await sessions.login(name, PASSWORD)).member_id == member.id


@given(st.text(max_size=20))
@example("ΐ")
@example("ſ")
def test_folding_a_name_twice_is_folding_it_once(name):
    folded = fold_username(name)
    assert fold_username(folded) == folded
    assert fold_username(unicodedata.normalize("NFD", name)) == folded


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", PASSWORD, "username"),
        ("   ", PASSWORD, "username"),
        ("w" * 61, PASSWORD, "username"),
        ("wang\0fang", PASSWORD, "username"),
        ("wangfang", "", "password"),
        ("wangfang", "p" * 201, "password"),
    ],
)
async def test_input_out_of_bounds_names_its_field_and_counts_as_no_guess(
    database, sessions, member, name, password, field
):
    with pytest.raises(Invalid) as refused:
        await sessions.login(name, password)
    assert refused.value.path == ("input", field)
    assert await _count(database, LoginAttempt) == 0
    assert await _count(database, LoginSession) == 0


async def test_the_eleventh_guess_is_not_checked_even_if_right(sessions, member, verified):
    for _ in range(MAX_GUESSES):
        await _guess(sessions)
    with pytest.raises(RateLimited):
        await sessions.login("wangfang", PASSWORD)
    assert len(verified) == 10


async def test_guesses_at_one_name_do_not_lock_another(database, sessions, member):
    async with building(database) as group:
        await group.member(await group.organization(), username="lina", password=PASSWORD)
    for _ in range(MAX_GUESSES):
        await _guess(sessions)
    await sessions.login("lina", PASSWORD)


async def test_guesses_at_an_unknown_name_are_bounded_too(sessions):
    for _ in range(MAX_GUESSES):
        await _guess(sessions, "nobody")
    with pytest.raises(RateLimited):
        await sessions.login("NOBODY", "wrong")


async def test_of_fifty_guesses_at_once_exactly_ten_are_checked(sessions, member, verified):
    outcomes = await asyncio.gather(
        *(sessions.login("wangfang", f"guess {number}") for number in range(50)),
        return_exceptions=True,
    )
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(Unauthenticated) == 10
    assert kinds.count(RateLimited) == 40
    assert len(verified) == 10


async def test_a_right_password_is_no_guess(database, sessions, member):
    for _ in range(MAX_GUESSES - 1):
        await _guess(sessions)
    for _ in range(3):
        await sessions.login("wangfang", PASSWORD)
    assert await _count(database, LoginAttempt) == MAX_GUESSES - 1


async def test_the_window_of_guesses_passes(sessions, member, clock):
    for _ in range(MAX_GUESSES):
        await _guess(sessions)
    clock(GUESS_WINDOW - timedelta(seconds=30))
    with pytest.raises(RateLimited):
        await sessions.login("wangfang", PASSWORD)
    clock(timedelta(minutes=1))
    await sessions.login("wangfang", PASSWORD)


async def test_a_refresh_rotates_both_tokens(sessions, member):
    begun = await sessions.login("wangfang", PASSWORD)
    renewed = await sessions.refresh(begun.refresh_token)
    assert renewed.member_id == member.id
    assert renewed.refresh_token != begun.refresh_token
    assert (await sessions.refresh(renewed.refresh_token)).member_id == member.id
    assert await _is_in(sessions, renewed)


async def test_showing_an_older_refresh_token_ends_the_whole_family(sessions, member):
    begun = await sessions.login("wangfang", PASSWORD)
    other = await sessions.login("wangfang", PASSWORD)
    renewed = await sessions.refresh(begun.refresh_token)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(begun.refresh_token)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(renewed.refresh_token)
    assert not await _is_in(sessions, renewed)
    assert await _is_in(sessions, other)


async def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(sessions, member):
    begun = await sessions.login("wangfang", PASSWORD)
    outcomes = await asyncio.gather(
        sessions.refresh(begun.refresh_token),
        sessions.refresh(begun.refresh_token),
        return_exceptions=True,
    )
    [won] = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    [lost] = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert isinstance(lost, Unauthenticated)
    assert not await _is_in(sessions, won)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(won.refresh_token)


async def test_tokens_end_with_their_lifetime(sessions, member, clock):
    begun = await sessions.login("wangfang", PASSWORD)
    clock(ACCESS_LIFETIME - timedelta(seconds=2))
    assert await _is_in(sessions, begun)
    clock(timedelta(seconds=4))
    assert not await _is_in(sessions, begun)
    clock(REFRESH_LIFETIME)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(begun.refresh_token)


def _encoded(value):
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unsigned(token, header):
    _, claims, signature = token.split(".")
    return f"{_encoded(header)}.{claims}.{signature}"


_FORGERIES = {
    "empty": lambda _: "",
    "words": lambda _: "let me in",
    "three parts of nothing": lambda _: "..",
    "not ASCII": lambda _: "党.建.云",
    "a surrogate": lambda _: "\ud800.a.b",
    "no algorithm": lambda token: _unsigned(token, {"alg": "none"}).rpartition(".")[0] + ".",
    "another algorithm": lambda token: _unsigned(token, {"alg": "HS512"}),
    "a list of algorithms": lambda token: _unsigned(token, {"alg": ["HS256"]}),
    "a header of another shape": lambda token: _unsigned(token, []),
    "a number of critical claims": lambda token: _unsigned(token, {"alg": "HS256", "crit": 5}),
    "a deep header": lambda token: _unsigned(token, b"[" * 100_000),
    "a cut signature": lambda token: token[:-4],
    "a changed claim": lambda token: token.replace(token.split(".")[1], _encoded({"sid": "1"})),
}


@pytest.mark.parametrize("forge", _FORGERIES.values(), ids=_FORGERIES.keys())
async def test_a_forged_token_is_refused_and_ends_nothing(sessions, member, forge):
    begun = await sessions.login("wangfang", PASSWORD)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(forge(begun.refresh_token))
    with pytest.raises(Unauthenticated):
        await sessions.viewer(forge(begun.access_token))
    assert await _is_in(sessions, begun)
    await sessions.refresh(begun.refresh_token)


async def test_a_token_of_another_key_or_another_use_is_refused_and_ends_nothing(sessions, member):
    begun = await sessions.login("wangfang", PASSWORD)
    session_id = Tokens(KEY).read_access(begun.access_token)
    foreign = Tokens(b"somebody else's key of 32 bytes.")
    for token in (foreign.refresh(session_id, 0), begun.access_token):
        with pytest.raises(Unauthenticated):
            await sessions.refresh(token)
    for token in (foreign.access(session_id), begun.refresh_token):
        with pytest.raises(Unauthenticated):
            await sessions.viewer(token)
    await sessions.refresh(begun.refresh_token)


async def test_a_good_token_of_an_unknown_session_is_refused(sessions):
    with pytest.raises(Unauthenticated):
        await sessions.refresh(Tokens(KEY).refresh(17, 0))
    with pytest.raises(Unauthenticated):
        await sessions.viewer(Tokens(KEY).access(17))


@given(st.text(max_size=60) | st.binary(max_size=60).map(_encoded))
@example(_encoded({"alg": "HS256"}) + "..")
def test_no_text_reads_as_a_token(text):
    tokens = Tokens(KEY)
    for token in (text, f"{text}.{text}.{text}"):
        assert tokens.read_access(token) is None
        assert tokens.read_refresh(token) is None


async def test_logout_ends_access_and_renewal_of_this_session_alone(sessions, member):
    begun, other = [await sessions.login("wangfang", PASSWORD) for _ in range(2)]
    await sessions.logout(await sessions.viewer(begun.access_token))
    with pytest.raises(Unauthenticated):
        await sessions.viewer(begun.access_token)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(begun.refresh_token)
    assert await _is_in(sessions, other)


async def test_logout_reaches_other_processes_within_the_viewer_cache(
    database, sessions, member, clock
):
    begun = await sessions.login("wangfang", PASSWORD)
    elsewhere = type(sessions)(database, Tokens(KEY))
    await sessions.viewer(begun.access_token)
    await elsewhere.logout(await elsewhere.viewer(begun.access_token))
    clock(timedelta(seconds=VIEWER_SECONDS))
    with pytest.raises(Unauthenticated):
        await sessions.viewer(begun.access_token)


async def test_logout_of_nobody_is_no_error(sessions):
    await sessions.logout(NOBODY)


async def test_a_suspended_member_is_out_within_five_seconds_and_cannot_return(
    database, sessions, member, clock
):
    begun = await sessions.login("wangfang", PASSWORD)
    assert (await sessions.viewer(begun.access_token)).member_id == member.id
    async with database.transaction() as transaction:
        await suspend(transaction, member.id)
    clock(timedelta(seconds=5))
    with pytest.raises(Unauthenticated):
        await sessions.viewer(begun.access_token)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(begun.refresh_token)
    suspended = await _guess(sessions, password=PASSWORD)
    assert suspended.message == (await _guess(sessions)).message


async def test_a_viewer_is_read_once_in_two_seconds(database, sessions, member, clock):
    begun = await sessions.login("wangfang", PASSWORD)
    before = database.statements
    for _ in range(5):
        await sessions.viewer(begun.access_token)
    assert database.statements == before + 1
    clock(timedelta(seconds=VIEWER_SECONDS))
    await sessions.viewer(begun.access_token)
    assert database.statements == before + 2


async def test_an_expired_grant_is_none_from_its_instant_on(database, sessions, member, clock):
    async with building(database) as group:
        branch = await group.organization()
        await group.grant(member, Role.EDITOR, branch, expires_at=now() + timedelta(minutes=1))
    begun = await sessions.login("wangfang", PASSWORD)
    [held] = (await sessions.viewer(begun.access_token)).grants
    assert held.role is Role.EDITOR
    clock(timedelta(minutes=2))
    assert (await sessions.viewer(begun.access_token)).grants == ()


async def test_what_is_kept_of_a_session_opens_nothing(database, sessions, member):
    begun = await sessions.login("wangfang", PASSWORD)
    async with database.transaction() as transaction:
        kept = (await transaction.scalars(sa.select(LoginSession))).one()
    assert begun.refresh_token not in str(kept.model_dump())
    assert kept.token_digest == hashlib.sha256(begun.refresh_token.encode()).hexdigest()


async def test_sweeping_forgets_what_no_longer_counts_and_nothing_else(
    database, sessions, member, clock
):
    await _guess(sessions)
    ended = await sessions.login("wangfang", PASSWORD)
    await sessions.logout(await sessions.viewer(ended.access_token))
    clock(GUESS_WINDOW - timedelta(seconds=1))
    kept = await sessions.login("wangfang", PASSWORD)
    await _guess(sessions)
    clock(timedelta(seconds=2))
    async with database.transaction() as transaction:
        await sessions_module.sweep(transaction)
        attempts = await transaction.scalar(sa.select(sa.func.count(LoginAttempt.id)))
        standing = await transaction.scalar(sa.select(sa.func.count(LoginSession.id)))
    assert (attempts, standing) == (1, 1)
    assert (await sessions.refresh(kept.refresh_token)).member_id == member.id
