"""Tables tell runs of changes, keep their rows under the cursor, and filter as one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication

from ui.empty_state import EmptyState
from ui.table import Column, RowChanges, Table, TableModel
from ui.theme import Theme


@dataclass(frozen=True)
class Feeder:
    name: str
    load: float | None = 0.0


COLUMNS = (
    Column[Feeder]("name", "Name", lambda row: row.name, sort=lambda row: row.name, stretch=True),
    Column[Feeder]("load", "Load", lambda row: str(row.load), sort=lambda row: row.load, right=True, drop=1),
)


def feeders(*names: str) -> list[Feeder]:
    return [Feeder(name) for name in names]


def make_model() -> TableModel[Feeder]:
    model = TableModel(COLUMNS, key=lambda row: row.name, order=lambda row: row.name)
    # Qt's own checker ends the test at the first announcement that does not fit the rows.
    model.tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return model


def names(model: TableModel[Feeder]) -> list[str]:
    return [row.name for row in model.rows()]


@pytest.fixture
def table(theme: Theme, qtbot):
    def by_name(row: Feeder) -> str:
        return row.name

    made = Table(theme, "Feeders", COLUMNS, by_name, order=by_name, empty=EmptyState("Feeders"))
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def test_a_run_of_changed_rows_is_announced_once(qapp: QApplication):
    model = make_model()
    model.apply(RowChanges(feeders("a", "b", "c", "d", "e")))
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    model.apply(RowChanges([Feeder("a", 1), Feeder("b", 1), Feeder("c", 1), Feeder("e", 1)]))
    assert told == [(0, 2), (4, 4)]


def test_rows_without_a_value_sort_last_in_both_directions(qapp: QApplication):
    model = make_model()
    model.apply(RowChanges([Feeder("a", None), Feeder("b", 2), Feeder("c", 1)]))
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert names(model) == ["c", "b", "a"]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert names(model) == ["b", "c", "a"]
    model.sort(-1)
    assert names(model) == ["a", "b", "c"]


_names = st.sampled_from([f"F-{i:02d}" for i in range(12)])
_changes = st.builds(
    lambda upserted, removed: RowChanges([Feeder(*pair) for pair in upserted], removed),
    st.lists(st.tuples(_names, st.floats(0, 9)), max_size=6, unique_by=lambda pair: pair[0]),
    st.lists(_names, max_size=4, unique=True),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(steps=st.lists(st.one_of(_changes, st.sampled_from(["hold", "release", "sort", "filter"])), max_size=20))
def test_any_sequence_of_changes_ends_in_the_same_rows_as_a_fresh_table(
    qapp: QApplication, steps: Sequence[RowChanges[Feeder] | str]
):
    model, truth = make_model(), {}
    for step in steps:
        match step:
            case "hold":
                model.hold()
            case "release":
                model.release()
            case "sort":
                model.sort(1, Qt.SortOrder.DescendingOrder)
            case "filter":
                model.set_filter("F-0")
            case RowChanges():
                model.apply(step)
                for key in step.removed:
                    truth.pop(key, None)
                truth |= {row.name: row for row in step.upserted}
    model.release()
    model.set_filter("")
    model.sort(-1)
    assert {row.name: row for row in model.rows()} == truth
    assert names(model) == sorted(truth)


def test_the_row_under_the_pointer_stays_while_a_hundred_new_ones_arrive(table: Table[Feeder]):
    table.apply(RowChanges(feeders("m", "n", "o")))
    QApplication.sendEvent(table.view.viewport(), QEvent(QEvent.Type.Enter))
    for i in range(100):
        table.apply(RowChanges(feeders(f"a{i:03d}")))
    assert names(table.model) == ["m", "n", "o"]
    assert table.model.waiting_count == 100


def test_waiting_rows_come_in_when_the_operator_asks(table: Table[Feeder]):
    table.apply(RowChanges(feeders("m")))
    QApplication.sendEvent(table.view.viewport(), QEvent(QEvent.Type.Enter))
    table.apply(RowChanges(feeders("a", "b")))
    assert table._new_above.text() == "▲ 2 new above"
    table.show_new()
    assert names(table.model) == ["a", "b", "m"]
    assert table._new_above.isHidden()


def test_rows_come_in_by_themselves_when_the_pointer_leaves(table: Table[Feeder]):
    table.apply(RowChanges(feeders("m")))
    QApplication.sendEvent(table.view.viewport(), QEvent(QEvent.Type.Enter))
    table.apply(RowChanges(feeders("a"), ["m"]))
    assert names(table.model) == ["m"]
    assert table.model.is_gone(0)
    QApplication.sendEvent(table.view.viewport(), QEvent(QEvent.Type.Leave))
    assert names(table.model) == ["a"]


def test_the_selection_follows_its_row_when_others_come_above(table: Table[Feeder]):
    table.apply(RowChanges(feeders("m", "n")))
    table.select("n")
    table.model.apply(RowChanges(feeders("a", "b")))
    assert table.current_key() == "n"


def test_typing_filters_and_escape_shows_all_again(table: Table[Feeder]):
    table.apply(RowChanges(feeders("harbour", "quarry", "harbour east")))
    QTest.keyClicks(table.view, "har")
    assert names(table.model) == ["harbour", "harbour east"]
    QTest.keyClick(table._filter, Qt.Key.Key_Escape)
    assert len(names(table.model)) == 3


def test_an_empty_table_says_why_and_a_filtered_one_says_how_to_see_rows_again(table: Table[Feeder]):
    assert table._stack.currentWidget() is table._empty
    table.apply(RowChanges(feeders("a")))
    table.set_filter("zzz")
    assert table._stack.currentWidget() is table._nothing_matches


def test_a_narrow_table_leaves_out_what_may_be_dropped(table: Table[Feeder]):
    assert not table.view.isColumnHidden(1)
    table.resize(180, 300)
    assert table.view.isColumnHidden(1)
    table.resize(400, 300)
    assert not table.view.isColumnHidden(1)


def test_enter_activates_the_row_by_its_key(table: Table[Feeder], qtbot):
    table.apply(RowChanges(feeders("a", "b")))
    table.select("b")
    with qtbot.waitSignal(table.activated) as told:
        QTest.keyClick(table.view, Qt.Key.Key_Return)
    assert told.args == ["b"]


def test_columns_shrink_to_their_least_before_the_table_scrolls_sideways(theme: Theme, qtbot):
    columns = (
        Column[Feeder]("name", "Name", lambda row: row.name, stretch=True),
        Column[Feeder]("load", "Load", lambda row: str(row.load), width=200, least=60),
    )
    table = Table(theme, "Feeders", columns, lambda row: row.name)
    qtbot.addWidget(table)
    table.resize(240, 300)
    table.show()
    table.reset_rows(feeders("F-1"))
    assert theme.px(60) <= table.view.columnWidth(1) < theme.px(200)
    assert table.view.horizontalScrollBar().maximum() == 0
