"""``polder network check``: one's own addresses as readers meet them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from polder.cli.door import FAILED, UNREACHABLE, guarded, language, network_path, show_json
from polder.cli.lines import print_lines
from polder.cli.network_sync_data import problems_data
from polder.kernel.sentences import hint, say, say_problem

if TYPE_CHECKING:
    from polder.actions.check_addresses import Address

OURS = frozenset({"sync.redirected", "sync.encoded", "sync.endless"})
"""What readers are advised to tell the provider: here that is who asks."""


@click.command(epilog="Example: polder network check")
@click.option("--json", "as_json", is_flag=True, help="Each address and what is wrong there, as JSON.")
@guarded
def check(as_json: bool) -> None:
    """Ask your own addresses as a reader would: is what was published here what is served there?

    Signs and changes nothing. Exit status 1 when something is wrong, 3 when no address answered.
    """
    from polder.actions.check_addresses import check_addresses

    found = check_addresses(network_path())
    if as_json:
        show_json({"addresses": [_data(one) for one in found]})
    else:
        print_lines(line for one in found for line in _lines(one))
    wrong = any(one.findings for one in found)
    sys.exit(UNREACHABLE if all(one.away for one in found) else FAILED if wrong else 0)


def _lines(one: Address) -> Iterator[tuple[str, str]]:
    words = language()
    if not one.findings:
        code = "network.address-right-through" if one.proxy else "network.address-right"
        yield say(code, {"url": one.url, "proxy": one.proxy}, words), "green"
    for problem in one.findings:
        yield say_problem(problem, words), "red"
        code = "network.answers-otherwise" if problem.code in OURS else problem.code
        if advice := hint(code, problem.values, words):
            yield f"    {advice}", "dim"


def _data(one: Address) -> dict[str, Any]:
    return {
        "url": one.url,
        "proxy": one.proxy,
        "right": not one.findings,
        "findings": problems_data(one.findings),
    }
