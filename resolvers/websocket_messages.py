"""What clients say over graphql-transport-ws: messages read within bounds, and reasons to close."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from app.errors import Refusal
from resolvers.request_body import LARGEST_BODY, read_json, request_of
from schema.operations.execution import GraphQLRequest

LARGEST_PAYLOAD = 4 * 1024  # bytes of what comes with connection_init, ping and pong
_LONGEST_ID = 128
_LONGEST_REASON = 120  # bytes; a close frame holds 123 (RFC 6455 §5.5)


class CloseCode(enum.IntEnum):
    """Why we close: the protocol's codes, and those of RFC 6455 §7.4.1 where it has none."""

    POLICY = 1008
    TOO_BIG = 1009
    INTERNAL = 1011
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL = 4406
    INIT_TIMEOUT = 4408
    DUPLICATE = 4409
    TOO_MANY = 4429


class Closing(Exception):  # noqa: N818  a decision, not an error of ours
    """The connection ends, and why."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason.encode()[:_LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """Somebody introduces oneself."""

    payload: Mapping[str, Any]

    @property
    def authorization(self) -> str | None:
        """``Bearer …``, in either spelling."""
        for name in ("Authorization", "authorization"):
            value = self.payload.get(name)
            if isinstance(value, str):
                return value
        return None


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody asks whether we are there."""

    payload: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    """Somebody is there."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Somebody asks for an operation, of any kind."""

    id: str
    request: GraphQLRequest


@dataclass(frozen=True, slots=True)
class Complete:
    """Somebody has heard enough of an operation."""

    id: str


Message = ConnectionInit | Ping | Pong | Subscribe | Complete


def read_message(text: str | None) -> Message:
    """Read what a client said, ``None`` where it was bytes; what is no message is Closing."""
    if text is None:
        raise Closing(CloseCode.BAD_REQUEST, "Messages are text")
    data = text.encode()
    if len(data) > LARGEST_BODY:
        raise Closing(CloseCode.TOO_BIG, f"消息超过 {LARGEST_BODY // 1024} KiB")
    try:
        message = read_json(data, "消息")
        return _message(message if isinstance(message, dict) else {})
    except Refusal as refusal:
        raise Closing(CloseCode.BAD_REQUEST, refusal.message) from None


def _message(message: Mapping[str, Any]) -> Message:
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_payload(message) or {})
        case "ping":
            return Ping(_payload(message))
        case "pong":
            _payload(message)
            return Pong()
        case "subscribe":
            payload = message.get("payload")
            return Subscribe(_id(message), request_of(payload if isinstance(payload, dict) else {}))
        case "complete":
            return Complete(_id(message))
        case _:
            raise Closing(CloseCode.BAD_REQUEST, "Invalid message received")


def _id(message: Mapping[str, Any]) -> str:
    found = message.get("id")
    if not isinstance(found, str) or not 0 < len(found) <= _LONGEST_ID:
        raise Closing(CloseCode.BAD_REQUEST, "Invalid id")
    return found


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any] | None:
    payload = message.get("payload")
    if payload is None:
        return None
    if not isinstance(payload, dict) or len(orjson.dumps(payload)) > LARGEST_PAYLOAD:
        raise Closing(CloseCode.BAD_REQUEST, "Invalid payload")
    return payload
