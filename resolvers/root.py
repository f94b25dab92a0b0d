"""The graph: every door under Query and Mutation, and the schema they make."""

from typing import Any

import strawberry
from strawberry.schema.config import StrawberryConfig

from resolvers.audit import AuditQueries
from resolvers.bookmarks import BookmarkMutations, BookmarkQueries
from resolvers.content import ContentQueries
from resolvers.correcting import CorrectingMutations, CorrectingQueries
from resolvers.discussion import DiscussionMutations
from resolvers.engagement import EngagementMutations
from resolvers.following import FollowingMutations
from resolvers.inquiries import InquiryMutations, InquiryQueries
from resolvers.knowledge import KnowledgeMutations, KnowledgeQueries
from resolvers.moderation import ModerationMutations, ModerationQueries
from resolvers.nodes import NodeQueries
from resolvers.notifications import NotificationMutations, NotificationQueries
from resolvers.organizations import OrganizationQueries
from resolvers.points import PointsQueries
from resolvers.ranking import RankingMutations, RankingQueries
from resolvers.reviewing import ReviewingMutations, ReviewingQueries
from resolvers.rewards import RewardMutations, RewardQueries
from resolvers.ruling import RulingMutations, RulingQueries
from resolvers.search import SearchQueries
from resolvers.sessions import SessionMutations, SessionQueries
from resolvers.sharing import SharingMutations
from resolvers.study import StudyMutations
from resolvers.subscriptions import LiveSubscriptions
from resolvers.upload_watch import UploadSubscriptions
from resolvers.uploads import UploadMutations
from resolvers.writing import WritingMutations
from schema import (
    comments,
    content,
    correcting,
    following,
    inquiries,
    knowledge,
    members,
    moderation,
    notifications,
    organizations,
    points,
    rewards,
    showcase,
    uploading,
    uploads,
)


@strawberry.type(description="What can be asked.")
class Query(
    SessionQueries,
    NodeQueries,
    ContentQueries,
    KnowledgeQueries,
    SearchQueries,
    InquiryQueries,
    OrganizationQueries,
    PointsQueries,
    CorrectingQueries,
    RulingQueries,
    RankingQueries,
    RewardQueries,
    ModerationQueries,
    BookmarkQueries,
    NotificationQueries,
    ReviewingQueries,
    AuditQueries,
):
    """Every root field of queries."""


@strawberry.type(description="What can be done. Refusals are in the payload's `errors`.")
class Mutation(
    SessionMutations,
    EngagementMutations,
    KnowledgeMutations,
    FollowingMutations,
    InquiryMutations,
    CorrectingMutations,
    RulingMutations,
    RankingMutations,
    RewardMutations,
    DiscussionMutations,
    ModerationMutations,
    BookmarkMutations,
    SharingMutations,
    StudyMutations,
    NotificationMutations,
    WritingMutations,
    ReviewingMutations,
    UploadMutations,
):
    """Every root field of mutations."""


@strawberry.type(
    description="What can be watched, over WebSocket (graphql-transport-ws) or server-sent events."
)
class Subscription(LiveSubscriptions, UploadSubscriptions):
    """Every root field of subscriptions."""


#: Types that only interfaces and unions lead to.
TYPES: list[Any] = [
    *comments.TYPES,
    *content.TYPES,
    *correcting.TYPES,
    *following.TYPES,
    *inquiries.TYPES,
    *knowledge.TYPES,
    *members.TYPES,
    *moderation.TYPES,
    *notifications.TYPES,
    *organizations.TYPES,
    *points.TYPES,
    *rewards.TYPES,
    *showcase.TYPES,
    *uploading.TYPES,
    *uploads.TYPES,
]

graph = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=TYPES,
    config=StrawberryConfig(enable_experimental_incremental_execution=False),
)
