"""Starts the program with a screen: one Qt application, one core on its thread, one window, and an orderly end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import qasync
from platformdirs import user_config_path, user_state_path
from PySide6.QtWidgets import QApplication

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.garbage import lasting
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core
from backend_core.runtime.toml_config import load, save
from console.bridge.core_link import HostedCore
from console.shell import first_run, words
from console.shell.screen import Screen, ScreenWish
from ui.theme import Mode, Theme

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


def run_console(settings: Settings, config: Path | None) -> int:
    """Open the console; without any configuration the first run asks how to begin."""
    kept = user_config_path("linekeeper") / "linekeeper.toml"
    chosen = config
    if config is None and kept.exists():
        chosen, settings = kept, load(kept)
    app, theme = _application(settings)
    if chosen is None:
        choice = _run(app, _ask_first_run())
        match choice:
            case first_run.Demo():
                return run_demo(DemoWish(None, None, (1920, 1080), theme.mode.value, (17, 30), 1))
            case first_run.OpenFile(path=path):
                chosen, settings = path, load(path)
            case first_run.Connect(changes=changes):
                save(kept, dict(changes))
                chosen, settings = kept, load(kept)
            case _:
                return 0
    state, sound = _state_folder(), settings.flag("display.sound")
    wish = ScreenWish("", settings.text("desk.name"), memory=state / "screen.json", state=state, sound=sound)
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

    screen = ScreenWish(
        "Glover 5-bus demo",
        "desk 1",
        wish.size,
        wish.shots,
        wish.seconds,
        state=_state_folder(),
        is_rehearsal=True,
        is_ready=is_ready,
    )
    return _run(app, show_screen(make, screen, theme))


async def show_screen(make_core: Callable[[], HostedCore], wish: ScreenWish, theme: Theme) -> int:
    """Show the window until it is closed, the time is over, or the pictures are taken."""
    with lasting():
        screen = Screen(make_core, wish, theme, SystemClock())
        screen.end_on_signals()
        screen.open()
    try:
        await screen.until_done()
    finally:
        await screen.close()
    return 0


async def _ask_first_run() -> first_run.Choice:
    window = first_run.FirstRun()
    window.resize(900, 720)
    window.show()
    choice = await window.choice()
    window.close()
    return choice


def _state_folder() -> Path:
    """Where this user's programs keep what is neither config nor data: layouts and logs."""
    return user_state_path("linekeeper")


def _application(settings: Settings) -> tuple[QApplication, Theme]:
    # The core computes on a thread of this process; at the usual 5 ms every return from Qt could wait that long for it.
    sys.setswitchinterval(0.0005)
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
