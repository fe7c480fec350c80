"""Keys that sign: files of age, opened for one signature, and SSH agents."""

from __future__ import annotations

import os
import subprocess
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.kernel.signing import PublicKey, Signer
from polder.world.age import new_identity
from polder.world.signing_keys import (
    AgeSigner,
    by_passphrase,
    complete_key,
    key_path,
    make_key,
    open_key,
    public_keys,
    put_key,
    reveal_key,
)
from polder.world.ssh_agent import ssh_public_key

PASSPHRASE = Secret("heron walks on wet clay")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def verify(public: PublicKey, signature: bytes, payload: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public.hex)).verify(signature, payload)


def opened(folder: Path, name: str) -> AgeSigner:
    signer = open_key(folder, name, lambda _: PASSPHRASE)
    assert isinstance(signer, AgeSigner)
    return signer


@pytest.fixture
def ana(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "ana.txt"
    recipient = new_identity(path)
    monkeypatch.setenv("POLDER_IDENTITY", str(path))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return recipient


def test_a_key_for_a_recipient_signs_what_everybody_can_check(ana: str, tmp_path: Path) -> None:
    public = make_key(tmp_path, "ana", [ana])

    signer = open_key(tmp_path, "ana")

    assert signer.public == public == public_keys(tmp_path)["ana"]
    verify(public, signer.sign(b"hello"), b"hello")


def test_the_private_file_is_text_for_its_owner_alone(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana], comment="ana of alder")

    sealed = key_path(tmp_path, "ana")
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert sealed.read_bytes().startswith(b"-----BEGIN AGE ENCRYPTED FILE-----")
    assert (tmp_path / "keys/ana.pub").read_text().splitlines()[0] == "# ana of alder"
    assert (tmp_path / "keys/ana.pub").stat().st_mode & 0o777 == 0o644


def test_a_key_for_a_passphrase_signs_when_it_is_given(tmp_path: Path) -> None:
    public = make_key(tmp_path, "ben", passphrase=PASSPHRASE)

    assert by_passphrase(key_path(tmp_path, "ben").read_bytes())
    verify(public, open_key(tmp_path, "ben", lambda _: PASSPHRASE).sign(b"x"), b"x")


@pytest.mark.parametrize("said", ["", "heron walks on wet sand"])
def test_a_wrong_passphrase_signs_nothing(tmp_path: Path, said: str) -> None:
    make_key(tmp_path, "ben", passphrase=PASSPHRASE)

    with pytest.raises(Refused) as refused:
        open_key(tmp_path, "ben", lambda _: Secret(said)).sign(b"x")
    assert codes(refused) == ["trust.passphrase-wrong"]


def test_nobody_to_ask_is_said(tmp_path: Path) -> None:
    make_key(tmp_path, "ben", passphrase=PASSPHRASE)

    with pytest.raises(Refused) as refused:
        open_key(tmp_path, "ben").sign(b"x")
    assert codes(refused) == ["trust.passphrase-wanted"]


def test_a_short_passphrase_protects_no_key(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        make_key(tmp_path, "ben", passphrase=Secret("short"))
    assert codes(refused) == ["trust.passphrase-short"]
    assert not key_path(tmp_path, "ben").exists()


def test_a_key_is_never_overwritten(ana: str, tmp_path: Path) -> None:
    before = make_key(tmp_path, "ana", [ana])

    with pytest.raises(Refused) as refused:
        make_key(tmp_path, "ana", [ana])
    assert codes(refused) == ["trust.key-there"]
    assert public_keys(tmp_path)["ana"] == before


def test_a_private_key_that_was_swapped_does_not_sign(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])
    make_key(tmp_path, "robot", [ana])
    key_path(tmp_path, "robot").replace(key_path(tmp_path, "ana"))

    with pytest.raises(Refused) as refused:
        open_key(tmp_path, "ana").sign(b"x")
    assert codes(refused) == ["trust.key-mismatch"]


def test_the_steward_cannot_open_what_is_for_people(
    ana: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_key(tmp_path, "governance", [ana])
    new_identity(tmp_path / "steward.txt")
    monkeypatch.setenv("POLDER_IDENTITY", str(tmp_path / "steward.txt"))

    with pytest.raises(Refused) as refused:
        open_key(tmp_path, "governance").sign(b"x")
    assert codes(refused) == ["trust.key-closed"]


def test_a_damaged_file_is_said_to_be_one(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])
    whole = key_path(tmp_path, "ana").read_bytes()
    key_path(tmp_path, "ana").write_bytes(whole[:120] + b"\n-----END AGE ENCRYPTED FILE-----\n")

    with pytest.raises(Refused) as refused:
        open_key(tmp_path, "ana").sign(b"x")
    assert codes(refused) == ["secret.damaged"]


def test_a_key_cut_off_before_its_public_half_was_written_is_completed(ana: str, tmp_path: Path) -> None:
    public = make_key(tmp_path, "ana", [ana])
    (tmp_path / "keys/ana.pub").unlink()

    assert complete_key(tmp_path, "ana") == public == public_keys(tmp_path)["ana"]


def test_a_seed_comes_back_as_the_same_key(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])
    seed = reveal_key(opened(tmp_path, "ana"))
    key_path(tmp_path, "ana").unlink()

    assert put_key(tmp_path, "ana", seed, [ana]) == public_keys(tmp_path)["ana"]


def test_another_seed_does_not_come_back_in_its_place(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])
    key_path(tmp_path, "ana").unlink()

    with pytest.raises(Refused) as refused:
        put_key(tmp_path, "ana", Secret(bytes(32)), [ana])
    assert codes(refused) == ["trust.key-mismatch"]


def test_every_public_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    for name in ("ana", "ben"):
        (tmp_path / f"keys/{name}.pub").write_text("no key\n")

    with pytest.raises(Refused) as refused:
        public_keys(tmp_path)
    assert [problem.where for problem in refused.value.problems] == ["keys/ana.pub", "keys/ben.pub"]


def told(signer: Signer) -> str:
    """All that a traceback with every local variable tells, below this frame."""
    try:
        signer.sign(b"x")
    except Refused as refused:
        below = refused.__traceback__.tb_next if refused.__traceback__ else None
        return "".join(traceback.TracebackException(Refused, refused, below, capture_locals=True).format())
    raise AssertionError("it signed")


def test_no_secret_reaches_a_repr_or_a_traceback(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])
    make_key(tmp_path, "ben", passphrase=PASSPHRASE)
    seed = reveal_key(opened(tmp_path, "ana")).reveal_bytes()
    make_key(tmp_path, "carla", [ana])
    key_path(tmp_path, "ana").replace(key_path(tmp_path, "carla"))
    wrong = Secret("wrong words, quite wrong ones")

    shown = [repr(opened(tmp_path, name)) for name in ("ben", "carla")]
    shown += [told(opened(tmp_path, "carla")), told(open_key(tmp_path, "ben", lambda _: wrong))]

    for text in shown:
        for secret in (seed.hex(), repr(seed), wrong.reveal(), PASSPHRASE.reveal(), "AGE-SECRET-KEY"):
            assert secret not in text


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real agent; the path to one key that was not added yet."""
    path = tmp_path / "agent.sock"
    running = subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL)
    for _ in range(200):
        if path.exists():
            break
        subprocess.run(["sleep", "0.02"], check=True)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield path
    running.terminate()
    running.wait(10)


def ssh_key(tmp_path: Path, kind: str = "ed25519") -> tuple[Path, str]:
    path = tmp_path / f"id_{kind}"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", path], check=True)
    return path, path.with_suffix(".pub").read_text()


def held(folder: Path, name: str, line: str) -> PublicKey:
    public = ssh_public_key(line)
    (folder / "keys").mkdir(exist_ok=True)
    (folder / f"keys/{name}.pub").write_text(f"# in an agent\n{public.hex}\n")
    return public


def test_an_ssh_agent_signs_for_the_person_whose_key_it_holds(agent: Path, tmp_path: Path) -> None:
    path, line = ssh_key(tmp_path)
    subprocess.run(["ssh-add", "-q", path], check=True)
    public = held(tmp_path, "ana", line)

    signer: Signer = open_key(tmp_path, "ana")
    for size in (0, 1, 100_000):
        verify(public, signer.sign(b"x" * size), b"x" * size)


def test_an_agent_without_the_key_and_no_agent_at_all_are_the_same_answer(
    agent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, line = ssh_key(tmp_path)
    held(tmp_path, "ana", line)

    for place in (str(agent), str(tmp_path / "nowhere.sock"), ""):
        monkeypatch.setenv("SSH_AUTH_SOCK", place)
        with pytest.raises(Refused) as refused:
            open_key(tmp_path, "ana")
        assert codes(refused) == ["trust.key-not-here"]


def test_a_locked_agent_signs_nothing(agent: Path, tmp_path: Path) -> None:
    path, line = ssh_key(tmp_path)
    subprocess.run(["ssh-add", "-q", path], check=True)
    held(tmp_path, "ana", line)
    signer = open_key(tmp_path, "ana")
    subprocess.run(["ssh-add", "-q", "-D"], check=True)

    with pytest.raises(Refused) as refused:
        signer.sign(b"x")
    assert codes(refused) == ["trust.agent-refused"]


def test_a_key_of_another_kind_is_refused_with_its_kind(tmp_path: Path) -> None:
    for line in (
        ssh_key(tmp_path, "rsa")[1],
        "sk-ssh-ed25519@openssh.com AAAA",
        "ssh-ed25519 AAAA",
        "nonsense",
    ):
        with pytest.raises(Refused) as refused:
            ssh_public_key(line)
        assert codes(refused) == ["trust.agent-key-kind"]


def test_age_itself_opens_a_key_without_polder(ana: str, tmp_path: Path) -> None:
    make_key(tmp_path, "ana", [ana])

    done = subprocess.run(
        ["age", "-d", "-i", os.environ["POLDER_IDENTITY"], key_path(tmp_path, "ana")],
        check=True,
        capture_output=True,
    )
    assert done.stdout.startswith(b"polder-key-1\n")
