"""What a monitor knows, as Prometheus reads it [text format 0.0.4]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jointwatch.exchange.monitor.state import WINDOWS, State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
QUANTILES = (0.5, 0.95, 0.99)
Sample = tuple[dict[str, str], float]
Family = tuple[str, str, str, list[Sample]]
"""Name, kind, what it tells, and a value for each set of labels."""


def text(state: State, posix_s: float) -> str:
    """Return all metrics as of the end of a round. A ratio or a quantile of nothing is left out: it is not zero."""
    rounds: Family = ("monitor_round_timestamp_seconds", "gauge", "When the last round ended, POSIX.", [({}, posix_s)])
    families = [rounds, *_sizes(state, posix_s), *_windows(state, posix_s)]
    return "".join(_family(name, kind, told, samples) for name, kind, told, samples in families)


def _sizes(state: State, posix_s: float) -> Iterator[Family]:
    logs = [({"log": name}, float(size), float(gap), ahead_s) for name, size, gap, ahead_s in state.logs()]
    yield "log_entries", "gauge", "Entries verified so far.", [(at, size) for at, size, _, _ in logs]
    gaps = [(at, gap) for at, _, gap, _ in logs]
    yield "log_gap_entries", "gauge", "Entries under the newest checkpoint that could not be verified yet.", gaps
    told = "How far ahead of the monitor's clock an entry of this log was dated, at most."
    yield "log_clock_ahead_seconds", "gauge", told, [(at, ahead_s) for at, _, _, ahead_s in logs]
    cosigned = [({"log": log, "by": by}, float(size), at_s) for log, by, size, at_s in state.cosigned()]
    yield "log_cosigned_entries", "gauge", "Entries cosigned.", [(at, size) for at, size, _ in cosigned]
    ages = [(at, posix_s - at_s) for at, _, at_s in cosigned]
    yield "log_cosignature_age_seconds", "gauge", "Age of the newest cosignature, by its own date.", ages
    alarms = [({"log": log, "kind": kind}, float(count)) for log, kind, count in state.alarms()]
    yield "log_alarms", "gauge", "What was wrong in the last 90 days, by kind.", alarms


def _windows(state: State, posix_s: float) -> Iterator[Family]:
    available: list[Sample] = []
    authentic: list[Sample] = []
    late: list[Sample] = []
    for name, *_ in state.logs():
        for window in WINDOWS:
            at, found = {"log": name, "window": window}, state.counted(name, window, posix_s)
            if found.asked:
                available.append((at, found.answered / found.asked))
            if found.verified + found.refused:
                authentic.append((at, found.verified / (found.verified + found.refused)))
            for share in QUANTILES:
                seconds = found.quantile_s(share)
                if seconds is not None:
                    late.append((at | {"quantile": str(share)}, seconds))
    yield "log_availability_ratio", "gauge", "Share of rounds in which the log was shown and verified.", available
    yield "log_authenticity_ratio", "gauge", "Share of new entries that were what they must be.", authentic
    yield "log_timeliness_seconds", "gauge", "From an entry's own time to its verification here.", late


def _family(name: str, kind: str, told: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP jointwatch_{name} {told}", f"# TYPE jointwatch_{name} {kind}"]
    lines += [f"jointwatch_{name}{_labels(labels)} {value:.12g}" for labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: dict[str, str]) -> str:
    """Return labels as they are written; the names of logs hold nothing that needs escaping."""
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}" if labels else ""
