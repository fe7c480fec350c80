"""Secret files and operators' keys."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.world.age import (
    ALPHABET,
    Identities,
    decrypt,
    encrypt,
    generate,
    load_identities,
    new_identity,
    nobodys_recipient,
)


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


@pytest.fixture
def ana(tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / "ana.txt"
    return new_identity(path), path


def identities(*paths: Path) -> Identities:
    return load_identities({"POLDER_IDENTITY": os.pathsep.join(map(str, paths))}, Path("/nowhere"))


def ssh_key(path: Path, passphrase: str = "") -> str:
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-f", path], check=True)
    return path.with_suffix(".pub").read_text()


def test_whoever_it_is_for_reads_it_and_nobody_else(ana: tuple[str, Path], tmp_path: Path) -> None:
    ben = new_identity(tmp_path / "ben.txt")
    sealed = encrypt(Secret("clé"), [ana[0]])
    assert decrypt(sealed, identities(ana[1])).reveal() == "clé"
    with pytest.raises(Refused) as refused:
        decrypt(sealed, identities(tmp_path / "ben.txt"), "secrets/a.b.c.age")
    assert codes(refused) == ["secret.not-for-you"]
    assert refused.value.problems[0].where == "secrets/a.b.c.age"
    assert decrypt(encrypt(Secret("x"), [ana[0], ben]), identities(tmp_path / "ben.txt")).reveal() == "x"


@settings(max_examples=20, deadline=None)
@given(value=st.binary(max_size=5000))
def test_any_value_comes_back_byte_for_byte(value: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("key") / "key.txt"
    sealed = encrypt(Secret(value), [new_identity(path)])
    assert sealed.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert decrypt(sealed, identities(path)).reveal_bytes() == value


def test_an_ssh_key_opens_what_is_encrypted_to_it(tmp_path: Path) -> None:
    public = ssh_key(tmp_path / "id")
    assert decrypt(encrypt(Secret("x"), [public]), identities(tmp_path / "id")).reveal() == "x"


@pytest.mark.parametrize("cut", [0, 1, 40, 100, 150, 200])
def test_a_damaged_file_is_said_to_be_damaged(ana: tuple[str, Path], cut: int) -> None:
    sealed = encrypt(Secret("x"), [ana[0]])
    with pytest.raises(Refused) as refused:
        decrypt(sealed[:cut], identities(ana[1]))
    assert codes(refused) == ["secret.damaged"]


@pytest.mark.parametrize("cut", [2**16 + 16, 2**16, -1, -17])
def test_a_file_that_ends_too_early_gives_nothing_of_its_beginning(ana: tuple[str, Path], cut: int) -> None:
    """Also where a part of it (64 KiB and a tag) ends."""
    sealed = encrypt(Secret(b"x" * 2**17), [ana[0]], armored=False)
    header = len(encrypt(Secret(b""), [ana[0]], armored=False)) - 16
    for broken in (sealed[: header + cut if cut > 0 else cut], sealed + b"x"):
        with pytest.raises(Refused) as refused:
            decrypt(broken, identities(ana[1]))
        assert codes(refused) == ["secret.damaged"]


def test_a_file_for_many_opens_in_time_that_grows_with_their_number(ana: tuple[str, Path]) -> None:
    """The library's ``decrypt`` takes more than ten times as long for 128."""
    sealed = encrypt(Secret("x"), [*(nobodys_recipient() for _ in range(127)), ana[0]], armored=False)
    found = identities(ana[1])

    def seconds(work: Callable[[], object]) -> float:
        began = process_time()
        work()
        return process_time() - began

    ours = min(seconds(lambda: decrypt(sealed, found)) for _ in range(3))
    assert ours < seconds(lambda: pyrage.decrypt(sealed, found.keys())) / 2


@pytest.mark.skipif(not shutil.which("age"), reason="Debian's age is not installed")
def test_the_age_program_opens_our_files_and_we_open_its(ana: tuple[str, Path], tmp_path: Path) -> None:
    (tmp_path / "ours.age").write_bytes(encrypt(Secret("by hand"), [ana[0]]))
    opened = subprocess.run(
        ["age", "-d", "-i", ana[1], tmp_path / "ours.age"], capture_output=True, check=True
    ).stdout
    assert opened == b"by hand"
    theirs = subprocess.run(["age", "-r", ana[0]], input=b"theirs", capture_output=True, check=True).stdout
    assert decrypt(theirs, identities(ana[1])).reveal() == "theirs"


def test_a_new_key_is_for_its_owner_only_and_never_replaces_one(ana: tuple[str, Path]) -> None:
    before = ana[1].read_bytes()
    assert ana[1].stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused) as refused:
        new_identity(ana[1])
    assert codes(refused) == ["secret.identity-exists"]
    assert ana[1].read_bytes() == before


def test_a_key_that_others_may_read_is_refused(ana: tuple[str, Path]) -> None:
    ana[1].chmod(0o644)
    with pytest.raises(Refused) as refused:
        identities(ana[1])
    assert codes(refused) == ["secret.identity-open"]


def test_a_key_with_a_passphrase_is_said_when_there_is_no_other(
    tmp_path: Path, ana: tuple[str, Path]
) -> None:
    ssh_key(tmp_path / "locked", "words")
    with pytest.raises(Refused) as refused:
        identities(tmp_path / "locked")
    assert codes(refused) == ["secret.identity-locked"]
    assert identities(tmp_path / "locked", ana[1]).places == (str(ana[1]),)


def test_every_bad_key_file_is_said_at_once(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch(mode=0o600)
    with pytest.raises(Refused) as refused:
        identities(tmp_path / "absent", empty)
    assert codes(refused) == ["secret.identity-missing", "secret.identity-bad"]


def test_keys_are_found_where_people_keep_them(tmp_path: Path) -> None:
    new_identity(tmp_path / ".config/polder/identity.txt")
    (tmp_path / ".ssh").mkdir()
    ssh_key(tmp_path / ".ssh/id_ed25519")
    found = load_identities({}, tmp_path)
    assert found.places == (str(tmp_path / ".config/polder/identity.txt"), str(tmp_path / ".ssh/id_ed25519"))


def test_without_any_key_it_is_said_where_one_would_go(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        load_identities({}, tmp_path)
    assert codes(refused) == ["secret.no-identity"]
    assert refused.value.problems[0].values["default"] == str(tmp_path / ".config/polder/identity.txt")


def test_keys_do_not_show_themselves(ana: tuple[str, Path]) -> None:
    shown = repr(identities(ana[1]))
    assert "AGE-SECRET-KEY" not in shown
    assert str(ana[1]) in shown


def test_every_bad_recipient_is_said_and_nobody_is_not_enough() -> None:
    with pytest.raises(Refused) as refused:
        encrypt(Secret("x"), ["age1wrong", "ssh-ed25519 AAAA"])
    assert codes(refused) == ["secret.bad-recipient"] * 2
    with pytest.raises(Refused) as refused:
        encrypt(Secret("x"), [])
    assert codes(refused) == ["secret.no-recipients"]


def test_generated_values_are_long_enough_and_never_the_same() -> None:
    passwords = {generate("password").reveal() for _ in range(200)}
    assert len(passwords) == 200
    assert all(len(p) == 24 and set(p) <= set(ALPHABET) for p in passwords)
    assert not set("0O1Il") & set(ALPHABET)
    assert len(bytes.fromhex(generate("hex").reveal())) == 32
    with pytest.raises(ValueError):
        generate("")


def test_a_mark_takes_the_same_keys_and_shows_nothing_of_them(ana: tuple[str, Path], tmp_path: Path) -> None:
    ssh_key(tmp_path / "id")
    new_identity(tmp_path / "ben.txt")
    told = {
        tuple(path.name for path in paths): identities(*paths).mark("label", b"words")
        for paths in ([ana[1]], [tmp_path / "ben.txt"], [tmp_path / "id"], [ana[1], tmp_path / "id"])
    }
    assert len(set(told.values())) == 4 and {len(one) for one in told.values()} == {64}
    both = identities(tmp_path / "id", ana[1])
    assert both.mark("label", b"words") == told[("ana.txt", "id")]
    assert both.mark("other", b"words") != told[("ana.txt", "id")] != both.mark("label", b"word")
    assert "AGE-SECRET" not in repr(vars_of(both)) and "PRIVATE" not in repr(vars_of(both))


def vars_of(found: Identities) -> list[object]:
    return [getattr(found, name) for name in Identities.__slots__ if name != "_keys"]
