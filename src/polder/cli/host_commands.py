"""``polder host``: the machines of a site: written down, set up, audited, drained, taken out, replaced."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from polder.cli.app_commands import told
from polder.cli.door import DECLINED, FAILED, UNREACHABLE, confirm, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.cli.plan_commands import carry_out, show
from polder.kernel.sentences import say, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.edit_site import Edited

STAYS = N_("What was written in {files} stays: the next polder apply does it, unless you take it back there.")
SHOWN = N_("{address} shows the SSH key {fingerprint} ({kind}).")
COMPARE = N_(
    "Compare it with the machine's own, on its console: ssh-keygen -lf /etc/ssh/ssh_host_{kind}_key.pub"
)
TYPE_NAME = N_("If they are the same, type the name of the host ({name})")
HEADERS = (N_("host"), N_("address"), N_("roles"), N_("set up by"), N_("mesh"), N_("state"))
BY = {"baseline": N_("Polder"), "none": N_("you")}
DRAINED, OPEN = N_("drained"), N_("open")
F = TypeVar("F", bound=Callable[..., Any])


@click.group(epilog="Example: polder host add ada 192.0.2.7 --role worker --region BE && polder host apply")
def host() -> None:
    """Add, set up, audit, drain, replace and take out the machines that run everything."""


def _machine_options(command: F) -> F:
    """What ``host add`` and ``host replace`` may say of the machine."""
    options = (
        click.option("--user", default="root", show_default=True, help="Who logs in: root, or may sudo."),
        click.option("--port", default=22, show_default=True, help="Where its SSH server listens."),
        click.option(
            "--role",
            "role",
            multiple=True,
            metavar="ROLE",
            help="manager, ingress or worker; again for more.",
        ),
        click.option("--roles", default="", metavar="ROLES", help="The same in one word, with commas."),
        click.option("--region", default="", help="Where it stands."),
        click.option("--jurisdiction", default="", help="Whose law it is under."),
        click.option("--power", default="", help="What feeds it."),
        click.option(
            "--mesh",
            default="",
            metavar="ADDRESS",
            help="Its address in the mesh, auto, or none (default: auto if the others have one).",
        ),
        click.option(
            "--host-key",
            default="auto",
            metavar="KEY",
            help="Its SSH host key; auto: asked of it once and shown to you.",
        ),
        click.option("--yes", is_flag=True, help="Do not ask."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@host.command("add", epilog="Example: polder host add ada 192.0.2.7 --role worker --region BE --power solar")
@click.argument("name")
@click.argument("address", default="", metavar="[ADDRESS]")
@click.option(
    "--address",
    "by_hand",
    default="",
    help="Its IP address, or “local”, of a machine that you set up yourself.",
)
@_machine_options
@guarded
def add_host(name: str, address: str, by_hand: str, **given: Any) -> None:
    """Write a machine into hosts.yml. Polder sets it up over SSH with the next apply; with --address, you do.

    The key that its SSH server shows is asked for once and shown to you: compare it, for from then on no other is believed.
    """
    from polder.actions.edit_hosts import add_host

    if bool(address) == bool(by_hand):
        raise click.UsageError("Give the address once: as ADDRESS or with --address.")
    told(add_host(site_path(), _new(name, address or by_hand, bool(address) and address != "local", given)))


def _new(name: str, address: str, managed: bool, given: dict[str, Any]) -> Any:
    from polder.actions.edit_hosts import NewHost

    words = [*given["role"], *given["roles"].split(",")]
    labels = {key: given[key] for key in ("region", "jurisdiction", "power") if given[key]}
    return NewHost(
        name,
        address,
        tuple(dict.fromkeys(word.strip() for word in words if word.strip())),
        labels,
        "baseline" if managed else "none",
        given["user"],
        given["port"],
        _host_key(name, address, given) if managed else "",
        given["mesh"],
    )


def _host_key(name: str, address: str, given: dict[str, Any]) -> str:
    """The key given; or the one that the machine shows, if somebody says that it is the machine's."""
    from polder.world.hosts.keyscan import fingerprint, shown_key

    if given["host_key"] != "auto":
        return str(given["host_key"])
    key, words = shown_key(address, given["port"]), language()
    kind = key.split()[0].removeprefix("ssh-")
    values = {"address": address, "fingerprint": fingerprint(key), "kind": kind, "name": name}
    click.echo(translate(SHOWN, words).format(**values))
    click.echo(translate(COMPARE, words).format(**values))
    if not confirm(translate(TYPE_NAME, words).format(**values), name, given["yes"]):
        click.echo(say("site.nothing-written", {}, words), err=True)
        sys.exit(DECLINED)
    return key


@host.command("list", epilog="Example: polder host list --json | jq -r '.[].address'")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@guarded
def list_hosts(as_json: bool) -> None:
    """Show every machine that hosts.yml names. Asks none of them."""
    from polder.actions.check_site import load_site

    hosts, words = load_site(site_path()).hosts.values(), language()
    if as_json:
        show_json(
            [
                {
                    "host": h.name,
                    "address": h.address,
                    "roles": sorted(h.roles),
                    "profile": h.profile,
                    "mesh": h.mesh,
                    "drained": not h.open,
                    "labels": dict(h.labels),
                }
                for h in hosts
            ]
        )
        return
    from polder.cli.table import table_lines

    rows = [
        [
            h.name,
            h.address,
            ", ".join(sorted(h.roles)),
            translate(BY[h.profile], words),
            h.mesh or "-",
            translate(OPEN if h.open else DRAINED, words),
        ]
        for h in hosts
    ]
    print_lines(table_lines([translate(header, words) for header in HEADERS], rows))


REBOOT = click.option("--reboot", is_flag=True, help="Also reboot the hosts that wait for it, one at a time.")


@host.command("plan", epilog="Example: polder host plan --reboot")
@REBOOT
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON, with exactly what would run.")
@click.option("--verbose", is_flag=True, help="Also print what each step would run.")
@guarded
def plan(reboot: bool, as_json: bool, verbose: bool) -> None:
    """Say in words what would change on the machines and in the swarm: the hosts' half of polder plan. Changes nothing.

    Exit status: 0 whether something has to change or not, 2 bad files, 3 a host or the engine does not answer.
    """
    from polder.platform.plan.asked import HostsAsked

    show(HostsAsked(only=True, reboot=reboot), as_json, verbose)


@host.command("apply", epilog="Example: polder host apply --reboot")
@REBOOT
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--plan", "digest", default="", metavar="DIGEST", help="Run only the plan with this digest.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON (implies --yes).")
@guarded
def apply(reboot: bool, yes: bool, digest: str, as_json: bool) -> None:
    """Set the machines up as hosts.yml says and keep the swarm's nodes so: the hosts' half of polder apply.

    Hosts are set up side by side; one that fails does not stop the others. Reboots go one host at a time, drained first, and are
    refused when too few managers would be left. Exit status: as polder apply.
    """
    _apply(reboot, yes, digest, as_json)


def _apply(reboot: bool = False, yes: bool = False, digest: str = "", as_json: bool = False) -> None:
    from polder.actions.apply_site import Asked
    from polder.platform.plan.asked import HostsAsked

    asked = Asked(plan=digest, language=language(), hosts=HostsAsked(only=True, reboot=reboot))
    carry_out(asked, yes or as_json, as_json)


@host.command(
    "audit", epilog="Example: polder host audit ada --json | jq '.[].findings[] | select(.level == \"high\")'"
)
@click.argument("name", default="", metavar="[NAME|ADDRESS]")
@click.option(
    "--user", default="root", show_default=True, help="Who logs in to an ADDRESS that is in no site."
)
@click.option(
    "--port", default=22, show_default=True, help="Where the SSH server of such an ADDRESS listens."
)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@guarded
def audit(name: str, user: str, port: int, as_json: bool) -> None:
    """Look for what is weak or worn on a machine, say why it matters and how to mend it. Changes nothing.

    Works on any Debian machine that lets you in, in a site or not; the SSH key of one that is in no site must be in your own
    known_hosts. A finding can be accepted in hosts.yml, with a reason (silence). Exit status: 1 when something grave is found
    that nobody accepted, 3 when a machine does not answer.
    """
    from polder.cli.audit_text import audit_data, audit_lines

    found = _audited(name, user, port)
    if as_json:
        show_json([audit_data(one, language()) for one in found])
    else:
        print_lines(line for one in found for line in audit_lines(one, language()))
    if any(one.grave for one in found):
        sys.exit(FAILED)
    if any(one.problem for one in found):
        sys.exit(UNREACHABLE)


def _audited(name: str, user: str, port: int) -> Any:
    from polder.actions.audit_hosts import audit_address, audit_site
    from polder.kernel.names import is_slug

    if name and not is_slug(name):
        return (audit_address(name, user, port),)
    return audit_site(site_path(), name)


EDIT_ONLY = click.option(
    "--edit-only", is_flag=True, help="Change hosts.yml and stop: polder host apply does the rest."
)
YES = click.option("--yes", is_flag=True, help="Do not ask.")


@host.command("drain", epilog="Example: polder host drain ada && polder host drain ada --undo")
@click.argument("name")
@click.option("--undo", is_flag=True, help="Let it run apps again.")
@EDIT_ONLY
@YES
@guarded
def drain(name: str, undo: bool, edit_only: bool, yes: bool) -> None:
    """Keep a machine free of apps, for work on it: what may run elsewhere moves, apps whose data it holds are away meanwhile.

    Done when nothing runs there any more and what moved is healthy elsewhere. When something does not get so in time, it is named and
    the machine stays drained (exit status 1). Again, the same command completes what was cut short.
    """
    from polder.actions.edit_hosts import drain_host

    _edited(drain_host(site_path(), name, drained=not undo), edit_only, yes, again=True)


@host.command("remove", epilog="Example: polder host remove ada")
@click.argument("name")
@EDIT_ONLY
@YES
@guarded
def remove(name: str, edit_only: bool, yes: bool) -> None:
    """Take a machine out of hosts.yml and out of the swarm, drained first. Refused while apps are pinned to it.

    It goes once every app that can run without it does so and is healthy; until then it stays, drained. A machine that answers leaves the
    swarm itself; of one that does not, you are told what to do if it comes back. Data on its disks, accounts and firewall stay. Cut short,
    polder apply completes it.
    """
    from polder.actions.edit_hosts import remove_host

    _edited(remove_host(site_path(), name), edit_only, yes, whole=True)


@host.command("replace", epilog="Example: polder host replace ada bela 192.0.2.9")
@click.argument("old")
@click.argument("new")
@click.argument("address")
@_machine_options
@EDIT_ONLY
@guarded
def replace(old: str, new: str, address: str, edit_only: bool, **given: Any) -> None:
    """Put another machine in the place of OLD: it takes over roles, labels and the apps pinned to OLD, which leaves the swarm.

    Data does not move by itself: the plan names what stays on OLD's disks.
    """
    from polder.actions.edit_hosts import replace_host

    edited = replace_host(site_path(), old, _new(new, address, True, given))
    _edited(edited, edit_only, given["yes"], whole=True)


def _edited(edited: Edited, edit_only: bool, yes: bool, *, whole: bool = False, again: bool = False) -> None:
    """Say what was written, then show the plan that follows (``whole``: with the apps; ``again``: also when all was written before)
    and ask."""
    told(edited)
    if edit_only or not (edited.files or again):
        return
    from polder.actions.apply_site import Asked

    try:
        if whole:
            carry_out(Asked(language=language()), yes, False)
        else:
            _apply(yes=yes)
    except SystemExit as ended:
        if ended.code == DECLINED:
            click.echo(translate(STAYS, language()).format(files=", ".join(edited.files)), err=True)
        raise
