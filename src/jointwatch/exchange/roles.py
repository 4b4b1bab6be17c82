"""Who may do what at a centre's door: roles, and the one table that says it. What is not in the table is denied.

A partner has its roles from the centre that pins it, and reads by audience. A client of the centre's own has them in
its certificate, as URIs `urn:jointwatch:role:<role>[:<what>]`, which the centre's authority signed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jointwatch.messages.act import Role

PARTNER = ("peer-reader", "peer-cosigner")
"""The roles of a partner; no certificate grants them."""

PERMITTED: dict[str, frozenset[str]] = {
    "peer-reader": frozenset({"partner health", "pull"}),
    "peer-cosigner": frozenset({"partner health", "cosign"}),
    "sensor-writer": frozenset({"health", "submit plots"}),
    "sensor": frozenset({"health", "post plots"}),
    "operator": frozenset({"health", "submit words", "read notices"}),
    "watch-officer": frozenset({"health", "submit words", "submit acts", "read notices"}),
    "analyst": frozenset({"health", "submit acts", "read notices"}),
    "releaser": frozenset({"health", "submit policies", "read notices"}),
    "auditor": frozenset({"health", "read proofs"}),
    "admin": frozenset({"health", "submit rosters", "read proofs", "read notices"}),
    "console": frozenset(),  # it hears what its centre tells over NATS, and has no business at the door
}
CLIENT = tuple(role for role in PERMITTED if role not in PARTNER)
SIGNING = {
    "sensor-writer": "sensor:{name}",
    "sensor": "sensor:{name}",
    "operator": "desk",
    "watch-officer": "desk",
    "analyst": "desk",
    "releaser": "releaser:{name}",
}
"""Roles whose holder signs what it hands in, and the purpose of its key in the roster."""
OF_A_SENSOR = ("sensor-writer", "sensor")
HELD_BY_CENTRE = ("sensor",)
"""Roles of those who cannot sign: the centre does, with a key that it holds for each of them."""
PEOPLE: tuple[Role, ...] = ("watch-officer", "analyst", "auditor")
"""Roles of people, who may sign in at the centre's page."""
PREFIX = "urn:jointwatch:role:"
_ROLE = re.compile(r"([a-z-]+)(?::([A-Za-z0-9][A-Za-z0-9._:/-]{0,119}))?")


@dataclass(frozen=True)
class Caller:
    """Who is at the door. name: a partner's or a client's; sensor: the one whose plots it hands in.

    expires_posix_s: when its certificate ends, and with it what a connection may be used for that is open by then;
    issued_posix_s: when it was made.
    """

    name: str
    roles: frozenset[str]
    fingerprint: str
    sensor: str = ""
    expires_posix_s: float = math.inf
    issued_posix_s: float = math.inf

    @property
    def partner(self) -> bool:
        """Whether this is another centre."""
        return not self.roles.isdisjoint(PARTNER)

    def may(self, action: str) -> bool:
        """Return whether one of the caller's roles permits an action.

        >>> Caller("ngo", frozenset({"auditor"}), "SHA256:").may("submit plots")
        False
        """
        return any(action in PERMITTED.get(role, ()) for role in self.roles)


def uri(role: str, of: str = "") -> str:
    """Return the URI by which a certificate grants a role.

    >>> uri("sensor-writer", "armavir")
    'urn:jointwatch:role:sensor-writer:armavir'
    """
    return f"{PREFIX}{role}:{of}" if of else f"{PREFIX}{role}"


def of_person(role: str) -> Role | None:
    """Return the role as one that a person has; None where it is another's.

    >>> of_person("analyst"), of_person("sensor")
    ('analyst', None)
    """
    return next((each for each in PEOPLE if each == role), None)


def granted(uris: list[str]) -> tuple[frozenset[str], str]:
    """Return the roles that a client's certificate grants, and the sensor it may write for; unknown ones grant nothing.

    >>> granted(["urn:jointwatch:role:peer-reader"])
    (frozenset(), '')
    """
    found, sensor = set(), ""
    for text in uris:
        match = _ROLE.fullmatch(text.removeprefix(PREFIX)) if text.startswith(PREFIX) else None
        if match and match[1] in CLIENT and (match[1] in OF_A_SENSOR) == bool(match[2]):
            found.add(match[1])
            sensor = match[2] or sensor
    return frozenset(found), sensor
