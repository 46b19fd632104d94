"""Pictures of every workspace, taken when its data is live: for the guide, for reviews, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer

from backend_core.kernel.errors import BadInput
from console.features.contract import Workspace
from console.shell.main_window import MainWindow
from console.shell.workspace_view import WorkspaceView

LIVE_WITHIN_S = 90.0
WARM_UP_MS = 10_000
SETTLE_MS = 2_500
BUSY_MOST_MS = 40_000


async def take_shots(
    window: MainWindow,
    folder: Path,
    is_live: Callable[[], bool],
    *,
    workspaces: Iterable[Workspace] = tuple(Workspace),
) -> list[Path]:
    """Write `<workspace>.png` for each; waits for live data, then for the first curves and for each panel."""
    _prepare(folder)
    window.theme.hold_pulse()
    waited_ms = 0
    while not is_live() and waited_ms < LIVE_WITHIN_S * 1000:
        await pause(100)
        waited_ms += 100
    await pause(WARM_UP_MS)
    written = []
    for workspace in workspaces:
        view = window.go_to_workspace(workspace)
        await pause(SETTLE_MS)
        await _until_idle(view)
        path = folder / f"{workspace.value}.png"
        window.grab().save(str(path))
        written.append(path)
    return written


async def _until_idle(view: WorkspaceView) -> None:
    """A study or a report that is under way belongs into the picture."""
    waited_ms = 0
    while (not view.is_whole or any(panel.is_busy for panel in view.panels())) and waited_ms < BUSY_MOST_MS:
        await pause(SETTLE_MS)
        waited_ms += SETTLE_MS


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"The folder {folder} cannot be written: {error}.", "Name another one.") from error


def _settle(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


async def pause(milliseconds: int) -> None:
    """Wait while the screen goes on; by a timer of Qt, so that pictures are taken between its events."""
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    timer = QTimer(singleShot=True, interval=milliseconds)
    timer.timeout.connect(partial(_settle, done))
    timer.start()
    await done
