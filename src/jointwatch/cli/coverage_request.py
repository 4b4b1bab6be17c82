"""What was asked of `jointwatch coverage`, and the flights that go with it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from rich.progress import Progress

from jointwatch.catalogue.regions import Region, regions
from jointwatch.catalogue.vehicles import load_vehicles
from jointwatch.sensors.radar import Radar
from jointwatch.studies.regional import RegionalFlights, flights_from

FLIGHTS = 100  # of each class from each region
AIR = "refraction by mean air, no terrain; all arrays, whatever their dates of service"


@dataclass(frozen=True)
class Request:
    """Radars with their titles, height and cross-section; given_rcs_m2 is None where none was given."""

    radars: tuple[Radar, ...]
    titles: tuple[str, ...]
    altitude_m: float
    rcs_m2: float
    given_rcs_m2: float | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the radars in the catalogue."""
        return tuple(radar.name for radar in self.radars)

    @property
    def words(self) -> str:
        """What is shown, in one sentence."""
        return (
            f"an object of {self.rcs_m2:g} m² mean cross-section at {self.altitude_m / 1e3:g} km, seen where one look "
            f"detects it with probability one half; {AIR}"
        )

    @property
    def command(self) -> str:
        """The command as it was given."""
        return " ".join(["jointwatch", *sys.argv[1:]])


def flights(request: Request, progress: Progress) -> dict[tuple[str, str], RegionalFlights]:
    """What the radars make of every class of missiles out of every region of launches, by region and class."""
    classes = [name for name, entry in load_vehicles().items() if entry.kind == "missile" and entry.range_km]
    from_here: list[Region] = [region for region in regions() if region.launches]
    task = progress.add_task("flights", total=len(classes) * len(from_here) * FLIGHTS)
    return {
        (region.name, name): flights_from(
            request.radars, name, region, rcs_m2=request.given_rcs_m2, count=FLIGHTS,
            done=lambda arcs: progress.advance(task, arcs),
        )
        for region in from_here
        for name in classes
    }  # fmt: skip
