"""Shake hands once with each new name at the ingress, one after the other, so that its certificate exists before a visitor comes.

Why: of several names whose very first handshakes come at the same instant, Caddy 2.6 refuses some. A name once met stays met.
"""

from __future__ import annotations

from polder.actions.addresses import ingress_address
from polder.kernel.engine import CreateService, UpdateService
from polder.platform.plan.model import Plan
from polder.platform.plan.names import INGRESS
from polder.platform.site.model import App, Site
from polder.world.certificates import probe_certificate


def names_to_meet(site: Site, plan: Plan) -> tuple[App, ...]:
    """The apps that ``plan`` starts; all of them when it starts or restarts the ingress itself."""
    started = {step.subject for step in plan.steps if isinstance(step.work, CreateService)}
    door = any(isinstance(s.work, UpdateService) and s.subject == INGRESS and s.away for s in plan.steps)
    return tuple(app for app in site.apps if app.id in started or INGRESS in started or door)


def meet_names(site: Site, plan: Plan) -> tuple[str, ...]:
    """Meet the names of the apps that ``plan`` started; returns those that the ingress refused. An ingress that cannot be reached
    from here is left alone: visitors' own first handshakes do the same."""
    refused = []
    for app in names_to_meet(site, plan):
        try:
            if probe_certificate(app.domain, ingress_address(site)) is None:
                refused.append(app.domain)
        except OSError:
            return ()
    return tuple(refused)
