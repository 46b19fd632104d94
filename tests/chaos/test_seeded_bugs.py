"""The harness goes red where it must: each of four cores with one wrong part is found out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.chaos.broken_core import BUGS
from tests.chaos.faults import Fault, KillBrokerInAWrite, KillCore, KillCoreAsItConnects
from tests.chaos.run import run
from tests.chaos.schedule import Stroke

SEED = 20261121
FOUND_BY: dict[str, tuple[Fault, ...]] = {
    "auto-ack": (KillCore(), KillCore(), KillCore()),
    "ack-after-connect": (KillCoreAsItConnects(), KillCoreAsItConnects(), KillCoreAsItConnects()),
    "stale-generation": (KillBrokerInAWrite(), KillBrokerInAWrite()),
    "no-bisect": (KillCore(),),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("bug", BUGS)
def test_a_core_with_a_seeded_bug_is_found_to_lose_messages(tmp_path: Path, bug: str):
    strokes = [Stroke(fault, 0.3, True) for fault in FOUND_BY[bug]]
    command = [sys.executable, "-m", "tests.chaos.broken_core", bug]
    outcome = run(tmp_path / "stage", SEED, strokes, command=command, say=print)
    assert outcome.verdict.lost, f"a core with the bug {bug} got through: {outcome.verdict}"
