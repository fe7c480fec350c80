"""The base image: Debian trixie's minimal variant with certificates, a small init and ``polder-http-ok``.

Made by ``mmdebstrap``, scrubbed so that two makings from the same archive are the same bytes. One unpacked
copy stays in the cache as the lower folder of every app layer.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from polder.kernel.digest import Digest, digest_of_data, short
from polder.world.images import cache as store
from polder.world.images import sandbox
from polder.world.images.archive import Layer, layer_of
from polder.world.images.model import Say
from polder.world.images.needs import architecture
from polder.world.images.packages import installed

SUITE = "trixie"
NEEDS = 700 * 2**20
"""Bytes of disk that making a base takes at most: the tree twice, its packages, the tar file."""

_HERE = Path(__file__).parent
_STARTED = time.time()
_INCLUDE = "ca-certificates,tini"
_EXCLUDED = ("man", "locale", "info", "doc", "doc-base", "lintian", "bug", "gtk-doc")
_CLEAN_APT = (
    'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };\\n'
    'Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\\nAPT::Keep-Downloaded-Packages "false";\\n'
)
_SCRUB = (
    *("etc/hostname", "etc/resolv.conf", "etc/machine-id", "etc/.pwd.lock"),
    *("etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"),
    *("var/lib/apt/lists/*", "var/lib/dpkg/*-old", "var/cache/apt/*.bin", "var/cache/debconf/*-old"),
    *("var/cache/ldconfig/aux-cache", "var/log/*"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Base:
    """``root`` is the unpacked tree (never written to), ``layer`` the same as a tar file."""

    root: Path
    layer: Layer


def recipe_argv(target: Path) -> tuple[str, ...]:
    """The whole ``mmdebstrap`` command; everything that decides what is in the base is here."""
    scrub = "rm -rf " + " ".join(f'"$1"/{path}' for path in _SCRUB)
    return (
        *("mmdebstrap", "--variant=minbase", f"--include={_INCLUDE}"),
        *("--mode=root", "--format=tar", "--skip=output/dev"),
        "--dpkgopt=force-unsafe-io",
        *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in _EXCLUDED),
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        *("--aptopt=Acquire::Languages \"none\"", "--aptopt=APT::Install-Recommends \"false\""),
        f"--customize-hook=printf '{_CLEAN_APT}' > \"$1\"/etc/apt/apt.conf.d/docker-clean",
        f"--customize-hook=install -m 755 '{_HERE / 'polder-http-ok'}' \"$1\"/usr/local/bin/polder-http-ok",
        f"--customize-hook={scrub}",
        *(SUITE, str(target)),
    )  # fmt: skip


def key() -> str:
    """Names the base by what goes in: the command, our script, the architecture."""
    argv = [word.replace(str(_HERE), "") for word in recipe_argv(Path("base.tar"))]
    return short(digest_of_data([argv, (_HERE / "polder-http-ok").read_text(), architecture()]))


def provide_base(cache: Path, say: Say, *, refresh: bool = False) -> Base:
    """The base in the cache, made when it is not there; ``refresh`` makes it again, once for each run of the
    program."""
    pointer = cache / "base" / f"{key()}.json"
    with store.locked(cache, f"base-{key()}", say):
        known = store.read_json(pointer)
        if (
            known
            and not (refresh and known["made"] < _STARTED)
            and (cache / "base" / known["folder"] / "root").is_dir()
        ):
            return _read(cache / "base" / known["folder"], known)
        return _make(cache, pointer, say)


def _read(folder: Path, known: dict[str, Any]) -> Base:
    return Base(folder / "root", Layer(Digest(str(known["layer"])), int(known["size"]), folder / "layer.tar"))


def _make(cache: Path, pointer: Path, say: Say) -> Base:
    began = time.monotonic()
    with store.enough_disk(cache, NEEDS), store.work_folder(cache) as work:
        say("image.making-base", {"suite": SUITE})
        layer = _bootstrap(cache, work)
        folder = _unpack(cache, work, layer)
        known: dict[str, Any] = {
            "folder": folder.name,
            "layer": layer.diff_id,
            "size": layer.size,
            "made": time.time(),
            "packages": installed(folder / "root"),
        }
        store.write_json(pointer, known)
    say("image.base-made", {"seconds": round(time.monotonic() - began)})
    return _read(folder, known)


def _bootstrap(cache: Path, work: Path) -> Layer:
    made = work / "out"
    made.mkdir()
    (work / "tmp").mkdir()
    status, lines = sandbox.run(
        recipe_argv(made / "layer.tar"), {"TMPDIR": str(work / "tmp")}, lambda step: None
    )
    if status != 0:
        raise sandbox.failure("base", "mmdebstrap", lines, cache, NEEDS)
    return layer_of(made / "layer.tar")


def _unpack(cache: Path, work: Path, layer: Layer) -> Path:
    """Unpack beside the tar file and let both appear under the layer's own name."""
    root = work / "out" / "root"
    root.mkdir()
    argv = (
        "tar",
        "-C",
        str(root),
        "-xpf",
        str(layer.path),
        "--numeric-owner",
        "--xattrs",
        "--xattrs-include=*",
    )
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode != 0:
        raise sandbox.failure("base", "tar", tuple(done.stderr.splitlines()), cache, NEEDS)
    (root / "dev").mkdir(exist_ok=True)
    place = cache / "base" / short(layer.diff_id)
    if not place.exists():
        store.publish(work / "out", place)
    return place


def forget_old_bases(cache: Path) -> None:
    """Remove unpacked bases that no pointer names; the caller makes sure that no build is using one."""
    folder = cache / "base"
    kept = {(store.read_json(pointer) or {}).get("folder") for pointer in folder.glob("*.json")}
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place)
