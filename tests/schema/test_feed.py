"""The feed: what narrows it, and how few statements a page of it takes."""

import pytest
from group import building, gid, viewer_of

pytestmark = pytest.mark.anyio

FEED = "query ($kinds: [ContentKind!]) { feed(kinds: $kinds) { nodes { __typename id title } } }"
ALL = ["ShowcaseEntry", "LiveStream", "MicroLecture", "NewsItem"]


@pytest.fixture
async def one_of_each(database):
    async with building(database) as group:
        committee = await group.organization("集团党委")
        branch, other = [await group.organization(below=committee) for _ in range(2)]
        author, stranger = await group.member(branch), await group.member(other)
        column = await group.column(branch)
        made = {
            "NewsItem": await group.news(author, tags=("安全",)),
            "MicroLecture": await group.lecture(author, tags=("安全生产",)),
            "LiveStream": await group.live(stranger, tags=("安全", "学习")),
            "ShowcaseEntry": await group.entry(author, column),
        }
    return {"committee": committee, "branch": branch, "other": other, "column": column} | made


async def test_the_feed_holds_every_kind_newest_first(ask, one_of_each):
    nodes = (await ask(FEED))["feed"]["nodes"]
    assert [(node["__typename"], node["id"]) for node in nodes] == [
        (name, gid(one_of_each[name])) for name in ALL
    ]


NARROWED = """query ($kinds: [ContentKind!], $organization: ID, $column: ID, $tag: String) {
  feed(kinds: $kinds, organizationId: $organization, columnId: $column, tag: $tag) {
    nodes { __typename } } }"""


@pytest.mark.parametrize(
    ("narrowed", "names"),
    [
        ({"kinds": ["NEWS", "LIVE_STREAM"]}, ["LiveStream", "NewsItem"]),
        ({"kinds": []}, []),
        ({"kinds": None}, ALL),
        ({"organization": "committee"}, ALL),
        ({"organization": "branch"}, ["ShowcaseEntry", "MicroLecture", "NewsItem"]),
        ({"organization": "other", "tag": "学习"}, ["LiveStream"]),
        ({"column": "column"}, ["ShowcaseEntry"]),
        ({"column": "column", "kinds": ["NEWS"]}, []),
        ({"tag": "安全"}, ["LiveStream", "NewsItem"]),
        ({"tag": "%"}, []),
    ],
)
async def test_the_feed_can_be_narrowed(ask, one_of_each, narrowed, names):
    variables = {
        name: gid(one_of_each[value]) if name in {"organization", "column"} else value
        for name, value in narrowed.items()
    }
    nodes = (await ask(NARROWED, **variables))["feed"]["nodes"]
    assert [node["__typename"] for node in nodes] == names


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"organization": "x"}, "organizationId"),
        ({"organization": "TmV3c0l0ZW06MQ=="}, "organizationId"),  # NewsItem:1
        ({"column": "T3JnYW5pemF0aW9uOjE="}, "columnId"),  # Organization:1
        ({"tag": ""}, "tag"),
        ({"tag": "签" * 41}, "tag"),
        ({"tag": "a\0b"}, "tag"),
    ],
)
async def test_a_filter_out_of_bounds_names_its_argument(ask, variables, field):
    assert await ask.refusal(NARROWED, **variables) == {"code": "INVALID", "field": [field]}


async def test_an_unknown_organization_has_an_empty_feed(ask, one_of_each):
    unknown = {"organization": "T3JnYW5pemF0aW9uOjE="}
    assert (await ask(NARROWED, **unknown))["feed"]["nodes"] == []


Q1 = """query Feed($first: Int) { feed(first: $first) { edges { cursor node {
  __typename id kind title summary tags publishedAt likeCount shareCount commentCount viewerHasLiked
  cover { id url(width: 640) width height alt }
  author { id name avatar { id url(width: 96) } }
  organization { id name }
  comments(first: 2) { edges { node { id body createdAt author { id name } } } }
  ... on MicroLecture { lecturer durationSeconds }
  ... on LiveStream { streamUrl startsAt state }
  ... on ShowcaseEntry { column { id title } }
} } pageInfo { hasNextPage endCursor } } }"""
Q2 = """query ContentDetail($id: ID!, $first: Int) { node(id: $id) { ... on Content {
  id title likeCount viewerHasLiked bodyHtml
  cover { id url(width: 640) }
  author { id name avatar { id url(width: 96) } }
  organization { id name }
  viewerPermissions { canEdit canReview canPublish canComment canModerate }
  comments(first: $first) {
    edges { cursor node { id body createdAt author { id name avatar { id } } replyTo { id } } }
    pageInfo { hasNextPage endCursor } }
} } }"""


@pytest.fixture
async def busy(database):
    """110 contents of all kinds and authors, each with two comments; one with 110."""
    async with building(database) as group:
        branch = await group.organization()
        members = [await group.member(branch, avatar=await group.image()) for _ in range(7)]
        column, cover = await group.column(branch), await group.image()
        made = []
        for number in range(110):
            author = members[number % 7]
            match number % 4:
                case 0:
                    content = await group.news(author, cover=cover)
                case 1:
                    content = await group.lecture(author)
                case 2:
                    content = await group.live(author)
                case _:
                    content = await group.entry(author, column)
            for member in members[:2]:
                await group.comment(content, member)
            made.append(content)
        first = None
        for number in range(108):
            written = await group.comment(made[0], members[number % 7], reply_to=first)
            first = first or written
        session_id = await group.signed_in(members[0])
        await group.like(made[-1], members[0])
    return made, session_id


async def test_feed_and_detail_take_six_statements_however_long_the_page(
    database, ask, platform, busy
):
    contents, session_id = busy
    token = platform.sessions._tokens.access(session_id)
    # The two newest stand in no column, whose statement they do not need.
    for first, statements in ((2, 5), (20, 6), (100, 6)):
        platform.sessions._viewers.clear()
        before = database.statements
        viewer = await platform.sessions.viewer(token)
        feed = (await ask(Q1, viewer, first=first))["feed"]
        assert database.statements - before == statements
        assert len(feed["edges"]) == first
        assert [len(edge["node"]["comments"]["edges"]) for edge in feed["edges"]] == [2] * first
        assert feed["edges"][0]["node"]["viewerHasLiked"]

        platform.sessions._viewers.clear()
        before = database.statements
        viewer = await platform.sessions.viewer(token)
        node = (await ask(Q2, viewer, id=gid(contents[0]), first=first))["node"]
        assert database.statements - before == 6
        assert len(node["comments"]["edges"]) == first
        assert node["comments"]["edges"][0]["node"]["replyTo"] is not None


_EDGES = {
    "id title cover { id } organization { id }": 1,
    "bodyHtml": 2,
    "gallery { id }": 2,
    "audience { scope organization { id } }": 2,
    "author { id organization { id } }": 3,
    "viewerHasLiked": 2,
    "viewerHasLiked viewerHasBookmarked": 3,
    "viewerPermissions { canEdit }": 1,
    "comments(first: 1) { nodes { id replyTo { id } author { id } } }": 2,
    "a: comments(first: 1) { nodes { id } } b: comments(first: 3) { nodes { id } }": 3,
    "organization { parent { id } ancestors { id } memberCount }": 4,
    "organization { children(first: 2) { nodes { id } } }": 2,
    "... on ShowcaseEntry { column { id entries(first: 2) { nodes { id } } } }": 3,
    "... on MicroLecture { video { id } }": 1,
}


async def test_each_edge_of_the_feed_costs_a_fixed_number_of_statements(database, ask):
    async with building(database) as group:
        committee = await group.organization()
        branch = await group.organization(below=committee)
        author = await group.member(branch)
        column = await group.column(branch)
        for _ in range(4):
            news = await group.news(author, audience=f"org:{branch.id}")
            await group.comment(news, author)
            await group.lecture(author)
            await group.entry(author, column)
    viewer = await viewer_of(database, author)
    for fields, statements in _EDGES.items():
        query = f"query ($first: Int) {{ feed(first: $first) {{ nodes {{ {fields} }} }} }}"
        counted = [(await ask.statements(query, viewer, first=first))[0] for first in (3, 12)]
        assert (fields, counted) == (fields, [statements, statements])
