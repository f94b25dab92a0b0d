"""Moderators in tests: what they read of cases, and the deeds that open one."""

from group import gid

QUEUE = """query ($first: Int, $after: String, $organization: ID) {
  moderationQueue(first: $first, after: $after, organizationId: $organization) {
    nodes { id state text heldWords reportCount viewerCanDecide statement
      subject { id } author { id } organization { id } claimedBy { id } claimedUntil
      appealOf { id reason decidedBy { id } }
      reports { nodes { reason note quote reporter { id } } } }
    pageInfo { hasNextPage endCursor } } }"""
READ = """query ($id: ID!) { node(id: $id) { ... on Comment { body isHeld isRemoved } } }"""
CASE = """query ($id: ID!) { node(id: $id) { ... on ModerationCase {
  state decision decidedAt reason viewerCanDecide claimedBy { id } } } }"""


async def queue(do, viewer, **variables):
    return (await do.ask(QUEUE, viewer, **variables))["moderationQueue"]["nodes"]


async def report(do, viewer, comment, reason="ABUSE", note=""):
    given = {"commentId": gid(comment), "reason": reason, "note": note}
    return await do("reportComment", viewer, **given)


async def removed(do, scene, by):
    await do("removeComment", by, commentId=gid(scene.comment), reason="辱骂同事")


async def appeal(do, scene, statement="是引用原文"):
    given = {"commentId": gid(scene.comment), "statement": statement}
    return await do("appealRemoval", scene.author, **given)
