from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.problem import Refused
from polder.kernel.sentences import say_problem
from polder.platform.compose.interpolate import interpolate, undefined_variables, variables_used
from polder.platform.compose.model import Project
from polder.platform.compose.read import read_project
from polder.platform.compose.template import Malformed, Missing, fill, parse

FILE = b"""
services:
  web:
    command: serve --title ${SETTING_TITLE:-a wiki} $$HOME
    environment: {ADDRESS: "https://${POLDER_DOMAIN}/", LITERAL: "a$$b"}
    tty: ${SETTING_TTY}
    deploy:
      replicas: ${SETTING_COPIES:-2}
      resources: {limits: {memory: "${POLDER_SIZE_MEMORY}", cpus: "${SETTING_CPUS:-0.5}"}}
    healthcheck: {test: [CMD, ok, "${POLDER_DOMAIN}"], interval: "${SETTING_EVERY:-2s}"}
    configs: [{source: site, target: /etc/site}]
  db: {environment: {A: b}}
configs:
  site: {content: "server ${POLDER_DOMAIN} { root $$dir }"}
"""
GIVEN = {"POLDER_DOMAIN": "wiki.lilas.test", "POLDER_SIZE_MEMORY": "134217728", "SETTING_TTY": "true"}


def project() -> Project:
    return read_project(FILE, "compose.yml")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$A-${A}", "x-x"),
        ("$$A $${A}", "$A ${A}"),
        ("${EMPTY:-d}|${EMPTY-d}|${NONE:-d}|${NONE-d}", "d||d|d"),
        ("${A:+r}|${EMPTY:+r}|${EMPTY+r}|${NONE+r}", "r||r|"),
        ("${NONE:-${ALSO_NONE-${A}}}", "x"),
        ("${A:?must}|${EMPTY?must}", "x|"),
        ("${NONE:-a b $$ c}", "a b $ c"),
        ("} {", "} {"),
    ],
)
def test_each_form_of_a_variable_means_what_compose_says(text: str, filled: str) -> None:
    assert fill(parse(text), {"A": "x", "EMPTY": ""}) == filled


@pytest.mark.parametrize(
    "text", ["$", "$(date)", "${", "${A", "${A:-b", "${1}", "${A:=b}", "a $ b", "${" * 50]
)
def test_a_dollar_sign_that_begins_no_variable_is_an_error(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [("$NONE", ""), ("${NONE?}", ""), ("${EMPTY:?say it}", "say it"), ("${A:+$NONE}", "")],
)
def test_a_variable_without_value_is_never_empty(text: str, message: str) -> None:
    with pytest.raises(Missing) as missing:
        fill(parse(text), {"A": "x", "EMPTY": ""})
    assert missing.value.message == message


@given(st.text())
def test_doubled_dollar_signs_give_any_text_back(text: str) -> None:
    assert fill(parse(text.replace("$", "$$")), {}) == text


@given(st.dictionaries(st.sampled_from("ABC"), st.text()))
def test_values_are_not_read_again_for_variables(variables: Mapping[str, str]) -> None:
    assert fill(parse("${A-}${B-}${C-}"), variables) == "".join(variables.get(name, "") for name in "ABC")


def test_every_string_of_services_and_configs_is_filled() -> None:
    filled = interpolate(project(), GIVEN)
    web = filled.services["web"]
    assert web.command == ("serve", "--title", "a wiki", "$HOME")
    assert web.environment == {"ADDRESS": "https://wiki.lilas.test/", "LITERAL": "a$b"}
    assert (web.limits.memory, web.limits.cpus, web.replicas, web.tty) == (134217728, 0.5, 2, True)
    assert web.health and web.health.test == ("CMD", "ok", "wiki.lilas.test") and web.health.interval == 2.0
    assert filled.configs == {"site": "server wiki.lilas.test { root $dir }"}
    assert (
        filled.services["db"] is project().services["db"] or filled.services["db"] == project().services["db"]
    )


def test_a_filled_project_is_not_filled_again() -> None:
    filled = interpolate(project(), {**GIVEN, "SETTING_TITLE": "costs $5 ${NONE}"})
    assert filled.services["web"].command[2] == "costs $5 ${NONE}"
    assert interpolate(filled, {}) == filled


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_setting_never_becomes_several_words_of_a_command(title: str) -> None:
    words = interpolate(project(), {**GIVEN, "SETTING_TITLE": title}).services["web"].command
    assert words == ("serve", "--title", title or "a wiki", "$HOME")


def test_all_that_is_wrong_with_the_values_is_said_at_once() -> None:
    with pytest.raises(Refused) as refused:
        interpolate(project(), {"POLDER_DOMAINS": "x", "POLDER_SIZE_MEMORY": "lots", "SETTING_TTY": "1"})
    assert [say_problem(problem) for problem in refused.value.problems] == [
        "compose.yml:5: The variable “POLDER_DOMAIN” has no value; did you mean “POLDER_DOMAINS”?",
        "compose.yml:6: “tty” must be true or false, not “1”.",
        "compose.yml:9: “memory” must be an amount such as 128M or 1.5G, not “lots”.",
        "compose.yml:10: The variable “POLDER_DOMAIN” has no value; did you mean “POLDER_DOMAINS”?",
        "compose.yml:14: The variable “POLDER_DOMAIN” has no value; did you mean “POLDER_DOMAINS”?",
    ]


def test_missing_variables_are_known_before_any_value_is() -> None:
    found = undefined_variables(project(), ["POLDER_DOMAIN", "SETTING_TTY"])
    assert [(problem.where, problem.values["name"]) for problem in found] == [
        ("compose.yml:9", "POLDER_SIZE_MEMORY")
    ]
    assert {use.name for use in variables_used(project()) if not use.needed} == {
        "SETTING_TITLE",
        "SETTING_COPIES",
        "SETTING_CPUS",
        "SETTING_EVERY",
    }


def test_a_needed_variable_says_why_in_the_recipes_words() -> None:
    asked = read_project(b"services: {a: {user: '${U:?which user}'}}", "compose.yml")
    with pytest.raises(Refused) as refused:
        interpolate(asked, {})
    assert [say_problem(p) for p in refused.value.problems] == [
        "compose.yml:1: The variable “U” has no value: which user"
    ]


@pytest.mark.parametrize("other", ["pad.lilas.test", "names", "db"])
def test_a_hostname_can_only_be_the_apps_own_domain(other: str) -> None:
    asked = read_project(b"services: {a: {hostname: '${SETTING_NAME:-$POLDER_DOMAIN}'}}", "compose.yml")
    own = {"POLDER_DOMAIN": "wiki.lilas.test"}
    assert interpolate(asked, own).services["a"].hostname == "wiki.lilas.test"
    with pytest.raises(Refused, match=r"compose\.hostname"):
        interpolate(asked, {**own, "SETTING_NAME": other})
    with pytest.raises(Refused, match=r"compose\.hostname"):
        read_project(f"services: {{a: {{hostname: {other}}}}}".encode(), "compose.yml")
