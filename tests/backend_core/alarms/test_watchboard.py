"""Readings against limits, silence against patience."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis.strategies import floats, integers, lists, sampled_from, tuples

from backend_core.alarms.live.watchboard import Watchboard
from backend_core.alarms.model import Alarm, AlarmRule, Base, Happening, Level, Priority, Side, alarm_id
from backend_core.kernel.identities import DeviceId
from backend_core.kernel.quality import Mark, Quality
from backend_core.telemetry.model import Reading
from tests.backend_core.alarms.desk import START, reading, rule

LADDER = (rule(Level.LOLO, 10), rule(Level.LO, 20), rule(Level.HI, 100, deadband=2), rule(Level.HIHI, 120, deadband=2))


def board(*rules: AlarmRule) -> Watchboard:
    """A watchboard for points that are expected each second."""
    made = Watchboard(lambda point: 1.0, offline_after_s=120.0)
    made.arm(rules or LADDER)
    return made


def kinds(watch: Watchboard, readings: Sequence[Reading]) -> list[tuple[Happening, Level]]:
    """What the readings brought to light, in order."""
    return [(found.kind, found.breach.level) for found in watch.judge(readings, 0.0)]


def test_a_value_climbs_and_descends_the_ladder_one_finding_a_rung() -> None:
    values = [50.0, 101.0, 121.0, 110.0, 99.0, 97.0]
    assert kinds(board(), [reading(v, s) for s, v in enumerate(values)]) == [
        (Happening.COND_TRUE, Level.HI),
        (Happening.RAISE_PRIORITY, Level.HIHI),
        (Happening.LOWER_PRIORITY, Level.HI),
        (Happening.COND_FALSE, Level.HI),
    ]


def test_a_jump_over_both_limits_is_one_finding() -> None:
    assert kinds(board(), [reading(130.0)]) == [(Happening.COND_TRUE, Level.HIHI)]


def test_a_swing_from_high_to_low_clears_one_side_and_raises_the_other() -> None:
    swing = kinds(board(), [reading(130.0, 0), reading(5.0, 1)])
    assert swing[0] == (Happening.COND_TRUE, Level.HIHI)
    assert set(swing[1:]) == {(Happening.COND_FALSE, Level.HIHI), (Happening.COND_TRUE, Level.LOLO)}


def test_bad_data_neither_raises_nor_clears() -> None:
    watch = board()
    assert kinds(watch, [reading(130.0, 0, quality=Quality.BAD)]) == []
    assert kinds(watch, [reading(130.0, 1)]) == [(Happening.COND_TRUE, Level.HIHI)]
    assert kinds(watch, [reading(50.0, 2, quality=q) for q in (Quality.BAD, Quality.STALE, Quality.NEVER)]) == []


IMPLAUSIBLE = AlarmRule("*", Level.RANGE, None, off_delay_s=10.0)


def impossible(value: float, second: float) -> Reading:
    return reading(value, second, quality=Quality.BAD, marks=int(Mark.RANGE))


def test_a_value_that_cannot_be_raises_no_limit_but_says_that_its_meter_is_at_fault() -> None:
    watch = board(*LADDER, IMPLAUSIBLE)
    (found,) = watch.judge([impossible(1e6, 0)], 0.0)
    assert (found.kind, found.side, found.breach.level, found.breach.value) == (
        Happening.COND_TRUE,
        Side.RANGE,
        Level.RANGE,
        1e6,
    )
    assert kinds(watch, [impossible(1e6, 1)]) == []


def test_a_meter_is_believed_again_after_plausible_readings_and_never_for_bad_ones() -> None:
    watch = board(*LADDER, IMPLAUSIBLE)
    watch.judge([impossible(1e6, 0)], 0.0)
    assert kinds(watch, [reading(50.0, s, quality=Quality.BAD) for s in (1, 60)]) == []
    assert kinds(watch, [reading(50.0, 61), reading(50.0, 66)]) == []
    assert kinds(watch, [reading(50.0, 71)]) == [(Happening.COND_FALSE, Level.RANGE)]


def test_an_implausible_value_is_still_so_after_a_restart() -> None:
    watch = board(*LADDER, IMPLAUSIBLE)
    point = reading(0.0).point
    standing = Alarm(
        alarm_id(point, Side.RANGE), point, Side.RANGE, Level.RANGE, Priority.MEDIUM, 1.0, 1e6, START, START,
        present=Level.RANGE, base=Base.UNACKNOWLEDGED, occurrence=1,
    )  # fmt: skip
    watch.restore([standing], (), 0.0)
    assert kinds(watch, [impossible(1e6, 1)]) == []
    assert kinds(watch, [reading(50.0, 2), reading(50.0, 13)]) == [(Happening.COND_FALSE, Level.RANGE)]


def test_a_reading_older_than_the_last_decides_nothing() -> None:
    watch = board()
    assert kinds(watch, [reading(50.0, 10), reading(130.0, 9)]) == []


def test_a_meter_whose_clock_once_ran_ahead_is_not_deaf_afterwards() -> None:
    ahead = reading(50.0, 0)._replace(ts_us=reading(0.0, 3600).ts_us, marks=int(Mark.TIME_FUTURE))
    assert kinds(board(), [ahead, reading(130.0, 1)]) == [(Happening.COND_TRUE, Level.HIHI)]


def test_a_delay_runs_out_between_readings_while_the_data_is_fresh() -> None:
    watch = board(rule(delays_s=(3.0, 0.0)))
    watch.judge([reading(101.0, 0)], 100.0)
    assert watch.pass_time(102.9, 0, can_hear=True) == []
    assert [found.kind for found in watch.pass_time(103.0, 0, can_hear=True)] == [Happening.COND_TRUE]


def test_a_delay_does_not_run_out_on_stale_data() -> None:
    watch = board(rule(delays_s=(30.0, 0.0)))
    watch.judge([reading(101.0, 0)], 100.0)
    assert watch.pass_time(131.0, 0, can_hear=True) == []


def test_delays_that_begin_and_end_are_told_once() -> None:
    watch = board(rule(delays_s=(3.0, 0.0)))
    watch.judge([reading(101.0, 0)], 100.0)
    (began,) = watch.take_timers()
    assert began.since is not None
    watch.judge([reading(102.0, 1)], 101.0)
    assert watch.take_timers() == ()
    watch.judge([reading(50.0, 2)], 102.0)
    (ended,) = watch.take_timers()
    assert ended.since is None


def test_a_device_silent_for_longer_than_the_setting_is_offline_once() -> None:
    watch = board(rule(Level.OFFLINE, None, point="*.online"))
    watch.hear([reading(50.0)], 0.0)
    assert watch.pass_time(119.0, 0, can_hear=True) == []
    (found,) = watch.pass_time(120.0, 0, can_hear=True)
    assert (found.point, found.kind, found.breach.limit) == ("T1.online", Happening.COND_TRUE, 120.0)
    assert watch.pass_time(121.0, 0, can_hear=True) == []


def test_any_word_of_a_device_ends_its_silence_but_a_retained_one_does_not() -> None:
    watch = board(rule(Level.OFFLINE, 60.0, point="*.online"))
    watch.expect([DeviceId("T1")], 0.0)
    watch.pass_time(61.0, 0, can_hear=True)
    watch.hear([reading(50.0, marks=int(Mark.RETAINED))], 62.0)
    assert watch.pass_time(62.5, 0, can_hear=True) == []
    watch.hear([reading(50.0, quality=Quality.BAD)], 63.0)
    assert [found.kind for found in watch.pass_time(63.5, 0, can_hear=True)] == [Happening.COND_FALSE]


def test_nobody_is_called_silent_while_we_cannot_hear() -> None:
    watch = board(rule(Level.OFFLINE, 60.0, point="*.online"))
    watch.expect([DeviceId("T1")], 0.0)
    assert watch.pass_time(500.0, 0, can_hear=False) == []
    watch.forgive_silence(500.0)
    assert watch.pass_time(501.0, 0, can_hear=True) == []


def test_new_limits_hold_from_the_next_reading() -> None:
    watch = board()
    assert kinds(watch, [reading(110.0, 0)]) == [(Happening.COND_TRUE, Level.HI)]
    watch.arm([rule(Level.HI, 80), rule(Level.HIHI, 105)])
    assert kinds(watch, [reading(110.0, 1)]) == [(Happening.RAISE_PRIORITY, Level.HIHI)]


def test_a_level_whose_rule_is_gone_gives_way_at_the_next_reading() -> None:
    watch = board()
    watch.judge([reading(130.0, 0)], 0.0)
    watch.arm([rule(Level.HI, 100)])
    assert kinds(watch, [reading(130.0, 1)]) == [(Happening.LOWER_PRIORITY, Level.HI)]


SERIES = lists(tuples(integers(0, 3), floats(0, 150)), max_size=60)


def findings(series: list[tuple[int, float]], sizes: list[int]) -> list[tuple[Happening, Level]]:
    """What a series brings to light when it comes in batches of these sizes."""
    watch, second = board(*LADDER), 0
    readings: list[Reading] = []
    for gap, value in series:
        second += gap
        readings.append(reading(value, second))
    told: list[tuple[Happening, Level]] = []
    while readings:
        size = sizes[len(told) % len(sizes)]
        told += kinds(watch, readings[:size])
        readings = readings[size:]
    return told


@given(SERIES, lists(sampled_from([1, 2, 7]), min_size=1, max_size=5))
def test_how_readings_are_batched_changes_nothing(series: list[tuple[int, float]], sizes: list[int]) -> None:
    assert findings(series, sizes) == findings(series, [len(series) or 1])


@given(SERIES)
def test_a_side_is_never_raised_twice_nor_cleared_twice(series: list[tuple[int, float]]) -> None:
    watch, second = board(*LADDER), 0
    up: set[Side] = set()
    for gap, value in series:
        second += gap
        for found in watch.judge([reading(value, second)], 0.0):
            assert (found.side in up) == (found.kind is not Happening.COND_TRUE)
            up = up - {found.side} if found.kind is Happening.COND_FALSE else up | {found.side}
