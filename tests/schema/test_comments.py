"""Comments in the graph: newest first, answers, removal, and whose content they stand on."""

import pytest
from group import building, gid

from app.content.models import ContentStatus

pytestmark = pytest.mark.anyio

COMMENT = """query ($id: ID!) { node(id: $id) { ... on Comment {
  id body isRemoved editedAt author { id name avatar { id } } content { id __typename }
  replyTo { id body } replies { nodes { id body replyTo { id } } } } } }"""


@pytest.fixture
async def talk(database):
    """A question, two answers to it, and an answer to the first of them."""
    async with building(database) as group:
        branch = await group.organization()
        avatar = await group.image()
        author = await group.member(branch, "王芳", avatar=avatar)
        news = await group.news(author)
        question = await group.comment(news, author, "何时并网？")
        first = await group.comment(news, author, "下周一。", reply_to=question)
        second = await group.comment(news, author, "以调度令为准。", reply_to=question)
        deep = await group.comment(news, author, "收到。", reply_to=first)
    return {
        "author": author,
        "avatar": avatar,
        "news": news,
        "question": question,
        "first": first,
        "second": second,
        "deep": deep,
    }


async def test_a_comment_knows_its_content_its_author_and_its_answers(ask, talk):
    question = gid(talk["question"])
    assert (await ask(COMMENT, id=question))["node"] == {
        "id": question,
        "body": "何时并网？",
        "isRemoved": False,
        "editedAt": None,
        "author": {
            "id": gid(talk["author"]),
            "name": "王芳",
            "avatar": {"id": gid(talk["avatar"])},
        },
        "content": {"id": gid(talk["news"]), "__typename": "NewsItem"},
        "replyTo": None,
        "replies": {
            "nodes": [
                {"id": gid(talk["second"]), "body": "以调度令为准。", "replyTo": {"id": question}},
                {"id": gid(talk["first"]), "body": "下周一。", "replyTo": {"id": question}},
            ]
        },
    }
    deep = (await ask(COMMENT, id=gid(talk["deep"])))["node"]
    assert deep["replyTo"] == {"id": gid(talk["first"]), "body": "下周一。"}
    assert deep["replies"]["nodes"] == []


async def test_comments_of_a_content_are_all_of_them_newest_first(ask, talk):
    query = """query ($id: ID!) { node(id: $id) { ... on Content {
      commentCount comments { nodes { body replyTo { body } createdAt } } } } }"""
    node = (await ask(query, id=gid(talk["news"])))["node"]
    assert node["commentCount"] == 4
    assert [(each["body"], each["replyTo"]) for each in node["comments"]["nodes"]] == [
        ("收到。", {"body": "下周一。"}),
        ("以调度令为准。", {"body": "何时并网？"}),
        ("下周一。", {"body": "何时并网？"}),
        ("何时并网？", None),
    ]
    times = [each["createdAt"] for each in node["comments"]["nodes"]]
    assert times == sorted(times, reverse=True)
    assert times[3] == talk["question"].created_at.isoformat()


async def test_a_comment_that_is_answered_on_an_earlier_page_is_still_named(ask, talk):
    query = """query ($id: ID!) { node(id: $id) { ... on Content {
      comments(first: 2) { nodes { replyTo { body } } } } } }"""
    node = (await ask(query, id=gid(talk["news"])))["node"]
    assert node["comments"]["nodes"] == [
        {"replyTo": {"body": "下周一。"}},
        {"replyTo": {"body": "何时并网？"}},
    ]


async def test_a_removed_comment_keeps_its_place_and_loses_its_words(database, ask, talk):
    async with building(database) as group:
        gone = await group.comment(talk["news"], talk["author"], "不当言论", removed=True)
        answer = await group.comment(talk["news"], talk["author"], "请注意", reply_to=gone)
    node = (await ask(COMMENT, talk["author"], id=gid(gone)))["node"]
    assert (node["body"], node["isRemoved"]) == ("", True)
    assert [reply["id"] for reply in node["replies"]["nodes"]] == [gid(answer)]
    assert (await ask(COMMENT, id=gid(answer)))["node"]["replyTo"] == {"id": gid(gone), "body": ""}
    query = "{ feed { nodes { comments { nodes { body replies { nodes { body } } } } } } }"
    everywhere = await ask(query)
    assert "请注意" in str(everywhere)
    assert "不当言论" not in str(everywhere)


THREADS = """query ($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Content {
  comments(threads: true) { nodes { id threadRoot { id }
    thread(first: $first, after: $after) { nodes { body replyTo { body } threadRoot { id } }
      pageInfo { hasNextPage endCursor } } } } } } }"""


async def test_a_thread_is_all_that_was_said_below_its_first_comment(database, ask, talk):
    async with building(database) as group:
        other = await group.comment(talk["news"], talk["author"], "另一话题")
    node = (await ask(THREADS, id=gid(talk["news"]), first=2))["node"]
    newest, question = node["comments"]["nodes"]
    root = {"id": gid(talk["question"])}
    assert (newest["id"], newest["threadRoot"]) == (gid(other), None)
    assert newest["thread"]["nodes"] == []
    assert {"id": question["id"]} == root
    assert question["threadRoot"] is None
    first, second, deep = [
        {"body": body, "replyTo": {"body": answered}, "threadRoot": root}
        for body, answered in (
            ("下周一。", "何时并网？"),
            ("以调度令为准。", "何时并网？"),
            ("收到。", "下周一。"),
        )
    ]
    assert question["thread"]["nodes"] == [first, second]
    assert question["thread"]["pageInfo"]["hasNextPage"] is True
    after = question["thread"]["pageInfo"]["endCursor"]
    node = (await ask(THREADS, id=gid(talk["news"]), after=after))["node"]
    rest = node["comments"]["nodes"][1]["thread"]
    assert rest["nodes"] == [deep]
    assert rest["pageInfo"]["hasNextPage"] is False
    query = "query ($id: ID!) { node(id: $id) { ... on Comment { thread { nodes { id } } } } }"
    answer = (await ask(query, id=gid(talk["first"])))["node"]
    assert answer["thread"]["nodes"] == []


async def test_a_comment_is_seen_by_those_who_see_its_content(database, ask, talk):
    async with building(database) as group:
        stranger = await group.member(await group.organization())
        kept = await group.news(talk["author"], audience=f"org:{talk['author'].organization_id}")
        draft = await group.news(talk["author"], status=ContentStatus.DRAFT)
        on_kept = await group.comment(kept, talk["author"])
        on_draft = await group.comment(draft, talk["author"])
    for comment in (on_kept, on_draft):
        node = (await ask(COMMENT, talk["author"], id=gid(comment)))["node"]
        assert node["id"] == gid(comment)
        assert (await ask(COMMENT, stranger, id=gid(comment)))["node"] is None
        assert (await ask(COMMENT, id=gid(comment)))["node"] is None


async def test_comments_cost_one_statement_an_edge(database, ask, talk):
    async with building(database) as group:
        for _ in range(30):
            answered = await group.comment(talk["news"], talk["author"], reply_to=talk["first"])
            await group.comment(talk["news"], talk["author"], reply_to=answered)
    viewer = await ask.viewer(talk["author"])
    for fields, statements in {
        "id body author { id avatar { id } }": 2,
        "replyTo { id }": 3,
        "content { id }": 3,
        "replies(first: 2) { nodes { id author { id } } }": 3,
        "thread(first: 2) { nodes { id author { id } } }": 3,
        "threadRoot { id }": 3,
        "mentions { id avatar { id } }": 3,
        "isHeld removedBody": 2,
    }.items():
        query = f"""query ($id: ID!, $first: Int) {{ node(id: $id) {{ ... on Content {{
          comments(first: $first) {{ nodes {{ {fields} }} }} }} }} }}"""
        counted = [
            (await ask.statements(query, viewer, id=gid(talk["news"]), first=first))[0]
            for first in (3, 50)
        ]
        assert (fields, counted) == (fields, [statements, statements])
