"""The joint statement: one payload, one signature of each centre that makes it, and the findings it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jointwatch.exchange import dsse
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.run_directory import STATEMENT, log_folder
from jointwatch.exchange.verify.faults import Faults
from jointwatch.exchange.verify.logs import Logs
from jointwatch.messages.encoding import PAYLOAD_TYPE, PAYLOAD_TYPE_JSON, decode, from_json, kind_of
from jointwatch.messages.reference import EntryReference
from jointwatch.messages.statement import Statement

RULE = "jointwatch statement"
MAX_BYTES = 1 << 20


def read_statement(directory: Path, keys: Mapping[str, Keyrings], logs: Logs, faults: Faults) -> Statement | None:
    """Return the statement as it reads, None where there is none; whatever is wrong with it is recorded."""
    if not (directory / STATEMENT).is_file():
        return None
    statement = None
    with faults.against(STATEMENT):
        with (directory / STATEMENT).open("rb") as file:
            envelope = dsse.parse_json(file.read(MAX_BYTES))
        statement = _statement(envelope)
        if any(faults.known(log_folder(roster_log(centre))) for centre in statement.centres):
            return statement  # those rosters are the fault; what they would have said of this file is not known
        _check_setting(statement, keys)
        _check_signatures(envelope, statement, keys)
        for reference in statement.findings:
            _check_reference(reference, logs)
    return statement


def _statement(envelope: dsse.Envelope) -> Statement:
    if envelope.payload_type not in (PAYLOAD_TYPE, PAYLOAD_TYPE_JSON):
        raise Refused(dsse.RULE, f"the payload is {envelope.payload_type!r}; {PAYLOAD_TYPE!r} was wanted")
    opened = decode if envelope.payload_type == PAYLOAD_TYPE else from_json
    message = opened(envelope.payload)
    if not isinstance(message, Statement):
        raise Refused(RULE, f"holds a {kind_of(message)}; a statement was wanted")
    return message


def _check_setting(statement: Statement, keys: Mapping[str, Keyrings]) -> None:
    for centre in statement.centres:
        if centre not in keys:
            raise Refused(RULE, f"is made by {centre}, whose roster is not in this directory")
        ring = keys[centre]
        if (statement.run, statement.mode) != (ring.run, ring.mode):
            raise Refused(
                RULE,
                f"is of the {statement.mode} run {statement.run!r}; the logs are of the {ring.mode} run {ring.run!r}",
            )


def _check_signatures(envelope: dsse.Envelope, statement: Statement, keys: Mapping[str, Keyrings]) -> None:
    """One valid signature by each centre's desk, and no other: who signed is what the statement is about."""
    for centre in statement.centres:
        desk = keys[centre].at(statement.logged_tai_ns).keys("desk", statement.logged_tai_ns)
        try:
            dsse.verify(envelope, desk)
        except Refused as refusal:
            raise Refused(refusal.rule, f"{centre} did not sign it: {refusal.sentence}") from None
    if len(envelope.signatures) != len(statement.centres):
        raise Refused(
            RULE, f"carries {len(envelope.signatures)} signatures; {len(statement.centres)} centres make the statement"
        )


def _check_reference(reference: EntryReference, logs: Logs) -> None:
    read = logs.get(LogId.parse(reference.log))
    if read is None:
        return  # a log left out of an export, or one that is a fault of its own
    if reference.index >= read.size or read.leaf(reference.index) != reference.leaf_hash:
        raise Refused(RULE, f"rests on entry {reference.index} of {reference.log}, which is not what stands there")
