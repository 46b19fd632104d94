"""The what-if panel as an operator meets it."""

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from backend_core.gateway.frame import Frame
from backend_core.grid.service import GridService
from backend_core.kernel.errors import CoreError
from backend_core.kernel.event_bus import EventBus
from backend_core.kernel.positions import Position
from backend_core.powerflow.model import Diagnosis, Injection, Reason, Solution
from backend_core.runtime import networks
from backend_core.simulation.model import StateSummary, StudyRequest, StudyResult, StudyStart, Violation, ViolationKind
from console.features.contract import Workspace
from console.features.study.panel import StudyPanel
from console.features.targets import OverlayTarget, StudyTarget
from tests.console.support.screen import FakeLink, TestClock, make_context

GLOVER = networks.load("glover5")
START = StudyStart(
    network="glover5",
    taken_at=datetime(2026, 11, 21, 12, tzinfo=UTC),
    positions={s.id: Position.OPEN if s.normally_open else Position.CLOSED for s in GLOVER.switches},
    loads={load.id: Injection(load.active_power_mw, load.reactive_power_mvar) for load in GLOVER.loads},
    generation={},
    good=22,
    wanted=24,
    oldest_age_s=3.0,
    doubtful=("LD2.active_power", "CB-C2.position"),
)
BEFORE = StateSummary(880.0, 914.8, 34.8, ("BUS-002", 0.834), ("T1", 102.8), 0.0, 0)
AFTER = StateSummary(820.0, 847.1, 27.1, ("BUS-002", 0.873), ("T1", 83.0), 60.0, 1204)
LOST = Violation(ViolationKind.DEAD_LOAD, "F-12B", 60.0, 0.0, "MW", is_severe=True, customers=1204)
LOW = Violation(ViolationKind.VOLTAGE_LOW, "BUS-002", 0.873, 0.95, "pu", 0.834, was_broken=True)
NOTHING = Solution("test", {}, {}, {}, {}, (), 0.0)


def solved(request: StudyRequest, progress: object) -> StudyResult:
    lost = request.positions.get("CB-F12B") is Position.OPEN
    return StudyResult(
        request, NOTHING, NOTHING, BEFORE, AFTER if lost else BEFORE, (LOST, LOW) if lost else (LOW,),
        {"BUS-002.voltage": 0.873}, frozenset({"F-12B"}) if lost else frozenset(),
    )  # fmt: skip


def collapsed(request: StudyRequest, progress: object) -> StudyResult:
    diagnosis = Diagnosis("test", Reason.DIVERGED, "BUS-005", solvable_share=0.9, weakest_bus="BUS-002")
    return StudyResult(request, NOTHING, diagnosis, BEFORE, None, (), {}, frozenset(), carried_mw=792.0)


class Desk:
    """The panel with everything around it."""

    def __init__(self, qtbot: QtBot, **answers: object) -> None:
        grid = GridService(GLOVER, EventBus(), TestClock())
        self.link = FakeLink(
            {"grid.network": grid.network, "study.start_from_live": START, "study.run": solved}
            | {name.replace("__", "."): answer for name, answer in answers.items()}
        )
        self.clock = TestClock()
        self.host = QWidget()
        qtbot.addWidget(self.host)
        self.context = make_context(self.host, self.link, self.clock, Workspace.STUDY)
        self.panel = StudyPanel(self.context)
        self.panel.setParent(self.host)
        self.host.resize(720, 1000)
        self.host.show()
        self.panel.panel_shown()

    @property
    def requests(self) -> list[StudyRequest]:
        return [arguments[0] for arguments in self.link.called("study.run")]

    @property
    def overlays(self) -> list[OverlayTarget]:
        return [target for target in self.context.navigate.went if isinstance(target, OverlayTarget)]

    @property
    def said(self) -> str:
        return self.panel._result.accessibleName()

    def planned(self, element: str) -> str:
        return self.panel._elements.model.row_of(element).planned


def test_the_start_tells_its_moment_and_what_is_not_good(qtbot: QtBot):
    desk = Desk(qtbot)
    assert "22 of 24 readings good" in desk.panel._start._line.text()
    assert "LD2.active_power" in desk.panel._start._doubts.text()


def test_the_start_itself_is_solved_at_once(qtbot: QtBot):
    desk = Desk(qtbot)
    assert len(desk.requests) == 1
    assert desk.requests[0].positions == {}
    assert "no limit is broken that held at the start" in desk.said


def test_enter_on_a_switch_opens_it_and_again_takes_that_back(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._elements.select("CB-F12B")
    qtbot.keyClick(desk.panel._elements.view, Qt.Key.Key_Return)
    assert desk.planned("CB-F12B") == "open"
    qtbot.keyClick(desk.panel._elements.view, Qt.Key.Key_Return)
    assert desk.planned("CB-F12B") == ""


def test_a_run_tells_what_is_lost_and_lays_it_on_the_diagram(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._toggle("CB-F12B")
    desk.panel.run()
    assert desk.requests[-1].positions == {"CB-F12B": Position.OPEN}
    assert "60.0 MW and 1,204 customers lose their power." in desk.said
    overlay = desk.overlays[-1]
    assert overlay.title == "Open CB-F12B · start 12:00:00 UTC"
    assert overlay.dead == {"F-12B"}
    assert overlay.positions["CB-F12B"] == 0
    assert overlay.broken == {"F-12B": 2, "BUS-002": 3}


def test_what_stood_broken_before_is_told_apart_from_what_is_new(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._toggle("CB-F12B")
    desk.panel.run()
    assert "1 limit is broken that held at the start" in desk.said
    assert "1 limit was broken at the start already" in desk.said


def test_a_collapse_is_explained_and_no_values_are_shown(qtbot: QtBot):
    desk = Desk(qtbot, study__run=collapsed)
    assert "the voltage collapses, first at BUS-002" in desk.said
    assert "about 792 of 880 MW" in desk.said
    assert "Shed at least 88 MW" in desk.said
    assert desk.overlays[-1].values == {}
    assert "no stable solution" in desk.overlays[-1].title


def test_changing_after_a_run_calls_the_result_outdated(qtbot: QtBot):
    desk = Desk(qtbot)
    assert desk.panel._result._outdated.isHidden()
    desk.panel._scale_all(110.0)
    assert not desk.panel._result._outdated.isHidden()
    desk.panel.run()
    assert desk.panel._result._outdated.isHidden()


def test_undo_takes_back_step_by_step_and_clear_all_at_once(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._toggle("CB-F12B")
    desk.panel._toggle("L4-5")
    desk.panel.undo()
    assert (desk.planned("CB-F12B"), desk.planned("L4-5")) == ("open", "")
    desk.panel.clear()
    assert desk.planned("CB-F12B") == ""
    desk.panel.undo()
    assert desk.planned("CB-F12B") == "open", "clearing can be undone, too"


def test_loads_are_scaled_together_and_alone(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._scale_all(120.0)
    desk.panel._elements.select("LD3")
    desk.panel._scale_one(50.0)
    assert desk.planned("LD2") == "888.0 MW (120 %)"
    assert desk.planned("LD3") == "48.0 MW (60 %)"


def test_a_question_from_the_diagram_arrives_as_one_step(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel.go_to(StudyTarget(opened=("CB-T1-HV",), closed=("CB-C2",)))
    assert (desk.planned("CB-T1-HV"), desk.planned("CB-C2")) == ("open", "closed")
    desk.panel.undo()
    assert desk.planned("CB-T1-HV") == ""


def test_a_question_that_comes_before_the_start_waits_for_it(qtbot: QtBot):
    desk = Desk(qtbot, study__start_from_live=CoreError("The core is silent.", "Wait."))
    desk.panel.go_to(StudyTarget(opened=("CB-T1-HV",)))
    desk.link.answers["study.start_from_live"] = START
    desk.panel.take_start()
    assert desk.planned("CB-T1-HV") == "open"


def test_a_failure_stands_in_the_panel_with_its_remedy(qtbot: QtBot):
    desk = Desk(qtbot, study__run=CoreError("The study could not be calculated.", "Run it again."))
    assert desk.panel._banner.text == "The study could not be calculated."
    assert not desk.panel.is_busy


def test_a_new_start_keeps_the_changes_and_another_network_drops_them(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel._toggle("CB-F12B")
    desk.panel.take_start()
    assert desk.planned("CB-F12B") == "open"
    desk.link.answers["grid.network"] = replace(GLOVER, name="other")
    desk.panel.take_start()
    assert desk.planned("CB-F12B") == ""


def test_another_network_in_charge_begins_the_study_anew(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.panel.panel_shown()
    assert len(desk.link.called("study.start_from_live")) == 1, "the network is still the same"
    desk.link.answers |= {"grid.network": replace(GLOVER, name="other")}
    desk.panel.panel_shown()
    assert len(desk.link.called("study.start_from_live")) == 2
    desk.panel.show_frame(Frame(1, 0.0, reload=frozenset({"network"})))
    assert len(desk.link.called("study.start_from_live")) == 3


def test_an_overlay_never_reaches_another_workspace(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.host.hide()
    before = len(desk.overlays)
    desk.panel.run()
    assert len(desk.overlays) == before, "the workspace in front now shows the live grid"
    desk.host.show()
    desk.panel.panel_shown()
    assert len(desk.overlays) == before + 1


def test_a_start_that_grows_old_says_so(qtbot: QtBot):
    desk = Desk(qtbot)
    desk.clock.advance(400)
    desk.panel.tick()
    assert desk.context.head.freshness == "start 12:00:00 UTC · 6 min old"
    assert desk.context.head.freshness_tone == "high"
