"""What has happened to the pretend plant."""

from __future__ import annotations

from dataclasses import dataclass

from backend_core.virtual_grid.model import GroundTruth, PlantStatus


@dataclass(frozen=True, slots=True)
class PlantChanged:
    """The virtual grid was started, solved for the first time, lost load or was stopped."""

    status: PlantStatus


@dataclass(frozen=True, slots=True)
class TruthRecorded:
    """Something was done to the plant that a detector should find."""

    truth: GroundTruth
