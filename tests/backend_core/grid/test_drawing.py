"""A drawing is orthogonal, complete and the same each time, and no text covers anything."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import pytest

from backend_core.grid.layout.diagram import draw
from backend_core.grid.layout.drawing import Box, Conductor, ConductorRole, Drawing, SymbolKind
from backend_core.grid.layout.polyline import boxes_around
from backend_core.grid.model import Network
from tests.backend_core.grid.networks import NAMES, chain, sample

BAR_HALF_WIDTH = 3.0
WIRE_HALF_WIDTH = 1.0


def unplaced(network: Network) -> Network:
    return replace(network, placements=())


DRAWINGS = {name: draw(sample(name)) for name in NAMES}
DRAWINGS |= {"chain": draw(chain(5, tie=True)), "glover without places": draw(unplaced(sample("glover5")))}


@pytest.fixture(params=DRAWINGS, ids=str)
def drawing(request: pytest.FixtureRequest) -> Drawing:
    return DRAWINGS[request.param]


def texts_of(drawing: Drawing) -> dict[str, Box]:
    return {piece.key: piece.box for piece in (*drawing.texts, *drawing.slots)}


def inked(conductor: Conductor) -> tuple[Box, ...]:
    return boxes_around(conductor.points, BAR_HALF_WIDTH if conductor.role is ConductorRole.BUSBAR else WIRE_HALF_WIDTH)


def test_no_text_covers_a_conductor(drawing: Drawing) -> None:
    for key, box in texts_of(drawing).items():
        crossed = [c.key for c in drawing.conductors if any(box.overlaps(ink) for ink in inked(c))]
        assert not crossed, f"{key} lies on {crossed}"


def test_no_text_covers_a_symbol_or_an_arrow(drawing: Drawing) -> None:
    for key, box in texts_of(drawing).items():
        covered = [piece.key for piece in (*drawing.symbols, *drawing.arrows) if box.overlaps(piece.box)]
        assert not covered, f"{key} covers {covered}"


def test_no_text_covers_another(drawing: Drawing) -> None:
    for (one, box), (other, other_box) in combinations(texts_of(drawing).items(), 2):
        assert not box.overlaps(other_box), f"{one} covers {other}"


@pytest.mark.parametrize("name", NAMES)
def test_no_symbol_covers_another_in_the_samples(name: str) -> None:
    for one, other in combinations(DRAWINGS[name].symbols, 2):
        assert not one.box.overlaps(other.box), f"{one.key} covers {other.key}"


def test_conductors_run_level_or_upright(drawing: Drawing) -> None:
    for conductor in drawing.conductors:
        assert all(a.x == b.x or a.y == b.y for a, b in pairwise(conductor.points)), conductor.key


def test_everything_lies_on_the_page(drawing: Drawing) -> None:
    for key, box in texts_of(drawing).items():
        assert min(box.left, box.top, drawing.width - box.right, drawing.height - box.bottom) >= 0, key


@pytest.mark.parametrize("name", NAMES)
def test_drawing_twice_gives_the_same_picture(name: str) -> None:
    assert draw(sample(name)) == DRAWINGS[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_element_of_a_sample_is_drawn_and_named(name: str) -> None:
    network, drawing = sample(name), DRAWINGS[name]
    drawn = {piece.element_id for piece in (*drawing.symbols, *drawing.conductors)}
    assert {element.id for element in network.elements()} == drawn
    named = {text.element_id for text in drawing.texts}
    assert {e.id for e in network.elements()} - {switch.id for switch in network.switches} == named


@pytest.mark.parametrize("name", NAMES)
def test_keys_are_unique_within_their_kind(name: str) -> None:
    drawing = DRAWINGS[name]
    for kind in (drawing.conductors, drawing.symbols, drawing.arrows, drawing.texts, drawing.slots):
        assert len({piece.key for piece in kind}) == len(kind)


def test_a_wire_before_its_breaker_wears_the_colour_of_the_bus() -> None:
    stretches = {c.key: c.element_id for c in DRAWINGS["glover5"].conductors if c.key.startswith("L4-5 ")}
    assert list(stretches.values()) == ["BUS-004", "L4-5", "BUS-005"]


def test_ties_that_stand_open_are_drawn_as_ties() -> None:
    ties = {c.element_id for c in DRAWINGS["cigre_mv_der"].conductors if c.role is ConductorRole.TIE}
    assert ties == {"MV-L6-7", "MV-L11-4", "MV-L14-8"}


def test_units_have_the_symbol_of_what_drives_them() -> None:
    kinds = {symbol.element_id: symbol.kind for name in NAMES for symbol in DRAWINGS[name].symbols}
    expected = {"MV-PV3": SymbolKind.SOLAR, "MV-WIND7": SymbolKind.WIND, "MV-BAT5": SymbolKind.STORAGE}
    expected |= {"C2": SymbolKind.CAPACITOR, "G1": SymbolKind.GENERATOR, "MV-GRID": SymbolKind.EXTERNAL_GRID}
    assert expected.items() <= kinds.items()


def test_glover_fits_a_panel_of_the_operations_window_unscaled() -> None:
    drawing = DRAWINGS["glover5"]
    assert drawing.width <= 1180
    assert drawing.height <= 600


def test_values_that_an_arrow_explains_go_without_their_sign() -> None:
    slots = {slot.point_id: slot for slot in DRAWINGS["glover5"].slots}
    assert slots["L2-5.active_power"].shows_magnitude
    assert {arrow.point_id for arrow in DRAWINGS["glover5"].arrows} == {
        f"{branch.id}.active_power" for branch in sample("glover5").branches()
    }


def test_an_arrow_points_from_the_first_bus_to_the_second() -> None:
    arrows = {arrow.element_id: arrow.rotation_deg for arrow in DRAWINGS["glover5"].arrows}
    # 4 → 5 runs leftwards; T1 counts from BUS-005 below up to BUS-001.
    assert (arrows["L4-5"], arrows["T1"]) == (180, 270)
