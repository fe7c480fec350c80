"""``polder operator``: who may read the site's secrets and reach its hosts."""

from __future__ import annotations

import base64
import hashlib
import sys
from typing import TYPE_CHECKING

import click

from polder.cli.app_commands import told
from polder.cli.door import DECLINED, confirm, guarded, language, show_json, site_path
from polder.cli.lines import print_lines
from polder.cli.site_commands import tell_commit
from polder.cli.table import table_lines
from polder.kernel.problem import Problem, Value
from polder.kernel.sentences import hint, say, say_problem, translate
from polder.kernel.sentences.mark import N_

if TYPE_CHECKING:
    from polder.actions.remove_operator import Removed

HEADERS = (N_("operator"), N_("opens secrets with"), N_("reaches hosts with"))
AGE = N_("an age key")
SSH = N_("an SSH key")
NO_KEY = N_("no key")
TYPE_OPERATOR = N_("To remove them and change what they could read, type the operator's name ({name})")


@click.group(epilog="Example: polder operator list")
def operator() -> None:
    """Those who may read the site's secrets and reach its hosts."""


@operator.command("list", epilog="Example: polder operator list --json | jq -r '.[].operator'")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@guarded
def list_operators(as_json: bool) -> None:
    """Show every operator, and the fingerprints of their SSH keys."""
    from polder.actions.check_site import load_site

    found, words = load_site(site_path()).operators, language()
    if as_json:
        show_json([{"operator": o.name, "recipient": o.recipient, "ssh_keys": list(o.keys)} for o in found])
    elif not found:
        click.echo(say("operator.none", {}, words))
    else:
        rows = [
            [
                one.name,
                translate(SSH if one.recipient.startswith("ssh-") else AGE, words),
                ", ".join(map(fingerprint, one.keys)) or translate(NO_KEY, words),
            ]
            for one in found
        ]
        print_lines(table_lines([translate(header, words) for header in HEADERS], rows))


@operator.command("add", epilog='Example: polder operator add ana age1... --ssh-key "$(cat ana.pub)"')
@click.argument("name")
@click.argument("recipient")
@click.option(
    "--ssh-key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="An SSH public key to reach the hosts with; not needed when RECIPIENT is one. May be given several times.",
)
@guarded
def add_operator(name: str, recipient: str, keys: tuple[str, ...]) -> None:
    """Let NAME read the secrets that are made from now on. RECIPIENT: age1... or an SSH public key."""
    from polder.actions import edit_site

    told(edit_site.add_operator(site_path(), name, recipient.strip(), tuple(key.strip() for key in keys)))
    _say("operator.added", {"name": name})


@operator.command("remove", epilog="Example: polder operator remove ben && polder plan")
@click.argument("name")
@click.option("--new-root", is_flag=True, help="Make the root of the site's authority anew, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON (implies --yes).")
@guarded
def remove_operator(name: str, new_root: bool, yes: bool, as_json: bool) -> None:
    """Take NAME out: their keys, their place in every secret, and the values they could read.

    Generated secrets and the authority's certificate get new values; the next plan shows which apps get them. Secrets that
    somebody gave are named, with what to do, and so are hosts that cannot be asked now: their keys are still there. Stopped half way, the
    same command completes it.
    """
    from polder.actions import remove_operator as action

    folder, words = site_path(), language()
    question = translate(TYPE_OPERATOR, words).format(name=name)
    if not action.unfinished(folder, name) and not confirm(question, name, yes or as_json):
        click.echo(say("site.nothing-written", {}, words), err=True)
        sys.exit(DECLINED)
    removed = action.remove_operator(folder, name, new_root=new_root)
    away = _unasked(removed)
    if as_json:
        show_json(_data(removed, away))
    else:
        _tell(removed, away)
    tell_commit(removed.commit, quiet=as_json)


def _unasked(removed: Removed) -> tuple[Problem, ...]:
    """The hosts that cannot be told now, and why."""
    from polder.actions.check_site import load_site
    from polder.actions.operator_remains import unasked

    return unasked(load_site(site_path())) if removed.hosts else ()


def _data(removed: Removed, away: tuple[Problem, ...]) -> dict[str, object]:
    return {
        "operator": removed.name,
        "rotated": removed.rotated,
        "given": [one.name for one in removed.given],
        "unused": removed.unused,
        "authority": removed.authority,
        "operators": removed.operators,
        "hosts": removed.hosts,
        "hosts_unasked": [one.values["host"] for one in away],
        "completed": removed.completed,
        "commit": removed.commit.id,
    }


def _tell(removed: Removed, away: tuple[Problem, ...]) -> None:
    name = removed.name
    if removed.completed:
        _say("operator.completed", {"name": name})
    _say("operator.removed", {"name": name, "operators": removed.operators})
    if not removed.completed:
        code = "operator.rotated" if removed.rotated else "operator.nothing-rotated"
        _say(code, {"name": name, "secrets": removed.rotated})
    if removed.authority != "none":
        _say("operator.root" if removed.authority == "root" else "operator.intermediate", {"name": name})
    for one in removed.given:
        _say("operator.given", {"name": name, "secret": one.name, "app": one.app})
    if removed.unused:
        _say("operator.unused", {"name": name, "secrets": removed.unused})
    silent = {str(one.values["host"]) for one in away}
    if told := tuple(host for host in removed.hosts if host not in silent):
        _say("operator.hosts", {"hosts": told})
    for why in away:
        click.echo(say_problem(why, language()))
        _say("operator.host-away", {"host": why.values["host"], "name": name})
    _say("operator.history", {"name": name})
    click.echo(say("site.next", {}, language()))


def _say(code: str, values: dict[str, Value]) -> None:
    click.echo(say(code, values, language()))
    if advice := hint(code, values, language()):
        click.echo("    " + advice)


def fingerprint(key: str) -> str:
    """As ``ssh-keygen -l`` shows it.

    >>> fingerprint("ssh-ed25519 AAAA")
    'SHA256:cJ6AyISHokEeHuTfufIqhhSS0gxHZRUMDHlKvXD4FHw'
    """
    blob = base64.b64decode(key.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
