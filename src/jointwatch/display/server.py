"""The watch page's server: read views of one feed over HTTP and a WebSocket, for browsers on this machine.

Every address is read only. What a centre does (sign in, propose, agree) is elsewhere; here anyone can look.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Annotated

import msgspec
from fastapi import FastAPI, Query, WebSocket
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from jointwatch.display import plain
from jointwatch.display.feed import PAGE, Feed
from jointwatch.display.guard import DOCUMENT_POLICY, LOCAL_HOSTS, LocalOnly
from jointwatch.display.listen import PortInUse, Serving, serve_in_thread
from jointwatch.display.live import MAX_READERS, live

__all__ = ["PortInUse", "Serving", "create_app", "serve_in_thread"]

STATIC = Path(__file__).parent / "static"
_JSON = "application/json"
After = Annotated[int, Query(ge=-1, description="the number of the last one you have; -1 for the first page")]
Refresh = Annotated[int, Query(ge=0, le=3600, description="seconds from one reload to the next; 0 for never")]
Limit = Annotated[int, Query(ge=1, le=PAGE, description="how many at most")]


def create_app(
    feed: Feed, *, static: Path = STATIC, hosts: Iterable[str] = LOCAL_HOSTS, sign_in: bool = False
) -> FastAPI:
    """Return the application that shows `feed`; `static` is the built page, which may be absent.

    sign_in: the page asks who is there before it asks for anything else; whoever mounts this answers.
    """
    # FastAPI's own pages of documentation fetch scripts from a public host, so they are off.
    app = FastAPI(title="Jointwatch", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(LocalOnly, hosts=tuple(hosts))
    _pages(app, feed, static, sign_in=sign_in)
    _views(app, feed)
    _files(app, feed)
    _socket(app, feed)
    if static.is_dir():
        app.mount("/static", _Built(directory=static))
    return app


def _pages(app: FastAPI, feed: Feed, static: Path, *, sign_in: bool) -> None:
    index = static / "index.html"

    @app.get("/", response_class=HTMLResponse)
    def page() -> Response:
        if not index.is_file() and sign_in:  # the plain page shows the picture, which is for those who are signed in
            return PlainTextResponse(plain.NO_SIGN_IN + "\n", 503)
        if not index.is_file():
            return _document(plain.page(feed, notice=plain.NOT_BUILT))
        html = index.read_text("utf-8")
        return HTMLResponse(_with_banner(html.replace("<body>", "<body data-sign-in>") if sign_in else html, feed))

    @app.get("/plain", response_class=HTMLResponse)
    def plain_page(perspective: str = "joint", snapshot: int | None = None, refresh: Refresh = 0) -> Response:
        return _document(plain.page(feed, perspective=perspective, snapshot=snapshot, refresh_s=refresh))


def _views(app: FastAPI, feed: Feed) -> None:
    @app.get("/api/run")
    async def run() -> Response:
        """Give what does not change during the run; null before the first run begins."""
        return Response(msgspec.json.encode(feed.run), media_type=_JSON)

    @app.get("/api/snapshots")
    def snapshots(after: After = -1, limit: Limit = PAGE) -> Response:
        found = feed.history(after, limit)
        return Response(msgspec.json.encode({"run": _name(feed), "snapshots": found}), media_type=_JSON)

    @app.get("/api/events")
    def events(after: After = -1, limit: Limit = PAGE) -> Response:
        found = feed.events(after, limit)
        return Response(msgspec.json.encode({"run": _name(feed), "events": found}), media_type=_JSON)

    @app.get("/health")
    async def health() -> Response:
        latest = feed.latest
        body = {
            "status": "ok",
            "run": _name(feed),
            "finished": feed.finished,
            "newest": None if latest is None else latest.seq,
        }
        return Response(msgspec.json.encode(body), media_type=_JSON)


def _files(app: FastAPI, feed: Feed) -> None:
    @app.get("/api/volume/{radar}.glb")
    async def volume(radar: str) -> Response:
        data = feed.volume(radar)
        if data is None:
            return PlainTextResponse(f"no coverage volume of {radar!r} in this run\n", status_code=404)
        return Response(data, media_type="model/gltf-binary")

    @app.get("/api/statement")
    async def statement() -> Response:
        if feed.statement is None:
            return PlainTextResponse("no joint statement yet: it comes at the end of the run\n", status_code=404)
        return Response(feed.statement, media_type=_JSON)

    @app.get("/report")
    async def report() -> Response:
        path = feed.report_path
        if path is None or not path.is_file():
            return PlainTextResponse("no report yet: it is written at the end of the run\n", status_code=404)
        return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": DOCUMENT_POLICY})


def _socket(app: FastAPI, feed: Feed) -> None:
    readers: set[WebSocket] = set()

    @app.websocket("/api/live")
    async def socket(reader: WebSocket) -> None:
        if len(readers) >= MAX_READERS:
            await reader.close(1013, f"{MAX_READERS} pages are open already; close one")
            return
        readers.add(reader)
        try:
            await live(reader, feed)
        finally:
            readers.discard(reader)


def _document(html: str) -> Response:
    return HTMLResponse(html, headers={"Content-Security-Policy": DOCUMENT_POLICY})


def _name(feed: Feed) -> str | None:
    return None if feed.run is None else feed.run.run


def _with_banner(html: str, feed: Feed) -> str:
    """Put banner and title into the page's own bytes, so that they stand there before any script runs."""
    return html.replace("{{banner}}", escape(plain.banner(feed.run))).replace(
        "{{title}}", escape(plain.title(feed.run))
    )


class _Built(StaticFiles):
    """The built page; names under assets/ carry a hash of what is in them, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.startswith("assets/") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
