"""A masked report, a question about its source, and the reply that discloses it, proven at the centre that asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from typer.testing import CliRunner

from jointwatch.centre.client import CentreLine
from jointwatch.centre.disclosure import behind, disclosed
from jointwatch.cli.centre import app
from jointwatch.exchange import merkle
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.launch_report import LaunchReport
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.release import Release, commitment
from tests.centre import serving
from tests.centre.test_outlet import desk, report, to

SALT = b"\7" * 32


def test_what_stands_behind_a_released_entry_is_found_in_the_record_and_proves_itself() -> None:
    with desk(to("brussels", "notify", "five items"), to("ankara", "notify")) as moscow:
        for number in range(3):
            moscow.offer(report, subject=f"T-{number}")
        moscow.said()
        five, whole = LogId("moscow", "brussels", "notify"), LogId("moscow", "ankara", "notify")
        for index in range(3):
            entry = moscow.store.entry(five, index)
            at = EntryReference(log=str(five), index=index, leaf_hash=merkle.leaf_hash(entry))
            shown = disclosed(entry, behind(moscow.store, at))
            assert isinstance(shown, LaunchReport)
            assert (shown.items.impact_time_tai_ns, shown.items.source) == (index + 1, "gabala-array-2")
        at = EntryReference(log=str(whole), index=0, leaf_hash=merkle.leaf_hash(moscow.store.entry(whole, 0)))
        with pytest.raises(Refused, match="holds nothing back that the record could disclose"):
            behind(moscow.store, at)


def test_what_was_masked_is_disclosed_in_a_reply_and_proven_where_it_was_asked(tmp_path: Path) -> None:
    moscow, brussels = serving.found(tmp_path, "moscow", "brussels")
    with serving.serving(moscow), serving.serving(brussels):
        serving.opened(moscow, brussels)
        released = f"{serving.shard('moscow/brussels/notify')}={masked_report(moscow)}"
        serving.wait_for(lambda: serving.mirrored(moscow, brussels))
        said("ask", brussels, "moscow", "Which radar?", "--subject", "source", "--about", released)
        query = f"{serving.shard('brussels/moscow/notify')}=1"
        serving.wait_for(lambda: query in said("show", moscow))
        nothing = said("reply", moscow, query, "This one", "--disclose", "moscow/common/roster=0")
        assert "holds nothing back that the record could disclose" in nothing
        assert "answered: Armavir" in said("reply", moscow, query, "Armavir", "--disclose", released)
        serving.wait_for(lambda: "moscow, answered: Armavir" in said("show", brussels))
        assert "stood this launch_report of moscow, as was committed to" in said("show", brussels)


def masked_report(moscow: Path) -> int:
    """Where the masked view of a report stands that the desk handed in, with its record of the release."""
    with CentreLine(moscow / "clients/desk") as line:
        whole = EXAMPLES["correction"].replacement
        entry = serving.words(line, LaunchReport, "moscow/moscow/record", "report-1", items=whole)
        ((log, index),) = line.submit([entry]).places
        internal = EntryReference(log=log, index=index, leaf_hash=merkle.leaf_hash(entry))
        items = replace(whole, source="", withheld=("source",), commitment=commitment(SALT, entry))
        entry = serving.words(line, LaunchReport, "moscow/brussels/notify", "report-2", items=items)
        ((log, index),) = line.submit([entry]).places
        outbound = EntryReference(log=log, index=index, leaf_hash=merkle.leaf_hash(entry))
        content = {"internal": internal, "outbound": outbound, "salt": SALT, "withheld": ("source",), "rule": "masked"}
        line.submit([serving.words(line, Release, "moscow/moscow/record", "release-1", **content)])
        return index


def said(*words: object) -> str:
    done = CliRunner().invoke(app, ["consult", *(str(word) for word in words)])
    return f"{done.output}{done.exception or ''}"
