"""What a centre's own clients are shown to at its door: handing in, and how things stand.

    POST /centre/v1/submit     Submission -> Receipts     200; 422 an entry does not hold; 409 its id is taken;
                                                          503 the queue is full or the log still closed, come
                                                          again; 507 the disk is full
    POST /centre/v1/plots      JSON, TDM or CSV -> JSON   the same; for a sensor that cannot sign what it measures;
                                                          429 it has had its share of the door's time
    GET  /centre/v1/health     JSON                       200
    GET  /centre/v1/accord     JSON                       200 the accord, who is known here, what was asked
    GET  /centre/v1/entry?log=LOG&index=N                 200 JSON: its leaf hash, and what it says; 404
    GET  /centre/v1/notices    Notices (notification.board) 200 what was told of launches
    GET  /centre/v1/disclosure?log=LOG&index=N            200 MessagePack: what stands behind a released entry; 404
    GET  /centre/v1/proof?log=LOG&index=N                 200 a C2SP tlog-proof; 404 no such entry

Bodies are MessagePack, those of plots what radars write. A batch is taken whole or not at all, and is acknowledged when
it is on the disk under a signed checkpoint. Handing the same in again does no harm: it is told the places that it has.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from jointwatch.centre.disclosure import behind
from jointwatch.centre.intake.posted import Reception, answer
from jointwatch.centre.notification.board import Notices
from jointwatch.centre.submission import FullError, Intake, NotYoursError
from jointwatch.exchange import dsse, handed_in, merkle, proof
from jointwatch.exchange.carrier import WIRE_VERSION
from jointwatch.exchange.frame import MAX_ENTRIES
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.https.app import (
    MESSAGEPACK,
    TurnedAwayError,
    need,
    over_its_share,
    read_body,
    read_bytes,
    refused,
)
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roles import Caller
from jointwatch.formats.refusal import Refusal
from jointwatch.messages import sentence
from jointwatch.messages.encoding import hear, to_json
from jointwatch.messages.not_understood import NotUnderstood
from jointwatch.messages.reference import EntryReference

RETRY_AFTER_S = 1
AGENT = "`jointwatch centre sensor`"
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

    def __init__(
        self,
        intake: Intake,
        health: Callable[[], dict[str, Any]],
        accord: Callable[[], object],
        reception: Reception,
        notices: Callable[[], Notices],
    ) -> None:
        self._intake, self._health, self._accord, self._reception = intake, health, accord, reception
        self._notices = notices
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)  # as many as there are sensors
        self.routes = Starlette(
            routes=[
                Route("/centre/v1/submit", self.submit, methods=["POST"]),
                Route("/centre/v1/plots", self.plots, methods=["POST"]),
                Route("/centre/v1/health", self.health, methods=["GET"]),
                Route("/centre/v1/accord", self.accord, methods=["GET"]),
                Route("/centre/v1/entry", self.entry, methods=["GET"]),
                Route("/centre/v1/notices", self.notices, methods=["GET"]),
                Route("/centre/v1/disclosure", self.disclosure, methods=["GET"]),
                Route("/centre/v1/proof", self.proof, methods=["GET"]),
            ],
            exception_handlers={TurnedAwayError: refused},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a client's request on to its endpoint."""
        await self.routes(scope, receive, send)

    async def submit(self, request: Request) -> Response:
        """Keep the entries; answer when they are kept."""
        if not any(
            request.state.caller.may(f"submit {what}") for what in ("plots", "words", "acts", "policies", "rosters")
        ):
            need(request, "submit words")
        batch = await read_body(request, Submission)
        with self._noted(request.state.caller):
            promise = await asyncio.to_thread(self._intake.hand_in, request.state.caller, batch.entries)
            places = await asyncio.wait_for(asyncio.wrap_future(promise), COMMIT_S)
        self._reception.standing.kept(request.state.caller.sensor, len(places))
        return Response(msgspec.msgpack.encode(self._receipts(places)), 200, MESSAGEPACK)

    async def plots(self, request: Request) -> Response:
        """Keep what a sensor measured, signed for it; answer when it is kept."""
        caller = request.state.caller
        if caller.may("submit plots") and not caller.may("post plots"):
            raise TurnedAwayError(403, f"{caller.name} signs what it measures; hand it in with {AGENT}")
        need(request, "post plots")
        await self._its_share(caller.name)
        body = await read_bytes(request)
        with self._noted(caller):
            async with self._turns[caller.name]:
                await self._its_share(caller.name)  # of many that came at once, each pays before the next is read
                posted = await asyncio.to_thread(self._reception.take, caller, body)
            places = await asyncio.wait_for(asyncio.wrap_future(posted.places), COMMIT_S)
        self._reception.standing.kept(caller.sensor, len(places))
        kept = msgspec.json.encode(answer(caller.sensor, posted.told, places)) + b"\n"
        return Response(kept, 200, media_type="application/json")

    async def _its_share(self, sensor: str) -> None:
        """Turn a sensor away that has had its share of the door's time."""
        wait_s = self._reception.wait_s(sensor)
        if wait_s:
            raise await over_its_share(sensor, wait_s)

    async def health(self, request: Request) -> Response:
        """How things stand."""
        need(request, "health")
        return JSONResponse(await asyncio.to_thread(self._health))

    async def accord(self, request: Request) -> Response:
        """How the accord stands, and what was asked and answered."""
        need(request, "read notices")
        found = await asyncio.to_thread(self._accord)
        return Response(msgspec.json.encode(found), 200, media_type="application/json")

    async def entry(self, request: Request) -> Response:
        """One entry as a reference to it, and the message in it."""
        need(request, "submit words")
        log, index = self._asked(request)
        entry = await asyncio.to_thread(self._intake.store.entry, log, index)
        message = hear(dsse.parse(entry).payload)
        shown = None if isinstance(message, NotUnderstood) else msgspec.Raw(to_json(message))
        reference = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(entry))
        found = {"reference": reference, "message": shown}
        return Response(msgspec.json.encode(found), 200, media_type="application/json")

    async def notices(self, request: Request) -> Response:
        """What was told of launches, as entries of the logs of notices."""
        need(request, "read notices")
        return Response(msgspec.msgpack.encode(await asyncio.to_thread(self._notices)), 200, MESSAGEPACK)

    async def disclosure(self, request: Request) -> Response:
        """What stands behind a released entry, for whoever decides that it may be shown."""
        need(request, "submit words")
        log, index = self._asked(request)
        store = self._intake.store
        released = EntryReference(log=str(log), index=index, leaf_hash=merkle.leaf_hash(store.entry(log, index)))
        try:
            found = await asyncio.to_thread(behind, store, released)
        except Refused as refusal:
            raise TurnedAwayError(404, refusal.sentence) from refusal
        return Response(msgspec.msgpack.encode(found), 200, MESSAGEPACK)

    async def proof(self, request: Request) -> Response:
        """The tlog-proof of one entry under its log's newest checkpoint; of the entry itself nothing but its hash."""
        need(request, "read proofs")
        log, index = self._asked(request)
        try:
            found = await asyncio.to_thread(proof.prove, self._intake.store, log, index)
        except Refused as refusal:
            raise TurnedAwayError(400, str(refusal)) from refusal
        return PlainTextResponse(found.encode())

    def _asked(self, request: Request) -> tuple[LogId, int]:
        """Return which entry is asked for, one that is there."""
        name, index = request.query_params.get("log", ""), request.query_params.get("index", "")
        if not (index.isascii() and index.isdigit() and len(index) < 19):
            raise TurnedAwayError(400, f"index is a position, a decimal number; it is {sentence.plain(index)!r}")
        try:
            log = LogId.parse(name)
        except Refused as refusal:
            raise TurnedAwayError(400, str(refusal)) from refusal
        size = self._intake.store.size(log)
        if int(index) >= size or self._intake.store.archived(log):
            raise TurnedAwayError(404, f"{log} has {size} entries here; there is none at {index}")
        return log, int(index)

    @contextmanager
    def _noted(self, caller: Caller) -> Iterator[None]:
        """Turn what speaks against a batch into its answer; of a sensor it is noted, but where it may come again."""
        try:
            with _explained():
                yield
        except TurnedAwayError as refusal:
            if not refusal.retry_after_s:
                self._reception.standing.refused(caller.sensor, str(refusal))
            raise

    def _receipts(self, places: list[handed_in.Place]) -> Receipts:
        logs = {place.log for place in places}
        notes = {str(log): self._intake.store.checkpoint(log) for log in logs}
        return Receipts(WIRE_VERSION, [(str(place.log), place.index) for place in places], notes)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what speaks against a batch into the answer that its sender is given."""
    try:
        yield
    except NotYoursError as refusal:
        raise TurnedAwayError(403, str(refusal)) from refusal
    except Refusal as refusal:
        raise TurnedAwayError(422, str(refusal)) from refusal
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
        raise TurnedAwayError(507, f"nothing of this batch was kept: {error}", retry_after_s=RETRY_AFTER_S) from error
