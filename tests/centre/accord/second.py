"""A second reading of accords, for the tests: slow, without state, every question answered from the logs anew.

`verdict(logs, centre, index)` is what one entry counts for: "waits", "void", or what it does and to which paper. It
follows the three rules as the guide states them, and shares no code with ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Verdict = tuple[Any, ...]
Place = tuple[str, int]
NAMING = {
    "Proposal": ("under", "amends", "after"),
    "Assent": ("proposal", "after"),
    "Correction": ("corrects",),
    "Conclusion": ("proposal", "assents"),
}


class Second:
    """Reads the logs that it is given."""

    def __init__(self, logs: Mapping[str, Sequence[tuple[bytes, Any]]]) -> None:
        self.logs = logs
        self._known: dict[Place, Verdict] = {}

    def concluded(self) -> set[Place]:
        """The papers that are concluded."""
        return {
            v[1] for c in self.logs for i in range(len(self.logs[c])) if (v := self.verdict(c, i))[0] == "concludes"
        }

    def verdict(self, centre: str, index: int) -> Verdict:
        if (centre, index) not in self._known:
            self._known[centre, index] = ("waits",)  # for whoever asks while it is being found: a ring is never here
            self._known[centre, index] = self._found(centre, index)
        return self._known[centre, index]

    def _found(self, centre: str, index: int) -> Verdict:
        if index and self.verdict(centre, index - 1)[0] == "waits":
            return ("waits",)
        said = self.logs[centre][index][1]
        kind = type(said).__name__
        if kind not in ("Proposal", "Assent", "Correction", "Conclusion"):
            return ("void",)
        for named in (n for field in NAMING.get(kind, ()) for n in _all(getattr(said, field))):
            if self._named(named) == ("waits",) and not _not_before(named, centre, index):
                return ("waits",)
        for named in (n for field in NAMING.get(kind, ()) for n in _all(getattr(said, field))):
            if _not_before(named, centre, index):
                return ("void",)
        return getattr(self, f"_{kind.lower()}")(centre, index, said)

    def _named(self, reference: Any) -> Verdict:
        owner, audience, klass = (*reference.log.split("/"), "", "")[:3]
        if (audience, klass) != ("common", "accord") or reference.log.count("/") != 2:
            return ("void",)
        if owner not in self.logs or reference.index >= len(self.logs[owner]):
            return ("waits",)
        if self.logs[owner][reference.index][0] != reference.leaf_hash:
            return ("void",)
        return self.verdict(owner, reference.index)

    def _proposal(self, centre: str, index: int, said: Any) -> Verdict:
        parties: frozenset[str] = frozenset()
        number = 1
        if said.under is not None:
            under = self._named(said.under)
            if under[0] != "concludes" or self._paper(under[1]).rules is None:
                return ("void",)
            parties = frozenset(member.centre for member in self._paper(under[1]).rules.members)
            number = self._paper(under[1]).rules.number + 1
        amended = None
        if said.amends is not None:
            found = self._named(said.amends)
            if found[0] != "paper":
                return ("void",)
            amended = found
        purpose: Any
        if said.rules is not None:
            purpose = ("rules", said.under)
            parties |= {member.centre for member in said.rules.members}
            if said.rules.number != number or (amended and amended[2] != purpose):
                return ("void",)
        else:
            purpose = amended[2] if amended else ("statement", centre, index)
            if amended and (purpose[0] != "statement" or self._paper(amended[1]).under != said.under):
                return ("void",)
        if centre not in parties:
            return ("void",)
        free = self._free(centre, index, purpose, said.after)
        return ("paper", (centre, index), purpose, parties) if free == ("free",) else free

    def _assent(self, centre: str, index: int, said: Any) -> Verdict:
        paper = self._named(said.proposal)
        if paper[0] != "paper":
            return ("void",)
        proposal = self._paper(paper[1])
        points = {"members", "sensors", "releases", "thresholds"}
        if proposal.statement is not None:
            points = {str(k + 1) for k in range(len(proposal.statement.points))}
        earlier = [self.verdict(centre, k) for k in range(index)]
        signed = any(v[0] == "signs" and v[1] == paper[1] for v in earlier)
        if centre not in paper[3] or paper[1][0] == centre or signed or {d.point for d in said.dissents} - points:
            return ("void",)
        if said.dissents and proposal.rules is not None:
            return ("objects", paper[1])
        free = self._free(centre, index, paper[2], said.after)
        return ("signs", paper[1], paper[2]) if free == ("free",) else free

    def _correction(self, centre: str, index: int, said: Any) -> Verdict:
        return self._ends(centre, index, said.corrects, "withdraws") if said.replacement is None else ("void",)

    def _conclusion(self, centre: str, index: int, said: Any) -> Verdict:
        end = self._ends(centre, index, said.proposal, "concludes")
        if end[0] != "concludes":
            return end
        for named in said.assents:
            found = self._named(named)
            if found[:2] != ("signs", end[1]):
                return ("void",)
        by = {named.log.split("/")[0] for named in said.assents} | {centre}
        return end if self.verdict(*end[1])[3] <= by else ("void",)

    def _ends(self, centre: str, index: int, named: Any, how: str) -> Verdict:
        if named.log != f"{centre}/common/accord" or named.index >= index:
            return ("void",)
        paper = self._named(named)
        earlier = [self.verdict(centre, k) for k in range(index)]
        if paper[0] != "paper" or any(v[0] in ("withdraws", "concludes") and v[1] == paper[1] for v in earlier):
            return ("void",)
        return (how, paper[1])

    def _free(self, centre: str, index: int, purpose: Any, after: Any) -> Verdict:
        """Whether a centre may sign here for a purpose: its last signature for it was of a paper withdrawn since."""
        released = [self._named(named) for named in after]
        for one in released:
            if one[0] != "withdraws":
                return ("void",)
        earlier = [self.verdict(centre, k) for k in range(index)]
        mine = [v[1] for v in earlier if v[0] in ("paper", "signs") and v[2] == purpose]
        if not mine or mine[-1] in {one[1] for one in released}:
            return ("free",)
        own = mine[-1][0] == centre and any(v == ("withdraws", mine[-1]) for v in earlier)
        return ("free",) if own else ("void",)

    def _paper(self, place: Place) -> Any:
        return self.logs[place[0]][place[1]][1]


def _all(named: Any) -> Sequence[Any]:
    return () if named is None else named if isinstance(named, tuple) else (named,)


def _not_before(named: Any, centre: str, index: int) -> bool:
    return named.log == f"{centre}/common/accord" and named.index >= index
