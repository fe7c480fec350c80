"""Makes the site's own certificate authority: a root that people trust, an intermediate that signs for the apps.

Rules: EC P-256 throughout. The root lasts ten years and is name-constrained (critical, RFC 5280 4.2.1.10): its certificates
are refused by OpenSSL, Firefox, Chromium and the phones for any name outside ``.test``, ``.internal``, ``.home.arpa`` and
the public names given when it is made, and for every IP address. So a stolen root key cannot pose as somebody's bank. The
intermediate lasts a year, signs no further authorities (path length 0), serves TLS only, and repeats the constraints: a
program that was given it as trusted (curl does so with any certificate in its file) looks no further up.
Dates begin an hour early, for devices whose clock is behind.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from polder.kernel.names import INTERNAL_SUFFIXES, is_internal
from polder.kernel.secret import Secret

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

ROOT_LASTS, INTERMEDIATE_LASTS = timedelta(days=3652), timedelta(days=366)
_EARLY = timedelta(hours=1)


def get_ready() -> None:
    """Import what making certificates takes; it takes as long as some of an engine's answers, so let it be done meanwhile."""
    from cryptography import x509  # noqa: F401
    from cryptography.hazmat.primitives import serialization  # noqa: F401
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: F401


def new_authority(name: str, domains: Iterable[str], now: datetime) -> tuple[str, Secret]:
    """A root certificate (PEM) for the provider called ``name``, and its private key (PKCS #8 PEM).

    ``domains`` are the apps' names; those that are not internal are permitted beside the internal suffixes.
    """
    from cryptography import x509

    key = _new_key()
    subject = _subject(f"{name} root {now:%Y}")
    draft = _draft(subject, subject, key, now, ROOT_LASTS)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
    draft = draft.add_extension(_constraints(domains), critical=True)
    return _signed(draft, key), _secret(key)


def new_intermediate(name: str, root_pem: str, root_key: Secret, now: datetime) -> tuple[str, Secret]:
    """An intermediate certificate (PEM) signed by the root, and its private key. Ends no later than the root.

    ``ValueError`` when ``root_key`` is not the root's.
    """
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    root, signer, key = x509.load_pem_x509_certificate(root_pem.encode()), _load(root_key), _new_key()
    if root.public_key() != signer.public_key():
        raise ValueError("the key is not that of the root")
    lasts = min(INTERMEDIATE_LASTS, root.not_valid_after_utc - now)
    draft = _draft(_subject(f"{name} intermediate {now:%Y-%m}"), root.subject, key, now, lasts)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    limits = root.extensions.get_extension_for_class(x509.NameConstraints).value
    draft = draft.add_extension(limits, critical=True)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return _signed(draft.add_extension(issuer, critical=False), signer), _secret(key)


def public_file(root_pem: str, intermediate_pem: str) -> str:
    """The text of ``internal-ca.crt``: both certificates, the root first. Any tool that wants the authority reads the first."""
    return root_pem + intermediate_pem


def fingerprint(pem: str) -> str:
    """SHA-256 of the first certificate in ``pem``, as browsers show it: ``AB:CD:...``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    return x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256()).hex(":").upper()


def common_name(pem: str) -> str:
    """What the first certificate in ``pem`` is called in the lists that systems show."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    found = x509.load_pem_x509_certificate(pem.encode()).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def days_left(pem: str, now: datetime) -> int:
    """Whole days until the first certificate in ``pem`` ends; negative when it has."""
    from cryptography import x509

    return (x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc - now).days


def _draft(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    from cryptography import x509

    draft = x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
    draft = draft.serial_number(x509.random_serial_number())
    draft = draft.not_valid_before(now - _EARLY).not_valid_after(now + lasts)
    usage = dict.fromkeys(
        (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    draft = draft.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
    return draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)


def _constraints(domains: Iterable[str]) -> x509.NameConstraints:
    from ipaddress import ip_network

    from cryptography import x509

    public = sorted({domain for domain in domains if not is_internal(domain)})
    permitted = [x509.DNSName(name) for name in (*(suffix[1:] for suffix in INTERNAL_SUFFIXES), *public)]
    excluded = [x509.IPAddress(ip_network(every)) for every in ("0.0.0.0/0", "::/0")]
    return x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=excluded)


def _subject(name: str) -> x509.Name:
    """A common name holds 64 bytes (RFC 5280, upper bounds): a longer name loses its middle, never its end."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    held = name.encode()
    if len(held) > 64:
        held = held[:20] + b"..." + held[-41:]
    words = held.decode(errors="ignore")
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _new_key() -> ec.EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _load(key: Secret) -> ec.EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    found = load_pem_private_key(key.reveal_bytes(), password=None)
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError("not an elliptic curve key")
    return found


def _secret(key: ec.EllipticCurvePrivateKey) -> Secret:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Secret(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _signed(draft: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    return draft.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
