"""Keys: one rule of verification, files only their owner reads, and nothing else in the house that touches PyNaCl."""

from __future__ import annotations

import json
import os
import re
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from jointwatch.exchange.keys import PublicKey, SigningKey, read_key, read_or_create_key, write_key
from jointwatch.exchange.refused import Refused

ROOT = Path(__file__).parents[2]
WYCHEPROOF = ROOT.parent / "shared" / "data" / "log" / "wycheproof" / "ed25519_test.json"


def test_the_first_vectors_of_rfc_8032():
    # Section 7.1, tests 1 to 3: secret, public, message, signature
    vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ]
    for seed, public, message, signature in vectors:
        key = SigningKey(bytes.fromhex(seed))
        assert key.public.data.hex() == public
        assert key.sign(bytes.fromhex(message)).hex() == signature
        key.public.verify(bytes.fromhex(message), bytes.fromhex(signature))


@pytest.mark.skipif(not WYCHEPROOF.is_file(), reason=f"the public vectors are not at {WYCHEPROOF}")
def test_every_wycheproof_vector_has_the_verdict_it_should():
    suite = json.loads(WYCHEPROOF.read_text())
    seen = 0
    for group in suite["testGroups"]:
        key = PublicKey(bytes.fromhex(group["publicKey"]["pk"]))
        for case in group["tests"]:
            try:
                key.verify(bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"]))
                verdict = "valid"
            except Refused:
                verdict = "invalid"
            assert verdict == case["result"], case
            seen += 1
    assert seen == suite["numberOfTests"]


def test_where_the_two_libraries_disagree_the_strict_one_decides():
    # The neutral point as key and as R, with S = 0, "signs" every message for who checks the equation alone.
    neutral = b"\1" + bytes(31)
    forged = neutral + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(forged, b"any message")  # OpenSSL accepts it
    with pytest.raises(Refused, match="strict rule"):
        PublicKey(neutral).verify(b"any message", forged)


def test_only_one_module_imports_the_signature_library():
    importers = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src").rglob("*.py")
        if re.search(r"^\s*(from nacl\.signing|import nacl)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importers == ["src/jointwatch/exchange/keys.py"]


def test_a_signature_or_key_of_another_length_is_refused():
    key = SigningKey.generate()
    with pytest.raises(Refused, match="64 bytes; this one has 63"):
        key.public.verify(b"", key.sign(b"")[:-1])
    with pytest.raises(Refused, match="32 bytes; this one has 31"):
        PublicKey(bytes(31))
    with pytest.raises(Refused, match="32 bytes"):
        SigningKey(bytes(64))


def test_no_representation_shows_a_secret():
    key = SigningKey(b"\7" * 32)
    for text in (repr(key), str(key), f"{key!r}", str(key.__class__)):
        assert key.seed().hex() not in text
        assert repr(key.seed()) not in text
    assert key.public.fingerprint in repr(key)


def test_a_key_file_is_its_owners_alone_and_another_tool_reads_it(tmp_path: Path):
    old = os.umask(0)
    try:
        key = read_or_create_key(tmp_path / "keys" / "log.pem")
    finally:
        os.umask(old)
    path = tmp_path / "keys" / "log.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_or_create_key(path).public == key.public == read_key(path).public
    assert [entry.name for entry in path.parent.iterdir()] == ["log.pem"]
    other = load_pem_private_key(path.read_bytes(), None)
    assert other.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) == key.public.data


def test_a_key_file_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "log.pem"
    write_key(path, SigningKey(b"\1" * 32))
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="not overwritten"):
        write_key(path, SigningKey(b"\2" * 32))
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_key_file_that_others_may_read_is_refused_with_the_remedy(tmp_path: Path):
    path = tmp_path / "log.pem"
    write_key(path, SigningKey.generate())
    path.chmod(0o640)
    with pytest.raises(Refused, match=r"mode 0640.*chmod 600"):
        read_key(path)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_holds_no_key_is_refused(tmp_path: Path, body: bytes):
    path = tmp_path / "log.pem"
    path.write_bytes(body)
    path.chmod(0o600)
    with pytest.raises(Refused, match="is not an Ed25519 private key"):
        read_key(path)


def test_a_public_key_is_its_bytes():
    key = SigningKey.generate().public
    assert key == PublicKey(key.data)
    assert len({key, PublicKey(key.data), SigningKey.generate().public}) == 2
    assert key != key.data
