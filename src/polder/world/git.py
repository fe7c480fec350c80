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
NOT_THERE = b"not a git repository"


@dataclass(frozen=True, slots=True)
class Commit:
    """``id`` of the commit made, ``""`` for none: no repository, nothing changed, or the ``problem`` that git had.
    ``warning``: it was made, and there is something to know."""

    id: str = ""
    problem: Problem | None = None
    warning: Problem | None = None


def is_repository(folder: Path) -> bool:
    """Whether ``folder`` is inside a git work tree (and git is there to say so)."""
    return _lacking(folder) is None


def start_repository(folder: Path) -> None:
    """Make ``folder`` a git repository, unless it is in one; without git, nothing happens."""
    if not is_repository(folder):
        _git(folder, "init", "--quiet", "--initial-branch=main")


def last_committed(folder: Path, name: str, since: str = "") -> bytes | None:
    """The file ``name`` of ``folder`` as the last commit has it (``since``: the last one that changed the file ``since``); ``None`` when
    there is none."""
    at = _git(folder, "log", "-1", "--format=%H", "--", since).stdout.decode().strip() if since else "HEAD"
    found = _git(folder, "show", f"{at}:./{name}") if at else None
    return found.stdout if found and found.returncode == 0 else None


def commit_paths(folder: Path, paths: Iterable[Path], message: str, author: str = "") -> Commit:
    """Commit the changes of exactly ``paths`` (files that are gone are removed; links are committed, not followed).

    ``author`` (``Name <mail>``) is git's own identity when empty; without any, ``polder <polder@localhost>``.
    """
    if lacking := _lacking(folder):
        return lacking
    wanted = _changed(folder, [str(path.parent.resolve() / path.name) for path in paths])
    if not wanted:
        return Commit()
    if problem := _make_known(folder, wanted):
        return Commit(problem=problem)
    options = ["--quiet", "--only", f"--message={message}", *([f"--author={author}"] if author else [])]
    done = _git(folder, *_identity(folder), "commit", *options, *_from_input(), paths=wanted)
    if done.returncode:
        _forget_new(folder, wanted)
        return Commit(problem=_said(done))
    made = _git(folder, "rev-parse", "HEAD").stdout.decode().strip()
    return Commit(made, warning=_detached(folder, made))


def _detached(folder: Path, made: str) -> Problem | None:
    """On no branch (an old version was checked out, a rebase is under way) a commit is lost with the next checkout."""
    on_branch = _git(folder, "symbolic-ref", "--quiet", "HEAD").returncode == 0
    return None if on_branch else Problem("site.detached", "", {"commit": made[:10]})


def _from_input() -> tuple[str, str]:
    """Paths go through standard input: any number of them, with any characters."""
    return ("--pathspec-from-file=-", "--pathspec-file-nul")


def _git(folder: Path, *words: str, paths: Iterable[str] = ()) -> subprocess.CompletedProcess[bytes]:
    inherited = {
        k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")
    }
    command = ["git", "--literal-pathspecs", *words]
    try:
        return subprocess.run(
            command,
            cwd=folder.resolve(),
            input="\0".join(paths).encode(errors="surrogateescape"),
            env=inherited | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, b"", f"no answer within {SECONDS} s".encode())
    except (FileNotFoundError, NotADirectoryError):
        return subprocess.CompletedProcess(command, 127, b"", NOT_THERE)


def _lacking(folder: Path) -> Commit | None:
    """Why nothing can be committed here: no repository (no problem), or one that git does not trust (a problem)."""
    found = _git(folder, "rev-parse", "--is-inside-work-tree")
    if found.stdout.strip() == b"true":
        return None
    no_repository = not found.returncode or NOT_THERE in found.stderr
    return Commit() if no_repository else Commit(problem=_said(found))


def _changed(folder: Path, paths: list[str]) -> list[str]:
    """Those of ``paths`` that differ from the last commit and are not ignored; relative to the repository's root."""
    if not paths:
        return []
    status = _git(
        folder, "status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", *paths
    )
    top = _root(folder)
    entries = [entry for entry in status.stdout.decode(errors="surrogateescape").split("\0") if entry]
    return [f"{top}/{entry[3:]}" for entry in entries]


def _make_known(folder: Path, paths: list[str]) -> Problem | None:
    """Tell git of new files, without their content, so that a partial commit may name them."""
    present = [path for path in paths if os.path.lexists(path)]
    if not present:
        return None
    added = _git(folder, "add", "--intent-to-add", *_from_input(), paths=present)
    return _said(added) if added.returncode else None


def _forget_new(folder: Path, paths: list[str]) -> None:
    """Undo ``_make_known``. Never with an empty list: git would take that for everything, and end a merge."""
    known = _git(folder, "ls-tree", "-r", "-z", "--full-name", "--name-only", "HEAD").stdout
    top = _root(folder)
    tracked = {f"{top}/{name}" for name in known.decode(errors="surrogateescape").split("\0")}
    if new := [path for path in paths if path not in tracked]:
        _git(folder, "reset", "--quiet", *_from_input(), paths=new)


def _root(folder: Path) -> str:
    return _git(folder, "rev-parse", "--show-toplevel").stdout.decode(errors="surrogateescape").rstrip("\n")


def _identity(folder: Path) -> tuple[str, ...]:
    """Nothing when git knows who is asking; else the fallback. A guess from the machine's name is no identity."""
    known = _git(folder, "-c", "user.useConfigOnly=true", "var", "GIT_AUTHOR_IDENT").returncode == 0
    return () if known else FALLBACK


def _said(done: subprocess.CompletedProcess[bytes]) -> Problem:
    said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return Problem("site.git", "", {"reason": said[0] if said else f"status {done.returncode}"})
