"""What a service finds in its file system: volumes, host folders, memory, secrets and configs."""

from __future__ import annotations

import posixpath
from typing import Literal

from polder.kernel import document
from polder.kernel.document import Node, Scalar
from polder.kernel.size import parse_bytes
from polder.platform.compose.keys import MOUNT, MOUNT_BIND, MOUNT_TMPFS, MOUNT_VOLUME, REFERENCE
from polder.platform.compose.model import FileReference, Mount
from polder.platform.compose.reader import EMPTY, Reader, is_null

_IGNORED = {"z", "Z", "cached", "delegated", "consistent"}


def read_mounts(reader: Reader, node: Node, key: str) -> tuple[Mount, ...]:
    """Short (``source:target:ro``) and long form. Sources and targets hold no variables: see
    ``permissions``."""
    found = [
        _long(reader, item) if isinstance(item, document.Mapping) else _short(reader, item, key)
        for item in reader.items(node, key)
    ]
    return tuple(mount for mount in found if mount)


def _short(reader: Reader, node: Node, key: str) -> Mount | None:
    text = reader.fixed(node, key)
    parts = text.split(":")
    if len(parts) == 1:
        if text:
            reader.refuse("compose.anonymous-volume", node, target=text)
        return None
    options = set(parts[2].split(",")) if len(parts) > 2 else set()
    unknown = options - _IGNORED - {"ro", "rw", "nocopy"}
    if len(parts) > 3 or unknown:
        reader.refuse("compose.bad-mount", node, found=text)
        return None
    for option in sorted(options & _IGNORED):
        reader.report("compose.no-effect", node, key=option)
    kind: Literal["volume", "bind"] = "bind" if parts[0][:1] in ("/", ".", "~") else "volume"
    mount = Mount(kind, parts[0], parts[1], "ro" in options, copy="nocopy" not in options)
    return _checked(reader, node, mount)


def _long(reader: Reader, node: Node) -> Mount | None:
    entries = dict(reader.entries(node, "volumes", MOUNT))
    words = {k: reader.fixed(v, k) for k, v in entries.items() if k in ("type", "source", "target")}
    read_only = "read_only" in entries and reader.yes_no(entries["read_only"], "read_only")
    size = mode = 0
    copy = True
    for name, value in reader.entries(entries.get("tmpfs", EMPTY), "tmpfs", MOUNT_TMPFS):
        size, mode = (reader.size(value, name), mode) if name == "size" else (size, reader.mode(value, name))
    for name, value in reader.entries(entries.get("volume", EMPTY), "volume", MOUNT_VOLUME):
        copy = not reader.yes_no(value, name)
    list(reader.entries(entries.get("bind", EMPTY), "bind", MOUNT_BIND))
    return _of_kind(
        reader, node, words, Mount("volume", "", words.get("target", ""), read_only, size, mode, copy)
    )


def _of_kind(reader: Reader, node: Node, words: dict[str, str], mount: Mount) -> Mount | None:
    source = words.get("source", "")
    match words.get("type", "volume"):
        case "tmpfs":
            made = Mount("tmpfs", "", mount.target, mount.read_only, mount.size, mount.mode)
        case "bind":
            made = Mount("bind", source, mount.target, mount.read_only)
        case "volume" if source:
            made = Mount("volume", source, mount.target, mount.read_only, copy=mount.copy)
        case "volume":
            reader.refuse("compose.anonymous-volume", node, target=mount.target)
            return None
        case other:
            choices = ("volume", "bind", "tmpfs")
            reader.refuse("compose.not-a-choice", node, key="type", found=other, choices=choices)
            return None
    return _checked(reader, node, made)


def _checked(reader: Reader, node: Node, mount: Mount) -> Mount | None:
    if not mount.target.startswith("/") or posixpath.normpath(mount.target) == "/":
        reader.refuse("compose.bad-mount-target", node, target=mount.target)
        return None
    if mount.kind == "bind" and not mount.source.startswith("/"):
        reader.refuse("compose.relative-path", node, source=mount.source)
        return None
    return mount


def read_tmpfs(reader: Reader, node: Node, key: str) -> tuple[Mount, ...]:
    """``/run`` or ``/run:size=64m,mode=1777``, one or a list."""
    items = [node] if isinstance(node, Scalar) and not is_null(node) else reader.items(node, key)
    found = [_tmpfs(reader, item, key) for item in items]
    return tuple(mount for mount in found if mount)


def _tmpfs(reader: Reader, node: Node, key: str) -> Mount | None:
    target, _, options = reader.fixed(node, key).partition(":")
    size = mode = 0
    for option in filter(None, options.split(",")):
        name, _, value = option.partition("=")
        try:
            if name == "size":
                size = parse_bytes(value)
            elif name == "mode":
                mode = int(value, 8)
            else:
                raise ValueError(name)
        except ValueError:
            reader.refuse("compose.bad-tmpfs-option", node, option=option)
    return _checked(reader, node, Mount("tmpfs", "", target, False, size, mode))


def read_shared_memory(reader: Reader, node: Node, key: str) -> tuple[Mount, ...]:
    return (Mount("tmpfs", "", "/dev/shm", size=reader.size(node, key), mode=0o1777),)  # noqa: S108 - not our file


def read_secret_files(reader: Reader, node: Node, key: str) -> tuple[FileReference, ...]:
    return tuple(_reference(reader, item, key, "") for item in reader.items(node, key))


def read_config_files(reader: Reader, node: Node, key: str) -> tuple[FileReference, ...]:
    """Without a target, a config stands in the root: ``/name`` (the Compose Specification)."""
    return tuple(_reference(reader, item, key, "/") for item in reader.items(node, key))


def _reference(reader: Reader, node: Node, key: str, folder: str) -> FileReference:
    if not isinstance(node, document.Mapping):
        name = reader.fixed(node, key)
        return FileReference(name, folder + name)
    entries = dict(reader.entries(node, key, REFERENCE))
    words = {k: reader.fixed(v, k) for k, v in entries.items() if k != "mode"}
    source = words.get("source", "")
    target = words.get("target") or folder + source
    if folder and not target.startswith("/"):
        target = folder + target
    mode = reader.mode(entries["mode"], "mode") if "mode" in entries else 0o444
    return FileReference(source, target, words.get("uid", "0"), words.get("gid", "0"), mode)
