"""The events panel as an operator meets it."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend_core.gateway.frame import LogLine
from backend_core.gateway.record import EventQuery
from console.features.events import actions, words
from console.features.events.panel import EventsPanel
from console.features.events.state import Wanted
from console.features.targets import EventsTarget
from tests.console.support.frames import frame
from tests.console.support.screen import NOON, FakeLink, TestClock, make_context


def line(number: int, *, kind: str = "alarm", object_id: str = "T1.loading_percent", text: str = "high") -> LogLine:
    """Three lines share each moment."""
    return LogLine(
        number, NOON - timedelta(minutes=3 * ((1000 - number) // 3)), kind, "core", object_id, text, "desk-1"
    )


LOG = tuple(
    line(number, kind="alarm" if number % 2 else "device", text=f"line {number}") for number in range(999, 899, -1)
)


def log(query: EventQuery) -> tuple[LogLine, ...]:
    """The log as the core answers: newest first."""
    return tuple(
        each
        for each in LOG
        if (not query.kinds or each.kind in query.kinds)
        and (query.end is None or each.at < query.end)
        and all(word in f"{each.kind} {each.object} {each.text}" for word in query.words.split())
    )[: query.at_most]


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.link = FakeLink({"record.events": log})
        self.context = make_context(self.host, self.link, TestClock())
        self.panel = EventsPanel(self.context)
        self.panel.setParent(self.host)
        self.panel.resize(1200, 600)
        self.panel.show_snapshot(frame())

    @property
    def shown(self) -> list[int]:
        return [each.id for each in self.panel._table.model.rows()]

    @property
    def visible(self) -> int:
        return self.panel._table.model.rowCount()


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_it_opens_with_the_log_newest_first(desk):
    assert desk.visible == 100
    assert desk.context.head.freshness == "100 events"


def test_a_new_line_joins_and_a_line_counted_up_stays_one(desk):
    desk.panel.show_frame(frame(log=(line(1000, text="new"), line(999, text="counted up"))))
    assert desk.visible == 101
    assert desk.panel._table.model.row_of(999).text == "counted up"


def test_typing_filters_at_once_and_asks_the_core_when_it_pauses(desk, qtbot):
    desk.link.calls.clear()
    qtbot.keyClicks(desk.panel._search, "line 95")
    assert desk.visible == 11
    assert desk.link.called("record.events") == []
    qtbot.waitUntil(lambda: bool(desk.link.called("record.events")))
    assert desk.link.called("record.events")[0][0].words == "line 95"
    assert desk.visible == 11


def test_typing_in_the_list_goes_to_the_search_and_escape_shows_all(desk, qtbot):
    qtbot.keyClick(desk.panel._table.view, Qt.Key.Key_9)
    assert desk.panel._search.text() == "9"
    qtbot.keyClick(desk.panel._search, Qt.Key.Key_Escape)
    assert desk.panel._search.text() == ""
    assert desk.visible == 100


def test_a_kind_is_asked_for_and_keeps_other_new_lines_out(desk):
    box = desk.panel._kind
    box.setCurrentIndex(box.findData("device"))
    box.activated.emit(box.currentIndex())
    assert desk.visible == 50
    desk.panel.show_frame(frame(log=(line(1001, kind="alarm"),)))
    assert desk.visible == 50


def test_a_kind_never_seen_before_joins_the_choice(desk):
    desk.panel.show_frame(frame(log=(line(1002, kind="outage"),)))
    assert desk.panel._kind.findData("outage") > 0


def test_going_to_it_with_words_searches_for_them(desk):
    desk.panel.go_to(EventsTarget("line 950"))
    assert desk.visible == 1


def test_the_chosen_line_gives_element_and_point_to_the_keys(desk):
    desk.panel._table.select(999)
    subject = desk.panel.subject()
    assert (subject.element, subject.points) == ("T1", ("T1.loading_percent",))
    desk.panel.show_frame(frame(log=(line(1003, object_id="CB-24-2"),)))
    desk.panel._table.select(1003)
    assert (desk.panel.subject().element, desk.panel.subject().points) == ("CB-24-2", ())


def test_all_pages_are_read_for_a_file_even_where_many_lines_share_a_moment(desk):
    found = asyncio.run(actions.ask_all(desk.context, Wanted(hours=None), page=7))
    assert sorted(each.id for each in found) == sorted(each.id for each in LOG)


def test_the_export_takes_what_fits_and_says_where_it_went(desk, tmp_path: Path):
    path = tmp_path / "events.csv"
    asyncio.run(actions.export(desk.context, Wanted("line 95", hours=None), path))
    written = path.read_text(encoding="utf-8").splitlines()
    assert written[0] == "ts,kind,who,object,text,origin"
    assert len(written) == 12


def test_a_place_that_cannot_be_written_is_named(desk, tmp_path: Path):
    asyncio.run(actions.export(desk.context, Wanted(), tmp_path / "missing" / "events.csv"))
    assert not (tmp_path / "missing").exists()
    assert words.not_written("x", "No such file or directory").endswith("Choose another place and try again.")
