"""A load of fresh HTTPS connections without any retry, in a process of its own, and waiting for a first answer.

Every request opens a connection, verifies the certificate against the site's own authority, asks, reads the whole answer and
closes. It failed when connecting, the handshake or the answer did, when the status was not the expected one, or when it
took longer than ``LIMIT``. Started by ``Load``; runs until its standard input closes, then prints what happened as JSON.
"""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

LIMIT = 10.0
"""Seconds a request may take."""


def context(authority: str) -> ssl.SSLContext:
    """Trusts the site's own authority (a PEM file) and nothing else."""
    return ssl.create_default_context(cafile=authority)


def ask(trusted: ssl.SSLContext, address: str, domain: str, path: str = "/") -> int:
    """The status of one GET over a fresh connection; raises when anything about it is not right."""
    until = time.monotonic() + LIMIT
    with (
        socket.create_connection((address, 443), LIMIT) as plain,
        trusted.wrap_socket(plain, server_hostname=domain) as line,
    ):
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {domain}\r\nConnection: close\r\n\r\n".encode())
        answer = _read(line, until)
    head, _, body = answer.partition(b"\r\n\r\n")
    _expect_whole(head, body)
    return int(head.split(b" ", 2)[1])


def _read(line: ssl.SSLSocket, until: float) -> bytes:
    parts = []
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        part = line.recv(65536)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _expect_whole(head: bytes, body: bytes) -> None:
    """An answer that was cut short is no answer."""
    fields = dict(one.lower().split(b": ", 1) for one in head.split(b"\r\n")[1:] if b": " in one)
    if not head.startswith(b"HTTP/1.1 "):
        raise ConnectionError("no answer")
    if b"content-length" in fields and int(fields[b"content-length"]) != len(body):
        raise ConnectionError("the answer was cut short")
    if b"chunked" in fields.get(b"transfer-encoding", b"") and not body.endswith(b"0\r\n\r\n"):
        raise ConnectionError("the answer was cut short")


def first_answer(authority: str, address: str, target: str, limit: float = 300) -> float:
    """The moment (monotonic) of the first valid 200 that ``target`` (``domain/path``) gives."""
    domain, _, path = target.partition("/")
    until = time.monotonic() + limit
    trusted = context(authority)
    while time.monotonic() < until:
        try:
            if ask(trusted, address, domain, f"/{path}") == 200:
                return time.monotonic()
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise SystemExit(f"{target} gave no valid answer within {limit:.0f} seconds")


class Load:
    """``connections`` loops over ``targets`` (``domain/path``), from ``with`` until its end; ``report`` holds the outcome."""

    def __init__(self, authority: str, address: str, targets: list[str], connections: int = 8) -> None:
        self.words = [authority, address, str(connections), *targets]
        self.report: dict[str, Any] = {}

    def __enter__(self) -> Load:
        command = [sys.executable, str(Path(__file__)), *self.words]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        out, _ = self.process.communicate(timeout=60)
        self.report = json.loads(out)


class Tally:
    """What the loops saw; ``answered`` are the moments of good answers."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.stop = threading.Event()
        self.lock = threading.Lock()
        self.failures: list[tuple[float, str]] = []
        self.durations: list[float] = []
        self.answered: list[float] = []

    def loop(self, trusted: ssl.SSLContext, address: str, targets: list[str], number: int) -> None:
        while not self.stop.is_set():
            domain, _, path = targets[number % len(targets)].partition("/")
            number += 1
            began = time.monotonic()
            fault = ""
            try:
                status = ask(trusted, address, domain, f"/{path}")
                fault = "" if status == 200 else f"status {status}"
            except (OSError, ValueError, IndexError) as error:
                fault = f"{type(error).__name__}: {error}"
            ended = time.monotonic()
            with self.lock:
                self.durations.append(ended - began)
                if fault:
                    self.failures.append((round(began - self.began, 3), f"{domain}: {fault}"))
                else:
                    self.answered.append(ended)

    def report(self) -> dict[str, Any]:
        moments = sorted(self.answered)
        gaps = [after - before for before, after in pairwise(moments)]
        return {
            "requests": len(self.durations),
            "failed": len(self.failures),
            "kinds": dict(Counter(fault for _, fault in self.failures)),
            "moments": [moment for moment, _ in self.failures[:20]],
            "worst_ms": round(max(self.durations, default=0) * 1000),
            "longest_without_answer_ms": round(max(gaps, default=0) * 1000),
            "seconds": round(time.monotonic() - self.began, 1),
        }


def main() -> None:
    authority, address, connections, *targets = sys.argv[1:]
    tally, trusted = Tally(), context(authority)
    threads = [
        threading.Thread(target=tally.loop, args=(trusted, address, targets, number))
        for number in range(int(connections))
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    tally.stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps(tally.report()))


if __name__ == "__main__":
    main()
