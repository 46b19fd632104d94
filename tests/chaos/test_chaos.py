"""The promise under fire: whatever is killed, every message that the broker took and held stands in the record once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.faults import KillBroker, KillCore
from tests.chaos.run import run
from tests.chaos.schedule import Plan, Stroke, schedule

SEED = 20261121


@pytest.mark.timeout(400)
def test_twenty_kills_and_restarts_of_both_servers_lose_double_and_change_nothing(tmp_path: Path):
    strokes = schedule(Plan(), SEED)
    outcome = run(tmp_path / "stage", SEED, strokes, say=print)
    assert outcome.verdict.is_clean, f"seed {SEED}: {outcome.verdict}\n{outcome.verdict.evidence()}"
    assert outcome.verdict.quarantined, "some of it was poison, and is kept with its reason"


@pytest.mark.timeout(200)
def test_what_a_killed_broker_takes_with_it_is_told_as_a_gap_of_the_record(tmp_path: Path):
    strokes = [Stroke(KillBroker(), 0.5, True), Stroke(KillCore(), 0.2, True), Stroke(KillBroker(), 0.5, True)]
    outcome = run(tmp_path / "stage", SEED, strokes, say=print)
    assert outcome.holds, f"{outcome.verdict}\n{outcome.verdict.evidence()}"
    assert outcome.verdict.gaps >= 2
