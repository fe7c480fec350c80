"""Where a name leads, asked under a deadline: the C library's own resolver can be neither interrupted nor told when to end.

1. Each question has a thread of its own, which whoever asked leaves behind when time is up; the process does not wait for it at its end.
2. The same question is asked once at a time, however many ask it; at most ``MOST`` are open, so that names that hang fill nothing.
3. Nothing is remembered: an answer is for those who waited for it.

>>> addresses_of("192.0.2.1", 80, 5.0)
['192.0.2.1']
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any

NAMES, MOST = 6.0, 64
"""Seconds for one name (the C library turns to its second name server after five), and questions that are open at once."""
Ask = Callable[..., list[Any]]
"""``socket.getaddrinfo``, or what stands in for it."""
Question = tuple[Ask, str, int]
_open: dict[Question, Future[list[str]]] = {}
_lock = Lock()


def addresses_of(host: str, port: int, seconds: float, ask: Ask | None = None) -> list[str]:
    """The addresses of ``host``, each once. ``OSError``: there are none, or (``TimeoutError``) no answer came within ``seconds``;
    ``ValueError`` for what is no name."""
    end = time.monotonic() + min(seconds, NAMES)
    question = (ask or socket.getaddrinfo, host, port)
    while (found := _asked(question)) is None:
        if time.monotonic() >= end:
            raise TimeoutError("too many names are being asked for")
        time.sleep(0.02)
    return found.result(max(0.0, end - time.monotonic()))


def _asked(question: Question) -> Future[list[str]] | None:
    """What is being asked already, or now; ``None`` while there is no room for one more."""
    with _lock:
        if question in _open:
            return _open[question]
        if len(_open) >= MOST:
            return None
        found = Future[list[str]]()
        thread = Thread(target=_answer, args=(question, found), daemon=True)
        try:
            thread.start()
        except RuntimeError as full:
            raise OSError(str(full)) from None
        _open[question] = found
    return found


def _answer(question: Question, found: Future[list[str]]) -> None:
    ask, host, port = question
    try:
        told = ask(host, port, type=socket.SOCK_STREAM)
        addresses, trouble = list(dict.fromkeys(str(one[4][0]) for one in told)), None
    except Exception as error:  # whatever it is, it belongs to whoever waits
        addresses, trouble = [], error
    with _lock:
        del _open[question]
    if trouble:
        found.set_exception(trouble)
    else:
        found.set_result(addresses)
