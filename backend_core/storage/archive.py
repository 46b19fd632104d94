"""The record in one file: a zip with the rows of each table as PostgreSQL's COPY writes them, and a list of contents.

Both databases write and read the same text, so that what one saved the other restores. Rows pass as they come, never
all at once; the list of contents stands last in the file and names for each table its rows and their digest.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import JSON, Boolean, Connection, Double, Integer, LargeBinary, Table, inspect, text
from sqlalchemy.types import BigInteger, SmallInteger

from backend_core.kernel.clock import from_us, to_us
from backend_core.kernel.errors import BadInput
from backend_core.storage.schema import UtcTime, metadata

FORM = "linekeeper archive 1"
CONTENTS = "contents.json"
BLOCK = 1 << 18
MOMENTARY = frozenset({"core_lease", "core_heartbeat", "consoles"})
"""Who leads and who is there is no part of the record: a restored core would seem to be at work."""
_ROWS_AT_ONCE = 2000
Tell = Callable[[str, int], None]
"""Hears the name of the table and how many of its rows are through."""


@dataclass(frozen=True, slots=True)
class TableContents:
    """What the file holds of one table: its columns with their kinds, and what proves that all of it is there."""

    columns: list[tuple[str, str]]
    rows: int
    sha256: str
    periods: list[str] = field(default_factory=list)
    """For a table in partitions the days or months of its rows, as digits."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the file holds, and of which schema it is."""

    schema: str
    version: str
    made_at: str
    database: str
    tables: dict[str, TableContents]
    form: str = FORM


# -- writing -----------------------------------------------------------------------------------------------------------


def save(connection: Connection, into: Path, contents: Contents, periods: dict[str, list[str]], tell: Tell) -> Contents:
    """Write every table, as one transaction sees it, into a new file; returns the contents with what was written."""
    tables: dict[str, TableContents] = {}
    there = set(inspect(connection).get_table_names())
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for table in metadata.sorted_tables:
            if table.name in there - MOMENTARY:
                tables[table.name] = _save_table(connection, table, archive, periods.get(table.name, []), tell)
        whole = Contents(contents.schema, contents.version, contents.made_at, contents.database, tables)
        archive.writestr(CONTENTS, json.dumps(asdict(whole), indent=1))
    return whole


def _save_table(
    connection: Connection, table: Table, archive: zipfile.ZipFile, periods: list[str], tell: Tell
) -> TableContents:
    columns = [(column.name, _kind(column.type)) for column in table.columns]
    digest, rows, found = hashlib.sha256(), 0, set(periods)
    is_postgres = connection.dialect.name == "postgresql"
    blocks = _copied(connection, table) if is_postgres else _spelled(connection, table, columns, found)
    with archive.open(_member(table.name), "w", force_zip64=True) as member:
        for block in blocks:
            member.write(block)
            digest.update(block)
            rows += block.count(b"\n")
            tell(table.name, rows)
    return TableContents(columns, rows, digest.hexdigest(), sorted(found))


def _copied(connection: Connection, table: Table) -> Iterator[bytes]:
    names = ", ".join(column.name for column in table.columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY (SELECT {names} FROM {table.name}) TO STDOUT") as copy:  # noqa: S608
        gathered = bytearray()
        for row in copy:
            gathered += row
            if len(gathered) >= BLOCK:
                yield bytes(gathered)
                gathered.clear()
        yield bytes(gathered)


def _spelled(
    connection: Connection, table: Table, columns: Sequence[tuple[str, str]], periods: set[str]
) -> Iterator[bytes]:
    spell = [_SPELL[kind] for _, kind in columns]
    dated, digits = _PARTITIONED.get(table.name, ("", 0))
    at = next((i for i, (name, _) in enumerate(columns) if name == dated), None)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    found = connection.exec_driver_sql(f"SELECT {names} FROM {table.name}")  # noqa: S608  (names of our own)
    while rows := found.fetchmany(_ROWS_AT_ONCE):
        lines = ["\t".join("\\N" if c is None else s(c) for c, s in zip(row, spell, strict=True)) for row in rows]
        if at is not None:
            days = {row[at] // 86_400_000_000 for row in rows}
            periods |= {f"{from_us(day * 86_400_000_000):%Y%m%d}"[:digits] for day in days}
        yield ("\n".join(lines) + "\n").encode()


# -- reading -----------------------------------------------------------------------------------------------------------


def contents_of(archive: zipfile.ZipFile) -> Contents:
    """The list of contents, or `BadInput` when the file is none of ours."""
    try:
        found = json.loads(archive.read(CONTENTS))
        tables = {
            name: TableContents([(n, k) for n, k in one["columns"]], one["rows"], one["sha256"], one["periods"])
            for name, one in found["tables"].items()
        }
        contents = Contents(
            found["schema"], found["version"], found["made_at"], found["database"], tables, found["form"]
        )
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise _no_archive(archive) from error
    if contents.form != FORM:
        raise BadInput(f"The file is a '{contents.form}', which this program cannot read.", "Use a newer Linekeeper.")
    return contents


def check(archive: zipfile.ZipFile, contents: Contents, tell: Tell) -> None:
    """Read everything once; refuse unless each table is whole."""
    for name, table in contents.tables.items():
        for _ in _blocks(archive, name, table, tell):
            pass


def load(connection: Connection, archive: zipfile.ZipFile, contents: Contents, tell: Tell) -> None:
    """Put every table's rows in the place of those that are there; what is not whole is refused before the commit."""
    for table in reversed(metadata.sorted_tables):
        if table.name in contents.tables:
            connection.execute(table.delete())
    for table in metadata.sorted_tables:
        if (held := contents.tables.get(table.name)) is None:
            continue
        blocks = _blocks(archive, table.name, held, tell)
        if connection.dialect.name == "postgresql":
            _copy_back(connection, table, held, blocks)
        else:
            _read_back(connection, table, held, blocks)


def _copy_back(connection: Connection, table: Table, held: TableContents, blocks: Iterator[bytes]) -> None:
    names = ", ".join(name for name, _ in held.columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for block in blocks:
            copy.write(block)
    for column in table.columns:
        if column.identity is not None:
            next_number = text(
                "SELECT setval(pg_get_serial_sequence(:table, :column), "  # noqa: S608  (names of our own)
                f"coalesce(max({column.name}), 0) + 1, false) FROM {table.name}"
            )
            connection.execute(next_number, {"table": table.name, "column": column.name})


def _read_back(connection: Connection, table: Table, held: TableContents, blocks: Iterator[bytes]) -> None:
    read = [_READ[kind] for _, kind in held.columns]
    names = ", ".join(f'"{name}"' for name, _ in held.columns)
    insert = f"INSERT INTO {table.name} ({names}) VALUES ({', '.join('?' * len(read))})"  # noqa: S608
    for lines in _lines(blocks):
        rows = [
            tuple(None if cell == "\\N" else r(cell) for cell, r in zip(line.split("\t"), read, strict=True))
            for line in lines
        ]
        connection.exec_driver_sql(insert, rows)


def _lines(blocks: Iterator[bytes]) -> Iterator[list[str]]:
    rest = b""
    for block in blocks:
        whole, _, rest = (rest + block).rpartition(b"\n")
        if whole:
            yield whole.decode().split("\n")


def _blocks(archive: zipfile.ZipFile, name: str, held: TableContents, tell: Tell) -> Iterator[bytes]:
    digest, rows = hashlib.sha256(), 0
    try:
        with archive.open(_member(name)) as member:
            while block := _read(member):
                digest.update(block)
                rows += block.count(b"\n")
                tell(name, rows)
                yield block
    except (KeyError, zipfile.BadZipFile) as error:
        raise _damaged(archive, name) from error
    if (digest.hexdigest(), rows) != (held.sha256, held.rows):
        raise _damaged(archive, name)


def _read(member: IO[bytes]) -> bytes:
    try:
        return member.read(BLOCK)
    except (EOFError, OSError, zipfile.BadZipFile, zlib.error) as error:
        raise zipfile.BadZipFile(str(error)) from error


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _damaged(archive: zipfile.ZipFile, table: str) -> BadInput:
    return BadInput(f"In {archive.filename} the table {table} is damaged.", "Use another backup; nothing was changed.")


def _no_archive(archive: zipfile.ZipFile) -> BadInput:
    return BadInput(f"{archive.filename} is no backup of Linekeeper.", "Name a file that 'linekeeper db backup' made.")


# -- cells as COPY spells them -----------------------------------------------------------------------------------------


def _kind(of: Any) -> str:
    kinds = (
        (UtcTime, "time"),
        (Boolean, "bool"),
        (LargeBinary, "bytes"),
        (JSON, "text"),
        (Double, "float"),
        ((Integer, BigInteger, SmallInteger), "int"),
    )
    return next((kind for types, kind in kinds if isinstance(of, types)), "text")


def _spell_text(cell: Any) -> str:
    return str(cell).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _spell_float(cell: float) -> str:
    return {"inf": "Infinity", "-inf": "-Infinity"}.get(found := repr(float(cell)), found)


def _read_text(cell: str) -> str:
    if "\\" not in cell:
        return cell
    # The pairs of COPY: a backslash stands for the next character, or for one that has no sign.
    parts = cell.split("\\\\")
    for sign, letter in _SIGNS:
        parts = [part.replace(sign, letter) for part in parts]
    return "\\".join(parts)


_SIGNS = (("\\t", "\t"), ("\\n", "\n"), ("\\r", "\r"), ("\\b", "\b"), ("\\f", "\f"), ("\\v", "\v"))


def _read_time(cell: str) -> int:
    return to_us(datetime.fromisoformat(cell).astimezone(UTC))


_SPELL: dict[str, Callable[[Any], str]] = {
    "time": lambda us: f"{from_us(us):%Y-%m-%d %H:%M:%S.%f}+00",
    "bool": lambda cell: "t" if cell else "f",
    "bytes": lambda cell: f"\\\\x{bytes(cell).hex()}",
    "float": _spell_float,
    "int": str,
    "text": _spell_text,
}
_READ: dict[str, Callable[[str], Any]] = {
    "time": _read_time,
    "bool": lambda cell: cell == "t",
    "bytes": lambda cell: bytes.fromhex(cell.removeprefix("\\\\x")),
    "float": float,
    "int": int,
    "text": _read_text,
}
_PARTITIONED = {"readings": ("ts", 8), "rollups_5m": ("bucket", 6)}
