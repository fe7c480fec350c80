"""What every engine does, the real one and its twin: see ``polder.kernel.engine``."""

import base64
import threading
import traceback
from typing import Any

import pytest

from polder.kernel.engine import (
    CreateConfig,
    CreateNetwork,
    CreateSecret,
    CreateService,
    InitSwarm,
    RemoveConfig,
    RemoveNetwork,
    RemoveSecret,
    RemoveService,
    RemoveVolume,
    UpdateConfigLabels,
    UpdateNode,
    UpdateService,
)
from polder.kernel.problem import Refused
from polder.kernel.secret import Secret
from polder.kernel.spec import normalise

OVERLAY = {"Driver": "overlay", "Attachable": False, "Labels": {"polder.site": "t"}}


def names(objects: Any) -> list[str]:
    return [one.name for one in objects]


def a_whole_app(bench: Any) -> dict[str, Any]:
    """A network, a secret, a config and a spec that uses them and a volume."""
    run = bench.engine.run
    run(CreateNetwork(bench.name("net"), OVERLAY))
    run(CreateSecret(bench.name("key"), {"polder.site": "t"}, "key"), {"key": Secret("tide-table")})
    run(CreateConfig(bench.name("conf"), {"polder.site": "t"}, "dike = high\n"))
    file = {"UID": "0", "GID": "0", "Mode": 0o444}
    volume = {"Type": "volume", "Source": bench.name("data"), "Target": "/data"}
    spec = bench.spec(
        Secrets=[{"SecretName": bench.name("key"), "File": {"Name": "key", **file}}],
        Configs=[{"ConfigName": bench.name("conf"), "File": {"Name": "/conf", **file}}],
        Mounts=[{**volume, "VolumeOptions": {"Labels": {"polder.site": "t"}}}],
    )
    spec["TaskTemplate"]["Networks"] = [{"Target": bench.name("net"), "Aliases": ["wiki.lilas.test"]}]
    return spec


def test_a_look_shows_what_was_made_by_its_names(bench):
    spec = a_whole_app(bench)
    name = bench.create(spec)
    assert bench.settled(name).state == "done"
    seen = bench.engine.look()
    assert seen.swarm == "manager"
    assert seen.node_id in [node.id for node in seen.nodes]
    assert bench.name("net") in names(seen.networks)
    assert bench.name("key") in names(seen.secrets)
    (config,) = (one for one in seen.configs if one.name == bench.name("conf"))
    assert config.detail["content"] == "dike = high\n"
    assert config.labels == {"polder.site": "t"}
    (volume,) = (one for one in seen.volumes if one.name == bench.name("data"))
    assert volume.labels == {"polder.site": "t"}
    (service,) = (one for one in seen.services if one.name == name)
    assert service.labels == {"polder.site": bench.mark}
    assert normalise(service.spec) == normalise({**spec, "Name": name})
    assert "SecretID" not in str(service.spec)
    assert [task.state for task in seen.tasks if task.service_id == service.id] == ["running"]


def test_a_smaller_look_leaves_out_tasks_and_storage(bench):
    bench.create()
    seen = bench.engine.look(tasks=False, storage=False)
    assert bench.name() in names(seen.services)
    assert (seen.tasks, seen.volumes, seen.images) == ((), (), ())


def test_a_name_is_used_once(bench, refusal):
    spec = a_whole_app(bench)
    bench.create(spec)
    value = {"key": Secret("x")}
    run = bench.engine.run
    assert refusal(lambda: run(CreateNetwork(bench.name("net"), OVERLAY))) == "engine.exists"
    assert refusal(lambda: run(CreateSecret(bench.name("key"), {}, "key"), value)) == "engine.exists"
    assert refusal(lambda: run(CreateConfig(bench.name("conf"), {}, "x"))) == "engine.exists"
    assert refusal(lambda: run(CreateService(bench.name(), spec))) == "engine.exists"
    assert refusal(lambda: run(InitSwarm("127.0.0.1"))) == "engine.exists"


def test_what_is_not_there_is_missing(bench, refusal):
    run, name = bench.engine.run, bench.name("none")
    operations = [RemoveNetwork(name), RemoveSecret(name), RemoveConfig(name), RemoveService(name, 1)]
    operations += [RemoveVolume(name), UpdateService(name, 1, bench.spec()), UpdateNode(name, 1, {})]
    operations += [UpdateConfigLabels(name, 1, {})]
    found = {type(one).__name__: refusal(lambda one=one: run(one)) for one in operations}
    assert set(found.values()) == {"engine.missing"}, found
    assert refusal(lambda: bench.engine.rollout(name)) == "engine.missing"
    assert refusal(lambda: bench.engine.logs(name)) == "engine.missing"


def test_a_service_that_names_what_is_not_there_is_not_made(bench, refusal):
    file = {"Name": "key", "UID": "0", "GID": "0", "Mode": 0o444}
    with_secret = bench.spec(Secrets=[{"SecretName": bench.name("key"), "File": file}])
    with_config = bench.spec(Configs=[{"ConfigName": bench.name("conf"), "File": file}])
    with_network = bench.spec()
    with_network["TaskTemplate"]["Networks"] = [{"Target": bench.name("net")}]
    for spec in (with_secret, with_config, with_network):
        assert refusal(lambda spec=spec: bench.create(spec)) == "engine.missing"
    assert bench.name() not in names(bench.engine.look().services)


def test_what_a_service_uses_is_not_removed(bench, refusal):
    bench.create(a_whole_app(bench))
    for operation in (
        RemoveSecret(bench.name("key")),
        RemoveConfig(bench.name("conf")),
        RemoveNetwork(bench.name("net")),
    ):
        assert refusal(lambda operation=operation: bench.engine.run(operation)) == "engine.in-use"


def test_a_volume_of_a_running_service_is_not_removed(bench, refusal, monkeypatch):
    monkeypatch.setattr("polder.world.docker.do.GONE_WITHIN", 1.0)
    bench.settled(bench.create(a_whole_app(bench)))
    assert refusal(lambda: bench.engine.run(RemoveVolume(bench.name("data")))) == "engine.in-use"
    assert bench.name("data") in names(bench.engine.look().volumes)


def test_once_the_service_is_gone_all_it_used_can_go_at_once(bench):
    name = bench.create(a_whole_app(bench))
    bench.settled(name)
    run = bench.engine.run
    run(RemoveService(name, bench.service(name).version))
    run(RemoveSecret(bench.name("key")))
    run(RemoveConfig(bench.name("conf")))
    run(RemoveNetwork(bench.name("net")))
    run(RemoveVolume(bench.name("data")))
    seen = bench.engine.look()
    everything = (*seen.services, *seen.networks, *seen.secrets, *seen.configs, *seen.volumes)
    assert not [one.name for one in everything if one.name.startswith(bench.mark)]


def test_a_change_by_another_hand_stops_update_and_removal(bench, refusal):
    name = bench.create()
    bench.settled(name)
    version = bench.service(name).version
    bench.engine.run(UpdateService(name, version, bench.spec(bench.images.better)))
    mine = {**bench.spec(), "Labels": {"mine": "yes"}}
    assert refusal(lambda: bench.engine.run(UpdateService(name, version, mine))) == "engine.changed-since"
    assert refusal(lambda: bench.engine.run(RemoveService(name, version))) == "engine.changed-since"
    assert "mine" not in bench.service(name).labels


def test_an_index_that_swarm_itself_moved_stops_nothing(bench):
    name = bench.create()
    bench.settled(name)
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.spec(bench.images.better)))
    during = bench.service(name)
    assert bench.settled(name).state == "done"
    after = bench.until(lambda: bench.service(name), lambda found: found.update_state == "completed")
    assert after.version > during.version
    bench.engine.run(UpdateService(name, during.version, bench.spec()))
    assert bench.settled(name).state == "done"


def test_an_update_of_labels_alone_is_done_at_once(bench):
    name = bench.create()
    assert bench.settled(name).state == "done"
    before = bench.service(name)
    bench.engine.run(UpdateService(name, before.version, {**bench.spec(), "Labels": {"a": ""}}))
    assert bench.engine.rollout(name).state == "done"
    assert bench.service(name).labels == {"a": ""}
    tasks = [task for task in bench.engine.look().tasks if task.service_id == before.id]
    assert len(tasks) == 1


def test_a_service_of_no_replicas_is_done(bench):
    spec = {**bench.spec(), "Mode": {"Replicated": {"Replicas": 0}}}
    rollout = bench.settled(bench.create(spec))
    assert (rollout.state, rollout.running, rollout.wanted) == ("done", 0, 0)


def test_a_global_service_is_done_when_every_node_runs_it(bench):
    rollout = bench.settled(bench.create({**bench.spec(), "Mode": {"Global": {}}}))
    assert (rollout.state, rollout.running, rollout.wanted) == ("done", 1, 1)


def test_more_replicas_are_waited_for(bench):
    name = bench.create()
    bench.settled(name)
    more = {**bench.spec(), "Mode": {"Replicated": {"Replicas": 3}}}
    bench.engine.run(UpdateService(name, bench.service(name).version, more))
    assert bench.engine.rollout(name).state == "converging"
    rollout = bench.settled(name)
    assert (rollout.state, rollout.running, rollout.wanted) == ("done", 3, 3)


def test_an_update_is_not_done_before_the_new_one_is_healthy(bench):
    name = bench.create()
    assert bench.settled(name).state == "done"
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.spec(bench.images.better)))
    assert bench.engine.rollout(name).state == "converging"
    assert bench.settled(name).state == "done"
    running = [task for task in bench.engine.look().tasks if task.service_id == bench.service(name).id]
    images = {
        t.spec["ContainerSpec"]["Image"] for t in running if t.state == "running" and t.desired == "running"
    }
    assert images == {bench.images.better}


def test_an_update_that_never_gets_healthy_is_rolled_back_and_the_old_one_goes_on(bench):
    name = bench.create()
    bench.settled(name)
    tasks = bench.engine.look().tasks
    old = [one.id for one in tasks if one.service_id == bench.service(name).id and one.state == "running"]
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.spec(bench.images.unwell)))
    rollout = bench.settled(name)
    assert rollout.state == "rolled-back"
    assert "unhealthy" in rollout.error
    after = bench.service(name)
    assert after.spec["TaskTemplate"]["ContainerSpec"]["Image"] == bench.images.good
    tasks = {task.id: task.state for task in bench.engine.look().tasks if task.service_id == after.id}
    assert [tasks[one] for one in old] == ["running"]


def test_after_a_rollback_the_next_update_is_judged_anew(bench):
    name = bench.create()
    bench.settled(name)
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.spec(bench.images.unwell)))
    assert bench.settled(name).state == "rolled-back"
    bench.engine.run(UpdateService(name, bench.service(name).version, bench.spec(bench.images.better)))
    assert bench.engine.rollout(name).state == "converging"
    assert bench.settled(name).state == "done"


def test_a_first_start_that_ends_again_and_again_is_failing_and_says_why(bench):
    name = bench.create(bench.spec(bench.images.broken))
    rollout = bench.settled(name)
    assert (rollout.state, rollout.running) == ("failing", 0)
    assert rollout.failures >= 3
    assert "exit" in rollout.error
    assert bench.engine.logs(name)


def test_an_image_that_is_nowhere_is_failing(bench):
    name = bench.create(bench.spec("sha256:" + 64 * "0"))
    rollout = bench.settled(name)
    assert rollout.state == "failing"
    assert "No such image" in rollout.error
    assert "No such image" in bench.engine.logs(name)[-1]


def test_a_place_that_no_node_has_is_waited_for_and_said(bench):
    spec = bench.spec()
    spec["TaskTemplate"]["Placement"] = {"Constraints": ["node.labels.dike==none"]}
    name = bench.create(spec)
    rollout = bench.until(lambda: bench.engine.rollout(name), lambda found: found.error, 10)
    assert rollout.state == "converging"
    assert "no suitable node" in rollout.error


@pytest.mark.parametrize("number", [2, 10])
def test_several_rollouts_are_told_at_once(bench, number, refusal):
    names = [
        bench.create({**bench.spec(), "Mode": {"Replicated": {"Replicas": 0}}}, f"s{n}")
        for n in range(number - 1)
    ]
    names.append(bench.create(bench.spec(bench.images.broken), "bad"))
    found = bench.until(lambda: bench.engine.rollouts(names), lambda all_: all_[names[-1]].state == "failing")
    assert [found[name].state for name in names] == ["done"] * (number - 1) + ["failing"]
    assert refusal(lambda: bench.engine.rollouts([*names, bench.name("none")])) == "engine.missing"


def test_a_node_takes_labels_and_refuses_an_old_version(bench, refusal):
    node = bench.engine.look().nodes[0]
    spec = {**node.spec, "Labels": {**node.spec["Labels"], bench.mark: "BE"}}
    bench.engine.run(UpdateNode(node.id, node.version, spec))
    present = bench.engine.look().nodes[0]
    assert present.spec["Labels"][bench.mark] == "BE"
    assert (
        refusal(lambda: bench.engine.run(UpdateNode(node.id, node.version, spec))) == "engine.changed-since"
    )
    bench.engine.run(UpdateNode(node.id, present.version, node.spec))


def test_a_configs_labels_change_and_its_content_stays(bench, refusal):
    name = bench.name("conf")
    bench.engine.run(CreateConfig(name, {"beat": "1"}, "dike = high\n"))
    (before,) = (one for one in bench.engine.look().configs if one.name == name)
    version = bench.engine.run(UpdateConfigLabels(name, before.version, {"beat": "2"}))
    (after,) = (one for one in bench.engine.look().configs if one.name == name)
    assert (after.labels, after.version) == ({"beat": "2"}, int(version))
    assert after.detail["content"] == "dike = high\n"
    old = UpdateConfigLabels(name, before.version, {"beat": "3"})
    assert refusal(lambda: bench.engine.run(old)) == "engine.changed-since"


def test_a_secret_needs_its_value(bench, refusal):
    assert refusal(lambda: bench.engine.run(CreateSecret(bench.name("key"), {}, "key"))) == "engine.no-value"


def test_a_refused_secret_shows_its_value_nowhere(bench):
    create, value = CreateSecret(bench.name("key"), {}, "key"), "tide-table-of-1953"
    bench.engine.run(create, {"key": Secret(value)})
    with pytest.raises(Refused) as refused:
        bench.engine.run(create, {"key": Secret(value)})
    told = "".join(traceback.TracebackException.from_exception(refused.value, capture_locals=True).format())
    inside = [line for line in told.splitlines() if "'tide" in line and "test_engine" not in line]
    assert base64.b64encode(value.encode()).decode() not in told
    assert [line for line in inside if not line.startswith("    value = ")] == []
    assert value not in repr(bench.engine.look())


def test_an_image_loaded_twice_is_the_same_image(bench, archives):
    again = bench.engine.load_image(archives.good)
    assert again == bench.images.good
    (image,) = (one for one in bench.engine.look().images if one.id == again)
    assert image.labels["polder.test"] == "good"


def test_a_file_that_is_no_archive_is_refused(bench, tmp_path, refusal):
    path = tmp_path / "notes.tar"
    path.write_bytes(b"high tide at noon\n" * 1000)
    assert refusal(lambda: bench.engine.load_image(path)) == "engine.bad-archive"


def test_many_hands_at_once_make_each_thing_once(bench):
    refused: list[str] = []

    def create(number: int) -> None:
        try:
            bench.engine.run(CreateConfig(bench.name(f"c{number % 5}"), {}, str(number)))
        except Refused as error:
            refused.append(error.problems[0].code)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = [one for one in bench.engine.look().configs if one.name.startswith(bench.mark)]
    assert len(made) == 5
    assert refused == ["engine.exists"] * 15
