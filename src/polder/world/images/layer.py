"""A layer: a folder as a tar file whose bytes depend on the folder's content alone.

Names sorted, times no later than ``EPOCH``, owners as numbers, hard links kept, capabilities kept (as the PAX
records that the OCI image specification names), an overlay's deletions as ``.wh.`` entries.

The order is that of paths, so that parents come first:

>>> sorted([("usr", "lib"), ("usr",), ("usr-local",)])
[('usr',), ('usr', 'lib'), ('usr-local',)]
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from polder.kernel.digest import Digest
from polder.kernel.problem import Problem, Problems
from polder.world.images.model import EPOCH

_CAPABILITY = "security.capability"
_OPAQUE = "trusted.overlay.opaque"


class _Hashing:
    """A file to write to that also digests what it is given."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle, self.hash = handle, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self._handle.write(data)


def pack_upper(upper: Path, lower: Path, out: Path) -> Digest:
    """Pack an overlay's upper folder into ``out``; returns the digest of the tar file (the layer's diff id).

    Deletions are written only for what ``lower`` has: kernels mark more folders than that, each its own way.
    """
    links: dict[int, str] = {}
    with out.open("wb") as handle:
        hashing = _Hashing(handle)
        with _new_tar(hashing) as tar:
            for parts in _walk(upper):
                _add_upper(tar, upper.joinpath(*parts), "/".join(parts), lower.joinpath(*parts), links)
    return Digest("sha256:" + hashing.hash.hexdigest())


def _new_tar(hashing: _Hashing) -> tarfile.TarFile:
    return tarfile.open(fileobj=hashing, mode="w|", format=tarfile.PAX_FORMAT, encoding="utf-8")  # type: ignore[call-overload,no-any-return]


def _walk(folder: Path) -> Iterator[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for root, folders, files in os.walk(folder):
        inside = Path(root).relative_to(folder).parts
        found.extend((*inside, name) for name in (*folders, *files))
    return iter(sorted(found))


def _add_upper(tar: tarfile.TarFile, path: Path, name: str, below: Path, links: dict[int, str]) -> None:
    seen = path.lstat()
    if stat.S_ISCHR(seen.st_mode) and seen.st_rdev == 0:
        if os.path.lexists(below):
            tar.addfile(_entry(str(PurePosixPath(name).with_name(f".wh.{path.name}")), 0o644))
    elif not stat.S_ISSOCK(seen.st_mode):
        _add(tar, path, name, seen, links)
        if _attribute(path, _OPAQUE) == b"y" and below.is_dir() and not below.is_symlink():
            tar.addfile(_entry(f"{name}/.wh..wh..opq", 0o644))


def _add(tar: tarfile.TarFile, path: Path, name: str, seen: os.stat_result, links: dict[int, str]) -> None:
    info = _entry(name, stat.S_IMODE(seen.st_mode))
    info.uid, info.gid, info.mtime = seen.st_uid, seen.st_gid, min(int(seen.st_mtime), EPOCH)
    if stat.S_ISDIR(seen.st_mode):
        info.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(seen.st_mode):
        info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
    elif stat.S_ISFIFO(seen.st_mode):
        info.type = tarfile.FIFOTYPE
    elif stat.S_ISCHR(seen.st_mode) or stat.S_ISBLK(seen.st_mode):
        info.type = tarfile.CHRTYPE if stat.S_ISCHR(seen.st_mode) else tarfile.BLKTYPE
        info.devmajor, info.devminor = os.major(seen.st_rdev), os.minor(seen.st_rdev)
    elif seen.st_nlink > 1 and seen.st_ino in links:
        info.type, info.linkname = tarfile.LNKTYPE, links[seen.st_ino]
    else:
        links[seen.st_ino] = name
        _add_file(tar, path, info, seen.st_size)
        return
    tar.addfile(info)


def _add_file(tar: tarfile.TarFile, path: Path, info: tarfile.TarInfo, size: int) -> None:
    info.size = size
    if capability := _attribute(path, _CAPABILITY):
        info.pax_headers = {f"SCHILY.xattr.{_CAPABILITY}": capability.decode("utf-8", "surrogateescape")}
    with path.open("rb") as handle:
        tar.addfile(info, handle)


def _entry(name: str, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.mtime, info.uid, info.gid, info.uname, info.gname = mode, EPOCH, 0, 0, "", ""
    return info


def _attribute(path: Path, name: str) -> bytes:
    try:
        return os.getxattr(path, name, follow_symlinks=False)
    except OSError:
        return b""


def pack_content(folder: Path, at: str, out: Path, where: str = "") -> Digest:
    """Pack a group's files, to lie under ``at``: owned by root, modes 0644 and 0755. Version control is no
    content: a site's whole history would be served. Refuses links that lead out of the folder and anything
    that is neither file, folder nor link, all of them at once."""
    parts = [inside for inside in _walk(folder) if ".git" not in inside]
    check_content(folder, parts, where)
    with out.open("wb") as handle:
        hashing = _Hashing(handle)
        with _new_tar(hashing) as tar:
            place = PurePosixPath(at.strip("/"))
            for parent in (*[*reversed(place.parents)][1:], place):
                _add_plain(tar, folder, str(parent))
            for inside in parts:
                _add_plain(tar, folder.joinpath(*inside), str(place.joinpath(*inside)))
    return Digest("sha256:" + hashing.hash.hexdigest())


def check_content(folder: Path, parts: list[tuple[str, ...]], where: str = "") -> None:
    problems = Problems()
    for inside in parts:
        problem = _content_problem(folder, inside)
        if problem:
            problems.items.append(Problem(problem, where, {"file": "/".join(inside), "folder": folder.name}))
    problems.refuse_if_any()


def _content_problem(folder: Path, inside: tuple[str, ...]) -> str:
    path = folder.joinpath(*inside)
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        target = os.path.normpath(PurePosixPath(*inside[:-1], path.readlink()))
        return "image.link-outside" if target.startswith(("/", "..")) else ""
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "image.odd-file"
    return "image.odd-name" if inside[-1].startswith(".wh.") else ""


def _add_plain(tar: tarfile.TarFile, path: Path, name: str) -> None:
    if path.is_symlink():
        info = _entry(name, 0o777)
        info.type, info.linkname = tarfile.SYMTYPE, str(path.readlink())
        tar.addfile(info)
    elif path.is_dir():
        info = _entry(name, 0o755)
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
    else:
        info = _entry(name, 0o755 if path.stat().st_mode & 0o100 else 0o644)
        content = path.read_bytes()
        info.size, info.mtime = len(content), _time_of(content)
        tar.addfile(info, io.BytesIO(content))


def _time_of(content: bytes) -> int:
    """A time within the ten years before ``EPOCH``, made of the content itself: web servers take a file's
    time for its version, so a file that changed must not keep the time it had."""
    return EPOCH - int.from_bytes(hashlib.sha256(content).digest()[:6], "big") % (10 * 365 * 86400)
