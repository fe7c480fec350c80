"""The journal: who did what, when, with what result. One JSON line a fact, in ``journal/YYYY-MM.jsonl`` of the site.

Append only. A line is on the disk when ``write`` returns; lines written at the same moment by several threads get there by one
flush, for which a disk takes as long as for one line. A line cut short by a power loss is skipped when read.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polder.world.files import flush_paths

_WRITING = threading.Lock()


def operator(site: Path) -> str:
    """Who acts: ``POLDER_OPERATOR``, else git's ``user.name`` as it holds in the site, else the login name."""
    if named := os.environ.get("POLDER_OPERATOR"):
        return named
    try:
        asked = subprocess.run(
            ["git", "-C", str(site), "config", "user.name"],
            capture_output=True,
            text=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return _login()
    return asked.stdout.strip() or _login()


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


class Journal:
    """The journal of the site in ``folder``. ``write`` may be called from several threads."""

    def __init__(self, folder: Path, who: str) -> None:
        self.folder, self.who, self.host = folder / "journal", who, socket.gethostname()
        self._flushing = threading.Lock()
        self._written = self._flushed = self._lost = 0
        """How many lines were written, were part of a flush, were part of one that failed."""
        self._trouble = OSError()
        self._touched: set[Path] = set()

    def write(self, now: datetime, what: str, values: Mapping[str, Any]) -> Path:
        """Append one fact; returns the file. ``what`` is a short code, ``values`` hold names and figures, never a secret."""
        stamp = now.astimezone(UTC)
        path = self.folder / f"{stamp:%Y-%m}.jsonl"
        line = {
            "when": f"{stamp:%Y-%m-%dT%H:%M:%SZ}",
            "who": self.who,
            "host": self.host,
            "what": what,
            **values,
        }
        self._flush_with_others(self._append(path, json.dumps(line, ensure_ascii=False, sort_keys=True)))
        return path

    def _append(self, path: Path, line: str) -> int:
        """Returns the number of the line among those of this journal."""
        with _WRITING:
            self.folder.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            self._touched.add(path)
            self._written += 1
            return self._written

    def _flush_with_others(self, line: int) -> None:
        """Until ``line`` is on the disk. Whoever comes first flushes for all who wrote meanwhile; all are told when that fails."""
        with self._flushing:
            if line > self._flushed:
                with _WRITING:
                    paths, self._touched, self._flushed = self._touched, set(), self._written
                try:
                    flush_paths(paths)
                except OSError as error:
                    self._lost, self._trouble = self._flushed, error
            if line <= self._lost:
                raise self._trouble

    def read(self, last: int = 0) -> list[dict[str, Any]]:
        """Facts oldest first; ``last`` > 0: only that many of the newest."""
        found = list(self._lines())
        return found[-last:] if last else found

    def _lines(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self.folder.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    fact = json.loads(line)
                except ValueError:
                    continue
                if isinstance(fact, dict):
                    yield fact
