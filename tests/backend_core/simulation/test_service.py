"""Studies on the real solver: the truth of the 5-bus example, and what each change does to it."""

import asyncio
from datetime import UTC, datetime

import pytest

from backend_core.kernel.clock import FakeClock
from backend_core.kernel.errors import BadInput, CoreError
from backend_core.kernel.positions import Position
from backend_core.kernel.workers import InlinePool, WorkerFailed
from backend_core.powerflow.model import Diagnosis, Reason
from backend_core.powerflow.service import PowerFlow
from backend_core.runtime import networks
from backend_core.simulation.model import StudyRequest, StudyResult, ViolationKind
from backend_core.simulation.service import StudyService

GLOVER = networks.load("glover5")
pytestmark = pytest.mark.asyncio


class CountingPool(InlinePool):
    def __init__(self) -> None:
        self.jobs = 0

    async def run(self, target, *args, **named):
        self.jobs += 1
        return await super().run(target, *args, **named)


class BrokenPool(InlinePool):
    async def run(self, target, *args, **named):
        raise WorkerFailed("The process ended in the middle of its work.")


def service(pool: InlinePool | None = None) -> StudyService:
    clock = FakeClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    return StudyService(PowerFlow(None, pool or InlinePool()), lambda: GLOVER, dict, clock)


async def study(**changes) -> StudyResult:
    studies = service()
    return await studies.run(StudyRequest(await studies.start_from_live(), **changes))


def kinds(result: StudyResult, *, new_only: bool = False) -> dict[str, ViolationKind]:
    return {v.element: v.kind for v in result.violations if not (new_only and v.was_broken)}


async def test_nothing_changed_is_the_published_solution_and_breaks_nothing_new():
    result = await study()
    assert result.values["BUS-002.voltage"] == pytest.approx(0.8338, abs=1e-4)
    assert result.values["T1.loading_percent"] == pytest.approx(102.76, abs=0.01)
    assert kinds(result) == {"BUS-002": ViolationKind.VOLTAGE_LOW, "T1": ViolationKind.OVERLOAD}
    assert not kinds(result, new_only=True)


async def test_opening_a_feeder_counts_its_load_and_customers_as_lost():
    result = await study(positions={"CB-F12B": Position.OPEN})
    assert (result.lost_load_mw, result.lost_customers) == (60.0, 1204)
    assert kinds(result, new_only=True) == {"F-12B": ViolationKind.DEAD_LOAD}
    assert result.violations[0].element == "F-12B", "what is new comes first"
    assert "F-12B" in result.dead
    assert result.values["F-12B.active_power"] == 0.0


async def test_closing_the_capacitor_lifts_the_voltage_out_of_its_violation():
    result = await study(positions={"CB-C2": Position.CLOSED})
    assert result.values["BUS-002.voltage"] > 0.95
    assert "BUS-002" not in kinds(result)


async def test_a_collapse_names_the_weakest_bus_and_what_could_be_carried():
    result = await study(positions={"CB-T1-HV": Position.OPEN})
    assert isinstance(result.after, Diagnosis)
    assert result.after.weakest_bus == "BUS-002"
    assert 780.0 < result.carried_mw < 880.0
    assert result.values == {}, "no values are better than wrong ones"


async def test_a_grid_without_a_source_says_so():
    result = await study(positions={"CB-G1": Position.OPEN, "CB-G3": Position.OPEN})
    assert isinstance(result.after, Diagnosis)
    assert result.after.reason is Reason.NOTHING_ENERGISED


async def test_loads_scale_together_and_alone():
    result = await study(load_scale=0.5, load_scales={"LD3": 2.0})
    assert result.values["LD2.active_power"] == 370.0
    assert result.values["LD3.active_power"] == 80.0


async def test_a_tripped_line_carries_nothing():
    result = await study(tripped=frozenset({"L4-5"}), load_scale=0.8)
    assert result.values["L4-5.active_power"] == 0.0
    assert "L4-5" in result.dead


async def test_one_start_is_solved_once_for_many_studies():
    pool = CountingPool()
    studies = service(pool)
    start = await studies.start_from_live()
    for scale in (0.9, 0.8, 0.7):
        await studies.run(StudyRequest(start, load_scale=scale))
    assert pool.jobs == 4


async def test_progress_only_ever_grows():
    told: list[float] = []
    studies = service()
    request = StudyRequest(await studies.start_from_live(), {"CB-T1-HV": Position.OPEN})
    await studies.run(request, lambda share, text: told.append(share))
    await asyncio.sleep(0)
    assert told == sorted(told)
    assert told[-1] == 1.0


async def test_an_element_of_another_network_is_refused_in_words():
    studies = service()
    with pytest.raises(BadInput, match="'CB-NOWHERE' is not in the network"):
        await studies.run(StudyRequest(await studies.start_from_live(), {"CB-NOWHERE": Position.OPEN}))


async def test_a_worker_that_dies_is_told_as_something_to_do():
    studies = service(BrokenPool())
    with pytest.raises(CoreError, match="run it again"):
        await studies.run(StudyRequest(await studies.start_from_live()))
