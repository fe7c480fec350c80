"""Which engine to talk to: the one that ``site.yml`` names, or the first manager among the site's hosts that answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from polder.actions.look_hosts import Machines, managed, reach
from polder.kernel.engine import Engine
from polder.platform.site.model import Host, Site
from polder.world.docker.address import SshPlace

HOSTS = "hosts"
"""``engine: hosts`` in site.yml, and what holds when nothing is written and Polder sets hosts up."""


def engine_at(host: Host) -> Engine:
    """The engine of one of the site's own hosts, over SSH with the host key that the site pins."""
    from polder.world.docker.http import open_place
    from polder.world.hosts.known import ssh_options

    options = tuple(ssh_options(reach(host)))
    place = SshPlace(host.address, host.user, host.port, options, sudo=host.user != "root")
    return open_place(place, f"ssh://{host.user}@{host.address}:{host.port}")


def open_site_engine(site: Site) -> Engine:
    """``Unreachable`` at the first request when it does not answer."""
    own = _named(site)
    if own or site.engine == HOSTS:
        from polder.platform.plan.machines import managed_managers

        return _managers([own] if own else managed_managers(site), lambda name: engine_at(site.hosts[name]))
    from polder.world.docker.http import open_engine

    return open_engine(site.engine)


def open_planned_engine(site: Site, machines: Machines | None) -> Engine:
    """The same, chosen by what the machines show: a manager of the swarm, else the machine that will make it. Of the latter no
    engine needs to run yet."""
    own = _named(site)
    if machines is None or not (own or site.engine == HOSTS):
        return open_site_engine(site)
    from polder.platform.plan.machines import first_manager, managed_managers, swarm_managers

    looks = machines.first = machines.look(site)
    inside = swarm_managers(site, looks)
    if own:
        return _managers([own], machines.opener, bare=own not in inside)
    if inside:
        return _managers(inside, machines.opener, heard=True)
    first = first_manager(site, looks)
    return _managers([first] if first else managed_managers(site), machines.opener, bare=True)


def _named(site: Site) -> Host | None:
    """The managed host that ``engine: ssh://...`` means."""
    if not site.engine.startswith("ssh://"):
        return None
    address = urlsplit(site.engine).hostname
    return next((host for host in managed(site).values() if host.address == address), None)


def _managers(
    hosts: list[Host], opener: Callable[[str], Engine], *, bare: bool = False, heard: bool = False
) -> Engine:
    from polder.world.docker.managers import ManagersEngine

    return ManagersEngine({host.name: partial(opener, host.name) for host in hosts}, bare=bare, heard=heard)


@contextmanager
def engine_of(site: Site) -> Iterator[Engine]:
    """The site's engine, closed afterwards. ``Unreachable`` when it does not answer."""
    engine = open_site_engine(site)
    try:
        yield engine
    finally:
        engine.close()
