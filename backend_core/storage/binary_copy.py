"""Rows of fixed-size numbers to and from PostgreSQL's binary COPY, as whole numpy arrays instead of row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + b"\0" * 8
_TRAILER = b"\xff\xff"
POSTGRES_EPOCH_US = 946_684_800_000_000
"""PostgreSQL counts its microseconds from 2000."""

WIRE = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "timestamptz": ">i8"}


class CopyColumn(NamedTuple):
    """One column of the copied table: its name and its PostgreSQL type."""

    name: str
    kind: str


def copy_in(connection: Connection, table: str, layout: Sequence[CopyColumn], columns: Sequence[NDArray[Any]]) -> None:
    """Copy equally long arrays into the table; times are microseconds since 1970."""
    rows = np.empty(len(columns[0]), dtype=_wire_type(layout))
    rows["fields"] = len(layout)
    for column, values in zip(layout, columns, strict=True):
        rows[f"{column.name} size"] = np.dtype(WIRE[column.kind]).itemsize
        rows[column.name] = values - POSTGRES_EPOCH_US if column.kind == "timestamptz" else values
    names = ", ".join(column.name for column in layout)
    command = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"
    with _told_as_sqlalchemy(connection), _driver(connection).cursor() as cursor, cursor.copy(command) as copy:
        copy.write(_SIGNATURE + rows.tobytes() + _TRAILER)


def copy_out(connection: Connection, query: str, layout: Sequence[CopyColumn]) -> dict[str, NDArray[Any]]:
    """The result of a query without nulls, one array a column; times come as microseconds since 1970.

    The server gathers each column into one binary array, which arrives as a whole: a hundred thousand rows taken from
    the driver one by one cost half a second.
    """
    gathered = ", ".join(f"array_agg({column.name})" for column in layout)
    names = ", ".join(column.name for column in layout)
    command = f"SELECT {gathered} FROM ({query}) AS answer ({names})"  # noqa: S608  (names of our own)
    with _told_as_sqlalchemy(connection), _driver(connection).cursor() as cursor:
        cursor.execute(command, binary=True)
        arrays = [cursor.pgresult.get_value(0, number) for number in range(len(layout))]
    found: dict[str, NDArray[Any]] = {}
    for column, held in zip(layout, arrays, strict=True):
        kind = np.dtype(WIRE[column.kind])
        cells = np.frombuffer(held or b"", np.dtype([("size", ">i4"), ("cell", kind)]), offset=20 if held else 0)
        values = cells["cell"].astype(kind.newbyteorder("="))
        found[column.name] = values + POSTGRES_EPOCH_US if column.kind == "timestamptz" else values
    return found


@contextmanager
def _told_as_sqlalchemy(connection: Connection) -> Iterator[None]:
    """COPY goes round SQLAlchemy; its errors get the names that the rest of the program knows."""
    driver: Any = connection.dialect.dbapi
    try:
        yield
    except driver.Error as error:
        is_lost = connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance("COPY", None, error, driver.Error, connection_invalidated=is_lost) from error


def _wire_type(layout: Sequence[CopyColumn]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for column in layout:
        fields += [(f"{column.name} size", ">i4"), (column.name, WIRE[column.kind])]
    return np.dtype(fields)


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
