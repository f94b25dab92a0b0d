"""Sending files as a client does: by GraphQL for leave, by plain HTTP for the bytes."""

from typing import Any

import httpx
from starlette.applications import Starlette

from app.worker import Worker
from media.serving import media_routes

REQUEST = """mutation ($filename: String!, $contentType: String!, $byteSize: Int!,
  $purpose: UploadPurpose!) { requestUpload(input: { filename: $filename,
  contentType: $contentType, byteSize: $byteSize, purpose: $purpose }) {
  upload { id state progress filename url method headers { name value }
    formFields { name value } expiresAt asset { id } rejection }
  errors { code message path } } }"""
COMPLETE = """mutation ($id: ID!) { completeUpload(input: { uploadId: $id }) {
  upload { id state rejection } errors { code message path } } }"""
UPLOAD = """query ($id: ID!) { node(id: $id) { ... on Upload {
  state progress filename rejection asset { __typename id } } } }"""


class Sending:
    """One member's uploads: ``await sending.all(data)`` goes the whole way."""

    def __init__(self, ask: Any, member: Any) -> None:
        self.ask = ask
        self.member = member

    async def request(
        self,
        size: int,
        *,
        filename: str = "照片.jpg",
        content_type: str = "image/jpeg",
        purpose: str = "IMAGE",
    ) -> Any:
        data = await self.ask(
            REQUEST,
            self.member,
            filename=filename,
            contentType=content_type,
            byteSize=size,
            purpose=purpose,
        )
        return data["requestUpload"]

    async def send(self, upload: Any, data: bytes) -> int:
        """Send the bytes as the upload says; answers the status."""
        app = Starlette(routes=media_routes())
        app.state.platform = self.ask.platform
        local = upload["url"].startswith("/")
        transport = httpx.ASGITransport(app) if local else None
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            if upload["method"] == "PUT":
                headers = {each["name"]: each["value"] for each in upload["headers"]}
                answer = await http.put(upload["url"], content=data, headers=headers)
            else:
                fields = {each["name"]: each["value"] for each in upload["formFields"]}
                answer = await http.post(upload["url"], data=fields, files={"file": ("x", data)})
        return answer.status_code

    async def complete(self, upload: Any) -> Any:
        return (await self.ask(COMPLETE, self.member, id=upload["id"]))["completeUpload"]

    async def look(self, upload: Any) -> Any:
        return (await self.ask(UPLOAD, self.member, id=upload["id"]))["node"]

    async def all(self, data: bytes, **more: Any) -> Any:
        """Request, send, complete, let the worker work; the upload as it then is."""
        upload = (await self.request(len(data), **more))["upload"]
        assert await self.send(upload, data) == 204
        assert (await self.complete(upload))["errors"] == []
        await Worker(self.ask.platform).drain()
        return {**await self.look(upload), "id": upload["id"]}
