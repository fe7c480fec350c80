"""Giving a recipe to the network, taking it back, and saying of others' recipes that one read them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.actions.offer_recipe import approve_recipe, offer_recipe, withdraw_approval, withdraw_offer
from polder.commons.catalogue.offer import ImageBuilt, open_offer, read_offer
from polder.commons.catalogue.word import approval_path, read_approval
from polder.kernel.digest import Digest
from polder.kernel.problem import Refused
from polder.kernel.published import is_target_path
from polder.platform.plan.names import image_key
from polder.platform.site.lock import lock_text
from polder.world.files import builtin_path, read_recipe_folder
from polder.world.given import read_given
from support.peers import NOW
from support.sites import BARE, BARE_COMPOSE, PLAIN, PLAIN_COMPOSE, group

WriteSite = Callable[..., Path]
NETWORK = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    folder = tmp_path / "network"
    folder.mkdir()
    (folder / "network.yml").write_text(NETWORK)
    return folder


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    """A recipe's folder, somewhere."""
    folder = tmp_path / "calendar"
    folder.mkdir()
    (folder / "recipe.yml").write_text(BARE.replace("recipe: bare", "recipe: calendar"))
    (folder / "compose.yml").write_text(BARE_COMPOSE)
    return folder


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def given(network: Path) -> dict[str, bytes]:
    return read_given(network / "given")


def test_a_provider_without_a_site_offers_any_recipe_s_folder(network: Path, calendar: Path) -> None:
    offer, done = offer_recipe(network, None, str(calendar), NOW, "Since May.\x1b[2J")
    files = given(network)
    held = read_offer("calendar", files["recipes/calendar/offer.json"], "")

    assert set(files) == set(done.paths) and all(is_target_path(path) for path in files)
    assert held == offer and held.note == "Since May.\N{REPLACEMENT CHARACTER}[2J"
    assert open_offer(held, files, "") == read_recipe_folder(calendar)


def test_a_recipe_that_comes_with_polder_is_offered_by_its_name(network: Path) -> None:
    offer, _ = offer_recipe(network, None, "radicale", NOW)

    assert offer.digest == read_recipe_folder(builtin_path("radicale")).digest
    assert offer.names.read("fr") and offer.licence


def test_offered_twice_nothing_changes_and_the_date_stays(network: Path, calendar: Path) -> None:
    offer_recipe(network, None, str(calendar), NOW)
    before = given(network)
    again, done = offer_recipe(network, None, str(calendar), NOW + timedelta(days=3))

    assert (given(network), done.paths, again.date) == (before, (), NOW)


def test_a_new_version_takes_the_old_one_s_place(network: Path, calendar: Path) -> None:
    old, _ = offer_recipe(network, None, str(calendar), NOW)
    (calendar / "compose.yml").write_text(BARE_COMPOSE + "# more\n")
    new, _ = offer_recipe(network, None, str(calendar), NOW)

    assert old.digest != new.digest and len(given(network)) == 2
    assert open_offer(new, given(network), "").digest == new.digest


def test_an_offer_is_taken_back_whole(network: Path, calendar: Path) -> None:
    offer_recipe(network, None, str(calendar), NOW)
    withdraw_offer(network, "calendar")

    assert given(network) == {}
    assert codes(lambda: withdraw_offer(network, "calendar")) == ["catalogue.not-offered-here"]
    assert codes(lambda: withdraw_offer(network, "../x")) == ["catalogue.not-offered-here"]


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("recipe.yml", "recipe: other\n", "recipe.other-name"),
        ("recipe.yml", "system: true\n", "catalogue.system-recipe"),
        ("key.txt", "AGE-SECRET-KEY-1" + "Q" * 58 + "\n", "catalogue.private-key"),
        ("id", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\n", "catalogue.private-key"),
        ("a\\b", "x", "catalogue.bundle-bad-name"),
    ],
)
def test_what_others_could_not_use_or_must_not_see_is_not_offered(
    network: Path, calendar: Path, file: str, text: str, code: str
) -> None:
    held = (calendar / "recipe.yml").read_text()
    if text.startswith("recipe:"):
        held, text = held.replace("recipe: calendar\n", ""), text
    (calendar / file).write_text(held + text if file == "recipe.yml" else text)

    assert code in codes(lambda: offer_recipe(network, None, str(calendar), NOW))
    assert not (network / "given").exists()


def test_the_ingress_is_not_offered(network: Path) -> None:
    assert codes(lambda: offer_recipe(network, None, "ingress", NOW))[0] in (
        "catalogue.system-recipe",
        "recipe.config-not-given",
    )


def test_hidden_files_stay_at_home_and_that_is_said(network: Path, calendar: Path) -> None:
    (calendar / ".git").mkdir()
    (calendar / ".git" / "config").write_text("secret")
    (calendar / "compose.yml~").write_text("old")
    _, done = offer_recipe(network, None, str(calendar), NOW)

    assert done.hidden == (".git/config", "compose.yml~")
    assert b"secret" not in b"".join(given(network).values())


BUILT = PLAIN + "image: {build: debian, packages: [lighttpd]}\n"


def test_images_that_were_built_here_are_told_by_digest_and_not_by_the_registry_s_name(
    write_site: WriteSite, network: Path
) -> None:
    files = {"recipes/plain/recipe.yml": BUILT, "recipes/plain/compose.yml": PLAIN_COMPOSE}
    site = write_site({"lilas": group("wiki plain")}, **files)
    loaded = load_site(site)
    key, digest = image_key(loaded.recipes["plain"], None), "sha256:" + "ab" * 32
    pushed = {
        **loaded.lock.images,
        key: f"registry.internal/polder/plain@{digest}",
        "plain-000": "sha256:" + "0" * 64,
    }
    (site / "polder.lock").write_text(lock_text(replace(loaded.lock, images=pushed)))
    offer, _ = offer_recipe(network, site, "plain", NOW)

    assert offer.images == {key: ImageBuilt("pushed", Digest(digest))}
    assert b"registry.internal" not in given(network)["recipes/plain/offer.json"]


@pytest.mark.parametrize("recipe", ["nothing", "../nothing", "nowhere/calendar", "Calendar"])
def test_what_is_not_there_is_not_offered(network: Path, recipe: str) -> None:
    assert codes(lambda: offer_recipe(network, None, recipe, NOW))[0] in (
        "catalogue.no-such-recipe",
        "recipe.no-file",
    )


def test_a_word_for_a_recipe_is_given_and_taken_back(network: Path) -> None:
    digest = Digest("sha256:" + "ab" * 32)
    approve_recipe(network, "calendar", digest, NOW, "Read line by line.", runs=True)
    path = approval_path(digest)
    held = read_approval(path, given(network)[path], "")

    assert (held.name, held.digest, held.runs, held.note) == ("calendar", digest, True, "Read line by line.")
    assert json.loads(given(network)[path])["format"] == "polder-recipe-approval-1"
    withdraw_approval(network, "calendar", digest)
    assert given(network) == {}
    assert codes(lambda: withdraw_approval(network, "calendar", digest)) == ["catalogue.not-approved-here"]
