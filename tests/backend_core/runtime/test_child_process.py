"""Children never outlive their parent, however it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[3]


def test_children_end_when_their_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "tests.backend_core.runtime.orphans"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    assert len(children) == 3
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(children, timeout=10.0)
    assert alive == []
    parent.stdout.close()
