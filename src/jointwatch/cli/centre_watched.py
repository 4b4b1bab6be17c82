"""What is looked at on the page of a centre in service: its own picture, the joint one, lines, what happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from math import degrees
from typing import TYPE_CHECKING, Any

import apsw

from jointwatch.catalogue.files import UnknownNameError
from jointwatch.catalogue.places import centre_place
from jointwatch.earth.timescale import now_tai_ns, utc_from_tai_ns
from jointwatch.exchange.refused import Refused
from jointwatch.messages.picture import CentreState, CentreView, Event, FeedView, RadarView, RunView, Snapshot

if TYPE_CHECKING:
    from jointwatch.centre.configuration import Configuration
    from jointwatch.centre.service import Service
    from jointwatch.display.feed import Feed

MOVING_S, STILL_S = 2.0, 10.0
"""How often the page gets a snapshot while there is something in the picture, and while there is not."""


def run_view(known: Configuration, identities: Mapping[str, str]) -> RunView:
    """Return what does not change while a centre serves. identities: centre -> fingerprint."""
    exercise = known.mode == "exercise"
    return RunView(
        run=known.run,
        scenario="",
        variant="",
        title=f"{known.centre.title()}, run {known.run}",
        mode=known.mode,
        counterfactual=False,
        banner="EXERCISE" if exercise else "OPERATIONAL",
        start_utc=utc_from_tai_ns(now_tai_ns()),
        speed=1.0,
        centres=tuple(_centre(name, identities[name]) for name in (known.centre, *known.partners)),
        radars=tuple(_radars(known)),
        notes=(
            "The centre's own picture is of its sensors, and of what its partners have released to it. The joint "
            "picture follows from what the centres have released to each other, and from nothing else.",
        ),
    )


def keep_shown(service: Service, feed: Feed, stop: threading.Event, tell: Callable[[str], None]) -> None:
    """Publish what is to be seen until told to stop; tell: told once what keeps it from being seen."""
    seq, events, linked, trouble = 0, _Heard(), dict[str, bool](), ""
    while not stop.is_set():
        try:
            found = snapshot(service, seq)
        except (Refused, apsw.Error, OSError) as error:  # the record is damaged: whoever serves makes a new service
            if str(error) != trouble:
                trouble = str(error)
                tell(f"nothing new is shown at the page: {trouble}")
            stop.wait(MOVING_S)
            continue
        for state in found.centres[1:]:
            if linked.setdefault(state.id, state.link == "linked") != (state.link == "linked"):
                linked[state.id] = state.link == "linked"
                feed.event(events.numbered(Event(0, found.time_utc, service.known.centre, "link", state.text)))
        for event in events.fresh(service.keeper.events()):
            feed.event(events.numbered(event))
        feed.publish(found)
        seq += 1
        stop.wait(MOVING_S if any(picture.tracks for picture in found.pictures) else STILL_S)


def snapshot(service: Service, seq: int) -> Snapshot:
    """Return everything as it is now."""
    health, both = service.health(), (service.keeper.picture(), service.keeper.joint_picture())
    states = [
        _own_state(health, service.keeper.feeds()),
        *(_partner_state(name, health) for name in health["partners"]),
    ]
    now = utc_from_tai_ns(now_tai_ns(), digits=0)
    return Snapshot(seq, now, tuple(states), tuple(one for one in both if one is not None), None)


class _Heard:
    """Which events were shown, of a list that forgets its oldest; and the number of the next."""

    def __init__(self) -> None:
        self._last: Event | None = None
        self._seq = -1

    def fresh(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """Return those behind the last one shown."""
        at = next((k for k in reversed(range(len(events))) if events[k] is self._last), -1)
        self._last = events[-1] if events else self._last
        return events[at + 1 :]

    def numbered(self, event: Event) -> Event:
        """Return an event with the next number."""
        self._seq += 1
        return Event(self._seq, event.time_utc, event.centre, event.kind, event.text)


def _own_state(health: Mapping[str, Any], feeds: tuple[FeedView, ...]) -> CentreState:
    own = [at for name, at in health["logs"].items() if name.split("/")[0] == health["centre"]]
    partners = health["partners"]
    cut = [name for name, at in partners.items() if not at["linked"]]
    verified = sum(at["size"] for name, at in health["logs"].items() if name.split("/")[0] in partners)
    cosigned = sum(at["cosigned"] for at in own)
    text = health["damage"] or health["watch"]["trouble"] or (f"cut off from {', '.join(cut)}" if cut else "")
    entries = sum(at["size"] for at in own)
    return CentreState(health["centre"], "up", "cut" if cut else "linked", entries, verified, cosigned, text, feeds)


def _partner_state(name: str, health: Mapping[str, Any]) -> CentreState:
    """Return a partner as it is seen from here: what is held of its logs, and whether its line stands."""
    at = health["partners"][name]
    held = sum(log["size"] for which, log in health["logs"].items() if which.split("/")[0] == name)
    text = "the line stands" if at["linked"] else f"the line is cut: {at['cut']}"
    return CentreState(name, "up", "linked" if at["linked"] else "cut", held, held, held, text)


def _centre(name: str, identity: str) -> CentreView:
    try:
        place = centre_place(name)
    except UnknownNameError:  # a centre of a name that nobody has placed
        return CentreView(name, name.title(), None, None, identity)
    return CentreView(name, place.title, degrees(place.latitude_rad), degrees(place.longitude_rad), identity)


def _radars(known: Configuration) -> Iterator[RadarView]:
    for name, sensor in known.sensors.items():
        where = (sensor.latitude_deg, sensor.longitude_deg, sensor.height_m)
        yield RadarView(name, name.title(), known.centre, known.centre, *where, 0.0, (), "")
