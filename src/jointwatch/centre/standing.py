"""How things stand at a centre in service, for its own people and for whoever watches its process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jointwatch.centre.clocks import Clocks
from jointwatch.centre.configuration import Configuration
from jointwatch.centre.duty.keeper import Keeper
from jointwatch.centre.following import Following
from jointwatch.centre.intake.posted import Reception
from jointwatch.centre.intake.standing import named
from jointwatch.centre.marks import Marks
from jointwatch.centre.submission import Intake
from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange.guard import Guard
from jointwatch.exchange.keyrings import Keyrings
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId

if TYPE_CHECKING:
    from jointwatch.centre.alerts.desk import AlertDesk
    from jointwatch.exchange.nats.broker import Broker


@dataclass(frozen=True)
class Parts:
    """The parts of a service that say how they stand."""

    known: Configuration
    store: Store
    own_keys: Callable[[], Keyrings]
    intake: Intake
    marks: Marks
    reception: Reception
    guard: Guard
    keeper: Keeper
    following: Following
    clocks: Clocks
    alert_desk: AlertDesk | None
    broker: Broker | None


def health(of: Parts) -> dict[str, Any]:
    """Return how things stand."""
    known, watch = of.known, of.keeper.health()
    alerts = {} if of.alert_desk is None else of.alert_desk.health()
    told = {} if of.broker is None else {"nats": {"linked": of.broker.connected, "cut": of.broker.cut}}
    return {
        "centre": known.centre,
        "run": known.run,
        "mode": known.mode,
        "identity": of.own_keys().identity,
        "waiting": of.intake.waiting,
        "unverified": of.marks.counts(),
        "sensors": of.reception.standing.told(named(of.own_keys())),
        "damage": of.guard.damage,
        "waits_for": [name for name in known.partners if of.guard.waits_for(name)],
        "watch": watch,
        "policy": watch["policy"],
        "alerts": alerts,
        "logs": {str(log): _log(of.store, log) for log in of.store.logs()},
        "partners": {name: _partner(of, name) for name in known.partners},
        **told,
    }


def _partner(of: Parts, name: str) -> dict[str, Any]:
    at = of.following.standing[name]
    return asdict(at) | {
        "linked": not at.cut,
        "clock_off_s": of.clocks.off_s(name),
        "future": of.clocks.future(name),
    }


def _log(store: Store, log: LogId) -> dict[str, int]:
    kept = store.cosigned(log)
    return {"size": store.size(log), "cosigned": 0 if kept is None else checkpoints.unverified(kept).size}
