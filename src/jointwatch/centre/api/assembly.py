"""The page's port of a centre in service: the API, how it stands, what it counts, and behind the gate what is shown.

/api/v1/     the API
/health      200 {"status": "serving"}, 503 {"status": "damaged"}; to everyone
/metrics     for Prometheus, to everyone who reaches the port: counts, names of logs and of partners
/            what is handed in to be shown, to those who are signed in
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from jointwatch.centre.api import app, metrics
from jointwatch.centre.api.answers import UNREADABLE
from jointwatch.centre.api.gate import Gate
from jointwatch.centre.api.office import Office
from jointwatch.messages.sentence import plain


def assembled(office: Office, shown: ASGIApp, *, secure: bool) -> Starlette:
    """Return everything that is answered at the page's port. shown: read views, for whoever is signed in."""

    def health(request: Request) -> JSONResponse:
        known, well = office.known, _well(office)
        about = {"centre": known.centre, "run": known.run, "mode": known.mode}
        return JSONResponse({"status": "serving" if well else "damaged", **about}, 200 if well else 503)

    def counts(request: Request) -> PlainTextResponse:
        try:
            said = metrics.text(office.health(), office.tally, len(office.sessions))
        except UNREADABLE as error:
            return PlainTextResponse(plain(f"the record cannot be read: {error}") + "\n", 503)
        return PlainTextResponse(said, headers={"content-type": metrics.CONTENT_TYPE})

    return Starlette(
        routes=[
            Route("/health", health),
            Route("/metrics", counts),
            Mount("/api/v1", app.create(office, secure=secure)),
            Mount("/", Gate(shown, office.sessions, app.cookie_name(office.known.centre, secure=secure))),
        ]
    )


def _well(office: Office) -> bool:
    try:
        return not office.health()["damage"]
    except UNREADABLE:
        return False
