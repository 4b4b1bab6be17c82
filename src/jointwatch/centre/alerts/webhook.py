"""Alerts over HTTPS, as Standard Webhooks [standardwebhooks.com, 1.0.0] with a CAP message as their body.

    webhook-id         the same for each try: whoever has seen it has the message already
    webhook-timestamp  of this try, seconds since 1970
    webhook-signature  v1a, and Ed25519 over "id.timestamp.body" in base64

The key signs nothing else. Its public half goes to the receivers, `whpk_` and base64.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from jointwatch import __version__
from jointwatch.centre.alerts.street import NotReached, Street
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.formats.cap_xml import MEDIA_TYPE
from jointwatch.messages.sentence import plain

REFUSALS = frozenset({400, 410, 413, 415, 422})
"""Answers to this very message, which would be the same the next time."""
LONGEST_PAUSE_S = 600.0


@dataclass(frozen=True)
class Answer:
    """What a receiver said. final: the same message would get the same; pause_s: how long it wants to be left alone."""

    taken: bool
    final: bool
    text: str
    pause_s: float = 0.0


def message_id(sender: str, identifier: str) -> str:
    """Return what all tries of one message have in common; without a full stop, as the standard wants it.

    >>> message_id("moscow", "watch:moscow/moscow/record/2026-11:61")
    'alert_5bf5462872cd1ea2a2d4ce88a7a72674'
    """
    return "alert_" + hashlib.sha256(f"{sender},{identifier}".encode()).hexdigest()[:32]


def public_text(key: PublicKey) -> str:
    """Return a public key as receivers are given it."""
    return "whpk_" + base64.b64encode(key.data).decode()


def headers(key: SigningKey, id: str, body: bytes, *, posix_s: int) -> dict[str, str]:
    """Return the headers of one try, signed."""
    signed = key.sign(f"{id}.{posix_s}.".encode() + body)
    return {
        "content-type": MEDIA_TYPE,
        "user-agent": f"jointwatch/{__version__}",
        "idempotency-key": f'"{id}"',
        "webhook-id": id,
        "webhook-timestamp": str(posix_s),
        "webhook-signature": "v1a," + base64.b64encode(signed).decode(),
    }


def post(street: Street, body: bytes, fields: Mapping[str, str]) -> Answer:
    """Return what the receiver answers to one POST; raise NotReached where it does not."""
    with street.open() as socket:
        line = http.client.HTTPConnection(street.host, street.port)
        line.sock = socket
        try:
            line.request("POST", street.path, body, dict(fields) | {"host": _host(street), "connection": "close"})
            answer = line.getresponse()
            return _read(answer.status, answer.reason, answer.getheader("retry-after"))
        except (http.client.HTTPException, ValueError) as error:
            raise NotReached(f"{street.host} port {street.port}: no HTTP: {plain(str(error) or repr(error))}") from None


def _read(status: int, reason: str, retry_after: str | None) -> Answer:
    text = plain(f"{status} {reason}".strip())[:200]
    if 300 <= status < 400:
        text = f"{text[:150]}: redirections are not followed"
    return Answer(200 <= status < 300, status in REFUSALS, text, _pause_s(retry_after))


def _pause_s(retry_after: str | None) -> float:
    """Return the seconds that Retry-After asks for, as a number or a date [RFC 9110, 10.2.3]; 0 for anything else."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_PAUSE_S)
    try:
        return min(max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0), LONGEST_PAUSE_S)
    except (TypeError, ValueError, OverflowError):
        return 0.0


def _host(street: Street) -> str:
    name = f"[{street.host}]" if ":" in street.host else street.host
    return name if street.port in (80, 443) else f"{name}:{street.port}"
