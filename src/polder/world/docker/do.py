"""One operation as requests to the engine, and its answers as problems.

Rules: a version is checked by the engine itself where its API can, by us just before where it cannot (removal);
secret values are read from their wrapper into the one request body that needs them and nowhere else; what is in use for a
moment longer (a volume's or network's last container) is waited for.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Mapping
from typing import Any, assert_never
from urllib.parse import quote

from polder.kernel import engine as kernel
from polder.kernel.engine import Operation
from polder.kernel.problem import Problem, Refused, Unreachable
from polder.kernel.secret import Secret
from polder.world.docker.refusals import is_briefly_in_use, is_lost_reference, problem
from polder.world.docker.versions import Versions
from polder.world.docker.wire import Answer, Wire

Json = dict[str, Any]

JOIN_LIMIT = 60.0
"""Seconds that joining may take: the engine itself gives an answer after 20."""
GONE_WITHIN = 60.0
"""Seconds to wait for the last container that uses a volume or network."""


NETWORK_POOL, NETWORK_BITS = "10.0.0.0/8", 20
"""4,094 addresses in each overlay network: in the usual 254 the ingress's one is full at about 250 apps."""


class Doer:
    """Runs operations over ``wire``; ``versions`` says what moved a version index."""

    def __init__(self, wire: Wire, versions: Versions, sleep: Callable[[float], None] = time.sleep) -> None:
        self.wire, self.versions, self.sleep = wire, versions, sleep

    def run(self, operation: Operation, values: Mapping[str, Secret]) -> str:
        """As ``Engine.run``."""
        match operation:
            case kernel.InitSwarm():
                return self._init(operation)
            case kernel.JoinSwarm():
                return self._join(operation, values)
            case kernel.LeaveSwarm():
                return self._leave(operation)
            case kernel.SetAutolock():
                return self._update_swarm(operation)
            case kernel.RotateUnlockKey():
                return self._update_swarm(operation)
            case kernel.UnlockSwarm():
                return self._unlock(values)
            case kernel.RemoveNode():
                path = f"/nodes/{quote(operation.id, '')}?force={str(operation.force).lower()}"
                self._accept(self.wire.ask("DELETE", path), "node", operation.id)
                return ""
            case kernel.UpdateNode():
                return self._update_node(operation)
            case kernel.CreateNetwork():
                return self._create_network(operation)
            case kernel.CreateSecret():
                return self._create_secret(operation, values)
            case kernel.CreateConfig():
                return self._create_config(operation)
            case kernel.UpdateConfigLabels():
                return self._update_config(operation)
            case kernel.CreateService():
                return self._create_service(operation)
            case kernel.UpdateService():
                return self._update_service(operation)
            case kernel.RemoveService():
                return self._remove_service(operation)
            case kernel.RemoveSecret():
                return self._remove("secrets", "secret", operation.name)
            case kernel.RemoveConfig():
                return self._remove("configs", "config", operation.name)
            case kernel.RemoveNetwork():
                return self._remove_when_free("networks", "network", operation.name)
            case kernel.RemoveVolume():
                return self._remove_when_free("volumes", "volume", operation.name)
        assert_never(operation)

    def _init(self, operation: kernel.InitSwarm) -> str:
        body = {
            "AdvertiseAddr": operation.advertise,
            "ListenAddr": listen_address(operation.advertise),
            "DefaultAddrPool": [NETWORK_POOL],
            "SubnetSize": NETWORK_BITS,
            **data_path(operation.data_path),
        }
        return str(
            self._accept(self.wire.ask("POST", "/swarm/init", body, limit=60), "swarm", "default").json()
        )

    def _join(self, operation: kernel.JoinSwarm, values: Mapping[str, Secret]) -> str:
        if kernel.JOIN_TOKEN not in values:
            raise Refused(
                Problem("engine.no-value", "", {"name": operation.role, "source": kernel.JOIN_TOKEN})
            )
        body = {
            "AdvertiseAddr": operation.advertise,
            "ListenAddr": listen_address(operation.advertise),
            "RemoteAddrs": list(operation.managers),
            "JoinToken": values[kernel.JOIN_TOKEN].reveal(),
            **data_path(operation.data_path),
        }
        answer = self.wire.ask("POST", "/swarm/join", body, limit=JOIN_LIMIT)
        if "continue in the background" not in answer.message():
            self._accept(answer, "swarm", "default")
        return self._own_id()

    def _own_id(self) -> str:
        """The engine may accept and go on joining by itself: its node's id is there when it is one."""
        until = time.monotonic() + JOIN_LIMIT
        while True:
            told = self._accept(self.wire.ask("GET", "/info"), "engine", "").json().get("Swarm") or {}
            if told.get("LocalNodeState") == "active" and told.get("NodeID"):
                return str(told["NodeID"])
            if time.monotonic() > until:
                values = {"kind": "swarm", "name": "default", "message": told.get("Error") or "not joined"}
                raise Refused(Problem("engine.said", "", values))
            self.sleep(0.25)

    def _leave(self, operation: kernel.LeaveSwarm) -> str:
        answer = self.wire.ask("POST", f"/swarm/leave?force={str(operation.force).lower()}", limit=60)
        if answer.status >= 400 and "not part of a swarm" not in answer.message().lower():
            self._accept(answer, "swarm", "default")
        return ""

    def _update_swarm(self, operation: kernel.SetAutolock | kernel.RotateUnlockKey) -> str:
        held = self._accept(self.wire.ask("GET", "/swarm"), "swarm", "default").json()
        spec = held["Spec"]
        path = f"/swarm/update?version={held['Version']['Index']}"
        if isinstance(operation, kernel.SetAutolock):
            spec["EncryptionConfig"] = {"AutoLockManagers": operation.on}
        else:
            path += "&rotateManagerUnlockKey=true"
        self._accept(self.wire.ask("POST", path, spec), "swarm", "default")
        return ""

    def _unlock(self, values: Mapping[str, Secret]) -> str:
        if kernel.UNLOCK_KEY not in values:
            what = {"name": "swarm", "source": kernel.UNLOCK_KEY}
            raise Refused(Problem("engine.no-value", "", what))
        key = {"UnlockKey": values[kernel.UNLOCK_KEY].reveal()}
        answer = self.wire.ask("POST", "/swarm/unlock", key, limit=60)
        if answer.status >= 400 and "not locked" not in answer.message().lower():
            self._accept(answer, "swarm", "default")
        return ""

    def _update_node(self, operation: kernel.UpdateNode) -> str:
        version = self.versions.node(operation.id, operation.version)
        path = f"/nodes/{quote(operation.id, '')}/update?version={version}"
        self._accept(self.wire.ask("POST", path, operation.spec), "node", operation.id)
        return operation.id

    def _create_network(self, operation: kernel.CreateNetwork) -> str:
        # The engine lets two networks of the node's own share a name unless told to check.
        body = {"CheckDuplicate": True, **operation.spec, "Name": operation.name}
        answer = self._accept(self.wire.ask("POST", "/networks/create", body), "network", operation.name)
        return str(answer.json()["Id"])

    def _create_secret(self, operation: kernel.CreateSecret, values: Mapping[str, Secret]) -> str:
        if operation.source not in values:
            raise Refused(
                Problem("engine.no-value", "", {"name": operation.name, "source": operation.source})
            )
        answer = self._post_data("secrets", operation.name, operation.labels, values[operation.source])
        return self._made_data(answer, "secrets", operation.name)

    def _create_config(self, operation: kernel.CreateConfig) -> str:
        answer = self._post_data("configs", operation.name, operation.labels, Secret(operation.content))
        return self._made_data(answer, "configs", operation.name)

    def _post_data(self, kind: str, name: str, labels: Mapping[str, str], value: Secret) -> Answer:
        """The value is open here and in the request below it only: whatever fails, no traceback that leaves holds it, not
        even one printed with its variables."""
        try:
            data = base64.b64encode(value.reveal_bytes()).decode()
            return self.wire.ask(
                "POST", f"/{kind}/create", {"Name": name, "Labels": dict(labels), "Data": data}
            )
        except Unreachable as error:
            what, why = error.what, error.why
        del data
        raise Unreachable(what, why)

    def _made_data(self, answer: Answer, kind: str, name: str) -> str:
        found = str(self._accept(answer, kind.removesuffix("s"), name).json()["ID"])
        self.versions.remember_id(kind, name, found)
        return found

    def _update_config(self, operation: kernel.UpdateConfigLabels) -> str:
        found = self._config(operation.name)
        spec = {**found["Spec"], "Labels": dict(operation.labels)}
        path = f"/configs/{found['ID']}/update?version={operation.version}"
        self._accept(self.wire.ask("POST", path, spec), "config", operation.name)
        present = self._config(operation.name)
        if (present["Spec"].get("Labels") or {}) != dict(operation.labels):
            values = {"kind": "config", "name": operation.name, "message": ""}
            raise Refused(Problem("engine.changed-since", "", values))
        return str(present["Version"]["Index"])

    def _config(self, name: str) -> Json:
        answer = self.wire.ask("GET", f"/configs/{quote(name, '')}")
        found: Json = self._accept(answer, "config", name).json()
        return found

    def _create_service(self, operation: kernel.CreateService) -> str:
        sent = {**operation.spec, "Name": operation.name}
        return str(self._send_spec("/services/create", sent, operation.name).json()["ID"])

    def _update_service(self, operation: kernel.UpdateService) -> str:
        version = self.versions.service(operation.name, operation.version)
        sent = {**operation.spec, "Name": operation.name}
        self._send_spec(
            f"/services/{quote(operation.name, '')}/update?version={version}", sent, operation.name
        )
        return ""

    def _send_spec(self, path: str, spec: Json, name: str) -> Answer:
        """An id that somebody replaced since we learned it is looked up once more."""
        answer = self.wire.ask("POST", path, self.versions.with_ids(spec))
        if answer.status >= 400 and is_lost_reference(answer.message()):
            self.versions.forget_ids()
            answer = self.wire.ask("POST", path, self.versions.with_ids(spec))
        return self._accept(answer, "service", name)

    def _remove_service(self, operation: kernel.RemoveService) -> str:
        self.versions.service(operation.name, operation.version)
        return self._remove("services", "service", operation.name)

    def _remove(self, kind: str, word: str, name: str) -> str:
        self._accept(self.wire.ask("DELETE", f"/{kind}/{quote(name, '')}"), word, name)
        self.versions.forget_id(kind, name)
        return ""

    def _remove_when_free(self, kind: str, word: str, name: str) -> str:
        until = time.monotonic() + GONE_WITHIN
        while True:
            answer = self.wire.ask("DELETE", f"/{kind}/{quote(name, '')}")
            if answer.status < 400 or not is_briefly_in_use(answer.message()) or time.monotonic() > until:
                self._accept(answer, word, name)
                break
            self.sleep(0.25)
        while time.monotonic() < until and self._still_listed(kind, name):
            self.sleep(0.25)
        return ""

    def _still_listed(self, kind: str, name: str) -> bool:
        """Swarm goes on listing a removed network while its last containers leave it."""
        return kind == "networks" and self.wire.ask("GET", f"/networks/{quote(name, '')}").status < 400

    def _accept(self, answer: Answer, word: str, name: str) -> Answer:
        if answer.status >= 400:
            raise Refused(problem(answer.status, answer.message(), word, name))
        return answer


def data_path(address: str) -> Json:
    return {"DataPathAddr": address} if address else {}


def listen_address(advertise: str) -> str:
    """Where a new swarm listens: this machine only when it is known to nobody else, else every interface."""
    if advertise in ("127.0.0.1", "::1", "localhost"):
        return f"[{advertise}]:2377" if ":" in advertise else f"{advertise}:2377"
    return "[::]:2377" if ":" in advertise else "0.0.0.0:2377"  # other hosts join here, by mutual TLS
