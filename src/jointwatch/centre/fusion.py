"""Which of an owner's local tracks are objects that one holds too, and what the two come to together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from jointwatch.centre.held import Held
from jointwatch.earth.states import Ecef
from jointwatch.earth.timescale import NS_PER_S
from jointwatch.flight import coast
from jointwatch.tracking import fuse
from jointwatch.tracking.pedigree import Estimate, join
from jointwatch.tracking.track import Predicted
from jointwatch.tracking.tracklet import in_free_flight


def fused(objects: list[Held], received: list[Held]) -> list[Held]:
    """Return the objects, each joined with the local track that an owner sent of it; then what only the owner has."""
    pairs = _pairs(objects, received)
    joined = [_with(held, received[pairs[held.id]]) if held.id in pairs else held for held in objects]
    return [*joined, *(held for index, held in enumerate(received) if index not in pairs.values())]


def _pairs(own: list[Held], received: list[Held]) -> dict[str, int]:
    """Which received track is which own object, at the newest time any of them has; coasting objects only."""
    mine = [held for held in own if held.phase == "coast"]
    theirs = {held.id: index for index, held in enumerate(received) if held.phase == "coast"}
    if not mine or not theirs:
        return {}
    time = max(int(held.states.time_tai_ns[-1]) for held in (*mine, *(received[i] for i in theirs.values())))
    paired = fuse.pair(_at(mine, time), _at([received[i] for i in theirs.values()], time))
    return {own_id: theirs[other_id] for own_id, other_id in paired}


def _at(objects: list[Held], time_tai_ns: int) -> Predicted:
    x = np.array([held.states.x[-1] for held in objects])
    P = np.array([held.states.P[-1] for held in objects])
    ahead_s = np.array([(time_tai_ns - int(held.states.time_tai_ns[-1])) / NS_PER_S for held in objects])
    there, phi = coast.transition(Ecef(x), ahead_s)
    boost = np.array([held.states.boost_probability[-1] for held in objects])
    return Predicted(time_tai_ns, tuple(held.id for held in objects), there.pos_vel, phi @ P @ phi.mT, boost)


def _with(own: Held, other: Held) -> Held:
    """Return the own object with its last estimate joined with an owner's local track of it.

    Information adds where each rests on other plots than the other does, and nothing but gravity drives the object.
    """
    time = int(own.states.time_tai_ns[-1])
    x, P, there = own.states.x[-1], own.states.P[-1], _at([other], time)
    free = in_free_flight(x[None], own.states.boost_probability[-1:])[0]
    joined = join(
        Estimate(time, x, P, frozenset(own.owners) if free else None),
        Estimate(time, there.x[0], there.P[0], frozenset(other.owners)),
    )
    x, P = joined.x, joined.P
    states = replace(own.states, x=np.vstack([own.states.x[:-1], x]), P=np.concatenate([own.states.P[:-1], P[None]]))
    return replace(
        own,
        states=states,
        last_seen_tai_ns=max(own.last_seen_tai_ns, other.last_seen_tai_ns),
        plots=own.plots + other.plots,
        sources=tuple(sorted({*own.sources, *other.sources})),
        owners=tuple(sorted({*own.owners, *other.owners})),
    )
