"""Site folders on a disk that holds anything: links, huge files, pipes, files nobody may read."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from polder.kernel.folder import Folder
from polder.world import contents
from polder.world.files import (
    builtin_names,
    builtin_path,
    read_folder,
    read_recipe_folder,
    recipe_path,
    with_contents,
    write_atomically,
)
from support.full_disk import files_of_at_most


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    for path, text in {
        "site.yml": "provider: x\n",
        "hosts.yml": "one: {address: local}\n",
        "groups/lilas.yml": "name: Lilas\n",
        "secrets/lilas.wiki.password.age": "sealed",
        "recipes/own/recipe.yml": "recipe: own\n",
        "recipes/own/image/setup": "#!/bin/sh\n",
        "content/www/index.html": "Hello\n",
        "journal/2030-01.jsonl": "{}\n",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    (folder / "recipes/own/image/setup").chmod(0o755)
    return folder


def faults(folder: Folder) -> dict[str, str]:
    return {path: problem.code for path, problem in folder.faults.items()}


def test_what_a_site_reads_is_what_is_parsed(site: Path) -> None:
    folder = read_folder(site)

    assert sorted(folder.files) == [
        "groups/lilas.yml",
        "hosts.yml",
        "recipes/own/image/setup",
        "recipes/own/recipe.yml",
        "secrets/lilas.wiki.password.age",
        "site.yml",
    ]
    assert folder.executable == {"recipes/own/image/setup"}
    assert folder.faults == {}


def test_a_folder_that_is_not_there_is_an_empty_one(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "nowhere") == Folder({})


def test_a_file_of_fifty_megabytes_is_not_read(site: Path) -> None:
    with (site / "groups/big.yml").open("wb") as file:
        file.truncate(50 * 2**20)
    started = time.process_time()

    folder = read_folder(site)

    assert faults(folder) == {"groups/big.yml": "site.file-too-big"}
    assert "groups/big.yml" not in folder.files
    assert time.process_time() - started < 1


def test_links_inside_are_followed_and_links_outside_are_not(site: Path) -> None:
    (site / "groups/twin.yml").symlink_to("lilas.yml")
    (site / "groups/spy.yml").symlink_to("/etc/hostname")
    (site / "recipes/own/image/spy").symlink_to("../../../../outside")
    (site.parent / "outside").write_text("secret")

    folder = read_folder(site)

    assert folder.files["groups/twin.yml"] == b"name: Lilas\n"
    assert faults(folder) == {
        "groups/spy.yml": "site.file-outside",
        "recipes/own/image/spy": "site.file-outside",
    }


@pytest.mark.parametrize("name", ["groups", "secrets", "recipes"])
def test_a_folder_that_is_a_link_leading_out_is_not_followed(site: Path, name: str) -> None:
    (site / name).rename(site.parent / name)
    (site / name).symlink_to(site.parent / name)

    folder = read_folder(site)

    assert faults(folder) == {name: "site.file-outside"}
    assert not [path for path in folder.files if path.startswith(name)]


def test_a_pipe_does_not_make_the_reader_wait(site: Path) -> None:
    os.mkfifo(site / "groups/pipe.yml")
    os.mkfifo(site / "polder.lock")

    assert faults(read_folder(site)) == {
        "groups/pipe.yml": "site.file-unreadable",
        "polder.lock": "site.file-unreadable",
    }


def test_a_folder_in_the_place_of_a_file_is_a_fault(site: Path) -> None:
    (site / "groups/dir.yml").mkdir()

    assert faults(read_folder(site)) == {"groups/dir.yml": "site.file-unreadable"}


def test_a_file_with_the_other_ending_is_not_overlooked(site: Path) -> None:
    (site / "groups/canard.yaml").write_text("name: Canard\n")
    (site / "groups/.lilas.yml.swp").write_text("x")
    (site / "groups/notes.txt").write_text("x")

    assert faults(read_folder(site)) == {"groups/canard.yaml": "site.file-ending"}


def test_a_recipe_too_large_is_a_fault(site: Path) -> None:
    with (site / "recipes/own/image/blob").open("wb") as file:
        file.truncate(30 * 2**20)

    assert faults(read_folder(site)) == {"recipes/own/image/blob": "site.file-too-big"}


def test_the_digest_of_a_folder_is_the_same_wherever_it_lies_and_changes_with_any_file(
    site: Path, tmp_path: Path
) -> None:
    first = with_contents(read_folder(site), site, ["content/www"]).content["content/www"]
    moved = site.rename(tmp_path / "moved")
    assert with_contents(read_folder(moved), moved, ["content/www"]).content["content/www"] == first

    page = moved / "content/www/index.html"
    seen = {first}
    for change in (
        lambda: page.write_text("Hallo\n"),
        lambda: page.chmod(0o755),
        lambda: page.rename(page.with_name("home.html")),
        lambda: (moved / "content/www/link").symlink_to("home.html"),
    ):
        change()
        seen.add(with_contents(read_folder(moved), moved, ["content/www"]).content["content/www"])
    assert len(seen) == 5


def test_what_is_wrong_with_a_content_folder_is_a_fault(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("empty", "leak", "pipe", "many", "big", "git/.git"):
        (site / "content" / name).mkdir(parents=True)
    (site / "content/leak/passwd").symlink_to("/etc/passwd")
    os.mkfifo(site / "content/pipe/p")
    (site / "content/many/a").touch()
    (site / "content/many/b").touch()
    (site / "content/many/c").touch()
    (site / "content/big/a").write_bytes(b"x" * 2_000)
    (site / "content/git/.git/config").touch()
    (site / "content/out").symlink_to("/usr/share")
    monkeypatch.setattr(contents, "MOST_FILES", 2)
    monkeypatch.setattr(contents, "MOST_BYTES", 1_000)
    names = ["empty", "leak", "pipe", "many", "big", "git", "out", "none", "www/index.html", "www"]

    folder = with_contents(read_folder(site), site, [f"content/{name}" for name in names])

    assert faults(folder) == {
        "content/empty": "site.folder-empty",
        "content/leak": "site.folder-link",
        "content/pipe": "site.folder-special",
        "content/many": "site.folder-too-many",
        "content/big": "site.folder-too-big",
        "content/git": "site.folder-empty",
        "content/out": "site.folder-outside",
        "content/none": "site.folder-missing",
        "content/www/index.html": "site.folder-missing",
    }
    assert list(folder.content) == ["content/www"]


def test_recipes_that_come_with_polder_are_found(site: Path) -> None:
    class Own:
        name = "own"
        builtin = False

    found = read_recipe_folder(builtin_path("static"))

    assert {"static", "ingress"} <= set(builtin_names())
    assert found.files["recipe.yml"] == (builtin_path("static") / "recipe.yml").read_bytes()
    assert recipe_path(site, Own()) == site / "recipes/own"
    assert read_recipe_folder(recipe_path(site, Own())).executable == {"image/setup"}


def test_a_file_is_written_whole_with_its_mode_kept(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/file.yml"

    write_atomically(path, b"one", mode=0o600)
    path.chmod(0o640)
    write_atomically(path, b"two")

    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [found.name for found in path.parent.iterdir()] == ["file.yml"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.mkdir()

    with pytest.raises(OSError):
        write_atomically(path, b"x")

    assert [found.name for found in tmp_path.iterdir()] == ["file.yml"]


def test_a_full_disk_leaves_the_old_file_and_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_bytes(b"old")

    with files_of_at_most(1_000), pytest.raises(OSError) as trouble:
        write_atomically(path, b"x" * 10_000)

    assert path.read_bytes() == b"old" and trouble.value.filename == str(path)
    assert [found.name for found in tmp_path.iterdir()] == ["file.yml"]


@pytest.mark.parametrize("name", ["pad.YML", "pad.Yaml", "PAD.YAML"])
def test_a_groups_file_with_another_ending_is_no_silence(site: Path, name: str) -> None:
    (site / "groups/lilas.yml").rename(site / "groups" / name)
    assert faults(read_folder(site)) == {f"groups/{name}": "site.file-ending"}


def test_a_link_that_leads_nowhere_is_no_silence_and_neither_is_a_file_for_a_folder(site: Path) -> None:
    (site / "groups/pad.yml").symlink_to("moved.yml")
    (site / "secrets").rename(site / "elsewhere")
    (site / "secrets").write_text("in the way")
    unreadable = dict.fromkeys(["groups/pad.yml", "secrets"], "site.file-unreadable")
    assert faults(read_folder(site)) == unreadable
