"""What a ``recipe.yml`` and an ``image/image.yml`` may hold: keys, kinds, and a sentence about each."""

from __future__ import annotations

from polder.kernel.kinds import (
    DECIMAL,
    DURATION,
    LINE,
    NUMBER,
    PROSE,
    SIZE,
    SLUG,
    TEXT,
    TEXTS,
    YES_NO,
    between,
    choice,
    matching,
)
from polder.kernel.shape import Key, Keys, ListOf, MapOf, Raw

ADDRESS = matching("recipe.not-an-address", r"https?://[^\s/]+(?:/\S*)?")
PATH = matching("recipe.not-a-path", r"/\S*")
INSIDE = matching("recipe.not-a-path", r"(?!.*/\.\.?(?:/|$))(?:/[A-Za-z0-9._-]+)+/?")
PACKAGE = matching("recipe.not-a-package", r"[a-z0-9][a-z0-9+.-]+(?:=[A-Za-z0-9.+:~-]+)?")
REQUEST = matching("recipe.not-a-request", r"(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|[A-Z]{4,12}) /\S*")
CAPTURE = matching("recipe.not-a-name", r"[a-z][a-z0-9_-]{0,31}")

KINDS = ("text", "number", "yes-no", "choice", "list", "folder")

UPSTREAM = Keys(
    {
        "name": Key(TEXT, "What the software calls itself.", required=True, example="DokuWiki"),
        "website": Key(ADDRESS, "Where people read about it."),
        "source": Key(ADDRESS, "Where its source code is.", required=True),
        "version": Key(TEXT, "Its version, in quotes when it looks like a number."),
    }
)
FRONT = Keys(
    {
        "service": Key(SLUG, "The service of compose.yml that answers people, on port 8080.", required=True),
        "path": Key(PATH, "The path that a person opens first.", default="/"),
    }
)
SIZE_KEYS = Keys(
    {
        "memory": Key(SIZE, "The most memory the front service may use.", required=True, example="128M"),
        "cpus": Key(DECIMAL, "The most processor cores; 0 for no limit.", default=0.0, example=0.5),
        "disk": Key(SIZE, "The disk space it will probably need.", default=0, example="1G"),
        "people": Key(NUMBER, "For about how many people this is enough.", default=0, example=20),
    }
)
SETTING = Keys(
    {
        "kind": Key(choice(KINDS), "What may be answered.", required=True),
        "question": Key(TEXTS, "What is asked, in several languages.", required=True),
        "default": Key(Raw(), "The answer when none is given."),
        "choices": Key(ListOf(TEXT), "The words to choose from, for the kind “choice”."),
        "required": Key(YES_NO, "Whether an answer must be given.", default=False),
    }
)
SECRET = Keys(
    {
        "generate": Key(
            choice(("password", "hex", "")),
            "How it is made; “” when a person must give it.",
            default="password",
        ),
        "meaning": Key(TEXTS, "What it is for, in several languages."),
        "shown": Key(YES_NO, "Whether a person needs it to sign in.", default=False),
    }
)
DATASET = Keys(
    {
        "volume": Key(SLUG, "The volume of compose.yml that holds it.", required=True),
        "meaning": Key(TEXTS, "What it is, in several languages."),
        "dump": Key(ListOf(PROSE), "The command that makes the files consistent before they are copied."),
        "load": Key(ListOf(PROSE), "The command that takes the copied files in again."),
    }
)
CONTENT = Keys(
    {
        "setting": Key(SLUG, "The setting of kind “folder” whose files go in.", required=True),
        "at": Key(INSIDE, "Where they go.", required=True, example="/srv/www"),
    }
)
IMAGE = Keys(
    {
        "build": Key(
            choice(("debian", "docker")), "By our own layer builder, or by image/Dockerfile.", required=True
        ),
        "packages": Key(ListOf(PACKAGE), "Debian packages to install."),
        "content": Key(CONTENT, "Files of the group that are baked into the image."),
    }
)
UPDATES = Keys(
    {
        "order": Key(
            choice(("start-first", "stop-first")),
            "Whether the new one starts beside the old.",
            default="stop-first",
        ),
        "away": Key(DURATION, "How long the app is away during an update.", default=0, example="5s"),
        "starts-within": Key(DURATION, "How soon a new one must be healthy.", default=60, example="60s"),
    }
)
EXPECT = Keys(
    {
        "status": Key(ListOf(between(100, 599)), "The answer's status is one of these.", default=(200,)),
        "contains": Key(ListOf(PROSE), "The answer holds each of these."),
        "missing": Key(ListOf(PROSE), "The answer holds none of these."),
    }
)
CHECK = Keys(
    {
        "say": Key(TEXTS, "What this step does, in several languages.", required=True),
        "phase": Key(
            choice(("seed", "verify", "clean")),
            "Make something, read it back, or take it away.",
            default="verify",
        ),
        "request": Key(REQUEST, "Method and path.", required=True, example="GET /"),
        "headers": Key(MapOf(LINE, LINE), "Headers to send."),
        "auth": Key(ListOf(LINE), "User and password for HTTP basic authentication."),
        "form": Key(MapOf(PROSE, LINE), "Fields of a form to send."),
        "body": Key(PROSE, "A text to send, when it is no form."),
        "expect": Key(EXPECT, "What must be answered."),
        "capture": Key(
            MapOf(LINE, CAPTURE), "Names for parts of the answer: regular expressions with one group."
        ),
        "follow": Key(YES_NO, "Whether redirects are followed.", default=False),
    }
)
RECIPE = Keys(
    {
        "recipe": Key(SLUG, "The recipe's name: that of its folder.", required=True, example="dokuwiki"),
        "version": Key(TEXT, "The version of this recipe.", required=True, example="1"),
        "names": Key(TEXTS, "What people call the app, in several languages.", required=True),
        "summary": Key(TEXTS, "One sentence about the app, in several languages.", required=True),
        "licence": Key(TEXT, "The licence of the software, as an SPDX identifier.", required=True),
        "upstream": Key(UPSTREAM, "The software itself.", required=True),
        "front": Key(FRONT, "What people reach.", required=True),
        "outgoing": Key(YES_NO, "Whether the app may reach the internet.", default=False),
        "sizes": Key(
            MapOf(SIZE_KEYS, SLUG, least=1),
            "What an app of each size may use; the first is usual.",
            required=True,
        ),
        "settings": Key(MapOf(SETTING, SLUG), "Questions a group answers."),
        "secrets": Key(MapOf(SECRET, SLUG), "Secrets the app needs; compose.yml names the same."),
        "datasets": Key(MapOf(DATASET, SLUG), "The data the app keeps."),
        "image": Key(IMAGE, "How the image in the folder image/ is made."),
        "updates": Key(UPDATES, "How a new version takes the place of the old."),
        "login": Key(
            MapOf(PROSE, SLUG), "What a person needs to sign in; may hold ${domain} and ${secret.NAME}."
        ),
        "check": Key(ListOf(CHECK), "Requests that show the app works, as a person would use it."),
        "system": Key(YES_NO, "Whether only Polder itself runs it.", default=False),
        "notes": Key(TEXTS, "What else an operator should know."),
    },
    title="A Polder recipe",
)
