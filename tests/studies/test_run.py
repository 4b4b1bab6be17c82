"""A run with two real centre processes: its evidence verifies, replays to the bit, and survives the loss of one."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from jointwatch.assessment.priors import BoostPriors
from jointwatch.centre.replay import Replay, read_logs
from jointwatch.exchange import dsse
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.correction import Correction
from jointwatch.messages.encoding import decode
from jointwatch.messages.heartbeat import Heartbeat
from jointwatch.messages.notice import Notice
from jointwatch.messages.picture import Picture
from jointwatch.messages.plot_report import PlotReport
from jointwatch.messages.statement import Statement
from jointwatch.messages.tracklet import Tracklet
from jointwatch.studies.evidence import Played, RunFile
from tests.conftest import Run, play, shortened


def replay_of(run: Run) -> Replay:
    described = msgspec.json.decode((run.directory / "run.json").read_bytes(), type=RunFile)
    return Replay(read_logs(run.directory), BoostPriors(**described.priors))


def pictures(run: Run, perspective: str) -> list[Picture]:
    return [p for snapshot in run.record.snapshots for p in snapshot.pictures if p.perspective == perspective]


def test_the_run_directory_verifies_on_its_own_and_against_pinned_identities(sejil: Run) -> None:
    alone = verify_run(sejil.directory)
    pinned = verify_run(sejil.directory, trust=sejil.identities)
    assert alone.ok, alone.faults
    assert pinned.ok, pinned.faults
    assert not verify_run(sejil.directory, trust={**sejil.identities, "moscow": "SHA256:" + "A" * 43}).ok


@pytest.mark.parametrize("perspective", ["joint", "moscow", "brussels"])
def test_replay_equals_live_at_five_instants_also_around_a_correction(sejil: Run, perspective: str) -> None:
    logs = read_logs(sejil.directory)
    corrected = next(m for messages in logs.values() for m in messages if isinstance(m, Correction)).logged_tai_ns
    shown = {p.as_of_tai_ns: p for p in pictures(sejil, perspective) if p.tracks}
    times = sorted(shown)
    before = max(t for t in times if t < corrected)
    after = min(t for t in times if t >= corrected)
    chosen = {times[0], before, after, times[len(times) // 2], times[-1]}
    assert len(chosen) == 5
    replay = replay_of(sejil)
    for time in sorted(chosen):
        assert msgspec.json.encode(replay.picture(perspective, time)) == msgspec.json.encode(shown[time])


def test_both_centres_compute_the_same_joint_picture_at_every_tick(sejil: Run) -> None:
    agreements = [snapshot.joint_agrees for snapshot in sejil.record.snapshots]
    assert all(agreements)


def test_the_joint_picture_needs_no_internal_log(sejil: Run) -> None:
    """Whoever has only what was released makes the same joint picture."""
    outbound = {log: messages for log, messages in read_logs(sejil.directory).items() if not log.internal}
    described = msgspec.json.decode((sejil.directory / "run.json").read_bytes(), type=RunFile)
    last = [p for p in pictures(sejil, "joint") if p.tracks][-1]
    assert Replay(outbound, BoostPriors(**described.priors)).picture("joint", last.as_of_tai_ns) == last


def test_the_statement_carries_two_signatures_of_keys_from_two_processes(sejil: Run) -> None:
    envelope = dsse.parse_json((sejil.directory / "statement.json").read_bytes())
    statement = decode(envelope.payload)
    assert isinstance(statement, Statement)
    assert statement.centres == ("brussels", "moscow")
    assert len({signature.keyid for signature in envelope.signatures}) == 2
    rosters = {m.origin: m for ms in read_logs(sejil.directory).values() for m in ms if m.id.endswith("-roster-1")}
    desks = {key.public_key for roster in rosters.values() for key in roster.keys if key.purpose == "desk"}
    assert len(desks) == 2
    assert len(dsse.verify(envelope, [*map(dsse.PublicKey, desks)])) == 2


def test_the_flight_is_found_where_it_was_and_called_a_missile(sejil: Run) -> None:
    statement = decode(dsse.parse_json((sejil.directory / "statement.json").read_bytes()).payload)
    assert isinstance(statement, Statement)
    (joint,) = statement.objects
    assert joint.joint is not None
    assert joint.joint.verdict == "missile"
    assert joint.joint.launch is not None
    assert joint.joint.impact is not None


def test_what_is_released_is_what_policy_allows(sejil: Run, omid: Run) -> None:
    kinds = {
        (run.scenario.name, log.owner, type(m))
        for run in (sejil, omid)
        for log, messages in read_logs(run.directory).items()
        if not log.internal
        for m in messages
    }
    assert ("sejil-2009", "moscow", PlotReport) in kinds
    assert ("sejil-2009", "brussels", PlotReport) in kinds
    assert ("omid-2009", "moscow", Tracklet) in kinds
    assert ("omid-2009", "moscow", PlotReport) not in kinds
    assert ("omid-2009", "brussels", Heartbeat) in kinds


def test_a_masked_source_appears_in_no_outbound_byte(omid: Run) -> None:
    """Moscow masks its source: nothing that leaves the house names a radar, its roster of keys included."""
    for log in read_logs(omid.directory):
        if log.internal:
            continue
        for path in (omid.directory / "logs").joinpath(*str(log).split("/")).rglob("*"):
            assert path.is_dir() or b"gabala" not in path.read_bytes(), path


def test_cut_off_outside_all_fields_leaves_the_verdict_open_until_the_published_orbit(omid: Run) -> None:
    notice = next(m for ms in read_logs(omid.directory).values() for m in ms if isinstance(m, Notice))
    views = [(p.as_of_tai_ns, t) for p in pictures(omid, "moscow") for t in p.tracks]
    earlier = {t.verdict for time, t in views if time < notice.logged_tai_ns}
    later = [t for time, t in views if time > notice.logged_tai_ns]
    assert earlier == {"undecided"}
    assert any("cut-off was not seen" in t.reason for _, t in views)
    assert later[-1].verdict == "space launch"
    assert "published orbit" in later[-1].reason
    assert 0.05 < later[-1].p_space < 0.95, "the probability stays what the track alone says"


def test_brussels_lives_on_what_moscow_releases(omid: Run) -> None:
    (track,) = pictures(omid, "brussels")[-1].tracks
    assert track.sources == ("masked",)
    assert track.owners == ("moscow",)
    assert LogId("brussels", "moscow", "plot") not in read_logs(omid.directory)


def test_a_radar_that_was_not_on_duty_says_so_and_scans_nothing(omid: Run) -> None:
    described = msgspec.json.decode((omid.directory / "run.json").read_bytes(), type=RunFile)
    assert any("sees nothing of safir-2: no array was on duty on 2009-02-02" in note for note in described.view.notes)
    armavir = next(radar for radar in described.view.radars if radar.id == "armavir")
    assert not any(face.on_duty for face in armavir.faces)
    sensors = {m.sensor for ms in read_logs(omid.directory).values() for m in ms if isinstance(m, PlotReport)}
    assert sensors == {"gabala"}


def test_the_loss_of_a_centre_stops_neither_the_other_nor_the_evidence(bereaved: Run) -> None:
    assert set(bereaved.record.lost) == {"brussels"}
    told = [event.text for event in bereaved.record.events if event.kind == "link"]
    assert any("the process of brussels" in text and "moscow goes on" in text for text in told)
    last = bereaved.record.snapshots[-1]
    states = {state.id: state for state in last.centres}
    assert (states["brussels"].process, states["moscow"].process, states["moscow"].link) == ("lost", "up", "cut")
    report = verify_run(bereaved.directory)
    assert report.ok, report.faults


def test_nothing_the_lost_centre_had_accepted_is_lost(bereaved: Run) -> None:
    """Its own logs are in the run directory up to its last tick, and its partner's replica of them agrees."""
    logs = read_logs(bereaved.directory)
    own = [m for m in logs[LogId("brussels", "brussels", "record")] if isinstance(m, PlotReport)]
    released = logs[LogId("brussels", "moscow", "plot")]
    assert [m.time_tai_ns for m in released if isinstance(m, PlotReport)] == [m.time_tai_ns for m in own]
    assert len(own) >= 40  # five-second scans for 220 s
    statement = decode(dsse.parse_json((bereaved.directory / "statement.json").read_bytes()).payload)
    assert isinstance(statement, Statement)
    assert statement.absent == ("brussels",)
    assert not statement.agree


def test_two_runs_of_one_seed_give_the_same_pictures(sejil: Run, bereaved: Run) -> None:
    """Keys, salts and run ids are new each time; what is seen is not, up to the loss that only one of them had."""
    first, second = ({p.as_of_tai_ns: p for p in pictures(run, "moscow")} for run in (sejil, bereaved))
    common = sorted(first.keys() & second.keys())
    before_loss = [time for time in common if time - common[0] < 215e9]
    assert any(first[time].tracks for time in before_loss)
    assert all(first[time] == second[time] for time in before_loss)


def test_replay_of_the_survivor_equals_what_it_showed(bereaved: Run) -> None:
    last = [p for p in pictures(bereaved, "moscow") if p.tracks][-1]
    assert replay_of(bereaved).picture("moscow", last.as_of_tai_ns) == last


def test_evidence_is_complete_even_where_the_report_cannot_be_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def broken(played: Played) -> str:
        raise ZeroDivisionError("no <figure>")

    run = play(shortened("sejil-2009", 20.0), "as-proposed", tmp_path / "D", page=broken)
    assert "ZeroDivisionError" in run.record.report_fault
    assert "no &lt;figure&gt;" in (run.directory / "report.html").read_text()
    assert verify_run(run.directory).ok


def test_one_flipped_byte_in_any_file_of_a_real_run_is_named(sejil: Run, tmp_path: Path) -> None:
    copy = tmp_path / "D"
    shutil.copytree(sejil.directory, copy)
    files = sorted(path for path in copy.rglob("*") if path.is_file())
    assert len(files) > 20
    for path in files:
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        faults = verify_run(copy).faults
        assert [fault for fault in faults if fault.file == path.relative_to(copy).as_posix()], path
        path.write_bytes(whole)
    assert verify_run(copy).ok
