"""What a record is about becomes the node that its reader may see."""

import pytest
from group import building, viewer_of

from app.content.models import ContentStatus
from app.subjects import Subject, SubjectKind
from schema.context import Context
from schema.subjects import subjects

pytestmark = pytest.mark.anyio


async def test_each_subject_becomes_its_row_and_what_is_gone_or_hidden_becomes_nothing(platform):
    async with building(platform.database) as group:
        branch = await group.organization()
        author, reader = await group.member(branch), await group.member(branch)
        shown, draft = (
            await group.news(author),
            await group.news(author, status=ContentStatus.DRAFT),
        )
        comment = await group.comment(shown, author)
    wanted = [
        Subject(SubjectKind.CONTENT, shown.id),
        Subject(SubjectKind.CONTENT, draft.id),
        None,
        Subject(SubjectKind.COMMENT, comment.id),
        Subject(SubjectKind.MEMBER, author.id),
        Subject(SubjectKind.ORGANIZATION, branch.id),
        Subject(SubjectKind.COLUMN, 1),
        Subject(SubjectKind.REGULATION, 1),
    ]
    context = Context(platform, await viewer_of(platform.database, reader))
    found = await subjects(context, wanted)
    keys = [shown.id, None, None, comment.id, author.id, branch.id, None, None]
    assert [row and row.id for row in found] == keys


async def test_a_page_of_subjects_takes_one_statement_a_kind(platform):
    async with building(platform.database) as group:
        branch = await group.organization()
        author = await group.member(branch)
        items = [await group.news(author) for _ in range(3)]
    context = Context(platform, await viewer_of(platform.database, author))
    before = platform.database.statements
    await subjects(
        context,
        [Subject(SubjectKind.CONTENT, item.id) for item in items]
        + [Subject(SubjectKind.MEMBER, author.id)],
    )
    assert platform.database.statements - before == 2
