"""The day before a run: computed, marked, and leading up to where the run begins."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from backend_core.kernel.quality import Mark
from backend_core.virtual_grid.model import DayOfHistory, PlantSetup
from backend_core.virtual_grid.pandapower_worker import previous_day
from backend_core.virtual_grid.rules.history import readings_of
from tests.backend_core.virtual_grid.stand_ins import network

END_US = 1_800_000_000_000_000


@pytest.fixture(scope="module")
def day() -> DayOfHistory:
    setup = PlantSetup(network(), seed=3)
    return previous_day(setup.network, setup.seed, setup.simulated_start, END_US, 3600.0)


def test_it_covers_the_24_hours_before_the_end(day: DayOfHistory) -> None:
    assert day.ts_us[0] == END_US - 86_400_000_000
    assert day.ts_us[-1] == END_US - 3_600_000_000
    assert len(day.ts_us) == 24


def test_the_night_is_calmer_than_the_evening(day: DayOfHistory) -> None:
    loading = day.columns["T1.loading_percent"]
    assert np.argmin(loading) in range(8, 14)
    assert loading.max() > 100.0 > 1.4 * loading.min()


def test_every_reading_says_that_it_was_computed(day: DayOfHistory) -> None:
    readings = [reading for chunk in readings_of(day, chunk=100) for reading in chunk]
    assert {reading.marks for reading in readings} == {int(Mark.DEMO_HISTORY)}
    assert len({(reading.point, reading.ts_us) for reading in readings}) == len(readings)
    assert {"BUS-002.voltage", "CONV-001.thd", "SOLAR-001.generation", "sensor_3.voltage"} <= {
        r.point for r in readings
    }


def test_progress_is_told_up_to_the_end() -> None:
    said: list[float] = []
    setup = PlantSetup(network(), seed=3)
    end = setup.simulated_start + timedelta(0)
    previous_day(setup.network, 3, end, END_US, 21_600.0, progress=lambda share, text: said.append(share))
    assert said == [0.0, 0.25, 0.5, 0.75]
