"""A site's history: commit exactly the files that were changed, in the asker's name, when the folder is a git repository.

Other changes, staged or not, stay as they are. A failing commit is a value, not an exception: the files are written by then,
and that must not be hidden behind an error.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from polder.kernel.problem import Problem

FALLBACK = ("-c", "user.name=polder", "-c", "user.email=polder@localhost")
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Commit:
    """``id`` of the commit made, ``""`` for none: no repository, nothing changed, or the ``problem`` that git had."""

    id: str = ""
    problem: Problem | None = None


def is_repository(folder: Path) -> bool:
    """Whether ``folder`` is inside a git work tree (and git is there to say so)."""
    return _top(folder) is not None


def start_repository(folder: Path) -> None:
    """Make ``folder`` a git repository, unless it is in one; without git, nothing happens."""
    try:
        if _top(folder) is None:
            _git(folder, "init", "--quiet", "--initial-branch=main")
    except FileNotFoundError:
        return


def commit_paths(folder: Path, paths: Iterable[Path], message: str, author: str = "") -> Commit:
    """Commit the changes of exactly ``paths`` (files that are gone are removed; links are committed, not followed).

    ``author`` (``Name <mail>``) is git's own identity when empty; without any, ``polder <polder@localhost>``.
    """
    if _top(folder) is None:
        return Commit()
    wanted = _changed(folder, [str(path.parent.resolve() / path.name) for path in paths])
    if not wanted:
        return Commit()
    added = _git(folder, "add", "--intent-to-add", "--ignore-removal", *_from_input(), paths=_present(wanted))
    if added.returncode:
        return _failed(added)
    options = ["--quiet", "--only", f"--message={message}", *([f"--author={author}"] if author else [])]
    done = _git(folder, *_identity(folder), "commit", *options, *_from_input(), paths=wanted)
    if done.returncode:
        _git(folder, "reset", "--quiet", *_from_input(), paths=_new(folder, wanted))
        return _failed(done)
    return Commit(_git(folder, "rev-parse", "HEAD").stdout.decode().strip())


def _from_input() -> tuple[str, str]:
    """Paths go through standard input: any number of them, with any characters."""
    return ("--pathspec-from-file=-", "--pathspec-file-nul")


def _git(folder: Path, *words: str, paths: Iterable[str] = ()) -> subprocess.CompletedProcess[bytes]:
    inherited = {
        k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    }
    return subprocess.run(
        ["git", "--literal-pathspecs", *words],
        cwd=folder.resolve(),
        input="\0".join(paths).encode(),
        env=inherited | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


def _top(folder: Path) -> str | None:
    try:
        found = _git(folder, "rev-parse", "--is-inside-work-tree")
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.stdout.decode() if found.stdout.strip() == b"true" else None


def _changed(folder: Path, paths: list[str]) -> list[str]:
    """Those of ``paths`` that differ from the last commit and are not ignored; relative to the repository's root."""
    if not paths:
        return []
    status = _git(
        folder, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *paths
    )
    top = _git(folder, "rev-parse", "--show-toplevel").stdout.decode().rstrip("\n")
    entries = [entry for entry in status.stdout.decode(errors="surrogateescape").split("\0") if entry]
    return [f"{top}/{entry[3:]}" for entry in entries]


def _present(paths: list[str]) -> list[str]:
    return [path for path in paths if os.path.lexists(path)]


def _new(folder: Path, paths: list[str]) -> list[str]:
    """Those that the last commit does not have."""
    known = _git(folder, "ls-tree", "-r", "-z", "--full-name", "--name-only", "HEAD").stdout.decode(
        errors="surrogateescape"
    )
    top = _git(folder, "rev-parse", "--show-toplevel").stdout.decode().rstrip("\n")
    tracked = {f"{top}/{name}" for name in known.split("\0")}
    return [path for path in paths if path not in tracked]


def _identity(folder: Path) -> tuple[str, ...]:
    """Nothing when git knows who is asking; else the fallback. A guess from the machine's name is no identity."""
    known = _git(folder, "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT").returncode == 0
    return () if known else FALLBACK


def _failed(done: subprocess.CompletedProcess[bytes]) -> Commit:
    said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return Commit(
        problem=Problem("site.git", "", {"reason": said[0] if said else f"status {done.returncode}"})
    )
