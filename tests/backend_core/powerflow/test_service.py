"""Studies: progress on the way, an explanation at the end, and a second opinion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend_core.kernel.workers import InlinePool
from backend_core.powerflow.model import CrossCheck, Diagnosis, PowerFlowCase, Reason, Solution
from backend_core.powerflow.rules.load_scale import scaled
from backend_core.powerflow.service import PowerFlow
from tests.backend_core.powerflow.cases import glover5
from tests.backend_core.virtual_grid.stand_ins import InlineEngine

pytestmark = pytest.mark.asyncio


@pytest.fixture
def power_flow() -> PowerFlow:
    return PowerFlow(InlineEngine(), InlinePool())


def without_t1() -> PowerFlowCase:
    return replace(glover5(), branches=tuple(branch for branch in glover5().branches if branch.id != "T1"))


async def test_the_live_case_is_solved_by_the_engine(power_flow: PowerFlow) -> None:
    assert isinstance(await power_flow.solve(glover5()), Solution)


async def test_a_study_tells_its_progress_to_the_end(power_flow: PowerFlow) -> None:
    said: list[float] = []
    found = await power_flow.study(glover5(), progress=lambda share, text: said.append(share))
    assert isinstance(found, Solution)
    assert said[-1] == 1.0


async def test_a_study_without_a_solution_says_how_much_could_be_carried_and_where_it_is_weakest(
    power_flow: PowerFlow,
) -> None:
    said: list[str] = []
    refused = await power_flow.study(without_t1(), progress=lambda share, text: said.append(text))
    assert isinstance(refused, Diagnosis)
    assert refused.reason is Reason.DIVERGED
    assert refused.solvable_share == pytest.approx(0.95, abs=0.05)
    assert refused.weakest_bus == "2"
    assert any(sentence.startswith("Trying") for sentence in said)


async def test_several_cases_come_back_in_their_order(power_flow: PowerFlow) -> None:
    shares = (1.0, 0.8, 0.6)
    found = await power_flow.study_many(tuple(scaled(glover5(), share) for share in shares))
    assert [one.load_mw for one in found if isinstance(one, Solution)] == pytest.approx([880.0, 704.0, 528.0])


async def test_the_second_engine_confirms_the_first(power_flow: PowerFlow) -> None:
    check = await power_flow.cross_check(glover5())
    assert isinstance(check, CrossCheck)
    assert check.agrees
    assert (check.first, check.second) == ("pandapower", "PYPOWER")


async def test_there_is_nothing_to_confirm_without_a_solution(power_flow: PowerFlow) -> None:
    assert isinstance(await power_flow.cross_check(scaled(glover5(), 1.4)), Diagnosis)
