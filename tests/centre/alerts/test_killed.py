"""A centre that is killed again and again while it alerts: nothing is lost, and nothing is read twice by its id."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import msgspec

from jointwatch.centre import founding
from jointwatch.centre.client import CentreLine
from jointwatch.exchange.carrier import LineCut
from jointwatch.messages.launch_report import LaunchReport
from tests import ports
from tests.centre import serving
from tests.centre.alerts.receiver import Receiver, receiving
from tests.centre.alerts.test_in_service import ITEMS, RECORD

KILLS = 3
LAUNCHES_PER_LIFE = 12


def killed_while_alerting(folder: Path, kills: int, seed: int = 1) -> tuple[int, int, int]:
    """How many launches were reported, how many requests came, and how many alerts by their id."""
    chance, receiver, reported = random.Random(seed), Receiver(), list[str]()
    clients = [founding.Client.parse(text) for text in ("operator:desk", "admin:admin")]
    moscow = folder / "moscow"
    founding.found(moscow, run="watch", mode="exercise", listen=f"127.0.0.1:{ports.free()}", clients=clients)
    with receiving(receiver):
        with (moscow / "centre.toml").open("a") as file:
            file.write(f'\n[alerts.receivers.police]\naddress = "{receiver.address}"\ninner = true\n')
        for life in range(kills + 1):
            process = serving.start(moscow)
            with CentreLine(moscow / "clients" / "desk") as line:
                reported += [report(line, f"T-{life}-{number}") for number in range(LAUNCHES_PER_LIFE)]
            if life < kills:
                time.sleep(chance.uniform(0.0, 1.5))
                serving.end(process, signal.SIGKILL)
            else:
                wanted = {f"watch:moscow:{track}" for track in reported}
                serving.wait_for(lambda wanted=wanted: alerted(receiver) == wanted and not waits(moscow))  # type: ignore[misc]
                serving.end(process)
    alerts = [one for one in receiver.taken if one.type == "Alert"]
    assert len(alerts) == len(reported)
    return len(reported), len(receiver.came), len(receiver.taken)


def alerted(receiver: Receiver) -> set[str]:
    return {one.incidents[0] for one in receiver.taken if one.type == "Alert"}


def waits(moscow: Path) -> bool:
    try:
        return bool(serving.health(moscow)["alerts"]["police"]["waiting"])
    except LineCut:
        return True


def report(line: CentreLine, track: str) -> str:
    items = msgspec.structs.replace(ITEMS, track=track)
    line.submit([serving.words(line, LaunchReport, RECORD, f"r-{track}", items=items)])
    return track


def test_killed_again_and_again_it_tells_each_receiver_of_each_launch(tmp_path: Path) -> None:
    reported, requests, messages = killed_while_alerting(tmp_path, KILLS)
    assert reported == LAUNCHES_PER_LIFE * (KILLS + 1)
    assert requests - messages <= KILLS  # at most the one that was under way, each time


if __name__ == "__main__":
    import sys
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        reported, requests, messages = killed_while_alerting(Path(folder), int(sys.argv[1]))
        print(
            f"{sys.argv[1]} kills: {reported} launches, {messages} messages, {requests - messages} of them sent twice"
        )
