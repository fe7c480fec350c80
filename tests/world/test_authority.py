"""The site's own authority, as OpenSSL judges it."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from polder.kernel.secret import Secret
from polder.world.authority import (
    common_name,
    days_left,
    fingerprint,
    new_authority,
    new_intermediate,
    public_file,
)

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def made() -> tuple[str, str, Secret]:
    root, root_key = new_authority("Les Lilas", ("wiki.lilas.example", "a.lilas.test"), NOW)
    return root, *new_intermediate("Les Lilas", root, root_key, NOW)


def leaf(issuer_pem: str, issuer_key: Secret, name: x509.GeneralName) -> str:
    """A certificate for ``name`` as a thief of the issuer's key would make it."""
    return stolen(issuer_pem, issuer_key, name, authority=False)[0]


def stolen(
    issuer_pem: str, issuer_key: Secret, name: x509.GeneralName, *, authority: bool
) -> tuple[str, Secret]:
    issuer = x509.load_pem_x509_certificate(issuer_pem.encode())
    signer = load_pem_private_key(issuer_key.reveal_bytes(), None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"stolen: {name.value}"[:60])])
    draft = x509.CertificateBuilder(issuer.subject, subject, key.public_key())
    draft = draft.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=7))
    draft = draft.add_extension(x509.SubjectAlternativeName([name]), critical=True)
    if authority:
        draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return draft.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM).decode(), Secret(plain)


def verify(folder: Path, trusted: str, between: str, shown: str, *words: str) -> str:
    for name, text in (("trusted", trusted), ("between", between), ("shown", shown)):
        (folder / name).write_text(text)
    done = subprocess.run(
        ["openssl", "verify", "-CAfile", "trusted", "-untrusted", "between", *words, "shown"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return "OK" if done.returncode == 0 else done.stderr


@pytest.mark.parametrize("name", ["wiki.lilas.test", "a.b.internal", "x.home.arpa", "wiki.lilas.example"])
def test_names_it_may_vouch_for_are_believed(
    made: tuple[str, str, Secret], tmp_path: Path, name: str
) -> None:
    root, between, key = made
    assert verify(tmp_path, root, between, leaf(between, key, x509.DNSName(name))) == "OK"


@pytest.mark.parametrize(
    "name", ["bank.example", "lilas.example", "test.example", "eviltest", "wikililas.example"]
)
def test_a_stolen_key_cannot_pose_as_another_site(
    made: tuple[str, str, Secret], tmp_path: Path, name: str
) -> None:
    root, between, key = made
    assert "permitted subtree" in verify(tmp_path, root, between, leaf(between, key, x509.DNSName(name)))


def test_a_program_that_trusts_the_intermediate_itself_is_held_back_too(
    made: tuple[str, str, Secret], tmp_path: Path
) -> None:
    root, between, key = made
    both, stolen = public_file(root, between), leaf(between, key, x509.DNSName("bank.example"))
    assert "permitted subtree" in verify(tmp_path, both, between, stolen, "-partial_chain")


def test_it_vouches_for_no_address(made: tuple[str, str, Secret], tmp_path: Path) -> None:
    from ipaddress import ip_address

    root, between, key = made
    for address in ("192.0.2.1", "2001:db8::1"):
        shown = leaf(between, key, x509.IPAddress(ip_address(address)))
        assert "subtree" in verify(tmp_path, root, between, shown)


def test_the_intermediate_cannot_make_another_authority(
    made: tuple[str, str, Secret], tmp_path: Path
) -> None:
    root, between, key = made
    second, second_key = stolen(between, key, x509.DNSName("ca.test"), authority=True)
    shown = leaf(second, second_key, x509.DNSName("wiki.lilas.test"))
    assert "path length constraint exceeded" in verify(tmp_path, root, between + second, shown)


def test_it_lasts_ten_years_and_what_signs_day_to_day_one(made: tuple[str, str, Secret]) -> None:
    assert days_left(made[0], NOW) == 3652
    assert days_left(made[1], NOW) == 366
    assert days_left(made[1], NOW + timedelta(days=400)) < 0


def test_an_intermediate_never_outlives_its_root() -> None:
    root, key = new_authority("Les Lilas", (), NOW)
    late = NOW + timedelta(days=3600)
    assert days_left(new_intermediate("Les Lilas", root, key, late)[0], late) == 52


def test_another_roots_key_is_refused() -> None:
    root, _ = new_authority("Les Lilas", (), NOW)
    _, other = new_authority("Les Lilas", (), NOW)
    with pytest.raises(ValueError, match="not that of the root"):
        new_intermediate("Les Lilas", root, other, NOW)


def test_the_fingerprint_is_the_one_openssl_shows(made: tuple[str, str, Secret]) -> None:
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-fingerprint", "-sha256"],
        input=made[0],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert shown.strip().partition("=")[2] == fingerprint(made[0])
    assert fingerprint(public_file(made[0], made[1])) == fingerprint(made[0])


def test_a_very_long_name_still_fits_a_certificate() -> None:
    root, _ = new_authority("Coopérative " * 20, (), NOW)
    assert len(common_name(root)) <= 64


def test_keys_are_not_shown(made: tuple[str, str, Secret]) -> None:
    assert "PRIVATE" not in repr(made)
    assert made[2].reveal().startswith("-----BEGIN PRIVATE KEY-----")
