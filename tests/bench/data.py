"""The group that is measured: many members, contents, likes and comments, the same each time."""

import base64
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from app.auth import REFRESH_LIFETIME, Tokens
from app.content.models import (
    Content,
    ContentBody,
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
from app.database.columns import now
from app.engagement.models import Comment, ContentLike
from app.members.models import LoginSession, Member
from app.organizations.models import Organization, OrganizationKind
from app.uploads.models import Image, MediaState

CALLERS = 200
START = datetime(2025, 1, 1, tzinfo=UTC)
_BATCH = 20_000
_COLUMNS = 40
_KINDS = list(ContentKind)
_MODELS = (NewsItem, MicroLecture, LiveStream, ShowcaseEntry)
_WIDTHS = (96, 320, 640)
# As long as the ids of rows that were not made for a measurement.
_FIRST_ID = 10**17

_THINGS = ("安全生产", "志愿服务", "技能比武", "读书分享", "主题党日", "设备检修", "节能降耗")
_PLACES = ("港区", "车站", "工地", "车间", "社区", "电厂", "实验室", "调度中心")
_DEEDS = ("现场推进会", "经验交流", "专题学习", "成果发布", "一线访谈")
_REMARKS = ("写得很实在。", "我们班组也这样做。", "请问有没有更多材料？", "向一线的同事学习！")
_SURNAMES, _GIVEN = "赵钱孙李周吴郑王冯陈", ("志强", "晓梅", "建国", "雨桐", "海峰")

#: What callers search for: each is found in the titles.
QUESTIONS = tuple(f"{place}{thing}" for place, thing in product(_PLACES, _THINGS))

Rows = Iterable[dict[str, Any]]


class Group:
    """The rows of DESIGN's data set, ``scale`` times as many; ids of a table rise by one."""

    def __init__(self, scale: float = 1.0) -> None:
        self.contents = round(20_000 * scale)
        self.members = round(5_000 * scale)
        self.organizations = round(200 * scale)
        self._likes = round(500_000 * scale)
        self._comments = round(200_000 * scale)
        self._random = random.Random(2025)
        liked = {self._pair() for _ in range(self._likes)}
        while len(liked) < self._likes:
            liked.add(self._pair())
        self._liked = sorted(liked)
        self._commented = [self._one(self.contents) for _ in range(self._comments)]

    async def fill(self, database: Database) -> None:
        """Put every row into an empty, migrated database."""
        async with database.transaction() as transaction:
            for model, rows in self._tables():
                waiting = iter(rows)
                while batch := list(islice(waiting, _BATCH)):
                    await transaction.execute(sa.insert(model), batch)
        await database.refresh_statistics()

    def public_ids(self) -> list[str]:
        """The global ids of what every caller sees."""
        return [_global_id(n) for n in range(self.contents) if self._audience(n) == "public"]

    def _tables(self) -> Iterator[tuple[type[SQLModel], Rows]]:
        # A tree refers to itself: whoever stands above comes first, in a statement of its own.
        for organization in range(self.organizations):
            yield Organization, [self._organization(organization)]
        yield Image, map(_image, range(self.contents + self.members))
        yield Member, map(self._member, range(self.members))
        yield LoginSession, map(_session, self._callers())
        yield ShowcaseColumn, map(_column, range(_COLUMNS))
        yield Content, self._cards()
        for kind, model in enumerate(_MODELS):
            yield model, (_beside(n) for n in range(kind, self.contents, len(_KINDS)))
        yield ContentBody, map(_body, range(self.contents))
        yield ContentTag, ({"content_id": _id(n), "tag": _thing(n)} for n in range(self.contents))
        yield ContentLike, (_like(member, content) for member, content in self._liked)
        yield Comment, (self._comment(n, on) for n, on in enumerate(self._commented))

    def _organization(self, n: int) -> dict[str, Any]:
        line = self._line(n)
        return {
            "id": _id(n),
            "name": f"{_PLACES[n % len(_PLACES)]}第{n}党组织",
            "kind": list(OrganizationKind)[len(line) - 1],
            "parent_id": _id(line[-2]) if len(line) > 1 else None,
            "path": "".join(f"/{_id(step)}" for step in line) + "/",
            "created_at": START,
        }

    def _line(self, n: int) -> list[int]:
        """From the root down: a committee, its general branches, their branches."""
        middle = round(self.organizations**0.5)
        if n <= middle:
            return [0, n] if n else [0]
        return [0, 1 + n % middle, n]

    def _member(self, n: int) -> dict[str, Any]:
        return {
            "id": _id(n),
            "name": _SURNAMES[n % len(_SURNAMES)] + _GIVEN[n // 7 % len(_GIVEN)],
            "username": f"member{n}",
            "password_hash": "-",
            "organization_id": _id(self._organization_of(n)),
            "avatar_id": _id(self.contents + n),
            "created_at": START,
        }

    def _callers(self) -> Iterator[tuple[int, int]]:
        yield from enumerate(self._random.sample(range(self.members), CALLERS))

    def _cards(self) -> Rows:
        likes = Counter(content for _, content in self._liked)
        comments = Counter(self._commented)
        for n in range(self.contents):
            yield {
                "id": _id(n),
                "kind": _KINDS[n % len(_KINDS)],
                "status": ContentStatus.PUBLISHED,
                "title": f"{_PLACES[n // 7 % len(_PLACES)]}{_thing(n)}{_DEEDS[n % len(_DEEDS)]}",
                "summary": f"{_thing(n)}有了新进展，第{n}期为大家介绍具体做法和一线的体会。",
                "cover_id": _id(n),
                "tags": (_thing(n),),
                "author_id": _id(self._one(self.members)),
                "organization_id": _id(self._organization_of(n)),
                "audience_key": self._audience(n),
                "created_at": _at(n),
                "updated_at": _at(n),
                "published_at": _at(n),
                "like_count": likes[n],
                "share_count": n % 17,
                "comment_count": comments[n],
            }

    def _comment(self, n: int, on: int) -> dict[str, Any]:
        return {
            "id": _id(n),
            "content_id": _id(on),
            "author_id": _id(self._one(self.members)),
            "body": _REMARKS[n % len(_REMARKS)],
            "created_at": _at(self.contents) + timedelta(seconds=n),
        }

    def _audience(self, content: int) -> str:
        """Three in five are public, one is for all members, one for a branch."""
        own = self._organization_of(content)
        return ("public", "public", "public", "everyone", f"tree:{_id(own)}")[content % 5]

    def _organization_of(self, n: int) -> int:
        return n * 7 % self.organizations

    def _pair(self) -> tuple[int, int]:
        return self._one(self.members), self._one(self.contents)

    def _one(self, count: int) -> int:
        return int(self._random.random() * count)


def access_tokens(tokens: Tokens) -> list[str]:
    """A token for each caller; good for fifteen minutes, longer than a run takes."""
    return [tokens.access(_id(caller)) for caller in range(CALLERS)]


def _id(n: int) -> int:
    return _FIRST_ID + n


def _global_id(n: int) -> str:
    name = _MODELS[n % len(_MODELS)].__name__
    return base64.b64encode(f"{name}:{_id(n)}".encode()).decode()


def _at(n: int) -> datetime:
    return START + timedelta(minutes=20 * n)


def _thing(n: int) -> str:
    return _THINGS[n % len(_THINGS)]


def _image(n: int) -> dict[str, Any]:
    return {
        "id": _id(n),
        "state": MediaState.READY,
        "object_key": f"image/{n:040x}",
        "width": _WIDTHS[-1],
        "height": 360,
        "widths": _WIDTHS,
        "alt": f"{_thing(n)}的现场",
        "created_at": START,
    }


def _session(caller: tuple[int, int]) -> dict[str, Any]:
    n, member = caller
    return {
        "id": _id(n),
        "member_id": _id(member),
        "token_digest": "-",
        "expires_at": now() + REFRESH_LIFETIME,
        "created_at": START,
    }


def _column(n: int) -> dict[str, Any]:
    return {
        "id": _id(n),
        "title": f"{_thing(n)}专栏",
        "organization_id": _id(0),
        "audience_key": "public",
        "created_at": START,
    }


def _beside(n: int) -> dict[str, Any]:
    """What the content's kind adds."""
    added: dict[ContentKind, dict[str, Any]] = {
        ContentKind.NEWS: {"source_name": "集团党群工作部"},
        ContentKind.MICRO_LECTURE: {"lecturer": "李老师", "duration_seconds": 300 + n % 600},
        ContentKind.LIVE_STREAM: {
            "stream_url": f"https://live.example/{n}",
            "starts_at": _at(n),
            "ends_at": _at(n + 3),
        },
        ContentKind.SHOWCASE: {"column_id": _id(n // len(_KINDS) % _COLUMNS)},
    }
    return {"content_id": _id(n), **added[_KINDS[n % len(_KINDS)]]}


def _body(n: int) -> dict[str, Any]:
    paragraphs = [f"{_thing(n + step)}在{_PLACES[n % len(_PLACES)]}展开。" * 4 for step in range(5)]
    html = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs)
    return {"content_id": _id(n), "markdown": "\n\n".join(paragraphs), "html": html}


def _like(member: int, content: int) -> dict[str, Any]:
    return {"member_id": _id(member), "content_id": _id(content), "created_at": START}
