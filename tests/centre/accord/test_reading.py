"""The accord from the logs: what binds, what decides, and what is harmless, each in a sentence."""

from __future__ import annotations

from jointwatch.centre.accord.papers import Standing
from jointwatch.messages.accord import Dissent
from jointwatch.messages.reference import EntryReference
from tests.centre.accord.worlds import World, rules, text

DISSENT = (Dissent(point="2", text="We saw no impact"),)


def void(standing: Standing) -> list[str]:
    return [one.sentence for one in standing.void]


def test_rules_are_in_force_from_the_conclusion_on_that_names_a_signature_of_each_party():
    world = World("brussels", "moscow")
    proposal = world.propose("moscow", rules=rules(1, "brussels", "moscow", reply_within_s=600.0))
    assent = world.sign("brussels", proposal)
    assert world.standing().in_force("moscow") == ()
    (paper,) = world.standing().papers
    assert (paper.state, paper.waits_for) == ("open", ())
    since = world.conclude("moscow", proposal, assent)
    (one,) = world.standing().in_force("brussels")
    assert (one.since, one.signed, one.rules.thresholds.reply_within_s) == (since, (proposal, assent), 600.0)
    assert world.standing().void == ()


def test_a_third_joins_when_the_two_and_it_have_signed():
    world = World("brussels", "moscow", "riga")
    first = world.founded("moscow", "brussels")
    proposal = world.propose("brussels", under=first, rules=rules(2, "brussels", "moscow", "riga"))
    alone = world.conclude("brussels", proposal, world.sign("riga", proposal))
    assert "moscow must sign" in void(world.standing())[0]
    since = world.conclude("brussels", proposal, world.at("riga", 0), world.sign("moscow", proposal))
    assert world.standing().in_force("riga")[0].since == since != alone
    assert [one.replaced_by for one in world.standing().rules] == [None, since]


def test_a_statement_is_signed_by_all_each_with_the_points_it_does_not_share():
    world = World("brussels", "moscow")
    under = world.founded("moscow", "brussels")
    proposal = world.propose("moscow", under=under, statement=text())
    assent = world.sign("brussels", proposal, dissents=DISSENT)
    world.conclude("moscow", proposal, assent)
    *_, paper = world.standing().papers
    assert (paper.state, paper.signatures[0].dissents) == ("concluded", DISSENT)


def test_rules_with_a_dissent_are_not_signed_and_may_be_signed_later():
    world = World("brussels", "moscow")
    proposal = world.propose("moscow", rules=rules(1, "brussels", "moscow"))
    refusal = world.sign("brussels", proposal, dissents=(Dissent(point="thresholds", text="500 km is too far"),))
    world.conclude("moscow", proposal, refusal)
    assert "does not sign" in void(world.standing())[0]
    assert world.standing().papers[0].objections[0].dissents[0].point == "thresholds"
    world.conclude("moscow", proposal, world.sign("brussels", proposal))
    assert world.standing().in_force("moscow")
    assert world.standing().papers[0].objections == ()


def test_an_amended_statement_takes_the_place_of_the_first_once_that_is_withdrawn():
    world = World("brussels", "moscow")
    under = world.founded("moscow", "brussels")
    first = world.propose("moscow", under=under, statement=text())
    second = world.propose("brussels", under=under, amends=first, statement=text("One launch, nothing more."))
    early = world.sign("moscow", second)
    assert "moscow has signed entry 2 of moscow/common/accord for the same purpose" in void(world.standing())[0]
    world.withdraw("moscow", first)
    world.conclude("brussels", second, world.sign("moscow", second))
    _, one, other = sorted(world.standing().papers, key=lambda paper: paper.proposal.logged_tai_ns)
    assert (one.state, one.amended_by, other.state) == ("withdrawn", (second,), "concluded")
    assert early.index == 3


def test_of_two_proposals_for_the_same_rules_whoever_signed_one_signs_the_other_only_after_its_withdrawal():
    world = World("ankara", "brussels", "moscow")
    under = world.founded("moscow", "brussels", "ankara")
    parties = ("ankara", "brussels", "moscow")
    a = world.propose("moscow", under=under, rules=rules(2, *parties, reply_within_s=60.0))
    b = world.propose("brussels", under=under, rules=rules(2, *parties, reply_within_s=3600.0))
    world.sign("ankara", a)
    world.sign("ankara", b)
    assert "ankara has signed" in void(world.standing())[0]
    gone = world.withdraw("moscow", a)
    world.conclude("brussels", b, world.sign("ankara", b, after=(gone,)), world.sign("moscow", b))
    (one,) = world.standing().in_force("ankara")
    assert one.rules.thresholds.reply_within_s == 3600.0


def test_what_was_withdrawn_is_not_concluded_and_what_was_concluded_is_not_withdrawn():
    world = World("brussels", "moscow")
    proposal = world.propose("moscow", rules=rules(1, "brussels", "moscow"))
    assent = world.sign("brussels", proposal)
    world.withdraw("moscow", proposal)
    world.conclude("moscow", proposal, assent)
    again = world.propose("moscow", rules=rules(1, "brussels", "moscow"))
    world.conclude("moscow", again, world.sign("brussels", again, after=(world.at("moscow", 1),)))
    world.withdraw("moscow", again)
    assert [
        "was withdrawn by entry 1" in void(world.standing())[0],
        "was concluded by" in void(world.standing())[1],
    ] == [
        True,
        True,
    ]
    assert len(world.standing().in_force("brussels")) == 1


def test_what_is_forged_repeated_contradictory_or_of_no_party_is_harmless_and_said_in_a_sentence():
    world = World("brussels", "moscow", "ankara")
    proposal = world.propose("moscow", rules=rules(1, "brussels", "moscow"))
    forged = EntryReference(log=proposal.log, index=0, leaf_hash=bytes(32))
    world.sign("brussels", forged)
    world.sign("brussels", EntryReference(log="moscow/common/assess", index=0, leaf_hash=bytes(32)))
    world.sign("brussels", proposal)
    world.sign("brussels", proposal)
    world.sign("ankara", proposal)
    world.conclude("ankara", proposal, world.at("brussels", 2))
    world.withdraw("brussels", world.at("brussels", 2))
    world.withdraw("brussels", proposal)
    world.sign("moscow", proposal)
    world.propose("ankara", rules=rules(1, "brussels", "moscow"))
    world.propose("moscow", under=proposal, statement=text())
    world.logs["brussels"].append((b"\1" * 32, None))
    words = (
        "ankara is not party to entry 0",
        "is no proposal of ankara",
        "ankara is not party to it; that is brussels, moscow",
        "names another entry than the one that stands as entry 0",
        "where nothing is agreed",
        "brussels has signed that by entry 2 of brussels/common/accord, and a signature stands",
        "a signature is not taken back",
        "is no proposal of brussels",
        "the key that signed it does not hold there",
        "moscow has signed that by entry 0",
        "puts no rules in force",
    )
    said = void(world.standing())
    assert len(said) == len(words)
    assert all(word in sentence for word, sentence in zip(words, said, strict=True)), said
    world.conclude("moscow", proposal, world.at("brussels", 2))
    assert world.standing().in_force("moscow")


def test_what_comes_before_what_it_rests_on_waits_and_its_log_with_it():
    world = World("brussels", "moscow")
    proposal = world.propose("moscow", rules=rules(1, "brussels", "moscow"))
    world.sign("brussels", proposal)
    standing = world.standing(moscow=0)
    assert (standing.papers, standing.void) == ((), ())
    assert standing.waiting[0].sentence == (
        "entry 0 of brussels/common/accord rests on entry 0 of moscow/common/accord, which is not here"
    )
    assert world.standing().waiting == ()


def test_what_a_centre_rests_on_that_is_not_followed_here_is_said():
    world = World("brussels", "moscow")
    other = World("riga")
    elsewhere = other.propose("riga", rules=rules(1, "moscow", "riga"))
    world.sign("moscow", elsewhere)
    assert "riga is not followed here" in world.standing().waiting[0].sentence


def test_a_point_that_the_paper_does_not_have_is_no_dissent():
    world = World("brussels", "moscow")
    under = world.founded("moscow", "brussels")
    proposal = world.propose("moscow", under=under, statement=text())
    world.sign("brussels", proposal, dissents=(Dissent(point="3", text="Not this"),))
    assert "has no point '3'" in void(world.standing())[0]


def test_a_flood_of_proposals_stops_at_a_number():
    world = World("brussels", "moscow")
    under = world.founded("moscow", "brussels")
    for _ in range(300):
        world.propose("moscow", under=under, statement=text())
    standing = world.standing()
    assert len(standing.open) == 256
    assert len(standing.void) == 44
    assert "withdraw some first" in standing.void[0].sentence
