"""What a peer's recipe asks, what differs from ours, and what our rule says: read, shown, nothing changed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from polder.actions.catalogue import Page, Shelf, open_page, open_shelf, unpack_recipe
from polder.cli.catalogue_data import list_data, page_data
from polder.cli.catalogue_text import list_lines, page_lines
from polder.commons.catalogue.offer import ImageBuilt, offer_path
from polder.commons.roster.presets import PRESETS
from polder.commons.roster.propose import found as found_roster
from polder.kernel.digest import Digest
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.kernel.published import Published
from polder.kernel.text import harmless
from polder.world.files import read_recipe_folder
from polder.world.network_alarms import raise_alarm
from polder.world.roster_files import write_lock, write_roster
from support.peers import NOW, adopting, approving, following, offering, published
from support.rosters import NOW as ROSTER_NOW
from support.rosters import introduction, signed
from support.sites import BARE, BARE_COMPOSE, PLAIN, PLAIN_COMPOSE, group

WriteSite = Callable[..., Path]
NETWORK = """provider: alder
urls: [https://alder.example/net/]
people: {ana: {}}
""" + following("beech", "cedar", "dogwood")
NOSY = PLAIN_COMPOSE.replace(
    '    volumes: ["data:/data"]\n',
    '    volumes: ["data:/data", "/var/run/docker.sock:/sock"]\n    ports: ["2222:22"]\n    cap_add: [SYS_ADMIN]\n'
    "    user: root\n",
)


def recipe(text: str = BARE, compose: str = BARE_COMPOSE, **more: bytes) -> Folder:
    return Folder({"recipe.yml": text.encode(), "compose.yml": compose.encode(), **more})


CALENDAR = recipe(BARE.replace("recipe: bare", "recipe: calendar"))
PLAIN_2 = PLAIN.replace('version: "1"\nnames', 'version: "2"\nnames')


@pytest.fixture
def site(write_site: WriteSite) -> Path:
    folder = write_site({"lilas": group("wiki plain")})
    (folder / "network.yml").write_text(NETWORK)
    return folder


def shelf(site: Path, **peers: Mapping[str, bytes]) -> Shelf:
    made = {name: published(name, files) for name, files in peers.items()}
    return open_shelf(site, site, NOW, made)


def text(page: Page) -> str:
    return "\n".join(harmless(line) for line, _ in page_lines(page, "en"))


def codes(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def test_the_list_says_who_offers_approved_and_adopted_what_and_whether_it_is_here(site: Path) -> None:
    own = recipe(PLAIN, PLAIN_COMPOSE)
    found = shelf(
        site,
        beech=offering("plain", own),
        cedar={**offering("plain", recipe(PLAIN_2, PLAIN_COMPOSE), "2"), **approving("plain", own.digest)},
        dogwood=adopting("plain", own.digest),
    )
    rows = [line.split() for line, _ in list_lines(found, list(found.all.variants["plain"]), "en")]

    assert rows[1][3:] == ["cedar", "-", "-", "another"]
    assert rows[2][3:] == ["beech", "cedar", "dogwood", "the", "same"]


def test_what_is_asked_of_the_host_is_told_and_what_is_new_is_marked(site: Path) -> None:
    page = open_page(shelf(site, beech=offering("plain", recipe(PLAIN_2, NOSY), "2")), "plain")
    new = {(f.code, f.level) for f in page.fresh_asks}

    assert new >= {
        ("catalogue.asks-permission", "red"),
        ("catalogue.writes-host", "red"),
        ("catalogue.adds-capabilities", "red"),
        ("catalogue.opens-port", "yellow"),
        ("catalogue.runs-as-root", "yellow"),
    }
    shown = list(page_lines(page, "en"))
    assert ("new: web reads and writes the host's own files in /var/run/docker.sock.", "bold red") in shown
    assert ("new: web answers at port 2222/tcp of the host.", "bold red") in shown
    assert ("Has a secret “password” made for it.", "") in shown


def test_files_are_held_against_the_ones_here_line_by_line(site: Path) -> None:
    page = open_page(
        shelf(site, beech=offering("plain", recipe(PLAIN_2, PLAIN_COMPOSE, setup=b"#!/bin/sh\n"), "2")),
        "plain",
    )

    assert [(one.path, one.kind) for one in page.changes] == [("recipe.yml", "changed"), ("setup", "added")]
    assert '    -version: "1"' in text(page) and '    +version: "2"' in text(page)


def test_a_file_that_would_steer_the_terminal_does_not(site: Path) -> None:
    nasty = "#!/bin/sh\n# \x1b[2J\x1b]0;owned\x07 \u202etxt\rrm -rf /\n".encode()
    offered = offering("bare", recipe(image__setup=nasty), note="\x1b[31mGood\ncatalogue.by: everybody")
    page = open_page(shelf(site, beech=offered), "bare")

    assert not set("".join(harmless(line) for line, _ in page_lines(page, "en"))) & {
        "\x1b",
        "\x07",
        "\u202e",
        "\r",
    }
    assert any(f.code == "catalogue.hidden-characters" and f.level == "red" for f in page.findings)
    assert all("\n" not in line for line, _ in page_lines(page, "en"))


def test_a_recipe_that_is_new_here_has_no_difference(site: Path) -> None:
    page = open_page(shelf(site, beech=offering("calendar", CALENDAR)), "calendar")

    assert (page.here, page.changes, page.fresh_asks) == (None, (), ())
    assert "You have no recipe of this name." in text(page)


@pytest.mark.parametrize(
    ("name", "here", "notes"),
    [
        (
            "bare",
            recipe(BARE.replace('version: "1"\nnames', 'version: "3"\nnames')),
            ["catalogue.own-recipe"],
        ),
        (
            "bare",
            recipe(BARE.replace("Plain", "Bare")),
            ["catalogue.own-recipe", "catalogue.same-version"],
        ),
        (
            "bare",
            recipe(BARE.replace('version: "1"\nnames', 'version: "0.9"\nnames')),
            ["catalogue.own-recipe", "catalogue.older"],
        ),
        ("bare", recipe(), ["catalogue.is-here"]),
    ],
)
def test_what_it_would_do_to_ours_is_said(site: Path, name: str, here: Folder, notes: list[str]) -> None:
    version = here.files["recipe.yml"].split(b'version: "')[1].split(b'"')[0].decode()
    upstream = {"names": {"en": "x"}}
    files = offering(name, here, version)
    told = json.loads(files[offer_path(name)]) | upstream
    told["upstream"] = "Bare 1" if b"Bare" in here.files["recipe.yml"] else "Plain 1"
    files[offer_path(name)] = json.dumps(told).encode()
    page = open_page(shelf(site, beech=files), name)

    assert [note.code for note in page.notes] == notes


def test_a_recipe_named_like_one_of_polder_s_own_is_said_aloud(site: Path) -> None:
    squatter = recipe(BARE.replace("recipe: bare", "recipe: dokuwiki"))
    page = open_page(shelf(site, beech=offering("dokuwiki", squatter)), "dokuwiki")

    assert ("catalogue.takes-place-of-builtin", "red") in {(one.code, one.level) for one in page.notes}


@pytest.mark.parametrize(
    ("key", "value"), [("version", "9"), ("licence", "MIT"), ("upstream", "x"), ("source", "x")]
)
def test_an_offer_that_speaks_of_another_recipe_than_its_files_is_refused(
    site: Path, key: str, value: str
) -> None:
    files = offering("bare", recipe())
    told = json.loads(files[offer_path("bare")])
    files[offer_path("bare")] = json.dumps({**told, key: value}).encode()

    assert codes(lambda: open_page(shelf(site, beech=files), "bare")) == ["catalogue.says-otherwise"]


def test_a_recipe_that_is_none_is_refused_with_the_peer_s_name(site: Path) -> None:
    broken = recipe(BARE.replace("licence: AGPL-3.0-or-later\n", ""))
    with pytest.raises(Refused) as refused:
        open_page(shelf(site, beech=offering("bare", broken)), "bare")

    assert {problem.where.split("/")[0] for problem in refused.value.problems} == {"beech"}


def test_approvals_are_shown_with_who_counts(site: Path) -> None:
    (site / "network.yml").write_text(NETWORK + "adopt: {approvals: 2, of: [cedar, dogwood]}\n")
    folder = recipe()
    found = shelf(
        site,
        beech={**offering("bare", folder), **approving("bare", folder.digest)},
        cedar=approving("bare", folder.digest, runs=True, note="For a year."),
    )
    page = open_page(found, "bare")
    shown = text(page)

    assert "cedar read it and runs it (2026-11-21): For a year." in shown
    assert "beech approved it, but does not count here" in shown
    assert "Approvals that your rule wants of cedar, dogwood: 2. Those that count: 1." in shown
    assert page_data(page, "en")["rule"]["met"] is False


def test_own_words_count_when_the_rule_names_oneself(site: Path) -> None:
    folder = recipe()
    (site / "network.yml").write_text(NETWORK + "adopt: {approvals: 2, of: [alder, cedar]}\n")
    for path, held in approving("bare", folder.digest).items():
        (site / "given" / path).parent.mkdir(parents=True, exist_ok=True)
        (site / "given" / path).write_bytes(held)
    found = shelf(site, beech=offering("bare", folder), cedar=approving("bare", folder.digest))

    assert open_page(found, "bare").verdict.counted == ("alder", "cedar")


def test_what_a_stale_peer_offers_is_shown_as_such(site: Path) -> None:
    peers: dict[str, Published] = {"beech": published("beech", offering("bare", recipe()), stale=True)}
    found = open_shelf(site, site, NOW, peers)
    page = open_page(found, "bare")

    assert page.source.stale and page.notes[0].code == "catalogue.stale"
    assert "not heard of in time" in text(page)
    assert "beech (old)" in next(
        line for line, _ in list_lines(found, [page.variant], "en") if "bare" in line
    )


def test_machines_read_the_same(site: Path) -> None:
    found = shelf(
        site, beech=offering("plain", recipe(PLAIN_2, NOSY), "2"), cedar={"recipes/x/offer.json": b""}
    )
    listed = json.loads(json.dumps(list_data(found, list(found.all.variants["plain"]), "en")))
    page = json.loads(json.dumps(page_data(open_page(found, "plain"), "en")))

    assert listed["problems"][0]["where"] == "cedar/recipes/x/offer.json"
    assert page["source"] == "beech" and page["here"] == "own"
    assert any(one["new"] and one["level"] == "red" for one in page["findings"])
    assert [one["file"] for one in page["changes"]] == ["compose.yml", "recipe.yml"]


def test_a_provider_without_a_site_may_look_too(site: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "network.yml").write_text(NETWORK)
    found = open_shelf(alone, None, NOW, {"beech": published("beech", offering("bare", recipe()))})

    assert open_page(found, "bare").here is None


def test_a_provider_that_is_no_longer_followed_or_began_anew_is_not_in_the_catalogue(site: Path) -> None:
    gone, anew = published("elm", offering("bare", recipe())), published("beech", offering("bare", recipe()))
    found = open_shelf(site, site, NOW, {"elm": gone, "beech": replace(anew, root=gone.root)})

    assert found.all.variants == {}


def test_of_a_peer_with_an_open_alarm_it_is_said(site: Path) -> None:
    raise_alarm(site / "state", "sync.two-versions", "beech", {}, {"a": b"1"}, NOW)
    page = open_page(shelf(site, beech=offering("calendar", CALENDAR)), "calendar")

    assert [(one.code, one.level) for one in page.notes] == [("catalogue.alarm", "red")]


def test_whom_it_came_from_stays_the_one_as_long_as_they_are_heard_of(site: Path) -> None:
    text = f"recipes: {{}}\nimages: {{}}\nadopted: {{calendar: cedar@sha256:{'0' * 64}}}\n"
    (site / "polder.lock").write_text(text)
    both = {name: published(name, offering("calendar", CALENDAR)) for name in ("beech", "cedar")}
    late = {**both, "cedar": published("cedar", offering("calendar", CALENDAR), stale=True)}

    assert open_page(open_shelf(site, site, NOW, both), "calendar").source.provider == "cedar"
    assert (
        open_page(open_shelf(site, site, NOW, late), "calendar", CALENDAR.digest[7:20]).source.provider
        == "beech"
    )


def test_a_recipe_s_files_are_written_to_be_read_and_cannot_be_run(site: Path, tmp_path: Path) -> None:
    folder = Folder({**CALENDAR.files, "image/setup": b"#!/bin/sh\n"}, executable=frozenset({"image/setup"}))
    files = {**folder.files, "recipe.yml": folder.files["recipe.yml"] + b"image: {build: debian}\n"}
    folder = Folder(files, executable=folder.executable)
    page = open_page(shelf(site, beech=offering("calendar", folder)), "calendar")
    place = unpack_recipe(page, tmp_path / "read")

    assert read_recipe_folder(place).files == folder.files
    assert not (place / "image/setup").stat().st_mode & 0o111
    assert codes(lambda: unpack_recipe(page, tmp_path / "read")) == ["catalogue.there-already"]


def test_a_file_whose_lines_are_not_shown_is_marked_red(site: Path) -> None:
    page = open_page(
        shelf(site, beech=offering("plain", recipe(PLAIN_2, PLAIN_COMPOSE, blob=b"\xff"), "2")), "plain"
    )

    shown = {line.strip(): style for line, style in page_lines(page, "en")}
    assert next(style for line, style in shown.items() if "--unpack" in line) == "red"


def test_thousands_of_words_for_many_recipes_are_put_together_at_once(site: Path) -> None:
    many = [Digest("sha256:" + f"{number:064x}") for number in range(2_000)]
    noisy = {path: held for digest in many for path, held in approving("bare", digest).items()}
    began = time.monotonic()
    found = shelf(site, beech=offering("bare", recipe()), cedar=noisy, dogwood=noisy)

    assert len(found.all.variants) == 1 and time.monotonic() - began < 10


def test_an_image_that_others_built_alike_is_held_against_the_one_built_here(site: Path) -> None:
    same, other = (
        ImageBuilt("id", Digest("sha256:" + "ab" * 32)),
        ImageBuilt("id", Digest("sha256:" + "cd" * 32)),
    )
    (site / "polder.lock").write_text(f"recipes: {{}}\nimages: {{calendar-0a: '{same.digest}'}}\n")
    alike = shelf(site, beech=offering("calendar", CALENDAR, **{"calendar-0a": same}))
    apart = shelf(site, beech=offering("calendar", CALENDAR, **{"calendar-0a": other}))

    assert "Built alike, byte for byte, by alder, beech: calendar-0a" in text(open_page(alike, "calendar"))
    assert "Built differently by alder: calendar-0a became abababababab" in text(open_page(apart, "calendar"))


def test_members_count_as_the_roster_says_and_those_of_one_group_once(site: Path) -> None:
    groups = {"alder": "", "beech": "", "cedar": "hills", "dogwood": "hills"}
    rules = replace(PRESETS["polder"], waiting=0)
    founders = [introduction(name, group=group) for name, group in groups.items()]
    edition = signed(found_roster(founders, rules, "Waterland", "", ROSTER_NOW), groups)
    write_roster(site, 1, edition.document.content)
    write_lock(site, {"first": edition.digest, "accepted": {"1": "2026-11-22T08:00:00Z"}})
    (site / "network.yml").write_text(NETWORK.partition("follow:")[0] + "adopt: {approvals: 2}\n")
    word = approving("calendar", CALENDAR.digest)
    said = {"beech": offering("calendar", CALENDAR), "cedar": word, "dogwood": word, "elm": word}
    roots = {one.id: one.root for one in edition.roster.members.values()}
    made = {name: replace(published(name, files), root=roots.get(name, "")) for name, files in said.items()}
    page = open_page(open_shelf(site, site, NOW, made), "calendar")

    assert page.verdict.counted == ("cedar",)
    assert page.verdict.left_out == {"dogwood": "catalogue.same-group"}
