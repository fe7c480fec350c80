"""What Caddy is told: the exact JSON in ``cases/ingress`` (``POLDER_REWRITE_CASES=1`` writes it anew), and the rules behind it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from polder.platform.ingress.away import away_page
from polder.platform.ingress.caddy import KEY_FILE, UNTRUSTED_HEADERS, caddy_config, names_config
from polder.platform.ingress.desired import ingress_configs
from support.sites import group, read, site_files

CASES = Path(__file__).resolve().parents[2] / "cases" / "ingress"
CONFIGS = {
    "one-language": caddy_config("Les Lilas", ["en"]),
    "names": names_config(["wiki.lilas.test", "agenda.lilas.test"]),
    "no-names": names_config([]),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_caddy_is_told_exactly_this(name: str) -> None:
    case, text = CASES / f"{name}.json", json.dumps(CONFIGS[name], indent=1, sort_keys=True) + "\n"
    if os.environ.get("POLDER_REWRITE_CASES") == "1":
        case.write_text(text)
    assert case.read_text() == text


def test_an_app_more_changes_the_names_and_leaves_caddy_as_it_is() -> None:
    before = ingress_configs(read(site_files({"lilas": group("wiki plain")})))
    after = ingress_configs(read(site_files({"lilas": group("wiki plain", "blog plain")})))
    assert before["caddy.json"] == after["caddy.json"]
    assert "blog.lilas.test" in after["names.json"]
    assert "blog.lilas.test" not in before["names.json"]


def test_the_same_domains_in_another_order_are_the_same_bytes() -> None:
    assert names_config(["b.test", "a.test", "b.test"]) == names_config(["a.test", "b.test"])


def test_with_no_app_no_name_is_allowed() -> None:
    routes = names_config([])["apps"]["http"]["servers"]["names"]["routes"]
    assert [route["handle"][0]["status_code"] for route in routes] == [200, 404]
    assert routes[0]["match"] == [{"path": ["/polder-health"]}]


def test_the_key_is_read_from_a_secret_and_is_nowhere_in_the_configuration() -> None:
    text = json.dumps(caddy_config("Les Lilas", ["en"]))
    assert KEY_FILE.startswith("/run/secrets/")
    assert "PRIVATE KEY" not in text


def test_the_administration_interface_is_off() -> None:
    assert caddy_config("x", ["en"])["admin"]["disabled"] is True
    assert names_config([])["admin"]["disabled"] is True


def test_docker_is_asked_over_udp_because_its_dns_over_tcp_stalls() -> None:
    assert '"udp/127.0.0.11:53"' in json.dumps(caddy_config("x", ["en"]))


def test_what_visitors_claim_of_themselves_is_dropped() -> None:
    for name in ("Forwarded", "X-Forwarded-*", "X-Remote-User", "*_*"):
        assert name in UNTRUSTED_HEADERS


def test_a_provider_named_like_a_placeholder_cannot_make_caddy_fill_one_in() -> None:
    page = away_page("{env.PATH} <b>", ["en"])
    assert "{" not in page
    assert "<b>" not in page
    assert "&#123;env.PATH&#125; &lt;b&gt;" in page


def test_the_page_shown_while_an_app_is_away_is_light_and_has_no_script() -> None:
    page = away_page("Les Lilas", ["fr", "es", "en"])
    assert len(page.encode()) < 2500
    assert "<script" not in page
    assert "http" not in page
    assert re.findall(r"<div lang='(\w+)'", page) == ["fr", "es", "en"]
