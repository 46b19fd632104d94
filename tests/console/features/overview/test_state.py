"""What the overview makes of frames."""

from datetime import timedelta

import numpy as np
import pytest

from backend_core.alarms.model import Level, Priority
from backend_core.history.model import PointHistory
from backend_core.kernel.identities import PointId
from backend_core.kernel.links import LinkName
from backend_core.kernel.quality import Quality
from console.features.overview.attention_state import concerns
from console.features.overview.elements_state import fullest, most_strained
from console.features.overview.state import LOAD, LOSSES, OUTAGE, OverviewState, lit_by_slot, measured_in
from tests.backend_core.grid.networks import sample
from tests.console.features.outages import street
from tests.console.features.overview.plant import NETWORK, START_S, a_frame, value, values
from tests.console.support.frames import alarm, changed, frame, health, link
from tests.console.support.screen import NOON

NOW_US = round(NOON.timestamp() * 1e6)


@pytest.fixture
def state() -> OverviewState:
    made = OverviewState()
    made.know(NETWORK)
    return made


def test_before_the_first_solution_every_figure_was_never_seen(state):
    figures = state.figures(START_S)
    assert (figures.frequency, figures.load.value, figures.worst_bus) == (None, None, None)
    assert figures.load.wanted == 3


def test_the_figures_of_the_solved_case(state):
    state.apply(a_frame())
    figures = state.figures(START_S)
    assert figures.load.value == pytest.approx(880.0)
    assert figures.generation.value == pytest.approx(914.8)
    assert figures.losses.value == pytest.approx(34.8)
    assert figures.frequency is not None
    assert figures.frequency.value == 49.982


def test_losses_are_steadied_over_some_seconds_and_no_longer(state):
    state.apply(a_frame())
    state.figures(START_S)
    state.apply(a_frame(G1__active_power=value(404.8)))
    assert state.figures(START_S + 1.0).losses.value == pytest.approx(39.8)
    state.apply(a_frame(G1__active_power=value(404.8, age_s=-20.0)))
    assert state.figures(START_S + 20.0).losses.value == pytest.approx(44.8)


def test_the_worst_voltage_comes_with_its_bus(state):
    state.apply(a_frame())
    worst = state.figures(START_S).worst_bus
    assert worst is not None
    assert (worst.bus, worst.reading.value) == ("BUS-002", 0.834)


def test_a_dead_bus_is_counted_and_is_not_the_worst_voltage(state):
    state.apply(a_frame(BUS_002__voltage=value(0.0)))
    figures = state.figures(START_S)
    assert figures.dead_buses == 1
    assert figures.worst_bus is not None
    assert figures.worst_bus.bus != "BUS-002"


def test_a_voltage_that_is_still_live_goes_before_one_that_is_not(state):
    state.apply(a_frame(BUS_002__voltage=value(0.834, age_s=60.0)))
    worst = state.figures(START_S).worst_bus
    assert worst is not None
    assert worst.bus != "BUS-002"


def test_the_frequency_comes_from_another_bus_when_the_balancing_one_is_not_heard(state):
    state.apply(a_frame(BUS_001__frequency=value(49.5, age_s=60.0)))
    figures = state.figures(START_S)
    assert figures.frequency is not None
    assert (figures.frequency_point, figures.frequency.value) == ("BUS-002.frequency", 49.982)


def test_everything_turns_stale_by_itself_when_nothing_newer_comes(state):
    state.apply(a_frame())
    figures = state.figures(START_S + 30.0)
    assert figures.load.trust is Quality.STALE
    assert figures.losses.trust is Quality.STALE
    assert figures.frequency is not None
    assert figures.frequency.trust is Quality.STALE


def test_small_sources_and_the_neighbouring_grid_count_as_generation():
    network = sample("cigre_mv_der")
    feeding = len(network.external_grids) + len(network.distributed_sources) + len(network.storages)
    assert len(measured_in(network).sources) == feeding + len(network.generators) > 1


def test_a_figure_wears_the_priority_of_an_active_alarm_only(state):
    low = alarm("BUS-002", "voltage", value=0.834, limit=0.88, level=Level.LOLO, priority=Priority.HIGH)
    assert state.priority_of(["BUS-002.voltage"]) == (0, False)
    state.apply(frame(alarms=changed(low)))
    assert state.priority_of(["BUS-002.voltage"]) == (2, True)


def test_the_past_of_a_sum_comes_from_the_past_of_its_inputs(state):
    ts_us = np.array([NOW_US - 60_000_000, NOW_US - 30_000_000])

    def past(point: str, number: float) -> PointHistory:
        return PointHistory(PointId(point), ts_us, np.full(2, number), np.zeros(2, np.int16), 2, 1.0)

    grid = state.grid
    assert grid is not None
    numbers = {**dict.fromkeys(grid.loads, 100.0), **dict.fromkeys(grid.sources, 160.0)}
    state.recall({PointId(point): past(point, number) for point, number in numbers.items()})
    assert state.curves.curve(LOAD, NOW_US)[-2] == 300.0
    assert state.curves.curve(LOSSES, NOW_US)[-2] == 20.0


def test_a_moment_that_cannot_be_believed_leaves_a_gap(state):
    state.apply(a_frame())
    state.remember(state.figures(START_S + 60.0), START_S + 60.0, NOW_US)
    assert set(state.curves.curve(LOAD, NOW_US)) == {None}


def test_smart_switches_count_as_lit_up_to_now_since_their_last_check(state):
    board = street.a_board(street.lit("depot"), street.dark("quarry", minutes=10.0))
    lit = lit_by_slot(board, round(street.NOW.timestamp() / 30))
    newest = max(lit)
    assert newest == round(street.NOW.timestamp() / 30)
    assert (lit[newest], lit[newest - 40]) == (1.0, 2.0)
    state.apply(frame(board=board))
    state.remember(state.figures(START_S), START_S, round(street.NOW.timestamp() * 1e6))
    assert state.curves.curve(OUTAGE, round(street.NOW.timestamp() * 1e6))[-1] == 1.0


def test_another_network_begins_with_empty_curves(state):
    state.curves.put(LOAD, NOW_US, 880.0)
    assert state.know(sample("cigre_mv_der"))
    assert set(state.curves.curve(LOAD, NOW_US)) == {None}
    assert not state.know(sample("cigre_mv_der"))


def test_what_needs_attention_is_told_most_urgent_first(state):
    state.apply(a_frame())
    outage = street.an_outage("a", "b", "c", "d", "e")
    down = {LinkName.DATABASE: link(LinkName.DATABASE, ok=False)}
    state.apply(frame(alarms=changed(alarm()), board=street.a_board(outage=outage), health=health(links=down)))
    found = concerns(state, START_S)
    assert [each.what for each in found] == [
        "T1 loading high-high",
        "Outage: 5 of 6 smart switches dark",
        "Database does not answer",
    ]
    assert found[1].detail == "a, b, c, d and 1 more"


def test_a_device_that_fell_silent_is_told_once(state):
    state.apply(frame(values=values(T1__loading_percent=value(102.8, age_s=90.0), T1__active_power=value(1, age_s=90))))
    (silent,) = concerns(state, START_S)
    assert (silent.what, silent.detail) == ("1 device has fallen silent", "T1")
    offline = alarm("T1", "online", value=90, limit=60, level=Level.OFFLINE, priority=Priority.MEDIUM)
    state.apply(frame(alarms=changed(offline)))
    assert [each.what for each in concerns(state, START_S)] == ["T1 offline"]


def test_an_alarm_that_has_returned_stays_until_it_was_seen(state):
    from backend_core.alarms.model import Base

    state.apply(frame(alarms=changed(alarm(base=Base.RETURNED))))
    (concern,) = concerns(state, START_S)
    assert concern.is_over
    state.apply(frame(2, alarms=changed(alarm(base=Base.NORMAL))))
    assert concerns(state, START_S) == []


def test_the_fullest_branch_and_the_most_strained_bus_come_first(state):
    state.apply(a_frame())
    branches, buses = fullest(state, START_S, NOW_US), most_strained(state, START_S, NOW_US)
    assert [(row.id, round(row.used, 3)) for row in branches] == [("T1", 1.028), ("T2", 0.632)]
    assert branches[0].power is not None
    assert buses[0].id == "BUS-002"
    assert [row.used for row in buses] == sorted((row.used for row in buses), reverse=True)


def test_health_that_is_old_no_longer_counts_devices(state):
    state.apply(frame(health=health(at=NOON - timedelta(seconds=10))))
    state.remember(state.figures(START_S), START_S, NOW_US)
    assert set(state.curves.curve("devices", NOW_US)) == {None}
