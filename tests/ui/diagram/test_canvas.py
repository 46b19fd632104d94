"""The canvas: looks and values by key, selection by pointer and keys, the same painting for screen and file."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from ui.diagram import (
    DEAD,
    Badge,
    Caption,
    Conductor,
    DiagramCanvas,
    Doubt,
    Form,
    Look,
    Sheet,
    Slot,
    Symbol,
    TextStyle,
    write_value,
)
from ui.diagram.export import save_scene
from ui.diagram.figure_text import FigureFont
from ui.diagram.mirror import DiagramMirror
from ui.diagram.neighbours import next_towards
from ui.diagram.sheet import SIZE_PX, growth
from ui.theme import Mode, Theme
from ui.values import Trust

SHEET = Sheet(
    width=400,
    height=200,
    conductors=(
        Conductor("bar", "BUS-1", ((20, 40), (380, 40)), is_bar=True),
        Conductor("lead", "T1", ((100, 43), (100, 80))),
    ),
    symbols=(Symbol("q1", "CB-1", "breaker", 100, 100, 16, 16), Symbol("q2", "CB-2", "breaker", 300, 100, 16, 16)),
    captions=(Caption("BUS-1", "BUS-1", 24, 24, TextStyle.TITLE, stays_readable=True),),
    slots=(Slot("u", "BUS-1", 300, 24, 5, "pu"), Slot("p", "CB-1", 120, 100, 5, "MW")),
)


@pytest.fixture
def canvas(qtbot):
    theme = Theme()
    canvas = DiagramCanvas(theme)
    theme.setParent(canvas)
    qtbot.addWidget(canvas)
    canvas.resize(640, 360)
    canvas.show_sheet(SHEET)
    canvas.show()
    return canvas


def picture(canvas):
    return canvas.grab().toImage()


def spot(canvas, element):
    return canvas.spot_of(element).toPoint()


@pytest.mark.parametrize(
    "look",
    [
        Look(state="closed"),
        Look(state="open"),
        Look(state="intermediate"),
        Look(state="unknown"),
        Look(state="closed", tone="crit"),
        Look(state="closed", doubt=Doubt.BAD),
        Look(state="open", doubt=Doubt.UNCERTAIN),
        Look(state="open", doubt=Doubt.STALE),
    ],
)
def test_every_look_paints_another_picture(canvas, look):
    others = [Look(state=s) for s in ("closed", "open", "intermediate", "unknown") if Look(state=s) != look]
    canvas.show_looks({"q1": look})
    wanted = picture(canvas)
    for other in others:
        canvas.show_looks({"q1": other})
        assert picture(canvas) != wanted


def test_a_dead_conductor_is_dashed_and_not_only_paler(canvas):
    canvas.show_looks({"bar": DEAD})
    piece = canvas.sheet_scene._pieces["bar"][0]
    assert piece.item.pen().style() is Qt.PenStyle.CustomDashLine


def test_only_values_that_changed_are_set_anew(canvas):
    values = {"u": write_value(0.974, Form("pu", 3)), "p": write_value(12.0, Form("MW"))}
    assert canvas.show_values(values) == 2
    assert canvas.show_values(values) == 0
    assert canvas.show_values({**values, "p": write_value(13.0, Form("MW"))}) == 1
    assert canvas.show_values({"somewhere else": write_value(1.0)}) == 0


def test_figures_keep_their_place_while_the_value_changes(canvas):
    layer = canvas.sheet_scene.values
    canvas.show_values({"p": write_value(526.6, Form("MW"))})
    first = layer._origins[1].x()
    canvas.show_values({"p": write_value(111.1, Form("MW"))})
    assert layer._origins[1].x() == first
    canvas.show_values({"p": write_value(80.0, Form("MW"))})
    assert layer._origins[1].x() > first


@pytest.mark.parametrize(
    ("trust", "text"),
    [
        (Trust.GOOD, "61.0 °C"),
        (Trust.UNCERTAIN, "61.0 °C ?"),
        (Trust.STALE, "[ 61.0 °C ] 3 min"),
        (Trust.BAD, "###"),
        (Trust.NEVER, "n/a"),
    ],
)
def test_a_value_never_looks_better_than_it_is(trust, text):
    assert write_value(61.0, Form("°C"), trust=trust, age_s=190.0).text == text


def test_an_angle_wears_its_sign_without_a_space():
    assert write_value(-22.4, Form("°")).text == "−22.4°"


def test_glyph_runs_are_as_wide_as_the_texts_they_stand_for(qtbot):
    theme = Theme()
    font = FigureFont(theme.font("title"))
    assert font.width("111.1 MW") == font.width("888.8 MW")
    assert font.width("1.000 pu") > 0


def test_a_click_selects_and_a_click_beside_lets_go(canvas, qtbot):
    heard = []
    canvas.selected.connect(heard.append)
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot(canvas, "CB-1"))
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(3, 340))
    assert heard == ["CB-1", ""]


def test_a_click_on_a_value_selects_what_it_belongs_to(canvas, qtbot):
    canvas.show_values({"u": write_value(0.974, Form("pu", 3))})
    at = canvas.viewportTransform().map(canvas.mapToScene(0, 0))
    assert canvas.sheet_scene.element_at(canvas.sheet_scene.sceneRect().center() * 0 + at * 0, 0.1) == ""
    box = canvas.sheet_scene.values._rect(0)
    middle = canvas.viewportTransform().map(box.center()).toPoint()
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert canvas.selection == "BUS-1"


def test_arrow_keys_walk_from_element_to_element_and_enter_opens(canvas, qtbot):
    opened = []
    canvas.activated.connect(opened.append)
    canvas.select("CB-1")
    qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.selection == "CB-2"
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert opened == ["CB-2"]
    qtbot.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection == ""


def test_the_walk_ends_where_there_is_no_neighbour():
    assert next_towards(SHEET, "CB-2", (1, 0)) == "CB-2"
    assert next_towards(SHEET, "", (1, 0)) == "BUS-1"


def test_zooming_keeps_the_place_under_the_pointer(canvas):
    spot_now = canvas.spot_of("CB-2")
    before = canvas.to_scene(spot_now)
    canvas.zoom_to(2.5, spot_now)
    after = canvas.to_scene(spot_now)
    assert (after - before).manhattanLength() < 1.0
    assert not canvas.fits


def test_it_keeps_fitting_when_the_panel_changes_its_size_until_the_operator_zooms(canvas):
    first = canvas.scale_now
    canvas.resize(1200, 700)
    assert canvas.scale_now > first
    canvas.zoom_to(1.0)
    canvas.resize(640, 360)
    assert canvas.scale_now == 1.0


def test_details_leave_first_when_the_view_zooms_out_and_names_stay_readable():
    for style in TextStyle:
        for scale in (0.2, 0.35, 0.5, 0.66, 0.8, 0.95, 1.0, 2.0):
            for stays in (False, True):
                drawn_px = SIZE_PX[style] * scale * growth(style, scale, stays_readable=stays)
                assert drawn_px == 0.0 or round(drawn_px) >= 11, (style, scale)
    assert growth(TextStyle.DETAIL, 0.6) == 0.0
    assert growth(TextStyle.VALUE, 0.6) > 1.2
    assert growth(TextStyle.VALUE, 0.6, gives_way=True) == 0.0
    assert growth(TextStyle.VALUE, 1.0, gives_way=True) == 1.0
    assert growth(TextStyle.TITLE, 0.4, stays_readable=True) > 1.5


def test_a_badge_stands_beside_its_element(canvas):
    before = picture(canvas)
    canvas.show_badges({"CB-1": Badge(1, tags=("H",))})
    assert picture(canvas) != before
    canvas.show_badges({})
    assert picture(canvas) == before


def test_a_study_stands_in_a_frame_with_its_words(canvas):
    before = picture(canvas)
    canvas.set_frame("STUDY  if CB-1 opens")
    assert picture(canvas) != before


def test_day_and_night_differ(canvas):
    night = picture(canvas)
    canvas._theme.set_mode(Mode.DAY)
    assert picture(canvas) != night


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_the_visible_part_is_saved_with_its_values(canvas, tmp_path, ending):
    canvas.show_values({"u": write_value(0.974, Form("pu", 3))})
    path = tmp_path / f"diagram{ending}"
    save_scene(canvas.sheet_scene, canvas.visible_part(), canvas._theme.color("bg1"), path)
    if ending == ".svg":
        assert "0.974 pu" in path.read_text()
    if ending == ".png":
        assert QImage(str(path)).width() > 600
    assert path.stat().st_size > 1000


def test_the_list_says_every_element_and_selects_with_the_diagram(canvas, qtbot):
    mirror = DiagramMirror(lambda element: f"{element} is well")
    qtbot.addWidget(mirror)
    chosen = []
    mirror.chosen.connect(chosen.append)
    mirror.show_elements([element for element, _, _ in SHEET.places()])
    model = mirror.model()
    assert model.index(0).data() == "CB-1 is well"
    mirror.select("CB-2")
    assert chosen == ["CB-2"]


def test_the_mirror_is_a_proper_model(qtmodeltester):
    from ui.diagram.mirror import MirrorModel

    model = MirrorModel(str)
    model.show_elements(["a", "b"])
    qtmodeltester.check(model)
