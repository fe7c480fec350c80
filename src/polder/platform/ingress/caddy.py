"""Caddy's configuration (JSON, Caddy 2.6 and later), as deterministic data.

The rules, and what each is for:

1. The ingress is the same for every site of apps: one route dials the asked name itself, port 8080, by Docker's DNS. Adding
   an app never reloads it (a reload drops fresh connections).
2. A certificate is made only for a name that the ``names`` service knows; any other is refused at the handshake.
3. The ``Host`` header must equal the name of the handshake, or a visitor could have the ingress dial anything it can reach.
4. What a visitor says about their own address or identity (``X-Forwarded-*``, ``X-Remote-User``, header names with ``_``)
   is overwritten or dropped.
5. Apps may override the security headers: each is set only when the app's answer has none of that name.
6. The access log holds the visitor's real address, the name and path; no query, no cookies, no headers. It goes to standard
   output, where the engine's log limits keep it short.
7. A new connection to the app for each request: one that a departing container closes would fail a visitor's POST.

A trap of Caddy 2.6: of several names whose very first handshakes come at the same instant, some are refused ("on-demand rate
limit exceeded", whatever the limit). So whoever starts apps meets their names first, one by one (``actions.meet_names``);
a name once met stays met, over restarts too.

Later, names that public authorities sign get their own automation policy with an ACME issuer before the last one in
``_tls``; until then the site's own authority signs for all.

>>> names_config(["b.test", "a.test"])["apps"]["http"]["servers"]["names"]["routes"][1]["match"]
[{'path': ['/ask'], 'query': {'domain': ['a.test', 'b.test']}}]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polder.kernel.engine import Json
from polder.platform.ingress.away import away_page, gone_page
from polder.platform.recipe.model import FRONT_PORT

HTTP_PORT, HTTPS_PORT = 8080, 8443
"""Inside the container; 80 and 443 outside. High ports need no privilege."""
KEY_FILE, CERTIFICATE_FILE = "/run/secrets/intermediate-key", "/run/secrets/intermediate-certificate"
HEALTH = "/polder-health"
LEAF_LIFETIME = "168h"
"""An app's certificate lasts a week and is renewed by itself after two thirds of it."""

DEFAULT_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "browsing-topics=(), camera=(self), geolocation=(self), microphone=(self), payment=()",
}
UNTRUSTED_HEADERS = [
    "*_*",
    "Forwarded",
    "Proxy",
    "Remote-User",
    "X-Forwarded-*",
    "X-Remote-User",
    "X-Real-Ip",
]


def caddy_config(name: str, languages: Sequence[str]) -> Json:
    """The ingress of the provider called ``name``; ``languages`` are those of the page shown while an app is away."""
    return {
        "admin": _no_admin(),
        "storage": {"module": "file_system", "root": "/var/lib/caddy"},
        "logging": {"logs": {"default": _log()}},
        "apps": {
            "pki": {"certificate_authorities": {"site": _authority()}},
            "tls": _tls(),
            "http": {
                "http_port": HTTP_PORT,
                "https_port": HTTPS_PORT,
                "grace_period": "10s",
                "servers": {
                    "http": _redirecting(),
                    "https": _serving(away_page(name, languages), gone_page(name, languages)),
                },
            },
        },
    }


def names_config(domains: Iterable[str]) -> Json:
    """The ask endpoint: ``/ask?domain=NAME`` is 200 for a name in ``domains``, else 404."""
    known: Json = {"path": ["/ask"], "query": {"domain": sorted(set(domains))}}
    routes = [
        {"match": [{"path": [HEALTH]}], "handle": [_answer(200)], "terminal": True},
        *(
            [{"match": [known], "handle": [_answer(200)], "terminal": True}]
            if known["query"]["domain"]
            else []
        ),
        {"handle": [_answer(404)]},
    ]
    server = {
        "listen": [f":{HTTP_PORT}"],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "routes": routes,
    }
    return {
        "admin": _no_admin(),
        "logging": {"logs": {"default": {"level": "WARN", "writer": {"output": "stdout"}}}},
        "apps": {"http": {"servers": {"names": server}}},
    }


def _no_admin() -> Json:
    return {"disabled": True, "config": {"persist": False}}


def _log() -> Json:
    gone = {"filter": "delete"}
    fields = {
        "request>headers": gone,
        "resp_headers": gone,
        "request>tls": gone,
        "request>uri": {"filter": "regexp", "regexp": r"\?.*", "value": ""},
    }
    encoder = {"format": "filter", "wrap": {"format": "json"}, "fields": fields}
    noisy = [
        "http.handlers.reverse_proxy"
    ]  # a line for each try while an app is away; the access log has the outcome
    return {"level": "INFO", "writer": {"output": "stdout"}, "encoder": encoder, "exclude": noisy}


def _authority() -> Json:
    """Caddy 2.6 wants a root with its key. The root's key stays with the operators, so the intermediate stands in for it:
    Caddy signs with the intermediate and never sends the root, which is all that matters here."""
    pair = {"certificate": CERTIFICATE_FILE, "private_key": KEY_FILE}
    return {"name": "site", "install_trust": False, "root": pair, "intermediate": pair}


def _tls() -> Json:
    signed_here = {"module": "internal", "ca": "site", "lifetime": LEAF_LIFETIME}
    policy = {"issuers": [signed_here], "on_demand": True, "disable_ocsp_stapling": True}
    return {"automation": {"on_demand": {"ask": f"http://names:{HTTP_PORT}/ask"}, "policies": [policy]}}


def _redirecting() -> Json:
    here = {"remote_ip": {"ranges": ["127.0.0.0/8"]}, "path": [HEALTH]}
    away = _answer(308, headers={"Location": ["https://{http.request.host}{http.request.uri}"]})
    return {
        **_limits(),
        "listen": [f":{HTTP_PORT}"],
        "protocols": ["h1"],
        "automatic_https": {"disable": True},
        "logs": {},
        "routes": [
            {"match": [here], "handle": [_answer(200)], "terminal": True},
            {"handle": [_nameless(), away]},
        ],
    }


def _serving(away: str, gone: str) -> Json:
    handlers = [*_default_headers(), _nameless(), _distrust(), _compress(), _dial()]
    return {
        **_limits(),
        "listen": [f":{HTTPS_PORT}"],
        "protocols": ["h1", "h2"],
        "automatic_https": {"disable_redirects": True},
        "tls_connection_policies": [{}],
        "strict_sni_host": True,
        "logs": {},
        "routes": [{"handle": handlers}],
        "errors": {"routes": _errors(away, gone)},
    }


def _limits() -> Json:
    """An upload may take an hour; a request's head ten seconds and 64 KiB."""
    return {
        "read_header_timeout": "10s",
        "read_timeout": "1h",
        "idle_timeout": "2m",
        "max_header_bytes": 65536,
    }


def _default_headers() -> list[Json]:
    return [
        {
            "handler": "headers",
            "response": {"set": {name: [value]}, "deferred": True, "require": {"headers": {name: None}}},
        }
        for name, value in DEFAULT_HEADERS.items()
    ]


def _nameless() -> Json:
    return {"handler": "headers", "response": {"delete": ["Server", "X-Powered-By"], "deferred": True}}


def _distrust() -> Json:
    return {"handler": "headers", "request": {"delete": UNTRUSTED_HEADERS}}


def _compress() -> Json:
    return {"handler": "encode", "encodings": {"gzip": {}}, "minimum_length": 512}


def _dial() -> Json:
    """``udp/`` matters: Caddy 2.6 asks over TCP otherwise, which Docker's DNS answers only after 5 s while services change."""
    upstreams = {
        "source": "a",
        "name": "{http.request.host}",
        "port": str(FRONT_PORT),
        "refresh": "1s",
        "resolver": {"addresses": ["udp/127.0.0.11:53"]},
    }
    return {
        "handler": "reverse_proxy",
        "dynamic_upstreams": upstreams,
        "load_balancing": {
            "selection_policy": {"policy": "round_robin"},
            "try_duration": "8s",
            "try_interval": "50ms",
        },
        "transport": {"protocol": "http", "dial_timeout": "500ms", "keep_alive": {"enabled": False}},
        "headers": {"request": {"set": {"X-Real-Ip": ["{http.request.remote.host}"]}}},
    }


def _errors(page: str, gone: str) -> list[Json]:
    """No app answers: ``names`` is asked whether the name is (still) one of the site's, and the page says which it is."""
    away = {"vars": {"{http.error.status_code}": ["502", "503", "504"]}}
    ask = {
        "handler": "reverse_proxy",
        "upstreams": [{"dial": f"names:{HTTP_PORT}"}],
        "rewrite": {"method": "GET", "uri": "/ask?domain={http.request.host}"},
        "handle_response": [
            {"match": {"status_code": [404]}, "routes": [{"handle": [_page(404, gone)]}]},
            {"routes": [{"handle": [_page(503, page, {"Retry-After": ["20"]})]}]},
        ],
    }
    return [
        {"match": [away], "handle": [*_default_headers(), _nameless(), ask], "terminal": True},
        {"handle": [_nameless(), _answer("{http.error.status_code}")]},
    ]


def _page(status: int, html: str, more: Json | None = None) -> Json:
    headers = {
        "Content-Type": ["text/html; charset=utf-8"],
        "Cache-Control": ["no-store"],
        "Content-Security-Policy": ["default-src 'none'; style-src 'unsafe-inline'"],
        **(more or {}),
    }
    return _answer(status, headers=headers, body=html)


def _answer(status: int | str, *, headers: Json | None = None, body: str = "") -> Json:
    found: Json = {"handler": "static_response", "status_code": status}
    return {**found, **({"headers": headers} if headers else {}), **({"body": body} if body else {})}
