"""The sensors' side of an exercise: at each tick the signed scans since the last, for the centre a radar feeds.

Each radar has a key of its own and signs what it measured before the centre sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from jointwatch.centre.intake import reports
from jointwatch.centre.orders import SensorKey
from jointwatch.earth.arrays import Floats, Ints
from jointwatch.earth.states import Ecef, joined
from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.messages import plot_report
from jointwatch.messages.encoding import PAYLOAD_TYPE
from jointwatch.messages.packed_plots import encode_plots
from jointwatch.messages.quantities import Mode
from jointwatch.sensors.bias import NONE, Bias, drawn
from jointwatch.sensors.measurement import Plots
from jointwatch.sensors.schedule import scan
from jointwatch.sensors.search import TrackList
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.sky import Sky
from jointwatch.studies.truth import Flown

BIAS_STREAM, CROSS_SECTION_STREAM, INFRARED_STREAM = 1, 2, 3
"""Second part of a run's seed for what is drawn besides the scans, so that neither moves the other."""
PLOTS_OF_ONE_MESSAGE = 1000  # of 54 bytes; a message has 64,000 at most


@dataclass(frozen=True)
class Scanned:
    """One scan with the truth behind it, for the score alone: which objects the radar could see then."""

    radar: str
    time_tai_ns: int  # when it was; the plots carry what the radar's clock said
    plots: Plots
    bias: Bias = NONE


class SensorDesk:
    """All radars of a run: when they scan, what they measure, and the envelopes they hand in."""

    def __init__(
        self,
        run: str,
        mode: Mode,
        deployed: Sequence[Deployed],
        flown: Sequence[Flown],
        *,
        seed: int,
        sky: Sky | None = None,
    ) -> None:
        self._run, self._mode = run, mode
        self._sky = sky
        self._deployed, self._flown = tuple(deployed), tuple(flown)
        self._keys = {d.radar.name: SigningKey.generate() for d in self._deployed}
        streams = np.random.SeedSequence(seed).spawn(len(self._deployed))
        self._rng = {
            d.radar.name: np.random.Generator(np.random.PCG64(s)) for d, s in zip(deployed, streams, strict=True)
        }
        self.biases = _biases(self._deployed, seed)
        self._tracks = {d.radar.name: TrackList(len(self._flown) + (len(sky) if sky else 0)) for d in self._deployed}
        self._numbers: dict[str, int] = {}
        self._until_tai_ns = 0
        self.scans: list[Scanned] = []

    def keys_of(self, centre: str) -> tuple[SensorKey, ...]:
        """Return the public keys of the radars that feed a centre."""
        return tuple(
            SensorKey(d.radar.name, self._keys[d.radar.name].public.data) for d in self._deployed if d.feeds == centre
        )

    def envelopes_until(self, now_tai_ns: int) -> dict[str, tuple[bytes, ...]]:
        """Return, for each centre, the signed scans that its radars made since the last call, in order of time."""
        found: dict[str, list[bytes]] = {}
        for time, deployed, plots in self.measured_until(now_tai_ns):
            found.setdefault(deployed.feeds, []).extend(self._signed(deployed, time, plots))
        return {centre: tuple(entries) for centre, entries in found.items()}

    def measured_until(self, now_tai_ns: int) -> Iterator[tuple[int, Deployed, Plots]]:
        """Yield what the radars measured since the last call: when it was, which radar, and its plots, in order."""
        due = [(t, d) for d in self._deployed for t in d.scans_between(self._until_tai_ns, now_tai_ns)]
        self._until_tai_ns = now_tai_ns
        for time, deployed in sorted(due, key=lambda scan: scan[0]):
            yield time, deployed, self._measured(deployed, time)

    def _measured(self, deployed: Deployed, now_tai_ns: int) -> Plots:
        name = deployed.radar.name
        numbers, truth, rcs_m2 = self._there(deployed, now_tai_ns)
        plots = scan(
            deployed.radar,
            deployed.faces,
            now_tai_ns,
            truth,
            rcs_m2,
            self._rng[name],
            medium=deployed.medium,
            bias=self.biases[name],
            tracks=self._tracks[name],
            numbers=numbers,
        )
        self.scans.append(Scanned(name, now_tai_ns, plots, self.biases[name]))
        return plots

    def _there(self, deployed: Deployed, now_tai_ns: int) -> tuple[Ints, Ecef, Floats]:
        """Numbers, states and cross-sections of all that a radar may see: what was launched, then satellites."""
        aloft = [number for number, flown in enumerate(self._flown) if flown.aloft(now_tai_ns)]
        launched = joined([self._flown[number].states_at(now_tai_ns) for number in aloft])
        rcs_m2 = np.array([self._flown[number].rcs_m2[deployed.radar.band] for number in aloft])
        if self._sky is None:
            return np.array(aloft, dtype=np.int64), launched, rcs_m2
        over, satellites, their_rcs_m2 = self._sky.over(deployed.radar, now_tai_ns)
        numbers = np.concatenate([np.array(aloft, dtype=np.int64), len(self._flown) + over])
        return numbers, joined([launched, satellites]), np.concatenate([rcs_m2, their_rcs_m2])

    def _signed(self, deployed: Deployed, time_tai_ns: int, plots: Plots) -> list[bytes]:
        """The scan as signed reports: one, or, of more plots than a message holds, several of the same instant."""
        parts = range(0, max(len(plots), 1), PLOTS_OF_ONE_MESSAGE)
        return [self._report(deployed, time_tai_ns, plots, slice(k, k + PLOTS_OF_ONE_MESSAGE)) for k in parts]

    def _report(self, deployed: Deployed, time_tai_ns: int, plots: Plots, part: slice) -> bytes:
        name = deployed.radar.name
        number = self._numbers[name] = self._numbers.get(name, 0) + 1
        z, sigma = plots.z[part], plots.sigma[part]
        message = plot_report.PlotReport(
            mode=self._mode,
            run=self._run,
            origin=deployed.feeds,
            log=str(LogId(deployed.feeds, deployed.feeds, "record")),
            logged_tai_ns=time_tai_ns,  # of the exercise's clock, whatever the radar's says
            id=f"{name}-scan-{number}",
            sensor=name,
            site=reports.site_of(plots),
            time_tai_ns=plots.time_tai_ns,
            range_m=(),
            azimuth_rad=(),
            elevation_rad=(),
            sigma_range_m=(),
            sigma_azimuth_rad=(),
            sigma_elevation_rad=(),
        )
        return dsse.sign(PAYLOAD_TYPE, encode_plots(message, z, sigma), [self._keys[name]]).encode()


def _biases(deployed: Sequence[Deployed], seed: int) -> dict[str, Bias]:
    """Return what is wrong with each radar in this run, from a stream that no measurement draws from."""
    streams = np.random.SeedSequence([seed, BIAS_STREAM]).spawn(len(deployed))
    generators = [np.random.Generator(np.random.PCG64(stream)) for stream in streams]
    return {d.radar.name: drawn(d.errors, rng) for d, rng in zip(deployed, generators, strict=True)}
