"""The demo group's texts: complete, consistent, and refused where they are not."""

import dataclasses
from collections import Counter

import pytest
from pydantic import TypeAdapter

from app.demo.group import DemoAudience, DemoContent, DemoMember
from app.demo.loading import check, load_demo


@pytest.fixture(scope="module")
def group():
    return load_demo()


@pytest.fixture(scope="module")
def parents(group):
    return {each.key: each.parent for each in group.organizations}


def path(parents, key):
    """The organization and all above it."""
    found = []
    while key is not None:
        found.append(key)
        key = parents[key]
    return found


def reaches(content, member, parents):
    """Whether the content's audience holds this member."""
    audience = content.audience
    if audience.scope == "ORGANIZATION":
        return member.organization == audience.organization
    if audience.scope == "SUBTREE":
        return audience.organization in path(parents, member.organization)
    return True


def refused(group, **changes):
    with pytest.raises(ValueError, match=r".+") as refusal:
        check(dataclasses.replace(group, **changes))
    return str(refusal.value)


def with_first(group, table, **changes):
    first, *others = getattr(group, table)
    return {table: (dataclasses.replace(first, **changes), *others)}


def test_the_tree_has_three_levels_and_all_four_kinds(group, parents):
    assert len(group.organizations) == 21
    assert max(len(path(parents, key)) for key in parents) == 3
    assert Counter(each.kind for each in group.organizations) == {
        "COMMITTEE": 1,
        "GENERAL_BRANCH": 4,
        "BRANCH": 12,
        "GROUP": 4,
    }


def test_there_are_forty_members_with_names_of_their_own(group):
    assert len(group.members) == 40
    assert len({each.name for each in group.members}) == 40
    assert len({each.portrait for each in group.members}) == 40


def test_the_five_logins_have_their_roles(group):
    usernames = {each.key: each.username for each in group.members}
    grants = {(usernames[each.member], each.role, each.organization) for each in group.grants}
    logins = {"member", "editor", "reviewer", "secretary", "admin"}
    assert {grant for grant in grants if grant[0] in logins} == {
        ("admin", "ADMIN", "root"),
        ("editor", "EDITOR", "root"),
        ("reviewer", "REVIEWER", "root"),
        ("secretary", "SECRETARY", "rail"),
    }


def test_the_login_without_a_role_lives_at_the_third_level(group, parents):
    member = next(each for each in group.members if each.username == "member")
    assert len(path(parents, member.organization)) == 3


def test_some_grants_end_and_one_has_ended(group):
    days = [each.expires_in_days for each in group.grants if each.expires_in_days is not None]
    assert sorted(days) == [-10, 30, 90, 180, 365]


def test_every_kind_has_what_the_feed_needs(group):
    published = Counter(each.kind for each in group.contents if each.status == "PUBLISHED")
    assert published == {"NEWS": 24, "MICRO_LECTURE": 16, "LIVE_STREAM": 9, "SHOWCASE": 18}
    waiting = Counter(each.status for each in group.contents if each.status != "PUBLISHED")
    assert waiting == {"DRAFT": 2, "IN_REVIEW": 1}


def test_streams_are_upcoming_live_and_ended(group):
    streams = [each for each in group.contents if each.kind == "LIVE_STREAM"]
    states = Counter(
        "upcoming"
        if each.starts_in_minutes > 0
        else "live"
        if each.ends_in_minutes > 0
        else "ended"
        for each in streams
    )
    assert states == {"upcoming": 4, "live": 2, "ended": 3}
    assert [each.key for each in streams if each.starts_in_minutes >= each.ends_in_minutes] == []


def test_titles_are_short_and_unlike(group):
    titles = [each.title for each in group.contents]
    assert max(map(len, titles)) <= 60
    assert len(set(titles)) == len(titles) == 70


def test_every_column_has_entries(group):
    entries = Counter(each.column for each in group.contents if each.column)
    assert entries.keys() == {each.key for each in group.columns}
    assert min(entries.values()) >= 2


def test_authors_and_commenters_may_see_what_they_speak_of(group, parents):
    members = {each.key: each for each in group.members}
    contents = {each.key: each for each in group.contents}
    spoken = [(each.author, each) for each in group.contents]
    spoken += [(each.author, contents[each.content]) for each in group.comments]
    outsiders = [(a, c.key) for a, c in spoken if not reaches(c, members[a], parents)]
    assert outsiders == []


def test_everything_published_is_talked_about(group):
    assert len(group.comments) == 202
    published = {each.key for each in group.contents if each.status == "PUBLISHED"}
    assert {each.content for each in group.comments} == published
    assert len({each.body for each in group.comments}) == 202


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("public", DemoAudience("PUBLIC")),
        ("everyone", DemoAudience("EVERYONE")),
        ("subtree:rail", DemoAudience("SUBTREE", "rail")),
        ("organization:hq", DemoAudience("ORGANIZATION", "hq")),
    ],
)
def test_an_audience_is_read(group, written, read):
    given = dataclasses.asdict(group.contents[0]) | {"audience": written}
    assert TypeAdapter(DemoContent).validate_python(given).audience == read


@pytest.mark.parametrize("written", ["", "all", "public:rail", "subtree", "organization:"])
def test_an_audience_that_makes_no_sense_is_refused(group, written):
    given = dataclasses.asdict(group.contents[0]) | {"audience": written}
    with pytest.raises(ValueError, match="audience"):
        TypeAdapter(DemoContent).validate_python(given)


def test_an_unknown_field_is_refused():
    given = {"key": "a", "name": "甲", "username": "a", "organization": "root", "portrait": 1}
    with pytest.raises(ValueError, match="nickname"):
        TypeAdapter(DemoMember).validate_python(given | {"nickname": "小甲"})


@pytest.mark.parametrize(
    ("table", "field"),
    [
        ("members", "organization"),
        ("grants", "member"),
        ("grants", "organization"),
        ("columns", "organization"),
        ("columns", "theme"),
        ("contents", "author"),
        ("contents", "organization"),
        ("contents", "theme"),
        ("comments", "content"),
        ("comments", "author"),
        ("comments", "reply_to"),
    ],
)
def test_a_reference_to_nothing_is_refused_by_name(group, table, field):
    said = refused(group, **with_first(group, table, **{field: "nowhere"}))
    assert said.endswith("refers to 'nowhere', which is not there")


@pytest.mark.parametrize("table", ["organizations", "members", "columns", "contents"])
def test_a_key_that_stands_twice_is_refused(group, table):
    rows = getattr(group, table)
    assert f"{rows[-1].key} stands twice" in refused(group, **{table: (*rows, rows[-1])})


def test_a_second_root_is_refused(group):
    second = dataclasses.replace(group.organizations[1], parent=None)
    changed = (group.organizations[0], second, *group.organizations[2:])
    assert refused(group, organizations=changed) == (
        "organization rail must come first or have a parent"
    )


def test_what_a_kind_needs_and_what_it_cannot_have_are_told(group):
    lecture = next(each for each in group.contents if each.kind == "MICRO_LECTURE")
    without = dataclasses.replace(lecture, lecturer=None)
    assert refused(group, contents=(without,)) == f"content {lecture.key} needs lecturer"
    streamed = dataclasses.replace(lecture, stream_url="https://live.example.com/x")
    assert refused(group, contents=(streamed,)) == f"content {lecture.key} cannot have stream_url"


def test_a_comment_from_the_future_is_refused(group):
    late = with_first(group, "comments", after=10_000_000)
    assert refused(group, **late).endswith("would be written in the future")


def test_an_answer_before_its_question_is_refused(group):
    place = next(i for i, each in enumerate(group.comments) if each.reply_to)
    early = dataclasses.replace(group.comments[place], after=1)
    changed = (*group.comments[:place], early, *group.comments[place + 1 :])
    assert refused(group, comments=changed).endswith(f"cannot answer {early.reply_to}")
