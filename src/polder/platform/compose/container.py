"""How a service's process runs: words of a command, environment, health, limits of the kernel's own.

>>> split_words("serve --title ${TITLE:-a b} 'two words'")
('serve', '--title', '${TITLE:-a b}', 'two words')
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping

from polder.kernel import document
from polder.kernel.document import Node, Scalar
from polder.platform.compose.keys import HEALTHCHECK, ULIMIT
from polder.platform.compose.model import Health
from polder.platform.compose.reader import Reader, asks_nothing, is_null

_VARIABLE = re.compile(r"\$\$|\$\{(?:[^{}]|\$\{[^{}]*\})*\}|\$[A-Za-z_][A-Za-z0-9_]*")
_STAND_IN = "\0"
"""Stands for a variable while a text is split; no text that was read holds it."""
_CAPABILITY = re.compile(r"(?:CAP_)?[A-Z][A-Z_]+")


def read_words(reader: Reader, node: Node, key: str) -> tuple[str, ...]:
    """A command: a list, or text split as a shell would, before variables are filled in, so that a value is
    one word."""
    if is_null(node):
        return ()
    if isinstance(node, document.Sequence):
        found = tuple(reader.text(item, key) for item in node.items)
    else:
        found = _split(reader, node, key)
    if asks_nothing(node):
        reader.refuse("compose.empty-command", node, key=key)
    return found


def _split(reader: Reader, node: Node, key: str) -> tuple[str, ...]:
    try:
        return tuple(reader.filled(word, node, key) for word in split_words(reader.raw(node, key)))
    except ValueError:
        reader.refuse("compose.bad-quotes", node, key=key)
        return ()


def split_words(text: str) -> tuple[str, ...]:
    """Words by POSIX shell rules; a variable is never split. Raises ``ValueError`` for an open quote."""
    variables = iter(_VARIABLE.findall(text))
    words = shlex.split(_VARIABLE.sub(_STAND_IN, text))
    return tuple("".join(next(variables) if c == _STAND_IN else c for c in word) for word in words)


def read_environment(reader: Reader, node: Node, key: str) -> Mapping[str, str]:
    """Map or list; a name without a value would come from somebody's shell, so it is refused."""
    if isinstance(node, document.Sequence):
        return dict(_assignment(reader, item, key) for item in node.items)
    found: dict[str, str] = {}
    for name, value in reader.named(node, key):
        if is_null(value):
            reader.refuse("compose.no-value", value, key=key, name=name)
        found[name] = reader.text(value, key)
    return found


def _assignment(reader: Reader, node: Node, key: str) -> tuple[str, str]:
    name, sign, value = reader.raw(node, key).partition("=")
    if not sign:
        reader.refuse("compose.no-value", node, key=key, name=name)
    return name, reader.filled(value, node, key)


def read_pairs(reader: Reader, node: Node, key: str) -> Mapping[str, str]:
    """Labels and sysctls: map or list of ``name=value``; a name alone has an empty value."""
    if isinstance(node, document.Sequence):
        pairs = [reader.raw(item, key).partition("=")[::2] for item in node.items]
        return {name: reader.filled(value, node, key) for name, value in pairs}
    return {name: reader.text(value, key) for name, value in reader.named(node, key)}


def read_labels(reader: Reader, node: Node, key: str) -> Mapping[str, str]:
    found = read_pairs(reader, node, key)
    for name in found:
        if name.startswith("polder."):
            reader.refuse("compose.reserved-label", node, name=name)
    return found


def read_hosts(reader: Reader, node: Node, key: str) -> tuple[str, ...]:
    """``name:address`` for each; lists may use ``=`` or ``:``."""
    if isinstance(node, document.Sequence):
        texts = [(item, reader.text(item, key).replace("=", ":", 1)) for item in node.items]
    else:
        texts = [
            (value, f"{name}:{address}")
            for name, value in reader.named(node, key)
            for address in reader.texts(value, key)
        ]
    for place, text in texts:
        name, _, address = text.partition(":")
        if not name or not address or address == "host-gateway":
            reader.refuse("compose.bad-extra-host", place, found=text)
    return tuple(text for _, text in texts)


def read_capabilities(reader: Reader, node: Node, key: str) -> tuple[str, ...]:
    """Names without variables, all spelled ``CAP_...`` (or ``ALL``)."""
    found = []
    for item in reader.items(node, key):
        name = reader.fixed(item, key).upper()
        if name and not _CAPABILITY.fullmatch(name):
            reader.refuse("compose.bad-capability", item, found=name)
        found.append(name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}")
    return tuple(found)


def read_ulimits(reader: Reader, node: Node, key: str) -> Mapping[str, tuple[int, int]]:
    """One number for both limits, or soft and hard; -1 for none."""
    return {name: _ulimit(reader, value, name) for name, value in reader.named(node, key)}


def _ulimit(reader: Reader, node: Node, name: str) -> tuple[int, int]:
    if isinstance(node, Scalar):
        both = reader.integer(node, name, least=-1)
        return both, both
    parts = {k: reader.integer(v, k, least=-1) for k, v in reader.entries(node, name, ULIMIT)}
    if set(parts) != {"soft", "hard"}:
        reader.refuse("compose.ulimit-needs-both", node, name=name)
    return parts.get("soft", 0), parts.get("hard", 0)


def read_health(reader: Reader, node: Node, key: str) -> Health:
    """``disable: true`` and ``NONE`` say the same. Without a test, the image's own is kept, with these
    times."""
    entries = dict(reader.entries(node, key, HEALTHCHECK))
    times = {
        k: reader.seconds(v, k) for k, v in entries.items() if k in ("interval", "timeout", "start_period")
    }
    retries = reader.integer(entries["retries"], "retries") if "retries" in entries else 0
    test = _test(reader, entries["test"]) if "test" in entries else ()
    if "disable" in entries and reader.yes_no(entries["disable"], "disable"):
        return Health(("NONE",))
    return Health(test, **times, retries=retries)


def _test(reader: Reader, node: Node) -> tuple[str, ...]:
    if isinstance(node, Scalar):
        return ("CMD-SHELL", reader.text(node, "test"))
    found = reader.texts(node, "test")
    least = {"NONE": 1, "CMD": 2, "CMD-SHELL": 2}.get(found[0] if found else "", 99)
    if len(found) < least:
        reader.refuse("compose.bad-health-test", node)
    return found
