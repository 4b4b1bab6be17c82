"""Two verifiers, one verdict: ours and the one written from docs/exchange.md, on vectors, small worlds and runs."""

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from hypothesis import given
from hypothesis import strategies as st

from jointwatch.exchange import checkpoint as checkpoints
from jointwatch.exchange import dsse, frame, merkle, ml_dsa, note, tiles
from jointwatch.exchange import proof as proofs
from jointwatch.exchange.checkpoint import Checkpoint, Cosigner
from jointwatch.exchange.export import export_audience
from jointwatch.exchange.keyrings import Keyrings, roster_log
from jointwatch.exchange.keys import PublicKey, SigningKey
from jointwatch.exchange.log import Store
from jointwatch.exchange.logid import LogId
from jointwatch.exchange.mirror import Mirror
from jointwatch.exchange.refused import Refused
from jointwatch.exchange.verify.run import verify_run
from jointwatch.messages.encoding import PAYLOAD_TYPE, decode, encode, to_json
from jointwatch.messages.examples import EXAMPLES
from tests.exchange import two_centres
from tests.exchange.second import directories, keys, messagepack, messages, notes, shards, trees
from tests.exchange.second import strict_ed25519 as ed25519
from tests.exchange.second.wrong import Wrong

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOGS = ROOT.parent / "shared" / "data" / "log"
SMALL_WORLD = 64


VECTORS: dict[str, Any] = json.loads((ROOT / "tests/oracles/exchange.json").read_text(encoding="utf-8"))
ENTRIES = [f"entry {k}".encode() * (1 + k % 5) for k in range(SMALL_WORLD)]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
NODE = merkle.tree_of(LEAVES)


def raw(text: str) -> bytes:
    return bytes.fromhex(text)


def public(name: str) -> bytes:
    return raw(VECTORS["keys"][name]["public"])


# The second verifier stands alone


def test_it_imports_the_standard_library_and_nothing_of_ours():
    for path in (HERE / "second").glob("*.py"):
        imported = re.findall(r"^\s*(?:from|import) ([\w.]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        names = {name.split(".")[0] for name in imported} - {""}
        assert names <= sys.stdlib_module_names, path


def test_our_package_verifies_ed25519_with_one_library_in_one_module():
    for path in (ROOT / "src").rglob("*.py"):
        found = re.search(r"import.*(ed25519|Ed25519PublicKey|VerifyKey)", path.read_text(encoding="utf-8"))
        assert found is None or path.name in ("keys.py", "note.py"), path


# The vectors


def test_the_vectors_are_what_our_code_writes_today():
    made = subprocess.run(
        [sys.executable, "-c", "import exchange; print(exchange.text(), end='')"],
        cwd=ROOT / "tests/oracles",
        env={"PYTHONPATH": f"{ROOT / 'src'}", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        check=True,
    )
    assert made.stdout.decode() == (ROOT / "tests/oracles/exchange.json").read_text(encoding="utf-8")


def test_keys_and_fingerprints():
    for key in VECTORS["keys"].values():
        assert SigningKey(raw(key["seed"])).public.data == raw(key["public"])
        assert messages.fingerprint(raw(key["public"])) == key["fingerprint"]


def test_an_entry_is_read_as_what_it_says():
    vector = VECTORS["entry"]
    found = messages.envelope(raw(vector["entry"]))
    said = messages.message(found)
    assert (found.payload.hex(), found.signed_bytes().hex()) == (vector["payload"], vector["signed"])
    assert json.loads(json.dumps(said, default=lambda one: base64.b64encode(one).decode())) == vector["json"]
    assert found.signed_by({public("desk")}) == {public("desk")}
    assert trees.leaf(raw(vector["entry"])).hex() == vector["leaf"]
    assert messagepack.dump(said).hex() == vector["payload"]


def ring() -> tuple[Any, Keyrings]:
    """The keys of the vectors' centre, as both read them."""
    pinned = VECTORS["keys"]["identity"]["fingerprint"]
    theirs = keys.Keys("moscow", "vectors-1", "exercise", pinned)
    theirs.learn(raw(VECTORS["roster"]))
    ours = Keyrings("moscow", "vectors-1", "exercise", pinned).learn(raw(VECTORS["roster"]))
    return theirs, ours


def test_the_log_of_the_vectors_holds_in_every_part():
    theirs, _ = ring()
    vector, name = VECTORS["log"], VECTORS["entry"]["log"]
    found = notes.frame(raw(vector["frame"]))
    assert (found.log, found.start, [one.hex() for one in found.entries]) == (name, 0, vector["entries"])
    assert raw(vector["checkpoint"]) in raw(vector["frame"])
    last = [theirs.open(entry, name) for entry in found.entries][-1]
    log_key = theirs.single("log", last["logged_tai_ns"])
    notes.check_log_signature(found.checkpoint, vector["origin"], log_key)
    stamp = notes.check_cosignature(found.checkpoint, vector["cosigner"], public("partner"))
    assert stamp == vector["cosigned_posix_s"]
    for entry, shown in zip(found.entries, vector["proofs"], strict=True):
        cosigners = {vector["cosigner"]: public("partner")}
        assert notes.check_proof(raw(shown), entry, vector["origin"], log_key, cosigners) == found.checkpoint


@pytest.mark.parametrize("vector", VECTORS["shards"], ids=lambda one: one["why"])
def test_a_chain_of_shards_has_one_verdict(vector: dict[str, Any], tmp_path: Path):
    theirs, _ = ring()
    holds = contextlib.nullcontext() if vector["valid"] else pytest.raises(Wrong, match=r"section (6|12)")
    with holds:
        logs = [(one["name"], list(map(raw, one["entries"])), one["checkpoint"]) for one in vector["shards"]]
        read = {name: directories.Log(name, entries, notes.checkpoint(raw(body))) for name, entries, body in logs}
        said = {name: [theirs.open(entry, name) for entry in entries] for name, entries, _ in logs}
        shards.check(read, said, {"moscow": theirs})
    pinned = {"moscow": PublicKey(public("identity"))}
    with Store(tmp_path / "brussels.db", run="vectors-1", owner="brussels") as store:
        mirror = Mirror(store, mode="exercise", identities=pinned, cosign_key=None, evidence_folder=tmp_path)
        roster = roster_log("moscow")
        body = checkpoints.signed(
            Checkpoint(roster.origin("vectors-1"), 1, merkle.leaf_hash(raw(VECTORS["roster"]))),
            SigningKey(raw(VECTORS["keys"]["log"]["seed"])),
        )
        mirror.accept(frame.encode(frame.Frame(roster, 0, (raw(VECTORS["roster"]),), body)))
        with contextlib.nullcontext() if vector["valid"] else pytest.raises(Refused):
            for one in vector["shards"]:
                entries = tuple(map(raw, one["entries"]))
                mirror.accept(frame.encode(frame.Frame(LogId.parse(one["name"]), 0, entries, raw(one["checkpoint"]))))


@pytest.mark.parametrize("kind", ["party_root", "key_bounds"])
def test_what_officers_say_is_read_as_what_it_says(kind: str):
    vector = VECTORS[kind]
    said = messages.message(messages.envelope(raw(vector["entry"])))
    assert json.loads(json.dumps(said, default=lambda one: base64.b64encode(one).decode())) == vector["json"]
    payload = dsse.parse(raw(vector["entry"])).payload
    assert messagepack.dump(said) == payload == encode(decode(payload))
    assert json.loads(to_json(decode(payload))) == vector["json"]


@pytest.mark.parametrize("vector", VECTORS["rosters"], ids=lambda one: one["why"])
def test_a_roster_log_has_one_verdict(vector: dict[str, Any]):
    """All entries but the last hold; of the last both say what the vector says."""
    pinned = VECTORS["keys"]["identity"]["fingerprint"]
    theirs, ours = (kind("moscow", "vectors-1", "exercise", pinned) for kind in (keys.Keys, Keyrings))
    *before, last = map(raw, vector["entries"])
    for entry in before:
        theirs.learn(entry)
        ours = ours.learn(entry)
    with contextlib.nullcontext() if vector["valid"] else pytest.raises(Wrong, match="section 4"):
        theirs.learn(last)
    with contextlib.nullcontext() if vector["valid"] else pytest.raises(Refused):
        ours.learn(last)


def test_a_key_holds_within_its_bounds_and_nowhere_else():
    theirs, ours = ring()
    entry = dsse.parse(raw(VECTORS["key_bounds"]["entry"])).payload
    by = SigningKey(raw(VECTORS["keys"]["identity"]["seed"]))
    said = dsse.sign(PAYLOAD_TYPE, entry, [by]).encode()
    theirs.learn(said)
    ours = ours.learn(said)
    for place in VECTORS["places"]:
        at = (public("desk"), place["log"], place["index"])
        assert theirs.holds(*at) == ours.holds(*at) == place["holds"], place
        assert theirs.holds(public("log"), *at[1:])
        assert ours.holds(public("log"), *at[1:])


def test_the_small_trees():
    for vector in VECTORS["trees"]:
        n = vector["size"]
        leaves = [trees.leaf(bytes([k])) for k in range(n)]
        assert trees.root(leaves).hex() == vector["root"]
        assert [[one.hex() for one in trees.path(i, leaves)] for i in range(n)] == vector["inclusion"]
        found = [[one.hex() for one in trees.consistency(m, leaves)] for m in range(n + 1)]
        assert found == vector["consistency"]


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda vector: f"{vector['kind']}: {vector['why']}")
def test_what_must_be_refused_is_refused_by_both(vector: dict[str, Any]):
    theirs, ours = ring()
    data, log, entry = raw(vector["data"]), VECTORS["log"], raw(VECTORS["log"]["entries"][1])
    log_key, name = public("log"), VECTORS["entry"]["log"]
    with pytest.raises(Wrong) as caught:
        {
            "entry": lambda: theirs.open(data, name),
            "note": lambda: notes.check_log_signature(notes.checkpoint(data), log["origin"], log_key),
            "frame": lambda: notes.frame(data),
            "proof": lambda: notes.check_proof(data, entry, log["origin"], log_key, {}),
        }[vector["kind"]]()
    assert caught.value.section == vector["section"]
    with pytest.raises(Refused):
        {
            "entry": lambda: ours.open_entry(data, LogId.parse(name)),
            "note": lambda: checkpoints.opened(data, log["origin"], PublicKey(log_key)),
            "frame": lambda: frame.decode(data),
            "proof": lambda: proofs.verify(proofs.parse(data), entry, log["origin"], PublicKey(log_key)),
        }[vector["kind"]]()


# Ed25519 at its edges


def accepted(key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        PublicKey(key).verify(said, signature)
    except Refused:
        return False
    return True


def accepted_by_openssl(key: bytes, said: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, said)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_both_have_one_verdict_on_every_edge_and_another_library_would_not():
    verdicts = []
    for vector in VECTORS["ed25519"]:
        case = raw(vector["key"]), raw(vector["message"]), raw(vector["signature"])
        assert ed25519.holds(*case) == accepted(*case) == vector["valid"], vector
        verdicts.append((vector["valid"], accepted_by_openssl(*case)))
    assert verdicts.count((True, True)) == 43  # as many pairs of small-order parts as can cancel: 1 + 2 + 8 + 32
    assert verdicts.count((False, True)) > 50  # an entry on which two centres could be made to disagree
    assert verdicts.count((True, False)) == 0


@pytest.mark.skipif(not LOGS.is_dir(), reason=f"the public vectors are not at {LOGS}")
def test_it_passes_wycheproof():
    suite = json.loads((LOGS / "wycheproof/ed25519_test.json").read_text())
    for group in suite["testGroups"]:
        key = raw(group["publicKey"]["pk"])
        for case in group["tests"]:
            assert ed25519.holds(key, raw(case["msg"]), raw(case["sig"])) == (case["result"] == "valid"), case


def test_a_roster_that_enrols_a_key_anyone_can_sign_for_is_refused_by_both():
    neutral = b"\1" + bytes(31)
    found = dsse.parse(raw(VECTORS["roster"]))
    payload = found.payload.replace(public("desk"), neutral)
    said = dsse.pae(found.payload_type, payload)
    lines = [
        dsse.Signature(key.public.fingerprint, key.sign(said))
        for key in (SigningKey(raw(VECTORS["keys"][name]["seed"])) for name in ("identity", "log", "cosign"))
    ]
    forged = dsse.Signature(messages.fingerprint(neutral), neutral + bytes(32))
    assert accepted_by_openssl(neutral, said, forged.sig)
    entry = dsse.Envelope(found.payload_type, payload, (*lines, forged)).encode()
    with pytest.raises(Wrong, match=r"signature of .* fails"):
        keys.Keys("moscow", "vectors-1", "exercise").learn(entry)
    with pytest.raises(Refused, match="strict rule"):
        Keyrings("moscow", "vectors-1", "exercise").learn(entry)


# Others' vectors


@pytest.mark.skipif(not LOGS.is_dir(), reason=f"the public vectors are not at {LOGS}")
def test_it_passes_the_published_proofs():
    seen = 0
    for path in sorted((LOGS / "merkle").rglob("*.json")):
        case = json.loads(path.read_text())
        proof = [base64.b64decode(one) for one in case["proof"] or []]
        try:
            if "leafIdx" in case:
                leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
                trees.check_inclusion(leaf, case["leafIdx"], case["treeSize"], root, proof)
            else:
                roots = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
                trees.check_consistency(case["size1"], case["size2"], *roots, proof)
            holds = True
        except Wrong:
            holds = False
        assert holds != case["wantErr"], path
        seen += 1
    assert seen > 0


@pytest.mark.skipif(not LOGS.is_dir(), reason=f"the public log is not at {LOGS}")
def test_it_reads_a_published_log_at_every_size(tmp_path: Path):
    name, key = "example.com/log/testdata", "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
    source = LOGS / "tlog_tiles"
    for size in range(16):
        folder = tmp_path / str(size)
        folder.mkdir()
        shutil.copy(source / f"checkpoint.{size}", folder / "checkpoint")
        for part in ("0", "entries") if size else ():
            (folder / "tile" / part / "000.p").mkdir(parents=True)
            shutil.copy(source / f"tile/{part}/000.p/{size}", folder / f"tile/{part}/000.p/{size}")
        found = directories.log(folder, "log")
        assert len(found.entries) == size
        notes.check_log_signature(found.checkpoint, name, base64.b64decode(key)[1:])


# Small worlds whole


def test_every_proof_of_every_log_up_to_64_entries_is_the_same_by_both_routes():
    for n in range(SMALL_WORLD + 1):
        leaves, root = LEAVES[:n], merkle.root(NODE, n)
        assert trees.root(leaves) == root
        for i in range(n):
            proof = merkle.inclusion_proof(NODE, i, n)
            assert trees.path(i, leaves) == proof
            trees.check_inclusion(LEAVES[i], i, n, root, proof)
        for m in range(n + 1):
            proof = merkle.consistency_proof(NODE, m, n)
            assert trees.consistency(m, leaves) == proof
            trees.check_consistency(m, n, merkle.root(NODE, m), root, proof)
            merkle.verify_consistency(m, n, merkle.root(NODE, m), root, trees.consistency(m, leaves))


def same_verdict(theirs: Any, ours: Any) -> bool:
    """Whether both refuse, or both do not."""
    verdicts = []
    for check, refusal in ((theirs, Wrong), (ours, Refused)):
        try:
            check()
            verdicts.append(True)
        except refusal:
            verdicts.append(False)
    return verdicts[0] == verdicts[1]


def test_every_wrong_proof_of_every_small_log_is_refused_by_both():
    for n in range(1, 17):
        root = merkle.root(NODE, n)
        for i in range(n):
            good = merkle.inclusion_proof(NODE, i, n)
            for proof in (good, good[:-1], [*good, root], good[::-1], [*good[1:], root]):
                for j in range(n + 1):
                    case = (LEAVES[i], j, n, root, proof)
                    assert same_verdict(
                        lambda c=case: trees.check_inclusion(*c), lambda c=case: merkle.verify_inclusion(*c)
                    ), (n, i, j, len(proof))
        for m in range(n + 1):
            old, good = merkle.root(NODE, m), merkle.consistency_proof(NODE, m, n)
            for proof in (good, good[:-1], [*good, root], good[::-1]):
                for size, older in ((m, old), (m, root), (max(m - 1, 0), old), (m + 1, old)):
                    case = (size, n, older, root, proof)
                    assert same_verdict(
                        lambda c=case: trees.check_consistency(*c), lambda c=case: merkle.verify_consistency(*c)
                    ), case[:2]


def test_every_log_up_to_64_entries_written_signed_and_cosigned_by_ours_is_read_by_the_other(tmp_path: Path):
    log_key, partner = SigningKey(b"\7" * 32), SigningKey(b"\x08" * 32)
    origin, name = "jointwatch/run-1/moscow/common/notify", "jointwatch/run-1/brussels"
    for n in range(SMALL_WORLD + 1):
        body = checkpoints.signed(Checkpoint(origin, n, merkle.root(NODE, n)), log_key)
        body = checkpoints.with_signature(body, checkpoints.cosign(body, name, partner, 1_700_000_000 + n))
        tiles.write_log_directory(tmp_path / str(n), ENTRIES[:n], body)
        found = directories.log(tmp_path / str(n), "moscow/common/notify")
        assert found.entries == ENTRIES[:n]
        notes.check_log_signature(found.checkpoint, origin, log_key.public.data)
        stamp = notes.check_cosignature(found.checkpoint, name, partner.public.data)
        assert stamp == 1_700_000_000 + n == checkpoints.cosigned_at(body, Cosigner(name, partner.public))
        if n:
            written = proofs.LogProof(n - 1, tuple(merkle.inclusion_proof(NODE, n - 1, n)), body).encode()
            notes.check_proof(written, ENTRIES[n - 1], origin, log_key.public.data, {name: partner.public.data})


# Bytes of any kind


@given(st.integers(0, 4000), st.binary(max_size=3), st.integers(0, 3))
def test_a_changed_entry_has_one_verdict(at: int, put: bytes, cut: int):
    good = raw(VECTORS["log"]["entries"][1])
    data = good[: at % len(good)] + put + good[at % len(good) + cut :]
    theirs, ours = ring_once()
    name = VECTORS["entry"]["log"]
    assert same_verdict(lambda: theirs.open(data, name), lambda: ours.open_entry(data, LogId.parse(name)))


_RING: list[Any] = []


def ring_once() -> Any:
    if not _RING:
        _RING.extend(ring())
    return _RING


@given(st.integers(0, 4000), st.binary(max_size=3), st.integers(0, 3))
def test_a_changed_note_or_frame_has_one_verdict(at: int, put: bytes, cut: int):
    for good, theirs, ours in (
        (raw(VECTORS["log"]["checkpoint"]), notes.checkpoint, checkpoints.unverified),
        (raw(VECTORS["log"]["frame"]), notes.frame, _opened_frame),
    ):
        data = good[: at % len(good)] + put + good[at % len(good) + cut :]
        assert same_verdict(lambda t=theirs, d=data: t(d), lambda o=ours, d=data: o(d))


def _opened_frame(data: bytes) -> None:
    checkpoints.unverified(frame.decode(data).checkpoint)


# Whole runs


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    directory, made = two_centres.finished_run(tmp_path_factory.mktemp("second"))
    return directory, two_centres.trust_of(made)


def test_a_run_and_its_export_hold_for_both(run: tuple[Path, dict[str, str]], tmp_path: Path):
    directory, trust = run
    found = directories.check_run(directory, trust)
    assert {centre: messages.fingerprint(held.rosters[0]["identity"]) for centre, held in found.items()} == trust
    export_audience(directory, "brussels", tmp_path / "copy")
    directories.check_run(tmp_path / "copy", trust)
    strangers = dict.fromkeys(trust, trust["moscow"])
    with pytest.raises(Wrong, match="not the pinned one"):
        directories.check_run(directory, strangers)


def test_any_file_of_a_run_that_is_changed_missing_or_added_is_refused_by_both(
    run: tuple[Path, dict[str, str]], tmp_path: Path
):
    directory = shutil.copytree(run[0], tmp_path / "run")
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        data = path.read_bytes()
        middle = len(data) // 2
        for body in (data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :], data[:-1], None):
            path.unlink() if body is None else path.write_bytes(body)
            with pytest.raises((Wrong, ValueError)):
                directories.check_run(directory)
            if body is None:
                assert not verify_run(directory).ok
            path.write_bytes(data)
    (directory / "more.txt").write_text("added")
    with pytest.raises(Wrong, match="missing or added"):
        directories.check_run(directory)


def test_it_is_a_program(run: tuple[Path, dict[str, str]]):
    pins = [f"{centre}={pin}" for centre, pin in run[1].items()]
    for arguments, verdict in (([], "identity not checked"), (pins, "verified, identities as pinned")):
        done = subprocess.run(
            [sys.executable, "-m", "second", str(run[0]), *arguments], cwd=HERE, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert verdict in done.stdout


def test_the_examples_of_the_specifications():
    example = (
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "\u2014 example.com/behind-the-sofa "
        "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    ).encode()
    assert notes.checkpoint(example).size == checkpoints.unverified(example).size == 20852163
    assert notes.note(example)[0] == note.parse(example).text
    hello = messages.Envelope("http://example.com/HelloWorld", b"hello world", {})
    assert hello.signed_bytes() == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_an_ml_dsa_line_is_over_the_bytes_that_the_page_says():
    key, origin, root = ml_dsa.SigningKey(b"\5" * 32), VECTORS["log"]["origin"], raw(VECTORS["trees"][5]["root"])
    body = checkpoints.signed(Checkpoint(origin, 5, root), SigningKey(b"\7" * 32))
    name, stamp = VECTORS["log"]["cosigner"], 1_700_000_000
    line = ml_dsa.sign(body, name, key, stamp)
    said = b"subtree/v1\n\0" + bytes([len(name)]) + name.encode() + stamp.to_bytes(8, "big")
    said += bytes([len(origin)]) + origin.encode() + bytes(8) + (5).to_bytes(8, "big") + root
    assert line.signature[:8] == stamp.to_bytes(8, "big")
    MLDSA44PublicKey.from_public_bytes(key.public).verify(line.signature[8:], said)
    assert line.key_id == notes.key_id(name, 0x06, key.public)
    both = checkpoints.with_signature(raw(VECTORS["log"]["checkpoint"]), line)
    notes.check_log_signature(notes.checkpoint(both), origin, public("log"))  # an unknown line is ignored


def test_what_keyholders_themselves_do_wrong_in_a_run_is_refused_by_both(tmp_path: Path):
    def unseen(centres: Any) -> None:
        centres[0].say("common", "notify", "said after the partner was last there")

    def repeated(centres: Any) -> None:
        log = centres[0].log("common", "notify")
        centres[0].store.append({log: [centres[0].store.entry(log, 0)]})
        two_centres.settle(centres)

    def forgetful(centres: Any) -> bytes:
        signed = dsse.parse_json(two_centres.statement_of(centres))
        return dsse.Envelope(signed.payload_type, signed.payload, signed.signatures[:1]).to_json()

    for wrongdoing, why in (
        (unseen, "lacks a cosignature"),
        (repeated, "twice"),
        (forgetful, "not one signature each"),
    ):
        folder = tmp_path / wrongdoing.__name__
        folder.mkdir()
        centres = two_centres.two_centres(folder)
        two_centres.rehearse(centres)
        directory = two_centres.write_run(folder / "run", centres, statement=wrongdoing(centres))
        for centre in centres:
            centre.close()
        with pytest.raises(Wrong, match=why):
            directories.check_run(directory)
        assert not verify_run(directory).ok


def test_both_want_two_officers_beneath_a_later_release_policy():
    made = {name: SigningKey(raw(VECTORS["keys"][name]["seed"])) for name in ("identity", "log", "cosign", "desk")}
    officers = {name: SigningKey(bytes([k]) * 32) for k, name in enumerate(("ann", "bob", "bob again"), 50)}
    said = messagepack.load(dsse.parse(raw(VECTORS["roster"])).payload)
    key = said["keys"][0]
    for name, officer in officers.items():
        purpose = f"releaser:{name.split()[0]}"
        said["keys"].append({**key, "name": name, "purpose": purpose, "public_key": officer.public.data})
    entry = dsse.sign(messages.PAYLOAD_TYPE, messagepack.dump(said), list(made.values())).encode()
    theirs = keys.Keys("moscow", "vectors-1", "exercise")
    theirs.learn(entry)
    ours = Keyrings("moscow", "vectors-1", "exercise").learn(entry)
    log = "moscow/moscow/record"
    policy = messagepack.load(encode(EXAMPLES["release_policy"])) | {"run": "vectors-1", "log": log}
    ann, bob, again = officers.values()
    cases = (([ann, bob], 2, True), ([bob, again], 2, False), ([bob, made["desk"]], 2, False), ([ann, bob], 1, False))
    for signers, number, holds in (*cases, ([made["desk"]], 1, True)):
        changed = policy | {"number": number, "replaces": policy["replaces"] if number > 1 else None}
        change = dsse.sign(messages.PAYLOAD_TYPE, messagepack.dump(changed), signers).encode()
        for read, refusal in ((theirs.open, Wrong), (lambda one, _: ours.open_entry(one, LogId.parse(log)), Refused)):
            with contextlib.nullcontext() if holds else pytest.raises(refusal):
                read(change, log)
