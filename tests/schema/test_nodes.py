"""Global ids: what they find, what they do not, and what is no id."""

import base64

import pytest
from group import building, gid, global_id
from hypothesis import given
from hypothesis import strategies as st

from app.content.models import ContentStatus
from app.errors import Invalid
from schema.nodes import parse_id

pytestmark = pytest.mark.anyio

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"


@pytest.fixture
async def things(database):
    """A thing of each type that stands, by its type's name; the member comes first."""
    async with building(database) as group:
        branch = await group.organization()
        avatar, cover = await group.image(), await group.image()
        member = await group.member(branch, avatar=avatar)
        column = await group.column(branch)
        news = await group.news(member, cover=cover)
        made = {
            "Member": member,
            "Organization": branch,
            "NewsItem": news,
            "MicroLecture": await group.lecture(member),
            "LiveStream": await group.live(member),
            "ShowcaseEntry": await group.entry(member, column),
            "ShowcaseColumn": column,
            "Comment": await group.comment(news, member),
            "Image": cover,
        }
        # A member's, for members.
        made["Avatar"] = avatar
    return made


async def test_a_global_id_finds_its_node(ask, things):
    for name, thing in things.items():
        node = (await ask(NODE, things["Member"], id=gid(thing)))["node"]
        assert node == {"__typename": "Image" if name == "Avatar" else name, "id": gid(thing)}


async def test_nobody_finds_what_is_public_alone(ask, things):
    found = (await ask(NODES, ids=[gid(thing) for thing in things.values()]))["nodes"]
    names = [name for name, node in zip(things, found, strict=True) if node is not None]
    assert names == [
        "NewsItem",
        "MicroLecture",
        "LiveStream",
        "ShowcaseEntry",
        "ShowcaseColumn",
        "Comment",
        "Image",
    ]


async def test_nodes_come_in_the_order_asked_for_with_nulls_and_repeats(database, ask, things):
    async with building(database) as group:
        draft = await group.news(things["Member"], status=ContentStatus.DRAFT)
        reader = await group.member(things["Organization"])
    news, member = gid(things["NewsItem"]), gid(things["Member"])
    ids = [member, global_id("Member", 17), news, gid(draft), member, news]
    nodes = (await ask(NODES, reader, ids=ids))["nodes"]
    assert [node and node["id"] for node in nodes] == [member, None, news, None, member, news]


async def test_no_ids_have_no_nodes(ask):
    assert (await ask(NODES, ids=[]))["nodes"] == []


async def test_the_id_of_another_type_is_null(ask, things):
    member, news = things["Member"], things["NewsItem"]
    for name in ("MicroLecture", "Comment", "Organization", "ShowcaseColumn", "Image", "Video"):
        assert (await ask(NODE, member, id=global_id(name, news.id)))["node"] is None


async def test_an_unknown_id_is_null(ask, things):
    keys = ["0", "1", str(2**63 - 1), str(2**63), "9" * 19]
    names = things.keys() - {"Avatar"} | {"Video"}
    ids = [global_id(name, key) for name in names for key in keys]
    assert (await ask(NODES, things["Member"], ids=ids))["nodes"] == [None] * len(ids)


_NO_TYPES = ["", ":", "NewsItem", ":1", "newsitem:1", "Query:1", "Node:1", "Content:1", "党:1"]
_NO_KEYS = [f"NewsItem:{key}" for key in ("", "x", "-1", "1 ", "1:2", "١", "9" * 20)]
_MALFORMED = ["", " ", "x", "党", "1", "a" * 999]
_MALFORMED += [base64.b64encode(text.encode()).decode() for text in _NO_TYPES + _NO_KEYS]


async def test_a_malformed_id_names_its_argument(ask):
    for text in _MALFORMED:
        refused = await ask.refusal(NODE, id=text)
        assert (text, refused) == (text, {"code": "INVALID", "field": ["id"]})
        ids = [global_id("NewsItem", 1), text]
        assert await ask.refusal(NODES, ids=ids) == {"code": "INVALID", "field": ["ids"]}


_ENCODED = st.binary(max_size=30).map(lambda raw: base64.b64encode(raw).decode())


@given(st.text(max_size=30) | _ENCODED)
def test_a_text_that_nobody_gave_out_is_no_id(text):
    with pytest.raises(Invalid) as refused:
        parse_id(text, "input", "id")
    assert refused.value.path == ("input", "id")


@given(st.sampled_from(["NewsItem", "Member", "Video"]), st.integers(0, 2**63 - 1))
def test_an_id_reads_as_what_it_was_made_of(name, key):
    assert parse_id(global_id(name, key)) == (name, key)


async def test_a_hundred_ids_are_one_read_a_type_and_more_are_refused(database, ask, things):
    member = global_id("Member", things["Member"].id)
    news = [global_id("NewsItem", number) for number in range(98)]
    viewer = await ask.viewer(things["Member"])
    ids = [*news, member, gid(things["Image"])]
    statements, data = await ask.statements(NODES, viewer, ids=ids)
    assert statements == 3
    assert [node is not None for node in data["nodes"]] == [False] * 98 + [True, True]
    assert await ask.refusal(NODES, ids=news + [member] * 3) == {
        "code": "TOO_LARGE",
        "field": ["ids"],
    }


async def test_pictures_are_found_on_what_one_sees_alone(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        author, stranger = await group.member(branch), await group.member(other)
        audience = f"org:{branch.id}"
        cover, shown, kept, loose = [await group.image() for _ in range(4)]
        await group.news(author, audience=audience, cover=cover, gallery=(shown,))
        await group.column(branch, audience=audience, cover=kept)
    ids = [gid(image) for image in (cover, shown, kept, loose)]

    async def sees(*viewer):
        return [node is not None for node in (await ask(NODES, *viewer, ids=ids))["nodes"]]

    assert await sees(author) == [True, True, True, False]
    assert await sees(stranger) == [False] * 4
    assert await sees() == [False] * 4
