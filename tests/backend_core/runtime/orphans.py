"""A program that starts an engine and two workers, busy for ever, says their process ids and waits to be killed."""

from __future__ import annotations

import asyncio
import sys

from backend_core.runtime.engine_process import EngineProcess
from backend_core.runtime.pebble_pool import PebblePool

JOBS = "tests.backend_core.runtime.jobs"


async def main() -> None:
    engine, pool = EngineProcess(), PebblePool()
    pids = [await engine.ask("who", f"{JOBS}:pid"), *await asyncio.gather(*(pool.run(f"{JOBS}:pid") for _ in range(2)))]
    busy = [engine.ask("busy", f"{JOBS}:hang"), pool.run(f"{JOBS}:hang")]
    waiting = asyncio.gather(*busy)
    sys.stdout.write(" ".join(str(pid) for pid in pids) + "\n")
    sys.stdout.flush()
    await waiting


if __name__ == "__main__":
    asyncio.run(main())
