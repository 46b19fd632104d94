"""The panel in a window: what it shows of a board, and what it orders."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from backend_core.kernel.errors import CoreError
from backend_core.outages.model import Finding, ImportPlan, SmartSwitch
from console.features.contract import Workspace
from console.features.outages import words
from console.features.outages.compact import CompactOutagesPanel
from console.features.outages.feature import create
from console.features.outages.panel import OutagesPanel
from console.features.targets import SwitchTarget
from tests.console.features.outages.street import NOW, Surroundings, a_board, a_frame, an_outage, dark, lit
from ui.theme import Theme


@pytest.fixture
def around(qtbot) -> Iterator[Surroundings]:
    around = Surroundings(Theme(), Workspace.OUTAGES)
    yield around
    around.end()


@pytest.fixture
def panel(around: Surroundings, qtbot) -> OutagesPanel:
    panel = create(around.context)
    assert isinstance(panel, OutagesPanel)
    qtbot.addWidget(panel)
    panel.resize(1600, 900)
    panel.show()
    return panel


def test_an_open_outage_stands_on_a_card_and_in_the_head(panel: OutagesPanel, around: Surroundings):
    panel.show_frame(a_frame(a_board(dark("a"), dark("b"), lit("c"), outage=an_outage("a", "b"))))
    assert "2 of 3 known smart switches are dark: a, b." in panel._card.text
    assert around.head.freshness_tone == "high"
    panel.show_frame(a_frame(a_board(lit("a"), lit("b"), lit("c"))))
    assert panel._card.text == ""
    assert around.head.freshness_tone == "secondary"


def test_the_longest_outage_may_be_the_one_that_runs_and_it_grows_by_itself(panel: OutagesPanel, around: Surroundings):
    panel.show_frame(a_frame(a_board(dark("a"), dark("b"), lit("c"), outage=an_outage("a", "b", minutes=4))))
    assert panel._figures._labels[words.LONGEST].text() == "4 min 00 s"
    around.now = NOW + timedelta(seconds=90)
    panel.tick()
    assert panel._figures._labels[words.LONGEST].text() == "5 min 30 s"
    longer = an_outage("a", minutes=600, ended=60)
    panel.show_frame(a_frame(a_board(dark("a"), lit("c"), outage=an_outage("a", minutes=4), past=(longer,))))
    assert panel._figures._labels[words.LONGEST].text() == "9 h 00 min"


def test_ages_move_without_a_new_board(panel: OutagesPanel, around: Surroundings):
    panel.show_frame(a_frame(a_board(dark("a", minutes=3))))
    around.now = NOW + timedelta(minutes=5)
    panel.tick()
    row = panel._switches.model.row_of("a")
    assert row is not None
    assert words.since(row.standing, row.now).endswith("8 min")


def test_an_empty_list_offers_to_add_one(panel: OutagesPanel):
    panel.show_frame(a_frame(a_board()))
    assert panel._switches.model.rowCount() == 0
    assert not panel._figures.isVisible()
    panel.add()
    assert panel._editor.isVisible()


def test_a_wrong_address_cannot_be_saved(panel: OutagesPanel, around: Surroundings, qtbot):
    panel.add()
    panel._editor.fill(SmartSwitch("barn", "ftp://x"))
    qtbot.keyClick(panel._editor, Qt.Key.Key_Return)
    assert around.orders == []
    panel._editor.fill(SmartSwitch("barn", "192.0.2.7:8080"))
    qtbot.keyClick(panel._editor, Qt.Key.Key_Return)
    assert around.orders == [("save", (SmartSwitch("barn", "192.0.2.7:8080"), True))]
    assert not panel._editor.isVisible()


def test_the_cores_objection_stays_beside_the_form(panel: OutagesPanel, around: Surroundings):
    around.answer = (Finding(1, "A smart switch named 'barn' exists already."),)
    panel.add()
    panel._editor.fill(SmartSwitch("barn", "192.0.2.7"))
    panel._editor._on_save()
    assert panel._editor.isVisible()
    assert "exists already" in panel._editor._banner.text


def test_pausing_orders_the_same_switch_without_probing(panel: OutagesPanel, around: Surroundings):
    panel.show_frame(a_frame(a_board(lit("a"))))
    panel.go_to(SwitchTarget("a"))
    panel.pause()
    assert around.orders == [("save", (SmartSwitch("a", "192.0.2.1", active=False), False))]


def test_removing_asks_first(panel: OutagesPanel, around: Surroundings):
    panel.show_frame(a_frame(a_board(lit("a"))))
    panel.go_to(SwitchTarget("a"))
    panel.remove()
    assert around.orders == []
    panel._confirm._on_yes()
    assert around.orders == [("remove", ["a"])]


def test_a_doubted_observer_is_said_in_a_banner(panel: OutagesPanel):
    board = a_board(lit("a"))
    panel.show_frame(a_frame(replace(board, observer_ok=False)))
    assert panel._banner.text == words.OBSERVER_BAD
    panel.show_frame(a_frame(board))
    assert panel._banner.text == ""


def test_the_chosen_one_is_the_subject_for_trends(panel: OutagesPanel):
    panel.show_frame(a_frame(a_board(lit("a"))))
    panel.go_to(SwitchTarget("a"))
    subject = panel.subject()
    assert subject is not None
    assert subject.points == ("a.voltage", "a.power")


def test_a_file_is_looked_over_before_it_is_imported(panel: OutagesPanel, around: Surroundings, tmp_path: Path):
    look_over(panel, around, tmp_path)
    assert around.link.called("outages.preview_import") == [(b"name,address\na,h\n",)]
    assert panel._importer._run.isEnabled()
    assert panel._importer._run.text() == "Import 1"
    panel._importer._on_run()
    assert around.link.called("outages.run_import") == [(b"name,address\na,h\n",)]
    assert around.said == ["Imported: 1 new, 0 changed."]
    assert not panel._importer.isVisible()


def test_an_import_is_refused_like_every_order_while_the_screen_is_not_live(
    panel: OutagesPanel, around: Surroundings, tmp_path: Path
):
    around.refusal = CoreError("What you see is not live.", "Wait.")
    look_over(panel, around, tmp_path)
    panel._importer._on_run()
    assert around.link.called("outages.run_import") == []
    assert around.said == ["Import smart switches: What you see is not live."]
    assert panel._importer._run.isEnabled()
    assert not panel._importer._progress.isVisible()


def look_over(panel: OutagesPanel, around: Surroundings, tmp_path: Path) -> None:
    """Choose a file with one new smart switch."""
    plan = ImportPlan((SmartSwitch("a", "h"),))
    around.link.answers |= {"outages.preview_import": plan, "outages.run_import": plan}
    around.link.start = lambda work, name: asyncio.run(work)  # type: ignore[method-assign]
    (tmp_path / "list.csv").write_bytes(b"name,address\na,h\n")
    panel.import_list()
    panel._importer.preview(tmp_path / "list.csv")


def test_an_unreadable_file_is_said_in_words(panel: OutagesPanel, around: Surroundings, tmp_path: Path):
    around.context.link.start = lambda work, name: asyncio.run(work)  # type: ignore[method-assign,assignment,return-value]
    panel.import_list()
    panel._importer.preview(tmp_path / "missing.csv")
    assert "cannot be read" in panel._importer._banner.text


def test_beside_the_diagram_only_the_probed_are_listed(qtbot):
    around = Surroundings(Theme(), Workspace.OPERATIONS)
    panel = create(around.context)
    assert isinstance(panel, CompactOutagesPanel)
    qtbot.addWidget(panel)
    panel.show_frame(a_frame(a_board(lit("a"), dark("b"), lit("c", active=False))))
    assert [r.name for r in panel._table.model.rows()] == ["b", "a"]
    assert around.head.freshness == "1 of 2 answer · no outage · 99.2 % in 24 h"
    panel._table.activated.emit("b")
    assert around.visited == [("events", "b")]
    around.end()
