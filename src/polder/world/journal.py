"""The journal: who did what, when, with what result. One JSON line a fact, in ``journal/YYYY-MM.jsonl`` of the site.

Append only, flushed to disk line by line; a line cut short by a power loss is skipped when read.
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

_LOCK = threading.Lock()


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
        with _LOCK:
            self.folder.mkdir(exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return path

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
