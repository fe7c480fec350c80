"""``polder catalogue``, ``adopt``, ``offer`` and ``network approve-recipe`` at the door, through published folders over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.network_keys import new_keys
from polder.actions.network_publish import publish
from polder.actions.sync_network import sync_network
from polder.cli.main import polder
from polder.kernel.digest import digest_of_bytes
from polder.world.age import new_identity
from polder.world.publication import FolderFiles
from support.sites import BARE, BARE_COMPOSE, IMAGE, NEW_IMAGE, RECIPIENT, group, site_files
from support.web import Web


class Peer:
    """A provider that runs the network's half alone: a folder, keys, a web server."""

    def __init__(self, top: Path, name: str, recipient: str, stack: ExitStack) -> None:
        self.name, self.path = name, top / name
        self.path.mkdir()
        (self.path / "network.yml").write_text(
            f"provider: {name}\nurls: [https://{name}.example/net/]\n"
            f"people: {{ana: {{recipient: {recipient}}}}}\nrecipients: [{recipient}]\n"
        )
        new_keys(self.path)
        self.publish()
        self.web = stack.enter_context(Web(FolderFiles(self.path / "public")))
        self.web.behave = {}

    def publish(self) -> None:
        publish(self.path, datetime.now(UTC), ["ana"])

    def follow(self) -> dict[str, object]:
        root = digest_of_bytes((self.path / "public/metadata/1.root.json").read_bytes())
        return {"url": self.web.url, "root": root, "private": True}

    def run(self, *words: str) -> Result:
        return run(self.path, *words)


def run(folder: Path, *words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(polder, ["--language", "en", "--site", str(folder), *words], input=typed)


class Town:
    """Alder with a site and a network folder in one; beech and cedar, whom it follows."""

    def __init__(self, top: Path, recipient: str, stack: ExitStack) -> None:
        self.beech, self.cedar = (Peer(top, name, recipient, stack) for name in ("beech", "cedar"))
        self.site = top / "alder"
        for path, text in site_files({"lilas": group("wiki plain")}).items():
            (self.site / path).parent.mkdir(parents=True, exist_ok=True)
            (self.site / path).write_text(text.replace(RECIPIENT, recipient))
        self.network()
        git = ["git", "-C", str(self.site)]
        subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
        subprocess.run([*git, "add", "-A"], check=True)
        who = ["-c", "user.name=ana", "-c", "user.email=ana@alder.test"]
        subprocess.run([git[0], *who, *git[1:], "commit", "-qm", "Begin."], check=True)

    def network(self, more: str = "") -> None:
        follow = {"beech": self.beech.follow(), "cedar": self.cedar.follow()}
        text = f"provider: alder\nurls: [https://alder.example/net/]\npeople: {{ana: {{}}}}\n{more}"
        (self.site / "network.yml").write_text(f"{text}follow: {json.dumps(follow)}\n")

    def sync(self) -> None:
        assert {one.state for one in sync_network(self.site, datetime.now(UTC), ("beech", "cedar")).news} <= {
            "new",
            "same",
        }

    def run(self, *words: str, typed: str | None = None) -> Result:
        return run(self.site, *words, typed=typed)


@pytest.fixture
def town(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("POLDER_IDENTITY", str(tmp_path / "ana.txt"))
    with ExitStack() as stack:
        yield Town(tmp_path, new_identity(tmp_path / "ana.txt"), stack)


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    folder = tmp_path / "recipes" / "calendar"
    folder.mkdir(parents=True)
    (folder / "recipe.yml").write_text(BARE.replace("recipe: bare", "recipe: calendar"))
    (folder / "compose.yml").write_text(BARE_COMPOSE)
    return folder


def renew(calendar: Path) -> None:
    text = (calendar / "recipe.yml").read_text()
    (calendar / "recipe.yml").write_text(text.replace('version: "1"\nnames', 'version: "2"\nnames'))
    compose = BARE_COMPOSE.replace(IMAGE, NEW_IMAGE).rstrip("}\n") + ', ports: ["2222:22"]}}\n'
    (calendar / "compose.yml").write_text(compose)


def test_a_recipe_goes_from_one_provider_to_another_and_its_newer_version_too(
    town: Town, calendar: Path
) -> None:
    offered = town.beech.run("offer", str(calendar), "--note", "Three groups use it.")
    assert offered.exit_code == 0 and "polder network publish" in offered.output
    town.beech.publish()
    town.sync()

    listed = town.run("catalogue")
    assert listed.exit_code == 0 and "calendar" in listed.output and "beech" in listed.output
    page = town.run("catalogue", "calendar")
    assert (
        "They say: Three groups use it." in page.output and "You have no recipe of this name." in page.output
    )

    done = town.run("adopt", "calendar", typed="calendar\n")
    assert done.exit_code == 0, done.output
    assert "Adopted: calendar 1 from beech. Nothing that runs was changed." in done.output
    assert "See what it would change: polder plan" in done.output
    assert "adopted already" in town.run("adopt", "calendar").output

    renew(calendar)
    town.beech.run("offer", str(calendar))
    town.beech.publish()
    town.sync()
    shown = town.run("adopt", "calendar", typed="no\n")
    assert shown.exit_code == 4 and "new: web answers at port 2222/tcp of the host." in shown.output
    assert '+version: "2"' in shown.output
    assert town.run("adopt", "calendar", "--yes").exit_code == 0
    assert 'version: "2"' in (town.site / "recipes/calendar/recipe.yml").read_text()

    refused = town.run("adopt", "--undo", "calendar", typed="no\n")
    assert refused.exit_code == 4 and "Nothing was changed." in refused.output
    assert 'version: "2"' in (town.site / "recipes/calendar/recipe.yml").read_text()
    back = town.run("adopt", "--undo", "calendar", typed="calendar\n")
    assert back.exit_code == 0 and "As before: calendar." in back.output
    assert 'version: "1"' in (town.site / "recipes/calendar/recipe.yml").read_text()
    assert town.run("adopt", "--undo", "calendar", "--yes").exit_code == 0
    for name in ("calendar", "plain"):
        nothing = town.run("adopt", "--undo", name)
        assert nothing.exit_code == 2 and "nothing to undo" in nothing.output


def test_a_rule_is_met_by_approvals_that_came_over_the_network(town: Town, calendar: Path) -> None:
    town.network("adopt: {approvals: 1, of: [cedar]}\ntell-adoptions: true\n")
    town.beech.run("offer", str(calendar))
    town.beech.publish()
    town.sync()
    refused = town.run("adopt", "calendar", "--yes")
    assert (
        refused.exit_code == 2
        and "Approvals that your rule wants of cedar: 1. Those that count: 0." in refused.output
    )

    digest = json.loads(town.run("catalogue", "calendar", "--json").output)["digest"]
    assert town.cedar.run("network", "approve-recipe", f"calendar@{digest}", "--runs").exit_code == 0
    town.cedar.publish()
    town.sync()
    done = town.run("adopt", "calendar", "--yes", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)
    assert found["rule"]["counted"] == ["cedar"] and found["files"] == ["recipes/calendar", "polder.lock"]
    told = json.loads((town.site / "given/recipes/adoptions.json").read_text())
    assert told["adoptions"]["calendar"] == {"digest": digest, "from": "beech"}


def test_who_is_asked_for_the_offers_of_nobody_is_told_the_nearest_name(town: Town) -> None:
    for words in (("catalogue",), ("catalogue", "calendar"), ("adopt", "calendar", "--yes")):
        refused = town.run(*words, "--from", "ceder")
        assert refused.exit_code == 2 and "Did you mean “cedar”?" in refused.output
    assert town.run("network", "approve-recipe", "calendar", "--from", "ceder").exit_code == 2
    assert town.run("catalogue", "--from", "cedar").exit_code == 0


def test_a_withdrawn_offer_is_gone_after_the_next_round(town: Town, calendar: Path) -> None:
    town.beech.run("offer", str(calendar))
    town.beech.publish()
    town.sync()
    assert town.beech.run("offer", "calendar", "--withdraw").exit_code == 0
    town.beech.publish()
    town.sync()

    assert "No peer offers a recipe." in town.run("catalogue").output
    assert town.run("adopt", "calendar", "--yes").exit_code == 2


def test_two_different_recipes_of_one_name_are_shown_and_not_chosen_between(
    town: Town, calendar: Path
) -> None:
    town.beech.run("offer", str(calendar))
    renew(calendar)
    town.cedar.run("offer", str(calendar))
    town.beech.publish()
    town.cedar.publish()
    town.sync()

    both = town.run("catalogue", "calendar")
    assert both.exit_code == 0 and "Say which" in both.output
    assert town.run("adopt", "calendar", "--yes").exit_code == 2
    assert town.run("catalogue", "calendar", "--from", "cedar").exit_code == 0
    assert len(json.loads(town.run("catalogue", "--json").output)["recipes"]) == 2
    assert town.run("adopt", "calendar", "--from", "beech", "--yes").exit_code == 0


def test_a_mirror_that_changes_a_recipe_changes_nothing_here(town: Town, calendar: Path) -> None:
    town.beech.run("offer", str(calendar))
    town.beech.publish()
    bundle = next((town.beech.path / "public/targets/recipes/calendar").glob("*.tar"))
    content = bundle.read_bytes()
    bundle.write_bytes(content.replace(b"Something plain", b"Something plaiN"))
    sync_network(town.site, datetime.now(UTC), ("beech",))

    assert town.run("adopt", "calendar", "--yes").exit_code == 2
    assert not (town.site / "recipes/calendar").exists()


def test_the_network_folder_may_be_named(town: Town, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    shutil.move(town.site / "network.yml", other / "network.yml")

    assert town.run("catalogue", "--network", str(other)).exit_code == 0
    assert town.run("catalogue", "--network", str(tmp_path)).exit_code == 2
    assert town.run("adopt", "calendar", "--json").exit_code == 2


def test_nothing_of_the_two_halves_is_loaded_for_help() -> None:
    program = (
        "import sys; sys.argv = ['polder', 'adopt', '--help']\nfrom polder.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith(('polder.actions', 'polder.commons', 'polder.world'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.rstrip().endswith("[]")
