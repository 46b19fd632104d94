"""Live state keeps the newest of both inlets, learns how often a point comes, and knows when it is stale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import Inlet
from tests.backend_core.telemetry.inlet import TestedInlet, message, sensor


def test_the_newest_reading_wins_whichever_inlet_brings_it():
    inlet = TestedInlet()
    inlet.hear(sensor(inlet.ago(1), 231.0), inlet=Inlet.LIVE)
    judged = inlet.hear(sensor(inlet.ago(2), 230.0))
    assert inlet.value("s.voltage").value == 231.0
    assert judged.readings
    assert not judged.fresh
    assert inlet.hear(sensor(inlet.ago(0), 232.0)).fresh
    assert inlet.value("s.voltage").value == 232.0


@given(ages=st.permutations(range(8)))
def test_any_order_of_arrival_ends_with_the_newest(ages: list[int]):
    inlet = TestedInlet()
    for age in ages:
        inlet.hear(sensor(inlet.ago(age), 100.0 + age))
    assert inlet.value("s.voltage").value == 100.0


def test_a_time_from_the_future_is_shown_as_that_of_receipt_and_does_not_stop_the_next():
    inlet = TestedInlet()
    inlet.hear(sensor(inlet.ago(-3600), 240.0))
    assert inlet.value("s.voltage").ts_us == inlet.clock.now_us()
    inlet.clock.advance(seconds=1)
    inlet.hear(sensor(inlet.ago(0), 230.0))
    assert inlet.value("s.voltage").value == 230.0


def test_a_late_reading_moves_nothing_but_is_better_than_nothing():
    inlet = TestedInlet()
    inlet.hear(sensor(inlet.ago(4000), 220.0))
    assert inlet.value("s.voltage").value == 220.0
    inlet.hear(sensor(inlet.ago(3000), 221.0))
    assert inlet.value("s.voltage").value == 220.0


@pytest.mark.parametrize(
    ("topic", "key", "quantity", "stale_after_s"),
    [
        ("grid/sensors/d", "device_id", "voltage", 6),
        ("grid/buses/d", "bus_id", "voltage", 5),
        ("grid/converters/d", "converter_id", "voltage", 5),
        ("grid/res/d", "unit_id", "generation", 5),
    ],
)
def test_a_value_is_stale_when_two_of_its_periods_have_passed_but_never_within_five_seconds(
    topic: str, key: str, quantity: str, stale_after_s: float
):
    inlet = TestedInlet()
    inlet.hear(message(topic, **{key: "d", quantity: 1, "timestamp": inlet.ago(0)}))
    value, now = inlet.value(f"d.{quantity}"), inlet.clock.monotonic()
    assert value.quality_at(now + stale_after_s) is Quality.GOOD
    assert value.quality_at(now + stale_after_s + 0.01) is Quality.STALE


def test_a_wall_clock_that_is_set_makes_nothing_stale():
    inlet = TestedInlet()
    inlet.hear(sensor(inlet.ago(0)))
    inlet.clock.step_wall(seconds=86_400)
    assert inlet.value("s.voltage").quality_at(inlet.clock.monotonic()) is Quality.GOOD


def test_a_point_of_no_known_rhythm_learns_it_from_the_middle_of_its_last_twenty_gaps():
    inlet = TestedInlet()
    for gap_s in [60, *[7] * 21, 300, 7]:
        inlet.clock.advance(seconds=gap_s)
        inlet.hear(message("grid/points/d", device_id="d", values={"x": 1}, timestamp=inlet.ago(0)))
    assert inlet.value("d.x").period_s == 7.0


def test_a_configured_period_wins_over_the_kinds_and_over_learning():
    inlet = TestedInlet(periods={"s.voltage": 30.0, "d": 12.0})
    inlet.hear(sensor(inlet.ago(0), frequency=50))
    inlet.hear(message("grid/points/d", device_id="d", values={"x": 1}, timestamp=inlet.ago(0)))
    periods = [inlet.value(point).period_s for point in ("s.voltage", "s.frequency", "d.x")]
    assert periods == [30.0, 3.0, 12.0]
