"""Images in and out: load an archive, push to a registry. Both are streams; their errors come inside a 200 answer."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from polder.kernel.problem import Problem, Refused
from polder.world.docker.wire import Wire

LOAD_LIMIT = 900.0
PUSH_LIMIT = 1800.0


def load(wire: Wire, archive: Path) -> str:
    """Send the docker-archive at ``archive``; returns the image id. Refuses ``engine.bad-archive``."""
    loaded = ""
    with archive.open("rb") as content:
        headers = {"Content-Type": "application/x-tar"}
        with wire.stream(
            "POST", "/images/load?quiet=1", content, headers=headers, limit=LOAD_LIMIT
        ) as response:
            for event in _events(response, "engine.bad-archive", str(archive)):
                loaded = _loaded(event) or loaded
    if not loaded:
        raise Refused(Problem("engine.bad-archive", "", {"name": str(archive), "message": ""}))
    return inspect(wire, loaded)


def inspect(wire: Wire, reference: str) -> str:
    """The id of the image that ``reference`` names. Refuses ``engine.missing``."""
    answer = wire.ask("GET", f"/images/{quote(reference, '/:@')}/json")
    if answer.status >= 400:
        values = {"kind": "image", "name": reference, "message": answer.message()}
        raise Refused(Problem("engine.missing", "", values))
    return str(answer.json()["Id"])


def push(wire: Wire, image: str, reference: str) -> str:
    """Tag ``image`` as ``reference`` and push it. Returns ``registry/name@sha256:...``. Refuses ``engine.not-pushed``."""
    name, tag = split_reference(reference)
    answer = wire.ask(
        "POST", f"/images/{quote(image, '/:@')}/tag?repo={quote(name, '')}&tag={quote(tag, '')}"
    )
    if answer.status >= 400:
        raise Refused(
            Problem("engine.missing", "", {"kind": "image", "name": image, "message": answer.message()})
        )
    path = f"/images/{quote(name, '/:')}/push?tag={quote(tag, '')}"
    headers = {"X-Registry-Auth": base64.urlsafe_b64encode(b"{}").decode()}
    digest = ""
    with wire.stream("POST", path, b"", headers=headers, limit=PUSH_LIMIT) as response:
        for event in _events(response, "engine.not-pushed", reference):
            digest = (event.get("aux") or {}).get("Digest") or digest
    if not digest:
        raise Refused(Problem("engine.not-pushed", "", {"name": reference, "message": ""}))
    return f"{name}@{digest}"


def split_reference(reference: str) -> tuple[str, str]:
    """Name and tag; a colon before the last slash belongs to the registry's port.

    >>> split_reference("registry.test:5000/wiki:a1"), split_reference("registry.test:5000/wiki")
    (('registry.test:5000/wiki', 'a1'), ('registry.test:5000/wiki', 'latest'))
    """
    name, colon, tag = reference.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (reference, "latest")


def _events(response: http.client.HTTPResponse, code: str, name: str) -> Iterator[dict[str, Any]]:
    if response.status >= 400:
        message = _message(response.read(65536))
        raise Refused(Problem(code, "", {"name": name, "message": message}))
    while line := response.readline(1 << 20):
        event = json.loads(line) if line.strip() else {}
        if "error" in event:
            raise Refused(Problem(code, "", {"name": name, "message": str(event["error"])}))
        yield event


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode(errors="replace")


def _loaded(event: dict[str, Any]) -> str:
    said = str(event.get("stream", ""))
    for start in ("Loaded image ID: ", "Loaded image: "):
        if said.startswith(start):
            return said.removeprefix(start).strip()
    return ""
