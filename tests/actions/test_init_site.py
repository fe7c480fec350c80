"""A new site: right at once, in the asker's language, and never over something else."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from polder.actions.check_site import load_recipes, load_site
from polder.actions.init_network import init_network
from polder.actions.init_site import NewSite, init_site
from polder.actions.load_network import load_network
from polder.actions.site_schema import one_schema, schemas
from polder.kernel.document import read_document, to_data
from polder.kernel.folder import Folder
from polder.kernel.problem import Refused
from polder.world.files import builtin_root
from support.sites import RECIPIENT

KINDS = {"site.yml": "site", "hosts.yml": "hosts", "groups/commons.yml": "group"}
WORDS = {"en": "a group", "fr": "un groupe", "es": "un grupo"}


def codes(folder: Path, asked: NewSite) -> list[str]:
    with pytest.raises(Refused) as refused:
        init_site(folder, asked)
    return [problem.code for problem in refused.value.problems]


@pytest.mark.parametrize("language", ["en", "fr", "es", "sq"])
def test_a_new_site_is_right_at_once(tmp_path: Path, clean_environment: Path, language: str) -> None:
    started = init_site(tmp_path / "les-lilas", NewSite(language=language))

    site = load_site(tmp_path / "les-lilas")
    assert (site.slug, site.name, site.domain, site.languages) == (
        "les-lilas",
        "Les Lilas",
        "les-lilas.test",
        (language,),
    )
    assert [(app.id, app.recipe, app.host) for app in site.apps] == [("commons/site", "static", "les-lilas")]
    assert started.site.digest == site.digest
    assert started.commit.id == ""


def test_its_comments_are_in_the_askers_language(tmp_path: Path, clean_environment: Path) -> None:
    texts = {}
    for language in WORDS:
        init_site(tmp_path / language, NewSite(language=language, slug="les-lilas"))
        texts[language] = (tmp_path / language / "groups/commons.yml").read_text()

    assert len({text.splitlines()[1] for text in texts.values()}) == 3


def test_what_was_asked_is_what_is_written(tmp_path: Path, clean_environment: Path) -> None:
    asked = NewSite(
        "lilas", "L'asso: <Lilas> & #1", "lilas.example", "fr", {"ana": RECIPIENT}, repository=True
    )

    started = init_site(tmp_path / "x", asked)

    assert (started.site.slug, started.site.name, started.site.domain) == (
        "lilas",
        "L'asso: <Lilas> & #1",
        "lilas.example",
    )
    assert [operator.name for operator in started.site.operators] == ["ana"]
    assert started.commit.id
    assert "&lt;Lilas&gt; &amp; #1" in (tmp_path / "x/content/commons/index.html").read_text()
    assert "journal/*.jsonl merge=union" in (tmp_path / "x/.gitattributes").read_text()


def test_nothing_that_exists_is_overwritten(tmp_path: Path, clean_environment: Path) -> None:
    (tmp_path / "site.yml").write_text("mine")
    (tmp_path / "hosts.yml").symlink_to("nowhere")
    (tmp_path / ".gitignore").symlink_to("site.yml")

    assert codes(tmp_path, NewSite(slug="lilas")) == ["site.exists"] * 3
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "home") == [
        ".gitignore",
        "hosts.yml",
        "site.yml",
    ]
    assert (tmp_path / "site.yml").read_text() == "mine"


def test_a_network_folder_becomes_a_site_too(tmp_path: Path, clean_environment: Path) -> None:
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "README.md").write_text("mine")
    (folder / ".gitattributes").write_text("*.svg text")
    init_network(folder, "alder", ["https://alder.example/net/"], ["ana"])
    before = (folder / ".gitignore").read_text()

    started = init_site(folder, NewSite())

    ignored = (folder / ".gitignore").read_text()
    assert ignored.startswith(before) and {".polder/", "*.key", "identity.txt"} <= set(ignored.splitlines())
    assert len(set(ignored.splitlines())) == len(ignored.splitlines())
    assert (folder / ".gitattributes").read_text().startswith("*.svg text\n#")
    assert (folder / "README.md").read_text() == "mine" and "README.md" not in started.files
    assert load_network(folder).provider == "alder"


def test_the_provider_keeps_the_name_that_it_has_in_the_network(
    tmp_path: Path, clean_environment: Path
) -> None:
    folder = tmp_path / "our-things"
    init_network(folder, "alder", ["https://alder.example/net/"], ["ana"])

    assert init_site(folder, NewSite()).site.slug == "alder"


def test_lists_of_ignored_names_in_another_encoding_stay_as_they_are(
    tmp_path: Path, clean_environment: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/.gitignore").write_bytes(b"\xe9t\xe9/")
    init_network(tmp_path / "a", "alder", ["https://alder.example/net/"], ["ana"])
    init_site(tmp_path / "a", NewSite())

    assert (tmp_path / "a/.gitignore").read_bytes().startswith(b"\xe9t\xe9/\npublic/\nstate/\n")


def test_every_wrong_word_is_told_at_once(tmp_path: Path) -> None:
    asked = NewSite("Les Lilas", "a\nb", "lilas", "fr", {"Ana": "age1", "ben": "AGE-SECRET-KEY-1QQ"})

    assert codes(tmp_path / "x", asked) == [
        "kernel.not-a-slug",
        "kernel.not-one-line",
        "kernel.not-a-domain",
        "kernel.not-a-slug",
        "site.not-a-recipient",
        "site.private-key",
    ]
    assert not (tmp_path / "x").exists()


def test_editors_find_the_schemas_where_the_first_lines_say(tmp_path: Path, clean_environment: Path) -> None:
    init_site(tmp_path / "lilas", NewSite())

    for file, kind in KINDS.items():
        path = tmp_path / "lilas" / file
        named = path.read_text().splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        schema = json.loads((path.parent / named).read_text())
        assert schema == one_schema(kind, tmp_path / "lilas")
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(to_data(read_document(path.read_bytes(), file).root), schema)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in builtin_root().glob("*/recipe.yml")))
def test_the_schema_accepts_the_recipes_that_come_with_polder(name: str) -> None:
    content = (builtin_root() / name / "recipe.yml").read_bytes()

    jsonschema.validate(to_data(read_document(content, "recipe.yml").root), one_schema("recipe"))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("site", "provider: Les Lilas\nname: x\ndomain: x.test\n"),
        ("site", "provider: lilas\nname: x\n"),
        ("site", "provider: lilas\nname: x\ndomain: x.test\nnmae: y\n"),
        ("hosts", "one: {address: local, roles: [boss]}\n"),
        ("group", "name: x\napps: {wiki: {recipe: static, domain: x.test, colour: red}}\n"),
        ("group", "name: x\napps: {Wiki: {recipe: static, domain: x.test}}\n"),
        ("lock", "recipes: {static: latest}\n"),
        ("recipe", "recipe: x\n"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(kind: str, text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(to_data(read_document(text.encode(), "f.yml").root), one_schema(kind))


def test_schemas_offer_the_recipes_there_are(tmp_path: Path, clean_environment: Path) -> None:
    init_site(tmp_path / "lilas", NewSite())

    offered = schemas(tmp_path / "lilas")["group"]["properties"]["apps"]["additionalProperties"][
        "properties"
    ]["recipe"]

    assert "static" in offered["enum"] and "ingress" not in offered["enum"]
    with pytest.raises(Refused) as refused:
        one_schema("grop")
    assert refused.value.problems[0].values["nearest"] == "group"


def test_recipes_that_come_with_polder_are_right_and_speak_three_languages() -> None:
    for recipe in load_recipes(Folder({})).values():
        texts = [recipe.names, recipe.summary, *(s.question for s in recipe.settings.values())]
        texts += [step.say for step in recipe.check] + [d.meaning for d in recipe.datasets.values()]
        texts += [secret.meaning for secret in recipe.secrets.values()]
        assert [text for text in texts if not {"en", "es", "fr"} <= text.by_language.keys()] == [], (
            recipe.name
        )
