"""A newcomer's first minutes with the demo: everything real but the grid, from the breaker to the pixel."""

import multiprocessing
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from backend_core.alarms.model import AlarmRule, Level, Priority, RuleEdit
from backend_core.grid.model import SupplyState
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import CoreError
from backend_core.kernel.positions import Position
from backend_core.kernel.quality import Quality
from backend_core.outages.model import Verdict
from backend_core.runtime.demo import DemoCore
from console.features.contract import Workspace
from tests.journeys.control_room import ControlRoom
from ui.plot.runs import Run
from ui.theme import Mode

pytestmark = [pytest.mark.qt_log_ignore("This plugin does not support")]

T1_LOADING, T1_ALARM = "T1.loading_percent", "T1.loading_percent/high"
BEHIND_F12B = {"harbour", "quarry", "mill-lane", "depot", "chapel-hill", "school"}


class ShownWindows(QObject):
    """Keeps the kinds of every window that came up."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.kinds: list[str] = []
        self._app = app
        app.installEventFilter(self)

    def look_away(self) -> None:
        """Every event of the program comes by here, which costs much: only while windows may open."""
        self._app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.append(type(watched).__name__)
        return False


class Demo(ControlRoom):
    """The demo as `linekeeper demo` starts it."""

    def __init__(self, app: QApplication) -> None:
        self.threads_before = set(threading.enumerate())
        self.children_before = set(psutil.Process().children())
        self.cores: list[DemoCore] = []
        self.before_opening = SystemClock().now()
        self.windows = ShownWindows(app)
        super().__init__(app, self._make)

    @staticmethod
    def threads() -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    def fact(self, name: str) -> str:
        """A line of the faceplate."""
        card = self.panel("diagram").faceplate.card
        return next((fact.value.text for fact in card.facts if fact.name == name), "") if card else ""

    def select(self, element: str) -> None:
        self.panel("diagram").canvas.select(element)

    def look(self, element: str):
        scene = self.panel("diagram").canvas.sheet_scene
        return scene.look_of(next(symbol.key for symbol in scene.sheet.symbols if symbol.element == element))

    def click(self, word: str) -> None:
        plate = self.panel("diagram").faceplate
        next(button for button in plate.buttons if button.text() == word).click()

    def confirm(self) -> None:
        self.panel("diagram").faceplate._confirm._yes.click()

    def _make(self) -> DemoCore:
        self.cores.append(DemoCore(1, (17, 30)))
        return self.cores[0]


@pytest.fixture(scope="module")
def demo(qapp: QApplication) -> Iterator[Demo]:
    """One demo for the whole walk; the tests follow each other as the minutes of a shift do."""
    opened = Demo(qapp)
    try:
        yield opened
    finally:
        opened.leave()


@pytest.fixture(scope="module")
def solved(demo: Demo) -> Demo:
    """The demo once its grid is solved, its day before is being computed, and every workspace has been looked at."""
    demo.until(lambda: demo.screen.board.is_settled, "the core is live and hears its devices", 40)
    for workspace in (*Workspace, Workspace.OPERATIONS):
        demo.go(workspace)
        demo.until(lambda: demo.window.current.isVisible(), "the workspace is there")
    demo.until(lambda: "job progress" in demo.threads(), "the day before is being computed", 40)
    demo.windows.look_away()
    return demo


def test_one_window_opens_and_nothing_flashes_up_beside_it(solved: Demo):
    assert solved.windows.kinds == ["MainWindow"]


def test_readings_and_solved_bus_values_appear_by_themselves(solved: Demo):
    solved.select("BUS-002")
    solved.until(lambda: " pu" in solved.fact("voltage"), "the solved voltage of bus 2 stands on the faceplate", 30)
    reading = solved.panel("diagram")._state.reading("BUS-002.voltage", solved.screen._clock.monotonic())
    assert reading.quality is Quality.GOOD
    assert 0.8 < reading.value < 1.1
    assert solved.window.covers.hatch.isHidden()


def test_f8_acknowledges_and_the_row_waits_for_the_event(solved: Demo):
    rule = AlarmRule(T1_LOADING, Level.HI, 10.0, deadband=1.0, priority=Priority.CRITICAL)
    solved.ask(lambda core: core.alarms.save_rules(RuleEdit(added=(rule,))))
    alarms = solved.panel("alarms")._state
    solved.until(lambda: alarms.row(T1_ALARM), "the alarm of T1 stands in the list")
    # On a slow machine the story's own critical alarms may have come first or after.
    entries = solved.window.head.banner._entries
    solved.until(
        lambda: T1_ALARM in {each.subject.alarm_id for each in entries if each.isVisible()}, "the banner shows it"
    )
    solved.panel("alarms")._table.select(T1_ALARM)
    solved.panel("alarms").setFocus()
    solved.press(Qt.Key.Key_F8)
    assert alarms.row(T1_ALARM).is_unacknowledged, "the row changed because of a key, not because of the event"
    solved.until(lambda: not alarms.row(T1_ALARM).is_unacknowledged, "the acknowledgement comes back")


def test_f5_opens_the_trend_of_an_alarm_with_its_history_joined(solved: Demo):
    solved.panel("alarms")._table.select(T1_ALARM)
    solved.panel("alarms").setFocus()
    solved.press(Qt.Key.Key_F5)
    trends = solved.panel("trends")
    assert trends.choice.points == (T1_LOADING,)
    pressed_at = solved.screen._clock.now().timestamp()

    def runs() -> tuple[Run, ...]:
        trace = trends.view.trace(T1_LOADING)
        return trace.curve().runs if trace else ()

    solved.until(lambda: runs() and runs()[0].start < pressed_at - 5, "what was before the key comes from the record")
    solved.until(lambda: runs()[-1].end > pressed_at, "what comes after it joins live")


def test_a_breaker_opened_on_the_faceplate_darkens_what_hangs_on_it(solved: Demo):
    solved.select("CB-F12B")
    solved.until(lambda: solved.look("CB-F12B").state == "closed", "the breaker reports that it is closed")
    solved.click("Open")
    assert solved.look("CB-F12B").state == "closed", "it must be confirmed first"
    solved.before_opening = solved.screen._clock.now() - timedelta(seconds=2)
    solved.confirm()
    assert solved.look("CB-F12B").state == "closed", "the symbol changed because of a click, not because of the report"
    solved.until(lambda: solved.look("CB-F12B").state == "open", "the position comes back and opens the symbol")
    solved.until(lambda: solved.look("F-12B").is_dashed, "the load behind it is dashed")
    now_s = solved.screen._clock.monotonic()
    assert solved.panel("diagram")._state.standing("F-12B", now_s).supply is SupplyState.DEAD


def test_smart_switches_go_dark_within_a_cycle_and_an_outage_opens(solved: Demo):
    solved.go(Workspace.OUTAGES)
    board = solved.panel("outages")._state

    def dark() -> set[str]:
        standings = board.board.standings if board.board else ()
        return {each.name for each in standings if each.verdict is Verdict.OFFLINE}

    solved.until(lambda: dark() >= BEHIND_F12B, "the smart switches behind the breaker are dark")
    solved.until(lambda: board.board.open_outage is not None, "an outage is open and on the screen")
    assert {each.name for each in board.board.open_outage.affected} >= BEHIND_F12B


def test_the_rewind_shows_the_grid_before_the_breaker_opened(solved: Demo):
    solved.go(Workspace.OPERATIONS)
    rewind = solved.window.rewind
    rewind.go_to(solved.before_opening)
    solved.until(lambda: rewind.is_open and not rewind.is_loading, "the moment is called up", 30)
    solved.until(lambda: solved.look("CB-F12B").state == "closed", "the breaker is closed again on the picture")
    solved.until(lambda: not solved.look("F-12B").is_dashed, "the load behind it has power")
    alarms, board = solved.panel("alarms")._state, solved.panel("outages")._state
    solved.until(lambda: alarms.row(T1_ALARM) and not alarms.row(T1_ALARM).is_unacknowledged, "T1 stands acknowledged")
    solved.until(lambda: board.board.open_outage is None, "the outage has not begun")
    assert "HISTORY" in solved.window.head.strip._mode.text()
    assert solved.window.covers.frame.isVisible()


def test_nothing_is_ordered_from_a_picture_of_the_past(solved: Demo):
    solved.select("CB-F12B")
    operate = next(button for button in solved.panel("diagram").faceplate.buttons if button.text() == "Open")
    assert not operate.isEnabled()
    solved.window.operate.run("Open CB-F12B", lambda core: core.simulator.operate("CB-F12B", Position.OPEN))
    assert "shows HISTORY" in solved.window.banner.text
    before = solved.before_opening
    with pytest.raises(CoreError, match="picture of the past"):
        solved.ask(lambda core: core.at(before).simulator.operate("CB-F12B", Position.OPEN))
    solved.window.banner.clear()


def test_the_past_plays_on_to_the_opening_of_the_breaker(solved: Demo):
    rewind = solved.window.rewind
    rewind.set_speed(10)
    rewind.play()
    solved.until(lambda: solved.look("CB-F12B").state == "open", "the breaker opens once more")
    assert rewind.moment < solved.screen._clock.now()
    rewind.pause()
    rewind.go_to(solved.before_opening)
    solved.until(lambda: solved.look("CB-F12B").state == "closed", "and is closed before it")


def test_one_key_comes_back_to_live(solved: Demo):
    solved.press(Qt.Key.Key_F12)
    assert solved.window.mode.allows_control
    solved.until(lambda: solved.look("CB-F12B").state == "open", "the breaker is open, as it is")
    solved.until(lambda: solved.look("F-12B").is_dashed, "and the load behind it dark")


def test_every_action_is_found_in_the_palette_by_its_own_name(solved: Demo):
    for workspace in Workspace:
        solved.go(workspace)
    palette = solved.window.palette_sheet
    solved.press(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert palette.isVisible()
    for entry in solved.window.actions_known.entries():
        palette._line.setText(entry.title)
        assert entry.title in palette.titles()[:3], entry.title
    palette.close_sheet()


def test_night_turns_into_day_on_every_workspace(solved: Demo):
    night = solved.window.grab().toImage()
    solved.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert solved.theme.mode is Mode.DAY
    for workspace in Workspace:
        solved.go(workspace)
        assert not solved.window.grab().isNull()
    assert solved.window.grab().toImage().pixelColor(800, 2) != night.pixelColor(800, 2)


def test_closing_the_window_ends_everything(solved: Demo):
    folder = Path(solved.cores[0]._folder.name)
    assert folder.exists()
    solved.close()
    left = [thread.name for thread in set(threading.enumerate()) - solved.threads_before if thread.is_alive()]
    assert not [name for name in left if not name.startswith(("asyncio_", "Dummy"))]
    assert not multiprocessing.active_children()
    new = set(psutil.Process().children()) - solved.children_before
    assert not [command for child in new if not _is_python_s_own(command := child.cmdline())]
    assert not folder.exists()


def _is_python_s_own(command: list[str]) -> bool:
    """Python keeps one process that clears shared memory away, until it ends itself; an ended one has no command."""
    return not command or any("resource_tracker" in part for part in command)
