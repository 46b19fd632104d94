"""Stand-ins for what the virtual grid touches: an engine that solves here, an outlet and logs that remember."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from backend_core.grid.json_source import open_network
from backend_core.grid.model import Network
from backend_core.kernel.workers import WorkerFailed, resolve
from backend_core.virtual_grid.model import GroundTruth
from backend_core.virtual_grid.ports import Hear

NETWORKS = Path(__file__).parents[3] / "sample_data" / "networks"


def network(name: str = "glover5") -> Network:
    return open_network(NETWORKS / f"{name}.json")


class InlineEngine:
    """Implements `Engine`: answers at once and here, so that no question is ever overtaken."""

    def __init__(self) -> None:
        self.is_stopped = False
        self.asked = 0

    async def ask(self, purpose: str, target: str, *args: Any, timeout_s: float = 30.0) -> Any:
        if self.is_stopped:
            raise WorkerFailed("The engine has been stopped.")
        self.asked += 1
        try:
            return resolve(target)(*args)
        except Exception as failed:
            raise WorkerFailed(str(failed)) from failed

    async def stop(self) -> None:
        self.is_stopped = True


class MemoryOutlet:
    """Implements `MessageOutlet`: keeps what was published, hands in what a test says."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes, bool]] = []
        self._hear: list[Hear] = []

    async def publish(self, topic: str, payload: bytes, retain: bool) -> None:
        self.published.append((topic, payload, retain))

    def listen(self, topic_filter: str, hear: Hear) -> None:
        self._hear.append(hear)

    def hand_in(self, topic: str, payload: bytes) -> None:
        for hear in self._hear:
            hear(topic, payload)

    def bodies(self, topic: str) -> list[dict[str, Any]]:
        """The payloads of a topic, oldest first."""
        return [json.loads(payload) for name, payload, _ in self.published if name == topic]


class RememberedSupply:
    """Implements `SupplyPoints`."""

    def __init__(self) -> None:
        self.dark: set[str] = set()
        self.shown: dict[str, Mapping[str, float]] = {}

    async def set_powered(self, name: str, powered: bool) -> None:
        (self.dark.discard if powered else self.dark.add)(name)

    def show(self, name: str, quantities: Mapping[str, float]) -> None:
        self.shown[name] = quantities


class RememberedTruth:
    """Implements `TruthLog`."""

    def __init__(self) -> None:
        self.truths: list[GroundTruth] = []

    def record(self, truth: GroundTruth) -> None:
        self.truths.append(truth)
