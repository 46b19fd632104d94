"""A whole window over a core that is not there."""

from __future__ import annotations

from collections.abc import Sequence

from backend_core.gateway.frame import Frame
from console.bridge.frame_pump import FramePump
from console.bridge.shown_time import ShownLink, ShownTime
from console.features.contract import Area, Feature, PanelContext, Placement, Workspace
from console.shell import window_actions
from console.shell.main_window import MainWindow, WindowParts
from console.shell.panel_memory import ScreenMemory
from console.shell.status_board import StatusBoard
from tests.console.support.screen import FakeLink, RecordingPanel, TestClock
from ui.theme import Theme


def recording_feature(
    name: str = "overview", *placements: Placement, answers: tuple[type, ...] = ()
) -> tuple[Feature, list[RecordingPanel]]:
    """A feature whose panels keep what they are shown, and the list they appear in."""
    made: list[RecordingPanel] = []

    def create(context: PanelContext) -> RecordingPanel:
        panel = RecordingPanel()
        made.append(panel)
        return panel

    seats = placements or (Placement(Workspace.OPERATIONS, Area.CENTER),)
    return Feature(name, name.capitalize(), f"Shows {name}.", seats, create, answers=answers), made


class Desk:
    """The window with everything around it, driven by hand."""

    def __init__(
        self, features: Sequence[Feature], memory: ScreenMemory | None = None, theme: Theme | None = None
    ) -> None:
        self.clock = TestClock()
        self.link = FakeLink()
        self.frames: list[Frame] = []
        self.theme = theme or Theme()
        self.shown = ShownTime(self.clock)
        self.pump = FramePump(self._take, self.link, self.clock, ShownLink(self.link, self.shown))
        self.board = StatusBoard(self.link, self.clock, "desk 1")
        self.silenced = 0
        parts = WindowParts(
            self.link,
            self.pump,
            self.board,
            self.clock,
            self.shown,
            self.theme,
            memory or ScreenMemory(None),
            features,
            "test grid",
        )
        self.window = MainWindow(parts)
        for owned in (self.theme, self.pump, self.board):
            owned.setParent(self.window)
        window_actions.register(self.window, self._silence)
        self.window.go_to_workspace(Workspace.OPERATIONS)

    def show(self, frame: Frame) -> None:
        """Hand out one frame."""
        self.frames.append(frame)
        self.pump.pump()

    def press(self, action_id: str) -> None:
        """What a key or the palette would do."""
        action = self.window.actions_known.find(action_id)
        assert action is not None, action_id
        action.trigger()

    def _take(self) -> Frame | None:
        return self.frames.pop(0) if self.frames else None

    def _silence(self) -> None:
        self.silenced += 1
