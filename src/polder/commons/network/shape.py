"""What ``network.yml`` may hold: keys, kinds, and a sentence about each."""

from __future__ import annotations

from polder.kernel.document import Scalar
from polder.kernel.kinds import SIZE, SLUG, TEXT, YES_NO, between, matching
from polder.kernel.proxy import PATTERN, Proxy, read_proxy
from polder.kernel.recipient import RECIPIENT, SSH_KEY
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Value, Wrong

URL_PATTERN = r"https?://[^\s/?#@\\]+(?:/[^\s?#\\]*)?/"
URL = matching("network.not-an-address", URL_PATTERN)
DIGEST = matching("network.not-a-fingerprint", r"sha256:[0-9a-f]{64}")
FOLDER = matching("network.not-a-folder", r"(?!/)(?!.*\.\.)[A-Za-z0-9._/-]{1,200}")
NO_PROXY = "none"


def _proxy(scalar: Scalar) -> Proxy | str:
    if not isinstance(scalar.value, str):
        raise Wrong
    if "@" in scalar.value:  # what is wrong is shown, and a password must not be
        raise Wrong("network.proxy-password", value="")
    return NO_PROXY if scalar.value == NO_PROXY else read_proxy(scalar.value)


PROXY = Value("network.not-a-proxy", _proxy, {"type": "string", "pattern": f"^(?:{NO_PROXY}|{PATTERN})$"})

PERSON = Keys(
    {
        "recipient": Key(RECIPIENT, "What their key's file is encrypted to; a passphrase when not given."),
        "agent": Key(
            SSH_KEY, "The SSH key that is their root key, in their SSH agent; no file is made then."
        ),
    }
)
FOLLOW = Keys(
    {
        "url": Key(URL, "Where it publishes.", required=True, example="https://beech.example/net/"),
        "root": Key(DIGEST, "The fingerprint of its first root file.", required=True),
        "mirrors": Key(ListOf(URL), "Other places where its folder is served."),
        "private": Key(YES_NO, "Whether its addresses may be private ones.", default=False),
        "proxy": Key(PROXY, "What it is reached through instead; none: directly."),
    }
)
ADOPT = Keys(
    {
        "approvals": Key(between(0, 50), "How many providers must have approved a recipe.", default=0),
        "of": Key(ListOf(SLUG), "Whose approvals count; every member's when not given."),
    }
)
NETWORK = Keys(
    {
        "provider": Key(SLUG, "Your id in the network; it stays the same.", required=True, example="alder"),
        "urls": Key(
            ListOf(URL, least=1),
            "Where your public folder is served, the first being the origin.",
            required=True,
            example=["https://alder.example/net/"],
        ),
        "people": Key(MapOf(PERSON, SLUG, least=1), "Who holds one of your root keys.", required=True),
        "threshold": Key(between(1, 20), "How many of them sign a change of keys.", default=1),
        "recipients": Key(
            ListOf(RECIPIENT), "Who reads what the network gives to you: age recipients or SSH public keys."
        ),
        "publish": Key(FOLDER, "The folder that a web server serves.", default="public"),
        "state": Key(FOLDER, "The folder for what was verified of others.", default="state"),
        "follow": Key(MapOf(FOLLOW, SLUG), "Providers followed besides those in the roster."),
        "mirror": Key(ListOf(SLUG), "Peers mirrored besides those that the roster gives you."),
        "quota": Key(SIZE, "How much of each peer is mirrored at most.", default=200 * 2**20, example="200M"),
        "private": Key(ListOf(SLUG), "Peers whose addresses may be private ones (a laboratory, a mesh)."),
        "adopt": Key(ADOPT, "What must be so before a recipe of a peer is adopted."),
        "proxy": Key(
            PROXY,
            "What peers are reached through: SOCKS 5 (Tor), or HTTP's CONNECT (http://…).",
            example="socks5h://127.0.0.1:9050",
        ),
        "freshest": Key(
            YES_NO,
            "Whether two sources of each peer are asked first which shows the newer state.",
            default=False,
        ),
        "notify": Key(
            ListOf(TEXT),
            "A command that the steward hands news to on standard input, and its arguments; no shell.",
            example=["mail", "-s", "Polder", "ana@alder.example"],
        ),
        "tell-adoptions": Key(YES_NO, "Whether others are told which recipes you adopted.", default=False),
    },
    title="A provider's part in the network",
)
