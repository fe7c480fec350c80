"""The lab's own certificate authority: hosts trust it as real ones trust the public ones, so the lab's registries and ACME directory
answer over TLS that needs no exception anywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from polder.lab.model import Lab

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
LASTS = timedelta(days=400)


def make_certificates(lab: Lab, folder: Path, now: datetime | None = None) -> None:
    """``ca.crt`` and, signed by it for every service of the lab, ``server.crt`` with ``server.key``. The authority's key is forgotten."""
    from cryptography.hazmat.primitives.asymmetric import ec

    when = now or datetime.now(UTC)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _root(f"Polder lab {lab.name}", root_key, when)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ca.crt").write_bytes(_pem(root))
    (folder / "server.crt").write_bytes(_pem(_server(lab, root, root_key, key, when)))
    _write_key(folder / "server.key", key)


def names(lab: Lab) -> tuple[tuple[str, str], ...]:
    """Each service's name and address."""
    registries = ((f"registry.{provider.domain}", provider.gateway) for provider in lab.providers)
    return (("acme.lab.test", lab.acme), *registries)


def _root(name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    draft = _draft(name, name, key, now)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(_signs_certificates(), critical=True)
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return draft.sign(key, hashes.SHA256())


def _signs_certificates() -> x509.KeyUsage:
    """Some programs refuse an authority that does not say so (RFC 5280, section 4.2.1.3)."""
    from cryptography import x509

    words = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
    )
    rest = dict.fromkeys((*words, "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(key_cert_sign=True, **rest)


def _server(
    lab: Lab,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    found = names(lab)
    known = [x509.DNSName(name) for name, _ in found] + [x509.IPAddress(ip_address(ip)) for _, ip in found]
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    draft = _draft(found[0][0], f"Polder lab {lab.name}", key, now)
    draft = draft.add_extension(x509.SubjectAlternativeName(known), critical=False)
    return draft.add_extension(issuer, critical=False).sign(root_key, hashes.SHA256())


def _draft(name: str, issuer: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> x509.CertificateBuilder:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    subject, signer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, x)]) for x in (name, issuer))
    draft = x509.CertificateBuilder(subject_name=subject, issuer_name=signer, public_key=key.public_key())
    draft = draft.serial_number(x509.random_serial_number())
    return draft.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + LASTS)


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    path.touch(mode=0o600)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
