"""A value never looks better than it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.values import Trust, format_age, format_number, show_by_hand, show_estimate, show_value


def test_a_good_value_is_a_number_with_its_unit():
    assert show_value(61, "°C", 0).text == "61 °C"


def test_a_stale_value_stands_in_brackets_with_its_age():
    assert show_value(61, "°C", 0, trust=Trust.STALE, age_s=190).text == "[ 61 °C ] 3 min"


def test_a_bad_value_shows_no_number_at_all():
    assert show_value(61, "°C", 0, trust=Trust.BAD).text == "###"


def test_a_value_never_seen_is_not_zero():
    assert show_value(None, "°C").text == "n/a"
    assert show_value(0.0, "°C", trust=Trust.NEVER).text == "n/a"


def test_an_estimate_is_in_italics_with_its_spread():
    shown = show_estimate(124, 7, "%", 0)
    assert (shown.text, shown.italic) == ("124 ± 7 %", True)


def test_a_value_by_hand_carries_a_mark():
    assert "✎" in show_by_hand(61, "°C", 0).text


@given(
    value=st.floats(-1e6, 1e6),
    trust=st.sampled_from([Trust.UNCERTAIN, Trust.STALE, Trust.BAD, Trust.NEVER]),
)
def test_whatever_is_not_good_is_written_differently(value: float, trust: Trust):
    assert show_value(value, "A", trust=trust, age_s=1).text != show_value(value, "A").text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_ages_have_one_natural_unit(seconds: float, text: str):
    assert format_age(seconds) == text


def test_a_small_negative_rounds_to_zero_without_a_sign():
    assert format_number(-0.01, 1) == "0.0"
    assert format_number(-1234.5, 1) == "−1,234.5"
