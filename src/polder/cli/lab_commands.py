"""``polder lab``: a ground to rehearse disasters on; made, changed and taken away."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from polder.cli.door import DECLINED, confirm, guarded, language, show_json
from polder.cli.lines import print_lines
from polder.kernel.sentences import fill, say, translate
from polder.kernel.sentences.mark import N_, NP_

if TYPE_CHECKING:
    from polder.lab.state import Kept

MOMENTS = (N_("clock"), N_("since"), N_("what"))
ANSWERING = N_("{host} answers since {clock}")
SILENT = N_("{host} does not answer")
HEADERS = (
    *(N_("host"), N_("address"), N_("power"), N_("answers")),
    *(N_("ssh"), N_("docker"), N_("memory"), N_("slowed")),
)
REALLY_UP = NP_(
    "This makes networks and {count} container on this machine. Type the lab's name ({name}) to go on",
    "This makes networks and {count} containers on this machine. Type the lab's name ({name}) to go on",
)
REALLY_DOWN = N_("This ends lab {name} and removes {folder}. Type the lab's name to go on")
DECLINED_TEXT = N_("Nothing was done.")
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
    question = fill(REALLY_UP, {"count": providers * hosts, "name": name}, language())
    if not confirm(question, name, yes):
        _declined()
    raise_lab(wish, tell)


def _declined() -> NoReturn:
    click.echo(translate(DECLINED_TEXT, language()), err=True)
    sys.exit(DECLINED)


@lab.command(epilog="Example: polder lab down --yes")
@which
@click.option("--keep-sites", is_flag=True, help="Keep the folder with the sites.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@guarded
def down(name: str, keep_sites: bool, yes: bool) -> None:
    """Take a lab away, also one that crashed: processes, networks, rules, files."""
    from polder.lab.machine import check_machine
    from polder.lab.remove import forget_abandoned, take_down
    from polder.lab.state import every_lab, find_lab, one_at_a_time

    check_machine()
    before = {kept.lab.name for kept in every_lab()}
    forget_abandoned(tell)
    left = {kept.lab.name for kept in every_lab()}
    if name in before - left or (before and not left):
        return
    kept = find_lab(name)
    question = translate(REALLY_DOWN, language()).format(name=kept.lab.name, folder=kept.sites)
    if not confirm(question, kept.lab.name, yes):
        _declined()
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


@lab.command(epilog="Example: polder lab cut alder-1 birch")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@which
@guarded
def cut(one: str, other: str, name: str) -> None:
    """Let no packet pass between A and B: hosts, providers, ALL (everybody) or OUTSIDE (this machine and the Internet)."""
    from polder.lab import change

    change.cut(running(name), one, other)
    tell("lab.is-cut", {"one": one, "other": other})


@lab.command(epilog="Example: polder lab join alder-1 birch")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@which
@guarded
def join(one: str, other: str, name: str) -> None:
    """Mend what was cut between A and B. B may be ALL: every cut of A is mended; ALL ALL: every cut."""
    from polder.lab import change

    change.join(running(name), one, other)
    tell("lab.is-joined", {"one": one, "other": other})


@lab.command(epilog="Example: polder lab slow alder-2 --delay 100ms --rate 1mbit")
@click.argument("host", metavar="HOST")
@click.option(
    "--delay", metavar="TIME", default="", help="How much later each packet comes, in each direction."
)
@click.option("--rate", metavar="RATE", default="", help="How much passes in each direction: 256kbit, 1mbit.")
@click.option("--off", is_flag=True, help="As fast as ever again.")
@which
@guarded
def slow(host: str, delay: str, rate: str, off: bool, name: str) -> None:
    """Delay or narrow all that goes to and comes from HOST."""
    from polder.kernel.problem import Problem, Refused
    from polder.lab import change

    if off == bool(delay or rate):
        raise Refused(Problem("lab.what-speed"))
    change.slow(running(name), host, delay, rate)
    tell("lab.is-fast" if off else "lab.is-slow", {"host": host, "how": f"{delay} {rate}".strip()})


@lab.command(epilog="Example: polder lab kill alder-1")
@click.argument("host", metavar="HOST")
@which
@guarded
def kill(host: str, name: str) -> None:
    """Take away HOST's power at once, without a word to it."""
    from polder.lab import change

    change.kill(running(name), host)
    tell("lab.is-dark", {"host": host})


@lab.command(epilog="Example: polder lab revive alder-1")
@click.argument("host", metavar="HOST")
@click.option("--anew", is_flag=True, help="Another machine in its place: empty, with another SSH host key.")
@which
@guarded
def revive(host: str, anew: bool, name: str) -> None:
    """Give HOST its power back and wait until it answers. Its files are as they were."""
    from polder.lab import change
    from polder.lab.boot import host_key

    kept = running(name)
    seconds = change.revive(kept, host, anew=anew)
    if anew:
        tell("lab.is-another", {"host": host, "key": host_key(kept, kept.lab.node(host))})
    hidden = change.hidden(kept, kept.lab.node(host))
    tell("lab.is-back-hidden" if hidden else "lab.is-back", {"host": host, "seconds": round(seconds, 1)})


@lab.command(
    epilog="Example: polder lab shell alder-1 systemctl --failed",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.option(
    "--console", is_flag=True, help="As at the host's own screen: also when no network leads to it."
)
@which
@click.argument("host", metavar="HOST")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@guarded
def shell(console: bool, name: str, host: str, command: tuple[str, ...]) -> None:
    """Log in to HOST as root, or run COMMAND there."""
    from polder.lab.look import console_argv, ssh_argv

    if command[:1] == ("--console",):
        console, command = True, command[1:]
    kept = running(name)
    node = kept.lab.node(host)
    argv = console_argv(kept, node, *command) if console else ssh_argv(kept, node, *command)
    os.execvp(argv[0], argv)  # noqa: S606 (no shell is wanted here but ssh's own)


@lab.command("time", epilog="Example: polder lab time --json")
@which
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@guarded
def time_line(name: str, as_json: bool) -> None:
    """Show what was done and what hosts did since, with the seconds between."""
    from polder.cli.table import table_lines
    from polder.lab.state import find_lab
    from polder.lab.timeline import answering_since, read_timeline

    moments = read_timeline(find_lab(name).folder)
    if as_json:
        show_json({"moments": [asdict(one) for one in moments], "answering": answering_since(moments)})
        return
    rows = [
        [
            clock(one.at),
            "" if one.since < 0 else f"+{one.since:.1f} s",
            f"lab {one.command}" if one.command else f"    {one.host}: {one.what}",
        ]
        for one in moments
    ]
    print_lines(table_lines([translate(header, language()) for header in MOMENTS], rows))
    for host, since in answering_since(moments).items():
        text = translate(ANSWERING if since else SILENT, language())
        click.echo(text.format(host=host, clock=clock(since)))


def running(name: str) -> Kept:
    """The lab called so, to be changed: needs root and the programs."""
    from polder.lab.machine import check_machine
    from polder.lab.state import find_lab

    check_machine()
    return find_lab(name)


def clock(at: float) -> str:
    return datetime.fromtimestamp(at).strftime("%H:%M:%S")


def tell(code: str, values: Mapping[str, str | int | float]) -> None:
    """Progress, as it comes."""
    click.echo(say(code, values, language()))
