"""Writes the ground truth of a run to a file, one JSON object a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from backend_core.virtual_grid.model import GroundTruth
from backend_core.virtual_grid.rules.payloads import stamp


class JsonlTruthLog:
    """Implements `TruthLog`; a few lines an hour, each flushed so that a crash loses none."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: TextIO = path.open("a", encoding="utf-8")

    def record(self, truth: GroundTruth) -> None:
        body = {
            "at": stamp(truth.at),
            "source": truth.source,
            "kind": truth.kind,
            "target": truth.target,
            "detail": truth.detail,
        }
        self._file.write(json.dumps(body) + "\n")
        self._file.flush()

    def close(self) -> None:
        """After the last record."""
        self._file.close()
