"""The work of `jointwatch track`, with a progress bar on standard error while it takes long."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.progress import Progress

from jointwatch.assessment.priors import BoostPriors
from jointwatch.catalogue.boost_priors import boost_prior_parameters
from jointwatch.studies.recording import Recording
from jointwatch.studies.recording_looks import looks_of
from jointwatch.studies.recording_orbits import Orbits, orbits
from jointwatch.studies.recording_sites import Sensor
from jointwatch.studies.recording_tracks import Found, Said, TrackFound, follow, told
from jointwatch.tracking.known import Known


@dataclass(frozen=True, eq=False)
class Work:
    """The tracks, and what each said at its steps, the last being its last word; and orbits of what has no plots."""

    found: Found
    said: tuple[tuple[Said, ...], ...]
    orbits: Orbits

    def last_words(self) -> list[tuple[TrackFound, Said]]:
        """Each track with the last it said."""
        return [(track, said[-1]) for track, said in zip(self.found.tracks, self.said, strict=True)]


def followed(recording: Recording, sensors: Mapping[str, Sensor], known: Known | None = None) -> Work:
    """Tracks of a recording and what they say; Ctrl-C ends the following early and keeps what is known by then."""
    priors = BoostPriors(**asdict(boost_prior_parameters()))
    bar = Console(stderr=True)
    with Progress(console=bar, transient=True, disable=not bar.is_terminal) as progress:
        scans = progress.add_task("following", total=len(recording.begins()) - 1)
        with _interrupts_wait() as stop_here:

            def done(scans_done: int) -> None:
                progress.update(scans, completed=scans_done)
                stop_here()

            found = follow(recording, sensors, done, known)
        tracks = progress.add_task("asking", total=len(found.tracks))
        said = []
        for track in found.tracks:
            said.append(told(track, priors, looks_of(track.history, recording, sensors)))
            progress.advance(tracks)
        objects = progress.add_task("orbits", total=len(recording.numbers.objects))
        apart = orbits(recording, sensors, lambda done: progress.update(objects, completed=done))
    return Work(found, tuple(said), apart)


@contextmanager
def _interrupts_wait() -> Iterator[Callable[[], None]]:
    """Let Ctrl-C wait until the function given is called, which then raises KeyboardInterrupt; a second one is heard.

    In the midst of a scan tracks would be left half updated, and compiled code turns an interrupt into another error.
    """
    asked = False

    def note(*_: object) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def stop_here() -> None:
        if asked:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield stop_here
    finally:
        signal.signal(signal.SIGINT, before)
