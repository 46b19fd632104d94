"""The service hears positions, recolours once for all that moved, and speaks only when something changed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend_core.grid.events import EnergisationChanged, NetworkChanged
from backend_core.grid.model import SupplyState
from backend_core.grid.rules.topology import normal_positions
from backend_core.grid.service import GridService
from backend_core.kernel.clock import FakeClock
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.identities import PointId
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Quality
from tests.backend_core.grid.networks import chain, sample

START = datetime(2026, 1, 1, tzinfo=UTC)


class Desk:
    """A grid service with an ear at its bus."""

    def __init__(self) -> None:
        self.bus = EventBus()
        self.heard: list[EnergisationChanged] = []
        self.networks: list[NetworkChanged] = []
        self.bus.on(EnergisationChanged, self.heard.append)
        self.bus.on(NetworkChanged, self.networks.append)
        self.grid = GridService(sample("glover5"), self.bus, FakeClock(START))

    def all_report(self) -> None:
        self.grid.note_positions(normal_positions(sample("glover5")))
        self.heard.clear()

    def reads(self, switch: str, value: float, quality: Quality = Quality.GOOD) -> None:
        self.grid.note_readings([(PointId(f"{switch}.position"), value, quality)])


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_before_the_first_reading_nothing_is_claimed(desk: Desk) -> None:
    assert desk.grid.energisation.state_of("LD2") is SupplyState.PARTLY_KNOWN


def test_all_switches_reporting_at_once_are_one_change(desk: Desk) -> None:
    desk.grid.note_positions(normal_positions(sample("glover5")))
    (event,) = desk.heard
    assert event.energisation.state_of("LD2") is SupplyState.ENERGISED
    assert "LD2" in event.changed
    assert event.at == START


def test_an_opening_breaker_tells_who_went_dark_and_why(desk: Desk) -> None:
    desk.all_report()
    desk.reads("CB-F12B", 0.0)
    (event,) = desk.heard
    assert (event.changed, event.cause) == ({"F-12B"}, {"CB-F12B"})


def test_a_position_repeated_says_nothing(desk: Desk) -> None:
    desk.all_report()
    desk.reads("CB-F12B", 1.0)
    assert desk.heard == []


def test_a_switch_that_changes_nothing_is_remembered_in_silence(desk: Desk) -> None:
    desk.all_report()
    desk.reads("CB-L4-5-B4", 0.0)
    assert desk.heard == []
    assert desk.grid.positions["CB-L4-5-B4"] is Position.OPEN


def test_a_bad_reading_makes_its_switch_unknown(desk: Desk) -> None:
    desk.all_report()
    desk.reads("CB-F12B", 1.0, Quality.BAD)
    assert desk.grid.energisation.state_of("F-12B") is SupplyState.PARTLY_KNOWN


def test_a_stale_reading_is_still_the_newest_belief(desk: Desk) -> None:
    desk.all_report()
    desk.reads("CB-F12B", 0.0, Quality.STALE)
    assert desk.grid.positions["CB-F12B"] is Position.OPEN


def test_readings_of_others_are_passed_over(desk: Desk) -> None:
    desk.grid.note_readings(
        [(PointId("BUS-002.voltage"), 0.8, Quality.GOOD), (PointId("CB-X.position"), 0.0, Quality.GOOD)]
    )
    assert desk.heard == []
    assert not desk.grid.positions


def test_a_machine_that_stops_leaves_the_network_to_the_other(desk: Desk) -> None:
    desk.all_report()
    desk.grid.note_stopped({"G1"})
    assert desk.grid.energisation.state_of("LD2") is SupplyState.ENERGISED
    desk.grid.note_stopped({"G1", "G3"})
    assert desk.grid.energisation.state_of("LD2") is SupplyState.DEAD
    assert desk.heard[-1].cause == {"G3"}


def test_another_network_starts_unknown_and_is_announced(desk: Desk) -> None:
    desk.all_report()
    desk.grid.replace_network(chain(3))
    assert [event.network.name for event in desk.networks] == ["chain"]
    assert desk.grid.energisation.state_of("B2") is SupplyState.PARTLY_KNOWN
    assert desk.grid.drawing.network_name == "chain"
    assert not desk.grid.positions


def test_the_service_answers_who_goes_dark_with_a_switch_now(desk: Desk) -> None:
    desk.all_report()
    assert desk.grid.goes_dark_with("CB-F12B") == ("F-12B",)
    assert desk.grid.way_to_source("LD3")[-1] == "G3"
