"""The hands that do a plan's steps: operations go to the engine, the rest to the site's files and the image builder."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, assert_never

from polder.actions.look_hosts import Machines
from polder.actions.moved import await_moved, running_on
from polder.actions.node_hands import at_host, await_node, spare, update_node
from polder.actions.prepare_site import Preparer
from polder.actions.run_plan import StepResult
from polder.kernel.engine import (
    UNLOCK_KEY,
    CreateConfig,
    CreateNetwork,
    CreateSecret,
    CreateService,
    Engine,
    InitSwarm,
    JoinSwarm,
    LeaveSwarm,
    Operation,
    RemoveConfig,
    RemoveNetwork,
    RemoveNode,
    RemoveSecret,
    RemoveService,
    RemoveVolume,
    RotateUnlockKey,
    Seen,
    SetAutolock,
    UnlockSwarm,
    UpdateConfigLabels,
    UpdateNode,
    UpdateService,
)
from polder.kernel.host import HostWork
from polder.kernel.problem import Refused, Unreachable
from polder.kernel.secret import Secret
from polder.kernel.sentences import say
from polder.platform.plan.locking import UNLOCK_FILE
from polder.platform.plan.model import (
    AtHost,
    AwaitNode,
    BuildImage,
    KeepUnlockKey,
    MakeAuthority,
    MakeSecret,
    Nothing,
    Step,
    WriteLock,
)
from polder.platform.plan.names import fill
from polder.platform.plan.services import bare, finish
from polder.world.docker.lock import Lock
from polder.world.journal import Journal

IN_USE_SECONDS = 45
"""How long a network or secret may still be held by containers that are on their way out."""


@dataclass(slots=True)
class SiteHands:
    """``before`` is the look the plan was made from: what a failed change is put back to. ``ran``: what ran on each node that this run
    drained."""

    engine: Engine
    preparer: Preparer
    journal: Journal
    before: Seen
    plan_digest: str
    lock: Lock
    machines: Machines | None = None
    ran: dict[str, set[str]] = field(default_factory=dict)

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def perform(self, step: Step, known: Mapping[str, str], line: Callable[[str], None]) -> Mapping[str, str]:
        """Do the step's work and journal it. Returns placeholders that are now known."""
        began = time.monotonic()
        try:
            found = self._work(step, known, line)
        except BaseException as error:
            self._note(step, "failed", time.monotonic() - began, _why(error))
            raise
        self._note(step, "accepted" if step.wait else "done", time.monotonic() - began, "")
        return found

    def ended(self, result: StepResult) -> None:
        """Journal what became of a step that the engine had accepted."""
        why = result.problem.code if result.problem else ""
        with suppress(OSError):  # a full disk must not keep the other steps from being waited for
            self._note(result.step, result.state, result.seconds, why)

    def _work(self, step: Step, known: Mapping[str, str], line: Callable[[str], None]) -> Mapping[str, str]:
        match step.work:
            case MakeSecret() | MakeAuthority() | BuildImage() | WriteLock():
                return self.preparer.prepare(step.work, line)
            case HostWork():
                assert self.machines is not None
                with suppress(Unreachable):  # what is done to a machine must not hang on the manager
                    self.lock.check()
                spare(self.engine, step.work)
                return self.machines.hosts.run(step.work, known, line)
            case AtHost():
                assert self.machines is not None
                with suppress(Unreachable):
                    self.lock.check()
                return at_host(self.engine, self.machines, step.work, self._unlock_key)
            case KeepUnlockKey():
                self.lock.check()
                if step.work.rotate:
                    self.engine.run(RotateUnlockKey())
                return self.preparer.write_secret(
                    step.work.file, self.engine.unlock_key(), step.work.recipients
                )
            case UnlockSwarm():
                self.engine.run(step.work, {UNLOCK_KEY: self._unlock_key()})
                return {}
            case AwaitNode():
                self._await(step.work, known.get(step.work.node, step.work.node), line)
                return {}
            case Nothing():
                return {}
            case _:
                self.lock.check()
                self._operate(step.work, known)
                return {}

    def _await(self, work: AwaitNode, node: str, line: Callable[[str], None]) -> None:
        if work.state in ("moved", "settled"):
            words = self.preparer.language
            ran, tell = self.ran.get(node, set()), lambda far: line(say(far.code, far.values, words))
            await_moved(self.engine, work, node, ran, tell, self)
        else:
            await_node(self.engine, self.machines, work, node)

    def _operate(self, operation: Operation, known: Mapping[str, str]) -> None:
        match operation:
            case CreateSecret():
                named = replace(operation, name=fill(operation.name, known))
                self.engine.run(named, {operation.source: self.preparer.reveal(operation.source)})
            case CreateService():
                self.engine.run(replace(operation, spec=finish(operation.spec, known)))
            case UpdateService():
                self._update(operation, finish(operation.spec, known))
            case UpdateNode():
                if operation.spec.get("Availability") == "drain" and operation.id not in self.ran:
                    self.ran[operation.id] = running_on(self.engine, self.preparer.site.slug, operation.id)
                update_node(self.engine, operation, known)
            case RemoveNetwork() | RemoveSecret() | RemoveConfig() | RemoveNode():
                self._until_free(operation)
            case InitSwarm() | CreateNetwork() | CreateConfig() | RemoveService() | RemoveVolume():
                self.engine.run(operation)
            case SetAutolock() | RotateUnlockKey():
                self.engine.run(operation)
            case JoinSwarm() | LeaveSwarm() | UnlockSwarm():
                raise AssertionError("is asked of a host's own engine")
            case UpdateConfigLabels():
                self.engine.run(operation)
            case _:
                assert_never(operation)

    def _unlock_key(self) -> Secret:
        return self.preparer.reveal(UNLOCK_FILE)

    def _update(self, operation: UpdateService, spec: dict[str, Any]) -> None:
        """An image that turned out to be the one already running leaves nothing to do."""
        live = next((s for s in self.before.services if s.name == operation.name), None)
        if live is None or bare(live.spec) != bare(spec):
            self.engine.run(replace(operation, spec=spec))

    def _until_free(self, operation: Operation) -> None:
        limit = time.monotonic() + IN_USE_SECONDS
        while True:
            try:
                self.engine.run(operation)
                return
            except Refused as refused:
                code = refused.problems[0].code
                if code == "engine.missing":
                    return
                if code != "engine.in-use" or time.monotonic() > limit:
                    raise
            time.sleep(0.5)

    def take_back(self, step: Step) -> None:
        """A service that never came up is removed (its data stays); a changed one gets its former spec back."""
        assert step.wait is not None
        seen = self.engine.look(tasks=False, storage=False)
        now = next((s for s in seen.services if s.name == step.wait.service), None)
        former = next((s for s in self.before.services if s.name == step.wait.service), None)
        if now is None:
            return
        if former is None:
            self.engine.run(RemoveService(now.name, now.version))
        else:
            self.engine.run(UpdateService(now.name, now.version, former.spec))
        self.journal.write(datetime.now(UTC), "taken-back", {"service": now.name, "plan": self.plan_digest})

    def _note(self, step: Step, result: str, seconds: float, why: str) -> None:
        values = {name: list(v) if isinstance(v, tuple) else v for name, v in step.values.items()}
        self.journal.write(
            datetime.now(UTC),
            "step",
            {
                "step": step.code,
                "subject": step.subject,
                "values": values,
                "result": result,
                "seconds": round(seconds, 1),
                "plan": self.plan_digest,
                **({"why": why} if why else {}),
            },
        )


def _why(error: BaseException) -> str:
    return str(error) if isinstance(error, Refused | OSError) else f"{type(error).__name__}: {error}"
