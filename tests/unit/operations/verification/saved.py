"""Environments on moto, each deployed once: a copy of what moto has takes a fiftieth of the time of the calls."""

from copy import deepcopy
from typing import Any

from moto.core.base_backend import BackendDict

from environments import Environment
from operations.aws.clients import Clients
from tests.unit.operations.verification.seeded import Seeded, deploy


class SavedEnvironments:
    """Gives moto an environment and nothing else, as if it had been deployed a moment ago."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._saved: dict[str, tuple[Seeded, Saved]] = {}

    def seed(self, environment: Environment) -> Seeded:
        key = environment.model_dump_json()
        if key not in self._saved:
            BackendDict.reset()
            self._saved[key] = deploy(self._clients, environment), Saved()
        seeded, saved = self._saved[key]
        saved.give_back()
        seeded.start()
        return seeded


# Those that a mock resets. Any, as moto's class is generic, and these are of every service.
_SERVICES: list[BackendDict[Any]] = vars(BackendDict)["_instances"]


class Saved:
    """What moto has now."""

    def __init__(self) -> None:
        self._services = list(_SERVICES)
        # In one copy, as what one service keeps refers to what others do.
        self._accounts = deepcopy([dict(service) for service in self._services])

    def give_back(self) -> None:
        BackendDict.reset()
        for service, accounts in zip(self._services, deepcopy(self._accounts), strict=True):
            service.update(accounts)
        _SERVICES.extend(self._services)
