"""Single words that code gives to sentences (a state, a kind, a result), for the door to say in the reader's language.

Code keeps its own words, which stay the same in data, journals and tests; a word that is not here is shown as it is.
"""

from collections.abc import Mapping

from polder.kernel.sentences.mark import N_

FIELDS = frozenset(("kind", "state", "result", "severity"))
"""Names of the values that are such words."""

WORDS: Mapping[str, str] = {
    # states of a host
    "down": N_("down"),
    "unknown": N_("unknown"),
    "disconnected": N_("disconnected"),
    "ready": N_("ready"),
    "drain": N_("drained"),
    "pause": N_("closed"),
    # kinds of settings
    "text": N_("text"),
    "number": N_("number"),
    "yes-no": N_("yes or no"),
    "choice": N_("choice"),
    "list": N_("list"),
    "folder": N_("folder"),
    # kinds of objects on the engine
    "service": N_("service"),
    "network": N_("network"),
    "secret": N_("secret"),
    "config": N_("configuration"),
    "volume": N_("volume"),
    "image": N_("image"),
    "node": N_("host"),
    "swarm": N_("swarm"),
    "task": N_("container"),
    "engine": N_("engine"),
    # kinds of an image's settings
    "str": N_("text"),
    "dict": N_("keys and values"),
    "list of texts": N_("list of texts"),
    "duration": N_("time, like 5s or 500ms"),
    # documents of a published folder
    "root": N_("list of keys"),
    "targets": N_("list of what people give"),
    "robot": N_("list of what the server reports"),
    "snapshot": N_("snapshot"),
    "timestamp": N_("timestamp"),
    # results
    "done": N_("done"),
    "failed": N_("failed"),
    "accepted": N_("begun"),
    "interrupted": N_("interrupted"),
    "unfinished": N_("not known"),
    "not-begun": N_("not begun"),
    # how bad something is
    "low": N_("low"),
    "medium": N_("medium"),
    "high": N_("high"),
    "critical": N_("critical"),
}
