"""The machines of a site as an action reaches them: over SSH, and each one's own engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from polder.kernel.engine import Engine
from polder.kernel.host import Hosts, HostSeen, Question, Reach
from polder.kernel.problem import Problem
from polder.platform.site.model import Host, Site

Looks = Mapping[str, HostSeen | Problem]


@dataclass(slots=True)
class Machines:
    """``opener`` gives the engine of one host, by its name. ``first``: the look that chose the manager, used up by the plan.
    ``silent``: hosts that did not answer; nobody waits for them twice. ``open_former`` reaches hosts that the site no longer names, and
    lets ``opener`` know them; without it, ``hosts`` does."""

    hosts: Hosts
    opener: Callable[[str], Engine]
    open_former: Callable[[Mapping[str, Host]], Hosts] | None = None
    former: Hosts | None = None
    first: Looks | None = None
    engines: dict[str, Engine] = field(default_factory=dict)
    silent: dict[str, Problem] = field(default_factory=dict)

    def look(self, site: Site) -> Looks:
        """What every host that Polder sets up shows, or why it does not."""
        found, self.first = self.first, None
        return self._ask(self.hosts, questions(site)) if found is None else found

    def knock(self, names: Iterable[str]) -> Looks:
        """Who shows itself of the site's hosts: only what every look brings."""
        return self._ask(self.hosts, dict.fromkeys(names, Question()))

    def look_former(self, hosts: Mapping[str, Host]) -> Looks:
        """The same of ``hosts`` that the site no longer names: only what every look brings. They are the same ones each time."""
        if not hosts:
            return {}
        if self.open_former and self.former is None:
            self.former = self.open_former(hosts)
        return self._ask(self.former or self.hosts, dict.fromkeys(hosts, Question()))

    def _ask(self, hosts: Hosts, asked: Mapping[str, Question]) -> Looks:
        found = hosts.look({name: one for name, one in asked.items() if name not in self.silent})
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
        if self.former:
            self.former.close()


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

    known = dict(own)

    def opened(hosts: Mapping[str, Host]) -> Hosts:
        known.update(hosts)
        return open_hosts({name: reach(host) for name, host in hosts.items()})

    made = Machines(opened(own), lambda name: engine_at(known[name]), opened)
    try:
        yield made
    finally:
        made.close()
