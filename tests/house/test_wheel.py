"""The wheel that people install is whole: far from the checkout it has its recipes and catalogues."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The wheel, built from the files that git knows: nothing else that lies in the checkout helps it."""
    source = tmp_path_factory.mktemp("source")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (repository / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((repository / name).read_bytes())
            (source / name).chmod((repository / name).stat().st_mode)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("polder-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of a fresh environment with the wheel; what it depends on is lent by the tests' own."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    packages = folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin/python")]
    options = ["--quiet", "--no-deps", "--no-index", "--no-input"]
    subprocess.run([*pip, "install", *options, str(wheel)], check=True)
    # A path file lends only plain packages: the editable install of the checkout is not followed from here.
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


def run(installed: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{installed}:{os.defpath}", "HOME": str(home), "LANG": "C.UTF-8"}
    return subprocess.run(
        [str(installed / words[0]), *words[1:]], cwd=home, env=environment, capture_output=True, text=True
    )


def test_the_installed_package_is_the_one_from_the_wheel(
    installed: Path, tmp_path: Path, repository: Path
) -> None:
    done = run(installed, tmp_path, "python", "-c", "import polder; print(polder.__file__)")

    assert done.stdout.startswith(str(installed.parent)), done.stderr
    assert str(repository) not in done.stdout


def test_it_says_its_version(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "polder", "--version")

    assert (done.returncode, done.stdout.split()[0]) == (0, "polder,"), done.stderr


def test_a_new_site_is_written_and_found_good(installed: Path, tmp_path: Path) -> None:
    made = run(installed, tmp_path, "polder", "init", "my-site")
    checked = run(installed, tmp_path, "polder", "--site", "my-site", "check")

    assert made.returncode == 0, made.stdout + made.stderr
    assert (tmp_path / "my-site/site.yml").is_file()
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_built_in_recipes_are_inside(installed: Path, tmp_path: Path, repository: Path) -> None:
    run(installed, tmp_path, "polder", "init", "my-site")
    done = run(installed, tmp_path, "polder", "--site", "my-site", "recipe", "list")

    assert done.returncode == 0, done.stderr
    for recipe in ("static", "dokuwiki", "radicale"):
        assert recipe in done.stdout


def test_a_provider_publishes_without_a_site(installed: Path, tmp_path: Path) -> None:
    recipient = (
        run(installed, tmp_path, "polder", "key", "new").stdout.split("age1")[-1].split()[0].strip(".")
    )
    url, person = "https://alder.example/net/", f"ana=age1{recipient}"
    words = ("init", "alder", "alder", "--url", url, "--person", person, "--recipient", f"age1{recipient}")
    begun = run(installed, tmp_path, "polder", "network", *words)
    assert begun.returncode == 0, begun.stderr

    for command in (("keys", "new"), ("publish", "--yes"), ("roster", "introduce"), ("publish", "--yes")):
        done = run(installed, tmp_path, "polder", "--site", "alder", "network", *command)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "alder/public/metadata/timestamp.json").is_file()
    assert list((tmp_path / "alder/public/targets/governance").glob("*.introduction.json"))


def test_every_file_of_every_recipe_and_example_is_inside(wheel: Path, repository: Path) -> None:
    import zipfile

    inside = set(zipfile.ZipFile(wheel).namelist())
    tracked = subprocess.run(
        ["git", "ls-files", "recipes", "examples"], cwd=repository, check=True, capture_output=True, text=True
    ).stdout.split("\n")

    missing = [name for name in filter(None, tracked) if f"polder/share/{name}" not in inside]
    assert missing == []


def test_executable_files_of_recipes_stay_executable(
    installed: Path, tmp_path: Path, repository: Path
) -> None:
    share = run(
        installed,
        tmp_path,
        "python",
        "-c",
        "from importlib import resources; print(resources.files('polder') / 'share')",
    ).stdout.strip()
    executable = [p for p in (repository / "recipes").rglob("*") if p.is_file() and p.stat().st_mode & 0o100]

    lost = [p for p in executable if not (Path(share) / p.relative_to(repository)).stat().st_mode & 0o100]
    assert lost == []


def test_it_speaks_another_language(installed: Path, tmp_path: Path) -> None:
    english = run(installed, tmp_path, "polder", "check")
    french = run(installed, tmp_path, "polder", "--language", "fr", "check")

    assert english.returncode == french.returncode == 2
    assert french.stderr != english.stderr, french.stderr
