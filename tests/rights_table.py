"""The rights to all that is neither editors' work (``editing``) nor said (``discussing``)."""

import itertools
from datetime import timedelta

import sqlalchemy as sa
from group import building, gid, global_id
from ledger import adjustment
from prizes import redeemed
from regulations import source
from rights import OWNER, PASSWORD, READER, Ground, Right, Who
from studying import kept, lasting, pieces

from app.content.actions import Lecture
from app.database.columns import now
from app.notifications.actions import notify
from app.notifications.models import Notification, NotificationKind
from app.points import seconding
from app.points.actions import post_adjustment
from app.points.models import PointsEntry
from app.rewards.models import Reward
from app.sharing.actions import share
from app.sharing.models import ShareChannel
from app.subjects import Subject, SubjectKind
from app.uploads import actions as uploads
from app.uploads.models import Upload, UploadPurpose
from app.visibility import Role

_numbers = itertools.count(1)


def _anybody(who: Who) -> bool:
    return True


def _owner(who: Who) -> bool:
    return who is OWNER


def _own_branch(who: Who) -> bool:
    return who in {OWNER, READER}


def _administers(who: Who) -> bool:
    return who.bears(Role.ADMIN)


def _governs(who: Who) -> bool:
    """The committee is the whole group."""
    return (who.role, who.place) == (Role.ADMIN, "above")


def _keeps_the_library(who: Who) -> bool:
    return who.role in {Role.ADMIN, Role.EDITOR} and who.place == "above"


def _sees_points(who: Who) -> bool:
    return who is OWNER or who.bears(Role.ADMIN, Role.AUDITOR)


def _sees_reward(who: Who) -> bool:
    return _own_branch(who) or who.bears(Role.ADMIN, Role.AUDITOR)


def _sees_content(who: Who) -> bool:
    return _own_branch(who) or who.bears(Role.EDITOR, Role.REVIEWER, Role.ADMIN)


def _nobody_else(who: Who) -> bool:
    return False


async def _news(ground: Ground):
    """The id of a content that is for the branch alone."""
    async with building(ground.database) as group:
        made = await group.news(ground.writer, audience=f"org:{ground.branch.id}")
    return {"contentId": gid(made)}


async def _shared(ground):
    return await _news(ground) | {"channel": "WECHAT"}


async def _link(ground):
    async with building(ground.database) as group:
        made = await group.news(ground.writer, audience=f"org:{ground.branch.id}")
        link = await share(group.session, ground.viewers[OWNER], made.id, ShareChannel.WECHAT)
        return {"code": link.code}


async def _lecture(ground):
    async with building(ground.database) as group:
        return await lasting(group, ground.writer, 60, audience=f"org:{ground.branch.id}")


async def _watched(ground):
    return {"contentId": gid(await _lecture(ground)), "watched": pieces((0, 5))}


async def _kept_report(ground):
    lecture, then = await _lecture(ground), now() - timedelta(hours=1)
    times = {
        "startedAt": then.isoformat(),
        "endedAt": (then + timedelta(seconds=10)).isoformat(),
    }
    return {"reports": [kept(lecture, f"report-{next(_numbers)}", 0, 10, (0, 5)) | times]}


def _key():
    return f"key-{next(_numbers)}"


async def _adjusted(ground):
    key = {"reason": "补录", "idempotencyKey": _key()}
    return {"memberId": gid(ground.owner), "amount": 5, **key}


async def _reversed(ground):
    async with building(ground.database) as group:
        posted = await post_adjustment(group.session, adjustment(ground.owner, 5), ground.writer.id)
        entry = await group.session.scalar(
            sa.select(PointsEntry.id).where(
                PointsEntry.transaction_id == posted, PointsEntry.member_id == ground.owner.id
            )
        )
    given = {"reason": "误记", "idempotencyKey": _key()}
    return {"entryId": global_id("PointsEntry", entry), **given}


async def _request(ground):
    """Asked for by an administrator who bears the role in a place of their own."""
    async with building(ground.database) as group:
        asker = await group.member(ground.branch)
        await group.grant(asker, Role.ADMIN, ground.branch)
    viewer = await ground.ask.viewer(asker)
    async with ground.database.transaction() as session:
        wanted = adjustment(ground.owner, 5)
        asked = await seconding.adjust(session, viewer, wanted, alone_up_to=1)
    return {"requestId": global_id("PointsRequest", asked.request_id)}


async def _refused_request(ground):
    return await _request(ground) | {"reason": "依据不足"}


async def _rule(ground):
    return {"action": "LIKE", "points": 1 + next(_numbers) % 9, "note": "试行"}


async def _policy(ground):
    return {"individualRanking": next(_numbers) % 2 == 0, "interactionFeedsAssessment": False}


async def _new_reward(ground):
    of = gid(ground.branch)
    return {"organizationId": of, "title": "雨伞", "price": 5, "stock": 2}


async def _reward(ground):
    async with building(ground.database) as group:
        made = Reward(
            organization_id=ground.branch.id, title="雨伞", description="", price=5, stock=9
        )
        group.session.add(made)
    return {"rewardId": gid(made)}


async def _dearer(ground):
    return await _reward(ground) | {"price": 6}


async def _wish(ground):
    return await _reward(ground) | {"idempotencyKey": _key()}


async def _redemption(ground):
    async with building(ground.database) as group:
        made = Reward(
            organization_id=ground.branch.id, title="雨伞", description="", price=1, stock=1
        )
        group.session.add(made)
    key = await redeemed(ground.ask, ground.owner, made.id)
    return {"redemptionId": global_id("Redemption", key)}


async def _called_off(ground):
    return await _redemption(ground) | {"reason": "缺货"}


async def _told(ground):
    async with building(ground.database) as group:
        made = await group.news(ground.writer)
        subject = Subject(SubjectKind.CONTENT, made.id)
        kind = NotificationKind.PUBLISHED
        await notify(group.session, kind, [ground.owner.id], subject=subject, actor_id=None)
        key = await group.session.scalar(
            sa.select(Notification.id).where(Notification.subject_id == made.id)
        )
    return {"ids": [global_id("Notification", key)]}


async def _preference(ground):
    return {"kind": "REPLY", "enabled": False}


async def _quiet(ground):
    return {"startsAt": "22:00", "endsAt": "07:00"}


async def _file(ground):
    kind = {"contentType": "image/jpeg", "purpose": "IMAGE"}
    return {"filename": "照片.jpg", "byteSize": 9, **kind}


async def _sent(ground):
    """The id of an upload whose bytes are there."""
    async with building(ground.database) as group:
        wanted = uploads.Wanted("照片.jpg", "image/jpeg", 9, UploadPurpose.IMAGE)
        place = uploads.Place(uploads.new_key())
        made = await uploads.request(group.session, ground.owner.id, wanted, to=place)
    await ground.ask.platform.media.put(made.object_key, b"nine byte")
    return {"uploadId": gid(made)}


def _upload(ground, **asset):
    return Upload(
        member_id=ground.owner.id,
        state="READY",
        filename="文件",
        content_type="image/jpeg",
        byte_size=9,
        object_key=_key(),
        expires_at=now(),
        **asset,
    )


async def _picture(ground):
    """What the owner sent, on a content for the branch alone."""
    async with building(ground.database) as group:
        image = await group.image(owner_id=ground.owner.id)
        group.session.add(_upload(ground, purpose=UploadPurpose.IMAGE, image_id=image.id))
        await group.news(ground.writer, cover=image, audience=f"org:{ground.branch.id}")
    return {"imageId": gid(image), "alt": "群众合影"}


async def _film(ground):
    async with building(ground.database) as group:
        video = await group.video(owner_id=ground.owner.id)
        group.session.add(_upload(ground, purpose=UploadPurpose.VIDEO, video_id=video.id))
        lecture = Lecture(lecturer="李老师", video_id=video.id)
        audience = f"org:{ground.branch.id}"
        await group.content(ground.writer, "一堂微党课", lecture, audience=audience)
    words = "WEBVTT\n\n00:01.000 --> 00:02.500\n同志们好\n"
    return {"videoId": gid(video), "language": "zh-CN", "label": "中文", "text": words}


async def _regulation(ground):
    text = source(f"档案管理第{next(_numbers)}号办法", "归档应当及时。")
    return {"markdown": text, "category": "制度"}


async def _credentials(ground):
    return {"username": ground.owner.username, "password": PASSWORD}


async def _token(ground):
    signed_in = await ground.ask.platform.sessions.login(ground.owner.username, PASSWORD)
    return {"refreshToken": signed_in.refresh_token}


async def _nothing(ground):
    return {}


_OF_CONTENT = Right(_news, _sees_content, _nobody_else)
_OF_REQUEST = {"may": _administers, "sees": _nobody_else}
RIGHTS = {
    # Whoever brings a password or a token is who they say; nobody has no session to end.
    "login": Right(_credentials, _anybody, needs_member=False),
    "refreshSession": Right(_token, _anybody, needs_member=False),
    "logout": Right(_nothing, _anybody, needs_member=False),
    "likeContent": _OF_CONTENT,
    "unlikeContent": _OF_CONTENT,
    "bookmarkContent": _OF_CONTENT,
    "removeBookmark": _OF_CONTENT,
    "recordView": _OF_CONTENT,
    "shareContent": _OF_CONTENT._replace(given=_shared),
    "openShare": _OF_CONTENT._replace(given=_link),
    "recordStudy": _OF_CONTENT._replace(given=_watched),
    "recordStudyBatch": _OF_CONTENT._replace(given=_kept_report),
    "adjustPoints": Right(_adjusted, _administers),
    "reversePoints": Right(_reversed, _administers, _sees_points),
    "approvePointsRequest": Right(_request, **_OF_REQUEST),
    "refusePointsRequest": Right(_refused_request, **_OF_REQUEST),
    "editPointsRule": Right(_rule, _governs),
    "setPointsPolicy": Right(_policy, _governs),
    "createReward": Right(_new_reward, _administers),
    "updateReward": Right(_dearer, _administers, _sees_reward),
    "redeemReward": Right(_wish, _own_branch, _nobody_else),
    "fulfilRedemption": Right(_redemption, _administers, _sees_points),
    "cancelRedemption": Right(
        _called_off, lambda who: _owner(who) or _administers(who), _sees_points
    ),
    "markNotificationsRead": Right(_told, _owner, _nobody_else),
    "setNotificationPreference": Right(_preference, _anybody),
    "setQuietHours": Right(_quiet, _anybody),
    "requestUpload": Right(_file, _anybody),
    "completeUpload": Right(_sent, _owner, _nobody_else),
    "describeImage": Right(_picture, _owner, _sees_content),
    "captionVideo": Right(_film, _owner, _sees_content),
    "importRegulation": Right(_regulation, _keeps_the_library),
}
