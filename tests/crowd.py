"""A few thousand rows at once, for tests that look at plans; quicker than deed by deed."""

from datetime import timedelta

import sqlalchemy as sa
from group import START

from app.content.models import (
    Content,
    ContentKind,
    ContentStatus,
    ContentTag,
    LiveStream,
    MicroLecture,
    NewsItem,
    ShowcaseColumn,
    ShowcaseEntry,
)
from app.database import Database
from app.engagement.models import Comment
from app.members.models import Member
from app.organizations.models import Organization, OrganizationKind

MEMBERS, CONTENTS, COMMENTS = 500, 4_000, 12_000
_BRANCHES = 40
_KINDS = list(ContentKind)


def _organizations():
    yield {"id": 1, "name": "集团", "kind": OrganizationKind.COMMITTEE, "path": "/1/"}
    for key in range(2, _BRANCHES + 2):
        below = {"kind": OrganizationKind.BRANCH, "parent_id": 1, "path": f"/1/{key}/"}
        yield {"id": key, "name": f"支部{key}", **below}


def _members():
    for key in range(1, MEMBERS + 1):
        name = f"crowd{key}"
        own = 2 + key % _BRANCHES
        yield {
            "id": key,
            "name": name,
            "username": name,
            "password_hash": "-",
            "organization_id": own,
        }


def _contents():
    for key in range(1, CONTENTS + 1):
        at = START + timedelta(minutes=key)
        own = 2 + key % _BRANCHES
        yield {
            "id": key,
            "kind": _KINDS[key % 4],
            "status": ContentStatus.DRAFT if key % 10 == 0 else ContentStatus.PUBLISHED,
            "title": f"第{key}篇",
            "author_id": 1 + key % MEMBERS,
            "organization_id": own,
            "audience_key": ("public", "everyone", f"tree:{own}")[key % 3],
            "created_at": at,
            "published_at": at,
        }


def _columns():
    for key in range(1, 11):
        title = f"专栏{key}"
        yield {"id": key, "title": title, "organization_id": 1, "audience_key": "public"}


def _beside():
    """What each kind adds, by its model."""
    keys = {kind: range(1 + at, CONTENTS + 1, 4) for at, kind in enumerate(_KINDS[1:] + _KINDS[:1])}
    yield NewsItem, [{"content_id": key} for key in keys[ContentKind.NEWS]]
    lectures = keys[ContentKind.MICRO_LECTURE]
    yield MicroLecture, [{"content_id": key, "lecturer": "李老师"} for key in lectures]
    streams = keys[ContentKind.LIVE_STREAM]
    url = "https://live.example/1"
    yield LiveStream, [{"content_id": k, "stream_url": url, "starts_at": START} for k in streams]
    entries = keys[ContentKind.SHOWCASE]
    yield ShowcaseEntry, [{"content_id": key, "column_id": 1 + key % 10} for key in entries]


def _comments():
    for key in range(1, COMMENTS + 1):
        yield {
            "id": key,
            "content_id": 1 + key % CONTENTS,
            "author_id": 1 + key % MEMBERS,
            "body": "评论",
        }


async def fill(database: Database) -> None:
    """An organization of 40 branches; its contents' ids and times rise together."""
    tags = [{"content_id": key, "tag": f"标签{key % 50}"} for key in range(1, CONTENTS + 1)]
    async with database.transaction() as transaction:
        for model, rows in (
            (Organization, [next(iter(_organizations()))]),
            (Organization, list(_organizations())[1:]),
            (Member, list(_members())),
            (Content, list(_contents())),
            (ContentTag, tags),
            (ShowcaseColumn, list(_columns())),
            *_beside(),
            (Comment, list(_comments())),
        ):
            await transaction.execute(sa.insert(model), rows)
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(sa.text("ANALYZE"))
