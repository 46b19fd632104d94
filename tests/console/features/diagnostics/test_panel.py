"""Diagnostics as an operator meets them."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from backend_core.gateway.diagnosis import Verdict
from backend_core.gateway.readings import PointInfo
from backend_core.kernel.errors import CoreError
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import DeviceKind, LiveValue
from console.bridge.frame_pump import PumpFigures
from console.features.contract import Workspace
from console.features.diagnostics import actions, words
from console.features.diagnostics.feature import create
from console.features.diagnostics.panel import DiagnosticsPanel
from console.features.targets import DoctorTarget
from tests.console.features.diagnostics.core import known, rejection, source, walk
from tests.console.support.frames import frame, health
from tests.console.support.screen import FakeLink, TestClock, make_context


def points(text: str) -> tuple[PointInfo, ...]:
    every = ("sensor_3.current", "sensor_3.voltage", "sensor_30.voltage")
    return tuple(PointInfo(PointId(p), p, "V", 1, DeviceKind.SENSOR) for p in every if text in p)


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.link, self.clock = FakeLink(), TestClock()
        self.link.answers |= {
            "diagnosis.sources": (source(), source("sensor_4", silent_s=70.0)),
            "diagnosis.rejections": (rejection(b'{"a":1}'), rejection(b"\xff<b>", seconds=5.0)),
            "diagnosis.why_no_data": walk(judgement=Verdict.BROKEN),
            "record.devices": (known("sensor_3"), known("asleep")),
            "readings.search_points": points,
        }
        self.screen = PumpFigures(frames=10, last_ms=4.2, interval_ms=33, by_panel_ms={"Trends": 18.2})
        context = make_context(self.host, self.link, self.clock, Workspace.DIAGNOSTICS)
        self.context = replace(context, screen=self.screen)
        made = create(self.context)
        assert isinstance(made, DiagnosticsPanel)
        qtbot.addWidget(made)
        self.panel = made
        made.resize(1600, 900)
        made.show()

    def open(self) -> None:
        values = {PointId("sensor_4.voltage"): LiveValue(230.0, Quality.GOOD, 0, 0, 930.0, 3.0)}
        alive = replace(health(), rejected={"json": 44}, depths={"telemetry": 3})
        self.panel.show_snapshot(frame(health=alive, values=values))

    def asked(self, question: str) -> int:
        return len(self.link.called(question))

    @property
    def walked(self) -> list[tuple[str, Verdict]]:
        return [(step.name.text(), step.mark._verdict) for step in self.panel._doctor._steps]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_it_opens_with_links_queues_sources_and_rejections(desk):
    desk.open()
    panel = desk.panel
    assert [link.name for link in panel._links.model.rows()] == ["broker", "database"]
    assert [queue.waiting for queue in panel._queues.model.rows()] == [3]
    assert [row.name for row in panel._screen.model.rows()] == ["Trends"]
    assert {row.device for row in panel._sources.model.rows()} == {"sensor_3", "sensor_4", "asleep"}
    assert panel._sources_title.text() == "Sources · 2 heard of 3 known"
    assert panel._rejections_title.text() == "Rejections · 44 in all"
    assert panel._reasons.text() == "44 no JSON"


def test_it_asks_once_a_second_and_only_when_told_the_time(desk):
    desk.open()
    before = desk.asked("diagnosis.sources")
    desk.panel.show_frame(frame(2, health=health()))
    assert desk.asked("diagnosis.sources") == before
    desk.panel.tick()
    assert desk.asked("diagnosis.sources") == before + 1


def test_the_record_is_asked_seldom(desk):
    desk.open()
    for _ in range(10):
        desk.panel.tick()
    assert desk.asked("record.devices") == 1


def test_without_a_choice_the_most_overdue_point_is_walked(desk):
    desk.open()
    assert desk.asked("diagnosis.why_no_data") >= 1
    assert desk.panel.subject().element == "sensor_4"


def test_a_target_walks_its_point_and_tells_where_it_breaks(desk):
    desk.open()
    desk.panel.go_to(DoctorTarget("sensor_3.voltage"))
    assert desk.walked[0] == ("Broker", Verdict.GOOD)
    assert desk.walked[3] == ("Judgement", Verdict.BROKEN)
    assert desk.panel._doctor._headline.text() == words.breaks_at("sensor_3.voltage", "Judgement")
    assert desk.panel.subject().points == ("sensor_3.voltage",)


def test_the_walk_is_walked_anew_each_second(desk):
    desk.open()
    desk.panel.diagnose("sensor_3.voltage")
    desk.link.answers["diagnosis.why_no_data"] = walk()
    desk.panel.tick()
    assert desk.panel._doctor._headline.text() == words.all_good("sensor_3.voltage")


def test_a_late_answer_about_another_point_is_not_shown(desk):
    desk.open()
    desk.link.hold()
    desk.panel.diagnose("sensor_3.current")
    desk.panel.diagnose("sensor_3.voltage")
    desk.link.release()
    assert "sensor_3.voltage" in desk.panel._doctor._headline.text()


def test_enter_on_a_source_walks_one_of_its_own_points(desk):
    desk.open()
    desk.panel._sources.activated.emit("sensor_3")
    assert desk.link.called("diagnosis.why_no_data")[-1] == ("sensor_3.current",)


def test_typing_offers_points_and_enter_takes_the_first(desk, qtbot):
    desk.open()
    desk.panel._doctor.searched.emit("sensor_30")
    desk.panel._doctor.search.setText("sensor_30")
    desk.panel._doctor.search.returnPressed.emit()
    assert desk.link.called("diagnosis.why_no_data")[-1] == ("sensor_30.voltage",)


def test_a_payload_is_shown_as_plain_text_and_copied(desk):
    desk.open()
    view = desk.panel._rejections
    assert view._text.toPlainText() == '{\n  "a": 1\n}'
    view.table.select(view.table.model.key_at(1))
    assert view._text.toPlainText() == r"\xff<b>"
    desk.panel.copy_payload()
    assert QGuiApplication.clipboard().text() == r"\xff<b>"


def test_what_devices_say_is_never_read_as_markup(desk):
    desk.open()
    desk.panel.diagnose("sensor_3.voltage")
    from PySide6.QtCore import Qt

    foreign = [label for label in desk.panel._doctor.findChildren(QLabel) if "seen." in label.text()]
    assert foreign
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in foreign)


def test_a_core_that_is_silent_is_told_in_the_head_and_asked_again(desk):
    desk.open()
    desk.link.answers["diagnosis.sources"] = CoreError("The core did not answer.", "Wait.")
    desk.clock.advance(10)
    desk.panel.tick()
    assert desk.context.head.freshness == "sign of life 10 s ago"
    assert desk.context.head.freshness_tone == "high"
    assert desk.link.told == []


def test_an_empty_core_says_what_would_stand_here(desk):
    desk.link.answers |= {"diagnosis.sources": (), "diagnosis.rejections": (), "record.devices": ()}
    desk.panel.show_snapshot(frame(health=health()))
    assert desk.panel._sources.model.rowCount() == 0
    assert not desk.panel._rejections._viewer.isVisible()
    assert desk.panel._rejections_title.text() == words.REJECTIONS


def test_an_export_says_where_it_is_or_why_it_is_not(desk, tmp_path: Path):
    path = tmp_path / "sources.csv"
    asyncio.run(actions.export(desk.context, path, lambda: "device\n", 1))
    assert path.read_text(encoding="utf-8") == "device\n"
    asyncio.run(actions.export(desk.context, tmp_path / "no" / "sources.csv", lambda: "", 0))
