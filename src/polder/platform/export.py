"""The way out: an app as a plain Compose project that runs without Polder.

Three kinds of files: ``compose.yml``, ``configs/NAME``, and a ``README.md`` in the reader's language that
says how to start it, where its data is and how to copy it. Values of secrets are not here: the README lists
the files that must hold them (``secret_paths``), and whoever may read the secrets writes those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from polder.kernel.sentences import translate
from polder.kernel.sentences.mark import N_
from polder.platform.compose.model import Port, Project
from polder.platform.compose.write import project_data, unsaid, yaml_text

FRONT_PORT = 8080


@dataclass(frozen=True, slots=True)
class Exported:
    """What is written of one app. ``name`` names the stack (``group-app``); ``project`` is interpolated;
    ``images`` maps services to images, ``volumes`` the project's volumes to their names on the engine;
    ``configs`` adds contents that the project does not hold. The front service's port 8080 is published as
    ``port``."""

    name: str
    title: str
    domain: str
    project: Project
    images: Mapping[str, str]
    volumes: Mapping[str, str]
    front: str
    port: int = FRONT_PORT
    configs: Mapping[str, str] | None = None


def export_project(app: Exported, language: str = "en") -> dict[str, str]:
    """Relative path to text of every file, secrets left out."""
    contents = {**app.project.configs, **(app.configs or {})}
    return {
        "compose.yml": _compose(app),
        "README.md": _readme(app, language),
        **{f"configs/{name}": content for name, content in contents.items()},
    }


def secret_paths(app: Exported) -> dict[str, str]:
    """Each secret's name with the path, beside ``compose.yml``, of the file that must hold exactly its
    value."""
    return {name: f"secrets/{name}" for name in app.project.secrets}


def _compose(app: Exported) -> str:
    front = app.project.services[app.front]
    ports = (*front.ports, Port(FRONT_PORT, app.port, "tcp"))
    services = {**app.project.services, app.front: replace(front, ports=ports)}
    data = project_data(replace(app.project, services=services), app.images, app.volumes)
    return f"# {app.title} ({app.domain})\n" + yaml_text(data)


_START = N_(
    """# {title}

This folder holds everything that is needed to run **{title}** ({domain}) without Polder: `compose.yml` says
what runs, `configs/` holds its configuration. It is a plain Compose project.

## Start it

On a machine with Docker, in this folder, with Swarm (`docker swarm init` makes a swarm of one machine):

```sh
docker stack deploy --resolve-image never -c compose.yml {name}
```

or with Compose:

```sh
docker compose -p {name} -f compose.yml up -d
```

It then answers on port {port}: `curl -H "Host: {domain}" http://127.0.0.1:{port}/`. Put a web server with a
certificate for {domain} in front of it. **Docker publishes this port on every address of the machine**: let a
firewall close it.

If Polder still runs the app on this machine, take it out of the site first: two of them must not write the
same data.

Stop it: `docker stack rm {name}`, or `docker compose -p {name} -f compose.yml down`. Data is kept.
"""
)
_IMAGES = N_(
    """
## Images

The images are on the machine where Polder ran the app. Take them along:

```sh
{save}
docker load < {name}-images.tar      # on the other machine
```
"""
)
_SECRETS = N_(
    """
## Secrets

Each of these files must hold exactly one value, with nothing before or after it, and be readable by nobody
else (`chmod 600`):

{files}

Docker Swarm copies them. Compose shows the file itself to the app, so there the user that the app runs as
must be able to read it.
"""
)
_DATA = N_(
    """
## Data

The data is in these Docker volumes:

{volumes}

Copy one into a file, and back, while the app is stopped (`docker volume create` makes a volume on another
machine):

```sh
{copies}
```
"""
)
_UNSAID = N_(
    """
## What compose.yml cannot say

`docker stack deploy` reads an older kind of Compose file, which has no words for these parts of what Polder
ran:

{unsaid}
"""
)
_NO_DATA = N_(
    """
## Data

This app keeps no data.
"""
)


def _readme(app: Exported, language: str) -> str:
    values = {"title": app.title, "domain": app.domain, "name": app.name, "port": str(app.port)}
    parts = [_START]
    if images := _images_here(app):
        parts.append(_IMAGES)
        values["save"] = f"docker save -o {app.name}-images.tar {' '.join(images)}"
    if app.project.secrets:
        parts.append(_SECRETS)
        values["files"] = _bullets(secret_paths(app).values())
    parts.append(_DATA if app.volumes else _NO_DATA)
    values["volumes"] = _bullets(app.volumes.values())
    values["copies"] = "\n".join(_copies(app))
    if lost := [f"{service}: {key}" for service, key in unsaid(app.project)]:
        parts.append(_UNSAID)
        values["unsaid"] = _bullets(lost)
    return "".join(translate(part, language).format(**values) for part in parts)


def _images_here(app: Exported) -> list[str]:
    """Images that no registry holds: they are named by their id."""
    every = {app.images.get(name, service.image) for name, service in app.project.services.items()}
    return sorted(image for image in every if image.startswith("sha256:"))


def _bullets(names: Iterable[str]) -> str:
    return "\n".join(f"- `{name}`" for name in names)


def _copies(app: Exported) -> Iterator[str]:
    """For each volume a command that packs it and one that unpacks it, with nothing but Docker and tar."""
    for short, volume in app.volumes.items():
        path = f'"$(docker volume inspect -f "{{{{.Mountpoint}}}}" {volume})"'
        yield f"sudo tar -C {path} -czf {short}.tar.gz ."
        yield f"sudo tar -C {path} -xzf {short}.tar.gz"
