"""A recipe's check against a real HTTPS answer: what runs, what is skipped, what is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from polder.actions.check_app import CheckResult, run_check
from polder.kernel.secret import Secret
from polder.kernel.sentences import say
from polder.kernel.text import Text
from polder.platform.recipe.model import CheckStep
from support.https import Door, serve

PASSWORD = Secret("hunter22-very-secret")


class Notes(BaseHTTPRequestHandler):
    """An app that keeps notes for whoever has the password, and asks for a token to write."""

    held: dict[str, str] = {}  # noqa: RUF012 - the server makes a handler for each request
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        if self.path == "/form":
            return self.reply(200, '<input name="token" value="t42">')
        return self.reply(200, self.held[self.path]) if self.path in self.held else self.reply(404, "no note")

    def do_POST(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "token=t42" not in sent or f"password={PASSWORD.reveal()}" not in sent:
            return self.reply(403, f"refused: {sent}")
        self.held[self.path] = sent.partition("text=")[2].partition("&")[0]
        return self.reply(201, "kept")

    def do_DELETE(self) -> None:
        self.asked.append(f"{self.command} {self.path}")
        self.reply(204 if self.held.pop(self.path, None) else 404, "")

    def reply(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def step(phase: Any, request: str, words: str, *status: int, **more: Any) -> CheckStep:
    method, _, path = request.partition(" ")
    empty: dict[str, Any] = {"headers": {}, "form": {}, "body": "", "auth": ("", ""), "expect_contains": ()}
    empty |= {"expect_missing": (), "capture": {}, "follow": False}
    say = Text({"en": words, "fr": f"{words} (fr)"})
    return CheckStep(
        say=say, phase=phase, method=method, path=path, expect_status=status, **{**empty, **more}
    )


FORM = step("seed", "GET /form", "Open the form", 200, capture={"token": 'name="token" value="([^"]+)"'})
WRITE = step(
    "seed",
    "POST /note-${random}",
    "Write a note",
    201,
    form={"text": "dike-${random}", "token": "${token}", "password": "${secret.password}"},
)
READ = step("verify", "GET /note-${random}", "Read it back", 200, expect_contains=("dike-${random}",))
CLEAN = step("clean", "DELETE /note-${random}", "Take it away", 204, 404)


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    Notes.held.clear()
    Notes.asked.clear()
    with serve(Notes, "notes.lilas.test", tmp_path_factory.mktemp("door")) as found:
        yield found


def run(door: Door, *steps: CheckStep, password: Secret = PASSWORD) -> tuple[CheckResult, ...]:
    values: Mapping[str, str | Secret] = {"domain": "notes.lilas.test", "secret.password": password}
    return run_check(
        steps,
        domain="notes.lilas.test",
        connect_to=door.address,
        ca_pem=door.authority,
        values=values,
        language="fr",
    )


def states(results: tuple[CheckResult, ...]) -> list[str]:
    return [result.state for result in results]


def test_a_note_is_written_read_back_and_taken_away(door: Door) -> None:
    results = run(door, FORM, WRITE, READ, CLEAN)
    assert states(results) == ["passed"] * 4
    assert [result.status for result in results] == [200, 201, 200, 204]
    assert results[1].say == "Write a note (fr)"
    assert Notes.held == {}


def test_after_a_failure_only_cleaning_goes_on(door: Door) -> None:
    lost = replace(READ, expect_contains=("something else",))
    results = run(door, FORM, WRITE, lost, READ, CLEAN)
    assert states(results) == ["passed", "passed", "failed", "skipped", "passed"]
    assert Notes.held == {}
    assert results[2].problem is not None
    assert results[2].problem.code == "app.check-not-there"


def test_cleaning_that_needs_what_was_never_captured_is_skipped(door: Door) -> None:
    away = replace(FORM, path="/away")
    sweep = step("clean", "DELETE /${token}", "Sweep", 204)
    assert states(run(door, away, WRITE, sweep)) == ["failed", "skipped", "skipped"]
    assert Notes.asked == ["GET /away"]


def test_a_wrong_password_fails_without_being_shown(door: Door) -> None:
    wrong = Secret("wrong-and-still-secret")
    results = run(door, FORM, WRITE, READ, CLEAN, password=wrong)
    assert states(results) == ["passed", "failed", "skipped", "passed"]
    problem = results[1].problem
    assert problem is not None
    assert say(problem.code, problem.values) == "The answer's status was 403, not 201."
    assert "wrong-and-still-secret" not in repr(results)


def test_an_app_that_does_not_answer_is_said_as_such(door: Door) -> None:
    gone = Door("127.0.0.1:1", door.authority)
    results = run(gone, FORM, WRITE, CLEAN)
    assert states(results) == ["failed", "skipped", "failed"]
    problem = results[0].problem
    assert problem is not None
    assert problem.values == {"what": "https://notes.lilas.test", "why": "Connection refused"}


def test_two_runs_use_different_random_words(door: Door) -> None:
    run(door, FORM, WRITE)
    run(door, FORM, WRITE)
    assert len(Notes.held) == 2
