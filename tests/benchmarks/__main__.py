"""Prints each benchmark figure beside its peer or limit, and adds the lines to docs/benchmarks.md.

`python -m tests.benchmarks [--large] [number or name]...`; each runs in a process of its own, one after the other.
`--large` gives the long ones the length and the size that are promised.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks import size

LARGE = "--large"
REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "benchmarks.md"


class Benchmark(NamedTuple):
    """One of the promised figures, and the module of this folder that measures it."""

    number: int
    module: str
    promise: str


BENCHMARKS = (
    Benchmark(1, "ingest", "QoS 1 to committed rows: at least 1.0 of a plain pipeline, 0.35 of bare receiving"),
    Benchmark(2, "latency", "Publish to frame at 2,000 msg/s: p95 at most 250 ms"),
    Benchmark(3, "heartbeat", "Gap of the screen's heartbeat under flood: p99 at most 50 ms"),
    Benchmark(4, "demo_start", "Demo: live within 3 s, solved within 10 s, at most 350 MB"),
    Benchmark(5, "smart_switch_probe", "10,000 smart switches probed once: at most 12 s and 1 core"),
    Benchmark(6, "trend_paint", "First paint of ten million samples: at least 10 times as fast as pyqtgraph's default"),
    Benchmark(7, "diagram_items", "3,000 diagram values all changing: hand-out and repaint within 33 ms"),
    Benchmark(8, "sharing", "Acknowledged at one desk, shown at another: p95 at most 1 s; 10,000 missed: 5 s"),
    Benchmark(9, "database_away", "PostgreSQL away at 500 msg/s: 0 lost, drained at 4 times that rate, no live gap"),
    Benchmark(10, "trend_questions", "Eight points, first paint of a year and of hours of readings: at most 300 ms"),
    Benchmark(11, "record_rows", "Rows a second, keyed and partitioned: at least 0.3 of COPY into a bare table"),
    Benchmark(12, "sustained_ingest", "A minute of messages of 3 quantities: 7,000 a second, at most 50 MB growth"),
    Benchmark(13, "growth", "1,000, 10,000 and 100,000 points: cost that is linear or better"),
    Benchmark(14, "large_record", "A console on a hundred million readings: open within 3 s, a year within 300 ms"),
    Benchmark(15, "rewind", "A past moment called up from ten million stored readings: p95 at most 1,000 ms"),
    Benchmark(16, "takeover", "A stand-by leads: 3 s after a kill, 15 s after a freeze or a cut; no fenced write"),
)
_PROGRAM = "import json; from tests.benchmarks import {0} as b; print(json.dumps(b.figures()))"


def main(wanted: list[str]) -> int:
    """0 when every figure holds, 1 when one does not, 2 when one is not known."""
    if LARGE in wanted:
        os.environ[size.VARIABLE] = "1"
        wanted = [name for name in wanted if name != LARGE]
    known = {name: b for b in BENCHMARKS for name in (str(b.number), b.module)}
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no benchmark '{unknown[0]}'; choose of {', '.join(b.module for b in BENCHMARKS)}.")
        return 2
    chosen = list(dict.fromkeys(known[name] for name in wanted)) or list(BENCHMARKS)
    print(_machine())
    outcomes = [_run(benchmark) for benchmark in chosen]
    _note([line for line, _ in outcomes])
    return 0 if all(holds for _, holds in outcomes) else 1


def _run(benchmark: Benchmark) -> tuple[str, bool]:
    program = [sys.executable, "-c", _PROGRAM.format(benchmark.module)]
    done = subprocess.run(program, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        line = f"{benchmark.number}. {benchmark.promise}: **could not be measured**"
        print(line)
        return line, False
    found = json.loads(done.stdout.splitlines()[-1])
    holds = bool(found.pop("holds"))
    told = ", ".join(f"{name} {value:,}" for name, value in found.items())
    line = f"{benchmark.number}. {benchmark.promise}: **{'holds' if holds else 'MISSED'}** ({told})"
    print(line, flush=True)
    return line, holds


def _note(lines: list[str]) -> None:
    today = datetime.now(UTC)
    with PAGE.open("a", encoding="utf-8") as page:
        page.write(f"\n## {today:%Y-%m-%d %H:%M} UTC, {_machine()}\n\n" + "\n".join(lines) + "\n")


def _machine() -> str:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        named = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
        model = named[0].partition(": ")[2] if named else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} x {model}, {platform.system()}, Python {platform.python_version()}{load}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
