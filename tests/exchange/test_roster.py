"""Rosters: the identity key speaks for the keys, the keys prove that they are held, and each says only what it may."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.roster import KeyRing, open_roster, signed_roster
from jointwatch.messages.encoding import PAYLOAD_TYPE, Message, encode
from jointwatch.messages.examples import EXAMPLES
from jointwatch.messages.release_policy import ReleasePolicy
from jointwatch.messages.roster import Roster, RosterKey

NAMES = ("identity", "log", "cosign", "desk", "sensor:armavir", "old desk")
KEYS = {name: SigningKey(bytes([number]) * 32) for number, name in enumerate(NAMES, 1)}
HELD = [KEYS["log"], KEYS["cosign"], KEYS["desk"]]
LOG = LogId("moscow", "common", "roster")
PLOTS = LogId("moscow", "brussels", "plot")
NOW = 1_000


def key(name: str, purpose: str, valid_from: int = 0, valid_until: int | None = None) -> RosterKey:
    data = KEYS[name].public.data
    return RosterKey(
        name=name, purpose=purpose, public_key=data, valid_from_tai_ns=valid_from, valid_until_tai_ns=valid_until
    )


ROSTER = Roster(
    mode="exercise",
    run="run-1",
    origin="moscow",
    log=str(LOG),
    logged_tai_ns=NOW,
    id="roster-1",
    number=1,
    identity=KEYS["identity"].public.data,
    keys=(
        key("old desk", "desk", 0, 500),
        key("log", "log"),
        key("cosign", "cosign"),
        key("desk", "desk", 500),
        key("sensor:armavir", "sensor:armavir"),
    ),
)


def opened(entry: bytes, **changes: Any) -> KeyRing:
    asked: dict[str, Any] = {"run": "run-1", "mode": "exercise", "log": LOG} | changes
    return open_roster(entry, **asked)


RING = opened(signed_roster(ROSTER, KEYS["identity"], HELD))


def entry_of(kind: str, signer: str, **changes: Any) -> bytes:
    """An entry of the kind's example as Moscow would log it in PLOTS, signed by the named key."""
    place = {"run": "run-1", "log": str(PLOTS), "logged_tai_ns": NOW}
    message: Message = msgspec.structs.replace(EXAMPLES[kind], **(place | changes))
    return dsse.sign(PAYLOAD_TYPE, encode(message), [KEYS[signer]]).encode()


def test_a_roster_gives_every_key_for_its_purpose_and_time():
    assert RING.identity == KEYS["identity"].public
    assert RING.key("desk", NOW) == KEYS["desk"].public
    assert RING.key("desk", 499) == KEYS["old desk"].public
    assert [v.name for v in RING.log_verifiers(PLOTS, NOW)] == ["jointwatch/run-1/moscow/brussels/plot"]
    assert RING.cosigner(NOW).name == "jointwatch/run-1/moscow"
    with pytest.raises(Refused, match="no key for 'sensor:gabala'"):
        RING.key("sensor:gabala", NOW)
    with pytest.raises(Refused, match="no valid certificate authority"):
        RING.certificate_authority(NOW)


def test_a_pinned_identity_is_compared_and_named():
    entry = signed_roster(ROSTER, KEYS["identity"], HELD)
    assert opened(entry, pinned=KEYS["identity"].public.fingerprint).roster == ROSTER
    with pytest.raises(Refused, match=r"the identity key is SHA256:.*; SHA256:.* is pinned"):
        opened(entry, pinned=KEYS["desk"].public.fingerprint)


def test_a_roster_not_signed_by_its_identity_or_by_a_key_it_names_is_refused():
    payload = encode(ROSTER)
    for signers, words in (
        (HELD, "none of the 1 known keys signed this"),
        ([KEYS["identity"], *HELD[:2]], "1 of the centre's own keys did not sign"),
        ([KEYS["identity"]], "none of the 3 known keys"),
    ):
        with pytest.raises(Refused, match=words):
            opened(dsse.sign(PAYLOAD_TYPE, payload, signers).encode())
    with pytest.raises(Refused, match="another identity key"):
        signed_roster(ROSTER, KEYS["desk"], HELD)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"run": "run-2"}, "run 'run-1' stands where 'run-2' belongs"),
        ({"mode": "operational"}, "mode 'exercise' stands where 'operational' belongs"),
        ({"log": LogId("brussels", "common", "roster")}, "origin 'moscow' stands where 'brussels' belongs"),
        ({"log": LogId("moscow", "brussels", "roster")}, "log 'moscow/common/roster' stands where"),
    ],
)
def test_a_roster_from_elsewhere_is_refused(changes: dict[str, Any], words: str):
    with pytest.raises(Refused, match=words):
        opened(signed_roster(ROSTER, KEYS["identity"], HELD), **changes)


def test_an_entry_that_is_no_roster_is_not_opened_as_one():
    with pytest.raises(Refused, match="a roster was wanted; the entry holds a heartbeat"):
        opened(entry_of("heartbeat", "identity"))


@pytest.mark.parametrize(
    ("kind", "signer", "changes"),
    [
        ("heartbeat", "desk", {}),
        ("plot_report", "desk", {"sensor": "armavir"}),
        ("plot_report", "sensor:armavir", {"sensor": "armavir"}),
        ("heartbeat", "old desk", {"logged_tai_ns": 499}),
    ],
)
def test_who_may_say_what(kind: str, signer: str, changes: dict[str, Any]):
    assert RING.open_entry(entry_of(kind, signer, **changes), PLOTS).origin == "moscow"


@pytest.mark.parametrize(
    ("kind", "signer", "changes"),
    [
        ("heartbeat", "log", {}),
        ("heartbeat", "cosign", {}),
        ("heartbeat", "identity", {}),
        ("heartbeat", "sensor:armavir", {}),
        ("plot_report", "sensor:armavir", {"sensor": "gabala"}),
        ("plot_report", "sensor:armavir", {"sensor": ""}),
        ("heartbeat", "old desk", {}),
        ("heartbeat", "desk", {"logged_tai_ns": 499}),
        ("heartbeat", "desk", {"run": "run-2"}),
        ("heartbeat", "desk", {"mode": "operational"}),
        ("heartbeat", "desk", {"origin": "brussels"}),
        ("heartbeat", "desk", {"log": "moscow/common/plot"}),
    ],
)
def test_who_may_not(kind: str, signer: str, changes: dict[str, Any]):
    with pytest.raises(Refused):
        RING.open_entry(entry_of(kind, signer, **changes), PLOTS)


def test_an_entry_whose_payload_is_no_message_is_refused_with_the_messages_words():
    for payload_type, payload, words in (
        (PAYLOAD_TYPE, b"\x80", "not a message of a known kind"),
        ("application/json", b"{}", "'application/json'; .* was wanted"),
    ):
        with pytest.raises(Refused, match=words):
            RING.open_entry(dsse.sign(payload_type, payload, [KEYS["desk"]]).encode(), PLOTS)


# -- the two-person rule ---------------------------------------------------------------------------------------------

OFFICERS = {
    name: SigningKey(bytes([number]) * 32) for number, name in enumerate(("ivanova", "petrov", "petrov new"), 50)
}
RECORD = LogId("moscow", "moscow", "record")


def ring_with_officers() -> KeyRing:
    keys = tuple(
        RosterKey(
            name=name,
            purpose=f"releaser:{name.split()[0]}",
            public_key=officer.public.data,
            valid_from_tai_ns=0,
            valid_until_tai_ns=None if name != "ivanova" else 2 * NOW,
        )
        for name, officer in OFFICERS.items()
    )
    return opened(signed_roster(msgspec.structs.replace(ROSTER, keys=ROSTER.keys + keys), KEYS["identity"], HELD))


def policy_by(*keys: SigningKey, number: int = 2, at: int = NOW) -> bytes:
    header = {"mode": "exercise", "run": "run-1", "origin": "moscow", "log": str(RECORD), "id": f"policy-{number}"}
    policy = ReleasePolicy(
        **header,
        logged_tai_ns=at,
        number=number,
        replaces=bytes(32) if number > 1 else None,
        rules=(),
        reason="nothing leaves any more",
    )
    return dsse.sign(PAYLOAD_TYPE, encode(policy), keys).encode()


def test_two_officers_change_the_release_policy_and_the_desk_may_vouch_beside_them():
    ring, (ivanova, petrov, _) = ring_with_officers(), OFFICERS.values()
    for keys in ((ivanova, petrov), (petrov, KEYS["desk"], ivanova)):
        policy = ring.open_entry(policy_by(*keys), RECORD)
        assert isinstance(policy, ReleasePolicy)
        assert policy.number == 2


def test_one_officer_even_with_two_keys_or_with_the_desk_does_not():
    ring, (ivanova, petrov, newer) = ring_with_officers(), OFFICERS.values()
    for keys, count in (((ivanova,), 1), ((petrov, newer), 1), ((petrov, KEYS["desk"]), 1), ((KEYS["desk"],), 0)):
        with pytest.raises(Refused, match=f"signed by {count} of the centre's officers of release; two must"):
            ring.open_entry(policy_by(*keys), RECORD)
    with pytest.raises(Refused, match="signed by 1 of"):
        ring.open_entry(policy_by(ivanova, petrov, at=3 * NOW), RECORD)  # her key had ended
    with pytest.raises(Refused, match="none of the"):
        ring.open_entry(policy_by(KEYS["log"]), RECORD)


def test_the_policy_a_centre_opens_with_is_signed_by_its_desk_and_officers_sign_nothing_else():
    ring, (ivanova, petrov, _) = ring_with_officers(), OFFICERS.values()
    assert isinstance(RING.open_entry(policy_by(KEYS["desk"], number=1), RECORD), ReleasePolicy)
    heartbeat = msgspec.structs.replace(
        EXAMPLES["heartbeat"], run="run-1", log="moscow/common/notify", logged_tai_ns=NOW
    )
    entry = dsse.sign(PAYLOAD_TYPE, encode(heartbeat), (ivanova, petrov)).encode()
    with pytest.raises(Refused, match="none of the"):
        ring.open_entry(entry, LogId("moscow", "common", "notify"))
