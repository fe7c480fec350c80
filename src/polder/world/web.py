"""A visitor of one app, as a person's browser would come: by its name, over HTTPS, with the site's own authority, keeping cookies.

The name need not resolve: every connection goes to the ingress's address, while the handshake and the ``Host`` header say
the app's name. Limits: an answer of 5 MiB, ten redirects, a deadline for each question, no other host is visited, and no
proxy of the environment is used.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from polder.kernel.problem import Unreachable
from polder.world.certificates import split_address

if TYPE_CHECKING:
    import httpx

BODY_LIMIT, REDIRECTS, SECONDS = 5 * 2**20, 10, 30.0
_SILENCE = 15.0
"""Seconds without a byte. The ingress itself holds a visitor for 8 s while an app restarts."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``body`` as text, whatever it was; ``path`` where redirects led; ``seconds`` for the whole of it."""

    status: int
    headers: Mapping[str, str]
    body: str
    path: str
    seconds: float


class Visitor:
    """Visits the app at ``domain`` by the ingress at ``connect_to`` (``IP:port``). ``ca_pem``: authorities to trust, ``""`` for
    the system's. Use it in a ``with`` block."""

    def __init__(self, domain: str, connect_to: str, ca_pem: str) -> None:
        import httpx

        self.domain = domain
        self._client = httpx.Client(transport=_through(domain, connect_to, _context(ca_pem)), trust_env=False)

    def __enter__(self) -> Visitor:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        body: str = "",
        auth: tuple[str, str] = ("", ""),
        follow: bool = False,
        seconds: float = SECONDS,
    ) -> Answer:
        """One question. ``Unreachable`` when no whole answer comes: its reason never quotes what was sent."""
        import httpx

        began = time.monotonic()
        basic = httpx.BasicAuth(*auth) if auth[0] else None
        try:
            request = self._client.build_request(
                method,
                f"https://{self.domain}{path}",
                headers=dict(headers or {}),
                data=dict(form) if form else None,
                content=body.encode() if body else None,
                timeout=max(0.1, min(seconds, _SILENCE)),
            )
            for _ in range(REDIRECTS + 1):
                response = self._client.send(request, auth=basic, stream=True)
                content = _bounded(response, began + seconds)
                if not follow or response.next_request is None:
                    return _answer(response, content, time.monotonic() - began)
                request = response.next_request
            why = f"more than {REDIRECTS} redirects"
        except (httpx.HTTPError, httpx.InvalidURL, _TooMuch) as error:
            why = _reason(error)
        raise Unreachable(f"https://{self.domain}", why)


def first_valid_answer(
    domain: str, connect_to: str, ca_pem: str, path: str = "/", within: float = 60
) -> float:
    """Seconds until ``https://domain/path`` first answers with a certificate that ``ca_pem`` vouches for and a status below 500,
    asking on a fresh connection every 50 ms. ``Unreachable`` after ``within`` seconds."""
    began = time.monotonic()
    why = "no answer"
    while (passed := time.monotonic() - began) < within:
        try:
            with Visitor(domain, connect_to, ca_pem) as visitor:
                answer = visitor.ask("GET", path, seconds=within - passed)
            if answer.status < 500:
                return time.monotonic() - began
            why = f"status {answer.status}"
        except Unreachable as lost:
            why = lost.why
        time.sleep(0.05)
    raise Unreachable(f"https://{domain}{path}", why)


class _TooMuch(Exception):
    """The answer is too big, too slow, or leads elsewhere."""


def _context(ca_pem: str) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=ca_pem or None)


def _through(domain: str, connect_to: str, context: ssl.SSLContext) -> httpx.BaseTransport:
    """A transport that sends everything for ``domain`` to ``connect_to``; cookies and redirects see the name only."""
    import httpx

    host, port = split_address(connect_to)

    class Through(httpx.BaseTransport):
        def __init__(self) -> None:
            self.inner = httpx.HTTPTransport(verify=context, trust_env=False)

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if request.url.host != domain or request.url.scheme != "https":
                raise _TooMuch(f"it leads to {request.url.scheme}://{request.url.host}")
            there = httpx.Request(
                request.method,
                request.url.copy_with(host=host, port=port),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": domain},
            )
            return self.inner.handle_request(there)

        def close(self) -> None:
            self.inner.close()

    return Through()


def _bounded(response: httpx.Response, until: float) -> bytes:
    """The body, or ``_TooMuch`` when it is too big or comes too slowly."""
    held = bytearray()
    try:
        for chunk in response.iter_bytes():
            held += chunk
            if len(held) > BODY_LIMIT:
                raise _TooMuch(f"the answer is larger than {BODY_LIMIT // 2**20} MiB")
            if time.monotonic() > until:
                raise _TooMuch("the answer takes too long")
    finally:
        response.close()
    return bytes(held)


def _answer(response: httpx.Response, content: bytes, seconds: float) -> Answer:
    text = content.decode(response.charset_encoding or "utf-8", errors="replace")
    return Answer(response.status_code, dict(response.headers), text, response.request.url.path, seconds)


def _reason(error: Any) -> str:
    """Why there was no answer, in the words of the layer that said so; never what was asked."""
    if isinstance(error, _TooMuch):
        return str(error)
    cause = error.__cause__ or error.__context__
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"certificate: {cause.verify_message}"
    if isinstance(cause, OSError):
        return cause.strerror or type(cause).__name__
    return type(error).__name__
