"""What is checked of logs wherever they stand: keys, trees, entries, the chains of policies and of shards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.clock import remarks
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.keys import check_trust, learn_keys, name_owners_without_roster
from jointwatch.exchange.verify.logs import Progress, ReadLog, check_logs
from jointwatch.exchange.verify.policies import check_policies
from jointwatch.exchange.verify.report import LogSeen
from jointwatch.exchange.verify.shards import check_shards, in_one_sentence


@dataclass(frozen=True)
class History:
    """Logs whose trees hold, and their owners' keys. begins: how to say which logs do not begin here."""

    logs: Mapping[LogId, ReadLog]
    keys: Mapping[str, Keyrings]
    begins: str

    @property
    def run(self) -> str:
        """The run's id; empty where no roster could be read."""
        return next((ring.run for ring in self.keys.values()), "")

    @property
    def mode(self) -> str:
        """Exercise or operational; empty where no roster could be read."""
        return next((ring.mode for ring in self.keys.values()), "")

    @property
    def identities(self) -> dict[str, str]:
        """The fingerprint of the identity that signed each centre's rosters."""
        return {centre: ring.identity for centre, ring in sorted(self.keys.items())}

    def remarks(self) -> tuple[str, ...]:
        """Return what the clocks did."""
        return remarks(self.logs.values(), self.mode)

    def seen(self, cosigned: Mapping[LogId, Mapping[str, int]] | None = None) -> tuple[LogSeen, ...]:
        """Return each log as it was found. cosigned: by whom and how far, else by whom its newest checkpoint was."""
        found = []
        for log, read in self.logs.items():
            by = dict.fromkeys(read.cosigned_by, read.size) if cosigned is None else cosigned.get(log, {})
            found.append(LogSeen(log, read.held, by, tuple(read.unverified)))
        return tuple(found)


def check_history(
    logs: dict[LogId, ReadLog],
    trust: Mapping[str, str] | None,
    faults: Faults,
    progress: Progress | None,
    processes: int,
) -> History:
    """Return the logs that hold, with their owners' keys; a log whose tree does not is taken out of `logs`.

    trust: centre -> "SHA256:..." of its identity key, as pinned. processes: how many look at long logs.
    """
    keys = learn_keys(logs, faults)
    if trust is not None:
        check_trust(logs, keys, trust, faults)
    look = progress or (lambda what, done, total: None)
    check_logs(logs, keys, faults, look, processes)
    name_owners_without_roster(logs, keys, faults)
    later = check_shards(logs, keys, faults)
    check_policies(logs.values(), later, faults)
    return History(logs, keys, in_one_sentence(later.values()))
