"""What the files of a site may hold: keys, kinds, and a sentence about each."""

from __future__ import annotations

from polder.kernel.kinds import (
    DECIMAL,
    DOMAIN,
    LANGUAGE,
    PROSE,
    SIZE,
    SLUG,
    TEXT,
    YES_NO,
    between,
    choice,
    matching,
)
from polder.kernel.recipient import RECIPIENT, SSH_KEY
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Raw
from polder.platform.recipe.model import PERMISSIONS

ENGINE = matching(
    "site.not-an-engine",
    r"local|hosts|unix:///\S+|ssh://(?:[^\s@/]+@)?[^\s/]+|tcp://[^\s/]+:\d{1,5}|context:[A-Za-z0-9][A-Za-z0-9_.+-]*",
)
REGISTRY = matching(
    "site.not-a-registry", r"[a-z0-9]+(?:[.-][a-z0-9]+)*(?::\d{1,5})?(?:/[a-z0-9]+(?:[._-][a-z0-9]+)*)*"
)
CONTACT = matching(
    "site.not-a-contact", r"(?:mailto:[^\s@]+@[^\s@]+|https://\S+|xmpp:\S+|matrix:\S+|tel:\+?[0-9-]+)"
)
ADDRESS = matching("site.not-an-address", r"local|[0-9.]{7,15}|[0-9a-f:.]{2,45}")
DIGEST = matching("site.not-a-digest", r"sha256:[0-9a-f]{64}")
IMAGE = matching("site.not-a-digest", r"(?:\S+@)?sha256:[0-9a-f]{64}")
PORT = matching("site.not-a-port", r"[1-9][0-9]{0,4}/(?:tcp|udp)")
USER = matching("site.not-a-user", r"[a-z_][a-z0-9_-]{0,31}")
MESH = matching("site.not-a-mesh-address", r"[0-9.]{7,15}")
LINE_ID = matching("site.not-a-finding", r"[a-z0-9][a-z0-9.-]{0,60}")
TAKEN = matching("site.not-a-digest", r"[a-z][a-z0-9-]{0,31}@sha256:[0-9a-f]{64}")
APP_NAME = matching("site.not-an-app", r"[a-z][a-z0-9-]{0,31}/[a-z][a-z0-9-]{0,31}")
NEED = matching("site.not-a-need", r"[A-Za-z0-9](?:[A-Za-z0-9 .:_/-]{0,61}[A-Za-z0-9])?")
"""What Swarm takes in a placement constraint, and our own ends: no space first or last."""
ROLES = ("manager", "ingress", "worker")

POLICY = Keys(
    {
        "keep-old": Key(between(0, 100), "How many old secrets and configurations to keep.", default=3),
        "autolock": Key(
            YES_NO,
            "Whether a manager that starts anew waits for a key before it opens the swarm's secrets.",
            default=False,
        ),
        "allow": Key(
            MapOf(ListOf(choice(PERMISSIONS)), SLUG),
            "What a recipe may ask of the machine beyond the ordinary: recipe to permissions.",
        ),
    }
)
SITE = Keys(
    {
        "provider": Key(
            SLUG,
            "The short name of your organisation; it begins every name on the engine.",
            required=True,
            example="les-lilas",
        ),
        "name": Key(TEXT, "Your organisation's name, for people.", required=True, example="Les Lilas"),
        "languages": Key(
            ListOf(LANGUAGE),
            "The languages you speak with people, the usual one first.",
            default=("en",),
            example=["fr", "en"],
        ),
        "domain": Key(DOMAIN, "Your organisation's own domain.", required=True, example="lilas.example"),
        "contact": Key(CONTACT, "Where people reach you.", example="mailto:hello@lilas.example"),
        "engine": Key(
            ENGINE,
            "The Docker engine to talk to; “hosts”: the first manager that answers, among those that Polder sets up.",
            default="local",
            example="ssh://root@host.lilas.example",
        ),
        "registry": Key(
            REGISTRY,
            "Your own image registry; needed with more than one host.",
            example="registry.lilas.example:5000",
        ),
        "operators": Key(
            MapOf(RECIPIENT, SLUG), "Who may read the secrets: name to age recipient or SSH public key."
        ),
        "ssh-keys": Key(
            MapOf(ListOf(SSH_KEY), SLUG),
            "The SSH public keys with which operators reach the hosts; one whose recipient is an SSH key needs none.",
        ),
        "policy": Key(POLICY, "What is allowed and what is kept."),
    },
    title="A Polder site",
)
CAPACITY = Keys(
    {
        "memory": Key(SIZE, "Memory for apps.", example="6G"),
        "disk": Key(SIZE, "Disk for apps' data.", example="80G"),
        "cpus": Key(DECIMAL, "Processor cores for apps.", example=3),
    }
)
HOST = Keys(
    {
        "address": Key(
            ADDRESS,
            "The host's IP address, or “local” for the engine's own machine.",
            required=True,
            example="192.0.2.7",
        ),
        "roles": Key(ListOf(choice(ROLES)), "What the host does; a single host does everything."),
        "region": Key(TEXT, "Where it stands.", example="BE"),
        "jurisdiction": Key(TEXT, "Whose law it is under.", example="EU"),
        "power": Key(TEXT, "What feeds it.", example="solar"),
        "labels": Key(MapOf(TEXT, SLUG), "Anything else worth saying about it."),
        "profile": Key(
            choice(("none", "baseline")),
            "“baseline”: Polder sets the machine up over SSH and keeps it so; “none”: you do.",
            default="none",
        ),
        "user": Key(
            USER, "Who Polder logs in as: root, or somebody who may become root by sudo.", default="root"
        ),
        "port": Key(between(1, 65535), "Where its SSH server listens.", default=22),
        "host-key": Key(SSH_KEY, "The key that its SSH server must show.", example="ssh-ed25519 AAAA..."),
        "mesh": Key(MESH, "Its address in the encrypted mesh between your hosts.", example="10.213.0.1"),
        "ports": Key(
            ListOf(PORT), "What may be reached from outside besides what its roles need.", example=["25/tcp"]
        ),
        "capacity": Key(CAPACITY, "What it offers to apps, where that is less than the machine has."),
        "without": Key(
            MapOf(TEXT, LINE_ID), "Lines of the profile that this host does without, each with the reason."
        ),
        "silence": Key(
            MapOf(TEXT, LINE_ID), "Findings of an audit that are known and accepted, each with the reason."
        ),
        "drained": Key(YES_NO, "Whether it is kept free of apps, for work on it.", default=False),
    }
)
HOSTS = MapOf(HOST, SLUG)
APP = Keys(
    {
        "recipe": Key(SLUG, "The recipe to run.", required=True, example="dokuwiki"),
        "domain": Key(DOMAIN, "The name people find it at.", required=True, example="wiki.lilas.example"),
        "size": Key(SLUG, "One of the recipe's sizes; the first when not given.", example="small"),
        "settings": Key(
            MapOf(Raw({"type": ["string", "number", "boolean", "array"]}), SLUG),
            "Answers to the recipe's questions.",
        ),
        "host": Key(SLUG, "The host it is pinned to.", example="ada"),
        "needs": Key(MapOf(NEED, SLUG), "Labels that its host must have.", example={"jurisdiction": "EU"}),
    }
)
GROUP = Keys(
    {
        "name": Key(TEXT, "The group's name, for people.", required=True, example="Collectif des Lilas"),
        "languages": Key(ListOf(LANGUAGE), "The languages the group speaks, the usual one first."),
        "notes": Key(PROSE, "Anything worth remembering about the group."),
        "apps": Key(MapOf(APP, SLUG), "The group's apps."),
        "forget-data": Key(ListOf(SLUG), "Removed apps whose data the next apply destroys."),
    },
    title="A group of a Polder site",
)
LOCK = Keys(
    {
        "recipes": Key(MapOf(DIGEST, SLUG), "Each recipe in force, by the digest of its files."),
        "images": Key(MapOf(IMAGE, TEXT), "Each image that was built, by what it was built from."),
        "placements": Key(
            MapOf(SLUG, APP_NAME), "The host that each app's data is on, where Polder chose it."
        ),
        "adopted": Key(
            MapOf(TAKEN, SLUG), "Each recipe taken from another provider: from whom, and which files."
        ),
    },
    title="What is in force (written by polder)",
)
