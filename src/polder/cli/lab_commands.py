"""``polder lab``: a ground to rehearse disasters on; made, changed and taken away."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from polder.cli.door import DECLINED, confirm, guarded, language, show_json
from polder.cli.lines import print_lines
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_

HEADERS = tuple(
    N_(word) for word in ("host", "address", "power", "answers", "ssh", "docker", "memory", "slowed")
)
REALLY_UP = N_(
    "This makes networks and {count} containers on this machine. Type the lab's name ({name}) to go on"
)
REALLY_DOWN = N_("This ends lab {name} and removes {folder}. Type the lab's name to go on")
NO_SITES = N_("Keep the folder with the sites.")
YES, NO = N_("yes"), N_("no")
ADDRESSES = N_("Sites: {sites}\nNames: {dns}   Certificates (ACME): {acme}")
CUT = N_("Cut: {one} from {other}")

which = click.option(
    "--name",
    "name",
    metavar="NAME",
    default="",
    envvar="POLDER_LAB",
    help="Which lab, when there are several.",
)


@click.group(epilog="Example: polder lab up --providers 3 --hosts 2")
def lab() -> None:
    """Real Debian hosts on this machine, to rehearse disasters on."""


@lab.command(epilog="Example: polder lab up my-lab --providers 2 --hosts 3")
@click.argument(
    "folder", metavar="[DIR]", default="polder-lab", type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--providers", type=int, default=3, show_default=True, help="How many providers (1 to 14).")
@click.option("--hosts", type=int, default=2, show_default=True, help="How many hosts each has (1 to 20).")
@click.option("--suite", default="trixie", show_default=True, help="Debian's suite: trixie or bookworm.")
@click.option("--name", default="lab", show_default=True, help="What the lab is called.")
@click.option("--owner", type=int, default=0, hidden=True, help="The process that the lab belongs to.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def up(folder: Path, providers: int, hosts: int, suite: str, name: str, owner: int, yes: bool) -> None:
    """Make a lab; its sites and keys go to DIR (polder-lab)."""
    from polder.lab.machine import check_machine
    from polder.lab.raise_lab import Wish, check_wish, raise_lab

    wish = Wish(name, providers, hosts, suite, folder.absolute(), owner)
    check_wish(wish)
    check_machine()
    question = translate(REALLY_UP, language()).format(count=providers * hosts, name=name)
    if not confirm(question, name, yes):
        sys.exit(DECLINED)
    raise_lab(wish, tell)


@lab.command(epilog="Example: polder lab down --yes")
@which
@click.option("--keep-sites", is_flag=True, help=NO_SITES)
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def down(name: str, keep_sites: bool, yes: bool) -> None:
    """Take a lab away, also one that crashed: processes, networks, rules, files."""
    from polder.lab.machine import check_machine
    from polder.lab.remove import take_down
    from polder.lab.state import find_lab, one_at_a_time

    check_machine()
    kept = find_lab(name)
    question = translate(REALLY_DOWN, language()).format(name=kept.lab.name, folder=kept.sites)
    if not confirm(question, kept.lab.name, yes):
        sys.exit(DECLINED)
    began = time.monotonic()
    with one_at_a_time():
        take_down(kept, sites=not keep_sites)
    tell("lab.down", {"name": kept.lab.name, "seconds": round(time.monotonic() - began, 1)})


@lab.command(epilog="Example: polder lab status --json")
@which
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def status(name: str, as_json: bool) -> None:
    """Show hosts, what answers, cuts and delays."""
    from polder.cli.table import table_lines
    from polder.lab.look import LabSeen, NodeSeen, look_at_lab
    from polder.lab.state import find_lab

    seen: LabSeen = look_at_lab(find_lab(name))
    if as_json:
        show_json(asdict(seen))
        return
    words = language()

    def row(node: NodeSeen) -> list[str]:
        docker = f"{node.docker} (manager)" if node.manager else node.docker
        flags = [translate(YES if flag else NO, words) for flag in (node.power, node.answers)]
        memory = f"{node.memory / 2**20:.0f} MiB" if node.memory else ""
        return [
            node.name,
            node.address,
            *flags,
            node.ssh,
            docker,
            memory,
            f"{node.delay} {node.rate}".strip(),
        ]

    print_lines(table_lines([translate(header, words) for header in HEADERS], [row(n) for n in seen.nodes]))
    for one, other in seen.cuts:
        click.echo(translate(CUT, words).format(one=one, other=other))
    click.echo(translate(ADDRESSES, words).format(sites=seen.sites, dns=seen.dns, acme=seen.acme))


def tell(code: str, values: Mapping[str, str | int | float]) -> None:
    """Progress, as it comes."""
    click.echo(say(code, values, language()))
