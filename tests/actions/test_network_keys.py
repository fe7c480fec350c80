"""Keys of a provider: made on several machines, put on paper, rotated, lost, stolen; and what peers see of it."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from polder.actions.network_key_check import check_keys
from polder.actions.network_keys import identity, list_keys, new_keys, reencrypt_keys, restore_key
from polder.actions.network_paper import paper
from polder.actions.network_publish import freshen, look
from polder.actions.network_rotation import replace_keys
from polder.actions.network_sign import look_signing, sign_root
from polder.commons.trust.documents import new_snapshot, new_timestamp
from polder.commons.trust.paper import seed_of
from polder.commons.trust.tuf import Snapshot, Targets, read, sign
from polder.kernel.digest import digest_of_bytes
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.kernel.sentences import hint
from polder.world.signing_keys import by_passphrase, key_path, open_key, public_keys
from support.network_folder import NOW, NetworkFolder, Reader, one_person, publish_as

DAY = timedelta(days=1)
PASSPHRASE = Secret("heron walks on wet clay")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    return one_person(tmp_path, monkeypatch)


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Ana, ben and carla, two of whom sign; published."""
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana", "ben", "carla"], 2)
    new_keys(folder.path)
    folder.give("card.json", b"{}")
    sign_and_publish(folder, "ana", "ben")
    return folder


def sign_and_publish(folder: NetworkFolder, first: str, *others: str, days: int = 0) -> None:
    """``first`` proposes and signs, each of the others signs on their own machine, the last signs what is given, the server publishes."""
    now = NOW + days * DAY
    folder.at(first)
    publish_as(folder, first, now=now)
    for name in others:
        folder.at(name)
        sign_root(folder.path, name, now)
    publish_as(folder, (first, *others)[-1], now=now)
    folder.at("server")
    freshen(folder.path, now)


def test_each_person_makes_their_own_key_and_nobody_elses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana", "ben"], 2)
    assert new_keys(folder.path, ["ana"]).names == ("ana",)
    assert new_keys(folder.path, ["ana", "server"]).names == ("robot", "snapshot", "timestamp")
    assert new_keys(folder.path).names == ("ben", "governance")
    assert new_keys(folder.path).names == ()


def test_nothing_is_made_when_something_asked_for_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana"], 1)
    (folder.path / "network.yml").write_text(
        "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    )

    with pytest.raises(Refused) as refused:
        new_keys(folder.path)
    assert set(codes(refused)) == {"trust.passphrase-wanted", "trust.no-recipients"}
    with pytest.raises(Refused) as refused:
        new_keys(folder.path, ["bob"])
    assert codes(refused) == ["trust.unknown-name"]
    assert not (folder.path / "keys").exists()


def test_the_server_opens_neither_the_peoples_keys_nor_the_governance_key(three: NetworkFolder) -> None:
    three.at("server")
    for name in ("ana", "ben", "carla", "governance"):
        with pytest.raises(Refused) as refused:
            open_key(three.path, name).sign(b"x")
        assert codes(refused) == ["trust.key-closed"]
    three.at("carla")
    open_key(three.path, "governance").sign(b"x")


def test_ignored_names_in_another_encoding_stay_beside_those_of_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana"], 1)
    folder.write(ben="")
    (folder.path / "keys").mkdir(exist_ok=True)
    (folder.path / "keys/.gitignore").write_bytes(b"\xe9t\xe9")
    new_keys(folder.path, ["ben"], ask_new=lambda _: PASSPHRASE)

    found = {problem.code for problem in check_keys(folder.path, NOW)}
    assert "trust.key-in-history" not in found
    assert (folder.path / "keys/.gitignore").read_bytes() == b"\xe9t\xe9\n/ben.age\n"


def test_what_opens_with_a_passphrase_stays_out_of_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana"], 1)
    folder.write(ben="")
    subprocess.run(["git", "init", "-q", folder.path], check=True)

    made = new_keys(folder.path, ask_new=lambda _: PASSPHRASE)

    assert made.commit.id
    kept = subprocess.run(
        ["git", "ls-files", "keys"], cwd=folder.path, check=True, capture_output=True, text=True
    )
    assert "keys/ben.pub" in kept.stdout and "keys/ana.age" in kept.stdout
    assert "keys/ben.age" not in kept.stdout
    assert by_passphrase(key_path(folder.path, "ben").read_bytes())
    everything = subprocess.run(
        ["git", "log", "-p"], cwd=folder.path, check=True, capture_output=True, text=True
    )
    folder.at("ana")
    assert "polder-key-1" not in everything.stdout and PASSPHRASE.reveal() not in everything.stdout


def test_the_list_says_where_each_key_is(three: NetworkFolder) -> None:
    key_path(three.path, "ben").unlink()

    rows = {row.name: (row.kind, row.home) for row in list_keys(three.path)}

    assert rows["ana"] == ("person", "recipients")
    assert rows["ben"] == ("person", "elsewhere")
    assert rows["robot"] == ("server", "recipients")
    assert rows["governance"] == ("governance", "recipients")


def test_the_fingerprint_is_that_of_the_first_root_for_ever(three: NetworkFolder) -> None:
    before = identity(three.path)
    assert before == digest_of_bytes((three.public / "metadata/1.root.json").read_bytes())

    replace_keys(three.path, ["server"])
    sign_and_publish(three, "ana", "carla")

    assert identity(three.path) == before


# Paper


@pytest.mark.parametrize("language", ["en", "fr", "es", "it", "pt", "de"])
def test_a_key_comes_back_from_paper(alder: NetworkFolder, language: str) -> None:
    public = public_keys(alder.path)["ana"]
    page = paper(alder.path, "ana", language, NOW)
    key_path(alder.path, "ana").unlink()
    words = page.words.reveal()

    restore_key(alder.path, "ana", seed_of(words))

    assert open_key(alder.path, "ana").public == public
    publish_as(alder, "ana")


def test_the_page_says_whose_it_is_and_hides_its_words_from_logs(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    page = paper(alder.path, "ana", "en", NOW)

    assert (page.name, page.provider, page.fingerprint) == ("ana", "alder", identity(alder.path))
    assert page.words.reveal().split()[0] not in repr(page)


def test_another_persons_words_do_not_come_back_as_ones_own(three: NetworkFolder) -> None:
    three.at("ana", "ben")
    words = paper(three.path, "ben", "en", NOW).words.reveal()
    key_path(three.path, "ana").unlink()

    with pytest.raises(Refused) as refused:
        restore_key(three.path, "ana", seed_of(words))
    assert codes(refused) == ["trust.key-mismatch"]


# Signing on several machines


def test_whoever_signs_is_shown_what_changes_and_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana", "ben", "carla"], 2)
    new_keys(folder.path)
    folder.at("ana")
    publish_as(folder, "ana")

    waiting = look_signing(folder.path, NOW)

    assert waiting
    assert [line.code for line in waiting.lines] == [
        *["trust.root-joins"] * 3,
        "trust.root-threshold",
        *["trust.root-server"] * 2,
        "trust.root-until",
    ]
    assert (waiting.signed.have, waiting.signed.missing) == (("ana",), ("ben", "carla"))
    assert waiting.signed.new == (1, 2) and not waiting.signed.complete


def test_what_was_swapped_after_the_look_is_not_signed(three: NetworkFolder) -> None:
    replace_keys(three.path, ["ben"])
    three.at("ana")
    publish_as(three, "ana")
    waiting = look_signing(three.path, NOW)
    assert waiting
    replace_keys(three.path, ["carla"])
    publish_as(three, "ana")
    three.at("ben")

    with pytest.raises(Refused) as refused:
        sign_root(three.path, "ben", NOW, expected=waiting.fingerprint)
    assert codes(refused) == ["trust.look-changed"]


def test_a_proposal_that_does_not_follow_from_ones_own_folder_is_not_signed(three: NetworkFolder) -> None:
    """A thief on the server can write a proposal with a key of theirs; ana's own folder does not say so."""
    replace_keys(three.path, ["ben"])
    three.at("carla")
    publish_as(three, "carla")
    for ending in ("age", "pub"):
        (three.path / f"keys/ben.old.{ending}").replace(three.path / f"keys/ben.{ending}")
    three.at("ana")

    with pytest.raises(Refused) as refused:
        sign_root(three.path, "ana", NOW)
    assert codes(refused) == ["trust.proposal-outdated"]


def test_nothing_waits_and_strangers_sign_nothing(three: NetworkFolder) -> None:
    with pytest.raises(Refused) as refused:
        sign_root(three.path, "ana", NOW)
    assert codes(refused) == ["trust.nothing-to-sign"]
    replace_keys(three.path, ["ben"])
    three.at("ana")
    publish_as(three, "ana")
    with pytest.raises(Refused) as refused:
        sign_root(three.path, "bob", NOW)
    assert codes(refused) == ["trust.unknown-name"]


def test_somebody_who_joins_is_in_once_enough_signed(three: NetworkFolder) -> None:
    reader = Reader(three.files())
    three.people["dora"] = three.identity("dora")
    three.write()
    three.at("server")
    assert "trust.key-wanted" in [note.code for note in freshen(three.path, NOW + DAY).notes]
    three.at("dora")
    new_keys(three.path, ["dora"])

    sign_and_publish(three, "ana", "ben", days=2)

    assert reader.read(three.files(), NOW + 2 * DAY).versions["root"] == 2
    three.give("card.json", b'{"by":"dora"}')
    three.at("dora")
    publish_as(three, "dora", now=NOW + 2 * DAY)
    three.at("server")
    freshen(three.path, NOW + 2 * DAY)
    assert reader.read(three.files(), NOW + 2 * DAY).versions["targets"] >= 2


# Rotation, loss, theft


def test_a_planned_rotation_of_the_only_person(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    before = public_keys(alder.path)["ana"]

    replace_keys(alder.path, ["ana"])
    assert key_path(alder.path, "ana.old").exists()
    publish_as(alder, "ana")

    assert reader.read(alder.files()).versions["root"] == 2
    assert public_keys(alder.path)["ana"] != before
    assert "ana.old" not in public_keys(alder.path) and not key_path(alder.path, "ana.old").exists()


def test_two_rotations_before_publishing_keep_the_key_that_still_signs(alder: NetworkFolder) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    before = public_keys(alder.path)["ana"]

    replace_keys(alder.path, ["ana"])
    replace_keys(alder.path, ["ana"])
    assert public_keys(alder.path)["ana.old"] == before
    publish_as(alder, "ana")

    assert reader.read(alder.files()).versions["root"] == 2


def test_a_lost_key_is_replaced_by_the_others(three: NetworkFolder) -> None:
    """Carla's laptop is at the bottom of a canal; she makes a new key, ana and ben let it in."""
    reader = Reader(three.files())
    (three.keys / "carla.txt").unlink()
    three.people["carla"] = three.identity("carla2")
    three.write()

    replace_keys(three.path, ["carla"], gone=True)
    assert not key_path(three.path, "carla.old").exists()
    lines = look(three.path, NOW).decision.roots.lines
    assert [(line.code, line.values.get("name")) for line in lines][:2] == [
        ("trust.root-joins", "carla"),
        ("trust.root-leaves", "carla.old"),
    ]
    sign_and_publish(three, "ana", "ben")

    assert reader.read(three.files()).versions["root"] == 2
    assert "carla.old" not in public_keys(three.path)


def test_with_too_few_left_to_sign_it_a_key_is_not_replaced(three: NetworkFolder) -> None:
    before = public_keys(three.path)
    with pytest.raises(Refused) as refused:
        replace_keys(three.path, ["ben", "carla"], gone=True)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values["left"], problem.values["wanted"]) == ("trust.leads-nowhere", 1, 2)
    assert public_keys(three.path) == before

    replace_keys(three.path, ["ben"], gone=True)
    replace_keys(three.path, ["ben"], gone=True)
    with pytest.raises(Refused) as refused:
        replace_keys(three.path, ["carla"], gone=True)
    assert codes(refused) == ["trust.leads-nowhere"]


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    """Ana alone has made her key; nothing is published."""
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana"], 1)
    folder.at("ana")
    new_keys(folder.path, ["ana"])
    return folder


def test_before_the_first_publication_any_key_is_replaced(begun: NetworkFolder) -> None:
    before = public_keys(begun.path)["ana"]

    replace_keys(begun.path, ["ana"], gone=True)

    assert public_keys(begun.path)["ana"] != before


def test_one_stolen_root_key_changes_nothing_and_is_taken_out(three: NetworkFolder, tmp_path: Path) -> None:
    reader = Reader(three.files())
    thief = open_key(three.path, "carla")
    three.at("carla")
    root = look(three.path, NOW).present.last
    assert root is not None
    forged = sign(replaced(root), [thief])
    with pytest.raises(Refused) as refused:
        reader.read({**dict(three.files()), "metadata/2.root.json": forged.content})
    assert codes(refused) == ["trust.too-few-signatures"]
    loot = key_path(three.path, "carla").read_bytes()

    replace_keys(three.path, ["carla"], gone=True)
    sign_and_publish(three, "ana", "ben")

    reader.read(three.files())
    key_path(three.path, "carla").write_bytes(loot)
    loot_says = read(Targets, three.files()["metadata/1.targets.json"]).signed
    loot_says.version = 2
    three.at("carla")
    stolen = sign(loot_says, [thief]).content
    with pytest.raises(Refused) as refused:
        reader.read(published_with(three, stolen))
    assert codes(refused) == ["trust.too-few-signatures"]


def replaced(root: object) -> object:
    """The next root, with the thief's threshold."""
    from copy import deepcopy

    made = deepcopy(root)
    made.version += 1  # type: ignore[attr-defined]
    made.roles["root"].threshold = 1  # type: ignore[attr-defined]
    return made


def published_with(folder: NetworkFolder, targets: bytes) -> dict[str, bytes]:
    """What a thief who also holds the server would serve: their people's part, properly listed."""
    folder.at("server")
    files = dict(folder.files())
    document = read(Targets, targets)
    number = folder.versions()["snapshot"] + 1
    robot = read(Targets, files[f"metadata/{folder.versions()['robot']}.robot.json"])
    listing = new_snapshot(number, NOW, {"targets": document, "robot": robot})
    made = sign(listing, [open_key(folder.path, "snapshot")])
    last = sign(new_timestamp(1000, NOW, made), [open_key(folder.path, "timestamp")])
    return {
        **files,
        f"metadata/{document.version}.targets.json": targets,
        f"metadata/{number}.snapshot.json": made.content,
        "metadata/timestamp.json": last.content,
    }


@pytest.mark.parametrize("pushed", [500, 2**40])
def test_the_servers_stolen_keys_are_replaced_and_readers_recover_from_versions_pushed_up(
    three: NetworkFolder, pushed: int
) -> None:
    reader, other = Reader(three.files()), Reader(three.files())
    three.at("server")
    files = dict(three.files())
    snapshot = read(Snapshot, files["metadata/1.snapshot.json"]).signed
    snapshot.version = pushed
    made = sign(snapshot, [open_key(three.path, "snapshot")])
    last = sign(new_timestamp(pushed, NOW, made), [open_key(three.path, "timestamp")])
    (three.public / f"metadata/{pushed}.snapshot.json").write_bytes(made.content)
    (three.public / "metadata/timestamp.json").write_bytes(last.content)
    assert reader.read(three.files()).versions["timestamp"] == pushed

    replace_keys(three.path, ["server"], gone=True)
    sign_and_publish(three, "ana", "ben", days=1)

    for one in (reader, other, Reader(three.files(), NOW + DAY)):
        found = one.read(three.files(), NOW + DAY)
        assert found.versions["root"] == 2
        assert found.versions["timestamp"] in (pushed + 1, int((NOW + DAY).timestamp()) // 60)
    assert not [name for name in public_keys(three.path) if name.endswith(".old")]
    three.give("card.json", b'{"after":1}')
    three.at("carla")
    publish_as(three, "carla", now=NOW + 2 * DAY)
    three.at("server")
    freshen(three.path, NOW + 2 * DAY)
    assert reader.read(three.files(), NOW + 2 * DAY).files["card.json"].length == 11


def test_a_server_that_is_gone_with_its_keys_is_followed_by_a_clean_one(three: NetworkFolder) -> None:
    """Nobody can open the old keys any more, so none of them signs the change."""
    reader = Reader(three.files())
    (three.keys / "server.txt").unlink()
    three.server = three.identity("server")
    three.write()

    replace_keys(three.path, ["server"], gone=True)
    sign_and_publish(three, "ana", "ben", days=1)

    found = reader.read(three.files(), NOW + DAY).versions
    assert (found["root"], found["timestamp"]) == (2, 2)
    assert not [name for name in public_keys(three.path) if name.endswith(".old")]


def test_a_new_person_is_let_into_the_governance_key(three: NetworkFolder) -> None:
    before = public_keys(three.path)["governance"]
    three.people["dora"] = three.identity("dora")
    three.write()
    three.at("ana")
    reencrypt_keys(three.path, ["governance"])
    three.at("dora")

    assert open_key(three.path, "governance").public == before
    open_key(three.path, "governance").sign(b"x")


def test_a_passphrase_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, [], 1)
    folder.write(ana="")
    new_keys(folder.path, ["ana"], ask_new=lambda _: PASSPHRASE)
    other = Secret("a lapwing over the dike")

    reencrypt_keys(folder.path, ["ana"], ask=lambda _: PASSPHRASE, ask_new=lambda _: other)

    open_key(folder.path, "ana", lambda _: other).sign(b"x")
    with pytest.raises(Refused) as refused:
        open_key(folder.path, "ana", lambda _: PASSPHRASE).sign(b"x")
    assert codes(refused) == ["trust.passphrase-wrong"]


def test_a_change_of_keys_holds_back_until_what_is_given_is_signed_under_it(three: NetworkFolder) -> None:
    """Ben's key signed what is given, and goes out: readers must not stand between the two changes."""
    reader = Reader(three.files())
    replace_keys(three.path, ["ben"], gone=True)
    three.at("carla")
    publish_as(three, "carla")
    three.at("ana")
    assert sign_root(three.path, "ana", NOW).signed.complete
    three.at("server")

    outcome = freshen(three.path, NOW + DAY)

    assert "trust.targets-wait" in [note.code for note in outcome.notes]
    found = reader.read(three.files(), NOW + DAY).versions
    assert (found["root"], found["timestamp"]) == (1, 2)
    three.at("carla")
    publish_as(three, "carla", now=NOW + DAY)
    three.at("server")
    freshen(three.path, NOW + DAY)
    assert reader.read(three.files(), NOW + DAY).versions["root"] == 2


@pytest.mark.parametrize("cut", range(8))
def test_a_rotation_cut_off_anywhere_is_completed_by_the_same_command(
    alder: NetworkFolder, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    publish_as(alder, "ana")
    reader = Reader(alder.files())
    left, real = [cut], Path.replace

    def replace(self: Path, target: Path) -> Path:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return real(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", replace)
        with contextlib.suppress(KeyboardInterrupt):
            replace_keys(alder.path, ["ana"])
    replace_keys(alder.path, ["ana"])

    publish_as(alder, "ana")
    assert reader.read(alder.files()).versions["root"] == 2
    assert {row.name for row in list_keys(alder.path) if row.kind == "old"} == set()


# An agent instead of a file


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """A real SSH agent; makes a key in it, and gives its public line."""
    path = tmp_path / "agent.sock"

    def make(name: str) -> str:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / name], check=True)
        subprocess.run(["ssh-add", "-q", tmp_path / name], check=True)
        return (tmp_path / f"{name}.pub").read_text().strip()

    with subprocess.Popen(["ssh-agent", "-D", "-a", path], stdout=subprocess.DEVNULL) as running:
        while not path.exists():
            time.sleep(0.02)
        monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
        yield make
        running.terminate()


def test_a_person_signs_through_their_ssh_agent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agent: Callable[[str], str]
) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, [], 1)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent.sock"))
    folder.write(ana=f'agent: "{agent("first")}"')
    folder.at("server")
    new_keys(folder.path)
    folder.give("card.json", b"{}")
    publish_as(folder, "ana")
    reader = Reader(folder.files())
    assert not key_path(folder.path, "ana").exists()

    with pytest.raises(Refused) as refused:
        replace_keys(folder.path, ["ana"])
    assert codes(refused) == ["trust.same-again"]
    folder.write(ana=f'agent: "{agent("second")}"')
    replace_keys(folder.path, ["ana"])
    publish_as(folder, "ana")

    assert reader.read(folder.files()).versions["root"] == 2


def test_a_key_moves_from_a_file_into_an_agent_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agent: Callable[[str], str]
) -> None:
    folder = one_person(tmp_path, monkeypatch)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "agent.sock"))
    publish_as(folder, "ana")
    reader = Reader(folder.files())
    recipient = folder.people.pop("ana")

    for number, line in enumerate((f'agent: "{agent("first")}"', f"recipient: {recipient}"), 2):
        folder.write(ana=line)
        replace_keys(folder.path, ["ana"])
        publish_as(folder, "ana")
        assert reader.read(folder.files()).versions["root"] == number
        assert key_path(folder.path, "ana").exists() == (number == 3)


# What a check finds


def test_a_check_of_sound_keys_finds_nothing(three: NetworkFolder) -> None:
    assert check_keys(three.path, NOW) == ()


def test_a_check_names_what_would_hurt_one_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = NetworkFolder(tmp_path, monkeypatch, ["ana"], 1)
    folder.server = folder.people["ana"]
    folder.write(ben="")
    folder.threshold = 2
    folder.write(ben="")
    folder.at("ana")
    new_keys(folder.path, ["ana", "server"])
    new_keys(folder.path, ["ben"], ask_new=lambda _: PASSPHRASE)
    key_path(folder.path, "ben").chmod(0o644)
    (folder.path / "keys/.gitignore").unlink()
    key_path(folder.path, "snapshot").write_bytes(key_path(folder.path, "robot").read_bytes())

    found = {problem.code for problem in check_keys(folder.path, NOW)}

    assert found >= {
        "trust.no-governance",
        "trust.server-is-person",
        "trust.all-needed",
        "trust.key-readable",
        "trust.key-in-history",
        "trust.key-mismatch",
    }


def test_a_check_says_that_people_open_the_servers_keys_until_these_are_encrypted_anew(
    three: NetworkFolder,
) -> None:
    """People may stand below recipients, but not while those keys are made: each machine that opens them would sign, too."""

    def stand_below(*recipients: str) -> None:
        path = three.path / "network.yml"
        text, _, _ = path.read_text().partition("recipients: [")
        path.write_text(f"{text}recipients: [{', '.join(recipients)}]\n")

    def told() -> list[str]:
        return [one.code for one in check_keys(three.path, NOW)]

    people = (three.server, three.people["ana"], three.people["ben"])
    stand_below(*people)
    assert told() == []
    three.at("server")
    reencrypt_keys(three.path, ["server"])
    assert told() == ["trust.server-opens-for-more"]
    three.at("ana")
    assert told() == ["trust.server-opens-for-more"]
    stand_below(three.server)
    assert told() == ["trust.server-opens-for-more"]
    reencrypt_keys(three.path, ["server"])
    stand_below(*people)
    assert told() == []


def test_nobody_is_called_like_a_key_of_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused) as refused:
        new_keys(NetworkFolder(tmp_path, monkeypatch, ["robot", "governance"], 1).path)
    assert codes(refused) == ["network.reserved-name"] * 2


def test_a_key_that_is_gone_is_asked_of_nobody(three: NetworkFolder) -> None:
    replace_keys(three.path, ["carla"], gone=True)
    three.at("ana")

    outcome = publish_as(three, "ana")

    (waits,) = [one for one in outcome.notes if one.code == "trust.root-waits"]
    assert waits.values["missing"] == ("ben", "carla")
    waiting = look_signing(three.path, NOW)
    assert waiting and waiting.signed.missing == ("ben", "carla")


def test_a_server_without_keys_is_told_how_it_gets_them(begun: NetworkFolder) -> None:
    found = {one.values.get("name"): one.code for one in check_keys(begun.path, NOW)}

    assert found["robot"] == "trust.server-key-wanted"
    assert "--server" in hint("trust.server-key-wanted", {})
