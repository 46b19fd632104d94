"""The converters panel as an operator meets it."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend_core.gateway.frame import Sample, SampleRun
from backend_core.history.model import History, PointHistory
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.converters import words
from console.features.converters.panel import ConvertersPanel
from console.features.targets import AlarmsTarget, EventsTarget, TrendTarget
from tests.console.support.frames import frame, microseconds
from tests.console.support.screen import NOON, FakeLink, TestClock, make_context

READINGS = {
    "CONV-001.active_power": 72.0,
    "CONV-001.current_d": 147.0,
    "CONV-001.current_q": -12.0,
    "CONV-001.temperature": 88.0,
    "CONV-002.active_power": 145.0,
    "CONV-002.current_d": 172.0,
    "CONV-002.temperature": 138.0,
    "SOLAR-001.generation": 2028.0,
    "SOLAR-001.capacity_factor": 0.406,
    "SOLAR-001.irradiance": 398.0,
    "WEATHER-001.ghi": 415.0,
    "WEATHER-001.wind_direction": 248.0,
}


def no_history(points: list[str], start: object, end: object, columns: int) -> History:
    return History(NOON, NOON, {})


class Desk:
    """The panel with everything around it."""

    def __init__(self, qtbot: QtBot, answers: dict[str, object] | None = None) -> None:
        device = SimpleNamespace(device="CONV-001", kind="converter", attributes={"type": "NPC"})
        self.link = FakeLink({"record.devices": (device,), "readings.history": no_history, **(answers or {})})
        self.clock = TestClock()
        host = self.host = _host(qtbot)
        self.context = make_context(host, self.link, self.clock)
        self.panel = ConvertersPanel(self.context)
        self.panel.setParent(host)
        self.panel.resize(1800, 900)
        self.panel.panel_shown()

    def hear(self, readings: dict[str, float] | None = None) -> None:
        values = {
            PointId(point): LiveValue(
                value, Quality.GOOD, 0, microseconds(self.clock.now()), self.clock.monotonic(), 0.5
            )
            for point, value in (READINGS if readings is None else readings).items()
        }
        runs = {point: SampleRun((Sample(live.ts_us, live.value, 0),)) for point, live in values.items()}
        self.panel.show_snapshot(frame(values=values, samples=runs))

    def cell(self, unit: str, column: str) -> str:
        for table in (self.panel._converters, self.panel._renewables):
            if (row := table.model.row_of(unit)) is not None:
                return next(c for c in table.model.columns if c.key == column).shown(row).text
        raise AssertionError(f"{unit} is not shown")


def _host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    return host


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_before_the_first_reading_it_says_what_would_be_here(desk):
    desk.panel.tick()
    assert desk.panel._pages.currentIndex() == 0


def test_units_stand_in_the_table_of_their_family_with_their_numbers(desk):
    desk.hear()
    assert desk.cell("CONV-002", "temperature") == "138.0"
    assert desk.cell("SOLAR-001", "capacity_factor") == "40.6"
    assert desk.cell("SOLAR-001", "wind_speed") == ""
    assert desk.context.head.scope == "converters 217.0 kW · renewables 2.03 MW"
    assert desk.context.head.freshness == "3 of 3 report"


def test_a_junction_above_its_derating_stands_out(desk):
    desk.hear()
    column = next(c for c in desk.panel._converters.model.columns if c.key == "temperature")
    hot, calm = (column.shown(desk.panel._converters.model.row_of(unit)) for unit in ("CONV-002", "CONV-001"))
    assert (hot.tone, hot.bold) == ("high", True)
    assert calm.tone == "normal"


def test_a_silent_unit_is_put_in_brackets_and_counted_out(desk):
    desk.hear()
    desk.clock.advance(70)
    desk.panel.tick()
    assert desk.cell("CONV-001", "active_power") == "[ 72.0 ]"
    assert desk.cell("CONV-001", "data") == "1 min"
    assert desk.context.head.freshness == "0 of 3 report"
    assert desk.context.head.freshness_tone == "high"


def test_the_registry_tells_the_kind_of_bridge(desk):
    desk.hear()
    assert desk.cell("CONV-001", "kind") == words.KINDS["NPC"]


def test_the_weather_stands_in_one_line(desk):
    desk.hear()
    assert desk.panel._mast.text() == "Weather at WEATHER-001: 415 W/m² · n/a · from 248° · n/a."


def test_choosing_in_one_table_lets_go_of_the_other_and_is_remembered(desk):
    desk.hear()
    assert desk.panel.chosen == "CONV-001"
    desk.panel._renewables.select("SOLAR-001")
    assert desk.panel.chosen == "SOLAR-001"
    assert desk.panel._converters.current_key() is None
    assert desk.context.memory.get("unit", None) == "SOLAR-001"


def test_the_keys_go_to_trend_alarms_and_events_of_the_chosen_unit(desk, qtbot):
    desk.hear()
    desk.panel._converters.activated.emit("CONV-001")
    for action in ("converters.alarms", "converters.events"):
        desk.context.actions.find(action).trigger()
    assert desk.context.navigate.went == [
        TrendTarget(("CONV-001.active_power", "CONV-001.temperature")),
        AlarmsTarget("CONV-001"),
        EventsTarget("CONV-001"),
    ]
    assert desk.panel.subject().points == ("CONV-001.active_power", "CONV-001.temperature")


def test_what_passed_while_nobody_looked_comes_from_history(qtbot):
    start = microseconds(NOON - timedelta(minutes=5))
    past = PointHistory(
        PointId("CONV-001.active_power"),
        np.array([start, start + 500_000]),
        np.array([60.0, 61.0]),
        np.array([0, 0], dtype=np.int16),
        2,
        1.0,
    )
    desk = Desk(qtbot, {"readings.history": lambda *_: History(NOON, NOON, {past.point: past})})
    desk.hear()
    curve = desk.panel._state.curve("CONV-001.active_power", microseconds(NOON))
    assert curve.values == (60.0, 61.0, None, 72.0)


def test_frames_are_looked_at_four_times_a_second_at_most(desk):
    desk.hear()
    desk.clock.advance(0.1)
    late = {PointId("CONV-001.active_power"): LiveValue(50.0, Quality.GOOD, 0, 1, desk.clock.monotonic(), 0.5)}
    desk.panel.show_frame(frame(values=late))
    assert desk.cell("CONV-001", "active_power") == "72.0"
    desk.clock.advance(0.2)
    desk.panel.show_frame(frame())
    assert desk.cell("CONV-001", "active_power") == "50.0"


def test_both_tables_stand_side_by_side_only_where_there_is_room(desk, qtbot):
    desk.host.resize(2000, 1000)
    desk.host.show()
    desk.panel.resize(1800, 900)
    assert desk.panel._tables.orientation() is Qt.Orientation.Horizontal
    desk.panel.resize(1200, 700)
    assert desk.panel._tables.orientation() is Qt.Orientation.Vertical


def test_on_a_small_screen_no_row_of_the_tables_is_cut(desk, qtbot):
    quantities = {"converter": ("active_power", "current_d", "current_q"), "other": ("generation", "temperature")}
    units = [f"CONV-00{n}" for n in (1, 2, 3)] + ["SOLAR-001", "SOLAR-002", "WIND-001", "WIND-002"]
    readings = {
        f"{unit}.{quantity}": 1.0
        for unit in units
        for quantity in quantities["converter" if unit.startswith("CONV") else "other"]
    }
    desk.host.resize(1264, 598)
    desk.panel.resize(1264, 598)
    desk.host.show()
    desk.hear({**readings, "WEATHER-001.ghi": 415.0})
    qtbot.waitUntil(lambda: desk.panel._tables.height() >= desk.panel._tables.minimumSizeHint().height())
    assert desk.panel.minimumSizeHint().height() <= 598


def test_it_paints_every_family_in_both_looks(desk, qtbot):
    desk.hear()
    desk.host.show()
    for unit in ("SOLAR-001", "CONV-002"):
        table = desk.panel._converters if unit.startswith("CONV") else desk.panel._renewables
        table.select(unit)
        desk.context.theme.toggle_mode()
        assert not desk.panel.grab().isNull()
