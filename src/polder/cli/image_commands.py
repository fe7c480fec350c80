"""``polder image``: list, build, refresh, and see which packages are inside."""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from polder.cli.door import guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.kernel.digest import short
from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_

HEADERS = (N_("key"), N_("image"), N_("packages"), N_("files from"))
NOT_BUILT = N_("not built yet")
NO_CHANGE = N_("The images are as polder.lock says.")
CHANGED = N_("{key} is now {image}. polder plan shows what that changes.")


@click.group(epilog="Example: polder image refresh && polder plan")
def image() -> None:
    """Images: which there are, what is inside, building them with today's packages."""


@image.command("list", epilog="Example: polder image list --json")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with every package and its version.")
@guarded
def list_images(as_json: bool) -> None:
    """List the images the site uses."""
    from polder.actions.build_images import site_images
    from polder.cli.table import table_lines

    words = language()
    found = site_images(site_path())
    if as_json:
        show_json([asdict(one) for one in found])
        return
    rows = [
        [
            one.key,
            short(one.image) if one.image else translate(NOT_BUILT, words),
            str(len(one.packages) or ""),
            one.content,
        ]
        for one in found
    ]
    print_lines(table_lines([translate(header, words) for header in HEADERS], rows))


@image.command(epilog="Example: polder image packages dokuwiki-4dbad1875bd7")
@click.argument("key")
@guarded
def packages(key: str) -> None:
    """List the packages inside the image KEY with their versions (as far as this machine built it)."""
    from polder.actions.build_images import site_images
    from polder.kernel.names import nearest
    from polder.kernel.problem import Problem, Refused

    found = {one.key: one for one in site_images(site_path())}
    if key not in found:
        raise Refused(Problem("image.unknown-key", "", {"key": key, "near": nearest(key, found) or "-"}))
    for name, version in sorted(found[key].packages.items()):
        click.echo(f"{name} {version}")


@image.command(epilog="Example: polder image build dokuwiki")
@click.argument("recipe", default="")
@guarded
def build(recipe: str) -> None:
    """Build the images that polder.lock does not name yet (polder apply does this by itself)."""
    _build(recipe, refresh=False)


@image.command(epilog="Example: polder image refresh dokuwiki && polder plan")
@click.argument("recipe", default="")
@guarded
def refresh(recipe: str) -> None:
    """Build images anew with Debian's packages of today (security updates) and write polder.lock."""
    _build(recipe, refresh=True)


def _build(recipe: str, refresh: bool) -> None:
    from polder.actions.build_images import build_images

    words = language()
    changed = build_images(site_path(), recipe, refresh, lambda text: click.echo(text, file=sys.stderr))
    for key, made in changed.items():
        click.echo(translate(CHANGED, words).format(key=key, image=made))
    if not changed:
        click.echo(translate(NO_CHANGE, words))
