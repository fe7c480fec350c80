"""``normalise`` makes what an engine gives back equal to what it was sent: for one spec with everything, and for any."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polder.kernel.engine import (
    CreateConfig,
    CreateNetwork,
    CreateSecret,
    CreateService,
    RemoveService,
    UpdateService,
)
from polder.kernel.secret import Secret
from polder.kernel.spec import normalise
from polder.world.docker.memory import MemoryEngine

SECOND = 1_000_000_000


def everything(name: str, image: str) -> dict[str, Any]:
    """A spec with each thing that Polder ever sets. ``name_net``, ``name_key`` and ``name_conf`` must exist."""
    file = {"UID": "33", "GID": "0", "Mode": 0o400}
    container = {
        "Image": image,
        "Labels": {"polder.app": "lilas/wiki", "empty": ""},
        "Command": ["sh", "-c"],
        "Args": ["sleep 1000"],
        "Hostname": "wiki",
        "Env": ["B=2", "A=1", "EMPTY="],
        "Dir": "/tmp",
        "User": "0:0",
        "TTY": False,
        "ReadOnly": True,
        "Init": False,
        "StopSignal": "SIGTERM",
        "StopGracePeriod": SECOND,
        "Mounts": [
            {
                "Type": "volume",
                "Source": f"{name}_vol",
                "Target": "/v",
                "VolumeOptions": {"Labels": {"polder.site": "x"}},
            },
            {"Type": "bind", "Source": "/etc", "Target": "/b", "ReadOnly": True},
            {"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1 << 20, "Mode": 0o700}},
            {"Type": "tmpfs", "Target": "/a", "ReadOnly": False, "TmpfsOptions": {}},
        ],
        "HealthCheck": {
            "Test": ["CMD", "true"],
            "Interval": SECOND,
            "Timeout": 60 * SECOND,
            "StartPeriod": 0,
            "Retries": 2,
        },
        "Hosts": ["192.0.2.1 sea.test"],
        "Secrets": [{"SecretName": f"{name}_key", "File": {"Name": "key", **file}}],
        "Configs": [{"ConfigName": f"{name}_conf", "File": {"Name": "/conf", **file}}],
        "Sysctls": {"net.core.somaxconn": "512"},
        "CapabilityAdd": ["NET_BIND_SERVICE", "cap_sys_time"],
        "CapabilityDrop": ["MKNOD", "ALL"],
        "Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}, {"Name": "core", "Soft": 0, "Hard": 0}],
    }
    task = {
        "ContainerSpec": container,
        "Resources": {
            "Limits": {"NanoCPUs": SECOND // 2, "MemoryBytes": 1 << 25, "Pids": 50},
            "Reservations": {"MemoryBytes": 1 << 22, "NanoCPUs": 0},
        },
        "RestartPolicy": {"Condition": "any", "Delay": SECOND, "MaxAttempts": 0, "Window": 0},
        "Placement": {"Constraints": ["node.role==manager", "node.labels.region!=none"], "MaxReplicas": 0},
        "Networks": [{"Target": f"{name}_net", "Aliases": ["wiki.lilas.test", "web"]}],
        "LogDriver": {"Name": "json-file", "Options": {"max-size": "1m"}},
        "ForceUpdate": 0,
    }
    change = {"Parallelism": 1, "Delay": 0, "Monitor": SECOND, "MaxFailureRatio": 0, "Order": "start-first"}
    ports = [{"Protocol": "tcp", "TargetPort": 8080, "PublishedPort": 18081, "PublishMode": "host"}]
    return {
        "Labels": {"polder.site": "x", "polder.spec": "sha256:00"},
        "TaskTemplate": task,
        "Mode": {"Replicated": {"Replicas": 1}},
        "UpdateConfig": {**change, "FailureAction": "rollback"},
        "RollbackConfig": {**change, "FailureAction": "pause"},
        "EndpointSpec": {"Mode": "dnsrr", "Ports": ports},
    }


def prepare(bench: Any) -> None:
    run = bench.engine.run
    run(CreateNetwork(bench.name("net"), {"Driver": "overlay"}))
    run(CreateSecret(bench.name("key"), {}, "key"), {"key": Secret("x")})
    run(CreateConfig(bench.name("conf"), {}, "x"))


def test_a_spec_with_everything_comes_back_as_sent_runs_and_needs_no_second_update(bench):
    prepare(bench)
    spec = everything(bench.mark, bench.images.good)
    name = bench.create(spec)
    assert normalise(bench.service(name).spec) == normalise({**spec, "Name": name})
    rollout = bench.settled(name)
    assert rollout.state == "done", rollout
    (task,) = (one for one in bench.engine.look().tasks if one.service_id == bench.service(name).id)
    assert task.ports == ((18081, 8080, "tcp"),)
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.service(name).spec))
    assert bench.engine.rollout(name).state == "done"
    assert normalise(bench.service(name).spec) == normalise({**spec, "Name": name})


def test_a_change_of_ports_alone_is_not_done_before_the_container_is_replaced(bench):
    prepare(bench)
    name = bench.create(everything(bench.mark, bench.images.good))
    assert bench.settled(name).state == "done"
    before = bench.service(name)
    spec = {**before.spec, "EndpointSpec": {"Mode": "dnsrr"}}
    bench.engine.run(UpdateService(name, before.version, spec))
    assert bench.engine.rollout(name).state == "converging"
    assert bench.settled(name).state == "done"


few = st.integers(0, 3)
word = st.text("abcdefgh", min_size=1, max_size=5)
seconds = few.map(lambda n: n * SECOND)
capabilities = st.lists(
    st.sampled_from(["NET_ADMIN", "CAP_MKNOD", "cap_chown", "ALL"]), unique=True, max_size=3
)
files = st.fixed_dictionaries(
    {"Name": word, "UID": st.sampled_from(["0", "33"]), "GID": st.just("0"), "Mode": st.just(0o444)}
)


def maybe(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=values)


changes = maybe(
    Parallelism=few,
    Delay=seconds,
    Monitor=seconds.filter(bool),
    MaxFailureRatio=st.sampled_from([0, 0.5]),
    FailureAction=st.sampled_from(["pause", "continue"]),
    Order=st.sampled_from(["start-first", "stop-first"]),
)
mounts = st.one_of(
    maybe(ReadOnly=st.booleans()).map(lambda m: {"Type": "bind", "Source": "/etc", **m}),
    maybe(ReadOnly=st.booleans(), VolumeOptions=maybe(Labels=st.dictionaries(word, word, max_size=2))).map(
        lambda m: {"Type": "volume", "Source": "x_v", **m}
    ),
    maybe(TmpfsOptions=maybe(SizeBytes=few, Mode=st.sampled_from([0, 0o700]))).map(
        lambda m: {"Type": "tmpfs", **m}
    ),
)
targets = itertools.count(1)
containers = maybe(
    Labels=st.dictionaries(word, word | st.just(""), max_size=2),
    Command=st.lists(word, max_size=2),
    Args=st.lists(word, max_size=2),
    Hostname=word,
    Env=st.lists(
        st.builds("{}={}".format, word, word | st.just("")), unique_by=lambda e: e.split("=")[0], max_size=3
    ),
    Dir=st.sampled_from(["", "/tmp"]),
    User=st.sampled_from(["", "33", "0:0"]),
    TTY=st.booleans(),
    ReadOnly=st.booleans(),
    Init=st.booleans(),
    StopSignal=st.sampled_from(["", "SIGINT"]),
    StopGracePeriod=seconds,
    Hosts=st.lists(st.sampled_from(["192.0.2.1 a.test", "192.0.2.2 b.test"]), unique=True),
    Mounts=st.lists(mounts, max_size=3).map(
        lambda found: [{**m, "Target": f"/m{i}"} for i, m in enumerate(found)]
    ),
    Healthcheck=maybe(
        Test=st.sampled_from([["NONE"], ["CMD", "true"], ["CMD-SHELL", "true || false"]]),
        Interval=seconds,
        Timeout=seconds,
        StartPeriod=seconds,
        Retries=few,
    ),
    Sysctls=st.dictionaries(st.sampled_from(["net.core.somaxconn"]), st.just("512")),
    CapabilityAdd=capabilities,
    CapabilityDrop=capabilities,
    Ulimits=st.sampled_from(
        [[], [{"Name": "nofile", "Soft": 10, "Hard": 20}, {"Name": "core", "Soft": 0, "Hard": 0}]]
    ),
    Secrets=st.lists(files, max_size=2, unique_by=lambda f: f["Name"]),
    Configs=st.lists(files, max_size=2, unique_by=lambda f: f["Name"]),
)
amounts = maybe(NanoCPUs=few.map(lambda n: n * 10_000_000), MemoryBytes=few.map(lambda n: n * (1 << 23)))
templates = maybe(
    Resources=maybe(Limits=amounts, Reservations=amounts),
    RestartPolicy=maybe(
        Condition=st.sampled_from(["any", "none", "on-failure"]),
        Delay=seconds,
        MaxAttempts=few,
        Window=seconds,
    ),
    Placement=maybe(
        Constraints=st.lists(st.sampled_from(["node.role==manager", "node.labels.a!=b"]), unique=True),
        MaxReplicas=few,
    ),
    LogDriver=st.sampled_from([{"Name": "json-file"}, {"Name": "json-file", "Options": {"max-size": "1m"}}]),
    ForceUpdate=few,
)
ports = st.sampled_from(
    [[], [{"TargetPort": 8080, "PublishedPort": 18082, "PublishMode": "host", "Protocol": "udp"}]]
)
specs = st.fixed_dictionaries(
    {"Mode": st.sampled_from([{"Replicated": {"Replicas": 0}}, {"Replicated": {"Replicas": 0}}])},
    optional={
        "Labels": st.dictionaries(word, word | st.just(""), max_size=2),
        "UpdateConfig": changes,
        "RollbackConfig": changes,
        "EndpointSpec": st.fixed_dictionaries({"Mode": st.just("dnsrr")}, optional={"Ports": ports}),
    },
)


@st.composite
def whole_specs(draw: st.DrawFn) -> dict[str, Any]:
    return {**draw(specs), "TaskTemplate": {**draw(templates), "ContainerSpec": draw(containers)}}


def named(spec: dict[str, Any], bench: Any) -> dict[str, Any]:
    container = {**spec["TaskTemplate"]["ContainerSpec"], "Image": bench.images.good}
    for kind, what in (("Secret", "key"), ("Config", "conf")):
        if files_given := container.get(f"{kind}s"):
            container[f"{kind}s"] = [{f"{kind}Name": bench.name(what), "File": file} for file in files_given]
    network = [{"Target": bench.name("net"), "Aliases": ["b.test", "a.test"]}]
    return {**spec, "TaskTemplate": {**spec["TaskTemplate"], "ContainerSpec": container, "Networks": network}}


def test_any_spec_comes_back_as_sent(bench):
    prepare(bench)
    tries = 150 if isinstance(bench.engine, MemoryEngine) else 60

    @settings(max_examples=tries, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(whole_specs())
    def holds(drawn: dict[str, Any]) -> None:
        spec, name = named(drawn, bench), bench.name("any")
        bench.engine.run(CreateService(name, spec))
        seen = bench.service(name)
        bench.engine.run(RemoveService(name, seen.version))
        assert normalise(seen.spec) == normalise({**spec, "Name": name})
        assert normalise(normalise(spec)) == normalise(spec)

    holds()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Mode": {"Replicated": {"Replicas": 0}}}, {}),
        ({"Mode": {"Global": {}}}, {}),
        ({"Labels": {"a": ""}}, {}),
        ({"TaskTemplate": {"ContainerSpec": {"Init": False}}}, {}),
        ({"TaskTemplate": {"ForceUpdate": 1}}, {}),
        (
            {"TaskTemplate": {"ContainerSpec": {"Args": ["a", "b"]}}},
            {"TaskTemplate": {"ContainerSpec": {"Args": ["b", "a"]}}},
        ),
        ({"UpdateConfig": {"Order": "start-first"}}, {}),
        ({"EndpointSpec": {"Mode": "dnsrr"}}, {}),
    ],
)
def test_what_means_something_else_stays_different(one, other):
    assert normalise(one) != normalise(other)
