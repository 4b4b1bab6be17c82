"""What the API answers when it says no: a status, and one sentence in JSON; never a trace of the program."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import apsw
from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jointwatch.centre.submission import FullError, NotYoursError
from jointwatch.exchange import handed_in
from jointwatch.exchange.guard import Closed
from jointwatch.exchange.record import Damaged
from jointwatch.exchange.refused import Refused
from jointwatch.messages.sentence import plain

MAX_BODY_BYTES = 128 << 10
BODY_TIME_S = 10.0


UNREADABLE = (Refused, apsw.Error, OSError)
"""What reading the record raises where it is damaged or out of reach."""


class Refusal(BaseModel):
    """Why not, in a sentence."""

    detail: str


_WHY = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or not lately enough to act.",
    403: "The role does not permit it, or the request is not from a page of ours.",
    404: "There is no such thing.",
    408: "The body took too long.",
    409: "The id stands in the record already with other bytes.",
    413: "The body is too long.",
    422: "What was filled in cannot be said; nothing was kept.",
    429: "Too many wrong passwords; come again later.",
    503: "The record takes nothing at the moment; come again.",
    507: "The disk is full; nothing was kept.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI shows these refusals."""
    return {status: {"model": Refusal, "description": _WHY[status]} for status in statuses}


def of_act(error: Exception) -> HTTPException:
    """Return the answer to an act that failed in one of the ways in which acts fail; anything else is raised again."""
    if isinstance(error, NotYoursError):
        return refusal(403, str(error))
    if isinstance(error, FullError):
        return refusal(503, "the queue is full; nothing of this act was taken", retry_after_s=1)
    if isinstance(error, Closed | Damaged):
        return refusal(503, str(error), retry_after_s=1)
    if isinstance(error, Refused):
        return refusal(409 if error.rule == handed_in.RULE else 422, str(error))
    if isinstance(error, TimeoutError):
        return refusal(503, "this act was not kept in time, and may be yet; look for it before trying again")
    if isinstance(error, OSError):
        return refusal(507, f"nothing of this act was kept: {error}")
    if isinstance(error, ValueError | OverflowError):
        return refusal(422, str(error))
    raise error


def refusal(status: int, sentence: str, *, retry_after_s: float = 0.0) -> HTTPException:
    """Return a refusal with its sentence, as it is raised in an endpoint."""
    headers = {"Retry-After": str(math.ceil(retry_after_s))} if retry_after_s else None
    return HTTPException(status, plain(sentence), headers=headers)


def install(app: FastAPI) -> None:
    """Have everything that is refused answered in one sentence."""
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(StarletteHTTPException, _refused)
    for kind in UNREADABLE:
        app.add_exception_handler(kind, _unreadable)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StarletteHTTPException)
    return JSONResponse({"detail": plain(str(error.detail))}, error.status_code, headers=error.headers)


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": plain(f"the record cannot be read: {error}")}, 503)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])  # without "body", which the sender knows
    why = first["msg"].removeprefix("Value error, ")
    return JSONResponse({"detail": plain(f"{place}: {why}" if place else why)}, 422)


class Bounded:
    """ASGI middleware that reads no more of a body than the longest form has."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; 413 once its body is too long."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_TIME_S):
                body = await _body(receive)
        except TimeoutError:
            await _closing(408, f"a body must arrive within {BODY_TIME_S:g} s")(scope, receive, send)
        except _TooLongError:
            await _closing(413, f"a body has at most {MAX_BODY_BYTES} bytes; this one is longer")(scope, receive, send)
        except _GoneError:
            return
        else:
            await self.app(scope, _replayed(body, receive), send)


class _TooLongError(Exception):
    """More came than the longest form has."""


class _GoneError(Exception):
    """Whoever asked has hung up."""


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            raise _TooLongError
    return body


def _closing(status: int, sentence: str) -> JSONResponse:
    return JSONResponse({"detail": sentence}, status, headers={"connection": "close"})


def _replayed(body: bytes, receive: Receive) -> Callable[[], Any]:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
