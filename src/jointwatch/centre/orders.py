"""What an exercise's organiser asks of a centre's process, and what it answers: one JSON line each way.

Nothing here carries a private key. The clock is the exercise's; it comes with every order that needs one.
"""

from __future__ import annotations

import msgspec

from jointwatch.messages.manifest import FileDigest
from jointwatch.messages.notice import NoticeContents
from jointwatch.messages.picture import CentreState, Event, Picture
from jointwatch.messages.quantities import Mode
from jointwatch.sensors.radar import Radar


class Prior(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One named value of the boost-phase prior."""

    name: str
    value: float


class SensorKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sensor that may submit to this centre, by its public key."""

    sensor: str
    public: bytes


class ReleaserKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An officer of release, by name and public key; two of them change the release policy."""

    officer: str
    public: bytes


class ReleasePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a centre releases to each of its partners as it opens, by kind."""

    plots: bool
    tracklets: bool
    reports: bool
    mask_source: bool


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a partner is known before the first byte is exchanged: pinned, not discovered."""

    id: str
    identity: bytes  # public identity key
    certificate_authority: bytes  # PEM


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="order"):
    """Base of all orders."""


class DeclaredRadar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A radar as its owner declares it to all: with the arrays on duty, and what it may measure too much (one sigma).

    feeds: the centre whose plots it makes. allowed_offset: metres, radians, radians, seconds.
    """

    radar: Radar
    feeds: str
    allowed_offset: tuple[float, float, float, float]


class Open(Order, frozen=True, forbid_unknown_fields=True, tag="open"):
    """Make or load the keys and open the record."""

    centre: str
    run: str
    mode: Mode
    now_tai_ns: int
    state: str  # folder of keys and database, outside the run directory
    sensors: tuple[SensorKey, ...]
    release: ReleasePolicy
    priors: tuple[Prior, ...]
    releasers: tuple[ReleaserKey, ...] = ()  # none: the policy stays as it is
    catalogue: str = ""  # file of the public catalogue of satellites; empty: none is known
    declared: tuple[DeclaredRadar, ...] = ()  # radars of all centres


class Meet(Order, frozen=True, forbid_unknown_fields=True, tag="meet"):
    """Pin the partners and begin to serve."""

    partners: tuple[Partner, ...]
    now_tai_ns: int


class Link(Order, frozen=True, forbid_unknown_fields=True, tag="link"):
    """Where the partner's service is."""

    partner: str
    port: int


class Tick(Order, frozen=True, forbid_unknown_fields=True, tag="tick"):
    """The clock reaches `now`; these signed envelopes came from the centre's own sensors."""

    now_tai_ns: int
    envelopes: tuple[bytes, ...] = ()
    notices: tuple[NoticeContents, ...] = ()  # official words that reach this centre now


class Amend(Order, frozen=True, forbid_unknown_fields=True, tag="amend"):
    """Put another release policy in force: an envelope signed by two officers of release."""

    now_tai_ns: int
    envelope: bytes


class Exchange(Order, frozen=True, forbid_unknown_fields=True, tag="exchange"):
    """Pull what the partners released, verify, keep, cosign; then say how you stand and what you see."""

    now_tai_ns: int


class Find(Order, frozen=True, forbid_unknown_fields=True, tag="find"):
    """Write down your own finding."""

    now_tai_ns: int


class Agree(Order, frozen=True, forbid_unknown_fields=True, tag="agree"):
    """Make the joint statement from both findings and sign it."""

    now_tai_ns: int


class Keep(Order, frozen=True, forbid_unknown_fields=True, tag="keep"):
    """Append the manifest of the run directory."""

    now_tai_ns: int
    files: tuple[FileDigest, ...]


class Write(Order, frozen=True, forbid_unknown_fields=True, tag="write"):
    """Write your logs into a run directory: all but the manifest's, or, at the very end, that one alone."""

    directory: str
    manifest: bool


class Leave(Order, frozen=True, forbid_unknown_fields=True, tag="leave"):
    """The run is over: close its record, its door and its lines, and wait for another run."""


class Stop(Order, frozen=True, forbid_unknown_fields=True, tag="stop"):
    """End in order."""


AnyOrder = Open | Meet | Link | Tick | Amend | Exchange | Find | Agree | Keep | Write | Leave | Stop


class Answer(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What comes back; `error` ends the process."""

    error: str = ""
    events: tuple[Event, ...] = ()
    identity: bytes = b""
    fingerprint: str = ""
    certificate_authority: bytes = b""
    port: int = 0
    state: CentreState | None = None
    pictures: tuple[Picture, ...] = ()
    statement: bytes = b""  # DSSE in JSON, with as many signatures as there are
