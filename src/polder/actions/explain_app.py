"""Explain one app in plain words."""

from __future__ import annotations

from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.look_site import engine_of
from polder.kernel.engine import Seen
from polder.kernel.names import nearest
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.platform.explain import Chapter, explain
from polder.platform.site.model import App, Site


def find_app(site: Site, name: str) -> App:
    """The app called ``group/app``. Refused (``site.unknown-app``) with the nearest right name."""
    apps = {app.id: app for app in site.apps}
    if name not in apps:
        near = nearest(name, apps)
        raise Refused(
            Problem("app.unknown", "", {"app": name, "near": near or "-", "known": tuple(apps) or ("-",)})
        )
    return apps[name]


def explain_app(folder: Path, name: str, language: str) -> tuple[Chapter, ...]:
    """Works without the engine too: then it says what would run."""
    site = load_site(folder)
    app = find_app(site, name)
    try:
        with engine_of(site) as engine:
            return explain(site, engine.look(), app, language)
    except Unreachable:
        return explain(site, Seen("none"), app, language)
