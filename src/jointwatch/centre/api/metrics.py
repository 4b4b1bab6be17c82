"""What a centre counts, for Prometheus: how its record, its line and its people stand, in the text format 0.0.4."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]

_ABOUT = {
    "jointwatch_log_entries": ("gauge", "Entries of a log, own or mirrored."),
    "jointwatch_log_cosigned": ("gauge", "Entries of a log that a partner's cosignature covers."),
    "jointwatch_log_unverified": ("gauge", "Entries of a log whose key does not hold there."),
    "jointwatch_partner_linked": ("gauge", "Whether the line to a partner stands."),
    "jointwatch_partner_heard_timestamp_seconds": ("gauge", "When something of a partner was last verified."),
    "jointwatch_partner_refused_total": ("counter", "What a partner sent that was not accepted."),
    "jointwatch_submission_waiting": ("gauge", "Entries that were let in and wait to be written."),
    "jointwatch_alerts_waiting": ("gauge", "Alerts that wait for a receiver."),
    "jointwatch_alerts_delivered_total": ("counter", "Alerts that a receiver has taken since the start."),
    "jointwatch_alerts_trouble": ("gauge", "Whether a receiver cannot be told."),
    "jointwatch_sensor_reports_total": ("counter", "Plot reports that a sensor handed in since the start."),
    "jointwatch_sensor_heard_timestamp_seconds": ("gauge", "When a sensor last handed something in."),
    "jointwatch_sensor_refused_total": ("counter", "Batches of a sensor that were refused since the start."),
    "jointwatch_record_damaged": ("gauge", "Whether the record was found altered."),
    "jointwatch_signed_in": ("gauge", "People who are signed in."),
    "jointwatch_sign_ins_total": ("counter", "Sign-ins since the start, by what came of them."),
    "jointwatch_acts_total": ("counter", "Acts of people since the start, by act, role and what came of them."),
}

_OF_PARTNERS = {
    "jointwatch_partner_linked": "linked",
    "jointwatch_partner_heard_timestamp_seconds": "last_verified_posix_s",
    "jointwatch_partner_refused_total": "refused",
}
_OF_SENSORS = {
    "jointwatch_sensor_reports_total": "reports",
    "jointwatch_sensor_heard_timestamp_seconds": "last_posix_s",
    "jointwatch_sensor_refused_total": "refused",
}
_OF_RECEIVERS = {
    "jointwatch_alerts_waiting": "waiting",
    "jointwatch_alerts_delivered_total": "delivered",
    "jointwatch_alerts_trouble": "trouble",
}


class Tally:
    """Counts since the start. Safe to use from several threads."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Labels]] = Counter()
        self._lock = threading.Lock()

    def count(self, name: str, **labels: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts[name, tuple(labels.items())] += 1

    def samples(self) -> dict[str, list[Sample]]:
        """Return what was counted, by name."""
        with self._lock:
            found: dict[str, list[Sample]] = {}
            for (name, labels), count in sorted(self._counts.items()):
                found.setdefault(name, []).append((labels, count))
        return found


def text(health: Mapping[str, Any], tally: Tally, signed_in: int) -> str:
    """Return everything as Prometheus reads it. health: what `Service.health` says."""
    samples: dict[str, list[Sample]] = dict(_standing(health)) | tally.samples()
    samples["jointwatch_signed_in"] = [((), signed_in)]
    return "".join(line + "\n" for name in _ABOUT if samples.get(name) for line in _lines(name, samples[name]))


def _standing(health: Mapping[str, Any]) -> Iterator[tuple[str, list[Sample]]]:
    logs, partners, told = health["logs"], health["partners"], health["alerts"]
    yield "jointwatch_log_entries", [((("log", name),), at["size"]) for name, at in logs.items()]
    yield "jointwatch_log_cosigned", [((("log", name),), at["cosigned"]) for name, at in logs.items()]
    yield "jointwatch_log_unverified", [((("log", name),), n) for name, n in health["unverified"].items()]
    for name, key in _OF_PARTNERS.items():
        yield name, [((("partner", who),), _number(at[key])) for who, at in partners.items()]
    for name, key in _OF_SENSORS.items():
        yield name, [((("sensor", who),), _number(at[key])) for who, at in health["sensors"].items()]
    for name, key in _OF_RECEIVERS.items():
        yield name, [((("receiver", who),), _number(at[key])) for who, at in told.items()]
    yield "jointwatch_submission_waiting", [((), health["waiting"])]
    yield "jointwatch_record_damaged", [((), bool(health["damage"]))]


def _number(value: float | str | None) -> float:
    """Return a value as a number; of a sentence, whether there is one."""
    return float(bool(value)) if value is None or isinstance(value, str) else float(value)


def _lines(name: str, samples: Iterable[Sample]) -> Iterator[str]:
    sort, about = _ABOUT[name]
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {sort}"
    for labels, value in samples:
        named = ",".join(f'{label}="{_escaped(said)}"' for label, said in labels)
        yield f"{name}{{{named}}} {float(value):.17g}" if named else f"{name} {float(value):.17g}"


def _escaped(said: str) -> str:
    return said.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
