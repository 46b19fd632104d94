"""How soon the demo lives, counted from the start of its process, and how much memory that process then holds."""

from __future__ import annotations

import compileall
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from backend_core.kernel.garbage import lasting
from backend_core.kernel.settings import Settings
from tests.support.processes import REPOSITORY

LIVE_LIMIT_S, SOLVED_LIMIT_S, MEMORY_LIMIT_MB = 3.0, 10.0, 350.0
RUN_S = 45.0
OURS = ("backend_core", "console", "ui", "resources", "sample_data")


def figures() -> dict[str, float | bool]:
    """Seconds to the first live reading and to the first solved bus, megabytes after 45 s."""
    command = [sys.executable, "-m", "tests.benchmarks.demo_start", str(time.time())]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    # As an installed program is: compiled once, not at every start.
    for package in OURS:
        compileall.compile_dir(REPOSITORY / package, quiet=2)
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    holds = (
        found["first_live_s"] <= LIVE_LIMIT_S
        and found["solved_s"] <= SOLVED_LIMIT_S
        and found["resident_mb"] <= MEMORY_LIMIT_MB
    )
    limits = {"limit_live_s": LIVE_LIMIT_S, "limit_solved_s": SOLVED_LIMIT_S, "limit_mb": MEMORY_LIMIT_MB}
    return {**found, **limits, "holds": holds}


def watch(began: float) -> dict[str, float]:
    """Run the demo with its window, and note when its values come."""
    # As `linekeeper demo` loads them: the command line's errands, the core, then Qt.
    with lasting():
        import console.command_line.commands  # noqa: F401
        from backend_core.runtime.demo import DemoCore
        from console import app as program
    from PySide6.QtCore import QTimer

    application, theme = program._application(Settings({}))
    made: list[DemoCore] = []
    moments: dict[str, float] = {}

    def make() -> DemoCore:
        made.append(DemoCore(1, (17, 30)))
        return made[0]

    def look() -> None:
        values = made[0].core.parts.telemetry.live.values if made else {}
        if values:
            moments.setdefault("first_live_s", time.time() - began)
        if any(point.startswith("BUS-") and point.endswith(".voltage") for point in list(values)):
            moments.setdefault("solved_s", time.time() - began)
        moments["resident_mb"] = _resident_mb()

    eye = QTimer()
    eye.timeout.connect(look)
    eye.start(50)
    wish = program.ScreenWish("", "benchmark", seconds=RUN_S)
    program._run(application, program.show_screen(make, wish, theme))
    return {name: round(moments.get(name, 999.0), 2) for name in ("first_live_s", "solved_s", "resident_mb")}


def _resident_mb() -> float:
    """What the process holds now; where the system does not tell, the most it ever held."""
    facts = Path("/proc/self/statm")
    if facts.exists():
        return int(facts.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


if __name__ == "__main__":
    print(json.dumps(watch(float(sys.argv[1]))))
