"""What every TruthLog promises: a file of lines, and the stand-in that remembers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend_core.virtual_grid.jsonl_truth_log import JsonlTruthLog
from backend_core.virtual_grid.model import GroundTruth
from backend_core.virtual_grid.ports import TruthLog
from tests.backend_core.virtual_grid.stand_ins import RememberedTruth

AT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
Targets = Callable[[], list[str]]


@pytest.fixture(params=["file", "memory"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[TruthLog, Targets]]:
    if request.param == "file":
        path = tmp_path / "runs" / "truth.jsonl"
        written = JsonlTruthLog(path)
        yield written, lambda: [json.loads(line)["target"] for line in path.read_text().splitlines()]
        written.close()
    else:
        remembered = RememberedTruth()
        yield remembered, lambda: [truth.target for truth in remembered.truths]


def test_what_was_done_is_there_at_once_and_in_order(log: tuple[TruthLog, Targets]) -> None:
    truth_log, targets = log
    for target in ("sensor_4", "CB-F12B"):
        truth_log.record(GroundTruth(AT, "story", "silence", target, "for the test"))
        assert targets()[-1] == target
    assert targets() == ["sensor_4", "CB-F12B"]
