"""Starting ``polder`` imports only what the command needs; seconds are measured in ``bench/startup.py``."""

import subprocess
import sys

import pytest

HEAVY = ("rich", "httpx", "cryptography", "pyrage", "asyncio", "ssl", "segno")

NOT_FOR_A_PLAN = ("subprocess", "tempfile", "html", "_strptime", "difflib")
WITH_PATH = f"import sys; sys.path[:] = {sys.path!r}\n"
"""Without the start-up files of other packages, which import what they like."""

PROGRAM = """
import sys
sys.argv = ["polder", *sys.argv[1:]]
from polder.cli import main
try:
    main()
except SystemExit:
    pass
print("\\nIMPORTED", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    "words", [["--version"], ["--help"], ["plan", "--help"], ["app", "--help"]], ids=" ".join
)
def test_nothing_heavy_is_imported_to_answer(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *words], capture_output=True, text=True, check=True)
    imported = done.stdout.rpartition("IMPORTED ")[2].split()

    assert "click" in imported
    assert sorted(set(imported) & set(HEAVY)) == []


def test_help_of_every_command_is_given_without_loading_what_reads_sites_and_plans() -> None:
    program = PROGRAM.replace('name.partition(".")[0]', '".".join(name.split(".")[:2])')
    done = subprocess.run(
        [sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=True
    )
    imported = done.stdout.rpartition("IMPORTED ")[2].split()

    assert "polder.cli" in imported
    assert sorted({"polder.actions", "polder.platform", "polder.world"} & set(imported)) == []


def test_a_plan_imports_nothing_that_it_does_not_need(tmp_path) -> None:
    (tmp_path / "site.yml").write_text(
        "provider: elm\nname: Elm\nlanguages: [en]\ndomain: elm.test\ncontact: mailto:ops@elm.test\n"
        "engine: unix:///nowhere/docker.sock\n"
    )
    (tmp_path / "hosts.yml").write_text("one: {address: local, roles: [manager, ingress]}\n")
    words = ["--site", str(tmp_path), "plan"]
    done = subprocess.run(
        [sys.executable, "-S", "-c", WITH_PATH + PROGRAM, *words], capture_output=True, text=True
    )
    imported = done.stdout.rpartition("IMPORTED ")[2].split()

    assert "nowhere" in done.stderr
    assert "yaml" in imported
    assert sorted(set(imported) & ({*HEAVY, *NOT_FOR_A_PLAN} - {"ssl"})) == []
