"""The ASGI application at a centre's door: whoever has no name is turned away before anything is parsed."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jointwatch.exchange import carrier
from jointwatch.exchange.allowance import LONGEST_WAIT_S, REQUEST_S, Allowance
from jointwatch.exchange.carrier import (
    MAX_REQUEST_BYTES,
    WIRE_VERSION,
    Answer,
    Cosignatures,
    Desk,
    Health,
    NotForYou,
    Pull,
)
from jointwatch.exchange.refused import Refused

BODY_TIME_S = 10.0  # a request's body must be here by then
MESSAGEPACK = {"content-type": "application/msgpack"}
T = TypeVar("T", bound=carrier.Body)


class TurnedAwayError(Exception):
    """A request is refused with an HTTP status and a sentence; retry_after_s: when to try again, if it may."""

    def __init__(self, status: int, sentence: str, *, retry_after_s: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.retry_after_s = status, retry_after_s


class ExchangeApp:
    """The endpoints over one desk. Who asks comes from the connection, as `state["caller"]` of the scope."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._allowances: defaultdict[str, Allowance] = defaultdict(Allowance)  # as many as there are partners
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        desk.listen(self._wake)
        self.routes = Starlette(
            routes=[
                Route("/exchange/v1/pull", self.pull, methods=["POST"]),
                Route("/exchange/v1/give-back", self.give_back, methods=["POST"]),
                Route("/exchange/v1/cosign", self.cosign, methods=["POST"]),
                Route("/exchange/v1/health", self.health, methods=["GET"]),
            ],
            exception_handlers={TurnedAwayError: refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a partner's request on to its endpoint; 429, after a while, where it has taken more than its share."""
        caller = scope["state"]["caller"].name
        wait_s = self._allowances[caller].wait_s()
        if wait_s:
            await _sentence(await over_its_share(caller, wait_s))(scope, receive, send)
        else:
            self._allowances[caller].spend(REQUEST_S)
            await self.routes(scope, receive, send)

    async def pull(self, request: Request) -> Response:
        """Frames after the positions given, waited for where there are none; 409 for a position not in our history."""
        return await self._frames(request, self._waited_for)

    async def give_back(self, request: Request) -> Response:
        """Frames of the peer's own logs after the positions given; 409 when one of them is not in our replica."""
        return await self._frames(request, self._given_back)

    async def _frames(self, request: Request, ask: Callable[[str, Pull], Awaitable[Answer]]) -> Response:
        need(request, "pull")
        question = await read_body(request, Pull)
        try:
            answer = await ask(request.state.caller.name, question)
        except NotForYou as refusal:
            raise TurnedAwayError(403, str(refusal)) from refusal
        with self._spent_by(request.state.caller.name):
            return Response(msgspec.msgpack.encode(answer), 409 if answer.conflicts else 200, MESSAGEPACK)

    async def _given_back(self, peer: str, question: Pull) -> Answer:
        with self._spent_by(peer):
            return self.desk.give_back(peer, question.positions)

    async def _waited_for(self, peer: str, question: Pull) -> Answer:
        """Return the first answer that brings something, or the last one before the time is over.

        The desk is asked at once and whenever something was said, and not while all is quiet.
        """
        loop, moved = asyncio.get_running_loop(), asyncio.Event()
        end, waiter = loop.time() + question.wait_ms / 1e3, (loop, moved)
        self._waiting.add(waiter)
        try:
            while True:
                moved.clear()
                with self._spent_by(peer):
                    answer = carrier.answered(self.desk, peer, question)
                if answer.frames or answer.conflicts or loop.time() >= end:
                    return answer
                try:
                    await asyncio.wait_for(moved.wait(), end - loop.time())
                except TimeoutError:
                    return answer
        finally:
            self._waiting.discard(waiter)

    @contextlib.contextmanager
    def _spent_by(self, caller: str) -> Iterator[None]:
        """Count the work inside, in this thread, towards a caller's share."""
        start = time.thread_time()
        try:
            yield
        finally:
            self._allowances[caller].spend(time.thread_time() - start)

    def _wake(self) -> None:
        """Have every pull that waits look again; in the writer's thread."""
        for loop, moved in tuple(self._waiting):
            if not moved.is_set():
                with contextlib.suppress(RuntimeError):  # the door was closed meanwhile
                    loop.call_soon_threadsafe(moved.set)

    async def cosign(self, request: Request) -> Response:
        """Keep the peer's cosignatures; 422 when one does not verify."""
        need(request, "cosign")
        receipts = await read_body(request, Cosignatures)
        try:
            with self._spent_by(request.state.caller.name):
                self.desk.cosign(request.state.caller.name, receipts.notes)
        except NotForYou as refusal:
            raise TurnedAwayError(403, str(refusal)) from refusal
        except ValueError as refusal:
            raise TurnedAwayError(422, str(refusal)) from refusal
        return Response(status_code=204)

    async def health(self, request: Request) -> Response:
        """Who we are and who we think is asking."""
        need(request, "partner health")
        health = Health(WIRE_VERSION, self.desk.centre, request.state.caller.name)
        return Response(msgspec.msgpack.encode(health), 200, MESSAGEPACK)


def need(request: Request, action: str) -> None:
    """Turn away, before its body is read, a caller whose roles do not permit this."""
    caller = request.state.caller
    if not caller.may(action):
        raise TurnedAwayError(403, f"{caller.name} may not {action} here: {', '.join(sorted(caller.roles))}")


async def over_its_share(caller: str, wait_s: float) -> TurnedAwayError:
    """Return, after a while, the refusal of a caller that must leave the door to others for so many seconds."""
    await asyncio.sleep(min(wait_s, LONGEST_WAIT_S))
    sentence = f"{caller} has had its share of this door's time; the next {wait_s:.1f} s are for others"
    return TurnedAwayError(429, sentence, retry_after_s=math.ceil(wait_s))


async def read_body(request: Request, kind: type[T]) -> T:
    """The body, decoded strictly; never holds more than the limit and one chunk of it."""
    body = await read_bytes(request)
    try:
        return carrier.parse(body, kind)
    except Refused as refusal:
        raise TurnedAwayError(400, str(refusal)) from refusal


async def read_bytes(request: Request) -> bytes:
    """The body as it came, of no more than the limit."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIME_S):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_REQUEST_BYTES:
                    raise TurnedAwayError(413, f"a body may hold {MAX_REQUEST_BYTES} bytes; this one is longer")
    except TimeoutError as error:
        raise TurnedAwayError(408, f"a body must arrive within {BODY_TIME_S:g} s") from error
    except ClientDisconnect:  # every cut line is one; nobody is there to hear the answer
        raise TurnedAwayError(400, "the line ended before the body did") from None
    return bytes(body)


async def refused(request: Request, refusal: Exception) -> Response:
    """Return the answer to a request that was turned away."""
    assert isinstance(refusal, TurnedAwayError)
    return _sentence(refusal)


def _sentence(refusal: TurnedAwayError) -> Response:
    """The refusal in words; the connection closes, so that the rest of a refused body is never read."""
    headers = {"retry-after": str(refusal.retry_after_s)} if refusal.retry_after_s else {}
    return PlainTextResponse(str(refusal), refusal.status, headers={"connection": "close", **headers})
