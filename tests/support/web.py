"""A web server on loopback that serves files as they are told, or badly: late, without end, drop by drop, elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Web:
    """``files``: what is served, by path; change it while it runs. ``behave``: path to what happens instead. ``latency``: seconds before
    each answer. ``asked``: every path, in order. ``date``: what it says the time is."""

    def __init__(self, files: Mapping[str, bytes], latency: float = 0) -> None:
        self.files, self.latency = files, latency
        self.behave: dict[str, Behaviour] = {}
        self.asked: list[str] = []
        self.date = ""
        self.closing = threading.Event()
        web = self

        class Bound(Handler):
            pass

        Bound.web = web
        self.server = Server(("127.0.0.1", 0), Bound)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()


class Server(ThreadingHTTPServer):
    daemon_threads, block_on_close, request_queue_size = True, False, 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class Handler(BaseHTTPRequestHandler):
    protocol_version, web = "HTTP/1.1", None  # type: Any
    disable_nagle_algorithm, wbufsize = True, -1

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.web.asked.append(path)
        if self.web.latency:
            time.sleep(self.web.latency)
        if path in self.web.behave:
            return self.web.behave[path](self)
        content = self.web.files.get(path)
        return self.answer(404, b"none") if content is None else self.answer(200, content)

    def send_response(self, code: int, message: str | None = None) -> None:
        """With the date that the test says, if any: tests have a time of their own."""
        self.send_response_only(code, message)
        if self.web.date:
            self.send_header("Date", self.web.date)

    def answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


def status(code: int) -> Behaviour:
    return lambda handler: handler.answer(code, b"trouble")


def page(handler: Handler) -> None:
    """What many web servers say instead of 404."""
    handler.answer(200, b"<!doctype html><title>Not found</title>", Content_Type="text/html")


def redirect(to: str) -> Behaviour:
    return lambda handler: handler.answer(302, b"", Location=to)


def endless(handler: Handler) -> None:
    """Bytes until nobody reads them, with no length given."""
    handler.send_response(200)
    handler.send_header("Connection", "close")
    handler.end_headers()
    while not handler.web.closing.is_set():
        handler.wfile.write(b" " * 65_536)


def drip(content: bytes, every: float) -> Behaviour:
    """``content`` byte by byte."""

    def behave(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for one in content:
            handler.wfile.write(bytes([one]))
            handler.wfile.flush()
            if handler.web.closing.wait(every):
                return

    return behave


def silent(handler: Handler) -> None:
    """Accepts and never answers."""
    handler.web.closing.wait(60)
