"""Where an engine is: each way to say it, and what is refused."""

import hashlib
import json
from pathlib import Path

import pytest

from polder.kernel.problem import Refused
from polder.world.docker.address import SshPlace, TcpPlace, UnixPlace, read_address
from polder.world.docker.dial import ssh_command

NOWHERE = Path("/nonexistent")


def refusal(address: str, environment=None, folder: Path = NOWHERE) -> str:
    with pytest.raises(Refused) as refused:
        read_address(address, environment or {}, folder)
    return refused.value.problems[0].code


@pytest.fixture
def docker_folder(tmp_path: Path) -> Path:
    """A ``~/.docker`` with two contexts: one by ssh, one by TLS; the first is the current one."""
    for name, host in (("garden", "ssh://ana@192.0.2.7"), ("sea", "tcp://192.0.2.8:2376")):
        key = hashlib.sha256(name.encode()).hexdigest()
        meta = tmp_path / "contexts" / "meta" / key
        meta.mkdir(parents=True)
        (meta / "meta.json").write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    (tmp_path / "contexts" / "tls" / hashlib.sha256(b"sea").hexdigest() / "docker").mkdir(parents=True)
    (tmp_path / "config.json").write_text('{"currentContext": "garden"}')
    return tmp_path


def test_local_is_the_usual_socket_when_nothing_else_is_said():
    assert read_address("local", {}, NOWHERE) == UnixPlace("/var/run/docker.sock")


def test_local_follows_docker_host_before_the_current_context(docker_folder):
    assert read_address("local", {"DOCKER_HOST": "unix:///x.sock"}, docker_folder) == UnixPlace("/x.sock")


def test_local_follows_the_current_context(docker_folder):
    assert read_address("local", {}, docker_folder) == SshPlace("192.0.2.7", "ana")
    assert read_address("local", {"DOCKER_CONTEXT": "default"}, docker_folder) == UnixPlace(
        "/var/run/docker.sock"
    )


def test_a_context_brings_its_own_certificates(docker_folder):
    place = read_address("context:sea", {"DOCKER_CERT_PATH": "/elsewhere"}, docker_folder)
    assert isinstance(place, TcpPlace)
    assert place.tls is not None
    assert place.tls.is_relative_to(docker_folder)


def test_tcp_finds_its_certificates_where_docker_does():
    assert read_address("tcp://192.0.2.8", {"DOCKER_CERT_PATH": "/c"}, NOWHERE) == TcpPlace(
        "192.0.2.8", 2376, Path("/c")
    )


def test_plain_tcp_is_for_this_machine_only():
    assert read_address("tcp://127.0.0.1:2375", {}, NOWHERE) == TcpPlace("127.0.0.1", 2375, None)
    assert refusal("tcp://192.0.2.8:2375") == "engine.needs-tls"
    assert refusal("tcp://127.0.0.1.lilas.test:2375") == "engine.needs-tls"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "docker",
        "unix://",
        "ssh://",
        "http://x",
        "tcp://",
        "ssh://ana@host:port",
        "ssh://-oProxyCommand=x",
    ],
)
def test_what_is_no_address_is_refused(address):
    assert refusal(address) == "engine.bad-address"


def test_an_unknown_context_is_refused(docker_folder):
    assert refusal("context:hill", {}, docker_folder) == "engine.no-context"


def test_ssh_asks_nobody_and_takes_no_options_from_an_address():
    command = ssh_command(SshPlace("192.0.2.7", "ana", 2222))
    assert "BatchMode=yes" in command
    assert command[-9:] == ["-l", "ana", "-p", "2222", "--", "192.0.2.7", "docker", "system", "dial-stdio"]
