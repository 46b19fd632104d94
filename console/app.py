"""Starts the program with a screen: one Qt application, one core on its thread, one window, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import qasync
from platformdirs import user_config_path, user_state_path
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from backend_core.gateway.frame import Frame
from backend_core.kernel.clock import SystemClock
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from backend_core.runtime.toml_config import load, save
from console.bridge.core_link import CoreLink, HostedCore
from console.bridge.frame_pump import FramePump
from console.features import FEATURES
from console.features.contract import Workspace
from console.shell import first_run, window_actions, words
from console.shell.annunciator import Annunciator
from console.shell.feature_list import load_features
from console.shell.main_window import MainWindow, WindowParts
from console.shell.panel_memory import ScreenMemory
from console.shell.shots import pause, take_shots
from console.shell.status_board import StatusBoard
from ui.sound import SoundPlayer
from ui.theme import Mode, Theme

_log = logging.getLogger(__name__)
SAVE_EVERY_S = 30.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DemoWish:
    """How the demo was asked for on the command line."""

    shots: Path | None
    seconds: float | None
    size: tuple[int, int]
    theme: str
    start: tuple[int, int]
    seed: int


@dataclass(frozen=True, slots=True)
class ScreenWish:
    """What a screen is to show, and for how long."""

    station: str
    desk: str
    sound: bool
    size: tuple[int, int] = (1920, 1080)
    shots: Path | None = None
    seconds: float | None = None
    memory: Path | None = None
    is_ready: Callable[[], bool] = lambda: True


def run_console(settings: Settings, config: Path | None) -> int:
    """Open the console; without any configuration the first run asks how to begin."""
    kept = user_config_path("linekeeper") / "linekeeper.toml"
    chosen = config or (kept if kept.exists() else None)
    app, theme = _application(settings)
    if chosen is None:
        choice = _run(app, _ask_first_run())
        match choice:
            case first_run.Demo():
                return run_demo(DemoWish(None, None, (1920, 1080), theme.mode.value, (17, 30), 1))
            case first_run.OpenFile(path=path):
                chosen = path
            case first_run.Connect(changes=changes):
                save(kept, dict(changes))
                chosen = kept
            case _:
                return 0
    if chosen != config:
        settings = load(chosen)
    wish = ScreenWish(
        "",
        settings.text("desk.name"),
        settings.flag("display.sound"),
        memory=user_state_path("linekeeper") / "screen.json",
    )
    return _run(app, show_screen(lambda: Core(settings, SystemClock(), "console"), wish, theme))


def run_demo(wish: DemoWish) -> int:
    """The console on the pretend grid."""
    from backend_core.runtime.demo import DemoCore

    app, theme = _application(Settings({"display.theme": wish.theme}))
    made: list[DemoCore] = []

    def make() -> DemoCore:
        made.append(DemoCore(wish.seed, wish.start))
        return made[0]

    def is_ready() -> bool:
        """Pictures wait for the day before, which is computed once the grid lives."""
        return bool(made) and made[0].has_past.is_set()

    screen = ScreenWish("Glover 5-bus demo", "desk 1", True, wish.size, wish.shots, wish.seconds, is_ready=is_ready)
    return _run(app, show_screen(make, screen, theme))


async def show_screen(make_core: Callable[[], HostedCore], wish: ScreenWish, theme: Theme) -> int:
    """Show the window until it is closed, the time is over, or the pictures are taken."""
    clock = SystemClock()
    link = CoreLink(make_core)
    link.open()
    board = StatusBoard(link, clock, wish.desk)
    board.trouble = lambda: str(link.trouble) if link.trouble else ""
    pump = FramePump(lambda: _take(link), link, clock)
    memory = ScreenMemory(wish.memory)
    parts = WindowParts(link, pump, board, clock, theme, memory, load_features(FEATURES), wish.station)
    window = MainWindow(parts)
    annunciator = _give_voice(window, board, clock, wish)
    for owned in (board, pump, annunciator):
        owned.setParent(window)
    link.tell = window.tell
    window_actions.register(window, silence=annunciator.silence)
    closed = asyncio.Event()
    window.on_close = closed.set
    window.resize(*wish.size)
    window.go_to_workspace(Workspace(memory.get("window", "workspace", Workspace.OPERATIONS.value)))
    window.show()
    pump.start()
    try:
        await _until_done(window, board, wish, closed)
    finally:
        pump.stop()
        annunciator.stop()
        if not closed.is_set():
            window.close()
        try:
            await link.close()
        except TimeoutError:
            _log.warning("The core did not end within its time; what was not stored is delivered again")
    return 0


def _take(link: CoreLink) -> Frame | None:
    """The next frame; the buffer keeps nothing until somebody looks, and from now on somebody does."""
    gateway = link.gateway
    if gateway is None:
        return None
    gateway.frames.is_watched = True
    return gateway.take_frame()


def _give_voice(window: MainWindow, board: StatusBoard, clock: SystemClock, wish: ScreenWish) -> Annunciator:
    """Sound for new alarms; where nobody can be listening none is tried."""
    is_heard = wish.shots is None and QGuiApplication.platformName() not in ("offscreen", "minimal")
    annunciator = Annunciator(clock, SoundPlayer if is_heard else None)
    annunciator.set_on(wish.sound)
    annunciator.tell = window.tell
    board.sound = lambda: annunciator.sign
    board.alarms_new.connect(annunciator.on_new)
    board.changed.connect(lambda: annunciator.on_second(board.alarms.most_urgent, is_live=not board.silence))
    annunciator.changed.connect(board.changed)
    window.on_sound = annunciator.set_on
    return annunciator


async def _until_done(window: MainWindow, board: StatusBoard, wish: ScreenWish, closed: asyncio.Event) -> None:
    if wish.shots is not None:
        await take_shots(window, wish.shots, lambda: board.is_settled and wish.is_ready())
        return
    if wish.seconds is not None:
        await pause(round(wish.seconds * 1000))
        return
    while not closed.is_set():
        try:
            async with asyncio.timeout(SAVE_EVERY_S):
                await closed.wait()
        except TimeoutError:
            # A frozen or killed screen comes back as it was half a minute ago.
            window.remember()


async def _ask_first_run() -> first_run.Choice:
    window = first_run.FirstRun()
    window.resize(900, 720)
    window.show()
    choice = await window.choice()
    window.close()
    return choice


def _application(settings: Settings) -> tuple[QApplication, Theme]:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication([words.PRODUCT])
    app.setApplicationName(words.PRODUCT)
    app.setQuitOnLastWindowClosed(False)
    zoom = float(settings.number("display.zoom_percent")) / 100
    theme = Theme(Mode(settings.text("display.theme")), zoom, touch=settings.flag("display.touch"))
    theme.setParent(app)
    theme.apply_to(app)
    return app, theme


def _run(app: QApplication, work: Coroutine[Any, Any, T]) -> T:
    with qasync.QEventLoop(app) as loop:
        answer: T = loop.run_until_complete(work)
    return answer
