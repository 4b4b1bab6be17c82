"""The joint statement: a pure function of both centres' findings, so that each makes the same bytes and signs them.

Nobody drafts for the other (decision 0005). A centre that has both findings makes the statement; if its bytes differ
from the partner's, no signature will fit and the disagreement is plain. Where findings differ, the statement says so.
"""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any, cast

import numpy as np

from jointwatch.assessment import concordance
from jointwatch.assessment.ellipse import ellipse_95
from jointwatch.assessment.estimate import ImpactEstimate, LaunchEstimate
from jointwatch.assessment.finding import Direction, Finding, Instant, Place
from jointwatch.centre.places import place
from jointwatch.centre.watch import Watch
from jointwatch.earth import geodesic
from jointwatch.earth.timescale import NS_PER_S, utc_from_tai_ns
from jointwatch.exchange import dsse
from jointwatch.exchange.keys import SigningKey
from jointwatch.messages import finding as findings
from jointwatch.messages import statement as statements
from jointwatch.messages.encoding import PAYLOAD_TYPE, Heard, encode
from jointwatch.messages.finding import ObjectFinding, PointFinding
from jointwatch.messages.quantities import Mode, RangeClass
from jointwatch.messages.reference import EntryReference

SAME_LAUNCH_WITHIN_S = 180.0
SAME_LAUNCH_WITHIN_M = 400e3


class Agreement:
    """The findings and signatures at hand, the statement they make, and its file."""

    def __init__(self, centre: str, *, run: str, mode: Mode) -> None:
        self.centre, self._run, self._mode = centre, run, mode
        self._said: dict[str, tuple[findings.Finding, EntryReference]] = {}
        self._envelope: dsse.Envelope | None = None
        self._theirs: dict[str, statements.StatementSignature] = {}
        self._statement: statements.Statement | None = None

    @property
    def centres(self) -> tuple[str, ...]:
        """The centres whose finding is at hand."""
        return tuple(sorted(self._said))

    def found(self, centre: str, finding: findings.Finding, reference: EntryReference) -> None:
        """Take in a centre's finding, own or verified."""
        self._said[centre] = (finding, reference)

    def hear(self, centre: str, message: Heard, reference: EntryReference) -> None:
        """Take in what a partner said, where it concerns the statement."""
        if isinstance(message, findings.Finding):
            self.found(centre, message, reference)
        elif isinstance(message, statements.StatementSignature):
            self._theirs[centre] = message

    def sign(self, key: SigningKey, absent: tuple[str, ...]) -> dict[str, Any]:
        """Return the content of the signature over the statement, made now from the findings at hand."""
        self._statement = statement(self._run, self._mode, self._said, absent)
        self._envelope = dsse.sign(PAYLOAD_TYPE, encode(self._statement), [key])
        (signature,) = self._envelope.signatures
        return {
            "payload_type": PAYLOAD_TYPE,
            "payload_sha256": hashlib.sha256(self._envelope.payload).digest(),
            "keyid": signature.keyid,
            "signature": signature.sig,
        }

    def as_json(self) -> bytes:
        """Return the statement with every signature that is over these very bytes; empty before it was made."""
        if self._envelope is None:
            return b""
        digest = hashlib.sha256(self._envelope.payload).digest()
        signatures = {self.centre: self._envelope.signatures[0]} | {
            centre: dsse.Signature(message.keyid, message.signature)
            for centre, message in self._theirs.items()
            if message.payload_sha256 == digest
        }
        ordered = tuple(signatures[centre] for centre in sorted(signatures))
        return dsse.Envelope(PAYLOAD_TYPE, self._envelope.payload, ordered).to_json()

    def sentence(self) -> str:
        """Return what was signed, in a sentence."""
        if self._statement is None:
            return "no statement was made"
        stand = "the findings agree" if self._statement.agree else "the findings do not agree on everything"
        if self._statement.absent:
            stand = f"alone, since {' and '.join(self._statement.absent)} took no part"
        count = len(self._statement.objects)
        return f"signs the joint statement over {count or 'no'} object{'s' if count != 1 else ''}: {stand}"


def object_findings(watch: Watch) -> tuple[ObjectFinding, ...]:
    """Return what a perspective holds of each object, as the finding says it before the release policy."""
    found = []
    for held in watch.held():
        assessment = watch.assessment(held.id)
        if assessment is None:
            continue
        launch, impact, verdict = assessment.launch, assessment.impact, assessment.verdict
        found.append(
            ObjectFinding(
                object=held.id,
                tracks=(held.id,),
                first_seen_tai_ns=held.first_seen_tai_ns,
                launch=_point(launch) if launch else None,
                direction_rad=float(launch.direction_rad) if launch else None,
                direction_sigma_rad=float(launch.direction_sigma_rad) if launch else None,
                impact=_point(impact) if impact else None,
                verdict=verdict.verdict,
                p_space=float(verdict.p_space),
                reason=verdict.reason[:2000],
                range_class=cast(RangeClass, verdict.range_class),
                apogee_m=None if assessment.apogee_height_m is None else float(assessment.apogee_height_m),
                sensors=tuple(s for s in held.sources if not s.endswith("masked")),
            )
        )
    return tuple(found[: findings.MAX_OBJECTS])


def statement(
    run: str, mode: Mode, said: dict[str, tuple[findings.Finding, EntryReference]], absent: tuple[str, ...]
) -> statements.Statement:
    """Return the joint statement of the centres whose findings are given; the same for everyone who has them."""
    centres = tuple(sorted(said))
    objects = _joint_objects({name: said[name][0] for name in centres})
    agree = not absent and all(item.agree for joint in objects for item in joint.concordance)
    as_of = max(finding.as_of_tai_ns for finding, _ in said.values())
    return statements.Statement(
        mode=mode,
        run=run,
        origin="joint",
        log="joint/common/assess",
        logged_tai_ns=as_of,
        id=f"{run}-statement",
        as_of_tai_ns=as_of,
        centres=centres,
        absent=tuple(sorted(absent)),
        findings=tuple(said[name][1] for name in centres),
        objects=objects,
        agree=agree,
        sentences=tuple(_sentences(centres, absent, objects)),
    )


def _joint_objects(said: dict[str, findings.Finding]) -> tuple[statements.JointObject, ...]:
    """Return every object of any finding once, those of different centres that are one launch joined."""
    groups: list[dict[str, ObjectFinding]] = []
    for centre, finding in said.items():
        groups = _merged(groups, centre, list(finding.objects))
    groups.sort(key=lambda group: min((o.first_seen_tai_ns, o.object) for o in group.values()))
    counts = {centre: len(finding.objects) for centre, finding in said.items()}
    return tuple(_joint_object(number, group, tuple(said), counts) for number, group in enumerate(groups, 1))


def _merged(
    groups: list[dict[str, ObjectFinding]], centre: str, objects: list[ObjectFinding]
) -> list[dict[str, ObjectFinding]]:
    """Return the groups with one more centre's objects, each joined to the group it fits best, or alone."""
    costs = np.array([[_unlikeness(group, found) for found in objects] for group in groups]).reshape(
        len(groups), len(objects)
    )
    from scipy.optimize import linear_sum_assignment  # half a second to import, wanted once, at the end

    rows, columns = linear_sum_assignment(np.minimum(costs, 1e6))
    taken = {int(c): int(r) for r, c in zip(rows, columns, strict=True) if costs[r, c] <= 1.0}
    for index, found in enumerate(objects):
        if index in taken:
            groups[taken[index]][centre] = found
        else:
            groups.append({centre: found})
    return groups


def _unlikeness(group: dict[str, ObjectFinding], found: ObjectFinding) -> float:
    """Return how little an object looks like a group's, from 0; above 1 they are taken for two launches."""
    other = next(iter(group.values()))
    if other.launch is None or found.launch is None:
        return abs(other.first_seen_tai_ns - found.first_seen_tai_ns) / NS_PER_S / SAME_LAUNCH_WITHIN_S
    apart, _, _ = geodesic.inverse(
        other.launch.latitude_rad, other.launch.longitude_rad, found.launch.latitude_rad, found.launch.longitude_rad
    )
    seconds = abs(other.launch.time_tai_ns - found.launch.time_tai_ns) / NS_PER_S
    return max(float(apart) / SAME_LAUNCH_WITHIN_M, seconds / SAME_LAUNCH_WITHIN_S)


def _joint_object(
    number: int, group: dict[str, ObjectFinding], centres: tuple[str, ...], counts: dict[str, int]
) -> statements.JointObject:
    plain = [_plain(centre, group.get(centre), counts[centre]) for centre in centres]
    items = [found for a, b in pairwise(plain) for found in concordance.compare(a, b)]
    spoken = [found for found in items if found.status != "no value on either side"]
    return statements.JointObject(
        object=f"J-{number}",
        members=tuple(statements.Member(centre=centre, object=group[centre].object) for centre in sorted(group)),
        concordance=tuple(
            statements.Concordance(item=f.item, agree=f.status == "agree", text=f.sentence) for f in spoken
        ),
        joint=_best(list(group.values())),
    )


def _best(objects: list[ObjectFinding]) -> ObjectFinding:
    """Return the better determined of the findings: they share data, so their errors must not be averaged away."""
    return min(objects, key=lambda o: (o.verdict == "undecided", _spread_m2(o.impact), _spread_m2(o.launch), o.object))


def _spread_m2(point: PointFinding | None) -> float:
    return point.covariance[0] + point.covariance[3] if point else float("inf")


def _plain(centre: str, found: ObjectFinding | None, objects: int) -> Finding:
    if found is None:
        return Finding(centre=centre, objects=objects)
    launch, impact = found.launch, found.impact
    has_direction = found.direction_rad is not None and found.direction_sigma_rad is not None
    return Finding(
        centre=centre,
        launch_place=_place(launch) if launch else None,
        launch_time=_instant(launch) if launch else None,
        direction=Direction(found.direction_rad or 0.0, found.direction_sigma_rad or 0.0) if has_direction else None,
        impact_place=_place(impact) if impact else None,
        impact_time=_instant(impact) if impact else None,
        verdict=found.verdict,
        objects=objects,
    )


def _place(point: PointFinding) -> Place:
    ee, en, _, nn, _, _ = point.covariance
    return Place(point.latitude_rad, point.longitude_rad, np.array([[ee, en], [en, nn]]))


def _instant(point: PointFinding) -> Instant:
    return Instant(point.time_tai_ns, float(np.sqrt(point.covariance[5])))


def _point(estimate: LaunchEstimate | ImpactEstimate) -> PointFinding:
    """Return a place and time with covariance (east, north, time); place and time are given as uncorrelated."""
    (ee, en), (_, nn) = estimate.cov_en_m2.tolist()
    return PointFinding(
        latitude_rad=float(estimate.latitude_rad),
        longitude_rad=float(estimate.longitude_rad),
        time_tai_ns=int(estimate.time_tai_ns),
        covariance=(ee, en, 0.0, nn, 0.0, float(estimate.sigma_s) ** 2),
    )


def _sentences(
    centres: tuple[str, ...], absent: tuple[str, ...], objects: tuple[statements.JointObject, ...]
) -> list[str]:
    names = " and ".join(name.capitalize() for name in centres)
    count = f"{len(objects) or 'no'} object{'s' if len(objects) != 1 else ''}"
    lines = [f"{names} {'looked at the same events and' if len(centres) > 1 else 'alone'} found {count}."]
    lines += [f"{name.capitalize()} took no part: its process was lost before the end." for name in sorted(absent)]
    for joint in objects:
        lines.append(_about(joint))
        differing = [item.text for item in joint.concordance if not item.agree]
        lines += [f"{joint.object}, not agreed: {text}." for text in differing]
    if objects and not absent and all(item.agree for joint in objects for item in joint.concordance):
        lines.append("On every item compared the two findings agree within their stated uncertainty.")
    return [line[:2000] for line in lines][:64]


def _about(joint: statements.JointObject) -> str:
    """Return what is held of one object: by all, or as the one centre that holds it says."""
    members = ", ".join(f"{m.centre} {m.object}" for m in joint.members)
    alone = ", held by one centre only" if len(joint.members) == 1 else ""
    best = joint.joint
    if best is None:
        return f"{joint.object} ({members}){alone}."
    p = _probability(best.p_space)
    words = [
        f"{joint.object} ({members}){alone}: {best.verdict}; from the track alone a space launch with probability {p}"
    ]
    if best.launch:
        words.append(f"launched {_when_and_where(best.launch)}")
    if best.impact:
        words.append(f"impact {_when_and_where(best.impact)}")
    return "; ".join(words) + f". {best.reason[0].upper()}{best.reason[1:]}."


def _probability(p: float) -> str:
    """Return a probability in words that never claim certainty."""
    return "under 0.01" if p < 0.01 else "over 0.99" if p > 0.99 else f"{p:.2f}"


def _when_and_where(point: PointFinding) -> str:
    ee, en, _, nn, _, tt = point.covariance
    ellipse = ellipse_95(point.latitude_rad, point.longitude_rad, np.array([[ee, en], [en, nn]]))
    return f"{place(ellipse)}, at {utc_from_tai_ns(point.time_tai_ns, digits=0)} ± {np.sqrt(tt):.0f} s (1 sigma)"
