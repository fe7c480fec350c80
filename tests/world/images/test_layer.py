"""Layers and archives: the same files give the same bytes, and nothing that must not be published gets in."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.problem import Refused
from polder.world.contents import read_contents
from polder.world.images.archive import layer_of, new_image, read_archive, with_layer, write_archive
from polder.world.images.layer import pack_content, pack_upper
from polder.world.images.model import EPOCH
from polder.world.images.packages import in_image


def members(archive: Path) -> list[tarfile.TarInfo]:
    with tarfile.open(archive) as tar:
        return tar.getmembers()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return sorted(problem.code for problem in refused.value.problems)


@pytest.fixture
def website(tmp_path: Path) -> Path:
    folder = tmp_path / "website"
    (folder / "css").mkdir(parents=True)
    (folder / "index.html").write_text("<h1>Bonjour</h1>")
    (folder / "css" / "a.css").write_text("h1 {}")
    return folder


def test_the_same_files_written_later_by_another_hand_give_the_same_layer(
    website: Path, tmp_path: Path
) -> None:
    first = pack_content(website, "/srv/www", tmp_path / "first.tar")
    for path in website.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(0o700 if path.is_dir() else 0o600)
    assert pack_content(website, "/srv/www", tmp_path / "second.tar") == first
    assert (tmp_path / "first.tar").read_bytes() == (tmp_path / "second.tar").read_bytes()


def test_content_belongs_to_root_with_plain_modes_and_lies_where_asked(website: Path, tmp_path: Path) -> None:
    pack_content(website, "/srv/www", tmp_path / "layer.tar")
    found = {m.name: (m.mode, m.uid, m.uname) for m in members(tmp_path / "layer.tar")}
    assert found["srv/www/index.html"] == (0o644, 0, "")
    assert found["srv/www/css"] == (0o755, 0, "")
    assert list(found)[:2] == ["srv", "srv/www"]


def test_a_file_that_changed_gets_another_time_so_that_browsers_ask_again(
    website: Path, tmp_path: Path
) -> None:
    pack_content(website, "/srv/www", tmp_path / "before.tar")
    (website / "index.html").write_text("<h1>Bonsoir</h1>")
    pack_content(website, "/srv/www", tmp_path / "after.tar")
    before, after = (
        {m.name: m.mtime for m in members(tmp_path / name)} for name in ("before.tar", "after.tar")
    )
    assert before["srv/www/index.html"] != after["srv/www/index.html"]
    assert before["srv/www/css/a.css"] == after["srv/www/css/a.css"]
    assert max(after.values()) <= EPOCH


def test_links_out_of_the_folder_sockets_and_reserved_names_are_refused_all_at_once(
    website: Path, tmp_path: Path
) -> None:
    (website / "secret").symlink_to("/etc/passwd")
    (website / "css" / "up").symlink_to("../../elsewhere")
    os.mkfifo(website / "pipe")
    (website / ".wh.index.html").write_text("")
    with pytest.raises(Refused) as refused:
        pack_content(website, "/srv/www", tmp_path / "layer.tar")
    assert codes(refused) == ["image.link-outside", "image.link-outside", "image.odd-file", "image.odd-name"]


@pytest.mark.parametrize("inside", [".git", "sub/.git", ".git/config", "sub/.git/config"])
def test_the_history_of_a_website_is_not_served_with_it(website: Path, tmp_path: Path, inside: str) -> None:
    before = (
        pack_content(website, "/srv/www", tmp_path / "before.tar"),
        read_contents(website.parent, [website.name]),
    )
    (website / "sub").mkdir(exist_ok=True)
    packed = pack_content(website, "/srv/www", tmp_path / "empty.tar")
    (website / inside).parent.mkdir(parents=True, exist_ok=True)
    (website / inside).write_text("url = https://ana:hunter2@forge.example\n")
    assert pack_content(website, "/srv/www", tmp_path / "after.tar") == packed
    assert read_contents(website.parent, [website.name]) == before[1]


def test_a_link_within_the_folder_stays_a_link(website: Path, tmp_path: Path) -> None:
    (website / "css" / "home.html").symlink_to("../index.html")
    pack_content(website, "/srv/www", tmp_path / "layer.tar")
    links = {m.name: m.linkname for m in members(tmp_path / "layer.tar") if m.issym()}
    assert links == {"srv/www/css/home.html": "../index.html"}


@given(st.dictionaries(st.text("abc/", min_size=1, max_size=6), st.binary(max_size=40), max_size=6))
def test_any_tree_packs_to_the_same_digest_from_two_copies(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    digests = []
    for order in (list(files), list(reversed(files))):
        folder = tmp_path_factory.mktemp("copy")
        (folder / "tree").mkdir()
        for name in order:
            safe = name.replace("/", "-")
            (folder / "tree" / safe).write_bytes(files[name] if safe == name else b"same")
        digests.append(pack_content(folder / "tree", "/at", folder / "layer.tar"))
    assert digests[0] == digests[1]


def test_hard_links_and_new_folders_are_kept_and_newer_times_cut_off(tmp_path: Path) -> None:
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    lower.mkdir()
    (upper / "bin").mkdir(parents=True)
    (upper / "bin" / "a").write_text("#!")
    (upper / "bin" / "b").hardlink_to(upper / "bin" / "a")
    pack_upper(upper, lower, tmp_path / "layer.tar")
    found = members(tmp_path / "layer.tar")
    assert [m.name for m in found] == ["bin", "bin/a", "bin/b"]
    assert found[2].islnk() and found[2].linkname == "bin/a"
    assert {m.mtime for m in found} == {EPOCH}


@pytest.mark.builder
def test_a_deletion_becomes_a_whiteout_only_where_something_lies_below(tmp_path: Path) -> None:
    lower, upper = tmp_path / "lower", tmp_path / "upper"
    for folder in (lower, upper):
        (folder / "etc").mkdir(parents=True)
    (lower / "etc" / "gone").write_text("")
    os.mknod(upper / "etc" / "gone", 0o020000, 0)
    os.mknod(upper / "etc" / "never-was", 0o020000, 0)
    pack_upper(upper, lower, tmp_path / "layer.tar")
    assert [m.name for m in members(tmp_path / "layer.tar")] == ["etc", "etc/.wh.gone"]


@pytest.mark.builder
def test_the_capabilities_of_a_program_travel_with_it(tmp_path: Path) -> None:
    (tmp_path / "upper").mkdir()
    program = tmp_path / "upper" / "serve"
    program.write_text("")
    capability = bytes.fromhex("0100000200040000000000000000000000000000")
    os.setxattr(program, "security.capability", capability)
    pack_upper(tmp_path / "upper", tmp_path / "lower", tmp_path / "layer.tar")
    (found,) = members(tmp_path / "layer.tar")
    text = found.pax_headers["SCHILY.xattr.security.capability"]
    assert text.encode("utf-8", "surrogateescape") == capability


def test_an_archive_reads_back_as_the_image_it_was_written_from(website: Path, tmp_path: Path) -> None:
    pack_content(website, "/srv/www", tmp_path / "one.tar")
    image = new_image((layer_of(tmp_path / "one.tar"),), {"Cmd": ["/bin/true"]}, ("one",))
    write_archive(image, "demo", tmp_path / "image.tar")
    again = read_archive(tmp_path / "image.tar")
    assert (again.id, again.size) == (image.id, image.size)
    write_archive(again, "demo", tmp_path / "again.tar")
    assert (tmp_path / "again.tar").read_bytes() == (tmp_path / "image.tar").read_bytes()


def test_a_layer_on_top_changes_the_image_and_keeps_what_is_below(website: Path, tmp_path: Path) -> None:
    pack_content(website, "/srv/www", tmp_path / "one.tar")
    (website / "index.html").write_text("other")
    pack_content(website, "/srv/www", tmp_path / "two.tar")
    low = new_image((layer_of(tmp_path / "one.tar"),), {}, ("one",))
    high = with_layer(low, layer_of(tmp_path / "two.tar"), "two")
    assert high.id != low.id
    assert high.layers[0] == low.layers[0]
    assert high.size == low.size + high.layers[1].size


def test_the_list_of_packages_names_debians_pythons_and_nodes(tmp_path: Path) -> None:
    files = {
        "var/lib/dpkg/status": b"Package: tini\nStatus: install ok installed\nVersion: 0.19.0-3\n",
        "opt/app/lib/python3.13/site-packages/Little_Thing-1.2.dist-info/METADATA": b"",
        "usr/lib/python3/dist-packages/debians_own-3.dist-info/METADATA": b"",
        "opt/web/node_modules/@scope/thing/package.json": b'{"version": "4.5.6"}',
    }
    with tarfile.open(tmp_path / "layer.tar", "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    image = new_image((layer_of(tmp_path / "layer.tar"),), {}, ("one",))
    assert in_image(image) == {"tini": "0.19.0-3", "pip:little-thing": "1.2", "npm:@scope/thing": "4.5.6"}
