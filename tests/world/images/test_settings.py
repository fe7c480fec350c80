"""``image.yml``: what it says ends up in the image's configuration, and what it cannot say is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.kernel.sentences import say_problem
from polder.world.images.settings import read_settings


def written(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "wiki" / "image"
    folder.mkdir(parents=True)
    (folder / "image.yml").write_text(text)
    return folder


def test_every_setting_reaches_the_configuration(tmp_path: Path) -> None:
    text = """
entrypoint: [/bin/serve]
command: [--port, "8080"]
user: "33:33"
volumes: [/data]
exposed: [8080/tcp]
environment: {COLOUR: green}
working_dir: /srv
stop_signal: SIGINT
health: {test: [CMD, polder-http-ok, /], interval: 2s, timeout: 500ms, start_period: 1m, retries: 5}
"""
    found = read_settings(written(tmp_path, text))
    assert found["Entrypoint"] == ["/bin/serve"] and found["Cmd"] == ["--port", "8080"]
    assert found["User"] == "33:33" and found["Volumes"] == {"/data": {}}
    assert found["ExposedPorts"] == {"8080/tcp": {}} and "COLOUR=green" in found["Env"]
    assert found["WorkingDir"] == "/srv" and found["StopSignal"] == "SIGINT"
    assert found["Healthcheck"] == {
        "Test": ["CMD", "polder-http-ok", "/"],
        "Interval": 2_000_000_000,
        "Timeout": 500_000_000,
        "StartPeriod": 60_000_000_000,
        "Retries": 5,
    }


def test_a_recipe_without_image_yml_gets_the_plain_environment(tmp_path: Path) -> None:
    assert list(read_settings(tmp_path)) == ["Env"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("entrypont: [/x]", "“entrypont” is not a setting of an image. Did you mean entrypoint?"),
        ("user: [a]", "“user” must be of the kind text."),
        ("- a", "it is not a mapping"),
        ("a: [", "wiki/image/image.yml:2: This is not YAML"),
        ("x" * 1_100_000, "wiki/image/image.yml: "),
        ("health: {test: [CMD, false]}", "“health: test” must be of the kind list of texts."),
        ("command: [run, 1]", "“command” must be of the kind list of texts."),
        ("health: {interval: soon}", "health"),
        ("health: {test: [CMD], interval: soon}", "health"),
    ],
)
def test_what_it_cannot_say_is_refused_in_words(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read_settings(written(tmp_path, text))
    assert said in say_problem(refused.value.problems[0])
