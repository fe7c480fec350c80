"""Giving, showing, rotating and re-encrypting the secrets of a site on disk."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from polder.actions.secrets import list_secrets, reencrypt_secrets, rotate_secret, set_secret, show_secret
from polder.actions.trust_authority import save_root, trust_authority
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world.age import encrypt, new_identity
from support.sites import RECIPIENT, group, site_files

NAME = "lilas.wiki.password"


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    """A site whose only operator is the tester."""
    mine = new_identity(clean_environment / ".config/polder/identity.txt")
    folder = tmp_path / "site"
    for path, text in site_files({"lilas": group("wiki plain")}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.replace(RECIPIENT, mine))
    return folder


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


def test_a_secret_that_an_app_wants_is_listed_before_it_has_a_value(site: Path) -> None:
    (listed,) = list_secrets(site)
    assert (listed.name, listed.app, listed.kind, listed.there) == (NAME, "lilas/wiki", "password", False)
    set_secret(site, NAME, Secret("x"))
    assert list_secrets(site)[0].there


def test_files_that_no_app_wants_and_the_authoritys_are_listed_as_such(site: Path) -> None:
    (site / "secrets").mkdir()
    for name in ("lilas.gone.password", "polder.ca"):
        (site / f"secrets/{name}.age").write_bytes(encrypt(Secret("x"), [RECIPIENT]))
    assert {one.name: (one.app, one.kind) for one in list_secrets(site)} == {
        "lilas.gone.password": ("", ""),
        NAME: ("lilas/wiki", "password"),
        "polder.ca": ("polder", "authority"),
    }


def test_a_value_given_is_the_value_shown(site: Path) -> None:
    set_secret(site, NAME, Secret("with spaces\nand lines"))
    assert show_secret(site, NAME).reveal() == "with spaces\nand lines"
    assert b"spaces" not in (site / f"secrets/{NAME}.age").read_bytes()


def test_rotating_changes_value_and_file(site: Path) -> None:
    set_secret(site, NAME, Secret("old"))
    before = (site / f"secrets/{NAME}.age").read_bytes()
    rotate_secret(site, NAME)
    assert len(show_secret(site, NAME).reveal()) == 24
    assert (site / f"secrets/{NAME}.age").read_bytes() != before


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lilas.wiki.passwrd", "secret.unknown"),
        ("wiki", "secret.bad-name"),
        ("../../etc/passwd", "secret.bad-name"),
        ("polder.ca", "secret.authority"),
    ],
)
def test_a_wrong_name_is_refused_and_nothing_written(site: Path, name: str, expected: str) -> None:
    for ask in (lambda: set_secret(site, name, Secret("x")), lambda: rotate_secret(site, name)):
        with pytest.raises(Refused) as refused:
            ask()
        assert code(refused) == expected
    assert not (site / "secrets").exists()


def test_a_near_name_is_suggested(site: Path) -> None:
    with pytest.raises(Refused) as refused:
        show_secret(site, "lilas.wiki.passwrd")
    assert refused.value.problems[0].values["near"] == NAME


@pytest.mark.parametrize(("value", "expected"), [("", "secret.empty"), ("x" * 500_001, "secret.too-big")])
def test_a_value_the_engine_would_not_take_is_refused(site: Path, value: str, expected: str) -> None:
    with pytest.raises(Refused) as refused:
        set_secret(site, NAME, Secret(value))
    assert code(refused) == expected


def test_a_secret_without_a_value_cannot_be_shown(site: Path) -> None:
    with pytest.raises(Refused) as refused:
        show_secret(site, NAME)
    assert code(refused) == "secret.no-file"


def test_a_new_operator_reads_after_reencryption_and_not_before(site: Path, tmp_path: Path) -> None:
    set_secret(site, NAME, Secret("shared"))
    ben_key = tmp_path / "ben.txt"
    ben = new_identity(ben_key)
    text = (site / "site.yml").read_text()
    (site / "site.yml").write_text(text.replace("operators: {", f"operators: {{ben: {ben}, "))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLDER_IDENTITY", str(ben_key))
        with pytest.raises(Refused) as refused:
            show_secret(site, NAME)
        assert code(refused) == "secret.not-for-you"
    written = reencrypt_secrets(site)
    assert (written.names, written.operators) == ((NAME,), ("ben", "ana"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLDER_IDENTITY", str(ben_key))
        assert show_secret(site, NAME).reveal() == "shared"


def test_reencryption_says_everything_it_cannot_open_and_writes_nothing(site: Path) -> None:
    set_secret(site, NAME, Secret("mine"))
    mine = (site / f"secrets/{NAME}.age").read_bytes()
    (site / "secrets/lilas.a.b.age").write_bytes(encrypt(Secret("x"), [RECIPIENT]))
    (site / "secrets/lilas.a.c.age").write_bytes(b"nonsense")
    with pytest.raises(Refused) as refused:
        reencrypt_secrets(site)
    assert [(p.code, p.where) for p in refused.value.problems] == [
        ("secret.not-for-you", "secrets/lilas.a.b.age"),
        ("secret.damaged", "secrets/lilas.a.c.age"),
    ]
    assert (site / f"secrets/{NAME}.age").read_bytes() == mine


def test_what_is_written_is_committed_and_the_value_is_not_in_the_history(site: Path) -> None:
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", site, *words], capture_output=True, text=True, check=True).stdout

    git("init", "-q")
    set_secret(site, NAME, Secret("hunter22-very-secret"))
    assert git("log", "--format=%s") == f"Set the secret {NAME}.\n"
    assert "hunter22" not in git("log", "-p")


def test_trust_before_there_is_an_authority_is_refused(site: Path) -> None:
    with pytest.raises(Refused) as refused:
        trust_authority(site, "en")
    assert code(refused) == "ingress.no-authority"


def test_what_is_saved_to_trust_is_the_root_alone(site: Path, tmp_path: Path) -> None:
    from support.sites import authority

    (site / "internal-ca.crt").write_text(authority())
    found = trust_authority(site, "en")
    save_root(found, tmp_path / "root.crt")
    assert (tmp_path / "root.crt").read_text().count("BEGIN CERTIFICATE") == 1
    assert authority().startswith((tmp_path / "root.crt").read_text())
    assert found.names == ("test", "internal", "home.arpa")
    assert any(found.fingerprint in line for line in found.about)
    assert set(found.install) - {"curl"} == set(found.remove)
    with pytest.raises(Refused) as refused:
        save_root(found, tmp_path / "root.crt")
    assert code(refused) == "ingress.trust-save-exists"
