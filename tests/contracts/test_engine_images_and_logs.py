"""Images and logs of a real engine: a registry of one's own, containers that said something before they ended."""

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from polder.kernel.engine import UpdateService
from polder.kernel.problem import Refused
from polder.world.docker.http import open_engine

pytestmark = pytest.mark.engine

# An engine reads a container's two streams side by side: lines written at the same moment may be kept in either order.
SPEAKS = "echo first; sleep 0.5; echo second >&2; sleep 0.5; echo 'third, the tide is in'; exec sleep 1000"
DIES = "echo starting; echo 'no such dike' >&2; exit 3"


def test_lines_of_a_running_service_come_in_order_from_both_streams(real_bench):
    name = real_bench.create(real_bench.spec(Command=["sh", "-c", SPEAKS]))
    assert real_bench.settled(name).state == "done"
    lines = real_bench.until(lambda: real_bench.engine.logs(name), lambda found: len(found) == 3, 10)
    assert lines == ("first", "second", "third, the tide is in")
    assert real_bench.engine.logs(name, 1) == lines[-1:]


def test_lines_of_a_terminal_come_too(real_bench):
    name = real_bench.create(real_bench.spec(Command=["sh", "-c", SPEAKS], TTY=True))
    real_bench.settled(name)
    lines = real_bench.until(lambda: real_bench.engine.logs(name), lambda found: len(found) == 3, 10)
    assert lines == ("first", "second", "third, the tide is in")


def test_after_a_rollback_the_given_up_containers_last_lines_are_told(real_bench):
    name = real_bench.create(real_bench.spec(Command=["sh", "-c", SPEAKS]))
    real_bench.settled(name)
    version = real_bench.service(name).version
    real_bench.engine.run(UpdateService(name, version, real_bench.spec(Command=["sh", "-c", DIES])))
    assert real_bench.settled(name).state == "rolled-back"
    assert sorted(real_bench.engine.logs(name)) == ["no such dike", "starting"]


def test_a_container_that_never_gets_healthy_tells_what_its_health_check_said(real_bench):
    check = {"Test": ["CMD", "sh", "-c", "echo no water yet; exit 1"], "Interval": 10**9, "Retries": 1}
    name = real_bench.create(real_bench.spec(Command=["sh", "-c", SPEAKS], Healthcheck=check))
    assert real_bench.settled(name).state == "failing"
    assert real_bench.engine.logs(name)[-1] == "(health check) no water yet"


def test_a_first_start_that_keeps_failing_tells_its_lines(real_bench):
    name = real_bench.create(real_bench.spec(real_bench.images.broken))
    assert real_bench.settled(name).state == "failing"
    assert real_bench.engine.logs(name)[-1] == "the tide is too high"


def the_program(folder: Path) -> Path:
    """Debian's registry: the machine's, or the one in the package."""
    if found := shutil.which("docker-registry"):
        return Path(found)
    subprocess.run(
        ["apt-get", "download", "-q", "docker-registry"], cwd=folder, check=True, capture_output=True
    )
    subprocess.run(
        ["dpkg", "-x", next(folder.glob("docker-registry_*.deb")).name, "."], cwd=folder, check=True
    )
    return folder / "usr" / "bin" / "docker-registry"


@pytest.fixture
def registry(private, tmp_path: Path) -> Iterator[str]:
    """A registry beside an engine of the test's own: an engine trusts one on its own machine without TLS."""
    settings = tmp_path / "registry.yml"
    store = f"storage: {{filesystem: {{rootdirectory: {tmp_path}/store}}}}"
    settings.write_text(f"version: 0.1\n{store}\nhttp: {{addr: '127.0.0.1:5000'}}\n")
    command = [*private.inside, str(the_program(tmp_path)), "serve", str(settings)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    yield "127.0.0.1:5000"
    process.terminate()
    process.wait()


def pushed_once_it_is_up(engine, image: str, reference: str) -> str:
    """A push that is refused (nothing listens yet) is tried again for a while."""
    until = time.monotonic() + 20
    while True:
        try:
            return engine.push_image(image, reference)
        except Refused:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_an_image_pushed_to_a_registry_has_the_digest_that_it_has_there(
    private, registry, archives, tmp_path
):
    with open_engine(private.address) as engine:
        image = engine.load_image(archives.good)
        pushed = pushed_once_it_is_up(engine, image, f"{registry}/sea/wiki:one")
        name, _, digest = pushed.partition("@")
        assert name == f"{registry}/sea/wiki"
        assert engine.inspect_image(pushed) == image
    blobs = tmp_path / "store" / "docker" / "registry" / "v2" / "blobs" / "sha256"
    assert (blobs / digest[7:9] / digest[7:] / "data").is_file()
    manifest = json.loads((blobs / digest[7:9] / digest[7:] / "data").read_bytes())
    assert manifest["config"]["digest"] == image


def test_a_push_that_fails_is_refused_with_the_reason(private, archives):
    with open_engine(private.address) as engine:
        image = engine.load_image(archives.good)
        with pytest.raises(Refused) as refused:
            engine.push_image(image, "127.0.0.1:5001/wiki:one")
    (problem,) = refused.value.problems
    assert problem.code == "engine.not-pushed"
    assert "refused" in str(problem.values["message"])


def test_an_image_that_is_not_there_is_not_pushed(real_bench):
    with pytest.raises(Refused) as refused:
        real_bench.engine.push_image("sha256:" + 64 * "0", "127.0.0.1:5000/x:one")
    assert refused.value.problems[0].code == "engine.missing"
