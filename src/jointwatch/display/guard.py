"""Who may talk to the page's server: a browser on this machine, and no other site through that browser.

A page on the open web can make a browser connect to 127.0.0.1 under a name of its own (DNS rebinding), or open a
WebSocket to it. The first is refused by its Host header, the second by its Origin; the rest is told to the
browser in headers: no script, style, image or connection from anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")

# Cesium compiles WebAssembly, and starts workers from blob: addresses where it must; it sets styles on elements.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# For pages that carry their style with them and run nothing: the plain page and the report.
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": "no-store",
}


def host_name(netloc: str) -> str:
    """Return the host in a Host header or network location, without its port; empty where it is malformed.

    >>> host_name("127.0.0.1:8000"), host_name("[::1]:8000"), host_name("Localhost"), host_name("a b:x")
    ('127.0.0.1', '::1', 'localhost', '')
    """
    try:
        parts = urlsplit(f"//{netloc}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return ""
    return parts.hostname or ""


class LocalOnly:
    """ASGI middleware that answers to the given hosts only, and to pages of the same origin only."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = LOCAL_HOSTS) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it with one sentence."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        reason = self.refusal(Headers(scope=scope))
        if reason is None:
            await self.app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": reason[:120]})
        else:
            await PlainTextResponse(reason + "\n", status_code=403)(scope, receive, _with_headers(send))

    def refusal(self, headers: Headers) -> str | None:
        """Return why a request with these headers is refused, or None."""
        asked = headers.get("host", "")
        if host_name(asked) not in self.hosts:
            return f"this page is served to {', '.join(sorted(self.hosts))} only; the request asked for {asked!r}"
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != asked.lower():
            return f"this page talks to its own origin only; the request came from {origin!r}"
        return None


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sender
