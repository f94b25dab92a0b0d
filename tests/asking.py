"""Asking the graph in tests: an operation, who asks, and its variables."""

from typing import Any

import orjson
from group import viewer_of

from app.database import Database
from app.members.models import Member
from app.visibility import NOBODY, Viewer
from resolvers.root import graph
from schema.context import Context, Platform
from schema.operations.documents import Documents
from schema.operations.execution import GraphQLRequest, execute
from schema.operations.limits import Limits

_documents = Documents(graph, Limits())


class Ask:
    """``await ask(query, member, first=2)`` is the data of an answer without errors.

    ``documents`` may keep pages; without them each answer is made for the one who asks.
    """

    def __init__(self, platform: Platform, documents: Documents = _documents) -> None:
        self.platform = platform
        self.documents = documents

    @property
    def database(self) -> Database:
        return self.platform.database

    async def __call__(
        self, query: str, viewer: Viewer | Member = NOBODY, /, **variables: Any
    ) -> Any:
        answer = await self.answer(query, viewer, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def refusal(
        self, query: str, viewer: Viewer | Member = NOBODY, /, **variables: Any
    ) -> Any:
        """The ``extensions`` of the only error."""
        answer = await self.answer(query, viewer, **variables)
        [error] = answer["errors"]
        return error["extensions"]

    async def answer(
        self, query: str, viewer: Viewer | Member = NOBODY, /, **variables: Any
    ) -> dict[str, Any]:
        if isinstance(viewer, Member):
            viewer = await self.viewer(viewer)
        request = GraphQLRequest(query, variables=variables)
        answer = await execute(self.documents, request, Context(self.platform, viewer))
        if isinstance(answer.get("data"), orjson.Fragment):
            answer["data"] = orjson.loads(orjson.dumps(answer["data"]))
        return answer

    async def viewer(self, member: Member) -> Viewer:
        return await viewer_of(self.database, member)

    async def statements(
        self, query: str, viewer: Viewer = NOBODY, /, **variables: Any
    ) -> tuple[int, Any]:
        """How many statements the operation takes, and its data."""
        before = self.database.statements
        data = await self(query, viewer, **variables)
        return self.database.statements - before, data
