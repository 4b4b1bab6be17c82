"""The report of a played run: the score, the record and the sources, put into the values that the display draws."""

from __future__ import annotations

from jointwatch.centre.replay import read_logs
from jointwatch.cli.report_feeds import feed_verdicts
from jointwatch.cli.report_inputs import inputs
from jointwatch.cli.report_launches import judgements
from jointwatch.cli.report_objects import object_reports, reach
from jointwatch.cli.report_record import log_heads, public_keys, read_record, statement
from jointwatch.display.report import render
from jointwatch.display.report_data import Claim, Input, ReportData
from jointwatch.exchange.run_directory import MANIFEST
from jointwatch.studies.answers import answer
from jointwatch.studies.evidence import Played
from jointwatch.studies.score import Score, score

HEIGHT_KM = 300.0  # of the objects for which the map shows how far the radars look


def report_page(played: Played) -> str:
    """Return the report of a run as one HTML document; its logs must be in its directory already."""
    return render(report_data(played))


def report_data(played: Played) -> ReportData:
    """Return everything the report says."""
    logs = read_logs(played.directory)
    scored = score(played, logs)
    record = read_record(played.directory, run=played.plan.view.run, mode=played.plan.view.mode)
    listed = inputs(played)
    return ReportData(
        run=played.plan.view,
        version=played.software.versions["jointwatch"],
        objects=object_reports(scored, played),
        coverage=reach(played.plan.deployed, HEIGHT_KM),
        coverage_height_km=HEIGHT_KM,
        events=tuple(played.record.events),
        logs=log_heads(record),
        keys=public_keys(record),
        statement=statement(played.record.statement, record),
        judgements=judgements(logs),
        feeds=feed_verdicts(logs),
        claims=_claims(played, scored, listed),
        inputs=listed,
        directory=played.directory.name,
        manifest_log=_manifest_log(played),
    )


def _claims(played: Played, scored: Score, listed: tuple[Input, ...]) -> tuple[Claim, ...]:
    physics = [each for each in listed if each.group.startswith(("Radar", "Vehicle"))]
    assumed = sum(each.assumed for each in physics)
    rests = f" It rests on {len(physics)} values for radars and vehicle; {assumed} of them are assumptions (section 7)."
    found = []
    for claim in played.scenario.claims:
        said = answer(claim, scored, played.plan.view, played.plan.deployed)
        limit = said.limit + rests if assumed else said.limit
        found.append(Claim(claim.words, claim.claimant, claim.date, claim.source, said.verdict, said.shows, limit))
    return tuple(found)


def _manifest_log(played: Played) -> str:
    """The log of the first centre that is still there: it lists every file."""
    living = [centre for centre in played.plan.release if centre not in played.record.lost]
    return f"{living[0]}/common/{MANIFEST}" if living else ""
