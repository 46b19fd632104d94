"""The shipped five-bus network as the overview sees it: solved values, and a panel over it."""

from __future__ import annotations

from backend_core.gateway.frame import Frame
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from tests.backend_core.grid.networks import sample
from tests.console.support.frames import frame, health
from tests.console.support.screen import FakeLink

NETWORK = sample("glover5")
START_S = 1_000.0  # where the test clock's monotonic time begins
SOLVED = {
    "LD2.active_power": 740.0,
    "F-12B.active_power": 60.0,
    "LD3.active_power": 80.0,
    "G1.active_power": 394.8,
    "G3.active_power": 520.0,
    "BUS-001.voltage": 1.000,
    "BUS-002.voltage": 0.834,
    "BUS-003.voltage": 1.050,
    "BUS-004.voltage": 1.019,
    "BUS-005.voltage": 0.974,
    "T1.loading_percent": 102.8,
    "T2.loading_percent": 63.2,
    "T1.active_power": 394.8,
    **{f"BUS-00{n}.frequency": 49.982 for n in range(1, 6)},
}


def value(number: float, *, age_s: float = 0.5, quality: Quality = Quality.GOOD) -> LiveValue:
    return LiveValue(number, quality, 0, 0, START_S - age_s, 1.0)


def values(*, without: tuple[str, ...] = (), **changed: LiveValue) -> dict[PointId, LiveValue]:
    """The solved case; points are changed by name, with `__` for the dot and `_` for the dash of an id."""
    found = {PointId(point): value(number) for point, number in SOLVED.items() if point not in without}
    for name, live in changed.items():
        device, _, quantity = name.partition("__")
        found[PointId(f"{device.replace('_', '-')}.{quantity}")] = live
    return found


def a_frame(number: int = 1, **changed: LiveValue) -> Frame:
    return frame(number, values=values(**changed), health=health())


def a_link() -> FakeLink:
    return FakeLink({"grid.network": NETWORK, "grid.energisation": None, "readings.history": _no_history})


def _no_history(points: object, start: object, end: object, columns: int) -> object:
    from backend_core.history.model import History

    return History(start, end, {})  # type: ignore[arg-type]
