"""QR codes as somebody meets them: shown by one provider, scanned by a decoder that is not ours, typed into another's command."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polder.cli import qr_code
from polder.cli.main import polder
from polder.commons.network.signpost import Signpost, read_signpost
from polder.commons.roster.fingerprint import spoken
from polder.kernel.digest import Digest
from support.network_folder import NetworkFolder, one_person, publish_as
from support.scanner import from_png, from_svg, from_terminal, scan
from support.web import Web


def run(folder: Path, *words: str, given: str = "") -> Result:
    return CliRunner().invoke(polder, ["--site", str(folder), "network", *words], input=given)


@pytest.fixture
def web():
    with Web({}) as web:
        yield web


@pytest.fixture
def alder(
    tmp_path: Path, clean_environment: Path, monkeypatch: pytest.MonkeyPatch, web: Web
) -> NetworkFolder:
    """A provider that publishes at ``web``, and began a network alone."""
    folder = one_person(tmp_path, monkeypatch)
    text = (folder.path / "network.yml").read_text().replace("https://alder.example/net/", web.url)
    (folder.path / "network.yml").write_text(text)
    now = datetime.now(UTC).replace(microsecond=0)
    publish_as(folder, "ana", now=now)
    for words in (["introduce", "--name", "Alder"], ["found", "--network", "Waterland", "--yes"]):
        done = run(folder.path, "roster", *words)
        assert done.exit_code == 0, done.output
    publish_as(folder, "ana", now=now)
    web.files = dict(folder.files())
    return folder


@pytest.fixture
def fir(tmp_path: Path) -> Path:
    """Somebody new."""
    (tmp_path / "fir").mkdir()
    head = "provider: fir\nurls: [https://fir.example/net/]\npeople: {ana: {}}\n"
    (tmp_path / "fir/network.yml").write_text(head)
    return tmp_path / "fir"


def test_words_come_first_and_the_code_when_it_is_asked_for(alder):
    plain, shown = run(alder.path, "keys", "list"), run(alder.path, "keys", "list", "--qr")

    assert "█" not in plain.output and "polder:" not in plain.output
    assert shown.output.startswith(plain.output)
    text = json.loads(run(alder.path, "keys", "list", "--json").output)["signpost"]
    assert scan(from_terminal(shown.output)) == text
    assert scan(from_terminal(shown.output, inverted=True)) == text
    assert shown.output.splitlines().index(text) == len(plain.output.splitlines())


def test_what_a_scanner_reads_from_the_screen_is_followed(alder, fir, web):
    text = scan(from_terminal(run(alder.path, "keys", "list", "--qr").output))
    followed = run(fir, "follow", text, "--private", given="alder\n")
    typed = run(fir, "follow", "-", "--private", "--yes", given=f"{text}\r\n")

    assert text.startswith("polder:provider:alder:") and text.endswith(f":{web.url}")
    assert followed.exit_code == typed.exit_code == 0, followed.output
    assert f"It says: alder, at {web.url}" in followed.output
    assert run(fir, "sync").exit_code == 0


def test_whoever_does_not_agree_follows_nobody(alder, fir):
    text = json.loads(run(alder.path, "keys", "list", "--json").output)["signpost"]
    before = (fir / "network.yml").read_bytes()

    assert run(fir, "follow", text, "--private", given="no\n").exit_code == 4
    assert run(fir, "follow", "-", "--private", given=text).exit_code == 4  # nobody is left to ask
    assert (fir / "network.yml").read_bytes() == before


@pytest.mark.parametrize("kind", ["png", "svg", "PNG"])
def test_what_a_scanner_reads_from_a_file_brings_a_newcomer_in(alder, fir, kind):
    picture = fir / f"code.{kind}"
    shown = run(alder.path, "roster", "fingerprint", "--qr-file", str(picture))
    content = picture.read_bytes()
    text = scan(from_svg(content.decode(), qr_code.SCALE) if kind == "svg" else from_png(content))
    joined = run(fir, "roster", "join", text, "--private", "--yes")

    assert shown.exit_code == 0 and "█" not in shown.output and str(picture) in shown.output
    assert text.startswith("polder:roster:alder:")
    assert joined.exit_code == 0, joined.output
    digests = [
        json.loads(run(one, "roster", "fingerprint", "--json").output)["digest"] for one in (fir, alder.path)
    ]
    assert digests[0] == digests[1] == f"sha256:{text.split(':')[3]}"


def test_the_picture_says_in_words_what_it_holds(alder, tmp_path):
    picture = tmp_path / "code.svg"
    output = run(alder.path, "roster", "fingerprint", "--qr", "--qr-file", str(picture)).output
    text = next(line for line in output.splitlines() if line.startswith("polder:"))
    assert f"<desc>{text}</desc>" in picture.read_text()
    assert "<title>alder: roster</title>" in picture.read_text()


def test_two_members_codes_are_held_against_each_other(alder, fir):
    one = json.loads(run(alder.path, "roster", "fingerprint", "--json").output)["signpost"]
    other = one.replace("polder:roster:alder:", "polder:roster:beech:")
    liar = str(Signpost("roster", "cedar", "https://cedar.example/", Digest("sha256:" + "1" * 64)))

    refused = run(fir, "roster", "join", one, liar, "--private", "--yes")
    words = run(
        fir,
        "roster",
        "join",
        one,
        "--fingerprint",
        spoken(Digest("sha256:" + "1" * 64)),
        "--private",
        "--yes",
    )
    joined = run(fir, "roster", "join", "-", "-", "--private", "--yes", given=f"{one}\n{other}\n")

    assert refused.exit_code == words.exit_code == 2
    assert "Two fingerprints are named" in refused.output and "Two fingerprints are named" in words.output
    assert joined.exit_code == 0, joined.output


def test_the_words_are_still_asked_for_before_a_network_is_pinned(alder, fir):
    found = json.loads(run(alder.path, "roster", "fingerprint", "--json").output)
    without = run(fir, "roster", "join", found["signpost"], "--private", given="yes\n")
    with_it = run(
        fir, "roster", "join", found["signpost"], "--private", given=found["words"].split()[0] + "\n"
    )

    assert (without.exit_code, with_it.exit_code) == (4, 0)
    assert found["words"] in " ".join(without.output.split())


def test_a_member_that_network_yml_lets_have_private_addresses_is_asked_there(alder, fir):
    found = json.loads(run(alder.path, "roster", "fingerprint", "--json").output)
    refused = run(fir, "roster", "join", found["signpost"], "--yes")
    with (fir / "network.yml").open("a") as file:
        file.write("private: [alder]\n")

    assert refused.exit_code == 2
    assert run(fir, "roster", "join", found["signpost"], "--yes").exit_code == 0


def test_another_root_than_the_code_says_is_refused(alder, fir, web):
    text = str(Signpost("provider", "alder", web.url, Digest("sha256:" + "2" * 64)))
    refused = run(fir, "follow", text, "--private", "--yes")
    assert refused.exit_code == 2 and "the pinned one is" in refused.output


@pytest.mark.parametrize(
    "words, told",
    [
        (["follow", "polder:provider:alder:12:https://alder.example/"], "is no signpost"),
        (["follow", "-"], "is no signpost"),
        (["follow", "polder:roster:alder:" + "0" * 64 + ":https://alder.example/"], "polder network roster join"),
        (["follow", "alder"], "a name and an address"),
        (["follow", "polder:provider:alder:" + "0" * 64 + ":https://alder.example/", "https://x.example/"], "already"),
        (["roster", "join", "polder:provider:alder:" + "0" * 64 + ":https://alder.example/"], "polder network follow"),
        (["roster", "join", "beech"], "is no signpost"),
        (["roster", "join"], "'--fingerprint'"),
        (["roster", "join", "--fingerprint", "0" * 64], "'--from'"),
        (["keys", "list", "--qr"], "no fingerprint yet"),
        (["keys", "list", "--qr-file", "code.gif"], "neither in .svg nor in .png"),
        (["roster", "fingerprint", "--newest", "--qr"], "not of its newest version"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(fir, words, told):
    done = run(fir, *words)
    assert done.exit_code == 2 and told in done.output


def test_a_terminal_that_is_too_narrow_gets_the_text_alone(alder, monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    post = Signpost("provider", "alder", "https://alder.example/net/", Digest("sha256:" + "0" * 64))
    qr_code.show(post, True, None)
    narrow = capsys.readouterr().out
    monkeypatch.setenv("COLUMNS", "80")
    qr_code.show(post, True, None)
    wide = capsys.readouterr().out

    assert "█" not in narrow and "--qr-file" in narrow and narrow.splitlines()[0] == str(post)
    assert scan(from_terminal(wide)) == str(post)
    assert max(map(len, wide.splitlines()[1:])) < 80 and len(wide.splitlines()[1:]) < 24


@pytest.mark.parametrize("path", ["x" * 800, "über-uns", "κήπος", "a:b:c"])
def test_the_longest_and_the_strangest_address_that_is_taken_still_scans(tmp_path, path):
    url = f"https://alder.example/{path}/"
    post = Signpost("provider", "alder", url, Digest("sha256:" + "f" * 64))
    qr_code.show(post, False, tmp_path / "code.png")
    text = scan(from_png((tmp_path / "code.png").read_bytes()))
    assert read_signpost(text, "provider") == post


def test_a_scanner_that_types_other_bytes_is_told_so(fir):
    words = ["--site", str(fir), "network", "follow", "-"]
    done = CliRunner().invoke(polder, words, input=b"\xff\xfepolder:\n")
    assert done.exit_code == 2 and "is not UTF-8" in done.output
