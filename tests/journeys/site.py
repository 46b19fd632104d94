"""A site as an engineer sets it up: a broker, a database, a config file and the cores that run on them."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.journeys.meters import Meters, Row
from tests.support.processes import REPOSITORY, Program, eventually, linekeeper


class Site:
    """One broker and one PostgreSQL database, with cores and meters that are ended with it."""

    def __init__(self, folder: Path, broker_port: int, database_url: str, **mqtt: str) -> None:
        self.folder = folder
        self.broker_port = broker_port
        self.database_url = database_url
        self.config = folder / "linekeeper.toml"
        self._programs: list[Program] = []
        self._meters: list[Meters] = []
        more = "".join(f"{key} = {json.dumps(value)}\n" for key, value in mqtt.items())
        self.config.write_text(
            f'[database]\nurl = "{database_url}"\n[mqtt]\nurl = "mqtt://127.0.0.1:{broker_port}"\n{more}'
            f'[spool]\nfolder = "{folder / "spool"}"\n'
        )

    def core(self, name: str = "core") -> Program:
        """Start `linekeeper core`."""
        program = linekeeper("core", "--config", str(self.config), log=self.folder / f"{name}.log")
        self._programs.append(program)
        return program

    def meters(self) -> Meters:
        meters = Meters(self.broker_port)
        self._meters.append(meters)
        return meters

    def stored(self) -> int:
        """How many readings the record holds."""
        with psycopg.connect(self.database_url) as connection:
            if connection.execute("SELECT to_regclass('readings')").fetchone() == (None,):
                return 0
            found = connection.execute("SELECT count(*) FROM readings").fetchone()
        return found[0] if found else 0

    def wait_for_session(self) -> None:
        """Until a core has subscribed: from then on the broker keeps what comes, whoever is away."""
        eventually(self._is_connected, "a core leads and is at the broker")

    def wait_for_rows(self, count: int, timeout_s: float = 60.0) -> None:
        eventually(lambda: self.stored() >= count, f"{count} readings are stored", timeout_s, every_s=0.1)

    def status(self) -> dict[str, Any]:
        """What `linekeeper status --json` tells."""
        found: dict[str, Any] = json.loads(self.ask("status", "--json"))
        return found

    def exported(self) -> list[Row]:
        """Every reading as `linekeeper export readings` writes it."""
        rows = csv.DictReader(io.StringIO(self.ask("export", "readings", "--format", "csv")))
        return [(row["point"], row["ts"], float(row["value"])) for row in rows]

    def ask(self, *arguments: str) -> str:
        """Run a command that must end well, and return what it printed."""
        command = [_program()]
        done = subprocess.run(
            [*command, *arguments, "--config", str(self.config)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}"
        return done.stdout

    def close(self) -> None:
        for meters in self._meters:
            meters.close()
        for program in self._programs:
            program.kill()

    def _is_connected(self) -> bool:
        with psycopg.connect(self.database_url) as connection:
            if connection.execute("SELECT to_regclass('core_heartbeat')").fetchone() == (None,):
                return False
            query = "SELECT facts FROM core_heartbeat WHERE at > clock_timestamp() - interval '5 s'"
            found = connection.execute(query).fetchone()
        return bool(found and found[0].get("mqtt", {}).get("connected"))


def _program() -> str:
    return str(Path(sys.executable).parent / "linekeeper")


@contextmanager
def site(folder: Path, broker_port: int, database_url: str, **mqtt: str) -> Iterator[Site]:
    """A site that is cleared away."""
    made = Site(folder, broker_port, database_url, **mqtt)
    try:
        yield made
    finally:
        made.close()
