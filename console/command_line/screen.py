"""`linekeeper` and `linekeeper demo`: the commands with a screen; Qt is loaded only here."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from backend_core.kernel.errors import BadInput
from backend_core.kernel.garbage import lasting
from console.command_line.options import OptionalConfig, Overrides, begin_logging, settings_of


def console(
    context: typer.Context,
    config: OptionalConfig = None,
    overrides: Overrides = None,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
) -> int:
    """Open the console."""
    if show_version:
        typer.echo(f"linekeeper {_version()}")
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return 0
    _require_display(shots=None)
    from console.app import run_console

    return run_console(settings_of(config, overrides), config)


def demo(
    shots: Annotated[
        Path | None, typer.Option("--shots", help="Write a picture of each workspace here and end.")
    ] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", min=1.0, help="End after so many seconds.")] = None,
    size: Annotated[str, typer.Option("--size", help="Width x height of the window, such as 1920x1080.")] = "1920x1080",
    theme: Annotated[str, typer.Option("--theme", help="night or day.")] = "night",
    start: Annotated[str, typer.Option("--start", help="The time of the demo's day, HH:MM.")] = "17:30",
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same run.")] = 1,
) -> int:
    """Open the console on a living grid that this program simulates."""
    begin_logging("warning")
    _require_display(shots)
    # Before Qt: PySide reads the source of every module that is loaded after it.
    with lasting():
        import backend_core.runtime.demo  # noqa: F401
        from console.app import DemoWish, run_demo

    return run_demo(DemoWish(shots, seconds, _size(size), _theme(theme), _start(start), seed))


def _require_display(shots: Path | None) -> None:
    if shots is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        return
    has_display = bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    )
    if sys.platform.startswith("linux") and not has_display:
        raise BadInput(
            "There is no display to open a window on.",
            "Start it on a desktop, or let it paint pictures: linekeeper demo --shots DIR.",
        )
    if os.environ.get("WAYLAND_DISPLAY"):
        # Docked panels cannot be dragged out on Wayland; XWayland does it.
        os.environ.setdefault("QT_QPA_PLATFORM", "xcb")


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 640 <= int(width) <= 7680 and 480 <= int(height) <= 4320):
        raise BadInput(
            f"--size '{text}' is no size of a window.", "Write it like 1920x1080, from 640x480 to 7680x4320."
        )
    return int(width), int(height)


def _theme(text: str) -> str:
    if text not in ("night", "day"):
        raise BadInput(f"--theme '{text}' is not known.", "Choose night or day.")
    return text


def _start(text: str) -> tuple[int, int]:
    hour, _, minute = text.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise BadInput(f"--start '{text}' is no time of day.", "Write it like 17:30.")
    return int(hour), int(minute)


def _version() -> str:
    try:
        return version("linekeeper")
    except PackageNotFoundError:
        return "0.1.0 (from source)"
