"""What `jointwatch centre init` writes and says for sensors: where each stands, and how its plots are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from jointwatch.centre.configuration import Place, read
from jointwatch.centre.founding import Client
from jointwatch.centre.intake.declared import Declared, table
from jointwatch.exchange import whole_file

_BLANK = """# Where {0} stands is not known here. Take the marks away, fill it in, and its plots are taken:
# [sensors.{0}]
# latitude_deg = 0.0
# longitude_deg = 0.0
# height_m = 0.0
# sigma_range_m = 150.0
# sigma_azimuth_deg = 0.15
# sigma_elevation_deg = 0.15"""


def declare(folder: Path, clients: Sequence[Client]) -> None:
    """Write a table into centre.toml for each sensor that cannot sign: filled in where the catalogue has the radar."""
    names = [client.name for client in clients if client.held]
    if names:
        path = Place(folder).configuration
        text = "\n\n".join([path.read_text().rstrip("\n"), *map(_table, names)])
        whole_file.write(path, text.encode() + b"\n")


def introduce(folder: Path, clients: Sequence[Client]) -> None:
    """Say how each sensor hands in its plots."""
    known = read(folder)
    for client in (client for client in clients if client.purpose.startswith("sensor:")):
        box = Place(folder).clients / client.name
        if client.held:
            files = f"--cacert {box / 'tls-ca.pem'} --cert {box / 'tls-leaf.pem'}"
            typer.echo(f"{client.name} posts JSON, TDM or CSV, and {known.centre} signs for it:")
            typer.echo(f"  curl {files} --data-binary @FILE https://{known.listen}/centre/v1/plots")
            if client.name not in known.sensors:
                typer.echo(f"  Where {client.name} stands must be said first, at the end of {folder / 'centre.toml'}.")
        else:
            typer.echo(f"{client.name} signs what it measures: jointwatch centre sensor {box} FILE...")


def _table(name: str) -> str:
    """Return the table of a radar of the catalogue, or one to be filled in."""
    from jointwatch.catalogue.radar_entries import load_radars

    return _of_catalogue(name) if name in load_radars() else _BLANK.format(name)


def _of_catalogue(name: str) -> str:
    import numpy as np

    from jointwatch.studies.recording_sites import sensor

    radar = sensor(name)
    sigma = radar.sigmas(np.array([np.nan]))[0]
    site = radar.site
    declared = Declared(
        latitude_deg=round(float(np.degrees(site.latitude_rad)), 6),
        longitude_deg=round(float(np.degrees(site.longitude_rad)), 6),
        height_m=site.height_m,
        sigma_range_m=round(float(sigma[0]), 1),
        sigma_azimuth_deg=round(float(np.degrees(sigma[1])), 4),
        sigma_elevation_deg=round(float(np.degrees(sigma[2])), 4),
    )
    head = "# As the catalogue has it; nobody published the accuracy, so the sigmas are assumed."
    return f"{head}\n{table(name, declared)}"
