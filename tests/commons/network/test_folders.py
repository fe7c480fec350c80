"""What network.yml may say about the folder that is published and the one that is kept: everybody reads the first."""

import pytest

from polder.commons.network.read import read_network
from polder.kernel.problem import Refused

HEAD = "provider: alder\nurls: [https://alder.example/net/]\npeople: {ana: {}}\n"


def codes(more: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        read_network(f"{HEAD}{more}\n".encode())
    return [(one.code, one.where) for one in refused.value.problems]


@pytest.mark.parametrize("more", ["publish: .", "publish: ./", "state: ./."])
def test_the_network_folder_itself_is_neither(more):
    assert codes(more) == [("network.not-a-folder", "network.yml:4")]


@pytest.mark.parametrize(
    "more",
    ["publish: given", "publish: statements/news", "publish: ./keys", "state: .git", "state: public/state", "publish: state"],
)  # fmt: skip
def test_what_is_published_is_nothing_that_is_kept_or_written_by_hand(more):
    assert codes(more)[0][0] == "network.folder-shared"


@pytest.mark.parametrize(
    "more", ["publish: net/public\nstate: net/state", "publish: given-away", "state: public-not"]
)
def test_folders_side_by_side_are_good(more):
    read_network(f"{HEAD}{more}\n".encode())
