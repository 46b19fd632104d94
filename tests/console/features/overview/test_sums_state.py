"""Sums say how far they may be trusted."""

from hypothesis import given
from hypothesis import strategies as st

from backend_core.kernel.quality import Quality
from console.features.overview.sums_state import Limits, Reading, losses, share_percent, strain, total


def good(value: float) -> Reading:
    return Reading(value, Quality.GOOD, 0.5)


def stale(value: float, age_s: float = 20.0) -> Reading:
    return Reading(value, Quality.STALE, age_s)


def test_a_sum_of_good_inputs_is_good():
    whole = total([good(400.0), good(480.0)])
    assert (whole.value, whole.trust, whole.good, whole.wanted) == (880.0, Quality.GOOD, 2, 2)


def test_a_sum_that_lacks_an_input_is_uncertain_and_says_how_many_are_good():
    part = total([good(400.0), None])
    assert (part.value, part.trust, part.good, part.wanted) == (400.0, Quality.UNCERTAIN, 1, 2)


def test_a_sum_that_mixes_old_and_new_is_uncertain():
    assert total([good(400.0), stale(480.0)]).trust is Quality.UNCERTAIN


def test_a_sum_of_old_inputs_is_as_old_as_the_oldest():
    old = total([stale(400.0, 8.0), stale(480.0, 30.0)])
    assert (old.trust, old.age_s) == (Quality.STALE, 30.0)


def test_a_bad_input_is_not_added():
    assert total([good(400.0), Reading(1e9, Quality.BAD, 0.1)]).value == 400.0


def test_bad_inputs_alone_make_a_bad_sum_and_none_at_all_was_never_seen():
    assert total([Reading(1.0, Quality.BAD, 0.1)]).trust is Quality.BAD
    assert total([None, None]).trust is Quality.NEVER


def test_losses_are_what_is_fed_and_not_drawn():
    generation, load = total([good(394.8), good(520.0)]), total([good(800.0), good(80.0)])
    lost = losses(generation, load)
    assert lost.value is not None
    assert round(lost.value, 6) == 34.8
    assert round(share_percent(lost, generation) or 0.0, 2) == 3.80


def test_there_are_no_losses_while_an_input_is_missing():
    lost = losses(total([good(394.8), None]), total([good(880.0)]))
    assert lost.value is None
    assert (lost.good, lost.wanted) == (2, 3)


def test_losses_of_moments_that_differ_are_uncertain():
    assert losses(total([good(900.0)]), total([stale(880.0)])).trust is Quality.UNCERTAIN
    assert losses(total([stale(900.0)]), total([stale(880.0)])).trust is Quality.STALE


def test_nothing_has_a_share_of_nothing():
    assert share_percent(total([good(1.0)]), total([good(0.0)])) is None


def test_strain_is_one_at_either_limit():
    limits = Limits(0.95, 1.05)
    assert [round(strain(pu, limits), 6) for pu in (1.0, 1.05, 0.95, 0.90)] == [0.0, 1.0, 1.0, 2.0]


@given(st.lists(st.one_of(st.none(), st.tuples(st.floats(-1e4, 1e4), st.sampled_from(Quality)))))
def test_a_sum_never_looks_better_than_its_worst_input(inputs):
    readings = [None if each is None else Reading(each[0], each[1], 1.0) for each in inputs]
    found = total(readings)
    if any(reading is None or reading.trust is not Quality.GOOD for reading in readings):
        assert found.trust is not Quality.GOOD
    assert found.good <= found.known <= found.wanted == len(readings)
