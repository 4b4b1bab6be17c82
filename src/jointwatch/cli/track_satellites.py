"""What `jointwatch track` does with a catalogue: which of the tracks are satellites, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jointwatch.cli.errors import UserError
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns

if TYPE_CHECKING:
    from rich.console import Console

    from jointwatch.studies.recording import Recording
    from jointwatch.tracking.known import Known
    from jointwatch.tracking.track import Track


def known(path: Path | None, recording: Recording) -> Known | None:
    """Return the satellites of a file, None without one; raises UserError where it is of another time, or none."""
    if path is None:
        return None
    from jointwatch.centre.catalogued import known_satellites
    from jointwatch.studies.sky_day import check_day

    try:
        found = known_satellites(str(path))
        if found is not None and len(recording):
            at = int(recording.time_tai_ns[0])
            check_day(str(path), found.catalogue, at, f"the measurements begin on {utc_from_tai_ns(at)[:10]}")
    except ValueError as error:
        raise UserError(f"--catalogue {error}") from None
    return found


def print_them(console: Console, satellites: Sequence[Track], known: Known | None) -> None:
    """Print one row for each track of a satellite."""
    from rich.table import Table

    if known is None:
        return
    if not satellites:
        console.print("No track is that of a satellite of the catalogue.")
        return
    table = Table(box=None, pad_edge=False, header_style="")
    table.add_column("satellite", justify="right")
    table.add_column("name")
    table.add_column("first plot")
    table.add_column("seen", justify="right")
    table.add_column("plots", justify="right")
    for track in satellites:
        number = track.catalogue_number or 0
        seen_s = (track.last_plot_tai_ns - track.first_plot_tai_ns) / NS_PER_S
        first = utc_from_tai_ns(track.first_plot_tai_ns, digits=0)
        table.add_row(str(number), known.name_of(number), first, f"{seen_s:.0f} s", str(track.plots))
    console.print(table)
