"""Live values become the start of a study, and every doubt is counted."""

from datetime import UTC, datetime

import pytest

from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Quality
from backend_core.powerflow.model import Injection
from backend_core.runtime import networks
from backend_core.simulation.rules.start import start_of
from backend_core.telemetry.model import LiveValue

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOW_S = 1000.0
GLOVER = networks.load("glover5")


def everything(**changed: float) -> dict[PointId, LiveValue]:
    values = {f"{s.id}.position": 0.0 if s.normally_open else 1.0 for s in GLOVER.switches}
    for load in GLOVER.loads:
        values |= {
            f"{load.id}.active_power": load.active_power_mw,
            f"{load.id}.reactive_power": load.reactive_power_mvar,
        }
    values |= {"G1.active_power": 394.8, "G3.active_power": 520.0} | changed
    return {PointId(name): LiveValue(value, Quality.GOOD, 0, 0, NOW_S - 2.0, 10.0) for name, value in values.items()}


def start(values):
    return start_of(GLOVER, values, NOW_S, NOON)


def test_a_grid_that_speaks_well_is_taken_as_it_stands():
    found = start(everything(**{"LD2.active_power": 612.5}))
    assert (found.good, found.wanted) == (24, 24)
    assert found.loads["LD2"] == Injection(612.5, 259.0)
    assert found.positions["CB-C2"] is Position.OPEN
    assert found.oldest_age_s == 2.0


def test_a_silent_grid_is_taken_from_its_file_and_every_point_is_in_doubt():
    found = start({})
    assert (found.good, found.wanted) == (0, 24)
    assert found.loads["LD3"] == Injection(80.0, 40.0)
    assert found.oldest_age_s is None
    assert "LD3.active_power" in found.doubtful


def test_a_bad_value_is_not_used_and_a_stale_one_is_used_but_doubted():
    values = everything()
    values |= {
        PointId("LD2.active_power"): LiveValue(5.0, Quality.BAD, 0, 0, NOW_S, 10.0),
        PointId("LD3.active_power"): LiveValue(70.0, Quality.GOOD, 0, 0, NOW_S - 90.0, 10.0),
    }
    found = start(values)
    assert found.loads["LD2"].active_mw == 740.0
    assert found.loads["LD3"].active_mw == 70.0
    assert set(found.doubtful) == {"LD2.active_power", "LD3.active_power"}
    assert found.oldest_age_s == 90.0


def test_a_dark_load_is_assumed_as_large_as_the_supplied_ones_are():
    half = {f"{load.id}.active_power": load.active_power_mw / 2 for load in GLOVER.loads}
    found = start(everything(**(half | {"CB-F12B.position": 0.0, "F-12B.active_power": 0.0})))
    assert found.assumed == {"F-12B"}
    assert found.loads["F-12B"] == Injection(pytest.approx(30.0), pytest.approx(10.5))
