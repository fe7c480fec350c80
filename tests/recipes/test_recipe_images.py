"""The built-in recipes' images, built and run for real, used as their people use them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.builder, pytest.mark.engine]
Start = Callable[..., Any]


def fresh_volume() -> str:
    return f"polder-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def website(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("website")
    (folder / ".well-known").mkdir()
    (folder / "empty").mkdir()
    (folder / "index.html").write_text("<h1>Bonjour</h1>")
    (folder / "404.html").write_text("<h1>Perdu</h1>")
    (folder / ".hidden").write_text("hidden")
    (folder / ".well-known" / "security.txt").write_text("Contact: mailto:a@lilas.example")
    (folder / "long.txt").write_text("a line of text\n" * 500)
    return start("static", "", content=folder)


def test_a_website_passes_its_check(website: Any) -> None:
    assert website.check() == []


@pytest.mark.parametrize(
    ("path", "status", "kind", "text"),
    [
        ("/", 200, "text/html; charset=utf-8", "Bonjour"),
        ("/nothing", 404, "text/html; charset=utf-8", "Perdu"),
        ("/.hidden", 403, "text/html", "403"),
        ("/%2ehidden", 403, "text/html", "403"),
        ("/empty/", 403, "text/html", "403"),
        ("/../etc/passwd", 404, "text/html; charset=utf-8", "Perdu"),
        ("/.well-known/security.txt", 200, "text/plain; charset=utf-8", "Contact"),
    ],
)
def test_a_website_answers_each_path_as_it_should(
    website: Any, path: str, status: int, kind: str, text: str
) -> None:
    with website.client() as client:
        answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert text in answer.text


def test_a_website_s_files_are_fetched_once_and_compressed(website: Any) -> None:
    with website.client() as client:
        first = client.get("/long.txt", headers={"Accept-Encoding": "gzip"})
        again = client.get(
            "/long.txt", headers={"If-None-Match": first.headers["etag"], "Accept-Encoding": "gzip"}
        )
    assert first.headers["content-encoding"] == "gzip" and "last-modified" not in first.headers
    assert again.status_code == 304


def test_nothing_can_be_written_to_a_website(website: Any) -> None:
    with website.client() as client:
        assert client.post("/", content="x").status_code == 403
        assert client.put("/new.html", content="x").status_code == 403


@pytest.fixture(scope="module")
def wiki(start: Start) -> Any:
    settings = {"WIKI_TITLE": "L'été <b>", "WIKI_LANGUAGE": "fr"}
    return start("dokuwiki", "first horse", volume=fresh_volume(), **settings)


def test_a_wiki_passes_its_check_and_is_clean_afterwards(wiki: Any) -> None:
    assert wiki.check() == []


def test_a_wiki_speaks_the_group_s_language_under_its_title(wiki: Any) -> None:
    with wiki.client() as client:
        answer = client.get("/start")
    assert answer.status_code == 200
    assert 'lang="fr"' in answer.text and "<b>]" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/data/wiki/pages/start.txt",
        "/data",
        "/conf/users.auth.php",
        "/inc/init.php",
        "/bin/dwpage.php",
        "/vendor/autoload.php",
        "/.htaccess",
        "/lib/plugins/acl/action.php",
        "/lib/plugins/acl/plugin.info.txt",
        "/lib/tpl/dokuwiki/main.php",
    ],
)
def test_a_wiki_refuses_the_paths_of_its_own_files(wiki: Any, path: str) -> None:
    with wiki.client() as client:
        assert client.get(path).status_code == 403


def test_a_wiki_has_no_installer(wiki: Any) -> None:
    with wiki.client() as client:
        answer = client.get("/install.php")
    assert answer.status_code == 404 and "superuser" not in answer.text.lower()


def test_a_wiki_lets_nobody_register_or_write_without_an_account(wiki: Any) -> None:
    with wiki.client() as client:
        assert "do[save]" not in client.get("/start?do=edit").text
        assert 'name="passchk"' not in client.get("/start?do=register").text


def test_a_wiki_writes_down_the_visitor_s_address_not_the_ingress_s(wiki: Any) -> None:
    with wiki.client() as client:
        client.get("/nowhere-at-all", headers={"X-Forwarded-For": "192.0.2.7"})
        token = client.get("/start?do=login", headers={"X-Forwarded-For": "192.0.2.7"}).text
    sectok = token.split('name="sectok" value="')[1].split('"')[0]
    with wiki.client() as client:
        form = {"do": "login", "id": "start", "u": "admin", "p": "first horse", "sectok": sectok}
        headers = {"X-Forwarded-For": "192.0.2.7"}
        client.post("/start?do=login", data=form, headers=headers)
        page = client.get("/start?do=edit", headers=headers).text
        save = {
            "id": "start",
            "sectok": page.split('name="sectok" value="')[1].split('"')[0],
            "date": page.split('name="date" value="')[1].split('"')[0],
            "wikitext": "====== Été ======\nchanged",
            "do[save]": "1",
        }
        assert client.post("/start?do=edit", data=save, headers=headers).status_code == 302
    changes = wiki.docker("exec", wiki.name, "cat", "/data/wiki/meta/start.changes")
    assert "192.0.2.7" in changes


def test_two_wikis_on_one_volume_share_pages_and_the_newer_password_holds(wiki: Any, start: Start) -> None:
    wiki.check("seed")
    volume = wiki.docker("inspect", "-f", "{{range .Mounts}}{{.Name}}{{end}}", wiki.name)
    newer = start("dokuwiki", "second horse", volume=volume)
    newer.values |= {"random": wiki.values["random"]}
    assert newer.check("verify", "clean") == []


@pytest.fixture(scope="module")
def calendar(start: Start) -> Any:
    return start("radicale", "a group's horse", volume=fresh_volume(), RADICALE_USER="group")


def test_a_calendar_passes_its_check_and_is_clean_afterwards(calendar: Any) -> None:
    assert calendar.check() == []


def test_a_real_caldav_client_makes_finds_and_removes_an_event(calendar: Any) -> None:
    caldav = pytest.importorskip("caldav")
    with caldav.DAVClient(calendar.address, username="group", password="a group's horse") as client:
        mine = client.principal().make_calendar(name="Assemblies")
        mine.save_event(
            dtstart=datetime(2026, 5, 1, 10, tzinfo=UTC),
            dtend=datetime(2026, 5, 1, 11, tzinfo=UTC),
            summary="Assembly of the dike",
        )
        found = mine.search(
            start=datetime(2026, 5, 1, tzinfo=UTC), end=datetime(2026, 5, 2, tzinfo=UTC), event=True
        )
        assert ["Assembly of the dike" in event.data for event in found] == [True]
        mine.delete()
        assert "Assemblies" not in [each.get_display_name() for each in client.principal().calendars()]


def test_another_person_gets_an_account_and_sees_only_their_own(calendar: Any) -> None:
    password = calendar.docker("exec", calendar.name, "radicale-people", "add", "ana")
    with calendar.client() as client:
        ana = httpx.BasicAuth("ana", password)
        assert client.request("PROPFIND", "/ana/", auth=ana).status_code == 207
        assert client.request("PROPFIND", "/group/", auth=ana).status_code == 403
    assert calendar.docker("exec", calendar.name, "radicale-people", "list").split() == ["group", "ana"]


def test_a_new_password_takes_the_place_of_the_old_at_the_next_start(calendar: Any, start: Start) -> None:
    volume = calendar.docker("inspect", "-f", "{{range .Mounts}}{{.Name}}{{end}}", calendar.name)
    newer = start("radicale", "a newer horse", volume=volume, RADICALE_USER="group")
    with newer.client() as client:
        for password, status in (("a newer horse", 207), ("a group's horse", 401)):
            auth = httpx.BasicAuth("group", password)
            assert client.request("PROPFIND", "/group/", auth=auth).status_code == status


def test_the_secrets_of_apps_are_in_no_log_and_no_setting(wiki: Any, calendar) -> None:
    for running, password in ((wiki, "first horse"), (calendar, "a group's horse")):
        logs: str = running.docker("logs", running.name)
        assert password not in logs + running.docker("inspect", running.name)
