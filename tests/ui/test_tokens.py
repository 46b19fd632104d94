"""The tokens can be read and told apart, by everyone."""

from itertools import combinations

import pytest

from ui.theme.colour_vision import VISIONS, contrast, difference
from ui.theme.tokens import DAY, FILL_TOKENS, NIGHT, SYMBOL_TOKENS, TEXT_TOKENS, Tokens

LOOKS = pytest.mark.parametrize("look", [NIGHT, DAY], ids=["night", "day"])


@LOOKS
@pytest.mark.parametrize("ground", ["bg0", "bg1", "bg2"])
@pytest.mark.parametrize("token", TEXT_TOKENS)
def test_text_stands_out_from_every_ground(look: Tokens, ground: str, token: str):
    named = look.as_mapping()
    assert contrast(named[token], named[ground]) >= 4.5


@LOOKS
@pytest.mark.parametrize("ground", ["bg0", "bg1"])
@pytest.mark.parametrize("token", SYMBOL_TOKENS)
def test_symbols_conductors_and_pens_stand_out(look: Tokens, ground: str, token: str):
    named = look.as_mapping()
    assert contrast(named[token], named[ground]) >= 3.0


@LOOKS
@pytest.mark.parametrize("vision", VISIONS)
def test_priority_marks_differ_in_every_colour_vision(look: Tokens, vision: str):
    named = look.as_mapping()
    for one, other in combinations(FILL_TOKENS, 2):
        assert difference(named[one], named[other], vision) >= 20, (one, other)


@LOOKS
@pytest.mark.parametrize("priority", ["crit", "high", "med", "low"])
def test_the_digit_on_a_mark_can_be_read(look: Tokens, priority: str):
    named = look.as_mapping()
    assert contrast(named[f"{priority}_ink"], named[f"{priority}_fill"]) >= 4.5


def test_black_on_white_has_the_contrast_of_the_textbook():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert difference("#123456", "#123456") == 0
