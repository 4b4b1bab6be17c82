"""Who stands at a centre's door, told from the certificate alone, and to which room of the house they are shown.

Partners are shown to the exchange, clients of the centre's own to `clients`. Whoever is neither, or stands on the deny
list, is turned away before a byte of what they send is read. The list is a file, one certificate a line, as "SHA256:"
and the base64 of its SHA-256; or `NAME@2026-11-22T09:12:00Z`, every certificate of a client that was made by then. What
follows behind a blank is for people. It is read again whenever it has changed.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from time import time

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from jointwatch.exchange import roles, tls
from jointwatch.exchange.keys import fingerprint
from jointwatch.exchange.roles import Caller

MAX_DENIED = 100_000


class Guests:
    """Everyone who may come in. own_authority_pem: issues the certificates of the centre's clients."""

    def __init__(
        self,
        partner_authorities_pem: Mapping[str, str],
        *,
        own_authority_pem: str = "",
        partner_roles: Mapping[str, frozenset[str]] | None = None,
        deny_list: Path | None = None,
    ) -> None:
        self.authorities_pem = dict(partner_authorities_pem)
        self._own, self._roles = own_authority_pem, dict(partner_roles or {})
        self._deny_list, self._stamp = deny_list, (0, 0)
        self._denied: frozenset[str] = frozenset()
        self._ended: dict[str, float] = {}
        self.of = lru_cache(maxsize=4_096)(self._of)

    def trusted_pem(self) -> dict[str, str]:
        """Return every authority whose certificates may be shown at all."""
        return {**self.authorities_pem, **({"": self._own} if self._own else {})}

    def denied(self, caller: Caller) -> bool:
        """Return whether a certificate stands on the deny list as the file is now."""
        if self._deny_list is not None:
            self._refresh(self._deny_list)
        if caller.fingerprint in self._denied:
            return True
        until = -math.inf if caller.partner else self._ended.get(caller.name, -math.inf)
        return caller.issued_posix_s <= until

    def _of(self, certificate_der: bytes | None) -> Caller | None:
        """Return who the certificate speaks for; None for anyone we do not know."""
        partner = tls.peer_of(certificate_der, self.authorities_pem)
        if certificate_der is None:
            return None
        if partner is not None:
            granted = self._roles.get(partner, frozenset(roles.PARTNER))
            return Caller(partner, granted, fingerprint(certificate_der), "", tls.expires_posix_s(certificate_der))
        client = tls.client_of(certificate_der, self._own) if self._own else None
        if client is None:
            return None
        name, uris = client
        granted, sensor = roles.granted(uris)
        ends, made = tls.expires_posix_s(certificate_der), tls.issued_posix_s(certificate_der)
        return Caller(name, granted, fingerprint(certificate_der), sensor, ends, made)

    def _refresh(self, path: Path) -> None:
        try:
            about = os.stat(path)
        except FileNotFoundError:
            self._stamp, self._denied, self._ended = (0, 0), frozenset(), {}
            return
        stamp = (about.st_mtime_ns, about.st_size)
        if stamp != self._stamp:
            lines = path.read_text("utf-8-sig", "replace").splitlines()[:MAX_DENIED]
            words = [word[0] for line in lines if (word := line.split(maxsplit=1))]
            self._denied = frozenset(word for word in words if word.startswith("SHA256:"))
            self._ended = _ended(words)
            self._stamp = stamp


def _ended(words: list[str]) -> dict[str, float]:
    """Return until when the certificates of which clients were made that are turned away, POSIX seconds.

    A time that cannot be read is no time to let anyone in: all of that client's are turned away.
    """
    ended: dict[str, float] = {}
    for name, _, text in (word.partition("@") for word in words if "@" in word):
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            ended[name] = math.inf
            continue
        until = when if when.tzinfo else when.replace(tzinfo=UTC)
        ended[name] = max(ended.get(name, -math.inf), until.timestamp())
    return ended


class Door:
    """The application in front of both: the caller comes from the connection, as `state["caller"]` of the scope."""

    def __init__(self, guests: Guests, partners: ASGIApp, clients: ASGIApp | None) -> None:
        self._guests, self._partners, self._clients = guests, partners, clients

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show a caller to where it belongs; 403 for whom the house does not know."""
        caller = scope.get("state", {}).get("caller")
        if caller is None:
            await _away("no pinned authority vouches for this connection's certificate")(scope, receive, send)
        elif self._guests.denied(caller):
            await _away(f"the certificate of {caller.name} is on the deny list")(scope, receive, send)
        elif time() > caller.expires_posix_s:
            await _away(f"the certificate of {caller.name} has ended; connect with a new one")(scope, receive, send)
        elif caller.partner:
            await self._partners(scope, receive, send)
        elif caller.roles and self._clients is not None:
            await self._clients(scope, receive, send)
        else:
            await _away(f"the certificate of {caller.name} grants no role here")(scope, receive, send)


def _away(sentence: str) -> PlainTextResponse:
    return PlainTextResponse(sentence, 403, headers={"connection": "close"})
