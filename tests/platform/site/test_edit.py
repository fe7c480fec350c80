"""What the commands change in a site's files, and what they will not."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.actions.check_site import load_recipes
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.platform.site import edit, edit_hosts
from polder.platform.site.model import Site
from polder.platform.site.read import read_site
from support.sites import RECIPIENT, folder, group, site_files

FILES = folder(site_files({"lilas": "# Ours.\n" + group("wiki plain", "blog bare"), "merles": group()})).files
OTHER = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"


def site_of(changed: Mapping[str, bytes]) -> Site:
    whole = Folder({**FILES, **changed})
    return read_site(whole, load_recipes(whole))


def codes(call: Callable[[], object]) -> list[tuple[str, object]]:
    with pytest.raises(Refused) as refused:
        call()
    return [(p.code, p.values.get("nearest")) for p in refused.value.problems]


def test_an_app_is_added_with_all_that_was_asked() -> None:
    changed = edit.add_app(
        FILES, "lilas/pad", "plain", "pad.lilas.test", "large", {"title": "No: 1 # pad"}, "one"
    )

    app = site_of(changed).groups["lilas"].apps["pad"]
    assert list(changed) == ["groups/lilas.yml"]
    assert (app.recipe, app.domain, app.size, app.host) == ("plain", "pad.lilas.test", "large", "one")
    assert app.settings == {"title": "No: 1 # pad"}
    assert changed["groups/lilas.yml"].startswith(b"# Ours.\n")


def test_the_first_app_of_a_group_is_added() -> None:
    changed = edit.add_app(FILES, "merles/pad", "bare", "pad.merles.test")

    assert list(site_of(changed).groups["merles"].apps) == ["pad"]


def test_an_app_is_removed_and_its_data_kept_unless_asked() -> None:
    kept = site_of(edit.remove_app(FILES, "lilas/wiki")).groups["lilas"]
    forgotten = site_of(edit.remove_app(FILES, "lilas/wiki", forget_data=True)).groups["lilas"]

    assert (list(kept.apps), kept.forget_data) == (["blog"], ())
    assert (list(forgotten.apps), forgotten.forget_data) == (["blog"], ("wiki",))


def test_the_data_of_an_app_removed_earlier_can_be_forgotten() -> None:
    changed = edit.remove_app(FILES, "lilas/old", forget_data=True)

    assert site_of(changed).groups["lilas"].forget_data == ("old",)


def test_an_app_is_changed_key_by_key() -> None:
    changed = edit.set_app(
        FILES, "lilas/wiki", {"size": "large", "domain": "w.lilas.test", "settings.title": "Ours"}
    )
    again = edit.set_app(
        {**FILES, **changed}, "lilas/wiki", {"size": None, "settings.title": None, "host": None}
    )

    app = site_of(changed).groups["lilas"].apps["wiki"]
    assert (app.size, app.domain, app.settings) == ("large", "w.lilas.test", {"title": "Ours"})
    assert site_of(again).groups["lilas"].apps["wiki"].size == "small"
    assert site_of(again).groups["lilas"].apps["wiki"].settings == {"title": "Plain"}


def test_a_group_is_added_with_a_name_no_yaml_would_like() -> None:
    changed = edit.add_group(FILES, "canard", "Le canard: #1", ("fr", "no"))

    added = site_of(changed).groups["canard"]
    assert (added.name, added.languages) == ("Le canard: #1", ("fr", "no"))


def test_what_an_app_needs_of_its_host_is_set_and_taken_out() -> None:
    changed = edit.set_app(FILES, "lilas/wiki", {"needs.region": "BE"})
    text = changed["groups/lilas.yml"].decode()
    assert "region: BE" in text
    again = edit.set_app({**FILES, **changed}, "lilas/wiki", {"needs.region": None})
    assert "region" not in again["groups/lilas.yml"].decode()


def test_an_operator_is_added() -> None:
    changed = edit.add_operator(FILES, "ben", OTHER)

    assert [(o.name, o.recipient) for o in site_of(changed).operators] == [("ana", RECIPIENT), ("ben", OTHER)]


def test_a_host_is_added() -> None:
    changed = edit_hosts.put_host(FILES, "two", {"address": "192.0.2.7", "roles": ["worker"], "region": "BE"})

    with pytest.raises(Refused) as refused:
        site_of(changed)
    assert {p.code for p in refused.value.problems} == {"site.no-registry"}


@pytest.mark.parametrize(
    ("call", "code", "near"),
    [
        (lambda: edit.add_app(FILES, "lila/pad", "bare", "x.test"), "site.unknown-group-near", "lilas"),
        (lambda: edit.add_app(FILES, "zzz/pad", "bare", "x.test"), "site.unknown-group", None),
        (lambda: edit.add_app({}, "zzz/pad", "bare", "x.test"), "site.unknown-group-none", None),
        (lambda: edit.add_app(FILES, "lilas", "bare", "x.test"), "site.not-an-app", None),
        (lambda: edit.add_app(FILES, "lilas/wiki", "bare", "x.test"), "site.app-exists", None),
        (lambda: edit.add_app(FILES, "lilas/My Pad", "bare", "x.test"), "kernel.not-a-slug", None),
        (lambda: edit.add_app(FILES, "lilas/../x", "bare", "x.test"), "kernel.not-a-slug", None),
        (lambda: edit.remove_app(FILES, "lilas/wikki"), "site.unknown-app-near", "lilas/wiki"),
        (lambda: edit.remove_app(FILES, "merles/wiki"), "site.unknown-app-none", None),
        (lambda: edit.set_app(FILES, "lilas/wiki", {"sise": "x"}), "site.unsettable-near", "size"),
        (lambda: edit.set_app(FILES, "lilas/wiki", {"recipe": "x"}), "site.unsettable", None),
        (lambda: edit.set_app(FILES, "lilas/zzzzzz", {"size": "x"}), "site.unknown-app", None),
        (lambda: edit.add_group(FILES, "lilas", "Lilas"), "site.group-exists", None),
        (lambda: edit.add_group(FILES, "../lilas", "Lilas"), "kernel.not-a-slug", None),
        (lambda: edit.add_operator(FILES, "ana", OTHER), "site.operator-exists", None),
        (lambda: edit_hosts.put_host(FILES, "one", {"address": "local"}), "site.host-exists", None),
        (lambda: edit.recipe_of(FILES, "lilas/wikki"), "site.unknown-app-near", "lilas/wiki"),
    ],
)
def test_what_cannot_be_meant_is_refused(call: Callable[[], object], code: str, near: str | None) -> None:
    assert codes(call) == [(code, near)]


def test_answers_get_the_kind_their_setting_wants() -> None:
    text = (
        FILES["recipes/plain/recipe.yml"]
        .decode()
        .replace(
            "settings:\n",
            "settings:\n  many: {kind: number, question: {en: How many?}}\n  open: {kind: yes-no, question: {en: Open?}}\n"
            "  rooms: {kind: list, question: {en: Which?}}\n",
        )
    )
    recipe = load_recipes(Folder({**FILES, "recipes/plain/recipe.yml": text.encode()}))["plain"]

    given_answers = {"many": "7", "open": "yes", "rooms": "a, b ,", "title": "7"}

    assert edit.answers(given_answers, recipe) == {"many": 7, "open": True, "rooms": ("a", "b"), "title": "7"}
    assert codes(lambda: edit.answers({"many": "some", "open": "perhaps", "tilte": "x"}, recipe)) == [
        ("kernel.not-a-number", None),
        ("kernel.not-yes-no", None),
        ("site.unknown-setting-near", "title"),
    ]


slugs = st.from_regex(r"[a-z]([a-z0-9]|-(?!-)){0,8}[a-z0-9]", fullmatch=True).filter(
    lambda slug: slug not in ("wiki", "blog")
)
titles = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=20)


@given(slugs, titles, st.sampled_from(["small", "large"]))
def test_what_is_added_is_read_and_removing_it_restores_the_file(name: str, title: str, size: str) -> None:
    added = edit.add_app(FILES, f"lilas/{name}", "plain", f"{name}.lilas.test", size, {"title": title})

    app = site_of(added).groups["lilas"].apps[name]
    assert (app.settings["title"], app.size) == (title, size)
    assert edit.remove_app({**FILES, **added}, f"lilas/{name}") == {
        "groups/lilas.yml": FILES["groups/lilas.yml"]
    }
