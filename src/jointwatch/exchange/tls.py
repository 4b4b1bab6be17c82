"""A centre's identity on the line: its own certificate authority, short-lived certificates, and TLS 1.3 both ways.

No public authority is involved. Each centre makes a CA of its own and hands the partner its public certificate;
the partner pins it. A certificate counts as a centre's only when that centre's pinned CA issued it *and* it
carries that centre's name, so one partner's CA cannot speak for another. Leaves live for days and are issued
again at two thirds of their life, which does instead of revocation lists (facts of the exchange, section 4).
The record does not rest on this: entries and checkpoints carry signatures of their own. This guards the line.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from jointwatch.exchange import whole_file

LEAF_LIFE = timedelta(days=7)
AUTHORITY_LIFE = timedelta(days=3650)
CLOCK_TOLERANCE = timedelta(minutes=5)  # a partner's clock may be this far behind ours when a certificate is new
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
"""A DNS label: names of centres and of their clients, as they stand in certificates."""


@dataclass(frozen=True)
class Identity:
    """One centre's TLS files. Private keys stay in `directory`; `authority_pem()` is for the partner."""

    centre: str
    directory: Path

    @property
    def leaf(self) -> Path:
        """Path of the leaf certificate together with its private key, mode 0600: one file, so the two always match."""
        return self.directory / "tls-leaf.pem"

    def authority_pem(self) -> str:
        """The public certificate of this centre's own CA, PEM: the one thing the partner needs to pin."""
        return (self.directory / "tls-ca.pem").read_text()


def ensure_identity(directory: Path, centre: str, *, now: datetime | None = None) -> Identity:
    """The TLS identity kept in `directory`, made on first use; its leaf is renewed at two thirds of its life."""
    if not LABEL.fullmatch(centre):
        raise ValueError(f"a centre's id must be lower-case letters, digits and hyphens (a DNS label), not {centre!r}")
    now = now or datetime.now(UTC)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    identity = Identity(centre, directory)
    if not (directory / "tls-ca.pem").exists():
        _make_authority(identity, now)
    if renewal_due(identity, now=now):
        _issue_leaf(identity, now)
    return identity


def renewal_due(identity: Identity, *, now: datetime | None = None) -> bool:
    """Whether two thirds of the leaf's life are over, or there is no leaf, or one of a clock that was ahead."""
    if not identity.leaf.exists():
        return True
    leaf = x509.load_pem_x509_certificate(identity.leaf.read_bytes())
    begins, life = leaf.not_valid_before_utc, leaf.not_valid_after_utc - leaf.not_valid_before_utc
    return not begins <= (now or datetime.now(UTC)) < begins + life * 2 / 3


def server_context(identity: Identity, peer_authorities_pem: Mapping[str, str]) -> ssl.SSLContext:
    """A TLS 1.3 server that shows this centre's leaf and refuses whoever shows none issued by a pinned CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0  # no resumption: every connection proves its certificate again
    return _pinned(context, identity, peer_authorities_pem)


def client_context(identity: Identity, peer_authority_pem: str) -> ssl.SSLContext:
    """A TLS 1.3 client that shows this centre's leaf and trusts exactly the one CA given."""
    return _pinned(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), identity, {"peer": peer_authority_pem})


def reload_leaf(context: ssl.SSLContext, identity: Identity) -> None:
    """Let a context that is in use show the renewed leaf to connections made from now on."""
    context.load_cert_chain(identity.leaf)


def peer_of(certificate_der: bytes | None, peer_authorities_pem: Mapping[str, str]) -> str | None:
    """The id of the centre whose pinned CA issued this certificate and whose name it carries; None for anyone else."""
    if not certificate_der:
        return None
    leaf = x509.load_der_x509_certificate(certificate_der)
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    peer = str(names[0].value) if len(names) == 1 else ""
    if peer not in peer_authorities_pem:
        return None
    return peer if _issued_by(leaf, peer_authorities_pem[peer]) else None


def _pinned(context: ssl.SSLContext, identity: Identity, authorities_pem: Mapping[str, str]) -> ssl.SSLContext:
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.load_cert_chain(identity.leaf)
    for pem in authorities_pem.values():
        context.load_verify_locations(cadata=pem)
    return context


def _make_authority(identity: Identity, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{identity.centre} exchange authority")])
    certificate = (
        _builder(name, name, key.public_key(), key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, SHA256())
    )
    whole_file.write(identity.directory / "tls-ca.key", _pem(key), mode=0o600)
    whole_file.write(identity.directory / "tls-ca.pem", certificate.public_bytes(Encoding.PEM), mode=0o644)


def ensure_client(identity: Identity, directory: Path, name: str, role_uris: Sequence[str]) -> Identity:
    """The files with which a client of the centre comes to its door: leaf with key, and the centre's public CA.

    They are made in `directory`, which is handed to whoever runs the client; its roles stand in the leaf.
    """
    if not LABEL.fullmatch(name):
        raise ValueError(f"a client's name must be lower-case letters, digits and hyphens (a DNS label), not {name!r}")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    client = Identity(name, directory)
    whole_file.write(directory / "tls-ca.pem", identity.authority_pem().encode(), mode=0o644)
    _issue_leaf(identity, datetime.now(UTC), client, role_uris)
    return client


def renew_client(identity: Identity, client: Identity, *, now: datetime) -> None:
    """Issue a client's leaf anew, with the roles that stand in the one it has."""
    leaf = x509.load_pem_x509_certificate(client.leaf.read_bytes())
    alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    _issue_leaf(identity, now, client, alternatives.get_values_for_type(x509.UniformResourceIdentifier))


def expires_posix_s(certificate_der: bytes) -> float:
    """The POSIX time at which a certificate ends."""
    return x509.load_der_x509_certificate(certificate_der).not_valid_after_utc.timestamp()


def issued_posix_s(certificate_der: bytes) -> float:
    """The POSIX time at which a certificate was made here: it holds from a little before."""
    begins = x509.load_der_x509_certificate(certificate_der).not_valid_before_utc
    return (begins + CLOCK_TOLERANCE).timestamp()


def client_of(certificate_der: bytes | None, authority_pem: str) -> tuple[str, list[str]] | None:
    """The name and the role URIs of a client whose certificate this authority issued; None for anyone else."""
    if not certificate_der:
        return None
    leaf = x509.load_der_x509_certificate(certificate_der)
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(names) != 1 or not _issued_by(leaf, authority_pem):
        return None
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return str(names[0].value), []
    return str(names[0].value), alternatives.get_values_for_type(x509.UniformResourceIdentifier)


def _issued_by(leaf: x509.Certificate, authority_pem: str) -> bool:
    try:
        leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(authority_pem.encode()))
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _issue_leaf(
    identity: Identity, now: datetime, holder: Identity | None = None, role_uris: Sequence[str] = ()
) -> None:
    """Issue the leaf of the centre itself, or of a client of its own with these roles."""
    holder = holder or identity
    authority = x509.load_pem_x509_certificate(identity.authority_pem().encode())
    authority_key = load_pem_private_key((identity.directory / "tls-ca.key").read_bytes(), password=None)
    if not isinstance(authority_key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{identity.directory / 'tls-ca.key'} must hold a P-256 key; move it away to make a new CA")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, holder.centre)])
    alternatives = [
        x509.DNSName(holder.centre),
        x509.DNSName("localhost"),
        x509.IPAddress(ip_address("127.0.0.1")),
        *map(x509.UniformResourceIdentifier, role_uris),
    ]
    certificate = (
        _builder(name, authority.subject, key.public_key(), authority_key.public_key(), now, LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(authority_key, SHA256())
    )
    whole_file.write(holder.leaf, _pem(key) + certificate.public_bytes(Encoding.PEM), mode=0o600)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePublicKey,
    now: datetime,
    life: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCK_TOLERANCE)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
