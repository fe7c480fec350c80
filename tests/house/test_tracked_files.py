"""The project speaks of itself alone, and its scripts can be run."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written in pieces, so that this file passes its own test.
NOT_HERE = {
    "a path of one machine": "/(wo" + "rk|fa" + "rm|ro" + r"ot)/(?!\.)|/tm" + "p/w" + r"\b",
    "a package registry's host": r"(py"
    + r"pi|pythonho"
    + r"sted|npm"
    + r"js)\.(org|com)|deb\.deb"
    + r"ian\.org",
    "how the work is done": r"\bC" + r"EO\b|\bL" + r"LM\b|\bA" + "I assis" + "tant|lang" + "uage mo" + "del",
}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("what", NOT_HERE)
def test_no_file_holds(what: str) -> None:
    found = []
    for path in tracked():
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(lines, 1)
            if re.search(NOT_HERE[what], line)
        ]
    assert found == []


def test_no_private_key_is_tracked() -> None:
    key = re.compile(rb"AGE-SECRET-KEY-1[A-Z0-9]{40}|-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}")

    assert [
        path.relative_to(ROOT)
        for path in tracked()
        if "cases" not in path.parts and key.search(path.read_bytes())
    ] == []


def test_every_script_can_be_run_and_read_by_bash() -> None:
    scripts = [path for path in [*(ROOT / "script").iterdir(), ROOT / ".ci/run"] if path.is_file()]

    assert [path.name for path in scripts if not path.stat().st_mode & 0o100] == []
    for path in [*scripts, *(ROOT / "script/lib").glob("*.sh")]:
        subprocess.run(["bash", "-n", str(path)], check=True)


@pytest.mark.parametrize("script", ["engine", "demo"])
def test_a_script_asked_for_something_else_tells_its_use(script: str) -> None:
    done = subprocess.run([str(ROOT / "script" / script), "--nonsense"], capture_output=True, text=True)

    assert done.returncode == 2
    assert f"script/{script} " in done.stderr
