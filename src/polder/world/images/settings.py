"""``image/image.yml``: how the image starts, as its author writes it and as the image configuration spells
it.

>>> runs({"health": {"test": ["CMD", "true"], "interval": "2s"}})["Healthcheck"]["Interval"]
2000000000
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polder.kernel.document import read_document, refuse_too_big, to_data
from polder.kernel.names import nearest
from polder.kernel.problem import Problems
from polder.kernel.size import parse_seconds

WORDS = "list of texts"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_KINDS: dict[str, type] = {
    "entrypoint": list, "command": list, "user": str, "health": dict, "volumes": list, "environment": dict,
    "working_dir": str, "exposed": list, "stop_signal": str,
}  # fmt: skip
_PLAIN = {
    "entrypoint": "Entrypoint",
    "command": "Cmd",
    "user": "User",
    "working_dir": "WorkingDir",
    "stop_signal": "StopSignal",
}
_SETS = {"volumes": "Volumes", "exposed": "ExposedPorts"}
_HEALTH = {"interval": "Interval", "timeout": "Timeout", "start_period": "StartPeriod"}


def read_settings(folder: Path) -> dict[str, Any]:
    """The ``config`` object for the recipe's ``image/`` folder; refuses with every problem found."""
    path = folder / "image.yml"
    return runs(_read(path) if path.exists() else {})


def _read(path: Path) -> dict[str, Any]:
    where = f"recipes/{path.parent.parent.name}/image/image.yml"
    refuse_too_big(path.stat().st_size, where)
    written = to_data(read_document(path.read_bytes(), where).root)
    _refuse_wrong(written, where)
    found: dict[str, Any] = written
    return found


def _refuse_wrong(written: Any, where: str) -> None:
    problems = Problems()
    if not isinstance(written, dict):
        problems.add("image.bad-settings", where, why="it is not a mapping of keys to values")
    for name, value in written.items() if isinstance(written, dict) else ():
        if name not in _KINDS:
            problems.add(
                "image.unknown-setting",
                where,
                key=str(name),
                nearest=nearest(str(name), _KINDS) or ", ".join(_KINDS),
            )
        elif not isinstance(value, _KINDS[name]):
            problems.add("image.wrong-setting", where, key=name, kind=_KINDS[name].__name__)
        elif isinstance(value, list) and not _is_words(value):
            problems.add("image.wrong-setting", where, key=name, kind=WORDS)
    if isinstance(written, dict) and isinstance(written.get("health"), dict):
        _check_health(written["health"], where, problems)
    problems.refuse_if_any()


def _check_health(written: dict[str, Any], where: str, problems: Problems) -> None:
    if not _is_words(written.get("test")):
        problems.add("image.wrong-setting", where, key="health: test", kind=WORDS)
    for name in written:
        if name in _HEALTH and not _is_duration(written[name]):
            problems.add("image.wrong-setting", where, key=f"health: {name}", kind="duration")
        elif name not in (*_HEALTH, "test", "retries"):
            known = (*_HEALTH, "test", "retries")
            problems.add(
                "image.unknown-setting",
                where,
                key=str(name),
                nearest=nearest(str(name), known) or ", ".join(known),
            )


def _is_words(written: Any) -> bool:
    """A list of texts: ``[CMD, "false"]``, whose second would without its quotes be no text."""
    return isinstance(written, list) and all(isinstance(item, str) for item in written)


def _is_duration(written: Any) -> bool:
    try:
        return parse_seconds(written) >= 0
    except (ValueError, TypeError):
        return False


def runs(written: dict[str, Any]) -> dict[str, Any]:
    """The image configuration's ``config`` object for settings as they are written."""
    found: dict[str, Any] = {_PLAIN[name]: value for name, value in written.items() if name in _PLAIN}
    found |= {
        _SETS[name]: {str(item): {} for item in value} for name, value in written.items() if name in _SETS
    }
    environment = {"PATH": _PATH, "LANG": "C.UTF-8"} | {
        k: str(v) for k, v in written.get("environment", {}).items()
    }
    found["Env"] = [f"{name}={value}" for name, value in environment.items()]
    if "health" in written:
        found["Healthcheck"] = _health(written["health"])
    return found


def _health(written: dict[str, Any]) -> dict[str, Any]:
    found = {
        _HEALTH[name]: int(parse_seconds(value) * 1e9) for name, value in written.items() if name in _HEALTH
    }
    return {"Test": written["test"], "Retries": written.get("retries", 3), **found}
