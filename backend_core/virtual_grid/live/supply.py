"""Which supply points have light now, and what their smart switches measure."""

from __future__ import annotations

from backend_core.grid.model import Network
from backend_core.virtual_grid.live.field import LiveField
from backend_core.virtual_grid.live.grid import LiveGrid
from backend_core.virtual_grid.ports import SupplyPoints


class SupplyLights:
    """Gives the smart switches the power and the readings of the loads they hang on."""

    def __init__(self, supply: SupplyPoints | None, network: Network) -> None:
        self._supply = supply
        self._points = network.supply_points
        self._dark: frozenset[str] = frozenset()

    async def light(self, grid: LiveGrid) -> None:
        """Tell of those whose load has lost or regained its supply."""
        if self._supply is None:
            return
        dark = frozenset(point.name for point in self._points if not grid.is_supplied(point.load_id))
        changed, self._dark = dark ^ self._dark, dark
        for name in sorted(changed):
            await self._supply.set_powered(name, name not in dark)

    def show(self, grid: LiveGrid, field: LiveField) -> None:
        """A household's values: the voltage is regulated, the current follows the loads of the grid."""
        if self._supply is None or not grid.is_solved:
            return
        hertz = grid.frequency_hz() or 0.0
        for n, point in enumerate(self._points):
            current_a = 1.5 + 0.4 * (n % 5)
            voltage_v = 231.0 - 0.7 * (n % 4)
            self._supply.show(
                point.name,
                {
                    "voltage": voltage_v,
                    "current": current_a,
                    "power": round(0.96 * voltage_v * current_a, 1),
                    "power_factor": 0.96,
                    "frequency": round(hertz, 2),
                    "temperature": round(field.ambient_c + 12.0 + n % 3, 1),
                },
            )
