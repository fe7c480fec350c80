"""A plan is data people read. Each step says itself (code and values), names the data and secrets it touches, says whether it
can be undone and for how long an app is away, and carries exactly what will be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from polder.kernel.digest import Digest
from polder.kernel.engine import InitSwarm, JoinSwarm, LeaveSwarm, Operation, UnlockSwarm
from polder.kernel.host import HostWork
from polder.kernel.problem import Problem, Value


@dataclass(frozen=True, slots=True)
class MakeSecret:
    """Write ``secrets/<file>.age``: a value generated as ``kind`` (password, hex), encrypted to ``recipients``."""

    file: str
    kind: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MakeAuthority:
    """Write the site's own certificate authority: ``internal-ca.crt`` and the ``polder.*`` secret files.

    ``renew``: only the intermediate is made anew, signed by the root that exists.
    """

    name: str
    domains: tuple[str, ...]
    recipients: tuple[str, ...]
    renew: bool


@dataclass(frozen=True, slots=True)
class BuildImage:
    """Build (or take from the cache) the image ``key`` of ``recipe`` and give it to the engine or push it to ``registry``.

    ``content``: the folder in the site whose files are baked in (``""``: none), placed at ``content_at``.
    ``expected``: the image that ``polder.lock`` names, ``""`` when none was built yet.
    """

    key: str
    recipe: str
    content: str
    content_at: str
    registry: str
    expected: str


@dataclass(frozen=True, slots=True)
class WriteLock:
    """Write the recipes' digests in force to ``polder.lock``; images are added as they are built. ``placements``: the host that
    each app's data is on, all of them; ``None`` leaves them as they are."""

    recipes: Mapping[str, Digest]
    placements: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class AtHost:
    """Operations for the engine of ``host`` itself, not for the manager that we talk to. The token that joining needs is asked of
    that manager when the step runs."""

    host: str
    operations: tuple[InitSwarm | JoinSwarm | LeaveSwarm | UnlockSwarm, ...]


@dataclass(frozen=True, slots=True)
class KeepUnlockKey:
    """Write ``secrets/<file>.age``: what opens the swarm's locked managers, asked of the engine. ``rotate``: another one is made first,
    because nobody of the site has the one in force."""

    file: str
    recipients: tuple[str, ...]
    rotate: bool


@dataclass(frozen=True, slots=True)
class AwaitNode:
    """Wait, at most ``within`` seconds, until nothing runs any more on the node (``empty``), until it can run things again
    (``ready``), until it is empty and what ran there is healthy on other nodes (``moved``), or also what runs nowhere (``settled``;
    for both, ``within`` counts from when it is empty). ``node``: its id, or a placeholder. ``site``: whose services are waited for."""

    node: str
    host: str
    state: Literal["empty", "ready", "moved", "settled"]
    within: int
    site: str = ""


@dataclass(frozen=True, slots=True)
class Nothing:
    """A step that only tells (data kept, something to know)."""


Work = (
    Operation
    | AtHost
    | AwaitNode
    | HostWork
    | KeepUnlockKey
    | MakeSecret
    | MakeAuthority
    | BuildImage
    | WriteLock
    | Nothing
)


@dataclass(frozen=True, slots=True)
class Change:
    """One exact difference. ``path`` in words of the file format (``environment TITLE``); before or after is ``""`` when absent."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Wait:
    """After the operation, wait until ``service`` is healthy, at most ``within`` seconds. ``fresh``: it did not exist before, so a
    failure takes it away again; otherwise Swarm rolls back by itself."""

    service: str
    within: int
    fresh: bool


Undo = Literal["yes", "rollback", "no"]


@dataclass(frozen=True, slots=True)
class Step:
    """``key`` is unique in the plan; ``after`` holds keys of steps that must be done before. ``subject`` is ``group/app``,
    ``polder/ingress``, ``host/NAME`` or ``site``. ``code`` is a ``step.*`` sentence. ``away``: seconds that the app is expected to be away
    (0: not at all, ``None``: for good). ``note``: why it is so, a code and values."""

    key: str
    kind: Literal[
        "host", "prepare", "create", "change", "restart", "remove", "keep", "forget", "rotate", "prune"
    ]
    subject: str
    code: str
    values: Mapping[str, Value]
    work: Work
    after: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    data: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    undo: Undo = "yes"
    away: int | None = 0
    wait: Wait | None = None
    drift: bool = False
    note: Problem | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """``site``: the target's name, typed by whoever approves. ``findings`` are worth knowing and change nothing.
    ``digest`` covers the steps: the same digest is the same plan. ``made`` is the time of the look, ``engine`` the
    address of what was looked at."""

    site: str
    steps: tuple[Step, ...]
    findings: tuple[Problem, ...]
    digest: Digest
    made: datetime
    engine: str = ""

    @property
    def acting(self) -> tuple[Step, ...]:
        """The steps that do something; a plan without any changes nothing."""
        return tuple(step for step in self.steps if step.wait or not isinstance(step.work, Nothing))
