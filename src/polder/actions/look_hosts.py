"""The machines of a site as an action reaches them: over SSH, and each one's own engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from polder.kernel.engine import Engine
from polder.kernel.host import Hosts, HostSeen, Question, Reach
from polder.kernel.problem import Problem
from polder.kernel.value import dataclass, field
from polder.platform.site.model import Host, Site

Looks = Mapping[str, HostSeen | Problem]


@dataclass(slots=True)
class Machines:
    """``opener`` gives the engine of one host, by its name. ``first``: the look that chose the manager, used up by the plan.
    ``silent``: hosts that did not answer; nobody waits for them twice."""

    hosts: Hosts
    opener: Callable[[str], Engine]
    first: Looks | None = None
    engines: dict[str, Engine] = field(default_factory=dict)
    silent: dict[str, Problem] = field(default_factory=dict)

    def look(self, site: Site) -> Looks:
        """What every host that Polder sets up shows, or why it does not."""
        found, self.first = self.first, None
        return self._ask(questions(site)) if found is None else found

    def _ask(self, asked: Mapping[str, Question]) -> Looks:
        found = self.hosts.look({name: one for name, one in asked.items() if name not in self.silent})
        for name, look in found.items():
            if isinstance(look, Problem) and look.code == "host.no-answer":
                self.silent[name] = look
        return {name: self.silent.get(name) or found[name] for name in asked}

    def engine_at(self, host: str) -> Engine:
        """The engine of ``host`` itself."""
        if host not in self.engines:
            self.engines[host] = self.opener(host)
        return self.engines[host]

    def close(self) -> None:
        for engine in self.engines.values():
            engine.close()
        self.hosts.close()


def managed(site: Site) -> dict[str, Host]:
    """The hosts that Polder sets up."""
    return {name: host for name, host in site.hosts.items() if host.profile != "none"}


def reach(host: Host) -> Reach:
    return Reach(host.name, host.address, host.port, host.user, host.host_key)


def questions(site: Site) -> dict[str, Question]:
    from polder.platform.hosts.ask import question

    return {name: question(site, host) for name, host in managed(site).items()}


@contextmanager
def machines_of(site: Site) -> Iterator[Machines | None]:
    """The machines of ``site``, closed afterwards; ``None`` when it has none that Polder sets up."""
    own = managed(site)
    if not own:
        yield None
        return
    from polder.actions.reach_engine import engine_at
    from polder.world.hosts import open_hosts

    made = Machines(
        open_hosts({name: reach(host) for name, host in own.items()}), lambda n: engine_at(site, n)
    )
    try:
        yield made
    finally:
        made.close()
