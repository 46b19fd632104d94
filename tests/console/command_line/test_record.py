"""`status`, `export`, `db`, `alarms`, `doctor`: what they print of a real database, and how they end without one."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from backend_core.history.model import Writing
from backend_core.history.sql_store import SqlHistoryStore
from backend_core.kernel.clock import SystemClock, to_us
from backend_core.kernel.identities import DeviceId, PointId
from backend_core.kernel.quality import Quality
from backend_core.runtime import exports
from backend_core.sharing.model import Console
from backend_core.sharing.sql_lease import SqlLease
from backend_core.storage.database import Database
from backend_core.storage.event_log import LogEntry, record
from backend_core.storage.schema.record import readings
from backend_core.telemetry.model import DeviceKind, Reading, Reason, Rejection
from tests.console.command_line.desk import Desk, one_sentence

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KINDS = {DeviceId("=1+1"): DeviceKind.SENSOR}
AWAY = 'url = "postgresql://nobody@127.0.0.1:1/none"'


@pytest.fixture
def filled(desk: Desk, database_url: str) -> Desk:
    """A database with four readings, a rejection and a line of the log, led by this test."""
    desk.write(f'[database]\nurl = "{database_url}"\n[desk]\noperator = "ada"')
    asyncio.run(_fill(database_url))
    return desk


async def _fill(url: str) -> None:
    database = Database(url, SystemClock())
    lease, me = SqlLease(database, SystemClock()), Console("1" * 36, "desk 9", "ada", "host", "1.0")
    database.epoch = await lease.acquire(me)
    at = to_us(NOW)
    readings = [
        Reading(PointId("s.voltage"), at + 1, 0, 230.5, Quality.GOOD, 0, at, 0),
        Reading(PointId("CB-1.position"), at, 0, 1.0, Quality.UNCERTAIN, 0, at, 0),
        Reading(PointId("CB-1.position"), at + 2_000_000, 0, 7.0, Quality.BAD, 0, at, 0),
        Reading(PointId("a.x"), at, 0, 1e22, Quality.GOOD, 0, at, 0),
    ]
    refused = [Rejection("grid/sensors/s", b"x", Reason.JSON, "No JSON.", at)]
    await SqlHistoryStore(database, "desk 9").write(Writing(readings, refused, (), KINDS, NOW))
    entry = LogEntry(NOW + timedelta(seconds=1), "note", "=cmd|' /C calc'!A0", "-2+3", '@SUM(1,"2")\n\u00fc', "+desk")
    await database.write(lambda connection: record(connection, entry))
    await lease.appear(me, "leader")
    await lease.beat(me, database.epoch or 0, {"mqtt": {"connected": True}})
    await database.close()


def test_readings_are_exported_in_order_with_exact_times_and_words(filled: Desk):
    outcome = filled.ask("export", "readings", "--format", "csv")
    assert outcome.code == 0
    assert outcome.printed == (
        "point,ts,value,quality\n"
        "CB-1.position,2026-11-21T12:00:00.000000Z,closed,uncertain\n"
        "a.x,2026-11-21T12:00:00.000000Z,1e+22,good\n"
        "s.voltage,2026-11-21T12:00:00.000001Z,230.5,good\n"
        "CB-1.position,2026-11-21T12:00:02.000000Z,unknown,bad\n"
    )


def test_json_holds_the_same_rows_with_numbers_as_numbers(filled: Desk):
    rows = json.loads(filled.ask("export", "readings", "--format", "json").printed)
    assert [row["value"] for row in rows] == ["closed", 1e22, 230.5, "unknown"]
    assert rows[2] == {"point": "s.voltage", "ts": "2026-11-21T12:00:00.000001Z", "value": 230.5, "quality": "good"}


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        (["--from", "2026-11-21T12:00:00.000001Z"], 2),
        (["--to", "2026-11-21T12:00:00.000001Z"], 2),
        (["--from", "2026-11-21T13:00:00+01:00", "--to", "2026-11-21T12:00:00.000002"], 3),
        (["--point", "CB-1.position"], 2),
        (["--point", "nobody.knows"], 0),
        (["--from", "2030-01-01"], 0),
    ],
)
def test_an_export_begins_with_from_and_ends_before_to(filled: Desk, limits: list[str], count: int):
    assert len(filled.ask("export", "readings", *limits).printed.splitlines()) == 1 + count
    assert len(json.loads(filled.ask("export", "readings", "--format", "json", *limits).printed)) == count


def test_texts_that_a_spreadsheet_would_run_are_exported_as_texts(filled: Desk):
    rows = list(csv.DictReader(io.StringIO(filled.ask("export", "events").printed)))
    assert list(rows[0]) == ["ts", "kind", "who", "object", "text", "origin"]
    note = next(row for row in rows if row["kind"] == "note")
    assert (note["who"], note["object"], note["origin"]) == ("'=cmd|' /C calc'!A0", "'-2+3", "'+desk")
    assert note["text"] == '\'@SUM(1,"2")\n\u00fc'
    assert all(cell[0] not in "=+-@" for row in rows for cell in row.values() if cell)


@pytest.mark.parametrize(
    ("what", "columns"),
    [
        ("alarms", "id,point,level,priority,state,occurrence,raised_at,acked_at,acked_by,cleared_at"),
        ("smart-switch-checks", "ts,name,verdict,response_ms,error,observer"),
        ("outages", "id,started_at,ended_at,duration_s,smart_switches"),
    ],
)
def test_every_table_has_its_header_even_when_it_is_empty(filled: Desk, what: str, columns: str):
    assert filled.ask("export", what).printed == columns + "\n"
    assert json.loads(filled.ask("export", what, "--format", "json").printed) == []


def test_status_has_the_form_of_the_contract(filled: Desk):
    outcome = filled.ask("status", "--json")
    assert outcome.code == 0
    told = json.loads(outcome.printed)
    seen = told["consoles"][0].pop("seen_at")
    assert seen.endswith("Z")
    assert told.pop("version")
    assert told["database"].pop("schema")
    assert told == {
        "leader": "desk 9",
        "epoch": 1,
        "database": {"kind": told["database"]["kind"], "ok": True},
        "mqtt": {"connected": True},
        "spool": None,
        "readings_stored": 4,
        "rejected": {"json": 1},
        "quarantined": 1,
        "alarms": {"active": 0, "unacknowledged": 0},
        "smart_switches": {"online": 0, "offline": 0, "unknown": 0},
        "outage": None,
        "consoles": [
            {"id": "1" * 36, "name": "desk 9", "operator": "ada", "host": "host", "version": "1.0", "role": "leader"}
        ],
    }
    assert filled.ask("status").code == 0


def test_a_database_that_is_away_is_exit_3_and_status_says_so_as_json(desk: Desk):
    desk.write(f"[database]\n{AWAY}")
    outcome = desk.ask("status", "--json")
    assert outcome.code == 3
    told = json.loads(outcome.printed)
    assert (told["database"]["ok"], told["leader"], told["mqtt"]) == (False, None, {"connected": False})
    rules = desk.folder / "rules.csv"
    rules.write_text("point,level,limit,deadband,on_delay_s,off_delay_s,priority\n")
    switches = desk.folder / "switches.csv"
    switches.write_text("name,address,active\n")
    for command in (
        ["export", "readings"], ["db", "status"], ["db", "upgrade"], ["alarms", "list", "--json"],
        ["alarms", "ack", "x", "--occurrence", "1"], ["alarms", "rules", "export", "-"],
        ["alarms", "rules", "import", str(rules)], ["smart-switches", "import", str(switches)],
    ):  # fmt: skip
        outcome = desk.ask(*command)
        assert outcome.code == 3, command
        assert one_sentence(outcome.complained), outcome.complained


def test_db_upgrade_makes_the_tables_and_db_status_tells_of_them(desk: Desk):
    desk.write(f'[database]\nurl = "sqlite:///{desk.folder}/new.db"')
    assert desk.ask("db", "status").code == 2
    assert "db upgrade" in desk.ask("export", "readings").complained
    assert desk.ask("db", "upgrade").code == 0
    assert "nothing to do" in desk.ask("db", "upgrade").printed
    assert "current" in desk.ask("db", "status").printed
    assert desk.ask("export", "readings").printed == "point,ts,value,quality\n"


@pytest.mark.parametrize(
    "command",
    [
        ["export", "everything"],
        ["export", "readings", "--format", "xml"],
        ["export", "readings", "--from", "yesterday"],
        ["export", "readings", "--from", "2026-01-02", "--to", "2026-01-01"],
        ["export"],
        ["fly"],
        ["status", "--jsno"],
        ["alarms", "ack", "nobody.HI", "--occurrence", "1"],
        ["alarms", "ack", "nobody.HI", "--occurrence", "one"],
        ["alarms", "rules", "import", "/nowhere/rules.csv"],
        ["smart-switches", "import", "/nowhere/list.csv"],
        ["network", "check", "/nowhere/net.json"],
        ["report", "daily", "--date", "tomorrow", "--out", "x.pdf"],
        ["core", "--sparkle"],
    ],
)
def test_wrong_usage_is_exit_2_with_a_sentence(filled: Desk, command: list[str]):
    outcome = filled.run(*command) if command[0] in ("network", "fly") else filled.ask(*command)
    assert outcome.code == 2, outcome
    assert (outcome.complained or outcome.printed).strip()


def test_alarm_rules_go_out_and_come_in_again(filled: Desk):
    rules = filled.folder / "rules.csv"
    rules.write_text(
        "point,level,limit,deadband,on_delay_s,off_delay_s,priority\n*.voltage,HI,250,2,1,5,3\ns.current,LO,0,0,0,0,2\n"
    )
    assert "Would add 2" in filled.ask("alarms", "rules", "import", str(rules), "--dry-run").printed
    assert "Added 2" in filled.ask("alarms", "rules", "import", str(rules)).printed
    out = filled.folder / "out.csv"
    assert filled.ask("alarms", "rules", "export", str(out)).code == 0
    assert "Added 0, changed 0, removed 0" in filled.ask("alarms", "rules", "import", str(out)).printed
    assert filled.ask("alarms", "rules", "export", "-").printed == out.read_text()
    rules.write_text("point,level,limit,deadband,on_delay_s,off_delay_s,priority\ns.x,UP,1,0,0,0,2\n")
    outcome = filled.ask("alarms", "rules", "import", str(rules))
    assert outcome.code == 2
    assert "UP" in outcome.complained or "level" in outcome.complained
    assert json.loads(filled.ask("alarms", "list", "--json").printed) == []


def test_the_doctor_gives_a_line_and_a_remedy_for_each_thing(desk: Desk, mosquitto, postgres_url: str):
    spool = f'[spool]\nfolder = "{desk.folder}/spool"'
    desk.write(f'[database]\nurl = "{postgres_url}"\n[mqtt]\nurl = "{mosquitto.url}"\n{spool}')
    outcome = desk.ask("doctor")
    lines = {line[4:].partition(":")[0]: line for line in outcome.printed.splitlines()}
    assert list(lines) == [
        "config", "database", "schema", "clock", "broker", "broker limits", "fonts", "sound", "disk", "spool",
    ]  # fmt: skip
    assert all(lines[name].startswith("ok") for name in ("config", "database", "schema", "broker", "clock"))
    assert "nothing waits, 2.1 GB may" in lines["spool"]
    assert outcome.code == 0, "no loudspeaker is no reason to fail"


def test_the_doctor_tells_what_is_away_and_what_to_do(desk: Desk):
    desk.write(f'[database]\n{AWAY}\n[mqtt]\nurl = "mqtt://127.0.0.1:1"')
    outcome = desk.ask("doctor")
    assert outcome.code == 3
    broken = [line for line in outcome.printed.splitlines() if line.startswith("BAD")]
    assert [line[4:].partition(":")[0] for line in broken][:2] == ["database", "broker"]
    assert all(line.count(".") >= 2 for line in broken[:2])
    desk.write("[mqtt\n")
    assert desk.ask("doctor").code == 2


def test_version_and_help_need_nothing(desk: Desk):
    assert desk.run("--version").printed.startswith("linekeeper ")
    for command in ([], ["export"], ["alarms", "rules", "import"], ["demo"], ["simulate"], ["doctor"]):
        assert desk.run(*command, "--help").code == 0


def test_tidying_rolls_up_and_drops_what_is_old(filled: Desk):
    rolled, tidied = filled.ask("db", "tidy", "--only-roll-up"), filled.ask("db", "tidy")
    assert (rolled.code, tidied.code) == (0, 0)
    assert rolled.printed.startswith("Rolled up ")
    assert [line.split()[0] for line in tidied.printed.splitlines()] == ["Rolled", "Dropped"]
    assert (rolled.complained, tidied.complained) == ("", "")


ERRANDS = [
    ("export", "readings"),
    ("db", "status"),
    ("alarms", "list"),
    ("alarms", "rules", "export", "-"),
]


@pytest.mark.parametrize("errand", ERRANDS, ids=" ".join)
def test_the_environment_names_the_database_as_well_as_a_config_file(
    desk: Desk, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, errand: tuple[str, ...]
):
    monkeypatch.setenv("DB_DSN", sqlite_url)
    assert desk.run(*errand).code == 0


@pytest.mark.parametrize("errand", [*ERRANDS, ("core",)], ids=" ".join)
def test_an_errand_without_any_database_says_how_to_name_one(desk: Desk, errand: tuple[str, ...]):
    outcome = desk.run(*errand)
    assert outcome.code == 2
    assert one_sentence(outcome.complained)
    for way in ("--config", "$LINEKEEPER_DATABASE__URL"):
        assert way in outcome.complained


def test_an_export_to_a_file_is_whole_and_says_how_long_it_is(filled: Desk):
    out = filled.folder / "readings.csv"
    outcome = filled.ask("export", "readings", "--out", str(out))
    assert (outcome.code, outcome.printed) == (0, f"Written to {out}: 4 rows.\n")
    assert out.read_text() == filled.ask("export", "readings").printed
    assert filled.ask("export", "readings", "--out", str(filled.folder / "none" / "x.csv")).code == 2
    assert [path.name for path in filled.folder.iterdir() if ".part" in path.name] == []


def test_an_export_interrupted_midway_leaves_no_file(filled: Desk, database_url: str):
    out = filled.folder / "readings.csv"
    database = Database(database_url, SystemClock())

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    many = [reading_at(i) for i in range(exports.TELL_EVERY)]
    database.run(lambda connection: connection.execute(insert(readings), many))
    with pytest.raises(KeyboardInterrupt):
        exports.write_file(database, exports.ExportRequest("readings"), "csv", out, interrupt)
    database.abandon()
    assert [path for path in filled.folder.iterdir() if "readings" in path.name] == []


def reading_at(number: int) -> dict[str, object]:
    moment = NOW + timedelta(seconds=number + 10)
    row = {"point_id": 1, "ts": moment, "seq": 0, "value": 1.0, "quality": 0, "marks": 0}
    return row | {"received_at": moment, "payload_hash": 0}


@pytest.mark.parametrize(
    ("options", "points"),
    [
        (["--point", "CB-*"], ["CB-1.position", "CB-1.position"]),
        (["--point", "*.x"], ["a.x"]),
        (["--quality", "bad"], ["CB-1.position"]),
        (["--quality", "good", "--point", "s*"], ["s.voltage"]),
    ],
)
def test_an_export_is_filtered_by_points_and_quality(filled: Desk, options: list[str], points: list[str]):
    rows = list(csv.DictReader(io.StringIO(filled.ask("export", "readings", *options).printed)))
    assert [row["point"] for row in rows] == points


def test_a_zone_stands_in_the_header_and_in_every_time(filled: Desk):
    rows = list(csv.DictReader(io.StringIO(filled.ask("export", "readings", "--zone", "Europe/Berlin").printed)))
    assert rows[0]["ts (Europe/Berlin)"] == "2026-11-21T13:00:00.000000+01:00"
    refused = filled.ask("export", "readings", "--zone", "Middle/Earth")
    assert (refused.code, one_sentence(refused.complained)) == (2, True)


def test_rollups_devices_and_the_quarantine_are_exported_too(filled: Desk):
    filled.ask("db", "tidy", "--only-roll-up")
    first = {what: filled.ask("export", what).printed.splitlines()[0] for what in exports.WHAT}
    assert first["rollups-1h"] == "point,ts,low,mean,high,first,last,count,doubtful,bad,covered_s"
    assert first["devices"] == "device,kind,state,first_seen"
    assert first["quarantine"].startswith("first_seen,last_seen,count,topic,reason")


def test_the_whole_record_is_saved_and_comes_back(filled: Desk):
    before = filled.ask("export", "readings").printed
    file = filled.folder / "record.backup"
    saved = filled.ask("db", "backup", str(file))
    assert (saved.code, saved.complained) == (0, "")
    assert saved.printed.startswith("Saved ")
    filled.write(f'[database]\nurl = "sqlite:///{filled.folder / "other.db"}"')
    brought = filled.ask("db", "restore", str(file))
    assert (brought.code, brought.printed[:9]) == (0, "Restored ")
    assert filled.ask("export", "readings").printed == before
    refused = filled.ask("db", "restore", str(file))
    assert (refused.code, one_sentence(refused.complained)) == (2, True)
    assert filled.ask("db", "restore", str(file), "--replace").code == 0
