"""A check's steps, filled in and judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.kernel.text import Text
from polder.platform.recipe.check import app_values, captures, fill, hide, judge, names_used, request_of
from polder.platform.recipe.model import CheckStep
from support.sites import group, read, site_files

STEP = CheckStep(
    say=Text({"en": "Sign in"}),
    phase="seed",
    method="POST",
    path="/login?for=${domain}",
    headers={"X-Random": "${random}"},
    form={"p": "${secret.password}", "t": "${token}"},
    body="",
    auth=("", ""),
    expect_status=(200, 204),
    expect_contains=("Hello ${domain}",),
    expect_missing=("Wrong",),
    capture={"next": r'name="n" value="(\w+)"'},
    follow=True,
)
VALUES = {"domain": "w.test", "random": "r1", "token": "t1", "secret.password": Secret("hunter22")}


def test_every_place_is_filled_in() -> None:
    request = request_of(STEP, VALUES)
    assert request.path == "/login?for=w.test"
    assert request.headers == {"X-Random": "r1"}
    assert request.form == {"p": "hunter22", "t": "t1"}


def test_a_request_does_not_show_the_secrets_it_holds() -> None:
    assert "hunter22" not in repr(request_of(STEP, VALUES))


def test_every_missing_value_of_a_text_is_named() -> None:
    with pytest.raises(Refused) as refused:
        fill("${b} ${a} ${domain}", VALUES)
    (problem,) = refused.value.problems
    assert (problem.code, problem.values) == ("app.check-no-value", {"names": ("a", "b")})


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (500, "Hello w.test", "app.check-status"),
        (200, "Hello x.test", "app.check-not-there"),
        (200, 'Hello w.test Wrong name="n" value="7"', "app.check-still-there"),
        (200, "Hello w.test", "app.check-no-capture"),
    ],
)
def test_the_first_unmet_expectation_is_said(status: int, body: str, code: str) -> None:
    problem = judge(STEP, status, body, VALUES)
    assert problem is not None
    assert problem.code == code


def test_an_answer_that_meets_everything_is_no_problem_and_gives_its_captures() -> None:
    body = 'Hello w.test <input name="n" value="42">'
    assert judge(STEP, 204, body, VALUES) is None
    assert captures(STEP, body) == {"next": "42"}


@pytest.mark.parametrize(("status", "well"), [(200, True), (302, True), (404, False), (503, False)])
def test_with_no_status_expected_any_below_400_will_do(status: int, well: bool) -> None:
    easy = replace(STEP, expect_status=(), expect_contains=(), expect_missing=(), capture={})
    assert (judge(easy, status, "", VALUES) is None) == well


def test_a_problem_quotes_the_recipe_and_never_the_secret() -> None:
    step = replace(STEP, expect_contains=("key: ${secret.password}",))
    problem = judge(step, 200, "", VALUES)
    assert problem is not None
    assert problem.values == {"text": "key: ${secret.password}"}


def test_secrets_in_a_reason_are_blotted_out() -> None:
    assert hide("cannot send hunter22 to w.test", VALUES) == "cannot send *** to w.test"


def test_the_names_that_steps_use_are_found_wherever_they_stand() -> None:
    step = replace(STEP, auth=("ana", "${secret.other}"), body="${setting.title}")
    assert names_used([step]) == {
        "domain",
        "random",
        "secret.password",
        "token",
        "secret.other",
        "setting.title",
    }


def test_an_apps_values_are_its_domain_and_settings() -> None:
    site = read(site_files({"lilas": group("wiki plain title=Nous")}))
    assert app_values(site.apps[0]) == {"domain": "wiki.lilas.test", "setting.title": "Nous"}
