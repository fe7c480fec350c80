"""Commits of exactly what was asked, whatever else is going on in the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from polder.world.git import commit_paths, is_repository, start_repository


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def nobody(clean_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a git identity."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(clean_environment / ".gitconfig"))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    return clean_environment


@pytest.fixture
def ana(nobody: Path) -> Path:
    (nobody / ".gitconfig").write_text("[user]\n name = Ana\n email = ana@lilas.test\n")
    return nobody


@pytest.fixture
def site(tmp_path: Path, ana: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    start_repository(folder)
    (folder / "site.yml").write_text("one\n")
    (folder / "other.yml").write_text("one\n")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Begin.")
    return folder


def test_a_folder_outside_any_repository_is_left_alone(tmp_path: Path, ana: Path) -> None:
    (tmp_path / "site.yml").write_text("one\n")

    assert not is_repository(tmp_path)
    assert commit_paths(tmp_path, [tmp_path / "site.yml"], "Nothing.").id == ""
    assert commit_paths(tmp_path / "nowhere", [], "Nothing.").problem is None


def test_changed_new_and_removed_files_are_committed_in_the_askers_name(site: Path) -> None:
    (site / "site.yml").write_text("two\n")
    (site / "groups").mkdir()
    (site / "groups/li las.yml").write_text("new\n")
    (site / "other.yml").unlink()

    commit = commit_paths(
        site, [site / "site.yml", site / "groups/li las.yml", site / "other.yml"], "Change: it's -- so."
    )

    assert commit.id == git(site, "rev-parse", "HEAD")
    assert git(site, "log", "-1", "--format=%an <%ae> %s") == "Ana <ana@lilas.test> Change: it's -- so."
    assert git(site, "show", "--name-status", "--format=", "HEAD").split("\n") == [
        "A\tgroups/li las.yml",
        "D\tother.yml",
        "M\tsite.yml",
    ]
    assert git(site, "status", "--porcelain") == ""


def test_other_changes_staged_or_not_stay_as_they_are(site: Path) -> None:
    (site / "staged.yml").write_text("staged\n")
    (site / "other.yml").write_text("changed\n")
    git(site, "add", "staged.yml")
    (site / "site.yml").write_text("two\n")

    commit_paths(site, [site / "site.yml"], "Only this.")

    assert git(site, "show", "--name-only", "--format=", "HEAD") == "site.yml"
    assert git(site, "status", "--porcelain").split("\n") == ["M other.yml", "A  staged.yml"]


def test_files_named_from_a_subfolder_and_through_links_are_found(site: Path, tmp_path: Path) -> None:
    inner = site / "sites/lilas"
    inner.mkdir(parents=True)
    (inner / "site.yml").write_text("x\n")
    link = tmp_path / "link"
    link.symlink_to(inner)

    commit_paths(link, [link / "site.yml"], "Inside.")

    assert git(site, "show", "--name-only", "--format=", "HEAD") == "sites/lilas/site.yml"


def test_nothing_changed_and_ignored_files_make_no_commit(site: Path) -> None:
    (site / ".git/info/exclude").write_text("*.key\n")
    (site / "a.key").write_text("x")
    head = git(site, "rev-parse", "HEAD")

    assert commit_paths(site, [site / "site.yml", site / "a.key", site / "nowhere"], "Nothing.").id == ""
    assert git(site, "rev-parse", "HEAD") == head


def test_a_name_that_looks_like_a_pattern_is_only_a_name(site: Path) -> None:
    (site / "*.yml").write_text("star\n")
    (site / "site.yml").write_text("two\n")

    commit_paths(site, [site / "*.yml"], "The star.")

    assert git(site, "show", "--name-only", "--format=", "HEAD") == "*.yml"


def test_without_an_identity_the_author_is_plainly_polder(tmp_path: Path, nobody: Path) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    start_repository(folder)
    (folder / "site.yml").write_text("one\n")

    commit_paths(folder, [folder / "site.yml"], "Begin.")

    assert git(folder, "log", "-1", "--format=%an <%ae>") == "polder <polder@localhost>"


def test_another_author_can_be_named(site: Path) -> None:
    (site / "site.yml").write_text("two\n")

    commit_paths(site, [site / "site.yml"], "For the group.", author="Jardin <jardin@lilas.test>")

    assert git(site, "log", "-1", "--format=%an, %cn") == "Jardin, Ana"


def test_a_refusing_hook_is_told_and_leaves_the_index_as_it_was(site: Path) -> None:
    hook = site / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not today' >&2\nexit 1\n")
    hook.chmod(0o755)
    (site / "new.yml").write_text("new\n")

    commit = commit_paths(site, [site / "new.yml"], "Refused.")

    assert commit.id == ""
    assert commit.problem and commit.problem.values["reason"] == "not today"
    assert git(site, "status", "--porcelain") == "?? new.yml"


def test_a_merge_under_way_is_not_completed(site: Path) -> None:
    git(site, "checkout", "--quiet", "-b", "other")
    (site / "other.yml").write_text("theirs\n")
    git(site, "commit", "--quiet", "-am", "Theirs.")
    git(site, "checkout", "--quiet", "main")
    (site / "other.yml").write_text("ours\n")
    git(site, "commit", "--quiet", "-am", "Ours.")
    subprocess.run(["git", "merge", "--quiet", "other"], cwd=site, capture_output=True, check=False)
    (site / "site.yml").write_text("two\n")

    commit = commit_paths(site, [site / "site.yml"], "Meanwhile.")

    assert commit.problem and commit.problem.code == "site.git"
    assert (site / ".git/MERGE_HEAD").exists()


def test_a_repository_that_git_does_not_trust_is_told(site: Path) -> None:
    (site / ".git/config").write_text("[core\n")

    commit = commit_paths(site, [site / "site.yml"], "Broken.")

    assert commit.problem and "config" in str(commit.problem.values["reason"])


def test_where_there_is_no_git_nothing_happens(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (site / "site.yml").write_text("two\n")
    monkeypatch.setenv("PATH", "/nowhere")

    commit = commit_paths(site, [site / "site.yml"], "Nothing.")

    assert (commit.id, commit.problem) == ("", None)
