"""Section 4: a centre's keys over time, and section 3's rule on who may sign an entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .messages import Envelope, envelope, fingerprint, message
from .shards import whole
from .wrong import need

Said = dict[str, Any]
KINDS = ("roster", "party_root", "key_bounds")
SPEAKING = ("desk", "sensor", "releaser")


class Keys:
    """The rosters of one centre of a run; `pinned` is its identity's fingerprint, or None."""

    def __init__(self, centre: str, run: str, mode: str, pinned: str | None = None):
        self.centre, self.run, self.mode, self.pinned = centre, run, mode, pinned
        self.rosters: list[Said] = []
        self.root: Said | None = None
        self.bounds: list[Said] = []
        self.identity: bytes | None = None
        self.learned: dict[bytes, Said] = {}

    @property
    def log(self) -> str:
        return f"{self.centre}/common/roster"

    def learn(self, entry: bytes) -> None:
        """Take the next entry of the roster log, once it holds."""
        need(len(self.learned) < 1_024 and entry not in self.learned, 4, "too many entries, or one twice")
        found = envelope(entry)
        said = message(found)
        need(said["kind"] in KINDS, 4, "a roster log holds rosters, roots and bounds of keys")
        self._check_header(said, self.log)
        if "identity" in said:
            identity = bytes(said["identity"])
            need(self.pinned in (None, fingerprint(identity)), 4, "the identity is not the pinned one")
            need(self.identity in (None, identity), 4, "the identity changed")
            self.identity = identity
        self._check_sanctioned(found)
        if said["kind"] == "roster":
            self._check_roster(said, found)
            self.rosters.append(said)
        elif said["kind"] == "party_root":
            need(said["number"] == (self.root["number"] + 1 if self.root else 1), 4, "a root's number is not the next")
            need(enough(said, found), 4, "not signed by enough of its own officers")
            self.root = said
        else:
            self.bounds.append(said)
        self.learned[entry] = said

    def _check_sanctioned(self, found: Envelope) -> None:
        """Signed by enough officers of the root in force, or while there is none by the identity."""
        if self.root is not None:
            need(enough(self.root, found), 4, "not signed by enough officers of the root")
        else:
            need(self.identity is not None and bool(found.signed_by({self.identity})), 4, "not signed by the identity")

    def _check_roster(self, said: Said, found: Envelope) -> None:
        need(said["number"] == len(self.rosters) + 1, 4, "a roster's number is not the next")
        held = {k["public_key"] for k in said["keys"] if k["purpose"] in ("log", "cosign", "desk") and valid(k, said)}
        need(found.signed_by(held) == held, 4, "not signed by all its keys")

    def in_force(self, tai_ns: int) -> Said:
        return self._since(tai_ns)[0]

    def _since(self, tai_ns: int) -> list[Said]:
        """The roster in force at a time, and all later ones."""
        need(bool(self.rosters), 4, f"no roster of {self.centre} is known")
        past = [k for k, one in enumerate(self.rosters) if one["logged_tai_ns"] <= tai_ns]
        return self.rosters[past[-1] if past else 0 :]

    def candidates(self, purpose: str, tai_ns: int) -> list[tuple[bytes, list[bytes]]]:
        """The log or cosign keys that may stand under what was last logged at a time, newest first.

        Each with the ML-DSA-44 key that its roster has at most.
        """
        found: list[tuple[bytes, list[bytes]]] = []
        for roster in self._since(tai_ns):
            at = {"logged_tai_ns": max(tai_ns, roster["logged_tai_ns"])}
            good = [k for k in roster["keys"] if valid(k, at)]
            mine = [bytes(k["public_key"]) for k in good if k["purpose"] == purpose]
            second = [bytes(k["public_key"]) for k in good if k["purpose"] == "log-ml-dsa-44"]
            need(bool(mine or found), 4, f"{self.centre} has no {purpose} key at that time")
            found += [(mine[-1], second[-1:])] if mine else []
        return found[::-1]

    def single(self, purpose: str, tai_ns: int) -> bytes:
        """The log or cosign key of the roster in force at a time."""
        return self.candidates(purpose, tai_ns)[-1][0]

    def signer(self, purpose: str, tai_ns: int, has_line: Callable[[bytes], bool]) -> tuple[bytes, list[bytes]]:
        """The newest key of which there is a line; where there is none, that of the roster in force."""
        found = self.candidates(purpose, tai_ns)
        return next((pair for pair in found if has_line(pair[0])), found[-1])

    def holds(self, key: bytes, log: str, index: int) -> bool:
        """Whether a key holds at a position of a log, by all bounds that were said of it."""
        return all(within(said, log, index) for said in self.bounds if said["public_key"] == key)

    def usable(self, entry: bytes, log: str, index: int) -> bool:
        """Whether no signature of an entry that holds is by a key outside of its bounds."""
        by = set(envelope(entry).signatures)
        named = [bytes(said["public_key"]) for said in self.bounds if fingerprint(said["public_key"]) in by]
        return all(self.holds(key, log, index) for key in named)

    def open(self, entry: bytes, log: str) -> Said:
        """The message of an entry of one of this centre's logs, signature and header checked."""
        found = envelope(entry)
        said = message(found)
        self._check_header(said, log)
        need((said["kind"] in KINDS) == (log == self.log), 4, "rosters stand in the roster log, and nothing else")
        if entry in self.learned and log == self.log:
            return said
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
        if said["kind"] == "not understood":
            keys = self.in_force(said["logged_tai_ns"])["keys"]
            return {k["public_key"] for k in keys if k["purpose"].split(":")[0] in SPEAKING and valid(k, said)}
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


def enough(root: Said, found: Envelope) -> bool:
    """Whether enough officers of a root signed an envelope."""
    return len(found.signed_by({bytes(one["public_key"]) for one in root["officers"]})) >= root["threshold"]


def within(said: Said, log: str, index: int) -> bool:
    """Whether one message of bounds lets its key hold at a position of a log."""
    return reached(said["since"], log, index) and (said["until"] is None or not reached(said["until"], log, index))


def reached(places: list[Said], log: str, index: int) -> bool:
    """Whether a position is not before the place named for its log; months in order, then positions."""
    named = [(place["log"], place["index"]) for place in places if whole(place["log"]) == whole(log)]
    return all((log, index) >= place for place in named)


def by_officers(said: Said) -> bool:
    """Whether two officers of release, not the desk, must have signed this."""
    return bool(said["kind"] == "release_policy" and said["number"] > 1)


def valid(key: Said, at: Said) -> bool:
    """Whether a key of a roster is valid when something was logged."""
    until = key["valid_until_tai_ns"]
    return key["valid_from_tai_ns"] <= at["logged_tai_ns"] and (until is None or at["logged_tai_ns"] < until)
