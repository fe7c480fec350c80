"""What network.yml may say about proxies."""

import pytest

from polder.commons.network.model import Network
from polder.commons.network.read import read_network
from polder.kernel.problem import Problem, Refused
from polder.kernel.proxy import Proxy

ROOT = "sha256:" + "0" * 64
TOR, OWN = Proxy("socks5h", "127.0.0.1", 9050), Proxy("http", "proxy.alder.example", 3128)
ONION = f"http://{'a' * 56}.onion/"


def read(more: str, beech: str = "", url: str = "https://beech.example/") -> Network:
    head = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"
    follow = f"follow:\n  beech:\n    url: {url}\n    root: {ROOT}\n{beech}  cedar: {{url: https://cedar.example/, root: {ROOT}}}\n"
    return read_network(f"{head}{more}\n{follow}".encode())


def problems(more: str, beech: str = "", url: str = "https://beech.example/") -> tuple[Problem, ...]:
    with pytest.raises(Refused) as refused:
        read(more, beech, url)
    return refused.value.problems


@pytest.mark.parametrize(
    "general, own, expected",
    [
        ("", "", (None, None, None)),
        ("proxy: none", "", (None, None, None)),
        ("proxy: socks5h://127.0.0.1:9050", "", (TOR, TOR, TOR)),
        ("proxy: socks5h://127.0.0.1:9050", "    proxy: none\n", (TOR, None, TOR)),
        ("proxy: socks5h://127.0.0.1:9050", "    proxy: http://proxy.alder.example:3128\n", (TOR, OWN, TOR)),
        ("", "    proxy: socks5h://127.0.0.1:9050\n", (None, TOR, None)),
    ],
)
def test_a_peer_of_its_own_way_and_all_others_of_the_general_one(general, own, expected):
    found = read(general, own)
    assert (found.proxy, found.follow["beech"].proxy, found.follow["cedar"].proxy) == expected


@pytest.mark.parametrize(
    "text", ["socks5://127.0.0.1:9050", "127.0.0.1:9050", "https://a.example:1", "Tor", '""']
)
def test_what_is_no_proxy_is_said_with_its_place(text):
    (one,) = problems(f"proxy: {text}")
    assert (one.code, one.where) == ("network.not-a-proxy", "network.yml:4")


@pytest.mark.parametrize("text", ["http://ana:s3cret@a.example:1", "socks5h://s3cret@a.example:1"])
def test_a_password_is_refused_and_not_in_the_problem(text):
    (one,) = problems("", f"    proxy: {text}\n")
    assert one.code == "network.proxy-password"
    assert "s3cret" not in str(one)


@pytest.mark.parametrize(
    "general, own",
    [
        ("", ""),
        ("proxy: http://127.0.0.1:8118", ""),
        ("proxy: socks5h://127.0.0.1:9050", "    proxy: none\n"),
    ],
)
def test_an_onion_address_wants_a_socks_proxy(general, own):
    (one,) = problems(general, own, ONION)
    assert (one.code, one.where) == ("network.onion-needs-proxy", "network.yml:7")
    (mirror,) = problems(general, f"{own}    mirrors: [{ONION}]\n")
    assert mirror.code == "network.onion-needs-proxy"


def test_an_onion_address_with_one():
    assert read("proxy: socks5h://127.0.0.1:9050", "", ONION).follow["beech"].proxy == TOR
    assert read("", "    proxy: socks5h://127.0.0.1:9050\n", ONION).follow["beech"].proxy == TOR
