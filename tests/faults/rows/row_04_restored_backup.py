"""A sender comes back on an old state of its database: a backup that was restored, or flushes the disk never made."""

from __future__ import annotations

import time
from pathlib import Path

import apsw

from jointwatch.centre import configuration
from tests.centre import serving
from tests.exchange.faulty_proxy import FaultyProxy
from tests.faults import served
from tests.faults.harness import Outcome, seconds_until

TITLE = "lost fsync, restored old backup at the sender"
REQUIRED = "refuses to append, the peer shows an incident, refilled from the mirror"
BACK_S = 10.0


def run(folder: Path, *, full: bool) -> Outcome:
    worst = 0.0
    with served.centres(folder) as (moscow, brussels), _line_through(moscow, brussels) as line:
        desk = served.Desk(moscow)
        for number in range(5 if full else 1):
            old = folder / f"backup-{number}.sqlite"
            desk.hand_in(200)
            _back_up(moscow.database, old)
            desk.hand_in(300)
            served.mirrored_s(moscow, brussels)
            moscow.kill()
            _restore(moscow.database, old)
            line.silence()
            moscow.start()
            worst = max(worst, _refused_and_refilled(desk, brussels, line))
        found = served.ended(moscow, brussels, desk.acknowledged)
        assert any(seen.about == "refused" and "no rollback" in seen.text for seen in brussels.incidents())
        assert any(seen.about == "refill" for seen in moscow.incidents())
    return found.outcome(worst, "turned down until asked; the missing entries came back under their old signatures")


def _refused_and_refilled(desk: served.Desk, brussels: served.Centre, line: FaultyProxy) -> float:
    """How long after the line's return Moscow appended again; before, it turned down whatever was handed in."""
    with desk:
        seconds_until(lambda: _shows(brussels), BACK_S, "brussels shows that moscow fell back")
        kept = len(desk.acknowledged)
        seconds_until(lambda: _turned_down(desk), BACK_S, "moscow turns down what is handed in, and says why")
        time.sleep(1.0)
        assert len(desk.acknowledged) == kept, "moscow appended before it had asked brussels"
        line.heal()
        start = time.monotonic()
        seconds_until(lambda: len(desk.acknowledged) > kept, BACK_S, "moscow appends again")
        return time.monotonic() - start


def _turned_down(desk: served.Desk) -> bool:
    return any("waits until brussels said" in reason for reason in list(desk.turned_down))


def _line_through(moscow: served.Centre, brussels: served.Centre) -> FaultyProxy:
    """A relay on Moscow's way to Brussels, which it uses from its next start on; Brussels sees Moscow all the time."""
    place = configuration.Place(moscow.folder)
    host, port = configuration.split(configuration.read(brussels.folder).listen)
    relay = FaultyProxy(port)
    text = place.configuration.read_text()
    assert f"{host}:{port}" in text
    place.configuration.write_text(text.replace(f"{host}:{port}", f"127.0.0.1:{relay.port}"))
    return relay


def _shows(brussels: served.Centre) -> bool:
    return "no rollback" in serving.health(brussels.folder)["partners"]["moscow"]["last_refusal"]


def _back_up(database: Path, copy: Path) -> None:
    """A whole and consistent copy, made while the centre writes."""
    db = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    db.execute("VACUUM INTO ?", (str(copy),))
    db.close()


def _restore(database: Path, copy: Path) -> None:
    for name in (f"{database.name}-wal", f"{database.name}-shm"):
        database.with_name(name).unlink(missing_ok=True)
    database.write_bytes(copy.read_bytes())
