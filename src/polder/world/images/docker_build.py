"""Images with software from PyPI or npm: ``docker build`` on the same base, then read back.

Not reproducible (times, and registries that move), unlike ``debian``: the id says what was built, not what
would be. An extra certificate authority that this machine trusts (``PIP_CERT``, ``NODE_EXTRA_CA_CERTS``,
``SSL_CERT_FILE``) is lent to the build as the secret ``ca`` and never becomes part of an image.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from polder.kernel.problem import Problem, Refused
from polder.world.images import sandbox
from polder.world.images.archive import Image, new_image, read_archive, write_archive
from polder.world.images.base import SUITE, Base
from polder.world.images.model import BuildRequest, Say

_AUTHORITIES = ("PIP_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
NEEDS = 600 * 2**20


def build_docker(request: BuildRequest, base: Base, cache: Path, work: Path, say: Say) -> Image:
    """Build ``request.folder``'s Dockerfile, whose ``FROM`` is the build argument ``BASE``."""
    docker = _client()
    say("image.installing", {"recipe": request.recipe, "packages": ("Dockerfile",)})
    name = _load_base(docker, base, cache, work)
    image = work / "id"
    _docker((docker, *_build_argv(request, name, image)), request, "docker build", cache)
    say("image.packing", {"recipe": request.recipe, "packages": ()})
    saved = work / "saved.tar"
    _docker((docker, "save", "-o", str(saved), image.read_text().strip()), request, "docker save", cache)
    return read_archive(saved)


def _client() -> str:
    """Debian's own client when it is there: it needs no plug-in to build."""
    found = "/usr/bin/docker" if Path("/usr/bin/docker").exists() else shutil.which("docker")
    if not found:
        raise Refused(Problem("image.no-tool", values={"tool": "docker", "package": "docker.io"}))
    return found


def _build_argv(request: BuildRequest, base: str, image: Path) -> tuple[str, ...]:
    fresh = ("--no-cache",) if request.refresh else ()
    labels = ("--label", f"polder.recipe={request.recipe}")
    return (
        "build",
        *fresh,
        *labels,
        "--build-arg",
        f"BASE={base}",
        *_authority(),
        "--iidfile",
        str(image),
        str(request.folder),
    )


def _authority() -> tuple[str, ...]:
    files = (os.environ.get(name, "") for name in _AUTHORITIES)
    found = next((path for path in files if path and Path(path).is_file()), "")
    return ("--secret", f"id=ca,src={found}") if found else ()


def _load_base(docker: str, base: Base, cache: Path, work: Path) -> str:
    """Bring the base image to the engine that builds; returns the name it has there."""
    from polder.kernel.digest import short

    image = new_image((base.layer,), {"Env": ["LANG=C.UTF-8"]}, (f"polder base {SUITE}",))
    name = f"polder/base:{short(image.id)}"
    if subprocess.run((docker, "image", "inspect", name), capture_output=True).returncode != 0:
        archive = work / "base.tar"
        write_archive(image, "base", archive)
        _docker((docker, "load", "-i", str(archive)), None, "docker load", cache)
    return name


def _docker(argv: tuple[str, ...], request: BuildRequest | None, step: str, cache: Path) -> None:
    environment = os.environ | {"DOCKER_BUILDKIT": "1", "BUILDKIT_PROGRESS": "plain"}
    done = subprocess.run(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
    )
    if done.returncode != 0:
        raise sandbox.failure(
            request.recipe if request else "base", step, tuple(done.stdout.splitlines()), cache, NEEDS
        )
