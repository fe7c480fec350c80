"""One image: from the cache when its inputs were built before, else the base, the recipe's layer and the
group's files.

What counts as "the same" is decided by what is really there (base layer, packages, every file of ``image/``,
every file of the content), so a caller's key that was not changed with its recipe never brings an old image
back.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from polder.kernel.digest import digest_of_bytes, digest_of_data, short
from polder.kernel.problem import Problem, Refused, Value
from polder.world.images import base as bases
from polder.world.images import cache as store
from polder.world.images.archive import Image, Layer, read_archive, with_layer, write_archive
from polder.world.images.debian import NEEDS, build_debian
from polder.world.images.docker_build import build_docker
from polder.world.images.layer import pack_content
from polder.world.images.model import BuildRequest, Built, Say
from polder.world.images.needs import can_build
from polder.world.images.packages import in_image

FORMAT = 2
"""Counts up when the builder itself would make something else of the same inputs."""


def _quiet(code: str, values: Any) -> None:
    """Progress that nobody wants."""


def build_image(request: BuildRequest, cache: Path, say: Say = _quiet) -> Built:
    """Build what ``request`` asks for, or find it in ``cache``.

    Refuses with ``image.*`` problems: what is missing on the machine, unknown packages, a failed step with
    its last lines, a full disk with what is needed.
    """
    _refuse_if_impossible(request, cache)
    with store.locked(cache, "in-use", say, shared=True):
        return _provide(request, cache, say)


def _provide(request: BuildRequest, cache: Path, say: Say) -> Built:
    base = bases.provide_base(cache, say, refresh=request.refresh)
    inputs = inputs_of(request, base)
    with store.locked(cache, f"image-{short(inputs)}", say):
        built = None if request.refresh else _find(cache, inputs)
        if built:
            say("image.cached", {"recipe": request.recipe})
        else:
            built = _build(request, base, inputs, cache, say)
    if request.content:
        built = _with_content(request, inputs, built, cache, say)
    store.write_json(cache / "keys" / f"{_file_name(request.key)}.json", {"made": built.archive.parent.name})
    return built


def _refuse_if_impossible(request: BuildRequest, cache: Path) -> None:
    problems = list(can_build(cache))
    if not request.folder.is_dir() and request.kind == "docker":
        problems.append(
            Problem("image.no-folder", values={"recipe": request.recipe, "folder": str(request.folder)})
        )
    if request.content and not request.content.is_dir():
        problems.append(
            Problem("image.no-content", values={"recipe": request.recipe, "folder": str(request.content)})
        )
    if problems:
        raise Refused(problems)


def inputs_of(request: BuildRequest, base: bases.Base) -> str:
    """Digest of everything that goes into the recipe's image, content aside."""
    files = {str(p.relative_to(request.folder)): _fingerprint(p) for p in sorted(request.folder.rglob("*"))}
    builder = [FORMAT, (Path(__file__).parent / "inside.sh").read_text()]
    return digest_of_data(
        [builder, request.kind, request.recipe, base.layer.diff_id, request.packages, files]
    )


def _fingerprint(path: Path) -> str:
    if path.is_symlink():
        return f"link {path.readlink()}"
    if not path.is_file():
        return "folder"
    return f"{path.stat().st_mode & 0o100} {digest_of_bytes(path.read_bytes())}"


def _build(request: BuildRequest, base: bases.Base, inputs: str, cache: Path, say: Say) -> Built:
    began = time.monotonic()
    with store.enough_disk(cache, NEEDS), store.work_folder(cache) as work:
        make = build_debian if request.kind == "debian" else build_docker
        built = _keep(request, make(request, base, cache, work, say), inputs, cache, work)
    _say_made(request, built, began, say)
    return built


def _with_content(request: BuildRequest, inputs: str, plain: Built, cache: Path, say: Say) -> Built:
    """``plain`` with the group's files as its top layer."""
    began = time.monotonic()
    assert request.content is not None
    with store.enough_disk(cache, plain.archive.stat().st_size), store.work_folder(cache) as work:
        layer_file = work / "content.tar"
        digest = pack_content(request.content, request.content_at, layer_file)
        layered = digest_of_data([inputs, plain.id, digest])
        with store.locked(cache, f"image-{short(layered)}", say):
            if found := _find(cache, layered):
                return found
            image = read_archive(plain.archive)
            layer = Layer(digest, layer_file.stat().st_size, layer_file)
            built = _keep(
                request, with_layer(image, layer, "polder content"), layered, cache, work, plain.packages
            )
    _say_made(request, built, began, say)
    return built


def _keep(
    request: BuildRequest, image: Image, inputs: str, cache: Path, work: Path, known: Any = None
) -> Built:
    """Write the archive and its manifest beside each other and let them appear in the cache."""
    out = work / "made"
    out.mkdir()
    write_archive(image, request.recipe, out / "image.tar")
    found = dict(known) if known is not None else in_image(image)
    manifest = {
        "id": image.id,
        "size": image.size,
        "recipe": request.recipe,
        "packages": found,
        "inputs": inputs,
        "made": time.time(),
    }
    store.write_json(out / "manifest.json", manifest)
    store.publish(out, cache / "made" / short(inputs))
    return Built(cache / "made" / short(inputs) / "image.tar", image.id, image.size, found)


def _find(cache: Path, inputs: str) -> Built | None:
    folder = cache / "made" / short(inputs)
    known = store.read_json(folder / "manifest.json")
    if not known or known["inputs"] != inputs or not (folder / "image.tar").exists():
        return None
    return Built(folder / "image.tar", known["id"], known["size"], known["packages"])


def _say_made(request: BuildRequest, built: Built, began: float, say: Say) -> None:
    from polder.kernel.size import show_bytes

    seconds = round(time.monotonic() - began, 1)
    values: dict[str, Value] = {"recipe": request.recipe, "size": show_bytes(built.size), "seconds": seconds}
    say("image.made", values)


def _file_name(key: str) -> str:
    return key.replace("/", "_").replace(":", "-")


def packages(cache: Path, key: str) -> dict[str, str]:
    """What is inside the image last built for ``key``: package to version; empty when it is not in the
    cache."""
    pointer = store.read_json(cache / "keys" / f"{_file_name(key)}.json") or {}
    manifest = store.read_json(cache / "made" / pointer.get("made", "-") / "manifest.json") or {}
    found: dict[str, str] = manifest.get("packages", {})
    return found


def forget_images(cache: Path, keep: Collection[str], say: Say = _quiet) -> None:
    """Remove from the cache every image whose key is not in ``keep``, and bases nobody needs; waits for
    builds going on."""
    with store.locked(cache, "in-use", say):
        folders = _forget_keys(cache / "keys", {_file_name(key) for key in keep})
        for folder in (cache / "made").glob("*"):
            if folder.name not in folders:
                store.remove_tree(folder)
        bases.forget_old_bases(cache)


def _forget_keys(folder: Path, kept: set[str]) -> set[str]:
    """Remove the names not kept; returns the folders that the others lead to."""
    for pointer in folder.glob("*.json"):
        if pointer.stem not in kept:
            pointer.unlink()
    return {(store.read_json(pointer) or {}).get("made", "") for pointer in folder.glob("*.json")}
