"""An operator leaves: what their key can still open, what is new, and what happens when it is cut short anywhere."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from polder.actions import remove_operator as action
from polder.actions.apply_site import Asked, apply_to
from polder.actions.check_site import load_site
from polder.actions.remove_operator import remove_operator
from polder.actions.secrets import open_secret, set_secret, show_secret
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.platform.ingress.authority import certificates
from polder.platform.plan.make import make_plan
from polder.platform.plan.model import Plan, Step
from polder.world.age import decrypt, load_identities, new_identity
from polder.world.authority import fingerprint
from polder.world.docker.memory import MemoryEngine
from polder.world.files import write_atomically
from support.sites import RECIPE_FILES, group

WriteSite = Callable[..., Path]
GIVEN = {
    path.replace("plain", "mail"): text.replace("recipe: plain", "recipe: mail")
    .replace("password", "token")
    .replace("generate: token", "generate: ''")
    for path, text in RECIPE_FILES.items()
    if "plain" in path
} | {"secrets/lilas.post.token.age": "not yet"}
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8V5KIeDq02BPZx0oYdYK+wNGT4RPtQzXbzcZC1hZ3h"


class Silent:
    def begun(self, step: Step) -> None: ...
    def waiting(self, step: Step, rollout: object) -> None: ...
    def line(self, step: Step, text: str) -> None: ...
    def ended(self, result: object) -> None: ...


@pytest.fixture
def ben(tmp_path: Path) -> Path:
    """Ben's private key."""
    new_identity(tmp_path / "ben.txt")
    return tmp_path / "ben.txt"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polder.actions.hands.time.sleep", lambda seconds: None)


@pytest.fixture
def site(write_site: WriteSite, engine: MemoryEngine, ben: Path) -> Path:
    """Applied, with a history; Ana asks, Ben may read everything."""
    folder = write_site({"lilas": group("wiki plain", "post mail")}, **GIVEN)
    public = ben.read_text().split("public key: ")[1].split()[0]
    text = (folder / "site.yml").read_text()
    (folder / "site.yml").write_text(
        text.replace("{ana: ", f"{{ben: {public}, ana: ")
        + f'ssh-keys:\n  # his laptop\n  ben: ["{SSH} ben@home"]\n'
    )
    (folder / ".gitignore").write_text("identity.txt\n")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=ana", "-c", "user.email=ana@lilas.test", "commit", "-qm", "Begin.")
    set_secret(folder, "lilas.post.token", Secret("given-by-the-post-office"))
    assert apply(engine, folder).outcome
    return folder


def apply(engine: MemoryEngine, folder: Path):  # type: ignore[no-untyped-def]
    return apply_to(engine, folder, Asked(), lambda looked: None, lambda plan: True, Silent())  # type: ignore[arg-type]


def plan(engine: MemoryEngine, folder: Path) -> Plan:
    return make_plan(load_site(folder), engine.look(), datetime.now(UTC))


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=True).stdout


def opens(key: Path, folder: Path, files: Mapping[str, bytes]) -> set[str]:
    """Which of ``files`` this private key opens."""
    identities, found = load_identities({"POLDER_IDENTITY": str(key)}), set()
    for name, content in files.items():
        try:
            decrypt(content, identities)
            found.add(name)
        except Refused:
            pass
    return found


def committed(folder: Path) -> dict[str, bytes]:
    names = git(folder, "ls-tree", "--name-only", "HEAD", "secrets/").split()
    return {
        n: subprocess.run(["git", "-C", folder, "show", f"HEAD:{n}"], capture_output=True, check=True).stdout
        for n in names
    }


def values(folder: Path) -> dict[str, bytes]:
    return {
        path.stem: open_secret(folder, path.stem).reveal_bytes()
        for path in (folder / "secrets").glob("*.age")
    }


def test_a_key_that_was_removed_opens_no_file_of_the_new_commit(site: Path, ben: Path) -> None:
    assert opens(ben, site, committed(site)) == set(committed(site))
    removed = remove_operator(site, "ben")
    assert len(committed(site)) == 5
    assert opens(ben, site, committed(site)) == set()
    assert removed.commit.id == git(site, "rev-parse", "HEAD").strip()
    assert git(site, "status", "--porcelain") == ""
    text = (site / "site.yml").read_text()
    assert "ben" not in text.replace("ben@", "") and SSH not in text and "# his laptop" in text
    assert [one.name for one in load_site(site).operators] == ["ana"]


def test_what_can_be_made_anew_is_and_what_people_gave_is_named(site: Path) -> None:
    before, public = values(site), (site / "internal-ca.crt").read_text()
    removed = remove_operator(site, "ben")
    after = values(site)
    assert {name for name in before if before[name] == after[name]} == {"lilas.post.token", "polder.ca"}
    assert set(removed.rotated) == {
        "lilas.wiki.password",
        "polder.intermediate",
        "polder.intermediate-certificate",
    }
    assert [one.name for one in removed.given] == ["lilas.post.token"]
    old, new = certificates(public), certificates((site / "internal-ca.crt").read_text())
    assert old[0] == new[0] and fingerprint(old[1]) != fingerprint(new[1])
    assert after["polder.intermediate-certificate"].decode() == new[1]


def test_the_next_plan_shows_what_rotates_and_which_apps_get_it(site: Path, engine: MemoryEngine) -> None:
    assert plan(engine, site).acting == ()
    remove_operator(site, "ben")
    kinds = {(step.kind, step.subject) for step in plan(engine, site).acting}
    assert {("rotate", "lilas/wiki"), ("rotate", "polder/ingress"), ("rotate", "lilas/post")} <= kinds
    changed = {step.key for step in plan(engine, site).acting if step.wait}
    assert changed == {
        "service:les-lilas_lilas_wiki_web",
        "service:les-lilas_lilas_post_web",
        "service:les-lilas_polder_ingress_caddy",
    }
    assert apply(engine, site).outcome
    assert plan(engine, site).acting == ()


def test_the_key_that_opens_managers_is_thrown_away_and_another_one_kept(
    site: Path, engine: MemoryEngine
) -> None:
    text = (site / "site.yml").read_text()
    policy = "policy: {autolock: true, " if "policy: {" in text else ""
    changed = text.replace("policy: {", policy) if policy else text + "policy: {autolock: true}\n"
    (site / "site.yml").write_text(changed)
    apply(engine, site)
    former = engine.unlock_key()
    assert any("unlock-key" in path for path in committed(site))
    remove_operator(site, "ben")
    assert not (site / "secrets/polder.unlock-key.age").exists()
    assert not any("unlock-key" in path for path in committed(site))
    apply(engine, site)
    kept = decrypt((site / "secrets/polder.unlock-key.age").read_bytes(), load_identities(), where="secrets")
    assert kept == engine.unlock_key() != former


def test_a_new_root_is_made_when_asked(site: Path) -> None:
    old = certificates((site / "internal-ca.crt").read_text())[0]
    removed = remove_operator(site, "ben", new_root=True)
    assert removed.authority == "root" and "polder.ca" in removed.rotated
    assert fingerprint(certificates((site / "internal-ca.crt").read_text())[0]) != fingerprint(old)


def test_no_value_is_in_the_journal_the_history_or_what_is_returned(site: Path) -> None:
    removed = remove_operator(site, "ben")
    told = (
        repr(removed) + git(site, "log", "-p") + "".join(p.read_text() for p in (site / "journal").glob("*"))
    )
    for name, value in values(site).items():
        if name != "polder.intermediate-certificate":
            assert value.decode() not in told
    assert '"operator": "ben"' in told


@pytest.mark.parametrize("stop", range(10))
def test_cut_short_anywhere_the_next_run_completes_it(
    site: Path, ben: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """Power goes before the write number ``stop``, or before the commit."""
    with monkeypatch.context() as patch:
        writes = iter(range(100))

        def falter(path: Path, content: bytes) -> None:
            if next(writes) == stop:
                raise KeyboardInterrupt
            write_atomically(path, content)

        def nothing(*words: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(action, "write_atomically", falter)
        patch.setattr(action, "commit_paths", nothing)
        with pytest.raises(KeyboardInterrupt):
            remove_operator(site, "ben")
    load_site(site)
    remove_operator(site, "ben")
    assert opens(ben, site, committed(site)) == set()
    assert git(site, "status", "--porcelain") == ""
    assert "ben" not in git(site, "show", "HEAD:site.yml")
    assert (
        certificates((site / "internal-ca.crt").read_text())[1]
        == values(site)["polder.intermediate-certificate"].decode()
    )
    assert apply(engine, site).outcome
    assert plan(engine, site).acting == ()


def test_a_plan_made_while_the_authority_was_half_written_renews_it(
    site: Path, engine: MemoryEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = iter(range(100))

    def falter(path: Path, content: bytes) -> None:
        if next(writes) == 5:
            raise KeyboardInterrupt
        write_atomically(path, content)

    monkeypatch.setattr(action, "write_atomically", falter)
    with pytest.raises(KeyboardInterrupt):
        remove_operator(site, "ben")
    assert "step.renew-authority" in {step.code for step in plan(engine, site).acting}


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.problems[0].code


def test_the_last_operator_an_unknown_one_and_a_shared_key_are_refused(site: Path) -> None:
    before = git(site, "rev-parse", "HEAD")
    for name, wanted in (("bem", "site.unknown-operator-near"), ("zoe", "site.unknown-operator")):
        with pytest.raises(Refused) as refused:
            remove_operator(site, name)
        assert code(refused) == wanted
    remove_operator(site, "ben")
    with pytest.raises(Refused) as refused:
        remove_operator(site, "ana")
    assert code(refused) == "site.last-operator"
    text = (site / "site.yml").read_text()
    recipient = text.split("ana: ")[1].split("}")[0]
    (site / "site.yml").write_text(text.replace("{ana: ", f"{{ana-at-home: {recipient}, ana: "))
    with pytest.raises(Refused) as refused:
        remove_operator(site, "ana")
    assert (code(refused), refused.value.problems[0].values["others"]) == (
        "site.shared-key",
        ("ana-at-home",),
    )
    assert before != git(site, "rev-parse", "HEAD")


def test_a_secret_that_the_asker_cannot_open_is_refused_before_anything_is_written(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_identity(tmp_path / "eve.txt")
    monkeypatch.setenv("POLDER_IDENTITY", str(tmp_path / "eve.txt"))
    with pytest.raises(Refused) as refused:
        remove_operator(site, "ben")
    assert {p.where for p in refused.value.problems} == {
        "secrets/lilas.post.token.age",
        "secrets/polder.ca.age",
    }
    assert git(site, "status", "--porcelain") == ""


def test_a_site_without_history_or_authority_loses_an_operator_too(write_site: WriteSite, ben: Path) -> None:
    folder = write_site({"lilas": group("wiki plain")})
    public = ben.read_text().split("public key: ")[1].split()[0]
    (folder / "site.yml").write_text(
        (folder / "site.yml").read_text().replace("{ana: ", f"{{ben: {public}, ana: ")
    )
    set_secret(folder, "lilas.wiki.password", Secret("old"))
    removed = remove_operator(folder, "ben")
    assert (removed.rotated, removed.authority, removed.commit.id) == (("lilas.wiki.password",), "none", "")
    assert show_secret(folder, "lilas.wiki.password").reveal() != "old"
