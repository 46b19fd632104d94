"""What meters make of true values."""

from __future__ import annotations

import numpy as np
import pytest

from backend_core.powerflow.model import BranchResult, BusResult, Injection
from backend_core.virtual_grid.rules import measurement


def test_a_dead_bus_reads_nothing_and_has_no_frequency() -> None:
    readings = measurement.bus(measurement.DEAD_BUS, 50.0, np.random.default_rng(1))
    assert readings == {"voltage": 0.0, "angle": 0.0, "active_power": 0.0, "reactive_power": 0.0}


def test_voltages_err_by_two_and_powers_by_five_thousandths() -> None:
    rng = np.random.default_rng(2)
    seen = [measurement.bus(BusResult(1.0, -5.0, 100.0, 50.0), 50.0, rng) for _ in range(4000)]
    assert np.std([r["voltage"] for r in seen]) == pytest.approx(0.002, rel=0.05)
    assert np.std([r["active_power"] for r in seen]) == pytest.approx(0.5, rel=0.05)


def test_a_branch_is_measured_in_amperes() -> None:
    readings = measurement.branch(BranchResult(10, 5, -10, -5, 0.5, 0.5, 40.0), None, np.random.default_rng(1))
    assert readings["current"] == pytest.approx(500.0, rel=0.03)
    assert "temperature" not in readings


def test_a_branch_without_a_rating_has_no_loading() -> None:
    readings = measurement.branch(BranchResult(10, 5, -10, -5, 0.5, 0.5, None), None, np.random.default_rng(1))
    assert "loading_percent" not in readings


def test_a_capacitor_has_no_active_power() -> None:
    rng = np.random.default_rng(1)
    assert set(measurement.injection(Injection(0.0, 180.0), rng, has_active_power=False)) == {"reactive_power"}
