"""The accord in a record: read on as it grows, and anew where a key is said not to hold, also for the past."""

from __future__ import annotations

from pathlib import Path

from jointwatch.centre.accord.keeping import AccordRecord
from jointwatch.exchange import dsse, merkle
from jointwatch.exchange.keyrings import Keyrings, Unverified
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.reference import EntryReference
from tests.centre.accord.worlds import World, rules

KEY = SigningKey.generate()
LOG = LogId("moscow", "common", "accord")


class Known(Keyrings):
    """Keys of a centre of which some entries are said to be by a stolen one."""

    def check_bounds(self, entry: bytes, log: LogId, index: int) -> None:
        if index in self.bounds:  # type: ignore[comparison-overlap]
            raise Unverified("jointwatch key bounds", "stolen")


def put(store: Store, message: Message) -> EntryReference:
    """Append a message to the own accord log."""
    entry = dsse.sign(PAYLOAD_TYPE, encode(message), [KEY]).encode()
    (index,) = store.append({LOG: [entry]})[LOG]
    return EntryReference(log=str(LOG), index=index, leaf_hash=merkle.leaf_hash(entry))


def said(world: World) -> Message:
    """What Moscow said last in a world."""
    message = world.logs["moscow"][-1][1]
    assert message is not None
    return message


def test_a_record_is_read_on_and_a_stolen_key_takes_its_entries_out_also_of_the_past(tmp_path: Path) -> None:
    world, stolen = World("brussels", "moscow"), list[int]()
    with Store(tmp_path / "moscow.db", run="r", owner="moscow", log_key=KEY) as store:
        accord = AccordRecord(store, ["brussels"], lambda name: Known(name, "r", "exercise", bounds=tuple(stolen)))
        assert accord.standing().papers == ()
        world.propose("moscow", rules=rules(1, "brussels", "moscow"))
        first = put(store, said(world))
        assert [paper.entry for paper in accord.standing().papers] == [first]
        world.withdraw("moscow", first)
        put(store, said(world))
        assert accord.standing().papers[0].state == "withdrawn"
        stolen.append(1)
        standing = accord.standing()
        assert standing.papers[0].state == "open"
        assert standing.void[0].sentence == (
            "entry 1 of moscow/common/accord counts for nothing: the key that signed it does not hold there"
        )
        again = AccordRecord(store, ["brussels"], lambda name: Known(name, "r", "exercise", bounds=tuple(stolen)))
        assert again.standing() == standing
