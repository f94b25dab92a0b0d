"""Sharing tables: links, and the members who opened them."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.database.columns import KEY, enum_type, instant, key, reference

#: Characters of a link's code.
CODE_LENGTH = 10


class ShareChannel(enum.StrEnum):
    """The way on which a link is passed on."""

    COPY_LINK = "COPY_LINK"
    WECHAT = "WECHAT"
    WECOM = "WECOM"
    DINGTALK = "DINGTALK"
    EMAIL = "EMAIL"
    QR_CODE = "QR_CODE"


class Share(SQLModel, table=True):
    """A member's link to a content, one a channel; ``open_count`` counts its openings."""

    __tablename__ = "share"
    __table_args__ = (sa.UniqueConstraint("member_id", "content_id", "channel"),)

    id: int = key()
    code: str = Field(max_length=CODE_LENGTH, unique=True)
    member_id: int = reference("member.id")
    content_id: int = reference("content.id")
    channel: ShareChannel = Field(sa_type=enum_type(ShareChannel))
    open_count: int = 0
    created_at: datetime = instant()


class ShareOpening(SQLModel, table=True):
    """A member who came by a link; the key makes a second opening the same one."""

    __tablename__ = "share_opening"

    share_id: int = Field(primary_key=True, foreign_key="share.id", sa_type=KEY)
    member_id: int = Field(primary_key=True, foreign_key="member.id", sa_type=KEY)
    created_at: datetime = instant()
