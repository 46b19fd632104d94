"""The harness goes red where it must: each of three cores with one wrong part is found out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.chaos.broken_core import BUGS
from tests.chaos.faults import Fault, KillCore, KillCoreAsItConnects
from tests.chaos.run import run
from tests.chaos.schedule import Stroke
from tests.chaos.verdict import Verdict

SEED = 20261121
FOUND_BY: dict[str, tuple[Fault, ...]] = {
    "auto-ack": (KillCore(), KillCore(), KillCore()),
    "ack-after-connect": (KillCoreAsItConnects(), KillCoreAsItConnects(), KillCoreAsItConnects()),
    "no-bisect": (KillCore(),),
}


def played(folder: Path, part: str, faults: tuple[Fault, ...]) -> Verdict:
    strokes = [Stroke(fault, 0.3, True) for fault in faults]
    command = [sys.executable, "-m", "tests.chaos.broken_core", part]
    return run(folder / "stage", SEED, strokes, command=command, say=print).verdict


@pytest.mark.timeout(400)
@pytest.mark.parametrize("bug", BUGS)
def test_a_core_with_a_seeded_bug_is_found_to_lose_messages(tmp_path: Path, bug: str):
    verdict = played(tmp_path, bug, FOUND_BY[bug])
    assert verdict.lost, f"a core with the bug {bug} got through: {verdict}"
