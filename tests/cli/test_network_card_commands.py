"""The card at the command line: checked, filled from a file of a directory, shown, given out as files and to the network."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.actions.network_card import Shown
from polder.cli.main import polder
from polder.cli.network_card_commands import _card_lines
from polder.commons.card.dates import age_of
from polder.commons.card.model import Card, Service

ISP = {
    "name": "Alder",
    "email": "info@alder.test ",
    "memberCount": 4,
    "subscriberCount": 0,
    "coveredAreas": [],
    "creationDate": "09/06/2016",
    "version": 0.1,
}
Run = Callable[..., Result]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = CliRunner().invoke(
        polder,
        ["network", "init", "alder", "--url", "https://alder.test/net/", "--person", "ana", str(tmp_path)],
    )
    assert made.exit_code == 0, made.output
    return tmp_path


@pytest.fixture
def card(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(folder)

    def run(*words: str, given: str | None = None, language: str = "en") -> Result:
        return CliRunner().invoke(polder, ["--language", language, "network", "card", *words], input=given)

    return run


def write(folder: Path, text: str) -> None:
    (folder / "card.yml").write_text(text)


def test_a_file_of_a_directory_fills_the_card_and_says_what_was_odd(folder: Path, card: Run) -> None:
    (folder / "isp.json").write_text(json.dumps(ISP))

    done = card("import", "isp.json", "--texts-in", "fr")

    assert done.exit_code == 0, done.output
    assert "was read with the day first: 2016-06-09" in done.output
    text = (folder / "card.yml").read_text()
    assert text.startswith("# What you say of yourselves")
    assert "fr: Alder" in text
    assert "since: 2016-06-09" in text


def test_what_the_card_says_already_stays_unless_the_file_shall_win(folder: Path, card: Run) -> None:
    write(folder, "name: {fr: Aulne}  # ours\nsince: 2014\n")

    stays = card("import", "-", "--texts-in", "fr", given=json.dumps(ISP))
    assert "since stays 2014; the file says 2016-06-09." in stays.output
    assert "name: {fr: Aulne}  # ours\nsince: 2014\n" in (folder / "card.yml").read_text()

    card("import", "-", "--texts-in", "fr", "--replace", given=json.dumps(ISP))
    assert "name: {fr: Alder}  # ours\nsince: 2016-06-09\n" in (folder / "card.yml").read_text()


def test_a_dry_run_writes_nothing_and_a_second_import_changes_nothing(folder: Path, card: Run) -> None:
    before = (folder / "card.yml").read_text()

    shown = card("import", "-", "--dry-run", "--json", given=json.dumps(ISP))
    assert json.loads(shown.output)["written"] is False
    assert (folder / "card.yml").read_text() == before

    assert json.loads(card("import", "-", "--json", given=json.dumps(ISP)).output)["written"] is True
    again = json.loads(card("import", "-", "--json", given=json.dumps(ISP)).output)
    assert (again["written"], again["changes"]) == (False, [])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"memberCount": 3,}', "not JSON"),
        ('{"isServiceProvider": true, "name": "A", "foundingDate": "YYYY"}', "template"),
        ('{"symbol": "ISP"}', "--format"),
        ('{"symbol":\n "ISP",}', "x.json:2: This is not JSON"),
        ('["symbol"]', "no list of names with their values"),
    ],
)
def test_what_is_broken_unfilled_or_unknown_is_refused(
    folder: Path, card: Run, content: str, code: str
) -> None:
    before = (folder / "card.yml").read_text()
    (folder / "isp.json" if "memberCount" in content else folder / "x.json").write_text(content)

    done = card("import", "isp.json" if "memberCount" in content else "x.json")

    assert done.exit_code == 2
    assert code in done.output
    assert (folder / "card.yml").read_text() == before


def test_what_comes_is_shown_in_words_and_what_is_read_from_a_pipe_is_known_by_its_keys(
    folder: Path, card: Run
) -> None:
    hoster: dict[str, object] = {
        "@context": "http://schema.org",
        "@type": "Organization",
        "name": "Alder",
        "location": "Town",
    }
    hoster |= {"homeUrl": "https://alder.test", "tagLine": "Wikis", "communicationLanguages": ["fr", "en"]}
    words = ("import", "-", "--dry-run", "--texts-in", "en")

    done = card(*words, given=json.dumps(hoster))
    broken = card(*words, given='{"name": "Alder",\n"homeUrl" "x"}')

    assert done.exit_code == 0 and "name: en: Alder" in done.output and "languages: fr, en" in done.output
    assert "{" not in done.output and "'" not in done.output
    assert json.loads(card(*words, "--json", given=json.dumps(hoster)).output)["format"] == "librehost"
    assert broken.exit_code == 2 and "-:2: This is not JSON" in broken.output


def test_the_fields_of_a_card_are_named_in_the_readers_words_whosever_it_is() -> None:
    card = Card(name={"en": "Beech"}, services={"wiki": Service(contact_email="hello@beech.test")})
    told = _card_lines(Shown(card, age_of("2026-11-22T12:00:00Z", datetime(2026, 11, 23, tzinfo=UTC))), False)
    own = _card_lines(Shown(card), False)

    assert any(line.startswith("services: wiki: mail address  hello") for line in told)
    assert any(line.startswith("services: wiki: mail address  hello") for line in own)


def test_one_language_is_shown_the_readers(folder: Path, card: Run) -> None:
    write(
        folder,
        "name: {en: Alder, fr: Aulne}\nservices: {wiki: {summary: {fr: Des pages}}}\nnotes: the spare key\n",
    )

    french, english = card("show", language="fr").output, card("show").output

    assert "Aulne" in french and "Alder" not in french
    assert "Alder" in english and "Des pages" in english
    assert "spare" not in french + english
    assert "Aulne" in card("show", "--all-languages").output
    assert json.loads(card("show", "--json").output)["card"]["name"] == {"en": "Alder", "fr": "Aulne"}


def test_a_peer_of_which_nothing_came_is_not_shown(card: Run) -> None:
    done = card("show", "beech")

    assert done.exit_code == 2
    assert "Nothing of “beech” was fetched yet." in done.output and "–" not in done.output
    assert "did you mean “alder”" in card("show", "aldr").output


def test_what_hides_nothing_is_told_with_the_nearest_where_there_is_one(folder: Path, card: Run) -> None:
    for word, told in (("capacty", "did you mean “capacity”?"), ("zzz", "is not a key of the card.")):
        write(folder, f"name: {{en: Alder}}\nhide: [{word}]\n")
        assert told in card("check").output


def test_a_check_tells_mistakes_with_their_line_and_gives_advice(folder: Path, card: Run) -> None:
    write(folder, "name: {en: Alder}\nsinse: 2014\n")
    wrong = card("check")
    assert wrong.exit_code == 2
    assert "card.yml:2" in wrong.output and "since" in wrong.output

    write(folder, "name: {en: Alder}\ndescription: {en: Call +49 30 1234567}\nwebsite: http://192.168.1.4/\n")
    fine = card("check", "--json")
    assert fine.exit_code == 0, fine.output
    assert {one["code"] for one in json.loads(fine.output)["advice"]} == {
        "card.advice-number",
        "card.advice-inside",
        "card.advice-missing",
    }


def test_an_export_says_what_it_leaves_out(folder: Path, card: Run) -> None:
    write(folder, "name: {en: Alder}\nlanguages: [en]\nservices: {wiki: {name: {en: Wiki}}}\n")

    told = card("export", "chatonsinfos", "out")

    assert "chatonsinfos has no place for: languages." in told.output
    assert "organization.type" in told.output
    subs = (folder / "out/chatonsinfos/organization.properties").read_text()
    assert "subs.wiki = https://alder.test/net/chatonsinfos/wiki.properties" in subs
    every = json.loads(card("export", "all", "out", "--json").output)
    assert sorted(every["formats"]) == ["chatonsinfos", "freifunk", "isp", "librehost"]


def test_the_card_is_given_once_and_without_what_is_hidden(folder: Path, card: Run) -> None:
    write(folder, "name: {en: Alder}\ncapacity: {accounts: 5}\nhide: [capacity]\n")

    assert "publish" in card("give").output
    given = (folder / "given/card.json").read_bytes()
    assert json.loads(given)["provider"] == "alder"
    assert b"capacity" not in given
    assert "as it is" in card("give").output
    assert (folder / "given/card.json").read_bytes() == given


def test_a_card_with_a_secret_in_it_is_not_given(folder: Path, card: Run) -> None:
    write(folder, "name: {en: Alder}\ndescription: {en: 'password: hunter'}\n")

    done = card("give")

    assert done.exit_code == 2
    assert "secret" in done.output
    assert not (folder / "given/card.json").exists()


def test_the_language_of_texts_is_its_primary_tag(folder: Path, card: Run) -> None:
    card("import", "-", "--texts-in", "fr-BE", given=json.dumps(ISP))
    assert "fr: Alder" in (folder / "card.yml").read_text()

    refused = card("import", "-", "--texts-in", "French!", given=json.dumps(ISP))
    assert refused.exit_code == 2
    assert "French!" in refused.output


def test_what_a_peer_wrote_in_its_card_adds_no_line_and_hides_nothing() -> None:
    long = "Wikis.\n" + "for neighbours " * 30 + "\u202ename  beech\u200b\nname  beech"
    one = Card("beech", {"en": "Alder\nname  beech"}, description={"en": long})
    lines = _card_lines(Shown(one, age_of("2026-11-20T12:00:00Z", NOW)), False)

    assert len([line for line in lines if line.startswith("name")]) == 1
    assert not {"\n", "\u202e", "\u200b"} & set("".join(lines))
