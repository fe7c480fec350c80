"""App layers from Debian packages: an overlay over the base, ``apt-get install``, the recipe's files, its
setup, a scrub.

Package lists are fetched once for each run of the program and shared by its builds, so that images built
together come from the same state of the archive.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.world.images import base as bases
from polder.world.images import cache as store
from polder.world.images import sandbox
from polder.world.images.archive import Image, Layer, new_image
from polder.world.images.layer import pack_upper
from polder.world.images.model import EPOCH, BuildRequest, Say
from polder.world.images.settings import read_settings

NEEDS = 600 * 2**20
"""Bytes of disk to have free before a layer is begun: its packages, its files, the layer and the archive
around it."""

FRESH = 3600.0
"""Seconds for which fetched package lists serve."""

_HERE = Path(__file__).parent
_STARTED = time.time()
_STEPS = {
    "lists": "image.fetching-lists",
    "install": "image.installing",
    "setup": "image.setting-up",
    "scrub": "image.packing",
}


def build_debian(request: BuildRequest, base: bases.Base, cache: Path, work: Path, say: Say) -> Image:
    """The recipe's image on ``base``; its new layer lies in ``work``."""
    runs = read_settings(request.folder) | {"Labels": {"polder.recipe": request.recipe}}
    stage_files(request.folder / "files", work / "stage")
    update = "yes" if _lists_old(cache, request.refresh) else "no"
    lines = _run(request, base, cache, work, say, update)
    if lines and update == "no" and sandbox.looks_stale(lines):
        lines = _run(request, base, cache, work, say, "yes")
    if lines:
        raise sandbox.failure(request.recipe, _last_step(work), lines, cache, _needed(work))
    layer = pack_layer(work, base)
    return new_image(
        (base.layer, layer), runs, (f"polder base {bases.SUITE}", f"polder recipe {request.recipe}")
    )


def pack_layer(work: Path, base: bases.Base) -> Layer:
    out = work / "layer.tar"
    digest = pack_upper(work / "upper", base.root, out)
    return Layer(digest, out.stat().st_size, out)


def _run(
    request: BuildRequest, base: bases.Base, cache: Path, work: Path, say: Say, update: str
) -> tuple[str, ...]:
    """One attempt in fresh folders. Returns its last lines when it failed, nothing when it went well."""
    for name in ("upper", "overlay", "root"):
        store.remove_tree(work / name)
        (work / name).mkdir()
    shutil.copystat(base.root, work / "upper")
    lists = _lists(cache)
    lists.mkdir(parents=True, exist_ok=True)
    with store.locked(cache, "lists", say, shared=update == "no"):
        status, lines = sandbox.run(
            ("sh", str(_HERE / "inside.sh")),
            _given(request, base, work, lists, update),
            _tell(request, work, say),
        )
        if status == 0 and update == "yes":
            os.utime(lists)
    return () if status == 0 else (lines or (f"it ended with status {status}",))


def _given(request: BuildRequest, base: bases.Base, work: Path, lists: Path, update: str) -> dict[str, str]:
    setup = request.folder / "setup"
    return {
        "LOWER": str(base.root), "UPPER": str(work / "upper"), "WORK": str(work / "overlay"),
        "ROOT": str(work / "root"), "STAGE": str(work / "stage"), "LISTS": str(lists),
        "SETUP": str(setup.resolve()) if setup.exists() else "", "PACKAGES": " ".join(request.packages),
        "UPDATE": update, "APT_OPTIONS": " ".join(_apt_proxy()),
    }  # fmt: skip


def _tell(request: BuildRequest, work: Path, say: Say) -> Callable[[str], None]:
    def tell(step: str) -> None:
        (work / "step").write_text(step)
        if step in _STEPS:
            say(_STEPS[step], {"recipe": request.recipe, "packages": request.packages})

    return tell


def _last_step(work: Path) -> str:
    path = work / "step"
    return path.read_text() if path.exists() else "start"


def _needed(work: Path) -> int:
    """What the build took until it failed and as much again for packing it; never less than a build's
    ordinary need."""
    taken = sum(path.lstat().st_size for path in (work / "upper").rglob("*"))
    return max(NEEDS, 2 * taken + NEEDS // 2)


def _lists(cache: Path) -> Path:
    return cache / "lists" / bases.key()


def _lists_old(cache: Path, refresh: bool) -> bool:
    lists = _lists(cache)
    if not any(lists.glob("*_Packages*")):
        return True
    fetched = lists.stat().st_mtime
    return time.time() - fetched > FRESH or (refresh and fetched < _STARTED)


def _apt_proxy() -> list[str]:
    """The proxy that this machine's own apt uses, as options."""
    done = subprocess.run(
        ("apt-config", "shell", "P", "Acquire::http::Proxy"), capture_output=True, text=True
    )
    value = done.stdout.strip().removeprefix("P=").strip("'")
    return ["-o", f"Acquire::http::Proxy={value}"] if value and " " not in value else []


def stage_files(files: Path, stage: Path) -> None:
    """A copy of the recipe's files with the modes that git keeps (0644, 0755), root's, and one time for
    all."""
    stage.mkdir()
    for root, folders, names in os.walk(files):
        place = stage / Path(root).relative_to(files)
        for name in (*folders, *names):
            _stage(Path(root, name), place / name)
    for path in sorted((stage, *stage.rglob("*")), reverse=True):
        os.utime(path, (EPOCH, EPOCH), follow_symlinks=False)


def _stage(source: Path, target: Path) -> None:
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir(mode=0o755)
        target.chmod(0o755)
    elif source.is_file():
        shutil.copyfile(source, target)
        target.chmod(0o755 if source.stat().st_mode & 0o100 else 0o644)
    else:
        raise Refused(Problem("image.odd-file", values={"file": source.name, "folder": "files"}))
