"""What every test may ask for: a real engine of its own, and the address at which its published ports answer.

``script/test`` starts a throw-away engine (a swarm of one in its own network) and names it in the
environment. Without it tests marked ``engine`` are skipped, and those marked ``builder`` or ``lab`` without root or
the programs they need; with ``POLDER_REQUIRE_ENGINE=1`` (set by ``script/test``) they fail instead, so that a green
run never hides an engine that was missing.
"""

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polder.lab.machine import missing_programs

ENGINE = os.environ.get("POLDER_TEST_ENGINE", "")
ADDRESS = os.environ.get("POLDER_TEST_ADDRESS", "127.0.0.1")


def _lacking(item: pytest.Item) -> str:
    """Why ``item`` cannot run here; ``""`` when it can."""
    if item.get_closest_marker("engine") and not ENGINE:
        return "no engine to test with: POLDER_TEST_ENGINE is not set (script/test sets it)"
    if item.get_closest_marker("builder") and os.geteuid() != 0:
        return "building images from Debian packages needs root"
    if item.get_closest_marker("builder") and not shutil.which("mmdebstrap"):
        return "building images from Debian packages needs mmdebstrap (script/setup installs it)"
    if item.get_closest_marker("lab") and os.geteuid() != 0:
        return "a lab of real hosts needs root"
    if item.get_closest_marker("lab") and (missing := missing_programs()):
        return f"a lab of real hosts needs {', '.join(missing)} (script/setup --tests installs them)"
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    reason = _lacking(item)
    if reason and os.environ.get("POLDER_REQUIRE_ENGINE") == "1":
        pytest.fail(reason, pytrace=False)
    if reason:
        pytest.skip(reason)


@pytest.fixture(autouse=True)
def only_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests without an engine or a lab reach this machine alone; any other address is as unreachable as without a network.

    With a ``MonkeyPatch`` of its own: the shared one would outlive what tests take down after it.
    """
    with pytest.MonkeyPatch.context() as patch:
        if not any(request.node.get_closest_marker(name) for name in ("engine", "builder", "lab")):
            _stay_here(patch)
        yield


def _stay_here(patch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


@pytest.fixture(scope="session")
def engine_address() -> str:
    """The test engine's address (``unix://...``), as site.yml's ``engine`` takes it."""
    return ENGINE


@pytest.fixture(scope="session")
def published_address() -> str:
    """The IP address at which ports that the test engine publishes answer."""
    return ADDRESS


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout that is tested."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An environment without the tester's own site, language and home folder. Gives the home."""
    for name in [
        n for n in os.environ if n.startswith(("POLDER_", "LC_")) or n in ("LANG", "LANGUAGE", "DOCKER_HOST")
    ]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    yield home
