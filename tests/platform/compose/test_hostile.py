"""Files from peers nobody trusts: whatever they hold, a project comes out or a refusal, and permissions are never missed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polder.kernel.problem import Refused
from polder.kernel.sentences import hint, say_problem
from polder.platform.compose import keys
from polder.platform.compose.interpolate import interpolate, undefined_variables
from polder.platform.compose.permissions import needed_permissions
from polder.platform.compose.read import read_project

WORDS = sorted({name for section in keys.SECTIONS.values() for name in section})
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "a:b",
        "/a:/b:ro",
        "1",
        "-1",
        "1.5G",
        "5s",
        "$A",
        "${A:-1}",
        "$",
        "a=b",
        "80:80",
        "::",
        "true",
        "host",
        "\0",
    ]
)
LEAVES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.sampled_from([*WORDS, "a", "x-a", "b_c", ""])
TREES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=5),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(sorted(keys.SERVICE)), TREES, max_size=8), TREES, TREES)
def test_any_tree_is_a_project_or_is_refused_with_sentences(service: Any, first: Any, second: Any) -> None:
    data = {
        "services": {"a": service, "b": first},
        "volumes": first,
        "configs": {"c": second},
        "secrets": second,
    }
    try:
        project = read_project(json.dumps(data).encode(), "compose.yml")
        needed_permissions(project)
        missing = undefined_variables(project, ["A"])
        interpolate(project, {"A": "1"})
        assert not missing
    except Refused as refused:
        for problem in refused.problems:
            assert say_problem(problem).startswith("compose.yml:")
            hint(problem.code, problem.values)


@pytest.mark.parametrize(
    "source",
    [
        "/var/run/docker.sock",
        "/run/../run/docker.sock",
        "//run//docker.sock",
        "/",
        "/run",
        "/var/run/",
        "/var",
        "/./",
    ],
)
def test_the_engines_socket_is_seen_behind_every_spelling(source: str) -> None:
    long = {"type": "bind", "source": source, "target": "/x"}
    for mount in (f"{source}:/x:ro", long):
        text = json.dumps({"services": {"a": {"volumes": [mount]}}}).encode()
        assert {"host-paths", "docker-socket"} <= set(needed_permissions(read_project(text, "compose.yml")))


@pytest.mark.parametrize(
    "capability", ["ALL", "all", "SYS_ADMIN", "cap_sys_admin", "CAP_SYS_MODULE", "sys_ptrace"]
)
def test_capabilities_that_amount_to_root_need_more_than_the_word_capabilities(capability: str) -> None:
    text = json.dumps({"services": {"a": {"cap_add": [capability]}}}).encode()
    assert set(needed_permissions(read_project(text, "compose.yml"))) == {"capabilities", "privileged"}


def test_an_ordinary_app_needs_no_permission() -> None:
    text = b"services: {a: {volumes: ['data:/data'], cap_drop: [ALL], tmpfs: /tmp}}\nvolumes: {data: {}}"
    assert needed_permissions(read_project(text, "compose.yml")) == {}


@pytest.mark.parametrize(
    "asks",
    [
        {"privileged": True},
        {"devices": ["/dev/kvm"]},
        {"pid": "host"},
        {"ipc": "host"},
        {"userns_mode": "host"},
        {"security_opt": ["seccomp:unconfined"]},
        {"cgroup_parent": "/"},
        {"runtime": "other"},
        {"gpus": "all"},
        {"network_mode": "container:other"},
        {"volumes_from": ["container:other"]},
        {"device_cgroup_rules": ["a *:* rwm"]},
    ],
)
def test_what_swarm_would_quietly_leave_out_is_refused(asks: Any) -> None:
    with pytest.raises(Refused):
        read_project(json.dumps({"services": {"a": asks}}).encode(), "compose.yml")


@pytest.mark.parametrize(
    "place", ["image", "volumes", "ports", "cap_add", "networks", "secrets", "configs", "network_mode"]
)
def test_no_setting_can_change_what_a_recipe_asks_of_its_host(place: str) -> None:
    value = "${SETTING_X}" if place in ("image", "network_mode") else ["${SETTING_X}"]
    with pytest.raises(Refused) as refused:
        read_project(json.dumps({"services": {"a": {place: value}}}).encode(), "compose.yml")
    assert "compose.variable-not-here" in {problem.code for problem in refused.value.problems}


def test_a_file_with_too_many_services_is_refused_before_they_are_looked_at() -> None:
    chain = {f"s{n}": {"depends_on": [f"s{n + 1}"]} for n in range(5000)}
    with pytest.raises(Refused) as refused:
        read_project(json.dumps({"services": chain}).encode(), "compose.yml")
    assert [problem.code for problem in refused.value.problems] == ["compose.too-many-services"]
