"""Doors for whoever discusses: addComment, editComment, removeComment, appealRemoval."""

from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.engagement.commenting import Remark
from app.engagement.models import MAX_CLIENT_KEY
from app.engagement.queries import visible_comments
from app.engagement.rules import MAX_BODY, MAX_MENTIONS, plain_text
from app.errors import Invalid, Refusal, Unauthenticated
from app.moderation import speaking
from resolvers.deeds import Deed, by_member
from schema.content import content_key
from schema.context import Context
from schema.discussion import (
    AddCommentInput,
    AppealRemovalInput,
    CommentPayload,
    CommentPayloadRow,
    EditCommentInput,
    RemoveCommentInput,
)
from schema.errors import user_errors
from schema.nodes import key_of

Info = strawberry.Info[Context]


@strawberry.type
class DiscussionMutations:
    """Root fields of members' comments."""

    @strawberry.mutation(
        description="Say something about a content, or answer a comment (评论). At most 10 a"
        " minute; the same again within a minute is the comment that was written. With a held word"
        " it waits for a moderator: `isHeld`.",
        graphql_type=CommentPayload,
    )
    async def add_comment(
        self,
        info: Info,
        input: Annotated[AddCommentInput, strawberry.argument(description="The comment.")],
    ) -> Any:
        """Write a comment."""
        viewer = info.context.viewer

        async def deed(session: AsyncSession) -> int:
            content_id, remark = content_key(input.content_id, *_CONTENT), _remark(input)
            author_id = member_id(info.context)
            said = await speaking.say(
                session, viewer, content_id, author_id=author_id, remark=remark
            )
            return said.id

        return await _done(info.context, deed)

    @strawberry.mutation(
        description="Change one's own comment within ten minutes (修改评论).",
        graphql_type=CommentPayload,
    )
    async def edit_comment(
        self,
        info: Info,
        input: Annotated[EditCommentInput, strawberry.argument(description="The new words.")],
    ) -> Any:
        """Change a comment."""
        viewer = info.context.viewer

        async def deed(session: AsyncSession) -> int:
            key = comment_key(input.comment_id)
            await speaking.reword(
                session,
                viewer,
                key,
                body=_body(input.body),
                mention_ids=None if input.mention_ids is None else _members(input.mention_ids),
            )
            return key

        return await _done(info.context, deed)

    @strawberry.mutation(
        description="Take a comment away (删除评论): one's own, or with a reason on what one"
        " moderates. Its place stays, its words go.",
        graphql_type=CommentPayload,
    )
    async def remove_comment(
        self,
        info: Info,
        input: Annotated[RemoveCommentInput, strawberry.argument(description="Which, and why.")],
    ) -> Any:
        """Remove a comment."""
        actor = info.context.actor

        async def deed(session: AsyncSession) -> int:
            key, by_id = comment_key(input.comment_id), member_id(info.context)
            await speaking.remove(session, actor, key, member_id=by_id, reason=input.reason)
            return key

        return await _done(info.context, deed)

    @strawberry.mutation(
        description="Ask the next tier to look again at the removal of one's own comment (申诉);"
        " once a removal.",
        graphql_type=CommentPayload,
    )
    async def appeal_removal(
        self,
        info: Info,
        input: Annotated[AppealRemovalInput, strawberry.argument(description="Which, and why.")],
    ) -> Any:
        """Appeal from a removal."""
        actor = info.context.actor

        async def deed(session: AsyncSession) -> int:
            key = comment_key(input.comment_id)
            await speaking.appeal(session, actor, key, statement=input.statement)
            return key

        return await _done(info.context, deed)


_CONTENT = ("input", "contentId")


def member_id(context: Context) -> int:
    """Who asks; UNAUTHENTICATED where nobody is signed in."""
    if context.viewer.member_id is None:
        raise Unauthenticated("请先登录")
    return context.viewer.member_id


def comment_key(value: str) -> int:
    """The key in the global id of a comment."""
    return key_of(value, "Comment", "input", "commentId")


async def _done(context: Context, deed: Deed) -> CommentPayloadRow:
    """Do ``deed`` in a transaction of its own; the comment is then read as it was committed."""
    try:
        key = await by_member(context, deed)
    except Refusal as refusal:
        return CommentPayloadRow(None, user_errors(refusal))
    found = (await visible_comments(context.database, context.viewer, [key])).get(key)
    if found is not None and found.held_at is not None:
        # Whose words are held is shown no answer that was made for others, from now on.
        context.platform.sessions.forget(found.author_id)
    return CommentPayloadRow(found, [])


def _remark(given: AddCommentInput) -> Remark:
    answered, key = given.reply_to_id, given.client_key
    return Remark(
        body=_body(given.body),
        reply_to_id=None if answered is None else key_of(answered, "Comment", "input", "replyToId"),
        mention_ids=_members(given.mention_ids),
        client_key=None if key is None else _client_key(key),
    )


def _client_key(value: str) -> str:
    return plain_text(value, " clientKey ", MAX_CLIENT_KEY, path=("input", "clientKey"))


def _body(value: str) -> str:
    return plain_text(value, "评论", MAX_BODY, path=("input", "body"))


def _members(values: Sequence[str]) -> list[int]:
    if len(values) > MAX_MENTIONS:
        raise Invalid(f"一条评论最多提及 {MAX_MENTIONS} 人", "input", "mentionIds")
    return [key_of(value, "Member", "input", "mentionIds") for value in values]
