"""A centre's release policy is changed by two officers of release together, in the record, and by nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jointwatch.centre import orders
from jointwatch.centre.national import Centre
from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode
from jointwatch.messages.release_policy import ReleasePolicy, ReleaseRule

NOW = 1_642_875_600_000_000_000
OFFICERS = {name: SigningKey.generate() for name in ("ivanova", "petrov")}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    opening: dict[str, Any] = {
        "run": "r-1",
        "mode": "exercise",
        "now_tai_ns": NOW,
        "state": str(tmp_path),
        "sensors": (),
        "release": orders.ReleasePolicy(plots=False, tracklets=True, reports=True, mask_source=True),
        "priors": (),
    }
    releasers = tuple(orders.ReleaserKey(name, key.public.data) for name, key in OFFICERS.items())
    other = Centre(orders.Open(centre="brussels", **opening))
    introduced = other.introduction()
    other.store.close()
    moscow = Centre(orders.Open(centre="moscow", releasers=releasers, **opening))
    brussels = orders.Partner("brussels", introduced.identity, introduced.certificate_authority)
    moscow.obey(orders.Meet((brussels,), NOW))
    yield moscow
    moscow.close()


def entries(centre: Centre) -> list[bytes]:
    log = LogId("moscow", "moscow", "record")
    return [centre.store.entry(log, index) for index in range(centre.store.size(log))]


def change(centre: Centre, *officers: str, **changed: Any) -> orders.Amend:
    rules = (ReleaseRule(audience="brussels", klass="plot", form="whole"),)
    content = {"number": 2, "replaces": centre.outlet._in_force.leaf_hash, "rules": rules, "reason": "agreed in May"}
    policy = msgspec.structs.replace(centre.outlet.policy, id="policy-2", logged_tai_ns=NOW + 1, **(content | changed))
    envelope = dsse.sign(PAYLOAD_TYPE, encode(policy), [OFFICERS[name] for name in officers])
    return orders.Amend(NOW + 1, envelope.encode())


def test_a_centre_writes_down_the_policy_it_opens_with(centre: Centre) -> None:
    (entry,) = entries(centre)
    policy = decode(dsse.parse(entry).payload)
    assert isinstance(policy, ReleasePolicy)
    assert [rule.in_words() for rule in policy.rules] == [
        "brussels notify: source masked",
        "brussels track: source masked",
        "common notify: whole",
        "common assess: source masked",
    ]


def test_two_officers_put_another_policy_in_force_and_it_stands_in_the_record(centre: Centre) -> None:
    (event,) = centre.obey(change(centre, "ivanova", "petrov")).events
    assert event.text == "policy 2: agreed in May"
    assert centre.outlet.policy.number == 2
    assert centre.outlet.gives("plot")
    assert not centre.outlet.gives("track")
    assert len(dsse.parse(entries(centre)[1]).signatures) == 3  # two officers and, beside them, the desk


def test_one_officer_alone_and_a_policy_out_of_turn_change_nothing(centre: Centre) -> None:
    with pytest.raises(Refused, match="two must sign it"):
        centre.obey(change(centre, "petrov"))
    with pytest.raises(Refused, match="policy 3 does not replace policy 1"):
        centre.obey(change(centre, "ivanova", "petrov", number=3))
    with pytest.raises(Refused, match="policy 2 does not replace policy 1"):
        centre.obey(change(centre, "ivanova", "petrov", replaces=bytes(32)))
    assert centre.outlet.policy.number == 1
    assert len(entries(centre)) == 1
