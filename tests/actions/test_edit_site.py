"""Edits of a site on disk: checked before they are written, committed after."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from polder.actions import edit_hosts, edit_site
from polder.actions.check_site import load_site
from polder.kernel.problem import Refused
from polder.world import git
from support.sites import group, site_files


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path) -> Path:
    folder = tmp_path / "site"
    for path, text in site_files({"lilas": "# Ours.\n" + group("wiki plain", "blog bare")}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git.start_repository(folder)
    git.commit_paths(folder, [folder / name for name in site_files({"lilas": ""})], "Begin.")
    return folder


def refusal(call: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as refused:
        call()
    return [problem.code for problem in refused.value.problems]


def log(folder: Path) -> list[str]:
    done = subprocess.run(
        ["git", "log", "--format=%s"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_an_app_is_added_written_and_committed(site: Path) -> None:
    new = edit_site.NewApp("lilas/pad", "plain", "pad.lilas.test", "large", "", {"title": "Notes"})

    edited = edit_site.add_app(site, new)

    assert edited.files == ("groups/lilas.yml",)
    assert load_site(site).groups["lilas"].apps["pad"].settings == {"title": "Notes"}
    assert log(site)[0] == "Add lilas/pad: plain at pad.lilas.test."
    assert edited.commit.id


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "plian", "x.test")),
            "site.unknown-recipe-near",
        ),
        (
            lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "bare", "wiki.lilas.test")),
            "site.same-domain",
        ),
        (lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "bare", "x")), "kernel.not-a-domain"),
        (
            lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "ingress", "x.test")),
            "site.system-recipe",
        ),
        (
            lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "bare", "x.test", "smal")),
            "site.unknown-size-near",
        ),
        (
            lambda s: edit_site.add_app(
                s, edit_site.NewApp("lilas/x", "plain", "x.test", "", "", {"tite": "y"})
            ),
            "site.unknown-setting-near",
        ),
        (
            lambda s: edit_site.add_app(s, edit_site.NewApp("lilas/x", "bare", "x.test", "", "oen")),
            "site.unknown-host-near",
        ),
        (lambda s: edit_site.set_app(s, "lilas/wiki", {"size": "huge"}), "site.unknown-size"),
        (lambda s: edit_site.set_app(s, "lilas/wiki", {"domain": "blog.lilas.test"}), "site.same-domain"),
        (lambda s: edit_site.set_app(s, "lilas/wiki", {"domain": ""}), "kernel.missing-key"),
        (lambda s: edit_site.set_app(s, "lilas/wiki", {"settings.titel": "x"}), "site.unknown-setting-near"),
        (lambda s: edit_site.add_group(s, "polder", "Polder"), "site.reserved-group"),
        (lambda s: edit_site.add_group(s, "merles", ""), "kernel.no-value"),
        (lambda s: edit_site.add_operator(s, "ben", "age1nothing"), "site.not-a-recipient"),
        (
            lambda s: edit_hosts.add_host(s, edit_hosts.NewHost("two", "two.lilas.test")),
            "site.not-an-address",
        ),
    ],
)
def test_nothing_invalid_is_ever_written(site: Path, call: Callable[[Path], object], code: str) -> None:
    before = {
        path: path.read_bytes() for path in site.rglob("*") if path.is_file() and ".git" not in path.parts
    }

    assert code in refusal(lambda: call(site))

    assert {p: p.read_bytes() for p in site.rglob("*") if p.is_file() and ".git" not in p.parts} == before
    assert log(site) == ["Begin."]


def test_an_edit_can_mend_what_is_wrong(site: Path) -> None:
    text = (site / "groups/lilas.yml").read_text()
    (site / "groups/lilas.yml").write_text(text.replace("domain: blog.lilas.test", "domain: wiki.lilas.test"))
    assert refusal(lambda: load_site(site)) == ["site.same-domain"]

    edit_site.set_app(site, "lilas/blog", {"domain": "blog.lilas.test"})

    assert load_site(site).groups["lilas"].apps["blog"].domain == "blog.lilas.test"


def test_a_file_saved_by_somebody_meanwhile_is_not_overwritten(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site / "groups/lilas.yml"
    theirs = file.read_text() + "# somebody else was here\n"
    checked = edit_site.site_of

    def slowly(*words: object) -> object:
        file.write_text(theirs)
        return checked(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(edit_site, "site_of", slowly)

    assert refusal(lambda: edit_site.set_app(site, "lilas/wiki", {"size": "large"})) == [
        "site.changed-meanwhile"
    ]
    assert file.read_text() == theirs


def test_removing_says_which_data_is_kept(site: Path) -> None:
    assert edit_site.kept_data(load_site(site), "lilas/wiki") == ("les-lilas_lilas_wiki_data",)
    assert edit_site.kept_data(load_site(site), "lilas/blog") == ()

    edit_site.remove_app(site, "lilas/wiki")

    assert load_site(site).groups["lilas"].forget_data == ()
    assert log(site)[0] == "Remove lilas/wiki, keep its data."


def test_forgetting_is_written_where_people_can_read_it(site: Path) -> None:
    edit_site.remove_app(site, "lilas/wiki", forget_data=True)

    assert load_site(site).groups["lilas"].forget_data == ("wiki",)
    assert "forget-data: [wiki]" in (site / "groups/lilas.yml").read_text()


def test_asking_for_what_is_so_already_writes_nothing(site: Path) -> None:
    edit_site.set_app(site, "lilas/wiki", {"size": "large"})

    edited = edit_site.set_app(site, "lilas/wiki", {"size": "large"})

    assert edited.files == ()
    assert len(log(site)) == 2


def test_a_group_and_then_its_first_app_are_added(site: Path) -> None:
    edit_site.add_group(site, "merles", "Les Merles", ("fr",))
    edit_site.add_app(site, edit_site.NewApp("merles/site", "bare", "merles.test"))

    assert [app.id for app in load_site(site).apps] == ["lilas/wiki", "lilas/blog", "merles/site"]
