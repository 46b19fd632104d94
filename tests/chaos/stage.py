"""The stage of a chaos run: broker, database, proxies before both, cores that are started again, and a publisher."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from tests.chaos.messages import POISON
from tests.chaos.verdict import Verdict, judge, read_ledger, read_record
from tests.support.databases import lay_tables
from tests.support.mosquitto import Mosquitto
from tests.support.postgres import PostgresServer, create_database
from tests.support.processes import Program, eventually, linekeeper
from tests.support.tcp_proxy import TcpProxy

FENCED_EXIT = 3
RECOVERS_WITHIN_S = 120.0
DRAINS_WITHIN_S = 300.0
RESTS_FOR_S = 25.0
_WRITES = """
    CREATE TABLE leader_writes (at timestamptz NOT NULL, writer text NOT NULL);
    CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO leader_writes VALUES (clock_timestamp(), current_user); RETURN NULL;
    END $$;
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a core finds broker and database."""

    host: str
    broker_port: int
    postgres_port: int


class Core:
    """One core and its place: ended by us or by itself, it is started again as a service manager does."""

    def __init__(self, name: str, command: Sequence[str], config: Path, log: Path) -> None:
        self.name = name
        self._command = command
        self._config = config
        self._log = log
        self._program: Program | None = None
        self.is_frozen = False

    @property
    def pid(self) -> int:
        assert self._program is not None, f"{self.name} was never started"
        return self._program.pid

    @property
    def is_running(self) -> bool:
        return self._program is not None and self._program.is_running

    @property
    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        arguments = ["core", "--config", str(self._config)]
        if self._command:
            self._program = Program([*self._command, *arguments], self._log)
        else:
            self._program = linekeeper(*arguments, log=self._log)

    def kill(self) -> None:
        if self._program is not None:
            self._program.kill()

    def freeze(self) -> None:
        self.is_frozen = True
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)
        self.is_frozen = False

    def wait(self) -> int:
        """Until it has ended by itself."""
        assert self._program is not None
        return self._program.wait(30.0)

    def tend(self) -> None:
        """Start it again when it has ended by itself, which it may do for one reason only."""
        if self._program is None or self._program.is_running:
            return
        code = self._program.wait()
        assert code == FENCED_EXIT, f"{self.name} ended by itself with {code}:\n{self.output[-3000:]}"
        self.start()

    def _send(self, number: signal.Signals) -> None:
        if self._program is not None:
            self._program.send(number)


class Stage:
    """Everything of one run; faults reach in here, and nowhere else."""

    def __init__(self, folder: Path, seed: int, *, cores: int = 1, per_second: float = 500.0) -> None:
        self.folder = folder
        self.seed = seed
        self.per_second = per_second
        (folder / "broker").mkdir(parents=True)
        self.broker = Mosquitto(folder / "broker")
        self.postgres = PostgresServer()
        self.to_broker = TcpProxy(self.broker.port)
        self.to_postgres = TcpProxy(self.postgres.port)
        self.ledger = folder / "ledger.jsonl"
        self.command: Sequence[str] = ()
        """How a core is begun, where it is not the product itself: the harness is tested with broken ones."""
        self.cores: list[Core] = []
        """Those that are to run: they are started again when they end. Take one out that shall stay dead."""
        self._every_core: list[Core] = []
        self._core_count = cores
        self._publisher: Program | None = None
        self._direct_url = ""
        self.broker_kills = 0

    def open(self) -> None:
        """Start everything; with cores of its own, also wait for one to subscribe and begin to publish."""
        self.broker.start()
        self.postgres.start()
        self.to_broker.start()
        self.to_postgres.start()
        self._direct_url = create_database(self.postgres.url())
        lay_tables(self._direct_url)
        self._refuse_poison()
        self._note_leader_writes()
        for number in range(1, self._core_count + 1):
            self.add_core(f"core {number}")
        if self.cores:
            self.begin()

    def begin(self) -> None:
        """Wait until a core has subscribed, and let the publisher speak."""
        eventually(self.is_connected, "a core leads and is at the broker", RECOVERS_WITHIN_S)
        self._publisher = Program(
            [
                sys.executable, "-m", "tests.chaos.publisher",
                str(self.broker.port), str(self.ledger), str(self.seed), str(self.per_second),
            ],
            self.folder / "publisher.log",
        )  # fmt: skip

    def add_core(self, name: str, command: Sequence[str] | None = None, reach: Reach | None = None) -> Core:
        """One more core; `reach` is the way it takes to broker and database, by default the proxies with weather."""
        way = reach or Reach("127.0.0.1", self.to_broker.port, self.to_postgres.port)
        account = name.replace(" ", "_")
        with psycopg.connect(self._direct_url) as connection:
            connection.execute(f"CREATE ROLE {account} LOGIN SUPERUSER".encode())
        database = self._direct_url.rpartition("/")[2]
        config = self.folder / f"{account}.toml"
        config.write_text(
            f'[database]\nurl = "postgresql://{account}@{way.host}:{way.postgres_port}/{database}"\n'
            f'[mqtt]\nurl = "mqtt://{way.host}:{way.broker_port}"\n'
            f'[spool]\nfolder = "{self.folder / "spools" / account}"\n'
        )
        core = Core(name, self.command if command is None else command, config, self.folder / f"{account}.log")
        self.cores.append(core)
        self._every_core.append(core)
        core.start()
        return core

    def some_core(self, dice: random.Random) -> Core:
        """One that runs and is not frozen."""
        awake = [core for core in self.cores if core.is_running and not core.is_frozen]
        return dice.choice(awake or self.cores)

    def stored(self) -> int:
        """How many readings the record holds; by the direct way, whatever the weather."""
        return self._number("SELECT value FROM counters WHERE name = 'readings_stored'")

    def epoch(self) -> int:
        return self._number("SELECT epoch FROM core_epoch")

    def writes_of(self, core: Core, since: datetime) -> int:
        """How many of a leader's signs of life this core has committed since then, each in a fenced transaction."""
        account = core.name.replace(" ", "_")
        moment = since.isoformat()
        return self._number(f"SELECT count(*) FROM leader_writes WHERE writer = '{account}' AND at > '{moment}'")

    def is_led_by(self, core: Core) -> bool:
        """Whether the last sign of life was this core's."""
        account = core.name.replace(" ", "_")
        return bool(
            self._number(
                "SELECT count(*) FROM (SELECT writer FROM leader_writes ORDER BY at DESC LIMIT 1) AS last "
                f"WHERE writer = '{account}'"
            )
        )

    def now(self) -> datetime:
        """The database's own time."""
        with psycopg.connect(self._direct_url) as connection:
            found = connection.execute("SELECT clock_timestamp()").fetchone()
        assert found is not None
        moment: datetime = found[0]
        return moment

    def gap_count(self) -> int:
        return self._number("SELECT count(*) FROM gaps")

    def is_connected(self) -> bool:
        """Whether a core leads and holds the session at the broker."""
        return bool(
            self._number(
                "SELECT count(*) FROM core_heartbeat WHERE at > clock_timestamp() - interval '5 s' "
                "AND (facts->'mqtt'->>'connected')::boolean"
            )
        )

    def recovers(self) -> None:
        """Wait until the record grows again."""
        before = self.stored()

        def grows() -> bool:
            for core in self.cores:
                if not core.is_frozen:
                    core.tend()
            return self.stored() > before

        eventually(grows, "the record grows again", RECOVERS_WITHIN_S)

    def conclude(self) -> Verdict:
        """End the publishing, let everything drain, and judge."""
        assert self._publisher is not None
        code = self._publisher.terminate(90.0)
        assert code == 0, f"the publisher could not settle:\n{self._publisher.output[-2000:]}"
        ledger = read_ledger(self.ledger)
        self._rest(len({key for entry in ledger for key in entry.message.rows()}))
        return judge(ledger, read_record(self._direct_url))

    def close(self) -> None:
        if self._publisher is not None:
            self._publisher.kill()
        for core in self._every_core:
            core.thaw()
            core.kill()
        self.to_broker.stop()
        self.to_postgres.stop()
        self.broker.kill()
        self.postgres.remove()

    def _rest(self, expected: int) -> None:
        """Wait until all is there, or until a connected core has brought nothing more for a while."""
        stored, since_s = -1, time.monotonic()

        def is_at_rest() -> bool:
            nonlocal stored, since_s
            for core in self.cores:
                core.tend()
            now = self.stored() + self._number("SELECT count(*) FROM quarantine WHERE topic LIKE 'point/%'")
            if now != stored or not self.is_connected():
                stored, since_s = now, time.monotonic()
            return now >= expected or time.monotonic() - since_s > RESTS_FOR_S

        eventually(is_at_rest, "the record comes to rest", DRAINS_WITHIN_S, every_s=0.25)

    def _refuse_poison(self) -> None:
        with psycopg.connect(self._direct_url) as connection:
            connection.execute(f"ALTER TABLE readings ADD CONSTRAINT no_poison CHECK (value <> {POISON})".encode())

    def _note_leader_writes(self) -> None:
        """Have the database itself note who writes as a leader, and when: a zombie would stand there."""
        with psycopg.connect(self._direct_url) as connection:
            connection.execute(_WRITES.encode())
            connection.execute(
                "CREATE TRIGGER noted AFTER INSERT OR UPDATE ON core_heartbeat EXECUTE FUNCTION note_write()"
            )

    def _number(self, query: str) -> int:
        try:
            with psycopg.connect(self._direct_url, connect_timeout=5) as connection:
                found = connection.execute(query.encode()).fetchone()
        except psycopg.OperationalError:
            return 0
        return int(found[0] or 0) if found else 0


@contextmanager
def stage(folder: Path, seed: int, *, cores: int = 1, per_second: float = 500.0) -> Iterator[Stage]:
    """A stage that is cleared away; it is opened by whoever has set it up."""
    made = Stage(folder, seed, cores=cores, per_second=per_second)
    try:
        yield made
    finally:
        made.close()
