"""Write one app as a plain Compose project: the way out."""

from __future__ import annotations

from pathlib import Path

from polder.actions.check_site import load_site
from polder.actions.explain_app import find_app
from polder.actions.prepare_site import Preparer
from polder.kernel.problem import Problem, Refused
from polder.platform.site.model import Site
from polder.world.files import write_atomically


def export_app(
    folder: Path, name: str, target: Path, language: str, *, with_secrets: bool = False
) -> list[Path]:
    """Write the project to ``target`` (made if missing; refused when it holds files). Returns the paths written.

    ``with_secrets``: the values are written too, mode 0600; otherwise the README lists which files to put there.
    """
    site = load_site(folder)
    app = find_app(site, name)
    if target.exists() and any(target.iterdir()):
        raise Refused(Problem("app.export-not-empty", "", {"folder": str(target)}))
    from polder.platform.export import export_site_app

    texts = export_site_app(site, app, language)
    secrets = dict.fromkeys((), "") if not with_secrets else _secrets(folder, site, app.id)
    written = []
    for path, text in texts.items():
        written.append(target / path)
        write_atomically(target / path, text.encode())
    for path, value in secrets.items():
        written.append(target / path)
        write_atomically(target / path, value, mode=0o600)
    return written


def _secrets(folder: Path, site: Site, app: str) -> dict[str, bytes]:
    from polder.kernel.engine import Engine
    from polder.platform.plan.desired import wanted

    engine: Engine = None  # type: ignore[assignment]
    preparer = Preparer(folder, site, engine)
    files = {want.file for want in wanted(site).secrets.values() if want.subject == app}
    return {
        f"secrets/{file.rpartition('.')[2]}": preparer.reveal(file).reveal_bytes() for file in sorted(files)
    }
