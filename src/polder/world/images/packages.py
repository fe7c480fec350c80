"""What is inside an image: Debian's packages, and those of Python and Node that came another way.

>>> gone = "Package: gone\\nStatus: deinstall ok config-files\\nVersion: 1\\n"
>>> read_status("Package: tini\\nStatus: install ok installed\\nVersion: 0.19\\n\\n" + gone)
{'tini': '0.19'}
"""

from __future__ import annotations

import json
import re
import tarfile
from pathlib import Path

from polder.world.images.archive import Image

_STATUS = "var/lib/dpkg/status"
_DIST_INFO = re.compile(r"(?:^|/)([A-Za-z0-9_.]+)-([^/-]+)\.dist-info/METADATA$")
_NODE = re.compile(r"(?:^|/)node_modules/((?:@[^/]+/)?[^/]+)/package\.json$")


def read_status(text: str) -> dict[str, str]:
    """dpkg's status file as package to version, installed ones only."""
    found = {}
    for paragraph in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in paragraph.splitlines() if re.match(r"[A-Z][A-Za-z-]*: ", line)
        )
        if fields.get("Status") == "install ok installed":
            found[fields["Package"]] = fields["Version"]
    return found


def installed(root: Path) -> dict[str, str]:
    """Packages of the tree at ``root``; empty when it has no dpkg."""
    path = root / _STATUS
    return read_status(path.read_text(errors="replace")) if path.exists() else {}


def in_image(image: Image) -> dict[str, str]:
    """Packages of every kind in ``image``: dpkg's newest status, then what lies outside Debian's own
    folders."""
    debian: dict[str, str] = {}
    others: dict[str, str] = {}
    for layer in image.layers:
        with layer.open() as handle, tarfile.open(fileobj=handle) as tar:
            for member in tar:
                debian = _debian(tar, member) or debian
                others.update(_other(tar, member))
    return debian | others


def _debian(tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, str]:
    return read_status(_text(tar, member)) if member.name.removeprefix("./") == _STATUS else {}


def _other(tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, str]:
    if "/dist-packages/" in member.name or not member.isfile():
        return {}
    if named := _DIST_INFO.search(member.name):
        return {f"pip:{named[1].lower().replace('_', '-')}": named[2]}
    if named := _NODE.search(member.name):
        version = _version(_text(tar, member))
        return {f"npm:{named[1]}": version} if version else {}
    return {}


def _version(text: str) -> str:
    try:
        return str(json.loads(text).get("version", ""))
    except (ValueError, AttributeError):
        return ""


def _text(tar: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    found = tar.extractfile(member)
    return found.read().decode(errors="replace") if found else ""
