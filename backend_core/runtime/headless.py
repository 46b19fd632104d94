"""A core without a screen: `linekeeper core` runs until it is told to end, or until another core leads."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.garbage import lasting
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core

FENCED_EXIT = 3


def run(settings: Settings) -> int:
    """Run on a plain selector loop, the same on every platform; the exit code."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(_run(settings))


async def _run(settings: Settings) -> int:
    end = asyncio.Event()
    outcome = 0

    def fenced() -> None:
        nonlocal outcome
        outcome = FENCED_EXIT
        end.set()

    clock = SystemClock()
    with lasting():
        core = Core(settings, clock, "core", fenced)
    # A core that stood still past its lease cannot end itself; what it had not committed is delivered again.
    core.guard(lambda: os._exit(FENCED_EXIT))
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        with suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), end.set)
    core.start()
    await end.wait()
    await core.stop()
    return outcome
