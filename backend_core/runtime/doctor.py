"""Examines what the program needs around it, each with what was seen and a remedy."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import aiomqtt
from sqlalchemy import text

from backend_core.kernel.clock import SystemClock
from backend_core.kernel.errors import BadConfig, CoreError, DependencyAway
from backend_core.kernel.settings import Settings
from backend_core.runtime import errands, toml_config
from backend_core.runtime.inlets import broker_address
from backend_core.runtime.parts import database_url
from backend_core.runtime.waiting_room import folder_of
from backend_core.storage import upgrade
from backend_core.telemetry.mqtt_probe import TRIAL_MESSAGES, kept_for_the_absent, version_of
from backend_core.telemetry.mqtt_source import BrokerAddress

CONFIG = "config"
LITTLE_DISK_BYTES = 1 << 30
CLOCK_SKEW_S = 2.0
ANSWERS_WITHIN_S = 3.0


@dataclass(frozen=True, slots=True)
class Symptom:
    """One thing that was examined; a slight one is worth telling but stops nothing."""

    what: str
    ok: bool
    seen: str
    remedy: str = ""
    is_slight: bool = False


def examine(config: Path | None) -> list[Symptom]:
    """Examine everything; what depends on a broken thing is told as not examined."""
    try:
        settings = toml_config.load(config)
    except CoreError as error:
        return [Symptom(CONFIG, False, error.what, error.remedy), *_without_config()]
    warned = " ".join(settings.warnings)
    seen = warned or f"read from {settings.source}."
    first = Symptom(CONFIG, not warned, seen, "Mend the file.", is_slight=True)
    return [first, *_database(settings), *_broker(settings), *_without_config(), _disk(settings), *_spool(settings)]


def verdict(symptoms: list[Symptom]) -> int:
    """0 when all that matters is well, 2 for a config that cannot be used, 3 when something it needs is away."""
    serious = [symptom for symptom in symptoms if not symptom.ok and not symptom.is_slight]
    if any(symptom.what == CONFIG for symptom in serious):
        return BadConfig.exit_code
    return DependencyAway.exit_code if serious else 0


def _without_config() -> Iterator[Symptom]:
    fonts = list(Path(str(files("resources"))).glob("fonts/*.[ot]tf"))
    yield Symptom("fonts", bool(fonts), f"{len(fonts)} bundled.", "Install the program again: its fonts are missing.")
    yield _sound()


def _database(settings: Settings) -> Iterator[Symptom]:
    try:
        with errands.database_of(settings, must_be_current=False) as database:
            schema = database.look(upgrade.state)
            yield Symptom("database", True, f"{database.kind} at {database.describe()} answers.")
            needed = f"{schema.present or 'none'}, needed {schema.needed}."
            yield Symptom("schema", schema.is_current, needed, "Run 'linekeeper db upgrade --config FILE'.")
            if database.kind == "postgresql":
                there = database.look(
                    lambda c: c.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
                )
                skew_s = SystemClock().now_us() / 1e6 - float(there)
                seen = f"{skew_s:+.2f} s against the database."
                yield Symptom("clock", abs(skew_s) <= CLOCK_SKEW_S, seen, "Let this computer follow a time server.")
    except CoreError as error:
        yield Symptom("database", False, error.what, error.remedy)


def _broker(settings: Settings) -> Iterator[Symptom]:
    try:
        address = broker_address(settings)
    except CoreError as error:
        yield Symptom("broker", False, error.what, error.remedy)
        return
    try:
        with socket.create_connection((address.host, address.port), ANSWERS_WITHIN_S):
            pass
        version = asyncio.run(_version(address))
    except (OSError, aiomqtt.MqttError, TimeoutError) as error:
        remedy = "Check [mqtt] and that the broker runs."
        yield Symptom("broker", False, f"{address} does not let us in ({error}).", remedy)
        return
    yield Symptom("broker", True, f"{address} answers{f', {version}' if version else ''}.")
    yield _queue(address)


async def _version(address: BrokerAddress) -> str:
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        return await version_of(address)


def _queue(address: BrokerAddress) -> Symptom:
    """No broker tells its limits, so it is given more than Mosquitto keeps by default, and asked for it again."""
    remedy = "Start it with installers/mosquitto/linekeeper.conf; what it lets go is lost without a word."
    try:
        kept = asyncio.run(kept_for_the_absent(address))
    except (OSError, aiomqtt.MqttError, TimeoutError) as error:
        seen = f"could not be tried out ({error}): its access rules may not allow linekeeper/doctor/#."
        return Symptom("broker limits", False, seen, remedy, is_slight=True)
    seen = f"{kept:,} of {TRIAL_MESSAGES:,} trial messages were kept for one who was away."
    return Symptom("broker limits", kept == TRIAL_MESSAGES, seen, remedy)


def _sound() -> Symptom:
    if importlib.util.find_spec("miniaudio") is None:
        return Symptom("sound", False, "the sound library is missing.", "Install the program again.", is_slight=True)
    import miniaudio

    try:
        devices = miniaudio.Devices().get_playbacks()
    except miniaudio.MiniaudioError:
        devices = []
    seen = f"{len(devices)} playback devices." if devices else "no playback device."
    remedy = "Alarms show a visible banner instead; connect a loudspeaker for sound."
    return Symptom("sound", bool(devices), seen, remedy, is_slight=True)


def _disk(settings: Settings) -> Symptom:
    url = database_url(settings)
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else Path.home()
    place = next(parent for parent in (file, *file.resolve().parents) if parent.exists())
    free = shutil.disk_usage(place).free
    return Symptom("disk", free > LITTLE_DISK_BYTES, f"{free / 1e9:.1f} GB free at {place}.", "Free at least 1 GB.")


def _spool(settings: Settings) -> Iterator[Symptom]:
    """Where messages wait while the database is away: whether all that may wait would find room, and what waits now."""
    url, limit_bytes = database_url(settings), int(settings.number("spool.limit_mb")) << 20
    if url.get_backend_name() != "postgresql" or not limit_bytes:
        return
    folder = folder_of(settings, url)
    place = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    held = sum(path.stat().st_size for path in folder.glob("*/*.spool")) if folder.exists() else 0
    free = shutil.disk_usage(place).free
    waits = f"{held / 1e6:.1f} MB wait there" if held else "nothing waits"
    seen = f"{waits}, {limit_bytes / 1e9:.1f} GB may, {free / 1e9:.1f} GB are free at {place}."
    if not os.access(place, os.W_OK):
        yield Symptom("spool", False, f"{place} cannot be written.", "Name another folder as [spool] folder.")
        return
    remedy = "Free space there, or lower [spool] limit_mb: what finds no room waits at the broker."
    yield Symptom("spool", held + free > limit_bytes, seen, remedy, is_slight=True)
