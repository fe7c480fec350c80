"""Text from strangers as it is shown: nothing hidden, and no line that they did not get."""

import json

import pytest

from polder.cli.door import fail, show_json
from polder.cli.lines import print_lines
from polder.cli.table import table_lines
from polder.kernel.problem import Problem
from polder.kernel.sentences import hint, say, say_loosely, say_problem
from polder.kernel.text import harmless, one_line, plain_addresses

NASTY = (
    "\x00\x07\x08\x0b\x0c\x0d\x1b\x1f\x7f\x80\x85\x9b\x9f"  # C0, DEL, C1
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2064\ufeff\ufffb"  # no width, marks of direction
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # separators, embeddings, isolates
    "\U000e0001\U000e0041\U000e007f\ud800"  # tags, half a character
)
EACH = pytest.mark.parametrize("character", [*NASTY, "\n", "\t", "\r\n"], ids=lambda one: ascii(one))


@EACH
def test_a_value_adds_no_line_to_a_sentence_and_hides_nothing_in_it(character: str) -> None:
    value = f"beech{character}alder: all is well"
    values = {"peer": value, "by": (value, value), "source": value, "why": value}
    problem = Problem("sync.unreachable", value, values)
    texts = [say("sync.two-rosters", {"version": 1, "by": (value,)}), hint("sync.asleep", values)]
    texts += [say_problem(problem), say_loosely("sync.shown-two-ways", values)]
    texts += [text for text, _ in table_lines(["name"], [[value]])]

    for text in texts:
        assert character not in text
        assert len(text.splitlines()) == 1


@EACH
def test_what_leaves_the_door_is_clean_too(character: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        fail([Problem("sync.no-alarm", "", {"alarm": f"one{character}two"})])
    told = capfd.readouterr().err

    assert [line for line in told.splitlines() if line.startswith("two")] == []
    assert character == "\n" or character not in told


@pytest.mark.parametrize("character", [*NASTY, "\n"], ids=lambda one: ascii(one))
def test_data_for_machines_stays_what_it_is_and_steers_no_terminal(
    character: str, capfd: pytest.CaptureFixture[str]
) -> None:
    show_json({"name": f"a{character}b"})
    told = capfd.readouterr().out

    assert json.loads(told) == {"name": f"a{character}b"}
    assert character == "\n" or character not in told


@pytest.mark.parametrize("character", NASTY, ids=lambda one: ascii(one))
def test_lines_show_nothing_hidden(character: str, capfd: pytest.CaptureFixture[str]) -> None:
    print_lines([(f"a{character}b", "bold")])

    assert character not in capfd.readouterr().out


@pytest.mark.parametrize("text", ["می\u200cخواهم", "क्\u200dष", "👩\u200d💻", "l·l", "Ça va", "שלום"])
def test_what_languages_need_stays(text: str) -> None:
    assert one_line(text) == text


def test_several_lines_stay_where_they_are_meant() -> None:
    assert harmless("one\n\ttwo") == "one\n\ttwo"
    assert say("image.unfetched", {"recipe": "wiki", "lines": "one\ntwo"}).endswith("\none\ntwo")


LOOKS_LIKE_BEECH = "http://be\u0435\u0441h.example/net/"


def test_an_address_that_looks_like_another_is_shown_in_plain_letters(
    capfd: pytest.CaptureFixture[str],
) -> None:
    plain, values = "http://xn--beh-sdd4d.example/net/", {"url": LOOKS_LIKE_BEECH, "name": "beech"}
    print_lines([(f"    {LOOKS_LIKE_BEECH}", "")])
    texts = [capfd.readouterr().out, say("network.signpost-read", values)]
    texts += [say_problem(Problem("sync.redirected", LOOKS_LIKE_BEECH, {"to": LOOKS_LIKE_BEECH}))]
    texts += [text for text, _ in table_lines(["address"], [[LOOKS_LIKE_BEECH]])][1:]

    for text in texts:
        assert plain in text and LOOKS_LIKE_BEECH not in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://b\xfccher.example/\xfc", "http://xn--bcher-kva.example/\xfc"),
        ("HTTPS://ana@b\xfccher.example:8443/", "HTTPS://ana@xn--bcher-kva.example:8443/"),
        ("\u201chttp://b\xfccher.example\u201d", "\u201chttp://xn--bcher-kva.example\u201d"),
        ("http://\uff42eech\u3002example/", "http://beech.example/"),
        ("http://evil.example\uff0fx.beech.example/", "http://evil.example\\uff0fx.beech.example/"),
        ("http://" + "b\xfc" * 60 + ".example/", "http://" + "b\\xfc" * 60 + ".example/"),
        ("B\xfccher, http://beech.example/?b\xfccher", "B\xfccher, http://beech.example/?b\xfccher"),
    ],
)
def test_the_machine_alone_is_written_as_it_is_asked_for(given: str, shown: str) -> None:
    assert plain_addresses(given) == shown
