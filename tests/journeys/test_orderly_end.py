"""The demo ended as terminals and supervisors end it: one signal to the whole group, and not a word about it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.support.processes import REPOSITORY, eventually

pytestmark = pytest.mark.timeout(120)


def has_engine(demo: psutil.Process) -> bool:
    """Whether the engine's process has begun, and stands outside the demo's group."""
    return any(os.getpgid(child.pid) != os.getpgid(demo.pid) for child in demo.children())


def test_a_signal_to_the_whole_group_ends_the_demo_in_good_order_before_its_time(tmp_path: Path):
    log = tmp_path / "demo.log"
    program = Path(sys.executable).parent / "linekeeper"
    with log.open("wb") as output:
        demo = subprocess.Popen(
            [program, "demo", "--seconds", "600"],
            cwd=REPOSITORY,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_STATE_HOME": str(tmp_path)},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        eventually(lambda: has_engine(psutil.Process(demo.pid)), "the engine has begun", timeout_s=60.0)
        os.killpg(demo.pid, signal.SIGTERM)
        assert demo.wait(20.0) == 0
    finally:
        if demo.poll() is None:
            os.killpg(demo.pid, signal.SIGKILL)
            demo.wait()
    told = log.read_text(errors="replace")
    assert "Traceback" not in told
    assert "engine process" not in told
