"""Section 4: a centre's keys over time, and section 3's rule on who may sign an entry."""

from __future__ import annotations

from typing import Any

from .messages import Envelope, envelope, fingerprint, message
from .shards import whole
from .wrong import need

Said = dict[str, Any]


class Keys:
    """The rosters of one centre of a run; `pinned` is its identity's fingerprint, or None."""

    def __init__(self, centre: str, run: str, mode: str, pinned: str | None = None):
        self.centre, self.run, self.mode, self.pinned = centre, run, mode, pinned
        self.rosters: list[Said] = []

    @property
    def log(self) -> str:
        return f"{self.centre}/common/roster"

    def learn(self, entry: bytes) -> None:
        """Take the next roster, once it holds."""
        found = envelope(entry)
        said = message(found)
        need(said["kind"] == "roster", 4, "a roster log holds rosters")
        self._check_header(said, self.log)
        identity = said["identity"]
        need(self.pinned in (None, fingerprint(identity)), 4, "the identity is not the pinned one")
        need(all(identity == old["identity"] for old in self.rosters), 4, "the identity changed")
        need(said["number"] == len(self.rosters) + 1, 4, "a roster's number is not the next")
        held = {k["public_key"] for k in said["keys"] if k["purpose"] in ("log", "cosign", "desk") and valid(k, said)}
        need(found.signed_by({identity, *held}) == {identity, *held}, 4, "not signed by its identity and all its keys")
        self.rosters.append(said)

    def in_force(self, tai_ns: int) -> Said:
        need(bool(self.rosters), 4, f"no roster of {self.centre} is known")
        return next((one for one in reversed(self.rosters) if one["logged_tai_ns"] <= tai_ns), self.rosters[0])

    def single(self, purpose: str, tai_ns: int) -> bytes:
        """The log key or cosign key at a time."""
        found = self.all(purpose, tai_ns)
        need(bool(found), 4, f"{self.centre} has no {purpose} key at that time")
        return found[-1]

    def all(self, purpose: str, tai_ns: int) -> list[bytes]:
        """The keys of a purpose under whose checkpoint the last entry was logged at a time."""
        roster = self.in_force(tai_ns)
        at = {"logged_tai_ns": max(tai_ns, roster["logged_tai_ns"])}
        return [bytes(k["public_key"]) for k in roster["keys"] if k["purpose"] == purpose and valid(k, at)]

    def open(self, entry: bytes, log: str) -> Said:
        """The message of an entry of one of this centre's logs, signature and header checked."""
        found = envelope(entry)
        said = message(found)
        self._check_header(said, log)
        need((said["kind"] == "roster") == (log == self.log), 4, "rosters stand in the roster log, and nothing else")
        signed = found.signed_by(self._may_sign(said))
        need(bool(signed), 3, "not signed by a key that may")
        if by_officers(said):
            officers = {key["purpose"] for key in self._officers(said) if key["public_key"] in signed}
            need(len(officers) > 1, 3, "not signed by two officers of release")
        return said

    def desk(self, found: Envelope, tai_ns: int) -> set[bytes]:
        """Which of this centre's desk keys signed an envelope."""
        return found.signed_by(self._of({"desk"}, {"logged_tai_ns": tai_ns}))

    def _may_sign(self, said: Said) -> set[bytes]:
        if said["kind"] == "roster":
            return {said["identity"]}
        sensor = {f"sensor:{said['sensor']}"} if said["kind"] == "plot_report" and said["sensor"] else set()
        officers = {key["public_key"] for key in self._officers(said)} if by_officers(said) else set()
        return self._of({"desk"} | sensor, said) | officers

    def _officers(self, said: Said) -> list[Said]:
        roster = self.in_force(said["logged_tai_ns"])
        return [key for key in roster["keys"] if key["purpose"].startswith("releaser:") and valid(key, said)]

    def _of(self, purposes: set[str], at: Said) -> set[bytes]:
        roster = self.in_force(at["logged_tai_ns"])
        return {k["public_key"] for k in roster["keys"] if k["purpose"] in purposes and valid(k, at)}

    def _check_header(self, said: Said, log: str) -> None:
        for name, wanted in {"run": self.run, "mode": self.mode, "origin": self.centre, "log": whole(log)}.items():
            need(said[name] == wanted, 3, f"{name} {said[name]!r} stands where {wanted!r} belongs")


def by_officers(said: Said) -> bool:
    """Whether two officers of release, not the desk, must have signed this."""
    return bool(said["kind"] == "release_policy" and said["number"] > 1)


def valid(key: Said, at: Said) -> bool:
    """Whether a key of a roster is valid when something was logged."""
    until = key["valid_until_tai_ns"]
    return key["valid_from_tai_ns"] <= at["logged_tai_ns"] and (until is None or at["logged_tai_ns"] < until)
