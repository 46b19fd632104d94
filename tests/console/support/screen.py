"""A clock to turn, a core that answers what the test says, and everything a panel is handed."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from backend_core.gateway.frame import Frame
from backend_core.kernel.errors import CoreError
from console.bridge.operator_action import OperatorActions
from console.features.contract import Panel, PanelContext, Workspace
from console.features.targets import Target
from console.shell.mode import ModeKeeper
from console.shell.navigator import Navigator
from console.shell.panel_memory import PanelMemory, ScreenMemory
from ui.actions import ActionRegistry
from ui.panel_head import PanelHead
from ui.theme import Theme
from ui.toast import Notices

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class TestClock:
    """Stands still until it is turned."""

    __test__ = False

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


class FakeCore:
    """`core.alarms.standing()` answers what was given under "alarms.standing"; the calls are kept for the test."""

    def __init__(self, answers: Mapping[str, Any], calls: list[tuple[str, tuple[Any, ...]]], path: str = "") -> None:
        self._answers, self._calls, self._path = answers, calls, path

    def at(self, moment: datetime) -> FakeCore:
        """The core as it was: what is asked of it answers under "past." in front of its name."""
        self._calls.append(("at", (moment,)))
        return FakeCore(self._answers, self._calls, "past")

    def __getattr__(self, name: str) -> FakeCore:
        return FakeCore(self._answers, self._calls, f"{self._path}.{name}".lstrip("."))

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        self._calls.append((self._path, (*arguments, *named.values())))
        answer = self._answers.get(self._path)
        if isinstance(answer, Exception):
            raise answer
        return answer(*arguments, **named) if callable(answer) else answer


class FakeLink:
    """Answers at once when it is driven: coroutines run to their end inside `start`, so tests need no loop.

    `hold()` keeps them instead, until `release()`.
    """

    def __init__(self, answers: Mapping[str, Any] | None = None) -> None:
        self.answers: dict[str, Any] = {
            "snapshot": Frame(0, 0.0),
            "past.snapshot": Frame(0, 0.0),
            "alarms.standing": (),
            "readings.points": (),
            **(answers or {}),
        }
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.told: list[tuple[str, str]] = []
        self._held: list[Coroutine[Any, Any, Any]] | None = None

    async def ask(self, question: Any, *, limit_s: float = 5.0) -> Any:
        return await question(FakeCore(self.answers, self.calls))

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> Any:
        if self._held is not None:
            self._held.append(work)
        else:
            self._drive(work)
        return None

    def hold(self) -> None:
        self._held = []

    def release(self) -> None:
        held, self._held = self._held or [], None
        for work in held:
            self._drive(work)

    def called(self, path: str) -> list[tuple[Any, ...]]:
        """The arguments of every call to this question or order."""
        return [arguments for name, arguments in self.calls if name == path]

    def _drive(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            work.send(None)
        except StopIteration:
            return
        except CoreError as error:
            self.told.append((error.what, error.remedy))
            return
        work.close()
        raise AssertionError("a panel waited for something that is not the core; drive it with a real loop")


class RecordingNavigator(Navigator):
    """Remembers where the operator was sent."""

    def __init__(self) -> None:
        self.went: list[Target] = []
        super().__init__([], lambda: Workspace.OPERATIONS, lambda *_: None, lambda _: None, lambda _: None)

    def go(self, target: Target) -> None:
        self.went.append(target)


def make_context(
    host: QWidget,
    link: FakeLink | None = None,
    clock: TestClock | None = None,
    workspace: Workspace = Workspace.OPERATIONS,
) -> PanelContext:
    """Everything a panel needs; `host` is a widget of the test that owns what must end with it."""
    link = link or FakeLink()
    theme = Theme()
    theme.setParent(host)
    return PanelContext(
        link=link,
        theme=theme,
        head=PanelHead("panel under test", host),
        navigate=RecordingNavigator(),
        operate=OperatorActions(link, lambda what, remedy: link.told.append((what, remedy)), host),
        actions=ActionRegistry(host),
        notices=Notices(host),
        clock=clock or TestClock(),
        memory=PanelMemory(ScreenMemory(None), "panel"),
        mode=ModeKeeper(host),
        workspace=workspace,
    )


class RecordingPanel(Panel):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[int] = []
        self.snapshots: list[int] = []
        self.ticks = 0
        self.jumps = 0
        self.fails = False
        self.went: list[Target] = []

    def show_frame(self, frame: Frame) -> None:
        if self.fails:
            raise RuntimeError("this panel is broken on purpose")
        self.frames.append(frame.number)

    def show_snapshot(self, frame: Frame) -> None:
        self.snapshots.append(frame.number)

    def tick(self) -> None:
        self.ticks += 1

    def time_jumped(self) -> None:
        self.jumps += 1

    def go_to(self, target: Target) -> None:
        self.went.append(target)
