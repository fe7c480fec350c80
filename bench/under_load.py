"""Changing a site while people use it: failed requests during each kind of change, and how soon a new site answers.

Usage: python bench/under_load.py [--json] [--connections 8]

Nine sites (eight of files, one calendar) behind the real ingress on a throw-away engine, images built by Polder's own builder
(cached in POLDER_CACHE). Meanwhile a load of fresh connections, each verified against the site's own authority, no
retries (see _load.py). The aim: no failed request in any of the changes, but for the last two, which take something away for
a while and say for how long: an app whose recipe stops the old one first, and the ingress itself, whose ports exist once.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _common import POLDER, ROOT, machine, note, options, output, seconds, show
from _engine import TestEngine, test_engine
from _load import Load, first_answer
from _site import BenchSite, new_site, write

SITES = 8
AGENDA = "agenda.bench.test/.web/"
HALTING = "halting.bench.test"
QUIET = 2.0
"""Seconds of load before and after each change."""


def main() -> None:
    parser = options(__doc__ or "")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument(
        "--only", default="", metavar="WORDS", help="only changes whose name holds these words"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, test_engine() as engine:
        bench = Bench(Path(name), engine, asked.connections)
        bench.prepare()
        figures = {what: run() for what, run in bench.changes().items() if asked.only in what}
    show("changes under load", machine(), figures, lines(figures), asked.json)


class Bench:
    """Nine sites, and one change after the other under load."""

    def __init__(self, parent: Path, engine: TestEngine, connections: int) -> None:
        self.site: BenchSite = new_site(parent, engine.host)
        self.engine, self.connections = engine, connections
        self.env = {**self.site.env, "POLDER_INGRESS": engine.address}
        if cache := os.environ.get("POLDER_CACHE"):
            self.env["POLDER_CACHE"] = cache
        self.authority = str(self.site.folder / "internal-ca.crt")

    def prepare(self) -> None:
        """Build, apply, wait until every site answers."""
        for number in range(SITES + 1):
            self.page(number, "as first written")
        apps = "".join(
            f"  {app(n)}: {{recipe: static, domain: {domain(n)}, settings: {{files: content/{app(n)}}}}}\n"
            for n in range(SITES)
        )
        self.stop_first_recipe()
        apps += f"  halting: {{recipe: halting, domain: {HALTING}, settings: {{files: content/{app(0)}}}}}\n"
        apps += "  agenda: {recipe: radicale, domain: agenda.bench.test}\n"
        write(self.site.folder / "groups/lilas.yml", f"name: Lilas\nlanguages: [en]\napps:\n{apps}")
        note("building and applying nine sites (the first time on a machine this takes minutes)")
        took = seconds([POLDER, "apply", "--yes"], self.env, limit=1800)
        note(f"applied in {took:.0f} s")
        for target in (*self.sites(), AGENDA, HALTING):
            first_answer(self.authority, self.engine.address, target)

    def stop_first_recipe(self) -> None:
        """The recipe for sites of files, told to stop the old one before the new one starts."""
        folder = self.site.folder / "recipes/halting"
        shutil.copytree(ROOT / "recipes/static", folder)
        text = (folder / "recipe.yml").read_text().replace("recipe: static", "recipe: halting")
        (folder / "recipe.yml").write_text(
            text.replace("order: start-first, away: 0s", "order: stop-first, away: 10s")
        )

    def page(self, number: int, text: str) -> None:
        write(self.site.folder / f"content/{app(number)}/index.html", f"<p>{app(number)}: {text}</p>\n" * 20)

    def sites(self) -> list[str]:
        return [domain(number) + "/" for number in range(SITES)]

    def changes(self) -> dict[str, Callable[[], dict[str, Any]]]:
        return {
            "nothing (the load alone)": self.nothing,
            "rolling update (size)": self.rolling,
            "image change (new files)": self.image,
            "secret rotation": self.rotation,
            "tenth site added": self.tenth,
            "site removed": self.removal,
            "stop-first app (size)": self.halting,
            "the ingress itself": self.ingress,
        }

    def nothing(self) -> dict[str, Any]:
        return self.under_load(self.sites(), lambda: time.sleep(5))

    def rolling(self) -> dict[str, Any]:
        self.polder("app", "set", f"lilas/{app(0)}", "size=large")
        return self.under_load([f"{domain(0)}/"], self.apply)

    def image(self) -> dict[str, Any]:
        self.page(1, "as rewritten")
        return self.under_load([f"{domain(1)}/"], self.apply)

    def rotation(self) -> dict[str, Any]:
        self.polder("secret", "rotate", "lilas.agenda.password")
        return self.under_load([AGENDA], self.apply)

    def tenth(self) -> dict[str, Any]:
        """Load on all nine; the clock for the new one runs from the start of ``polder apply``."""
        new = app(SITES)
        words = ["--recipe", "static", "--domain", domain(SITES), "--set", f"files=content/{new}"]
        self.polder("app", "add", f"lilas/{new}", *words)
        answered: list[float] = []

        def add() -> None:
            began = time.monotonic()
            watch = threading.Thread(
                target=lambda: answered.append(
                    first_answer(self.authority, self.engine.address, domain(SITES) + "/") - began
                )
            )
            watch.start()
            self.apply()
            watch.join()

        found = self.under_load([*self.sites(), AGENDA], add)
        return {**found, "first_answer_seconds": round(answered[0], 2)}

    def removal(self) -> dict[str, Any]:
        """Load on those that stay."""
        self.polder("app", "remove", f"lilas/{app(SITES)}", "--yes")
        return self.under_load(self.sites(), self.apply)

    def halting(self) -> dict[str, Any]:
        self.polder("app", "set", "lilas/halting", "size=large")
        return self.under_load([HALTING], self.apply)

    def ingress(self) -> dict[str, Any]:
        """The provider's name is on a page of the ingress: changing it changes the ingress."""
        path = self.site.folder / "site.yml"
        path.write_text(path.read_text().replace("name: Bench", "name: The Bench"))
        return self.under_load(self.sites(), self.apply)

    def polder(self, *words: str) -> None:
        output([POLDER, *words], self.env)

    def apply(self) -> None:
        """What each step took goes to standard error."""
        told = output([POLDER, "apply", "--yes"], self.env).splitlines()
        note("\n".join(line for line in told if line.startswith("ok ")))

    def under_load(self, targets: list[str], change: Callable[[], None]) -> dict[str, Any]:
        with Load(self.authority, self.engine.address, targets, self.connections) as load:
            time.sleep(QUIET)
            began = time.monotonic()
            change()
            took = time.monotonic() - began
            time.sleep(QUIET)
        note(f"{load.report}")
        return {**load.report, "change_seconds": round(took, 1)}


def app(number: int) -> str:
    return f"site{number}"


def domain(number: int) -> str:
    return f"site{number}.bench.test"


def lines(figures: dict[str, Any]) -> list[str]:
    found = [f"{'':26} failed  requests   worst ms   longest without an answer ms   change s"]
    for what, row in figures.items():
        found.append(
            f"{what:26} {row['failed']:6}  {row['requests']:8}   {row['worst_ms']:8}"
            f"   {row['longest_without_answer_ms']:28}   {row['change_seconds']:8}"
        )
        found.extend(f"{'':28}{count} x {kind}" for kind, count in row["kinds"].items())
    for row in figures.values():
        if new := row.get("first_answer_seconds"):
            found.append(f"from polder apply to the new site's first valid HTTPS answer: {new} s")
    return found


if __name__ == "__main__":
    main()
