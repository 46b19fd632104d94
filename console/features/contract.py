"""What a feature says about itself, what a panel must answer, and what it is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from console.features.targets import Subject, Target

if TYPE_CHECKING:
    from backend_core.gateway.frame import Frame
    from console.bridge.core_link import Asker
    from console.bridge.frame_pump import PumpFigures
    from console.bridge.operator_action import OperatorActions
    from console.bridge.screen_clock import ScreenClock
    from console.shell.mode import ModeKeeper
    from console.shell.navigator import Navigator
    from console.shell.panel_memory import PanelMemory
    from ui.actions import ActionRegistry
    from ui.panel_frame import PanelHead
    from ui.theme import Theme
    from ui.toast import Notices


class Area(StrEnum):
    """Where in a workspace a panel sits at first; the operator may move it."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    BOTTOM = "bottom"


class Workspace(StrEnum):
    OPERATIONS = "operations"
    NETWORK = "network"
    ALARMS = "alarms"
    TRENDS = "trends"
    OUTAGES = "outages"
    CONVERTERS = "converters"
    STUDY = "study"
    REPORTS = "reports"
    EVENTS = "events"
    DIAGNOSTICS = "diagnostics"


class Source(StrEnum):
    """Where what a panel shows comes from; the shell says in its title bar how old that is."""

    LIVE = "live"  # readings as they come in
    RECORD = "record"  # what the leader and other consoles have written: alarms, rules, events, outages
    OWN = "own"  # the panel says it itself


@dataclass(frozen=True, slots=True)
class Placement:
    """One seat of a feature. `share` is its part of the height (width at the bottom) among those of one area."""

    workspace: Workspace
    area: Area = Area.CENTER
    order: int = 0
    share: float = 1.0
    tabbed: bool = False  # behind the one before it instead of beside it


@dataclass(frozen=True, slots=True)
class Feature:
    """A panel as the shell knows it before it exists. `create` imports the panel; this module must stay light."""

    id: str
    title: str
    summary: str  # one sentence: what the panel shows
    placements: tuple[Placement, ...]
    create: Callable[[PanelContext], Panel]
    key: str | None = None  # opens the panel from anywhere, for example "Ctrl+1"
    answers: tuple[type, ...] = ()  # targets it can show
    help_page: str = ""  # resources/help/<help_page>.md; empty: the feature's id
    source: Source = Source.OWN
    controls: bool = False  # whether the panel can order something; refused outside live mode
    has_past: bool = True  # whether it can show a past moment; one that cannot says so while the others do


@dataclass(frozen=True, slots=True)
class PanelContext:
    """Everything a panel may use. One per panel; nothing in it is global."""

    link: Asker  # `await link.ask(lambda core: core.something(...))`; in history the core answers as it was
    theme: Theme
    head: PanelHead  # scope, freshness and actions in the panel's title bar
    navigate: Navigator
    operate: OperatorActions  # orders with pending state, time limit and errors in words
    actions: ActionRegistry  # the command palette
    notices: Notices  # short messages that go by themselves
    clock: ScreenClock  # the time shown: now, or the moment of the record that the window stands at
    memory: PanelMemory  # what this panel remembers between runs
    mode: ModeKeeper  # live, history, study, training; `mode.allows_control` before any order
    workspace: Workspace
    screen: PumpFigures | None = None  # how the hand-out of frames fares, for diagnostics


class Panel(QWidget):
    """A function of frames. Override what you need; every method is called on the GUI thread only."""

    def __init__(self) -> None:
        super().__init__()
        # A panel with a focus proxy (its table) hands the focus on; one without still hears its keys.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_frame(self, frame: Frame) -> None:
        """A change set, at most thirty times a second and only while the panel is visible."""

    def show_snapshot(self, frame: Frame) -> None:
        """The whole truth, when the panel is shown for the first time or again; the later frames follow."""
        self.show_frame(frame)

    def tick(self) -> None:
        """Once a second while visible, with or without data: ages and staleness move here."""

    def panel_shown(self) -> None:
        """The panel has become visible; a snapshot follows as soon as the core answers."""

    def panel_hidden(self) -> None:
        """The panel costs nothing from here on: stop your own timers."""

    def time_jumped(self) -> None:
        """The clock stands at another moment of the record, or in the present again: forget what was gathered.

        A snapshot of that time follows; until it plays on, `tick` finds the clock where it was.
        """

    def go_to(self, target: Target) -> None:
        """Show one of the targets the feature said it answers."""

    def subject(self) -> Subject | None:
        """What is selected here, for the keys F4, F5, F6 and F8."""
        return None

    def acknowledge(self) -> bool:
        """F8 with the keyboard focus in this panel; False lets the shell acknowledge the banner's first alarm."""
        return False

    @property
    def is_busy(self) -> bool:
        """Whether work is under way that will change what is shown; pictures wait for its end."""
        return False

    def end(self) -> None:
        """The panel is closed for good: cancel what it still waits for."""

    def report_facts(self) -> Mapping[str, Any]:
        """Figures of the panel for diagnostics: rows shown, points drawn."""
        return {}
