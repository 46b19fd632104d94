"""What the converters panel knows, from frames alone."""

import pytest

from backend_core.gateway.frame import Frame, Sample, SampleRun
from backend_core.kernel.identities import PointId
from backend_core.kernel.quality import Quality
from backend_core.telemetry.model import LiveValue
from console.features.converters.state import WINDOW_S, Family, UnitsState, family_of, thinned

NOW_US = 1_800_000_000_000_000
NOW_S = 5000.0


def live(value: float, *, age_s: float = 0.0, quality: Quality = Quality.GOOD, period_s: float = 0.5) -> LiveValue:
    return LiveValue(value, quality, 0, NOW_US, NOW_S - age_s, period_s)


def frame(values: dict[str, LiveValue], samples: dict[str, list[tuple[float, float, int]]] | None = None) -> Frame:
    """Samples as (seconds ago, value, quality)."""
    runs = {
        PointId(point): SampleRun(
            tuple(Sample(NOW_US - round(ago * 1e6), value, quality) for ago, value, quality in run)
        )
        for point, run in (samples or {}).items()
    }
    return Frame(1, 0.0, {PointId(point): value for point, value in values.items()}, runs)


CONVERTER = {"CONV-001.active_power": live(72.0), "CONV-001.current_d": live(147.0), "CONV-001.temperature": live(88.0)}


def test_a_device_is_known_by_what_it_reports():
    assert family_of(["current_d", "voltage"]) is Family.CONVERTER
    assert family_of(["generation", "irradiance", "temperature"]) is Family.SOLAR
    assert family_of(["generation", "wind_speed"]) is Family.WIND
    assert family_of(["ghi", "wind_speed"]) is Family.MAST
    assert family_of(["voltage", "current", "temperature"]) is None


def test_buses_and_sensors_do_not_enter():
    state = UnitsState()
    changed = state.apply(frame({**CONVERTER, "BUS-001.voltage": live(1.0), "sensor_1.current": live(4.0)}))
    assert changed == {"CONV-001"}
    assert state.units(*Family) == ["CONV-001"]


def test_a_row_carries_values_with_quality_and_age():
    state = UnitsState()
    state.apply(frame({**CONVERTER, "CONV-001.thd": live(3.0, quality=Quality.UNCERTAIN, age_s=1.0)}))
    row = state.row("CONV-001", NOW_S, NOW_US)
    assert row is not None
    assert row.readings["thd"] == (3.0, 1, 1.0)
    assert row.value("active_power") == 72.0
    assert row.is_current


def test_a_value_nobody_renews_turns_stale_on_the_screen_itself():
    state = UnitsState()
    state.apply(frame(CONVERTER))
    row = state.row("CONV-001", NOW_S + 60.0, NOW_US)
    assert row is not None
    assert row.readings["active_power"].quality == 2
    assert row.value("active_power") is None
    assert not row.is_current
    assert row.age_s == 60.0


def test_loss_and_efficiency_come_from_the_cooler_of_the_unit():
    state = UnitsState()
    changed = state.apply(
        frame({**CONVERTER, "CONV-001.cooler.heat": live(1.1), "CONV-001.cooler.efficiency": live(98.6)})
    )
    row = state.row("CONV-001", NOW_S, NOW_US)
    assert changed == {"CONV-001"}
    assert row is not None
    assert row.value("heat") == 1.1
    assert row.value("temperature") == 88.0


def test_the_registry_may_tell_the_kind_of_bridge():
    state = UnitsState()
    state.apply(frame(CONVERTER))
    before = state.row("CONV-001", NOW_S, NOW_US)
    state.know_bridge("CONV-001", "NPC")
    after = state.row("CONV-001", NOW_S, NOW_US)
    assert before is not None
    assert after is not None
    assert (before.kind, after.kind) == ("converter", "NPC")


def test_a_curve_holds_the_window_and_breaks_at_a_pause_and_at_bad_readings():
    state = UnitsState()
    run = [(WINDOW_S + 5, 1.0, 0), (60, 2.0, 0), (59.5, 3.0, 0), (20, 4.0, 0), (19.5, 5.0, 3), (19, 6.0, 0)]
    state.apply(frame(CONVERTER, {"CONV-001.active_power": run}))
    curve = state.curve("CONV-001.active_power", NOW_US)
    assert curve.values == (2.0, 3.0, None, 4.0, None, 6.0)
    assert curve.ages_s[0] == pytest.approx(60.0)


def test_history_comes_before_what_was_heard_live_and_does_not_overwrite_it():
    state = UnitsState()
    state.apply(frame(CONVERTER, {"CONV-001.active_power": [(1.0, 10.0, 0), (0.5, 11.0, 0)]}))
    state.add_samples(
        "CONV-001.active_power",
        [(NOW_US - 2_000_000, 8.0, 0), (NOW_US - 1_500_000, 9.0, 0), (NOW_US - 1_000_000, 99.0, 0)],
    )
    assert state.curve("CONV-001.active_power", NOW_US).values == (8.0, 9.0, 10.0, 11.0)


def test_totals_leave_out_what_is_not_good():
    state = UnitsState()
    bad = live(1000.0, quality=Quality.BAD)
    state.apply(frame({**CONVERTER, "CONV-002.current_d": live(1.0), "CONV-002.active_power": bad}))
    assert state.total_kw(Family.CONVERTER) == 72.0


def test_a_trend_starts_with_the_points_that_matter_and_exist():
    state = UnitsState()
    state.apply(frame(CONVERTER))
    assert state.points_of("CONV-001") == ("CONV-001.active_power", "CONV-001.temperature")


def test_a_small_curve_keeps_its_gaps():
    state = UnitsState()
    run = [(ago, float(ago), 0) for ago in range(600, 300, -2)] + [(ago, float(ago), 0) for ago in range(100, 0, -2)]
    state.apply(frame(CONVERTER, {"CONV-001.active_power": run}))
    cells = thinned(state.curve("CONV-001.active_power", NOW_US), 12)
    assert len(cells) == 12
    assert cells[7] is None
    assert cells[0] is not None


def test_a_small_curve_of_a_young_unit_stands_at_its_right_end():
    state = UnitsState()
    state.apply(frame(CONVERTER, {"CONV-001.active_power": [(30.0, 1.0, 0), (20.0, 2.0, 0), (0.0, 3.0, 0)]}))
    cells = thinned(state.curve("CONV-001.active_power", NOW_US), 60)
    assert cells[:57] == (None,) * 57
    assert cells[-1] == 3.0


def test_a_small_curve_holds_a_slow_reading_until_the_next():
    state = UnitsState()
    slow = {"CONV-001.active_power": live(1.0, period_s=20.0), "CONV-001.current_d": live(1.0)}
    state.apply(frame(slow, {"CONV-001.active_power": [(60.0, 1.0, 0), (40.0, 2.0, 0), (20.0, 3.0, 0)]}))
    cells = thinned(state.curve("CONV-001.active_power", NOW_US), 120)
    assert cells[108:117] == (1.0,) * 4 + (2.0,) * 4 + (3.0,)


def test_a_thin_record_before_the_live_readings_is_no_row_of_gaps_but_a_silence_is_one():
    state, point = UnitsState(), "CONV-001.active_power"
    state.apply(frame(CONVERTER))
    thin = [(ago, 70.0, 0) for ago in (480.0, 360.0, 240.0, 120.0)]
    dense = [(60.0 - i / 2, 71.0, 0) for i in range(80)]
    state.apply(frame(CONVERTER, {point: [*thin, *dense, (0.0, 72.0, 0)]}))
    curve = state.curve(point, NOW_US)
    assert [age for age, value in zip(curve.ages_s, curve.values, strict=True) if value is None] == [0.0]
