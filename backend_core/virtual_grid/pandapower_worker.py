"""What the virtual grid has computed elsewhere: each second's solution with its shedding, and the day before."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import numpy as np

from backend_core.grid.model import Network
from backend_core.kernel.identities import point_of
from backend_core.kernel.workers import Progress
from backend_core.powerflow.model import PowerFlowCase
from backend_core.powerflow.pandapower_worker import solver
from backend_core.virtual_grid.live.field import LiveField
from backend_core.virtual_grid.live.grid import LiveGrid
from backend_core.virtual_grid.model import DayOfHistory, Report, Survival
from backend_core.virtual_grid.rules import collapse
from backend_core.virtual_grid.rules.story import Effects

DAY_S = 86_400.0


def survive(case: PowerFlowCase, begins_a_run: bool = False) -> Survival:
    """The solution of a case, or what is left after shedding; a run begins cold, so that it can be repeated exactly."""
    if begins_a_run:
        solver().forget()
    return collapse.survive(case, solver().solve)


def previous_day(
    network: Network, seed: int, simulated_end: datetime, end_us: int, step_s: float, progress: Progress | None = None
) -> DayOfHistory:
    """A value per point and step of the 24 hours before, solved one by one; the sensors' anomalies are left out."""
    grid = LiveGrid(network, seed + 1)
    buses = tuple(bus.id for bus in network.buses)
    field = LiveField(seed + 1, buses, grid.voltage_pu, sensors=10)
    steps = int(DAY_S / step_s)
    columns: defaultdict[str, list[float]] = defaultdict(lambda: [float("nan")] * steps)
    calm = Effects()
    for n in range(steps):
        at = simulated_end - timedelta(seconds=(steps - n) * step_s)
        if progress is not None:
            progress(n / steps, "Computing the day before")
        share = grid.daily_share(at)
        reports = list(field.weather_and_renewables(at, step_s))
        grid.advance(at, step_s, calm, field.sources)
        grid.accept(survive(grid.case()), grid.revision)
        reports += [*grid.reports(step_s, field.ambient_c), *field.converters(step_s, share, calm)]
        field.skip_sensors_to(n * step_s)
        reports += [r for _, r, injected, _ in field.sensors_due(n * step_s, share, calm) if r and not injected]
        _enter(columns, n, reports)
    ts_us = end_us - np.arange(steps, 0, -1, dtype=np.int64) * int(step_s * 1e6)
    return DayOfHistory(ts_us, {point: np.array(values) for point, values in columns.items()})


def _enter(columns: dict[str, list[float]], row: int, reports: list[Report]) -> None:
    for report in reports:
        for quantity, value in report.readings.items():
            columns[point_of(report.device, quantity)][row] = value
