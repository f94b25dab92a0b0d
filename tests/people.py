"""People over real HTTP and WebSocket: the platform served on loopback, and who signs in to it."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import httpx
import uvicorn
from uploading import COMPLETE, REQUEST, UPLOAD
from websockets.asyncio.client import connect

from app.demo.seeding import PASSWORD

LOGIN = """mutation ($name: String!, $password: String!) { login(input: {username: $name,
  password: $password}) { accessToken viewer { id organization { id parent { id
  name } } } } }"""


class Person:
    """Somebody signed in: a client over HTTP, and sockets."""

    def __init__(self, address):
        self.address = address
        self.http = httpx.AsyncClient(base_url=f"http://{address}", timeout=30)

    async def sign_in(self, name, password=PASSWORD):
        login = (await self.ask(LOGIN, name=name, password=password))["login"]
        self.http.headers["Authorization"] = f"Bearer {login['accessToken']}"
        self.viewer = login["viewer"]
        return self

    async def ask(self, query, **variables):
        body = {"query": query, "variables": variables}
        answer = (await self.http.post("/graphql", json=body)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, query, **variables):
        """The only payload of a mutation, which nothing was refused in."""
        [payload] = (await self.ask(query, **variables)).values()
        assert payload["errors"] == [], payload["errors"]
        return payload

    async def refused(self, query, **variables):
        [payload] = (await self.ask(query, **variables)).values()
        return [error["code"] for error in payload["errors"]]

    async def upload(self, data, **wanted):
        upload = (await self.do(REQUEST, byteSize=len(data), **wanted))["upload"]
        if upload["method"] == "PUT":
            headers = _named(upload["headers"])
            sent = await self.http.put(upload["url"], content=data, headers=headers)
        else:
            fields, files = _named(upload["formFields"]), {"file": ("x", data)}
            async with httpx.AsyncClient() as there:
                sent = await there.post(upload["url"], data=fields, files=files)
        assert sent.is_success, sent.text
        await self.do(COMPLETE, id=upload["id"])
        return upload["id"]

    @asynccontextmanager
    async def listening(self, query, **variables):
        """``await hear()`` is the data of the next event."""
        async with connect(
            f"ws://{self.address}/graphql", subprotocols=["graphql-transport-ws"]
        ) as connection:
            token = {"Authorization": self.http.headers["Authorization"]}
            await connection.send(json.dumps({"type": "connection_init", "payload": token}))
            assert json.loads(await connection.recv()) == {"type": "connection_ack"}
            payload = {"query": query, "variables": variables}
            await connection.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))

            async def hear():
                async with asyncio.timeout(20):
                    message = json.loads(await connection.recv())
                assert message["type"] == "next", message
                [event] = message["payload"]["data"].values()
                return event

            yield hear


def _named(pairs):
    return {each["name"]: each["value"] for each in pairs}


@asynccontextmanager
async def served(app):
    config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await task


async def until(look):
    """Wait for what the worker does; answers the first thing that ``look`` finds."""
    async with asyncio.timeout(60):
        while not (found := await look()):
            await asyncio.sleep(0.05)
    return found


async def made_ready(editor, upload_id):
    async def look():
        upload = (await editor.ask(UPLOAD, id=upload_id))["node"]
        assert upload["state"] != "REJECTED", upload["rejection"]
        return upload["asset"]

    return (await until(look))["id"]
