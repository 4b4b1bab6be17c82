"""Who speaks for a centre: its roster, opened under its identity key, and what each key in it may sign.

The identity key signs the roster and nothing else; `--trust` pins its fingerprint. The centre's own log, cosign and
desk keys sign the roster too, which proves that whoever enrolled them holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from jointwatch.exchange import dsse, ml_dsa, note
from jointwatch.exchange.checkpoint import Cosigner
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.party import Party
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, Heard, MessageRefused, encode, hear, kind_of
from jointwatch.messages.not_understood import NotUnderstood
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster, RosterKey

RULE = "jointwatch roster"
LogVerifier = note.Ed25519Verifier | ml_dsa.Verifier
ML_DSA_LOG = "log-ml-dsa-44"
_OTHER_KINDS = (ML_DSA_LOG, "tls-ca")  # purposes of keys that are not Ed25519
_SPEAKING = ("desk", "sensor", "releaser")
_HELD = ("log", "cosign", "desk")  # purposes whose keys are the centre's own, and prove it


@dataclass(frozen=True)
class KeyRing:
    """The keys of one centre in one run, as its roster names them."""

    roster: Roster

    @property
    def identity(self) -> PublicKey:
        """The key that signed the roster; its fingerprint is what people pin."""
        return PublicKey(self.roster.identity)

    def keys(self, purpose: str, tai_ns: int) -> tuple[PublicKey, ...]:
        """Return the Ed25519 keys of a purpose that are valid at a time; none where there is none."""
        return tuple(public for key, public in self._of_purpose.get(purpose, ()) if _valid(key, tai_ns))

    @cached_property
    def _of_purpose(self) -> dict[str, tuple[tuple[RosterKey, PublicKey], ...]]:
        """The Ed25519 keys by their purposes: every entry asks for the same few."""
        named = [key for key in self.roster.keys if key.purpose not in _OTHER_KINDS]
        of = {key.purpose: [other for other in named if other.purpose == key.purpose] for key in named}
        return {purpose: tuple((key, PublicKey(key.public_key)) for key in keys) for purpose, keys in of.items()}

    def key(self, purpose: str, tai_ns: int) -> PublicKey:
        """Return the newest key of a purpose that is valid at a time."""
        keys = self.keys(purpose, tai_ns)
        if not keys:
            raise Refused(
                RULE, f"the roster of {self.roster.origin} has no key for {purpose!r} that is valid at that time"
            )
        return keys[-1]

    def log_verifiers(self, log: LogId, tai_ns: int) -> tuple[LogVerifier, ...]:
        """Return what verifies this centre's signatures beneath the checkpoints of `log`: one line each, in this order.

        The second is of type ML-DSA-44, where the roster names such a key.
        """
        origin = log.origin(self.roster.run)
        first = note.Ed25519Verifier(origin, self.key("log", tai_ns))
        second = [k.public_key for k in self.roster.keys if k.purpose == ML_DSA_LOG and _valid(k, tai_ns)]
        return (first, *(ml_dsa.Verifier(origin, data) for data in second[-1:]))

    def cosigner(self, tai_ns: int) -> Cosigner:
        """Return what verifies this centre's cosignatures beneath its partners' checkpoints."""
        return Cosigner(cosigner_name(self.roster.run, self.roster.origin), self.key("cosign", tai_ns))

    def certificate_authority(self, tai_ns: int) -> bytes:
        """Return the certificate, DER, that issues this centre's line certificates."""
        found = [k.public_key for k in self.roster.keys if k.purpose == "tls-ca" and _valid(k, tai_ns)]
        if not found:
            raise Refused(RULE, f"the roster of {self.roster.origin} names no valid certificate authority")
        return found[-1]

    def open_entry(self, entry: bytes, log: LogId) -> Heard:
        """Return the message in an entry of this centre's `log`, once signature and header are what they must be.

        A roster is signed by the identity key; plots by the sensor's key or the desk's; a release policy after the
        first by two officers of release; everything else by the desk's. What is not understood here may be any of
        those, and is never acted on: one key of a desk, a sensor or an officer is enough.
        """
        message, claims = self.read_entry(entry, log)
        for claim in claims:
            claim.check()
        return message

    def read_entry(self, entry: bytes, log: LogId) -> tuple[Heard, tuple[dsse.Claim, ...]]:
        """Return the message in an entry, and the signatures that must yet hold; all else is checked."""
        envelope = dsse.parse(entry)
        message = decoded(envelope)
        check_header(message, log, run=self.roster.run, mode=self.roster.mode)
        claims = dsse.claims(envelope, self._may_sign(message))
        if isinstance(message, ReleasePolicy) and message.number > 1:
            self._check_two_officers(claims, message)
        return message, claims

    def _check_two_officers(self, claims: Sequence[dsse.Claim], policy: ReleasePolicy) -> None:
        """Raise Refused unless two officers of release, not one with two keys, signed the policy."""
        keys = self._officers(policy.logged_tai_ns)
        officers = {keys[claim.key] for claim in claims if claim.key in keys}
        if len(officers) < 2:
            raise Refused(
                "jointwatch release",
                f"release policy {policy.number} is signed by {len(officers)} of the centre's officers of release; "
                "two must sign it",
            )

    def _officers(self, tai_ns: int) -> dict[PublicKey, str]:
        """Return the keys of the officers of release that are valid at a time, each with its officer."""
        named = [key for key in self.roster.keys if key.purpose.startswith("releaser:") and _valid(key, tai_ns)]
        return {PublicKey(key.public_key): key.purpose for key in named}

    def _may_sign(self, message: Heard) -> tuple[PublicKey, ...]:
        if isinstance(message, Roster):
            return (self.identity,)
        if isinstance(message, NotUnderstood):
            speaking = (purpose for purpose in self._of_purpose if purpose.split(":")[0] in _SPEAKING)
            return tuple(key for purpose in speaking for key in self.keys(purpose, message.logged_tai_ns))
        desk = self.keys("desk", message.logged_tai_ns)
        if isinstance(message, PlotReport) and message.sensor:
            return desk + self.keys(f"sensor:{message.sensor}", message.logged_tai_ns)
        if isinstance(message, ReleasePolicy) and message.number > 1:
            return desk + tuple(self._officers(message.logged_tai_ns))
        return desk


def cosigner_name(run: str, centre: str) -> str:
    """Return the name under which a centre cosigns.

    >>> cosigner_name("sejil-2009-1", "brussels")
    'jointwatch/sejil-2009-1/brussels'
    """
    return f"jointwatch/{run}/{centre}"


def signed_roster(roster: Roster, identity: SigningKey, held: Sequence[SigningKey]) -> bytes:
    """Return the roster as a log entry, signed by the identity key and by the centre's own keys that it names."""
    if identity.public.data != roster.identity:
        raise Refused(RULE, "the roster names another identity key than the one that is to sign it")
    return dsse.sign(PAYLOAD_TYPE, encode(roster), [identity, *held]).encode()


def open_roster(
    entry: bytes, *, run: str, mode: str, log: LogId, pinned: str | None = None, party: Party | None = None
) -> KeyRing:
    """Return the keys that a roster entry names, once its signatures and header are what they must be.

    pinned: the identity key's fingerprint, where it is known from elsewhere; without it the roster only agrees with
    itself, and whoever calls must say so. party: who may sign it, where more is known than that.
    """
    envelope = dsse.parse(entry)
    roster = decoded(envelope)
    if not isinstance(roster, Roster):
        raise Refused(RULE, f"a roster was wanted; the entry holds a {kind_of(roster)}")
    check_header(roster, log, run=run, mode=mode)
    (party or Party(None, pinned)).check(envelope, roster.identity)
    held = {PublicKey(k.public_key) for k in roster.keys if k.purpose in _HELD and _valid(k, roster.logged_tai_ns)}
    missing = held - dsse.verify(envelope, held) if held else set()
    if missing:
        raise Refused(RULE, f"{len(missing)} of the centre's own keys did not sign the roster that names them")
    return KeyRing(roster)


def check_header(message: Heard, log: LogId, *, run: str, mode: str) -> None:
    """Raise Refused unless a message says of itself what its place says: run, mode, origin and log, whole."""
    said = {"run": message.run, "mode": message.mode, "origin": message.origin, "log": message.log}
    for name, wanted in (("run", run), ("mode", mode), ("origin", log.owner), ("log", str(log.whole))):
        if said[name] != wanted:
            raise Refused(
                "jointwatch header", f"a {kind_of(message)} of {name} {said[name]!r} stands where {wanted!r} belongs"
            )


def decoded(envelope: dsse.Envelope) -> Heard:
    """Return the message in an envelope; no signature is looked at."""
    if envelope.payload_type != PAYLOAD_TYPE:
        raise Refused(dsse.RULE, f"the entry holds {envelope.payload_type!r}; {PAYLOAD_TYPE!r} was wanted")
    try:
        return hear(envelope.payload)
    except MessageRefused as error:
        raise Refused("jointwatch messages v1", str(error)) from None


def _valid(key: RosterKey, tai_ns: int) -> bool:
    return key.valid_from_tai_ns <= tai_ns and (key.valid_until_tai_ns is None or tai_ns < key.valid_until_tai_ns)
