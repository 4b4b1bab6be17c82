"""Tracks of a centre in service as OEM files, from its record while it is in use: what its picture has too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.centre.service import Service
from jointwatch.earth.ellipsoid import geodetic_from_ecef
from jointwatch.earth.timescale import now_tai_ns
from jointwatch.formats import oem_kvn
from jointwatch.messages.plot_report import PlotReport
from tests.centre import observed, serving

RECORD = "moscow/moscow/record"
SCANS = 40


def test_the_record_in_use_gives_the_tracks_that_the_centre_holds(tmp_path: Path) -> None:
    moscow, rng = tmp_path / "moscow", np.random.default_rng(5)
    clients = [founding.Client.parse(text) for text in ("sensor-writer:gabala", "admin:admin")]
    founding.found(moscow, run="watch", mode="exercise", listen=serving.address(), clients=clients)
    service = Service(moscow, lambda text: None)
    try:
        start = now_tai_ns()
        with CentreLine(moscow / "clients" / "gabala") as line:
            for k, place in enumerate(observed.ascent(200.0)[12 : 12 + SCANS]):
                content = observed.scan(place, observed.at_s(start, 5.0 * (k - SCANS)), rng)
                line.submit([serving.words(line, PlotReport, RECORD, f"scan-{k}", **content)])
        serving.wait_for(
            lambda: bool((found := service.keeper.picture()) and found.tracks and found.tracks[0].plots >= 35)
        )
        written = serving.command("centre", "tracks", moscow, "--out", tmp_path / "tracks")
        assert written.returncode == 0, written.stderr
        (path,) = (tmp_path / "tracks").iterdir()
        message = oem_kvn.read(path)
        stop = message.segments[0].metadata.stop.text()[:19] + "Z"
        serving.wait_for(lambda: seen_last(service) >= stop)  # what stood in the record then has been heard
        (held,) = service.keeper.picture().tracks
    finally:
        service.close()
    assert path.name == f"moscow-{held.id}.oem"
    assert message.header.originator == "MOSCOW"
    assert message.header.comments[0] == "EXERCISE. This belongs to an exercise; nothing of it is real."
    track = message.segments[0]
    assert track.metadata.object_id == held.id
    assert stop == held.last_seen_utc[:19] + "Z"
    latitude, longitude, _ = geodetic_from_ecef(message.segments[-1].ephemeris.state_m_m_s[0, :3])
    assert np.degrees([latitude, longitude]) == pytest.approx([held.latitude_deg, held.longitude_deg], abs=3.0)


def seen_last(service: Service) -> str:
    """When what the centre holds was seen last, to the second."""
    return max(track.last_seen_utc[:19] + "Z" for track in service.keeper.picture().tracks)
