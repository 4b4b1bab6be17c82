"""A day of four centres: a pair makes rules, a third and a fourth join by what all have signed, a launch is consulted
about, a statement is amended and signed with a dissent, rules change while one is away, and somebody says nonsense.

Each centre is a process of its own. What people do is a command; at the end all four hold the same accord, from their
own copies of the logs, and anybody can check what was published.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jointwatch.centre.accord.papers import Standing
from jointwatch.centre.client import CentreLine
from jointwatch.cli.centre import app
from jointwatch.exchange.carrier import LineCut
from jointwatch.messages.accord import Assent
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.reference import EntryReference
from tests import ports
from tests.centre import serving

RULES = """
members = ["brussels", "moscow"]

[thresholds]
notify_range_km = 500
reply_within_s = 3600

[[sensors]]
centre = "moscow"
sensor = "armavir"

[[releases]]
centre = "moscow"
to = "brussels"
class = "notify"
form = "five items"
"""


class Day:
    """Four folders, the processes that serve, and the commands that people type."""

    def __init__(self, folder: Path, opening: ExitStack) -> None:
        self.folder, self._opening = folder, opening
        self._serving: dict[str, ExitStack] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def said(self, *words: object, wrong: bool = False) -> str:
        """What `jointwatch centre ...` prints; wrong: it must refuse, in a sentence and with exit code 2."""
        done = CliRunner().invoke(app, [str(word) for word in words])
        text = f"{done.output}{done.exception or ''}"
        assert (done.exit_code != 0) == wrong, text
        return text

    def founded(self, name: str, *partners: str) -> Path:
        """A new centre that publishes its common logs."""
        near = [word for partner in partners for word in ("--partner", self.folder / partner)]
        self.said("init", self.folder / name, *near, "--listen", f"127.0.0.1:{ports.free()}", "--no-page")
        file = self.folder / name / "centre.toml"
        file.write_text(file.read_text().replace("listen =", f'publish = "{self.folder}/www/{name}"\nlisten =', 1))
        return self.folder / name

    def serve(self, *names: str) -> None:
        """These centres serve, with what their files say now; those that did are ended before."""
        for name in names:
            self.end(name)
            stack = self._serving[name] = self._opening.enter_context(ExitStack())
            self._processes[name] = stack.enter_context(serving.serving(self.folder / name))
        serving.opened(*(self.folder / name for name in names))

    def follows(self, name: str, *others: str) -> None:
        """Returns once a centre follows these, whom it met while it was serving: nobody starts it again."""

        def followed() -> bool:
            try:
                found = serving.health(self.folder / name)
            except LineCut:
                return False  # it is just beginning anew
            return not found["waits_for"] and all(found["partners"].get(one, {}).get("linked") for one in others)

        serving.wait_for(followed)

    def end(self, name: str) -> None:
        self._serving.pop(name, ExitStack()).close()

    def kill(self, name: str) -> None:
        """The power fails."""
        self._processes[name].kill()
        self.end(name)

    def standing(self, name: str) -> Standing:
        with CentreLine(self.folder / name / "clients/desk") as line:
            return line.accord().standing

    def alike(self, *names: str) -> None:
        """Returns once these centres hold the same accord, in which nothing waits for an entry any more."""

        def found() -> bool:
            first, *others = (self.standing(name) for name in names)
            return first.waiting == () and all(one == first for one in others)

        serving.wait_for(found)

    def heard(self, *names: str, rules: int) -> None:
        """Returns once rules of a number are in force at each of these centres."""
        for name in names:
            serving.wait_for(lambda name=name: rules in [o.rules.number for o in self.standing(name).in_force(name)])  # type: ignore[misc]

    def seen(self, name: str, words: str, command: str = "accord") -> str:
        """What a centre shows, once these words are in it."""
        show = (*command.split(), self.folder / name)
        serving.wait_for(lambda: words in self.said(*show))
        return self.said(*show)

    def meet(self, name: str, other: str, *words: str, wrong: bool = False) -> str:
        return self.said("meet", self.folder / name, self.folder / other / "card.toml", *words, wrong=wrong)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    with ExitStack() as opening:
        yield Day(tmp_path, opening)


def test_a_day_of_four_centres(day: Day) -> None:
    moscow, brussels, ankara, riga = (day.folder / name for name in ("moscow", "brussels", "ankara", "riga"))

    # A pair that has met makes its first rules.
    day.founded("moscow")
    day.founded("brussels", "moscow")
    day.serve("moscow", "brussels")
    (day.folder / "rules.toml").write_text(RULES)
    day.said("propose", moscow, "--rules", day.folder / "rules.toml", "--reason", "Five items, within the hour")
    day.seen("brussels", "waits for brussels")
    assert "signs; gladly" in day.said("agree", brussels, "moscow=0", "--text", "gladly")
    day.heard("moscow", "brussels", rules=1)
    assert "moscow releases at least: brussels notify: five items" in day.said("accord", brussels)

    # Ankara is met by Moscow, by telephone. Brussels signs who Ankara is; Ankara takes Moscow's word for Brussels.
    day.founded("ankara")
    for one, other in (("moscow", "ankara"), ("ankara", "moscow")):
        shown = day.meet(one, other, wrong=True)
        day.meet(one, other, "--fingerprint", shown.split("identity ")[1].split(";")[0])
    day.serve("ankara")
    day.follows("moscow", "ankara")
    day.said("propose", moscow, "--with", "ankara", "--reason", "Ankara has a radar at Kürecik")
    day.seen("brussels", "waits for ankara and brussels")
    assert "ask ankara by another way whether that is so" in day.meet("brussels", "ankara", wrong=True)
    day.said("dissent", brussels, "moscow=2", "--point", "members=We have not met them")
    day.seen("moscow", "dissents from members: We have not met them")
    day.said("agree", brussels, "moscow=2", "--text", "Met in Geneva")
    assert "ankara is pinned" in day.meet("brussels", "ankara")
    assert "brussels is not followed here" in day.seen("ankara", "rests on")
    day.meet("ankara", "brussels", "--introduced-by", "moscow")
    day.follows("ankara", "moscow", "brussels")
    day.follows("brussels", "ankara")
    day.seen("ankara", "moscow=2: rules 2 proposed by moscow; waits for ankara")
    day.said("agree", ankara, "moscow=2")
    day.heard("moscow", "brussels", "ankara", rules=2)

    # Riga is the fourth, met by Brussels.
    day.founded("riga", "brussels")
    day.serve("riga")
    day.follows("brussels", "riga")
    day.said("propose", brussels, "--with", "riga")
    (paper,) = [f"brussels={p.entry.index}" for p in day.standing("brussels").open]
    for name in ("moscow", "ankara"):
        day.seen(name, f"{paper}: rules 3 proposed by brussels")
        day.said("agree", day.folder / name, paper)
        day.meet(name, "riga")
        day.meet("riga", name, "--introduced-by", "brussels")
        day.follows(name, "riga")
        day.follows("riga", name)
    day.seen("riga", f"{paper}: rules 3 proposed by brussels; waits for riga")
    day.said("agree", riga, paper)
    day.heard("moscow", "brussels", "ankara", "riga", rules=3)

    # Moscow reports a launch to the three; Riga asks; Ankara asks; Moscow takes one report back.
    with CentreLine(moscow / "clients/desk") as line:
        items = EXAMPLES["launch_report"].items
        for name in ("ankara", "brussels", "riga"):
            line.submit([serving.words(line, LaunchReport, f"moscow/{name}/notify", f"report-{name}", items=items)])
    report = serving.shard("moscow/riga/notify")
    serving.wait_for(lambda: serving.health(riga)["logs"].get(report, {"size": 0})["size"] == 2)
    day.said("consult", "ask", riga, "moscow", "Which radar was it?", "--subject", "source", "--about", f"{report}=1")
    query = f"{serving.shard('riga/moscow/notify')}=1"
    assert "open, until" in day.seen("moscow", query, "consult show")  # within the hour, as the rules have it
    assert "there is none at 1" in day.said("consult", "reply", ankara, query, "Ours", wrong=True)  # it is not Ankara's
    day.said("consult", "reply", moscow, query, "Of no concern", "--outcome", "declined")
    assert "moscow, declined: Of no concern" in day.seen("riga", "declined", "consult show")
    day.said("consult", "withdraw", moscow, f"{report}=1", "it was the one reported before")

    # Ankara proposes a statement; Brussels amends it; Riga signs with a dissent that names the point.
    day.said(
        "propose", ankara, "--title", "On the launch", "--point", "It came from Semnan", "--point", "It was a test"
    )
    first = day.standing("ankara").open[0].entry
    day.seen("brussels", f"ankara={first.index}: statement")
    amended = ("--title", "On the launch", "--point", "It came from near Semnan", "--point", "It flew 1,900 km")
    day.said("propose", brussels, *amended, "--amends", f"ankara={first.index}")
    version = f"brussels={day.standing('brussels').open[-1].entry.index}"
    for name in ("ankara", "moscow"):
        day.seen(name, f"{version}: statement")
        day.said("agree", day.folder / name, version)
    day.seen("riga", "withdrawn by entry")  # Ankara's signature of the new version took back its own first
    day.seen("riga", f"{version}: statement")
    day.said("dissent", riga, version, "--point", "2=We make it 1,700 km", "--text", "Signed but for point 2")
    serving.wait_for(lambda: not day.standing("moscow").open)
    shown = day.said("accord", moscow)
    assert f'{version}: statement "On the launch" proposed by brussels, in place of entry {first.index}' in shown
    assert "dissents from 2: We make it 1,700 km" in shown

    # The rules change while Riga is away: they wait for it, and hold when it has come back and signed.
    day.end("riga")
    (day.folder / "rules.toml").write_text(
        RULES.replace('["brussels", "moscow"]', '["ankara", "brussels", "moscow", "riga"]').replace("3600", "600")
    )
    day.said("propose", moscow, "--rules", day.folder / "rules.toml", "--reason", "An hour is too long")
    paper = f"moscow={day.standing('moscow').open[0].entry.index}"
    for name in ("ankara", "brussels"):
        day.seen(name, paper)
        day.said("agree", day.folder / name, paper)
    day.seen("moscow", f"{paper}: rules 4 proposed by moscow; waits for riga")
    day.serve("riga")
    day.seen("riga", paper)
    day.said("agree", riga, paper)
    day.heard("moscow", "brussels", "ankara", "riga", rules=4)
    assert "is concluded by entry" in day.said("agree", riga, paper, wrong=True)

    # Somebody at Ankara hands in a signature of nothing, and a rival proposal's: harmless, and said by all alike.
    with CentreLine(ankara / "clients/desk") as line:
        nothing = EntryReference(log="moscow/common/accord", index=0, leaf_hash=bytes(32))
        late = day.standing("ankara").papers[0].entry
        for number, entry in enumerate((nothing, late)):
            forged = serving.words(line, Assent, "ankara/common/accord", f"forged-{number}", proposal=entry)
            line.submit([forged])
    for name in ("ankara", "brussels", "moscow", "riga"):
        assert "counts for nothing: it names another entry" in day.seen(name, "counts for nothing")

    # All four hold the same; also Moscow after a kill, from its record.
    day.alike("ankara", "brussels", "moscow", "riga")
    day.kill("moscow")
    day.serve("moscow")
    day.alike("ankara", "brussels", "moscow", "riga")
    same = day.standing("moscow")
    assert [one.rules.number for one in same.rules if one.replaced_by is None] == [4]
    assert same.waiting == ()

    # Anybody can check what was published, without a secret.
    serving.wait_for((day.folder / "www/riga/logs.json").exists)
    for name in ("ankara", "brussels", "moscow", "riga"):
        day.end(name)
    for name in ("moscow", "riga"):
        done = serving.command("log", "verify", day.folder / "www" / name)
        assert done.returncode == 0, done.stdout + done.stderr
