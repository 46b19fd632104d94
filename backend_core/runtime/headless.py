"""A core without a screen: `linekeeper core` runs until it is told to end, or until it cannot go on."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import CoreError, Fenced
from backend_core.kernel.garbage import lasting
from backend_core.kernel.settings import Settings
from backend_core.runtime.core import Core


def run(settings: Settings) -> int:
    """Run on a plain selector loop, the same on every platform; raises why the core could not go on."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        trouble = runner.run(_run(settings))
    if trouble is not None:
        raise trouble
    return 0


async def _run(settings: Settings) -> CoreError | None:
    end = asyncio.Event()
    trouble: CoreError | None = None

    def give_up(why: CoreError) -> None:
        nonlocal trouble
        trouble = why
        end.set()

    clock = SystemClock()
    with lasting():
        core = Core(settings, clock, "core", give_up)
    # A core that stood still past its lease cannot end itself; what it had not committed is delivered again.
    core.guard(lambda: os._exit(Fenced.exit_code))
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGINT"):
        with suppress(NotImplementedError, AttributeError):
            loop.add_signal_handler(getattr(signal, name), end.set)
    core.start()
    await end.wait()
    await core.stop()
    return trouble
