"""The trends beside the figures."""

from console.features.overview.curves import SLOT_US, SLOTS, Curves, added, averaged, slot_of

NOW_US = 1_000_000 * SLOT_US


def at(slots_ago: int) -> int:
    return NOW_US - slots_ago * SLOT_US


def test_a_slot_holds_the_mean_of_its_good_readings():
    samples = [(at(1), 10.0, 0), (at(1) + 1_000_000, 20.0, 1), (at(1) + 2_000_000, 900.0, 3)]
    assert averaged(samples, 10.0) == {slot_of(at(1)): 15.0}


def test_between_readings_as_far_apart_as_usual_runs_a_line_and_a_longer_silence_is_a_gap():
    sparse = [(at(9), 10.0, 0), (at(7), 20.0, 0), (at(1), 50.0, 0)]
    found = averaged(sparse, gap_after_s=2 * SLOT_US / 1e6)
    assert found == {slot_of(at(9)): 10.0, slot_of(at(8)): 15.0, slot_of(at(7)): 20.0, slot_of(at(1)): 50.0}


def test_half_a_sum_is_no_point_of_a_curve():
    assert added([{1: 1.0, 2: 2.0}, {2: 3.0}]) == {2: 5.0}
    assert added([]) == {}


def test_a_curve_has_gaps_where_nothing_was_known():
    curves = Curves()
    curves.put("load", at(2), 880.0)
    curves.put("load", at(1), None)
    curves.put("load", NOW_US, 890.0)
    assert curves.curve("load", NOW_US)[-3:] == (880.0, None, 890.0)
    assert len(curves.curve("load", NOW_US)) == SLOTS


def test_a_slot_that_has_just_begun_is_no_gap():
    curves = Curves()
    curves.put("load", at(1), 880.0)
    assert curves.curve("load", NOW_US)[-1] == 880.0


def test_the_past_fills_only_what_was_not_seen():
    curves = Curves()
    curves.put("load", at(1), 880.0)
    curves.fill("load", {slot_of(at(1)): 1.0, slot_of(at(2)): 870.0})
    assert curves.curve("load", NOW_US)[-2:] == (870.0, 880.0)


def test_what_has_left_the_window_is_forgotten():
    curves = Curves()
    for slot in range(10 * SLOTS):
        curves.put("load", slot * SLOT_US, 1.0)
    assert len(curves._slots["load"]) <= 2 * SLOTS
