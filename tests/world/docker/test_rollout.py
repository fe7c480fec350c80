"""``judge``: what Swarm shows, and what that means. Each case is a moment that a real engine was seen in."""

from dataclasses import replace

import pytest

from polder.kernel.engine import NodeSeen, ServiceSeen, TaskSeen
from polder.world.docker.rollout import fits, judge, moment

NOW = "2026-03-01T10:01:00Z"
CHANGED = "2026-03-01T10:00:30Z"
LONG_AGO = "2026-02-01T00:00:00Z"
NEW = {"ContainerSpec": {"Image": "wiki:2", "Healthcheck": {"Test": ["CMD", "true"]}}}
OLD = {"ContainerSpec": {"Image": "wiki:1", "Healthcheck": {"Test": ["CMD", "true"]}}}
UNCHECKED = {"ContainerSpec": {"Image": "wiki:2"}}
NODE = NodeSeen("n1", 1, "one", "192.0.2.1", "ready", "active", "manager", True, {"Labels": {"region": "BE"}})


def a_service(state: str = "", template=NEW, mode=None, **spec) -> ServiceSeen:
    found = {
        "Name": "wiki",
        "TaskTemplate": template,
        "Mode": mode or {"Replicated": {"Replicas": 1}},
        **spec,
    }
    return ServiceSeen("s1", "wiki", 10, found, state, "update paused due to failure", LONG_AGO, CHANGED)


def a_task(
    state: str = "running", spec=NEW, error: str = "", at: str = "2026-03-01T10:00:40Z", **more
) -> TaskSeen:
    desired = more.pop(
        "desired", "running" if state in ("running", "starting", "preparing", "pending") else "shutdown"
    )
    made = TaskSeen("t", "s1", "n1", 1, state, desired, "", error, None, "c", at, {**spec, "Runtime": ""}, at)
    return replace(made, **more)


def failed(times: int, spec=NEW) -> list[TaskSeen]:
    at = (f"2026-03-01T10:00:{40 + number}Z" for number in range(times))
    return [a_task("failed", spec, f"exit {number}", when) for number, when in enumerate(at)]


OLD_RUNS = a_task(spec=OLD, at=LONG_AGO)
CONTINUE = {"UpdateConfig": {"FailureAction": "continue"}}
ROLL_BACK = {"UpdateConfig": {"FailureAction": "rollback"}}
NONE = {"Replicated": {"Replicas": 0}}
EVERYWHERE = {"Global": {}}
PUBLISHED = {"EndpointSpec": {"Ports": [{"TargetPort": 8080, "PublishedPort": 80, "PublishMode": "host"}]}}

CASES = [
    ("created, nothing there yet", a_service(), [], "converging"),
    ("created, waiting to be healthy", a_service(), [a_task("starting")], "converging"),
    ("created and healthy", a_service(), [a_task()], "done"),
    ("just updated, no status yet, the old one runs", a_service(), [OLD_RUNS], "converging"),
    ("updating, the new one runs, Swarm still watches it", a_service("updating"), [a_task()], "converging"),
    ("updated, the new one beside the old", a_service("completed"), [a_task(), OLD_RUNS], "converging"),
    (
        "updated, the old one told to go",
        a_service("completed"),
        [a_task(), replace(OLD_RUNS, desired="shutdown")],
        "done",
    ),
    ("an update of labels, the same task as before", a_service(), [a_task(at=LONG_AGO)], "done"),
    ("asked to run none, still one", a_service(mode=NONE), [a_task(desired="shutdown")], "done"),
    ("asked to run none, one not told yet", a_service(mode=NONE), [a_task()], "converging"),
    ("the only task is on a node that is down", a_service(), [a_task(node_id="n2")], "converging"),
    ("ended twice on its first start", a_service(), failed(2), "converging"),
    ("ended three times on its first start", a_service(), failed(3), "failing"),
    (
        "ended often, then ran for long enough",
        a_service(),
        [*failed(4), a_task(at="2026-03-01T10:00:50Z")],
        "done",
    ),
    (
        "ended often, runs since a second",
        a_service(),
        [*failed(4), a_task(at="2026-03-01T10:00:59Z")],
        "failing",
    ),
    (
        "ended once, runs since a second",
        a_service(),
        [*failed(1), a_task(at="2026-03-01T10:00:59Z")],
        "converging",
    ),
    ("failures of an earlier month", a_service(), [a_task("failed", at=LONG_AGO)] * 5, "converging"),
    (
        "no check, runs since this second",
        a_service(template=UNCHECKED),
        [a_task(spec=UNCHECKED, at=NOW)],
        "converging",
    ),
    ("no check, runs since a while", a_service(template=UNCHECKED), [a_task(spec=UNCHECKED)], "done"),
    ("fails, Swarm will roll back", a_service("updating", **ROLL_BACK), [*failed(3), OLD_RUNS], "converging"),
    ("fails, Swarm was told to go on", a_service("updating", **CONTINUE), [*failed(3), OLD_RUNS], "failing"),
    ("rolling back", a_service("rollback_started", OLD), [*failed(1), OLD_RUNS], "converging"),
    ("rolled back", a_service("rollback_completed", OLD), [*failed(1), OLD_RUNS], "rolled-back"),
    ("the way back failed too", a_service("rollback_paused", OLD), failed(2), "rolled-back"),
    ("paused", a_service("paused"), [*failed(1), OLD_RUNS], "rolled-back"),
    ("on every node", a_service(mode=EVERYWHERE), [a_task()], "done"),
    (
        "ports added: the old container holds none",
        a_service("updating", **PUBLISHED),
        [a_task()],
        "converging",
    ),
    ("ports dropped: it still holds one", a_service(), [a_task(ports=((80, 8080, "tcp"),))], "converging"),
    ("holds its port", a_service(**PUBLISHED), [a_task(ports=((80, 8080, "tcp"),))], "done"),
]


@pytest.mark.parametrize(
    ("service", "tasks", "state"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_moment_means(service, tasks, state):
    assert judge(service, tasks, [NODE], moment(NOW)).state == state


def test_a_failing_start_gives_the_newest_reason_and_counts():
    rollout = judge(a_service(), failed(3), [NODE], moment(NOW))
    assert (rollout.error, rollout.failures, rollout.running, rollout.wanted) == ("exit 2", 3, 0, 1)


def test_a_rollback_gives_the_reason_of_the_one_that_was_given_up():
    rollout = judge(a_service("rollback_completed", OLD), [*failed(2), OLD_RUNS], [NODE], moment(NOW))
    assert (rollout.error, rollout.running) == ("exit 1", 1)


def test_a_rollback_without_any_failed_task_left_gives_swarms_words():
    rollout = judge(a_service("rollback_completed", OLD), [OLD_RUNS], [NODE], moment(NOW))
    assert rollout.error == "update paused due to failure"


def test_a_global_service_wants_one_on_each_usable_node_that_fits():
    down = replace(NODE, id="n2", state="down")
    drained = replace(NODE, id="n3", availability="drain")
    abroad = replace(NODE, id="n4", spec={"Labels": {"region": "FR"}})
    template = {**NEW, "Placement": {"Constraints": ["node.labels.region==BE"]}}
    service = a_service(template=template, mode=EVERYWHERE)
    assert judge(service, [], [NODE, down, drained, abroad], moment(NOW)).wanted == 1


@pytest.mark.parametrize(
    ("constraint", "fit"),
    [
        ("node.labels.region==BE", True),
        ("node.labels.region == be", True),
        ("node.labels.region!=BE", False),
        ("node.labels.power!=grid", True),
        ("node.role==worker", False),
        ("node.hostname==one", True),
        ("node.platform.os==linux", True),
    ],
)
def test_a_node_fits_a_constraint(constraint, fit):
    assert fits(NODE, [constraint]) is fit
