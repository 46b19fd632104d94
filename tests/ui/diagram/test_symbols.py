"""The symbol files: every one can be drawn, and no two states look alike."""

import pytest

from ui.diagram.symbol_files import BadSymbol, load_symbol, parse_path, read_symbol, symbol_names

SWITCHES = ("breaker", "disconnector", "load_break", "earthing")


@pytest.mark.parametrize("name", symbol_names())
def test_every_symbol_stays_inside_its_box(name):
    symbol = load_symbol(name)
    for shape in symbol.shapes.values():
        box = (shape.hollow + shape.dashed + shape.line + shape.solid).boundingRect()
        assert box.width() <= symbol.width + 0.01
        assert box.height() <= symbol.height + 0.01


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_looks_different_in_each_position_and_unknown_by_default(name):
    symbol = load_symbol(name)
    looks = {(s.hollow, s.dashed, s.line, s.solid).__repr__() for s in symbol.shapes.values()}
    assert set(symbol.shapes) == {"open", "closed", "intermediate", "unknown"}
    assert len(looks) == 4
    assert symbol.shape("") is symbol.shapes["unknown"]


def test_a_closed_breaker_is_filled_and_an_open_one_hollow():
    breaker = load_symbol("breaker")
    assert not breaker.shape("closed").solid.isEmpty()
    assert breaker.shape("open").solid.isEmpty()
    assert not breaker.shape("open").hollow.isEmpty()


def test_a_path_that_cannot_be_drawn_is_refused():
    with pytest.raises(BadSymbol, match="not a path command"):
        parse_path("M 0 0 Q 1 1")
    with pytest.raises(BadSymbol, match="needs 2 numbers"):
        parse_path("M 0")


def test_a_default_state_that_is_not_drawn_is_refused(tmp_path):
    file = tmp_path / "odd.toml"
    file.write_text('name = "odd"\nbox = [1, 1]\ndefault = "gone"\n[states.here]\nline = "M 0 0 L 1 1"\n')
    with pytest.raises(BadSymbol, match="gone"):
        read_symbol(file)
