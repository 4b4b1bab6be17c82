"""Every value that went into a run, with who says so: scenario, radars, vehicle, priors, exchange, software."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from jointwatch.catalogue import shelf
from jointwatch.catalogue.fact import Provenance, unit_of
from jointwatch.catalogue.radars import Detection
from jointwatch.catalogue.spread import Spread
from jointwatch.display.report_data import Input
from jointwatch.display.wording import place
from jointwatch.sensors.radar import service
from jointwatch.studies.architecture import Deployed
from jointwatch.studies.evidence import Played
from jointwatch.studies.scenario import Alternative, Flight, Scenario

OUR_OWN = "this project"
PACKAGES = ("numpy", "scipy", "numba", "msgspec", "pynacl", "apsw", "cryptography")
WORDS = {
    "position_deg": "position",
    "height_m": "height of the site",
    "instrumented_range_km": "farthest range it listens to",
    "minimum_range_km": "nearest range it listens to",
    "detection": "detected with probability one half",
    "sigma_angle_deg": "error of azimuth and elevation, one sigma",
    "sigma_range_m": "error of range, one sigma",
    "beam_deg": "width of the beam",
    "revisit_s": "time between looks",
    "false_plots_per_scan": "false plots per scan and array",
    "altitude_fraction": "height at cut-off / (climb rate × burn time)",
    "downrange_fraction": "distance at cut-off / (ground speed × burn time)",
    "kappa_altitude": "height at cut-off / (climb rate × burn time)",
    "kappa_downrange": "distance at cut-off / (ground speed × burn time)",
    "log_beta": "ballistic coefficient, logarithm of kg/m²",
}
OCCASION = {"pre-launch": "notified before launch", "post-launch": "notified after launch", "orbit": "published orbit"}
# Of the catalogue, by no part of a run: what a radar's range was published to follow from, and what it was seen to do.
UNUSED = (
    "frequency_mhz", "rcs_spread_db", "range_km", "burnout_altitude_km", "peak_power_kw", "mean_power_kw", "duty_cycle",
    "elements", "active_elements", "aperture_m2", "gain_db", "boresight_azimuth_deg",
    "boresight_elevation_deg", "position_error_km", "track_capacity",
)  # fmt: skip


def inputs(played: Played) -> tuple[Input, ...]:
    """Return every value that went into a run."""
    return (
        *_scenario(played.scenario),
        *(row for deployed in played.plan.deployed for row in _radar(deployed, played)),
        *_vehicles(played),
        *_priors(),
        *_exchange(played),
        *_software(played),
    )


# -- the scenario ----------------------------------------------------------------------------------------------------


def _scenario(scenario: Scenario) -> Iterator[Input]:
    many = len(scenario.flights) > 1
    for flight in scenario.flights:
        for keys, parameter, value, unit in _of_flight(flight):
            yield _chosen(f"{flight.id}: {parameter}" if many else parameter, value, unit, keys, scenario.alternatives)
    for notice in scenario.notices:
        text = f"{OCCASION[notice.occasion]}, {notice.time_utc[11:19]}"
        yield Input("Scenario", "official word", text, "UTC", f"{notice.source}. {notice.text}", "", False)


def _of_flight(flight: Flight) -> Iterator[tuple[tuple[str, ...], str, str, str]]:
    """Return of each value of a flight the keys of the alternatives that speak of it, its name, value and unit."""
    yield ("launch time",), "launch time", flight.launch_utc.replace("T", " ").rstrip("Z"), "UTC"
    yield ("launch place",), "launch place", place(flight.launch_latitude_deg, flight.launch_longitude_deg), ""
    yield ("bearing",), "bearing of the launch", f"{flight.azimuth_deg:g}", "°"
    if flight.perigee_km is not None:
        heights = f"{flight.perigee_km:g} × {flight.apogee_km:g}"
        yield ("orbit", "apogee", "perigee"), "orbit, heights over the equatorial radius", heights, "km"
        return
    yield ("range",), "range", f"{flight.range_km:g}", "km"
    apogee = "that of least energy" if flight.apogee_km is None else f"{flight.apogee_km:g}"
    yield ("apogee",), "apogee", apogee, "" if flight.apogee_km is None else "km"


def _chosen(parameter: str, value: str, unit: str, keys: tuple[str, ...], alternatives: Sequence[Alternative]) -> Input:
    said = [each for each in alternatives if each.key in keys]
    taken = next((each for each in said if each.taken), None)
    others = "; ".join(f"{_of(each, keys)}{each.value} ({each.claimant})" for each in said if each is not taken)
    if taken is None:
        return Input("Scenario", parameter, value, unit, "the scenario file, which names no source", "", True, others)
    source = f"{taken.claimant} – {taken.value}"
    if taken.claimant != OUR_OWN:
        source = f"{source} ({taken.source})"
    return Input("Scenario", parameter, value, unit, source, taken.tag, taken.claimant == OUR_OWN, others)


def _of(each: Alternative, keys: tuple[str, ...]) -> str:
    """What an alternative speaks of, where that is only a part of the value."""
    return "" if each.key == keys[0] else f"{each.key} "


# -- the catalogue ---------------------------------------------------------------------------------------------------


def _radar(deployed: Deployed, played: Played) -> Iterator[Input]:
    group = f"Radar {deployed.title}"
    counterfactual = played.plan.view.counterfactual
    for face in deployed.radar.faces:
        looks = face in deployed.faces
        source = f"{service(face)}{'; as the variant proposes' if looks and counterfactual else ''}"
        yield Input(group, f"{face.name} array looks", "yes" if looks else "no", "", source, "", False)
    yield from catalogued(group, shelf.rows("radars", deployed.radar.name))


def _vehicles(played: Played) -> Iterator[Input]:
    bands = {deployed.radar.band for deployed in played.plan.deployed}
    for name in dict.fromkeys(flight.vehicle for flight in played.scenario.flights):
        title = str(shelf.entries("vehicles")[name].title)  # type: ignore[attr-defined]
        rows = [row for row in shelf.rows("vehicles", name) if band(row.parameter) in {"", *bands}]
        yield from catalogued(f"Vehicle: {title}", rows)


def _priors() -> Iterator[Input]:
    rows = shelf.rows("boost-priors", "generic")
    yield from catalogued("What the centres assume of any ascent", rows, unused=())


def catalogued(group: str, rows: Iterable[Provenance], unused: tuple[str, ...] = UNUSED) -> Iterator[Input]:
    """Return one input for each parameter: the claim that was taken, and what the others say."""
    for parameter, claims in groupby(rows, key=lambda row: row.parameter):
        names = {parameter, parameter.rpartition(".")[2]}
        if names & {*unused} or parameter.startswith("stages."):  # runs fly a class's one curve, not its stages
            continue
        taken, *others = sorted(claims, key=lambda row: not row.taken)
        yield Input(
            group=group,
            parameter=words(parameter),
            value=_shown(taken),
            unit=_unit(taken),
            source=who(taken),
            tag=taken.tag,
            assumed=taken.assumption and taken.claimant == OUR_OWN,
            alternatives="; ".join(f"{measured(row)} ({_claimant(row)})" for row in others),
        )


def words(parameter: str) -> str:
    """Return a parameter's key as a reader wants it.

    >>> words("faces.south-west.sector_deg"), words("rcs_m2.VHF"), words("burn_time_s")
    ('south-west array, sector', 'radar cross-section, VHF', 'burn time')
    """
    if parameter in WORDS:
        return WORDS[parameter]
    if band(parameter):
        return f"radar cross-section, {band(parameter)}"
    first, _, rest = parameter.partition(".")
    if first == "faces":
        face, _, rest = rest.partition(".")
        return f"{face} array, {_plain(rest)}"
    return _plain(parameter)


def _plain(key: str) -> str:
    endings = ("_kg_m2", "_km_s", "_deg", "_km", "_m2", "_m", "_s")
    short = next((key.removesuffix(ending) for ending in endings if key.endswith(ending)), key)
    return short.replace("_", " ")


def band(parameter: str) -> str:
    """Return the band of which a cross-section is; empty for every other parameter."""
    return parameter.removeprefix("rcs_m2.") if parameter.startswith("rcs_m2.") else ""


def _shown(row: Provenance) -> str:
    match row.value:
        case Detection(range_km=range_km, rcs_m2=rcs_m2, snr=snr):
            return f"{range_km:g} km for {rcs_m2:g} m² (signal {snr:g} times the noise)"
        case Spread(mean=mean, sigma=sigma):
            return f"{mean:g} ± {sigma:g}"
    return row.shown


def measured(row: Provenance) -> str:
    """Return a claimed value with its unit."""
    unit = _unit(row)
    return f"{_shown(row)}{'' if unit in ('', '°') else ' '}{unit}"


def _unit(row: Provenance) -> str:
    return "m²" if band(row.parameter) else unit_of(row.parameter)


def who(row: Provenance) -> str:
    """Return who claims a value, when, where it was read, and what the claim adds."""
    if row.claimant == OUR_OWN:
        return f"{OUR_OWN} – {row.note}"
    return f"{_claimant(row)} – {row.source}{f'; {row.note}' if row.note else ''}"


def _claimant(row: Provenance) -> str:
    dated = row.date and row.date[:4] not in row.claimant
    return f"{row.claimant}, {row.date}" if dated else row.claimant


# -- the exchange, the software --------------------------------------------------------------------------------------


def _exchange(played: Played) -> Iterator[Input]:
    names = {centre.id: centre.name for centre in played.plan.view.centres}
    source = f"variant {played.plan.view.variant} of the scenario"
    for centre, policy in played.plan.release.items():
        kinds = (("plots", policy.plots), ("tracklets", policy.tracklets), ("launch reports", policy.reports))
        released = ", ".join(kind for kind, allowed in kinds if allowed) or "nothing"
        masked = ", its source masked" if policy.mask_source else ""
        yield Input("Exchange", f"{names.get(centre, centre)} releases", released + masked, "", source, "", False)


def _software(played: Played) -> Iterator[Input]:
    versions, processor = played.software.versions, played.software.processor
    values = (
        ("random seed", str(played.scenario.seed), "scenario file"),
        ("Jointwatch", versions["jointwatch"], "run.json"),
        ("Python", versions["python"], "run.json"),
        ("packages", ", ".join(f"{name} {versions[name]}" for name in PACKAGES), "run.json"),
        ("processor", f"{processor['machine']}, {processor['system']}", "run.json, with its instructions"),
    )
    return (Input("Software", parameter, value, "", source, "", False) for parameter, value, source in values)
