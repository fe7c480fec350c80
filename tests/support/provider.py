"""Somebody at a terminal: the ``polder`` command itself in a copy of the example site, and a line to the engine that can be cut."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT = 600
"""Seconds that one command may take; image building on a bare machine is the longest."""


@dataclass
class Provider:
    """Somebody at a terminal in the site's folder."""

    folder: Path
    environment: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def run(self, *words: str, status: int = 0, text: str = "") -> str:
        """Run ``polder WORDS``; fails unless it leaves with ``status``. Returns what it printed on both streams."""
        done = subprocess.run(
            [sys.executable, "-m", "polder", "--language", "en", *words],
            cwd=self.folder,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        shown = done.stdout + done.stderr
        assert done.returncode == status, f"polder {' '.join(words)}: {done.returncode}\n{shown}"
        assert "Traceback" not in shown
        return shown

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status))

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start ``polder WORDS`` and give the running process, its output on one pipe."""
        process = subprocess.Popen(
            [sys.executable, "-m", "polder", "--language", "en", *words],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def edit(self, path: str, before: str, after: str) -> None:
        place = self.folder / path
        assert before in place.read_text()
        place.write_text(place.read_text().replace(before, after))

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def provider_in(folder: Path, engine: str, address: str, slug: str) -> Provider:
    """A site folder made from the example, under a name of its own so that nothing else on the engine is touched."""
    shutil.copytree(Path(__file__).parents[2] / "examples" / "les-lilas", folder / "site")
    git = ["git", "-C", str(folder / "site")]
    provider = Provider(
        folder / "site",
        {
            **{
                k: v
                for k, v in os.environ.items()
                if not k.startswith(("POLDER_", "GIT_")) or k == "POLDER_CACHE"
            },
            "POLDER_IDENTITY": str(folder / "key.txt"),
            "POLDER_INGRESS": address,
            "POLDER_OPERATOR": "ana",
        },
    )
    provider.edit("site.yml", "provider: les-lilas", f"provider: {slug}")
    provider.edit("site.yml", "engine: local", f"engine: {engine}")
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@lilas.test"]
    subprocess.run([git[0], *identity, *git[1:], "commit", "-qm", "Begin."], check=True)
    shown = provider.run("key", "new", "--file", str(folder / "key.txt"))
    recipient = next(word for word in shown.split() if word.startswith("age1"))
    provider.run("operator", "add", "ana", recipient.rstrip("."))
    return provider


class Visits:
    """Asks for a page again and again from a thread, each time over a new connection, and counts what goes wrong."""

    def __init__(self, site: Path, address: str, domain: str) -> None:
        self.site, self.address, self.domain = site, address, domain
        self.good, self.failed = 0, list[str]()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._visit, daemon=True)

    def __enter__(self) -> Visits:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join(30)

    def _visit(self) -> None:
        while not self._done.is_set():
            try:
                status, _ = page(self.site, self.address, self.domain)
                if status == 200:
                    self.good += 1
                else:
                    self.failed.append(f"status {status}")
            except OSError as error:
                self.failed.append(str(error))
            time.sleep(0.05)


def page(site: Path, address: str, domain: str, path: str = "/") -> tuple[int, str]:
    """Status and body of ``https://domain/path``, asked at ``address`` and verified with the site's own authority."""
    trust = ssl.create_default_context(cafile=str(site / "internal-ca.crt"))
    with (
        socket.create_connection((address, 443), 10) as plain,
        trust.wrap_socket(plain, server_hostname=domain) as line,
    ):
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n\r\n".encode())
        received = b""
        while chunk := line.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode(errors="replace")


class Relay:
    """A socket that passes everything on to the engine's, until ``cut``: then no connection lives and none is taken."""

    def __init__(self, path: Path, engine: str, cut_after: int) -> None:
        self.address = f"unix://{path}"
        self.engine, self.cut_after, self.taken = engine.removeprefix("unix://"), cut_after, 0
        self.open: list[socket.socket] = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            outer = socket.socket(socket.AF_UNIX)
            outer.connect(self.engine)
            self.open += [inner, outer]
            threading.Thread(target=self._pass, args=(inner, outer, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(outer, inner, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, asks: bool) -> None:
        """Counts operations (POST) on their way in; cuts everything at the one after ``cut_after``."""
        try:
            while data := source.recv(65536):
                self.taken += asks and data.startswith(b"POST /") and b"/create" in data.split(b"\r\n")[0]
                if self.taken > self.cut_after:
                    self.cut()
                    return
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
