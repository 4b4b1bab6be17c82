"""The API for a centre's people: sign in, act, read. Its OpenAPI, at openapi.json, is what the page and programs go by.

    POST   session          name, password -> who is signed in, and which acts are theirs; a cookie carries the session
    GET    session          the same
    DELETE session          sign out
    POST   acts/NAME        one for each row of the table of acts; 201 with where its entries stand
    GET    entries, entry   what the record says
    GET    approvals        what waits for two officers
    GET    status           how the centre stands

What changes anything wants the session's guard in the header X-Jointwatch-Guard, which no other site can know. An act
is answered when it is on the disk under a signed checkpoint.
"""

# Annotations here are values that FastAPI reads; they name what is made in the functions around them.
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request, Response, Security
from fastapi.security import APIKeyCookie, APIKeyHeader

from jointwatch.centre import approval
from jointwatch.centre.api import answers, approvals, reading, signing
from jointwatch.centre.api.acts import Row
from jointwatch.centre.api.answers import documented, refusal
from jointwatch.centre.api.forms import Pointed, TreeName, Word
from jointwatch.centre.api.office import Office, performed
from jointwatch.centre.api.sessions import WATCH_S, Session
from jointwatch.centre.api.shown import KeptShown, SessionShown, SignIn, WantedShown, session_shown
from jointwatch.centre.api.table import ACTS
from jointwatch.exchange.record import Damaged

GUARD = "X-Jointwatch-Guard"


def cookie_name(centre: str, *, secure: bool) -> str:
    """Return the cookie's name, the centre's own, as browsers do not tell ports of a machine apart.

    By HTTPS it is one that browsers take from this host alone, and send nowhere else.
    """
    return f"__Host-jointwatch-{centre}" if secure else f"jointwatch-{centre}"


def create(office: Office, *, secure: bool) -> FastAPI:
    """Return the API of a centre's office for people. secure: whether browsers reach it by HTTPS."""
    app = FastAPI(
        title=f"Jointwatch: {office.known.centre}, acts and record",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    app.add_middleware(answers.Bounded)
    answers.install(app)
    signed_in = _signed_in(office, cookie_name(office.known.centre, secure=secure))
    guarded = _guarded(signed_in)
    _coming(app, office, signed_in, secure=secure)
    _going(app, office, guarded, secure=secure)
    for row in ACTS:
        _act(app, office, row, guarded)
    _reading(app, office, signed_in)
    return app


Signed = Callable[..., Session]
"""What FastAPI calls to learn who a request is of."""


def _signed_in(office: Office, cookie: str) -> Signed:
    def signed_in(token: Annotated[str | None, Security(APIKeyCookie(name=cookie, auto_error=False))]) -> Session:
        session = office.sessions.of(token) if token else None
        if session is None:
            raise refusal(401, "nobody is signed in here, or the session has ended; sign in")
        return session

    return signed_in


def _guarded(signed_in: Signed) -> Signed:
    def guarded(
        session: Annotated[Session, Depends(signed_in)],
        guard: Annotated[str | None, Security(APIKeyHeader(name=GUARD, auto_error=False))],
    ) -> Session:
        if guard is None or not session.guarded_by(guard):
            raise refusal(403, f"an act carries the guard of its session in the header {GUARD}; this one does not")
        return session

    return guarded


def _permitted(office: Office, row: Row, guarded: Signed) -> Signed:
    def permitted(session: Annotated[Session, Depends(guarded)]) -> Session:
        if session.person.role not in row.roles:
            office.tally.count("jointwatch_acts_total", act=row.name, role=session.person.role, outcome="not permitted")
            raise refusal(403, f"{session.person.role} may not {row.name}; {' and '.join(row.roles)} may")
        if not office.sessions.may_act(session):
            raise refusal(401, "you have not acted for half an hour; sign in again to act")
        return session

    return permitted


def _coming(app: FastAPI, office: Office, signed_in: Signed, *, secure: bool) -> None:
    cookie = cookie_name(office.known.centre, secure=secure)

    @app.post("/session", responses=documented(400, 401, 403, 408, 413, 422, 429))
    def sign_in(form: SignIn, request: Request, response: Response) -> SessionShown:
        """Sign in with name and password; the cookie that comes back carries the session, for a watch of 12 hours."""
        address = request.client.host if request.client else ""
        person, key = signing.checked(office, form.name, form.password, address)
        office.sessions.end(request.cookies.get(cookie, ""))
        token, session = office.sessions.begin(person, key)
        response.set_cookie(cookie, token, max_age=int(WATCH_S), secure=secure, httponly=True, samesite="strict")
        signing.noted(office, person, "sign-in")
        return session_shown(office, session)

    @app.get("/session", responses=documented(401))
    def session(session: Annotated[Session, Depends(signed_in)]) -> SessionShown:
        """Say who is signed in."""
        return session_shown(office, session)


def _going(app: FastAPI, office: Office, guarded: Signed, *, secure: bool) -> None:
    cookie = cookie_name(office.known.centre, secure=secure)

    @app.delete("/session", status_code=204, responses=documented(401, 403))
    def sign_out(session: Annotated[Session, Depends(guarded)], request: Request, response: Response) -> None:
        """Sign out."""
        office.sessions.end(request.cookies.get(cookie, ""))
        response.delete_cookie(cookie, path="/", secure=secure, httponly=True, samesite="strict")
        signing.noted(office, session.person, "sign-out")


def _act(app: FastAPI, office: Office, row: Row, guarded: Signed) -> None:
    """Add the endpoint of one act."""

    def perform(form: Any, session: Session) -> list[KeptShown]:
        person, begun_s = session.person, time.monotonic()
        about = {"act": row.name, "role": person.role}
        try:
            kept = performed(office, session, row, form)
        except Exception as error:
            office.tally.count("jointwatch_acts_total", **about, outcome="refused")
            raise answers.of_act(error) from error
        office.sessions.acted(session)
        office.tally.count("jointwatch_acts_total", **about, outcome="kept")
        told = f"{person.name}, {person.role}: {row.name}: {', '.join(f'{one.kind} {one.id}' for one in kept)}"
        took_s = round(time.monotonic() - begun_s, 4)
        office.journal("act", told, person=person.name, **about, took_s=took_s)
        return [KeptShown(**asdict(one)) for one in kept]

    who = Annotated[Session, Depends(_permitted(office, row, guarded))]
    perform.__annotations__ |= {"form": row.form, "session": who}
    refused = documented(400, 401, 403, 408, 409, 413, 422, 503, 507)
    route = app.post(f"/acts/{row.name}", status_code=201, responses=refused, name=row.name, summary=row.title)
    perform.__doc__ = row.summary
    route(perform)


def _reading(app: FastAPI, office: Office, signed_in: Signed) -> None:
    anyone = [Depends(signed_in)]

    @app.get("/entries", dependencies=anyone, responses=documented(401, 422, 503))
    def entries(
        log: TreeName | None = None,
        kind: Word | None = None,
        limit: Annotated[int, Query(ge=1, le=reading.MOST)] = reading.MOST,
    ) -> list[reading.Shown]:
        """Return the newest entries of the record, newest first: own and partners'."""
        return reading.entries(office, log=log, kind=kind, limit=limit)

    @app.get("/entry", dependencies=anyone, responses=documented(401, 404, 422, 503))
    def entry(log: TreeName, index: Annotated[int, Query(ge=0, le=2**53 - 1)]) -> reading.Whole:
        """Return one entry with all that is in it."""
        try:
            return reading.whole(office, Pointed(log=log, index=index))
        except Damaged:
            raise
        except ValueError as error:
            raise refusal(404, str(error)) from error

    @app.get("/approvals", dependencies=anyone, responses=documented(401, 503))
    def wanted() -> list[WantedShown]:
        """Return what waits for two watch officers, and who has approved it within the last hour."""
        own, now = office.keys_of(office.known.centre), office.says().now_tai_ns
        return [
            WantedShown(
                subject=subject,
                about=about,
                by=sorted(approval.officers(office.store, own, bytes.fromhex(subject), now_tai_ns=now)),
            )
            for subject, about in approvals.wanted(office.known).items()
        ]

    @app.get("/status", dependencies=anyone, responses=documented(401, 503))
    def status() -> dict[str, Any]:
        """Return how the centre stands."""
        return office.health()
