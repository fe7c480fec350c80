"""One's own addresses, asked over HTTP as a reader would: each thing that a web server does wrong is told, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.check_addresses import check_addresses
from polder.cli.main import polder
from polder.kernel.problem import Refused
from support.https import serve
from support.network_folder import NetworkFolder, one_person, publish_as
from support.proxies import Proxying, connect
from support.web import Web, page, redirect, status


@pytest.fixture
def alder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NetworkFolder:
    folder = one_person(tmp_path, monkeypatch)
    publish_as(folder, "ana")
    return folder


@pytest.fixture
def web(alder: NetworkFolder) -> Iterator[Web]:
    """What alder published, served at its only address."""
    with Web(dict(alder.files())) as served:
        at(alder, served.url)
        yield served


def at(alder: NetworkFolder, *urls: str, more: str = "private: [alder]") -> None:
    file = alder.path / "network.yml"
    lines = [line for line in file.read_text().splitlines() if not line.startswith(("urls", "private"))]
    file.write_text("\n".join([*lines, f"urls: {json.dumps(urls)}", more, ""]))


def codes(alder: NetworkFolder) -> list[str]:
    return [problem.code for one in check_addresses(alder.path) for problem in one.findings]


def run(alder: NetworkFolder, *words: str) -> Result:
    return CliRunner().invoke(polder, ["--site", str(alder.path), "network", "check", *words])


def test_a_folder_served_as_it_is_has_no_finding(alder, web):
    done = run(alder)

    assert (done.exit_code, codes(alder)) == (0, [])
    assert f"{web.url} serves what was published here." in done.output
    assert web.asked[:3] == ["metadata/timestamp.json", "metadata/1.root.json", "metadata/2.root.json"]


def test_a_403_in_the_place_of_404_is_right(alder, web):
    web.behave["metadata/2.root.json"] = status(403)

    assert codes(alder) == []


@pytest.mark.parametrize(
    ("path", "behave", "code"),
    [
        ("metadata/2.root.json", page, "network.missing-served"),
        ("metadata/2.root.json", status(410), "network.missing-otherwise"),
        ("metadata/2.root.json", redirect("https://alder.example/"), "sync.redirected"),
        ("metadata/timestamp.json", status(404), "network.not-served"),
        ("metadata/timestamp.json", page, "network.page-served"),
        ("metadata/timestamp.json", status(500), "network.answers-otherwise"),
        ("metadata/timestamp.json", lambda one: one.answer(200, b"{}"), "network.served-otherwise"),
        ("metadata/timestamp.json", redirect("https://alder.example/"), "sync.redirected"),
        ("metadata/1.root.json", status(404), "network.not-served"),
    ],
)
def test_what_a_web_server_does_wrong_is_told_with_what_to_do(alder, web, path, behave, code):
    web.behave[path] = behave

    told, data = run(alder), json.loads(run(alder, "--json").output)

    assert (told.exit_code, codes(alder)) == (1, [code])
    assert f"{web.url}{path}" in told.output and "\n    " in told.output
    assert [one["code"] for one in data["addresses"][0]["findings"]] == [code]


def test_an_address_that_does_not_answer_is_3_unless_another_one_does(alder, web):
    at(alder, "http://127.0.0.1:1/")
    nobody = run(alder)
    at(alder, web.url, "http://127.0.0.1:1/")
    one_of_two = run(alder)

    assert (nobody.exit_code, one_of_two.exit_code) == (3, 1)
    assert "No answer" in nobody.output and "serves what was published" in one_of_two.output


def test_a_certificate_that_nobody_would_believe_is_told(alder, tmp_path):
    with serve(BaseHTTPRequestHandler, "alder.example", tmp_path) as door:
        at(alder, f"https://{door.address}/")
        (one,) = check_addresses(alder.path)

    assert [problem.code for problem in one.findings] == ["network.no-answer"]
    assert "certificate" in str(one.findings[0].values["why"]).lower()


def test_a_private_address_is_no_address_for_readers_unless_it_is_meant(alder, web):
    at(alder, web.url, more="")

    assert codes(alder) == ["sync.private-address"]


def test_where_a_proxy_is_set_the_question_goes_through_it(alder, web):
    with Proxying(connect, {"127.0.0.1": web.port}) as proxy:
        at(alder, web.url, more=f"private: [alder]\nproxy: {proxy.http}")
        done = run(alder)

    assert done.exit_code == 0 and f"asked through {proxy.http}" in done.output
    assert proxy.asked == [f"127.0.0.1:{web.port}"]


def test_nothing_published_is_refused(tmp_path, monkeypatch):
    folder = one_person(tmp_path, monkeypatch)

    with pytest.raises(Refused) as refused:
        check_addresses(folder.path)

    assert refused.value.problems[0].code == "network.unpublished"
