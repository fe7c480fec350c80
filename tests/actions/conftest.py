"""A site on disk with an operator's key, and an in-memory engine that holds its images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from polder.actions.check_site import load_site
from polder.kernel.digest import digest_of_bytes
from polder.platform.plan.desired import wanted
from polder.platform.site.lock import lock_text
from polder.platform.site.model import Lock
from polder.world.age import new_identity
from polder.world.docker.memory import MemoryEngine
from support.cluster import Cluster, addresses
from support.ground import APPS, Ground, hosts_yml
from support.machines import KEY
from support.sites import RECIPIENT, SITE, site_files


@pytest.fixture
def recipient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ana's public key; her private one is where Polder looks for it."""
    monkeypatch.setenv("POLDER_IDENTITY", str(tmp_path / "ana.txt"))
    monkeypatch.setenv("POLDER_OPERATOR", "ana")
    return new_identity(tmp_path / "ana.txt")


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


@pytest.fixture
def write_site(tmp_path: Path, recipient: str, engine: MemoryEngine) -> Callable[[Mapping[str, str]], Path]:
    """Writes groups' files (and the rest of a site around them); images count as built and loaded."""

    def write(groups: Mapping[str, str], **files: str) -> Path:
        folder = tmp_path / "site"
        for path, text in site_files(groups, **files).items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text.replace(RECIPIENT, recipient))
        keys = wanted(load_site(folder)).images
        images = {key: str(digest_of_bytes(key.encode())) for key in keys}
        for image in images.values():
            engine.add_image(image)
        (folder / "polder.lock").write_text(lock_text(Lock({}, images)))
        return folder

    return write


@pytest.fixture
def ground(write_site: Callable[..., Path]) -> Callable[..., Ground]:
    def make(hosts: str = hosts_yml(), groups: Mapping[str, str] = APPS) -> Ground:
        text = (
            SITE.replace("engine: local\n", "")
            + f"registry: registry.lilas.test:5000\nssh-keys: {{ana: [{KEY}]}}\n"
        )
        folder = write_site(groups, **{"hosts.yml": hosts, "site.yml": text})
        lock = folder / "polder.lock"
        pushed = "registry.lilas.test:5000/polder/x@sha256:"
        lock.write_text(lock.read_text().replace(" sha256:", f" {pushed}"))
        return Ground(folder, Cluster(addresses(load_site(folder))))

    return make
