"""Real builds: equal inputs give equal digests, and however a build ends nothing of it is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.kernel.sentences import say_problem
from polder.world.images import BuildRequest, build_image, can_build, forget_images, packages
from polder.world.images.archive import read_archive

pytestmark = pytest.mark.builder
Recipe = Callable[..., BuildRequest]


def names_in(archive: Path, layer: int = 1) -> set[str]:
    with read_archive(archive).layers[layer].open() as handle, tarfile.open(fileobj=handle) as tar:
        return set(tar.getnames())


def test_two_builds_of_the_static_recipe_from_scratch_have_the_same_digest(
    new_cache: Callable[[Path], Path], tmp_path: Path, repository: Path
) -> None:
    request = BuildRequest(
        "k", "static", "debian", ("lighttpd", "lighttpd-mod-deflate"), repository / "recipes/static/image"
    )
    first = build_image(request, new_cache(tmp_path / "one"))
    second = build_image(request, new_cache(tmp_path / "two"))
    assert first.id == second.id
    assert first.archive.read_bytes() == second.archive.read_bytes()
    assert first.packages["lighttpd"] == second.packages["lighttpd"]


def test_a_secret_baked_in_by_a_setup_shows_as_a_difference(
    new_cache: Callable[[Path], Path], tmp_path: Path, recipe: Recipe
) -> None:
    request = recipe("head -c 16 /dev/urandom | od -An -tx1 > /etc/secret")
    built = [build_image(request, new_cache(tmp_path / name)).id for name in ("one", "two")]
    assert built[0] != built[1]


def test_a_build_killed_in_the_middle_leaves_nothing_and_the_next_one_works(
    cache: Path, tmp_path: Path, recipe: Recipe
) -> None:
    request = recipe("[ -e /etc/patient ] || sleep 297.5")
    code = (
        "from pathlib import Path; from polder.world.images import *;"
        f"build_image(BuildRequest('k', 'small', 'debian', (), Path({str(request.folder)!r})),"
        f" Path({str(cache)!r}), lambda code, values: print(code, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any("image.setting-up" in line for line in process.stdout)
        wait_until(lambda: "297.5" in processes())
        process.send_signal(signal.SIGKILL)
    wait_until(lambda: "297.5" not in processes())
    assert str(cache) not in Path("/proc/mounts").read_text()
    assert list((cache / "work").glob("build-*/upper"))  # the dead build's, for the next to remove
    (request.folder / "files" / "etc" / "patient").write_text("")
    built = build_image(request, cache)
    assert "etc/patient" in names_in(built.archive)
    assert list((cache / "work").iterdir()) == []


def processes() -> str:
    """The command lines of everything that runs here."""
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def wait_until(holds: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def small_disk(new_cache: Callable[[Path], Path], tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a disk of a given size in memory and gives a cache on it."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disk-{size}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
        mounted.append(place)
        return new_cache(place / "cache")

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_is_too_small_is_refused_before_anything_begins(
    small_disk: Callable[[str], Path], recipe: Recipe
) -> None:
    with pytest.raises(Refused) as refused:
        build_image(recipe(), small_disk("64m"))
    assert "64 MiB free, 600 MiB needed" in say_problem(refused.value.problems[0])


def test_a_disk_that_fills_up_while_building_is_said_and_nothing_is_kept(
    small_disk: Callable[[str], Path], recipe: Recipe
) -> None:
    disk = small_disk("640m")
    with pytest.raises(Refused) as refused:
        build_image(recipe("head -c 900M /dev/zero > /srv/large"), disk)
    (problem,) = refused.value.problems
    assert problem.code == "image.disk-full"
    assert list((disk / "work").iterdir()) == []
    assert not (disk / "made").exists()


def test_two_builds_of_the_same_image_at_once_do_the_work_once(cache: Path, recipe: Recipe) -> None:
    request = recipe("sleep 0.5")
    said: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        built = list(
            pool.map(lambda _: build_image(request, cache, lambda code, _: said.append(code)), range(2))
        )
    assert built[0] == built[1]
    assert said.count("image.setting-up") == 1
    assert "image.waiting" in said and "image.cached" in said


def test_what_was_built_before_is_found_until_a_file_of_the_recipe_changes(
    cache: Path, recipe: Recipe, heard: Callable[..., None]
) -> None:
    request = recipe()
    first = build_image(request, cache)
    assert build_image(request, cache, heard) == first
    assert heard.codes == ["image.cached"]  # type: ignore[attr-defined]
    (request.folder / "files" / "etc" / "small").write_text("changed\n")
    assert build_image(request, cache).id != first.id


def test_a_group_s_files_become_one_more_layer_on_the_same_image(
    cache: Path, tmp_path: Path, recipe: Recipe
) -> None:
    content = tmp_path / "website"
    content.mkdir()
    (content / "index.html").write_text("<h1>Bonjour</h1>")
    request = recipe()
    plain = build_image(request, cache)
    filled = build_image(
        BuildRequest("small-1", "small", "debian", (), request.folder, content, "/srv/www"), cache
    )
    assert filled.id != plain.id
    assert [layer.diff_id for layer in read_archive(filled.archive).layers[:2]] == [
        layer.diff_id for layer in read_archive(plain.archive).layers
    ]
    assert names_in(filled.archive, 2) == {"srv", "srv/www", "srv/www/index.html"}


def test_packages_that_debian_does_not_have_are_named(cache: Path, recipe: Recipe) -> None:
    with pytest.raises(Refused) as refused:
        build_image(recipe(packages=("no-such-thing", "tini")), cache)
    said = say_problem(refused.value.problems[0])
    assert said == "Debian has no package named no-such-thing, which the recipe small asks for."


def test_a_setup_that_fails_is_shown_with_its_last_lines(cache: Path, recipe: Recipe) -> None:
    with pytest.raises(Refused) as refused:
        build_image(recipe("echo the dike is open >&2; exit 3"), cache)
    said = say_problem(refused.value.problems[0])
    assert "failed at the step “setup”" in said and "the dike is open" in said


def test_nothing_of_the_builder_s_own_environment_gets_into_a_build(
    cache: Path, recipe: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "hunter2")
    built = build_image(recipe("env > /etc/environment-seen; hostname >> /etc/environment-seen"), cache)
    with read_archive(built.archive).layers[1].open() as handle, tarfile.open(fileobj=handle) as tar:
        seen = tar.extractfile("etc/environment-seen")
        assert seen is not None
        text = seen.read().decode()
    assert "hunter2" not in text and os.uname().nodename not in text


def test_a_recipes_files_follow_the_images_own_links_and_never_reach_this_machine(
    cache: Path, recipe: Recipe, tmp_path: Path
) -> None:
    request = recipe()
    name = f"polder-{tmp_path.name}"
    place = request.folder / "files/var/run" / name
    place.parent.mkdir(parents=True)
    place.write_text("/var/run leads to /run")
    build_image(request, cache)
    assert not Path("/run", name).exists()


def test_what_is_inside_an_image_can_be_asked_for_by_its_key_until_it_is_forgotten(
    cache: Path, recipe: Recipe
) -> None:
    build_image(recipe(name="kept"), cache)
    build_image(recipe(name="dropped"), cache)
    assert "tini" in packages(cache, "kept")
    forget_images(cache, {"kept"})
    assert packages(cache, "dropped") == {}
    assert "tini" in packages(cache, "kept")


def test_this_machine_can_build(cache: Path) -> None:
    assert can_build(cache) == ()


def test_missing_programs_are_named_with_the_package_that_brings_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    said = {(p.code, p.values.get("tool"), p.values.get("package")) for p in can_build()}
    assert ("image.no-tool", "mmdebstrap", "mmdebstrap") in said
    assert ("image.no-tool", "unshare", "util-linux") in said


@pytest.mark.engine
def test_software_from_pypi_is_built_by_the_engine_on_the_same_base(
    cache: Path, tmp_path: Path, engine_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Dockerfile installs one small package; the authority that fetched it stays outside."""
    monkeypatch.setenv("DOCKER_HOST", engine_address)
    folder = tmp_path / "tiny" / "image"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(
        "ARG BASE\nFROM $BASE\n"
        "RUN --mount=type=secret,id=ca,target=/run/ca.crt apt-get -qq update"
        " && apt-get install -y -qq python3-venv >/dev/null && python3 -m venv /opt/tiny"
        " && if [ -s /run/ca.crt ]; then export PIP_CERT=/run/ca.crt; fi"
        " && /opt/tiny/bin/pip install -q --no-cache-dir iniconfig && rm -rf /var/lib/apt/lists/*\n"
        'CMD ["/opt/tiny/bin/python", "-c", "import iniconfig"]\n'
    )
    built = build_image(BuildRequest("tiny-1", "tiny", "docker", (), folder), cache)
    docker = ["/usr/bin/docker", "image"]
    try:
        found = json.loads(
            subprocess.run([*docker, "inspect", built.id], capture_output=True, check=True).stdout
        )
        assert found[0]["Config"]["Labels"] == {"polder.recipe": "tiny"}
        assert "pip:iniconfig" in built.packages and "tini" in built.packages
    finally:
        subprocess.run([*docker, "rm", "-f", built.id], capture_output=True)
