"""The keys of a centre in service change: by two of three officers, during traffic, with no gap at the partner."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jointwatch.centre import cards, drafts, key_changes
from jointwatch.centre.client import CentreLine
from jointwatch.exchange.carrier import TurnedDown
from jointwatch.exchange.keys import read_key
from tests.centre import serving

LOG = "moscow/brussels/notify"
IN_FORCE_S = [2.0]
"""From the draft of a roster until it counts, for its officers to sign; twice as long behind one that came too late."""


@pytest.fixture(scope="module")
def centres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Path]]:
    clients = ("operator:desk", "operator:second", "operator:third")
    found = serving.found(tmp_path_factory.mktemp("centres"), "moscow", "brussels", clients=clients)
    with serving.serving(found[0]), serving.serving(found[1]):
        serving.opened(*found)
        yield found


def change(centre: Path, *, officers: tuple[int, ...] = (1, 3), least_s: float = 0.0, **wanted: Any) -> float:
    """A change of a centre's keys, drafted, signed by officers and taken up; AssertionError for what it lacks.

    Returns when, by the clock that only goes forward, it is in force; so many seconds after its draft at least.
    """
    draft, in_s = centre / "change.json", max(least_s, IN_FORCE_S[-1])
    key_changes.draft(centre, draft, key_changes.Wanted(in_force_in_s=in_s, **wanted))
    in_force_s = time.monotonic() + in_s
    for number in officers:
        drafts.sign(draft, read_key(centre / "officers" / f"officer-{number}.pem"))
    lacking = key_changes.wanting(centre, draft)
    assert not lacking, lacking
    try:
        key_changes.publish(centre, draft)
    except TurnedDown as late:
        if "draft it anew" not in late.reason:
            raise
        IN_FORCE_S.append(2 * in_s)
        return change(centre, officers=officers, **wanted)
    return in_force_s


def wait_until(in_force_s: float) -> None:
    time.sleep(max(0.0, in_force_s - time.monotonic()))


def done(result: object) -> None:
    assert getattr(result, "returncode", 1) == 0, getattr(result, "stderr", "")


def submit(centre: Path, id: str, *, client: str = "desk", key: str = "signing.pem") -> list[tuple[str, int]]:
    with CentreLine(centre / "clients" / client) as line:
        return line.submit([serving.entry(line, LOG, id, by=read_key(centre / "clients" / client / key))]).places


def refusals(centre: Path, partner: str) -> int:
    return int(serving.health(centre)["partners"][partner]["refused"])


def test_every_key_of_the_centre_s_own_is_replaced_during_traffic_without_a_gap(centres: list[Path]) -> None:
    moscow, brussels = centres
    stop, said = threading.Event(), list[str]()

    def speak() -> None:
        while not stop.is_set():
            said.append(f"said-{len(said)}")
            submit(moscow, said[-1])

    speaker = threading.Thread(target=speak)
    speaker.start()
    try:
        change(moscow, rotate=("log", "cosign", "desk"))
        wait_until(change(brussels, rotate=("cosign",)))
        serving.wait_for(lambda: len(said) > 10)
    finally:
        stop.set()
        speaker.join()
    serving.wait_for(lambda: serving.mirrored(moscow, brussels) and serving.mirrored(brussels, moscow))
    assert serving.health(brussels)["logs"][serving.shard(LOG)]["size"] == len(said) + 1  # behind the shard's opening
    assert {path.name for path in (moscow / "keys").glob("*.pem")} >= {"log-2.pem", "cosign-2.pem", "desk-2.pem"}
    assert not list((moscow / "keys" / "next").iterdir())


@pytest.mark.parametrize("behind", [False, True])
def test_a_centre_goes_on_with_its_new_keys_after_a_restart(tmp_path: Path, behind: bool) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(brussels):
        with serving.serving(moscow):
            serving.opened(moscow, brussels)
            submit(moscow, "before")
            card = (moscow / "card.toml").read_bytes()
            change(moscow, rotate=("log", "cosign", "desk"))
        if behind:
            (moscow / "card.toml").write_bytes(
                card
            )  # as an end between keeping the roster and writing the card leaves it
        with serving.serving(moscow):
            serving.opened(moscow)
            submit(moscow, "after")
            serving.wait_for(lambda: serving.mirrored(moscow, brussels) and serving.mirrored(brussels, moscow))


@pytest.mark.parametrize("officers", [(), (2,)])
def test_fewer_than_two_officers_change_nothing(centres: list[Path], officers: tuple[int, ...]) -> None:
    before = serving.health(centres[0])["logs"]["moscow/common/roster"]
    with pytest.raises(AssertionError, match=r"officers signed|known keys signed"):
        change(centres[0], rotate=("log",), officers=officers)
    assert serving.health(centres[0])["logs"]["moscow/common/roster"] == before


def test_a_draft_that_is_too_late_is_refused(centres: list[Path]) -> None:
    draft = centres[0] / "late.json"
    done(serving.command("centre", "keys", "draft", centres[0], "--out", draft, "--in-force-in", 1, "--rotate", "log"))
    for number in (1, 2):
        key = centres[0] / "officers" / f"officer-{number}.pem"
        done(serving.command("centre", "keys", "sign", draft, "--key", key))
    time.sleep(1)
    late = serving.command("centre", "keys", "publish", centres[0], draft)
    assert late.returncode == 2
    assert "draft it anew" in late.stderr


def test_what_a_compromised_key_signed_is_marked_at_the_partner_and_nothing_more_is_taken_of_it(
    centres: list[Path],
) -> None:
    moscow, brussels = centres
    places = [submit(moscow, f"{client}-{n}", client=client) for n in range(4) for client in ("second", "desk")]
    serving.wait_for(lambda: serving.mirrored(moscow, brussels))
    log, third = places[4][0]
    change(moscow, compromised="operator:second", since={log: third})
    with pytest.raises(TurnedDown, match="was compromised") as refusal:
        submit(moscow, "second-late", client="second")
    assert refusal.value.status == 422
    submit(moscow, "desk-late")
    serving.wait_for(lambda: serving.mirrored(moscow, brussels))
    serving.wait_for(lambda: serving.health(brussels)["unverified"] == {log: 2})
    assert serving.health(moscow)["unverified"] == {log: 2}
    assert refusals(brussels, "moscow") == 0
    verified = serving.command("log", "verify", brussels)
    assert f"Unverified: 2 of {log}, from entry {third} on" in verified.stdout, verified.stdout + verified.stderr


def test_a_client_gets_a_new_key_and_the_old_one_ends_when_the_roster_is_in_force(centres: list[Path]) -> None:
    moscow = centres[0]
    in_force_s = change(moscow, enrol=("operator:third",), least_s=10.0)  # the old one signs once more meanwhile
    submit(moscow, "old-key", client="third")
    wait_until(in_force_s)
    with pytest.raises(TurnedDown, match="known keys signed"):
        submit(moscow, "old-key-late", client="third")
    submit(moscow, "new-key", client="third", key="next.pem")
    serving.wait_for(lambda: serving.mirrored(*centres))


def test_officers_hand_over_to_others(centres: list[Path], tmp_path: Path) -> None:
    moscow, new = centres[0], []
    for name in ("a", "b", "c"):
        made = serving.command("centre", "keys", "officer", tmp_path / f"{name}.pem")
        new += ["--officer", made.stdout.strip()]
    draft = tmp_path / "root.json"
    done(serving.command("centre", "keys", "draft", moscow, "--out", draft, *new))
    for key in (*(moscow / "officers" / f"officer-{n}.pem" for n in (1, 2)), tmp_path / "a.pem"):
        done(serving.command("centre", "keys", "sign", draft, "--key", key))
    assert "1 of 3 officers signed" in serving.command("centre", "keys", "publish", moscow, draft).stderr
    done(serving.command("centre", "keys", "sign", draft, "--key", tmp_path / "c.pem"))
    done(serving.command("centre", "keys", "publish", moscow, draft))
    with pytest.raises(AssertionError, match=r"officers signed|known keys signed"):
        change(moscow, rotate=("desk",), officers=(1, 2))
    assert cards.keys(cards.read(moscow)).identity == serving.health(moscow)["identity"]
    serving.wait_for(lambda: serving.mirrored(*centres))


def test_what_a_serving_centre_took_in_goes_to_its_partner_on_a_stick(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(moscow, "--without", "brussels"):
        submit(moscow, "before")
        change(moscow, rotate=("log", "cosign"))
        submit(moscow, "after")
    identities = {centre.name: cards.keys(cards.read(centre)).identity for centre in (moscow, brussels)}
    trust, stick = tmp_path / "trust.toml", tmp_path / "stick"
    trust.write_text("[centres]\n" + "".join(f'{name} = "{key}"\n' for name, key in identities.items()))
    ours, theirs = (centre / "runs" / "watch.sqlite" for centre in (moscow, brussels))
    done(serving.command("log", "export", ours, "--audience", "brussels", "--out", stick))
    done(serving.command("log", "export", theirs, "--audience", "moscow", "--out", stick))
    for record in (theirs, ours, theirs, ours):
        done(serving.command("log", "import", stick, "--into", record, "--trust", trust))
    verified = serving.command("log", "verify", brussels, "--trust", trust)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    with serving.serving(moscow), serving.serving(brussels):
        serving.opened(moscow, brussels)
        serving.wait_for(lambda: serving.mirrored(moscow, brussels) and serving.mirrored(brussels, moscow))
