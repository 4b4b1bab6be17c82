"""What a centre's own clients are shown to at its door: handing in, and how things stand.

    POST /centre/v1/submit     Submission -> Receipts     200; 422 an entry does not hold; 409 its id is taken;
                                                          503 the queue is full or the log still closed, come
                                                          again; 507 the disk is full
    GET  /centre/v1/health     JSON                       200
    GET  /centre/v1/proof?log=LOG&index=N                 200 a C2SP tlog-proof; 404 no such entry

Bodies are MessagePack. A batch is taken whole or not at all, and is acknowledged when it is on the disk under a signed
checkpoint. Handing the same entries in again does no harm: they are told the places that they have.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jointwatch.centre.submission import FullError, Intake, NotYoursError
from jointwatch.exchange import handed_in, proof
from jointwatch.exchange.carrier import WIRE_VERSION
from jointwatch.exchange.frame import MAX_ENTRIES
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.https.app import MESSAGEPACK, TurnedAwayError, need, read_body, refused
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.messages import sentence

RETRY_AFTER_S = 1
COMMIT_S = 30.0  # a disk that takes longer than this to keep a batch


class Submission(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries, each signed by a key of the centre's roster, for the logs that their headers name."""

    v: int
    entries: Annotated[list[bytes], msgspec.Meta(min_length=1, max_length=MAX_ENTRIES)]


class Receipts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where each entry stands, in the order they were handed in: log and index; and the logs' newest checkpoints."""

    v: int
    places: list[tuple[str, int]]
    checkpoints: dict[str, bytes]


class CounterApp:
    """The endpoints for the centre's own clients."""

    def __init__(self, intake: Intake, health: Callable[[], dict[str, Any]]) -> None:
        self._intake, self._health = intake, health
        self.routes = Starlette(
            routes=[
                Route("/centre/v1/submit", self.submit, methods=["POST"]),
                Route("/centre/v1/health", self.health, methods=["GET"]),
                Route("/centre/v1/proof", self.proof, methods=["GET"]),
            ],
            exception_handlers={TurnedAwayError: refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a client's request on to its endpoint."""
        await self.routes(scope, receive, send)

    async def submit(self, request: Request) -> Response:
        """Keep the entries; answer when they are kept."""
        if not any(request.state.caller.may(f"submit {what}") for what in ("plots", "words", "policies", "rosters")):
            need(request, "submit words")
        batch = await read_body(request, Submission)
        try:
            promise = await asyncio.to_thread(self._intake.hand_in, request.state.caller, batch.entries)
            places = await asyncio.wait_for(asyncio.wrap_future(promise), COMMIT_S)
        except NotYoursError as refusal:
            raise TurnedAwayError(403, str(refusal)) from refusal
        except FullError:
            full = "the queue is full; nothing of this batch was taken"
            raise TurnedAwayError(503, full, retry_after_s=RETRY_AFTER_S) from None
        except (Closed, Damaged) as closed:
            raise TurnedAwayError(503, str(closed), retry_after_s=RETRY_AFTER_S) from closed
        except Refused as refusal:
            raise TurnedAwayError(409 if refusal.rule == handed_in.RULE else 422, str(refusal)) from refusal
        except TimeoutError as error:
            late = f"this batch was not kept within {COMMIT_S:g} s, and may be yet; hand the same in again"
            raise TurnedAwayError(503, late, retry_after_s=RETRY_AFTER_S) from error
        except OSError as error:
            raise TurnedAwayError(
                507, f"nothing of this batch was kept: {error}", retry_after_s=RETRY_AFTER_S
            ) from error
        return Response(msgspec.msgpack.encode(self._receipts(places)), 200, MESSAGEPACK)

    async def health(self, request: Request) -> Response:
        """How things stand."""
        need(request, "health")
        return JSONResponse(await asyncio.to_thread(self._health))

    async def proof(self, request: Request) -> Response:
        """The tlog-proof of one entry under its log's newest checkpoint; of the entry itself nothing but its hash."""
        need(request, "read proofs")
        name, index = request.query_params.get("log", ""), request.query_params.get("index", "")
        if not (index.isascii() and index.isdigit() and len(index) < 19):
            raise TurnedAwayError(400, f"index is a position, a decimal number; it is {sentence.plain(index)!r}")
        store = self._intake.store
        try:
            log = LogId.parse(name)
            if int(index) >= store.size(log):
                raise TurnedAwayError(404, f"{log} has {store.size(log)} entries; there is none at {index}")
            found = await asyncio.to_thread(proof.prove, store, log, int(index))
        except Refused as refusal:
            raise TurnedAwayError(400, str(refusal)) from refusal
        return PlainTextResponse(found.encode())

    def _receipts(self, places: list[handed_in.Place]) -> Receipts:
        logs = {place.log for place in places}
        notes = {str(log): self._intake.store.checkpoint(log) for log in logs}
        return Receipts(WIRE_VERSION, [(str(place.log), place.index) for place in places], notes)
