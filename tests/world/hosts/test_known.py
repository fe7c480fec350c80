"""The keys that hosts may show, as ssh reads them."""

import subprocess

from polder.kernel.host import Reach
from polder.world.hosts.known import known_hosts, lines, ssh_options

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMBwQwAG+GwrPuSH1aF7gI1fTFLm0rCISc1OIjT7RU/X"
ADA = Reach("ada", "192.0.2.7", 2222, host_key=f"{KEY} root@ada")
BEA = Reach("bea", "2001:db8::7", host_key=KEY)


def test_each_host_has_one_line_at_its_address_and_port():
    assert lines({"ada": ADA, "bea": BEA, "eve": Reach("eve", "192.0.2.9")}) == [
        f"2001:db8::7 {KEY}",
        f"[192.0.2.7]:2222 {KEY}",
    ]


def test_ssh_finds_the_key_in_the_file(tmp_path):
    file = known_hosts({"ada": ADA, "bea": BEA}, tmp_path)
    for name in ("[192.0.2.7]:2222", "2001:db8::7"):
        assert subprocess.run(["ssh-keygen", "-F", name, "-f", file], capture_output=True).returncode == 0


def test_the_file_is_named_by_its_content_and_comes_back(tmp_path):
    file = known_hosts({"ada": ADA}, tmp_path / "new" / "folder")
    assert known_hosts({"ada": ADA}, tmp_path / "new" / "folder") == file
    file.unlink()
    assert known_hosts({"ada": ADA}, tmp_path / "new" / "folder").read_text() == f"[192.0.2.7]:2222 {KEY}\n"
    assert known_hosts({"bea": BEA}, tmp_path / "new" / "folder") != file


def test_ssh_is_told_to_believe_that_key_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("POLDER_SSH_CONFIG", "/lab/ssh_config")
    options = ssh_options(ADA, tmp_path)
    assert options[:2] == ["-F", "/lab/ssh_config"]
    assert f'UserKnownHostsFile="{known_hosts({"ada": ADA}, tmp_path)}"' in options
    assert "StrictHostKeyChecking=yes" in options
    monkeypatch.delenv("POLDER_SSH_CONFIG")
    assert ssh_options() == []
    assert ssh_options(Reach("eve", "192.0.2.9")) == ["-o", "StrictHostKeyChecking=yes"]
