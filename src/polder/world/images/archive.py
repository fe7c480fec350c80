"""A docker-archive (what ``docker save`` writes and ``docker load`` reads), written so that equal images are
equal bytes.

The image's id is the digest of its configuration, which names each layer by digest (OCI image specification,
"ImageID").
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from polder.kernel.digest import Digest, digest_of_bytes, short
from polder.world.images.model import EPOCH

CREATED = "2025-10-09T08:53:20Z"
"""``EPOCH`` as the image configuration spells it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """An uncompressed layer: the whole of ``path``, or the ``member`` of the tar file ``path``."""

    diff_id: Digest
    size: int
    path: Path
    member: str = ""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        if not self.member:
            with self.path.open("rb") as handle:
                yield handle
            return
        with tarfile.open(self.path) as tar:
            found = tar.extractfile(self.member)
            assert found is not None
            yield found


@dataclass(frozen=True, slots=True)
class Image:
    """``config`` is the image configuration as written, ``layers`` lowest first."""

    config: bytes
    layers: tuple[Layer, ...]

    @property
    def id(self) -> Digest:
        return digest_of_bytes(self.config)

    @property
    def size(self) -> int:
        return sum(layer.size for layer in self.layers)


def new_image(layers: tuple[Layer, ...], runs: dict[str, Any], story: tuple[str, ...]) -> Image:
    """An image of ``layers``; ``runs`` is its ``config`` object, ``story`` one line about each layer."""
    from polder.world.images.needs import architecture

    history = [{"created": CREATED, "created_by": line} for line in story]
    rootfs = {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}
    config = {
        "architecture": architecture(),
        "config": runs,
        "created": CREATED,
        "history": history,
        "os": "linux",
        "rootfs": rootfs,
    }
    return Image(json.dumps(config, sort_keys=True, separators=(",", ":")).encode(), layers)


def with_layer(image: Image, layer: Layer, story: str) -> Image:
    """``image`` with one more layer on top."""
    config = json.loads(image.config)
    config["rootfs"]["diff_ids"].append(layer.diff_id)
    config.setdefault("history", []).append({"created": CREATED, "created_by": story})
    return Image(json.dumps(config, sort_keys=True, separators=(",", ":")).encode(), (*image.layers, layer))


def write_archive(image: Image, recipe: str, out: Path) -> None:
    """Write ``image`` to ``out``, tagged ``polder/<recipe>:<id>`` so that nobody's clean-up of untagged
    images takes it."""
    names = [f"{short(layer.diff_id, 64)}/layer.tar" for layer in image.layers]
    config_name = f"{short(image.id, 64)}.json"
    tag = f"polder/{recipe}:{short(image.id)}"
    manifest = json.dumps([{"Config": config_name, "Layers": names, "RepoTags": [tag]}]).encode()
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        _add(tar, config_name, io.BytesIO(image.config), len(image.config))
        for name, layer in dict(zip(names, image.layers, strict=True)).items():
            with layer.open() as handle:
                _add(tar, name, handle, layer.size)
        _add(tar, "manifest.json", io.BytesIO(manifest), len(manifest))


def _add(tar: tarfile.TarFile, name: str, handle: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime, info.mode = size, EPOCH, 0o644
    tar.addfile(info, handle)


def read_archive(path: Path) -> Image:
    """The image in a docker-archive with uncompressed layers, ours or one that ``docker save`` wrote."""
    with tarfile.open(path) as tar:
        manifest = json.loads(_read(tar, "manifest.json"))[0]
        config = _read(tar, manifest["Config"])
        digests = json.loads(config)["rootfs"]["diff_ids"]
        sizes = [tar.getmember(name).size for name in manifest["Layers"]]
    named = zip(digests, sizes, manifest["Layers"], strict=True)
    return Image(config, tuple(Layer(Digest(diff), size, path, name) for diff, size, name in named))


def _read(tar: tarfile.TarFile, name: str) -> bytes:
    found = tar.extractfile(name)
    assert found is not None
    return found.read()


def layer_of(path: Path) -> Layer:
    """The layer that the whole file ``path`` is."""
    with path.open("rb") as handle:
        found = hashlib.file_digest(handle, "sha256").hexdigest()
    return Layer(Digest(f"sha256:{found}"), path.stat().st_size, path)
