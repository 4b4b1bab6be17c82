"""Whatever centres say, honest or not, and in whatever order it comes: one accord, and what is in force stays."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jointwatch.centre.accord import drafting
from jointwatch.centre.accord.papers import Standing, Void, accord_log
from jointwatch.centre.accord.reading import Reading
from jointwatch.messages.accord import Dissent
from jointwatch.messages.reference import EntryReference
from tests.centre.accord.second import Second
from tests.centre.accord.worlds import World, rules, standing, text

CENTRES = ("ankara", "brussels", "moscow", "riga")
parties = st.sets(st.sampled_from(CENTRES), min_size=2).map(sorted)
dissents = st.sampled_from([(), (), (Dissent(point="1", text="no"),), (Dissent(point="members", text="no"),)])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Logs of four centres, made by up to two dozen acts: sensible ones, and anything that can be said at all."""
    world = World(*CENTRES)
    if draw(st.booleans()):
        world.founded("moscow", "brussels")
    for _ in range(draw(st.integers(0, 24))):
        act = draw(st.sampled_from([honest, honest, carried, concluding, anything]))
        act(draw, world, draw(st.sampled_from(CENTRES)))
    return world


def seen(draw: st.DrawFn, world: World, centre: str) -> Standing:
    """What a centre knows: all of its own, and of the others mostly all, else as far as it has come."""
    if draw(st.integers(0, 3)):
        return world.standing()
    return world.standing(**{o: draw(st.integers(0, len(world.logs[o]))) for o in CENTRES if o != centre})


def honest(draw: st.DrawFn, world: World, centre: str) -> None:
    """One thing that the drafting lets through, by what the centre knows."""
    known, saying = seen(draw, world, centre), world.saying(centre)
    papers = [paper.entry for paper in known.papers]
    paper = draw(st.sampled_from(papers)) if papers else None
    what = draw(st.sampled_from(["sign", "sign", "sign", "rules", "statement", "amend", "withdraw"]))
    try:
        if what == "rules" or paper is None:
            world.say(centre, *drafting.rules(saying, known, rules(1, *draw(parties))))
        elif what == "sign":
            world.say(centre, *drafting.signed(saying, known, paper, dissents=draw(dissents)))
        elif what == "withdraw":
            world.say(centre, *drafting.withdrawn(saying, known, paper, "no more"))
        else:
            amends = paper if what == "amend" else None
            world.say(centre, *drafting.statement(saying, known, text(), amends=amends))
    except ValueError:
        return


def carried(draw: st.DrawFn, world: World, centre: str) -> None:
    """A proposal and all that follows from it, as far as everyone can sign."""
    known = world.standing()
    in_force = known.in_force(centre)
    names = set(in_force[0].rules.names if in_force else ()) | set(draw(parties)) | {centre}
    try:
        if in_force and draw(st.booleans()):
            world.say(centre, *drafting.statement(world.saying(centre), known, text()))
        else:
            world.say(centre, *drafting.rules(world.saying(centre), known, rules(1, *names)))
        (*_, paper) = [p for p in world.standing().papers if p.proposer == centre]
        for name in paper.waits_for:
            world.say(name, *drafting.signed(world.saying(name), world.standing(), paper.entry))
    except ValueError:
        return
    world.say(centre, *drafting.conclusions(world.saying(centre), world.standing()))


def concluding(draw: st.DrawFn, world: World, centre: str) -> None:
    """What the centre's machine does: conclude what all have signed, as far as it knows."""
    messages = drafting.conclusions(world.saying(centre), seen(draw, world, centre))
    if messages:
        world.say(centre, *messages)


def anything(draw: st.DrawFn, world: World, centre: str) -> None:
    """Something that names any entries, there or not, of any kind."""
    named = any_entry(world)
    what = draw(st.sampled_from(["rules", "statement", "sign", "withdraw", "conclude"]))
    after = tuple(draw(st.lists(named, max_size=2)))
    under, amends = draw(st.none() | named), draw(st.none() | named)
    if what == "rules":
        number = 1 if under is None else draw(st.integers(2, 3))
        world.propose(centre, under=under, amends=amends, after=after, rules=rules(number, *draw(parties)))
    elif what == "statement":
        world.propose(centre, under=under or draw(named), amends=amends, after=after, statement=text())
    elif what == "sign":
        world.sign(centre, draw(named), after=after, dissents=draw(dissents))
    elif what == "withdraw":
        world.withdraw(centre, draw(named))
    else:
        world.conclude(centre, draw(named), *draw(st.lists(named, min_size=1, max_size=4)))


def any_entry(world: World) -> st.SearchStrategy[EntryReference]:
    there = [world.at(centre, k) for centre, log in world.logs.items() for k in range(len(log))]
    forged = EntryReference(log=accord_log("moscow"), index=0, leaf_hash=bytes(32))
    early = EntryReference(log=accord_log("brussels"), index=3, leaf_hash=bytes(32))
    elsewhere = EntryReference(log="moscow/common/assess", index=0, leaf_hash=bytes(32))
    far = EntryReference(log=accord_log("tirana"), index=0, leaf_hash=bytes(32))
    return st.sampled_from([*there * 8, forged, early, elsewhere, far])


def arrivals(draw: Any, world: World) -> Any:
    """The logs in pieces, each log in its own order, the logs among each other in any."""
    left = dict.fromkeys(CENTRES, 0)
    while open_ := [centre for centre in CENTRES if left[centre] < len(world.logs[centre])]:
        centre = draw(st.sampled_from(open_))
        count = draw(st.integers(1, len(world.logs[centre]) - left[centre]))
        yield centre, world.logs[centre][left[centre] : left[centre] + count]
        left[centre] += count


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_order_of_arrival_gives_the_same_accord_and_nothing_in_force_is_undone(data: st.DataObject) -> None:
    world = data.draw(worlds())
    reading, before = Reading(CENTRES), Standing()
    for centre, entries in arrivals(data.draw, world):
        reading.hear(centre, entries)
        now = reading.standing()
        held = {one.since: one for one in now.rules}
        assert all(held[one.since].rules == one.rules for one in before.rules)
        assert all(held[one.since].replaced_by == one.replaced_by for one in before.rules if one.replaced_by)
        ended = {paper.entry: paper.state for paper in now.papers}
        assert all(ended[p.entry] == p.state for p in before.papers if p.state in ("concluded", "withdrawn"))
        before = now
    assert before == standing(world.logs) or not any(world.logs.values())


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_of_each_purpose_one_is_concluded_signed_by_all_and_a_second_reading_says_the_same(world: World) -> None:
    found = standing(world.logs)
    concluded = [paper for paper in found.papers if paper.state == "concluded"]
    for paper in concluded:
        rivals = [p for p in concluded if p.purpose == paper.purpose and set(p.must_sign) & set(paper.must_sign)]
        assert rivals == [paper]
        assert paper.waits_for == ()
    followed = [one.proposal for one in found.rules]
    assert len(set(followed)) == len(followed)
    second = Second(world.logs)
    places = {(paper.proposer, paper.entry.index) for paper in concluded}
    assert places == second.concluded()
    verdicts = {(c, k): second.verdict(c, k)[0] for c in CENTRES for k in range(len(world.logs[c]))}
    assert {(v.entry.log.split("/")[0], v.entry.index) for v in found.void} == {
        at for at, verdict in verdicts.items() if verdict == "void"
    }
    waits = {(w.centre, w.index) for w in found.waiting}
    assert waits == {(c, k) for (c, k), v in verdicts.items() if v == "waits" and verdicts.get((c, k - 1)) != "waits"}


def void(known: Standing, centre: str) -> list[Void]:
    """What a centre said that counts for nothing; what others said may have waited for its next entry."""
    return [one for one in known.void if one.entry.log == accord_log(centre)]


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_what_the_drafting_lets_through_counts(world: World) -> None:
    known = world.standing()
    for centre in CENTRES:
        if any(waiting.centre == centre for waiting in known.waiting):
            continue
        for paper in known.open:
            try:
                messages = drafting.signed(world.saying(centre), known, paper.entry)
            except ValueError:
                continue
            before = void(known, centre)
            world.say(centre, *messages)
            known = world.standing()
            assert void(known, centre) == before
            held = known.paper(paper.entry)
            assert held is not None
            assert centre not in held.waits_for
