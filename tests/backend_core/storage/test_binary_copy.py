"""Rows go to PostgreSQL and come back as the same numbers, whatever they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from backend_core.storage.binary_copy import CopyColumn, copy_in, copy_out
from backend_core.storage.engine import open_engine, parse_url

LAYOUT = (
    CopyColumn("a", "int2"), CopyColumn("b", "int4"), CopyColumn("c", "int8"),
    CopyColumn("d", "float8"), CopyColumn("e", "timestamptz"),
)  # fmt: skip
TIMES = st.integers(-30_000_000_000_000_000, 200_000_000_000_000_000)


@st.composite
def tables(draw: st.DrawFn) -> list[np.ndarray]:
    count = draw(st.integers(0, 40))
    whole = [draw(hnp.arrays(kind, count)) for kind in ("i2", "i4", "i8", "f8")]
    return [*whole, np.array(draw(st.lists(TIMES, min_size=count, max_size=count)), dtype="i8")]


@pytest.fixture
def connection(bare_postgres_url: str):
    engine = open_engine(parse_url(bare_postgres_url))
    with engine.connect() as opened:
        opened.execute(text("CREATE TEMPORARY TABLE t (n serial, a int2, b int4, c int8, d float8, e timestamptz)"))
        yield opened
    engine.dispose()


@given(columns=tables())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_copied_in_comes_out_again(connection: Connection, columns: list[np.ndarray]):
    connection.execute(text("TRUNCATE t RESTART IDENTITY"))
    copy_in(connection, "t", LAYOUT, columns)
    found = copy_out(connection, "SELECT a, b, c, d, e FROM t ORDER BY n", LAYOUT)
    for column, sent in zip(LAYOUT, columns, strict=True):
        np.testing.assert_array_equal(found[column.name], sent)


def test_times_are_the_same_to_sql(connection: Connection):
    copy_in(connection, "t", LAYOUT[4:], [np.array([1_795_262_400_000_001])])
    assert connection.execute(text("SELECT e::text FROM t")).scalar() == "2026-11-21 12:00:00.000001+00"


def test_its_errors_have_the_names_that_sqlalchemy_gives(connection: Connection):
    connection.execute(text("CREATE UNIQUE INDEX ON t (b)"))
    with pytest.raises(IntegrityError), connection.begin_nested():
        copy_in(connection, "t", LAYOUT[1:2], [np.array([1, 1], "i4")])
    with pytest.raises(ProgrammingError), connection.begin_nested():
        copy_in(connection, "nowhere", LAYOUT[1:2], [np.array([1], "i4")])
    with pytest.raises(OperationalError) as lost:
        copy_out(connection, "SELECT pg_terminate_backend(pg_backend_pid())::int", LAYOUT[1:2])
    assert lost.value.connection_invalidated
