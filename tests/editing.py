"""Editors' and reviewers' mutations: `await edit("publishContent", member, contentId=…)`."""

from typing import Any

from asking import Ask
from group import gid

from app.content.models import Content
from app.visibility import Role

_INPUTS = {
    "submitContent": "ContentIdInput",
    "archiveContent": "ContentIdInput",
    "cancelLiveStream": "ContentIdInput",
}
_CONTENT = """content { id kind status title publishedAt audience { scope organization { id } }
  draft { number state reason } }"""
_COLUMN = "column { id title version entries { nodes { id } } }"
WORKING = {Role.EDITOR, Role.REVIEWER, Role.ADMIN}
_WRITE, _DECIDE = {Role.EDITOR, Role.ADMIN}, {Role.REVIEWER, Role.ADMIN}
# Which roles may, read literally, and whether everybody sees what it is done to.
MUTATIONS = {
    "createNewsItem": (_WRITE, True),
    "createMicroLecture": (_WRITE, True),
    "createLiveStream": (_WRITE, True),
    "createShowcaseEntry": (_WRITE, True),
    "createShowcaseColumn": (_WRITE, True),
    "updateNewsItem": (_WRITE, False),
    "updateMicroLecture": (_WRITE, False),
    "updateLiveStream": (_WRITE, True),
    "updateShowcaseEntry": (_WRITE, True),
    "updateShowcaseColumn": (_WRITE, True),
    "submitContent": (_WRITE, False),
    "publishContent": (_DECIDE, False),
    "returnContent": (_DECIDE, False),
    "archiveContent": (_DECIDE, True),
    "recommendContent": (WORKING, True),
    "cancelLiveStream": (WORKING, True),
    "setLiveReplay": (WORKING, True),
    "pinEntry": (_WRITE, True),
    "orderEntries": (_WRITE, True),
}
NEWS = {"title": "检修完成", "summary": "三号机组并网", "body": "三号机组**并网**。"}


class Edit:
    """The payload of one mutation; a refusal is told from what was done by its `errors`."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask

    async def __call__(self, name: str, viewer: Any, /, **given: Any) -> Any:
        of_column = "Column" in name or name in {"pinEntry", "orderEntries"}
        typed = _INPUTS.get(name, f"{name[0].upper()}{name[1:]}Input")
        fields = _COLUMN if of_column else _CONTENT
        query = f"""mutation ($input: {typed}!) {{ {name}(input: $input) {{
          {fields} errors {{ code message path }} }} }}"""
        viewers = () if viewer is None else (viewer,)
        payload = (await self.ask(query, *viewers, input=given))[name]
        done = payload["column" if of_column else "content"]
        assert (done is None) == bool(payload["errors"])
        return payload["errors"] if done is None else done

    async def refused(self, name: str, viewer: Any, /, **given: Any) -> list[tuple[str, ...]]:
        """The codes and paths of the errors."""
        errors = await self(name, viewer, **given)
        assert isinstance(errors, list), f"{name} was done: {errors}"
        return [(error["code"], *error["path"]) for error in errors]

    async def news(self, viewer: Any, **more: Any) -> str:
        """The id of a news item that was begun."""
        return str((await self("createNewsItem", viewer, **NEWS | more))["id"])

    async def submitted(self, viewer: Any, **more: Any) -> str:
        """The id of a news item that waits for review."""
        made = await self.news(viewer, **more)
        assert (await self("submitContent", viewer, contentId=made))["status"] == "IN_REVIEW"
        return made

    async def shown(self, content: Content | str, *viewer: Any, fields: str = "title") -> Any:
        """What a viewer sees of a content, None where they do not."""
        key = content if isinstance(content, str) else gid(content)
        query = f"query ($id: ID!) {{ node(id: $id) {{ ... on Content {{ {fields} }} }} }}"
        return (await self.ask(query, *viewer, id=key))["node"]
