"""The ASGI application at a centre's door: whoever has no name is turned away before anything is parsed."""

from __future__ import annotations

import asyncio
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jointwatch.exchange import carrier
from jointwatch.exchange.carrier import (
    MAX_REQUEST_BYTES,
    WIRE_VERSION,
    Cosignatures,
    Desk,
    Health,
    NotForYou,
    Pull,
)
from jointwatch.exchange.refused import Refused

BODY_TIME_S = 10.0  # a request's body must be here by then
MESSAGEPACK = {"content-type": "application/msgpack"}
T = TypeVar("T", Pull, Cosignatures)


class _TurnedAwayError(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


class ExchangeApp:
    """The three endpoints over one desk. The peer's id comes from the connection, as `state["peer"]` of the scope."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.routes = Starlette(
            routes=[
                Route("/exchange/v1/pull", self.pull, methods=["POST"]),
                Route("/exchange/v1/cosign", self.cosign, methods=["POST"]),
                Route("/exchange/v1/health", self.health, methods=["GET"]),
            ],
            exception_handlers={_TurnedAwayError: _refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a named peer's request on to its endpoint; 403 for anyone else."""
        if scope.get("state", {}).get("peer") is None:
            refusal = _TurnedAwayError(403, "no pinned authority vouches for this connection's certificate")
            await _sentence(refusal)(scope, receive, send)
        else:
            await self.routes(scope, receive, send)

    async def pull(self, request: Request) -> Response:
        """Frames after the positions given; 409 when one of them is not in our history."""
        question = await _read(request, Pull)
        try:
            answer = self.desk.pull(request.state.peer, question.positions)
        except NotForYou as refusal:
            raise _TurnedAwayError(403, str(refusal)) from refusal
        return Response(msgspec.msgpack.encode(answer), 409 if answer.conflicts else 200, MESSAGEPACK)

    async def cosign(self, request: Request) -> Response:
        """Keep the peer's cosignatures; 422 when one does not verify."""
        receipts = await _read(request, Cosignatures)
        try:
            self.desk.cosign(request.state.peer, receipts.notes)
        except NotForYou as refusal:
            raise _TurnedAwayError(403, str(refusal)) from refusal
        except ValueError as refusal:
            raise _TurnedAwayError(422, str(refusal)) from refusal
        return Response(status_code=204)

    async def health(self, request: Request) -> Response:
        """Who we are and who we think is asking."""
        health = Health(WIRE_VERSION, self.desk.centre, request.state.peer)
        return Response(msgspec.msgpack.encode(health), 200, MESSAGEPACK)


async def _read(request: Request, kind: type[T]) -> T:
    """The body, decoded strictly; never holds more than the limit and one chunk of it."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIME_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_REQUEST_BYTES:
                    raise _TurnedAwayError(413, f"a body may hold {MAX_REQUEST_BYTES} bytes; this one is longer")
    except TimeoutError as error:
        raise _TurnedAwayError(408, f"a body must arrive within {BODY_TIME_S:g} s") from error
    try:
        return carrier.parse(body, kind)
    except Refused as refusal:
        raise _TurnedAwayError(400, str(refusal)) from refusal


async def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, _TurnedAwayError)
    return _sentence(refusal)


def _sentence(refusal: _TurnedAwayError) -> Response:
    """The refusal in words; the connection closes, so that the rest of a refused body is never read."""
    return PlainTextResponse(str(refusal), refusal.status, headers={"connection": "close"})
