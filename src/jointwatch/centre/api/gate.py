"""The gate in front of the page: what is shown of a centre in service is for those who are signed in.

Open to all who reach the port: the page without its picture, what it is built of, how the centre stands in one word,
what Prometheus counts, and the API, which asks for itself.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jointwatch.centre.api.sessions import Sessions

OPEN = ("/", "/health", "/metrics")
OPEN_BELOW = ("/static/", "/api/v1/")


class Gate:
    """ASGI middleware that shows nothing to whoever has no session."""

    def __init__(self, app: ASGIApp, sessions: Sessions, cookie: str) -> None:
        self.app, self._sessions, self._cookie = app, sessions, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 401; a WebSocket ends with the session under which it was opened."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            known = _open(scope["path"]) or self._signed_in(scope)
            await (self.app if known else _AWAY)(scope, receive, send)
        elif self._signed_in(scope):
            await self.app(scope, receive, self._while_signed_in(scope, send))
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": "sign in at / first"})

    def _signed_in(self, scope: Scope) -> bool:
        token = HTTPConnection(scope).cookies.get(self._cookie)
        return token is not None and self._sessions.of(token) is not None

    def _while_signed_in(self, scope: Scope, send: Send) -> Send:
        ended = False

        async def sender(message: Message) -> None:
            nonlocal ended
            if ended:
                return
            if message["type"] == "websocket.send" and not self._signed_in(scope):
                ended = True
                message = {"type": "websocket.close", "code": 1008, "reason": "the session has ended"}
            await send(message)

        return sender


_AWAY = PlainTextResponse("sign in at / first\n", 401)


def _open(path: str) -> bool:
    return path in OPEN or (path.startswith(OPEN_BELOW) and ".." not in path)
