"""Images and logs of a real engine: a registry of one's own, containers that said something before they ended."""

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from polder.kernel.engine import UpdateService
from polder.kernel.problem import Refused

pytestmark = pytest.mark.engine

SPEAKS = "echo first; echo second >&2; echo 'third, the tide is in'; exec sleep 1000"
DIES = "echo starting; echo 'no such dike' >&2; exit 3"


def test_lines_of_a_running_service_come_in_order_from_both_streams(real_bench):
    name = real_bench.create(real_bench.spec(Command=["sh", "-c", SPEAKS]))
    assert real_bench.settled(name).state == "done"
    lines = real_bench.until(lambda: real_bench.engine.logs(name), lambda found: len(found) == 3, 10)
    assert sorted(lines) == ["first", "second", "third, the tide is in"]
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


def test_a_first_start_that_keeps_failing_tells_its_lines(real_bench):
    name = real_bench.create(real_bench.spec(real_bench.images.broken))
    assert real_bench.settled(name).state == "failing"
    assert real_bench.engine.logs(name)[-1] == "the tide is too high"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


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
def registry(tmp_path: Path, published_address: str) -> Iterator[str]:
    if published_address != "127.0.0.1":
        pytest.skip("the test engine is in another network: it cannot reach a registry here without TLS")
    port = a_free_port()
    settings = tmp_path / "registry.yml"
    settings.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {tmp_path}/store}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
    )
    process = subprocess.Popen([the_program(tmp_path), "serve", settings], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/v2/", timeout=1).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait()


def test_an_image_pushed_to_a_registry_runs_by_the_digest_that_it_has_there(real_bench, registry):
    pushed = real_bench.engine.push_image(real_bench.images.good, f"{registry}/{real_bench.mark}:one")
    name, _, digest = pushed.partition("@")
    assert name == f"{registry}/{real_bench.mark}"
    url = f"http://{registry}/v2/{real_bench.mark}/manifests/one"
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": kind})) as answer:
        assert answer.headers["Docker-Content-Digest"] == digest
    assert real_bench.engine.inspect_image(pushed) == real_bench.images.good
    service = real_bench.create(real_bench.spec(pushed))
    assert real_bench.settled(service).state == "done"


def test_a_push_that_fails_is_refused_with_the_reason(real_bench):
    with pytest.raises(Refused) as refused:
        real_bench.engine.push_image(
            real_bench.images.good, f"127.0.0.1:{a_free_port()}/{real_bench.mark}:one"
        )
    (problem,) = refused.value.problems
    assert problem.code == "engine.not-pushed"
    assert "refused" in str(problem.values["message"])


def test_an_image_that_is_not_there_is_not_pushed(real_bench):
    with pytest.raises(Refused) as refused:
        real_bench.engine.push_image("sha256:" + 64 * "0", "127.0.0.1:5000/x:one")
    assert refused.value.problems[0].code == "engine.missing"
