"""The interval between frames stretches under load and comes back."""

from console.bridge.pace import CALM_FRAMES, Pace


def test_a_slow_hand_out_stretches_the_interval_up_to_a_fifth_of_a_second():
    pace = Pace()
    assert [pace.handed_out(40) for _ in range(5)] == [66, 100, 200, 200, 200]


def test_the_interval_shrinks_one_step_after_a_calm_second():
    pace = Pace(step=2)
    intervals = [pace.handed_out(5) for _ in range(CALM_FRAMES)]
    assert intervals[:-1] == [100] * (CALM_FRAMES - 1)
    assert intervals[-1] == 66


def test_one_slow_frame_starts_the_calm_anew():
    pace = Pace(step=1)
    for _ in range(CALM_FRAMES - 1):
        pace.handed_out(5)
    assert pace.handed_out(30) == 100
    assert pace.handed_out(5) == 100
