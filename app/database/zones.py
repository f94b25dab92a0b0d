"""The group's time zone, which every transaction knows: "today" is a matter of it."""

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

#: Where nothing else is set.
DEFAULT = ZoneInfo("Asia/Shanghai")
#: The place in a session's ``info``.
ZONE = "zone"


def zone_of(session: AsyncSession) -> ZoneInfo:
    """The time zone in which the transaction's day begins."""
    zone: ZoneInfo = session.info[ZONE]
    return zone
