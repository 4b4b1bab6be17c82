"""What a party's NATS server is told: who may connect, under which name, and which subjects are theirs.

Certificates of the party's own authority on both sides; a user's name is the one in the certificate. Everything not
allowed here is refused by the server. Nothing is stored: no JetStream, no retained messages.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jointwatch.exchange.carrier import MAX_ANSWER_BYTES
from jointwatch.exchange.nats.broker import inbox
from jointwatch.exchange.nats.line import subject

UNREAD_BYTES = 8 * MAX_ANSWER_BYTES  # of a client that does not read; then it is cut, connects again and asks again


@dataclass(frozen=True)
class User:
    """A name that a certificate carries, and the subjects it may publish and listen to."""

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]

    def and_as(self, other: User) -> User:
        """Return this user, who may also do what the other may."""
        return User(self.name, self.publish + other.publish, self.subscribe + other.subscribe)


def centre_user(run: str, centre: str) -> User:
    """Return the centre itself: it publishes, and answers what it is asked."""
    own = (subject(run, centre, "pull", "*"), subject(run, centre, "cosign", "*"))
    return User(centre, (subject(run, centre, ">"), inbox(">")), (*own, inbox(f"{centre}.>")))


def reader_user(run: str, centre: str, name: str) -> User:
    """Return one who hears what a centre publishes, and asks it under its own name alone."""
    return User(
        name,
        tuple(subject(run, centre, what, name) for what in ("pull", "cosign")),
        (subject(run, centre, "frames", ">"), subject(run, centre, "positions"), inbox(f"{name}.>")),
    )


def settings(
    users: Sequence[User], *, certificate: Path, authority: Path, host: str = "127.0.0.1", port: int = 4222
) -> str:
    """Return the text of the server's configuration file, JSON, which nats-server reads as its own form.

    certificate: PEM file with the server's certificate and private key; authority: the party's own CA's certificate.
    """
    return json.dumps(
        {
            "host": host,
            "port": port,
            "max_payload": MAX_ANSWER_BYTES,
            "max_pending": UNREAD_BYTES,
            "write_deadline": "2s",
            "ping_interval": "2s",
            "ping_max": 2,
            "tls": {
                "cert_file": str(certificate.absolute()),
                "key_file": str(certificate.absolute()),
                "ca_file": str(authority.absolute()),
                "verify_and_map": True,
                "timeout": 2,
            },
            "authorization": {"users": [_user(user) for user in users]},
        },
        indent=2,
    )


def _user(user: User) -> dict[str, object]:
    allowed = {"publish": {"allow": list(user.publish)}, "subscribe": {"allow": list(user.subscribe)}}
    return {"user": user.name, "permissions": allowed}
