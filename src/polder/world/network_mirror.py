"""A copy of a peer's published folder, byte for byte, in ours: ``public/mirrors/ID/``. Only what was verified is copied.

Readers of the copy follow the same names as at the origin. Every root stays for ever; other documents and files stay 30 days after they
were current, for readers in the middle of an older state. ``timestamp.json`` is written last, and whole: whoever reads at any moment, or
after a process was killed, finds a whole state. Only new roots follow it, as at the origin: a change of keys is signed by the old ones too,
so that readers hold under either. (Where the old keys were gone, one moment is left; readers try again later.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from polder.kernel.plain import write_plain
from polder.kernel.published import served_name
from polder.world.files import becoming, write_atomically
from polder.world.network_store import PeerStore, read_time, write_time

KEPT = timedelta(days=30)
LAST, RECORD = "metadata/timestamp.json", "mirror.json"


def write_mirror(store: PeerStore, place: Path, now: datetime) -> bool:
    """Bring the copy in ``place`` to the last whole state; whether anything changed."""
    current = store.current()
    if not current.parts or _is_current(store, place):
        return False
    wanted = _wanted(store)
    later = [name for name in wanted if name.endswith(".root.json") and (place / LAST).exists()]
    for name in (*(name for name in wanted if name not in later), *later):
        if name == LAST:
            write_atomically(place / LAST, wanted[LAST].read_bytes())
        elif not _is_there(wanted[name], place / name):
            _copy(wanted[name], place / name)
    _clear(store, place, wanted, now)
    return True


def mirror_size(place: Path) -> int:
    """Bytes of the copy; 0 when there is none."""
    return sum(path.stat().st_size for path in place.rglob("*") if path.is_file()) if place.is_dir() else 0


def _is_current(store: PeerStore, place: Path) -> bool:
    current = store.current()
    try:
        last = (place / LAST).read_bytes()
    except FileNotFoundError:
        return False
    return last == store.read(current.parts["timestamp"]) and (place / _root(current.roots)).exists()


def _wanted(store: PeerStore) -> dict[str, Path]:
    """Name in the copy to the verified file, in the order in which they are written."""
    current = store.current()
    targets = {
        f"targets/{served_name(path, sha256)}": store.targets / sha256
        for path, sha256 in store.files(current).items()
    }
    roots = {_root(number): store.metadata / f"{number}.root.json" for number in range(1, current.roots + 1)}
    parts = {
        f"metadata/{current.versions[role]}.{role}.json": store.metadata / current.parts[role]
        for role in ("targets", "robot", "snapshot")
        if role in current.parts
    }
    return {**targets, **parts, **roots, LAST: store.metadata / current.parts["timestamp"]}


def _root(number: int) -> str:
    return f"metadata/{number}.root.json"


def _is_there(source: Path, place: Path) -> bool:
    """Whether the copy has these bytes already; a provider that recovered may use a version's number again."""
    try:
        return place.samefile(source) or place.read_bytes() == source.read_bytes()
    except FileNotFoundError:
        return False


def _copy(source: Path, place: Path) -> None:
    """A second name for the same file where that is possible; both are only ever replaced, never written into."""
    _folder(place.parent)
    beside = place.with_name(f".{place.name}.tmp")
    beside.unlink(missing_ok=True)
    with becoming(place, beside):
        try:
            os.link(source, beside)
        except OSError:
            beside.write_bytes(source.read_bytes())
        beside.chmod(0o644)
        beside.replace(place)


def _folder(path: Path) -> None:
    """``path`` with everything above it that was not there, readable by a web server whatever the umask says."""
    if not path.is_dir():
        _folder(path.parent)
        path.mkdir(exist_ok=True)
        path.chmod(0o755)


def _kept_until_now(store: PeerStore) -> dict[str, str]:
    """Name to until when it was current (``""``: it still was), of everything in the copy; nothing when that was lost."""
    try:
        return dict(json.loads((store.path / RECORD).read_bytes())["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _clear(store: PeerStore, place: Path, wanted: Mapping[str, Path], now: datetime) -> None:
    """Take away what was current until more than 30 days ago."""
    before = _kept_until_now(store)
    record: dict[str, str] = {}
    for path in [path for path in place.rglob("*") if path.is_file()]:
        name = path.relative_to(place).as_posix()
        last = "" if name in wanted else before.get(name) or write_time(now)
        if name.endswith(".root.json") or (read_time(last) or now) > now - KEPT:
            record[name] = last
        else:
            path.unlink(missing_ok=True)
    write_atomically(store.path / RECORD, write_plain({"format": "polder-mirror-1", "files": record}))
