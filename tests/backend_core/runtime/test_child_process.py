"""Children never outlive their parent, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture
def family() -> Iterator[tuple[subprocess.Popen[str], list[psutil.Process]]]:
    """A program in a process group of its own, with the three children it has started."""
    program = [sys.executable, "-m", "tests.backend_core.runtime.orphans"]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        assert len(children) == 3
        yield parent, children
        parent.kill()


def test_children_end_when_their_parent_is_killed(family) -> None:
    parent, children = family
    parent.kill()
    _, alive = psutil.wait_procs(children, timeout=10.0)
    assert alive == []


def test_a_signal_to_the_whole_group_leaves_the_children_to_their_parent(family) -> None:
    parent, children = family
    groups = {os.getpgid(child.pid) for child in children}
    assert os.getpgid(parent.pid) not in groups
