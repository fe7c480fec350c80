"""The commands that begin, check and edit a site, as a person and as a script meet them."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli.lines import print_lines
from polder.cli.main import polder
from support.sites import RECIPIENT


@pytest.fixture
def site(tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run("init", "les-lilas").exit_code == 0
    monkeypatch.chdir(tmp_path / "les-lilas")
    return tmp_path / "les-lilas"


def run(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(polder, words, input=typed)


def test_a_new_site_is_checked_from_any_folder_below_it(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site / "content/commons")

    result = run("check")

    assert (result.exit_code, result.output) == (
        0,
        "Les Lilas: nothing is wrong. Groups: 1, apps: 1, hosts: 1.\n",
    )


def test_everything_wrong_is_printed_and_the_status_is_two(site: Path) -> None:
    file = site / "groups/commons.yml"
    file.write_text(file.read_text().replace("recipe: static", "recipe: statik").replace("name:", "nmae:"))

    result = run("check")

    assert result.exit_code == 2
    assert "groups/commons.yml:7: There is no recipe “statik”. Did you mean “static”?" in result.stderr
    assert "There is no key “nmae” here. Did you mean “name”?" in result.stderr


def test_a_machine_reads_the_problems_as_json(site: Path) -> None:
    (site / "hosts.yml").write_text("one:\n\taddress: local\n")

    result = run("check", "--json")

    assert result.exit_code == 2
    assert [(p["code"], p["where"]) for p in json.loads(result.stdout)["problems"]] == [
        ("kernel.yaml-tab", "hosts.yml:2")
    ]


def test_where_there_is_no_site_the_way_to_one_is_shown(tmp_path: Path, clean_environment: Path) -> None:
    result = run("--site", str(tmp_path / "nowhere"), "check")

    assert result.exit_code == 2
    assert "polder init" in result.stderr


def test_a_second_start_in_the_same_folder_is_refused(site: Path) -> None:
    result = run("init", ".")

    assert result.exit_code == 2
    assert "site.yml: There is a file of this name already" in result.stderr


def test_an_app_comes_changes_and_goes(site: Path) -> None:
    steps = [
        ["group", "add", "merles", "--name", "Les Merles", "--languages", "fr,es"],
        [
            "app",
            "add",
            "merles/site",
            "--recipe",
            "static",
            "--domain",
            "merles.test",
            "--set",
            "files=content/commons",
        ],
        ["app", "set", "merles/site", "size=large", "domain=www.merles.test"],
    ]
    for words in steps:
        assert run(*words).exit_code == 0, words

    listed = json.loads(run("app", "list", "--json").stdout)
    assert listed[1] == {
        "app": "merles/site",
        "recipe": "static",
        "domain": "www.merles.test",
        "size": "large",
        "host": "les-lilas",
    }
    assert "merles/site" in run("app", "list").stdout
    assert json.loads(run("group", "list", "--json").stdout)[1]["languages"] == ["fr", "es"]

    assert run("app", "remove", "merles/site", typed="merles/site\n").exit_code == 0
    assert [app["app"] for app in json.loads(run("app", "list", "--json").stdout)] == ["commons/site"]


def test_removing_asks_first(site: Path) -> None:
    before = (site / "groups/commons.yml").read_text()

    results = [run("app", "remove", "commons/site", typed=typed) for typed in ("no\n", "", "yes\n")]

    assert [result.exit_code for result in results] == [4, 4, 4]
    assert (site / "groups/commons.yml").read_text() == before


def test_data_is_forgotten_only_when_the_app_is_typed_out(site: Path) -> None:
    refused = run("app", "remove", "commons/site", "--yes", "--forget-data", "commons")
    assert refused.exit_code == 2 and "to destroy data, type “commons/site”" in refused.stderr

    assert run("app", "remove", "commons/site", "--yes", "--forget-data", "commons/site").exit_code == 0
    assert "forget-data: [site]" in (site / "groups/commons.yml").read_text()


def test_which_data_is_kept_is_said_before_it_is_asked(site: Path) -> None:
    assert run("operator", "add", "ana", RECIPIENT).exit_code == 0
    assert (
        run("app", "add", "commons/agenda", "--recipe", "radicale", "--domain", "agenda.lilas.test").exit_code
        == 0
    )

    result = run("app", "remove", "commons/agenda", "--yes")

    assert "The data of commons/agenda is kept on its host: les-lilas_commons_agenda_" in result.stdout


def test_a_recipe_with_secrets_needs_an_operator_first(site: Path) -> None:
    result = run("app", "add", "commons/agenda", "--recipe", "radicale", "--domain", "agenda.lilas.test")

    assert result.exit_code == 2
    assert "polder operator add" in result.stderr
    assert "agenda" not in (site / "groups/commons.yml").read_text().replace("# ", "")


@pytest.mark.parametrize(
    "words",
    [
        ["app", "set", "commons/site", "size"],
        ["app", "add", "commons/x", "--recipe", "static", "--domain", "x.test", "--set", "files"],
        ["init", "other", "--operator", "ana"],
    ],
)
def test_a_word_that_is_no_pair_is_a_usage_error(site: Path, words: list[str]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert "NAME=VALUE" in result.stderr


def test_recipes_are_shown_in_the_askers_language(site: Path) -> None:
    assert "Site web" in run("--language", "fr", "recipe", "list").stdout
    assert "ingress" not in run("recipe", "list").stdout
    shown = json.loads(run("--language", "es", "recipe", "show", "static", "--json").stdout)
    assert (shown["name"], shown["settings"]["files"]["required"]) == ("Sitio web", True)
    assert "32 MiB of memory" in run("recipe", "show", "static").stdout
    assert "Did you mean “static”" in run("recipe", "show", "statik").stderr


def test_schemas_are_printed_and_written(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / ".polder/schema/site.json").unlink()

    assert run("schema", "--write").exit_code == 0
    assert json.loads((site / ".polder/schema/site.json").read_text()) == json.loads(
        run("schema", "site").stdout
    )
    network = {"network", "card", "software", "news", "event", "note", "circle", "advisory"}
    assert set(json.loads(run("schema").stdout)) == {"site", "hosts", "group", "lock", "recipe"} | network
    monkeypatch.chdir(tmp_path)
    assert run("schema", "group").exit_code == 0
    assert "Did you mean “group”" in run("schema", "gruop").stderr


@pytest.mark.parametrize(
    "words",
    [
        ("init", "file/below"),
        ("key", "new", "--file", "file/below/key.txt"),
        ("group", "add", "lilas", "--name", "Lilas"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_in_a_sentence(
    site: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    (site / "file").write_text("in the way")
    monkeypatch.setattr("tempfile.mkstemp", _read_only)

    result = run(*words)

    assert result.exit_code == 1
    assert "The system refused it: " in result.stderr


def _read_only(**_: object) -> None:
    raise OSError(errno.EROFS, "Read-only file system", "groups")


def test_what_a_container_wrote_does_not_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([("| ready\x1b[2J\x1b]52;c;cm0gLXJm\x07 \u202egnp.exe", "dim"), ("été\u00a0: 1 →\t2", "")])
    shown = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)
    assert shown.endswith("été\u00a0: 1 →\t2\n")
