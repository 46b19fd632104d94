"""Every setting, declared once: type, default, bounds, unit and help; forms, flags and the help page grow from here."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from backend_core.kernel.errors import BadConfig

Value = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the config file writes it: `[section] key`."""

    section: str
    key: str
    kind: type
    default: Value
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    is_secret: bool = False

    @property
    def name(self) -> str:
        """`section.key`."""
        return f"{self.section}.{self.key}"

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that set it, the general form first."""
        return (f"LINEKEEPER_{self.section.upper()}__{self.key.upper()}", *self.environment)

    def check(self, value: Any, where: str) -> Value:
        """The value, lawful; or `BadConfig` with a sentence that names the place and the remedy."""
        checked = self._of_kind(value, where)
        if self.choices and checked not in self.choices:
            raise BadConfig(f"{where}: '{checked}' is not possible.", f"Choose one of {', '.join(self.choices)}.")
        if isinstance(checked, int | float) and not isinstance(checked, bool):
            self._check_bounds(checked, where)
        return checked

    def from_text(self, text: str, where: str) -> Value:
        """The value of an environment variable or a flag."""
        if self.kind is bool:
            words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
            if text.strip().lower() not in words:
                raise BadConfig(f"{where}: '{text}' is neither true nor false.", "Write true or false.")
            return words[text.strip().lower()]
        if self.kind is list:
            return self.check([part.strip() for part in text.split(",") if part.strip()], where)
        if self.kind in (int, float):
            try:
                return self.check(self.kind(text), where)
            except ValueError as error:
                raise BadConfig(
                    f"{where}: '{text}' is no number.", f"Write a number, such as {self.default}."
                ) from error
        return self.check(text, where)

    def _of_kind(self, value: Any, where: str) -> Value:
        if self.kind is float and type(value) is int:
            return float(value)
        if self.kind is list:
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                return value
            raise BadConfig(f"{where} must be a list of texts.", 'Write it like ["grid/sensors/#"].')
        if type(value) is not self.kind:
            words = {int: "a whole number", float: "a number", bool: "true or false", str: "a text in quotes"}
            raise BadConfig(
                f"{where} must be {words[self.kind]}, found {value!r}.", f"Its default is {self.default!r}."
            )
        return cast(Value, value)

    def _check_bounds(self, value: float, where: str) -> None:
        too_low = self.low is not None and not value >= self.low
        too_high = self.high is not None and not value <= self.high
        if too_low or too_high:
            unit = f" {self.unit}" if self.unit else ""
            raise BadConfig(f"{where} is {value}{unit}.", f"It must lie between {self.low} and {self.high}{unit}.")


TOPICS = ["sensors", "buses", "converters", "res", "switches", "points", "weather"]

SETTINGS: tuple[Setting, ...] = (
    Setting("database", "url", str, "", "Where the record is kept: postgresql://user@host/name, or sqlite:///path. "
            "Empty means a file in this user's data folder.", environment=("DB_DSN",)),
    Setting("database", "password_file", str, "", "A file that holds the database password and nothing else."),
    Setting("mqtt", "url", str, "mqtt://127.0.0.1:1883", "The broker: mqtt://host:port, or mqtts://host:port for TLS."),
    Setting("mqtt", "protocol", str, "5", "The version of MQTT that the broker speaks.", choices=("5", "3.1.1")),
    Setting("mqtt", "username", str, "", "The name by which the broker lets us in; empty for none."),
    Setting("mqtt", "password_file", str, "", "A file that holds the broker password and nothing else."),
    Setting("mqtt", "ca_file", str, "", "The authority that signed the broker's certificate; empty for the system's."),
    Setting("mqtt", "client_cert", str, "", "A PEM file with this program's own certificate and key; empty for none."),
    Setting("mqtt", "topics", list, [f"grid/{name}/#" for name in TOPICS], "The topic filters to subscribe to."),
    Setting("mqtt", "accept_unknown", bool, True, "Store devices that were never registered, as discovered; "
            "otherwise quarantine what they send."),
    Setting("mqtt", "client_id", str, "core-ingest", "The durable session at the broker. A site's cores share it, "
            "so that the broker hands the leader what the one before had not acknowledged."),
    Setting("spool", "folder", str, "", "Where messages wait while the database is away, on a disk of this computer; "
            "empty means this user's data folder."),
    Setting("spool", "limit_mb", int, 2048, "How much may wait there; then nothing more is acknowledged, and the "
            "broker holds it. 0 keeps nothing here.", "MB", 0, 1_000_000),
    Setting("spool", "limit_hours", float, 72.0, "How long the oldest may wait there; then nothing more is "
            "acknowledged.", "h", 0.1, 8760.0),
    Setting("smart_switches", "interval_s", float, 60.0, "How often each smart switch is probed.", "s", 1.0, 3600.0),
    Setting("smart_switches", "timeout_s", float, 5.0, "How long a smart switch may take to answer.", "s", 0.2, 60.0),
    Setting("smart_switches", "refused_is_power", bool, False, "Count a refused connection as a sign of power."),
    Setting("smart_switches", "keep_checks_days", int, 30, "How long each check is kept.", "days", 1, 3650),
    Setting("history", "raw_days", int, 7, "How long every reading is kept; its rollups stay.", "days", 1, 3650),
    Setting("history", "raw_with_rules_days", int, 35, "How long every reading of a point with an alarm rule is kept.",
            "days", 1, 3650),
    Setting("history", "five_minute_days", int, 365, "How long the rollups of five minutes are kept; those of hours "
            "and days are kept for ever.", "days", 31, 36_500),
    Setting("history", "event_days", int, 365, "How long lines of the event log are kept.", "days", 31, 36_500),
    Setting("outage", "threshold", float, 0.5, "The share of known smart switches that must be dark.", "", 0.01, 1.0),
    Setting("outage", "min_known", int, 3, "How many smart switches must be known.", "", 1, 10_000),
    Setting("alarms", "offline_after_s", float, 120.0, "How long a device may be silent.", "s", 5.0, 86_400.0),
    Setting("desk", "operator", str, "", "Who is at the desk; empty means the name of this computer's user."),
    Setting("desk", "name", str, "desk 1", "The name of this desk, as other consoles see it."),
    Setting("desk", "core_eligible", bool, True, "Whether this console may lead; a laptop should not."),
    Setting("desk", "areas", list, [], "The areas this desk is responsible for; empty means all."),
    Setting("display", "theme", str, "night", "The colours of the screen.", choices=("night", "day")),
    Setting("display", "zoom_percent", int, 100, "The size of everything on the screen.", "%", 70, 250),
    Setting("display", "touch", bool, False, "Large targets for a finger, at least 44 pixels."),
    Setting("display", "sound", bool, True, "Sound for new alarms."),
    Setting("grid", "network", str, "", "The network file of the diagram; empty means the 5-bus example."),
    Setting("log", "level", str, "info", "How much the program tells of itself.", choices=("debug", "info", "warning")),
)  # fmt: skip

_BY_NAME = {setting.name: setting for setting in SETTINGS}
SECRETS_ELSEWHERE = {"database.password": "password_file", "mqtt.password": "password_file"}


def setting(name: str) -> Setting:
    """The declaration of `section.key`."""
    return _BY_NAME[name]


def nearest(name: str) -> str | None:
    """The known setting whose name is closest, for a mistyped one."""
    found = difflib.get_close_matches(name, _BY_NAME, n=1, cutoff=0.5)
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its value, and the warnings that came up while reading them."""

    values: Mapping[str, Value]
    warnings: tuple[str, ...] = ()
    source: str = "defaults"

    def text(self, name: str) -> str:
        """A text setting."""
        value = self.values.get(name, _BY_NAME[name].default)
        return str(value) if value is not None else ""

    def number(self, name: str) -> float:
        """A numeric setting."""
        value = self.values.get(name, _BY_NAME[name].default)
        assert isinstance(value, int | float), name
        return float(value)

    def flag(self, name: str) -> bool:
        """A setting that is true or false."""
        return bool(self.values.get(name, _BY_NAME[name].default))

    def texts(self, name: str) -> list[str]:
        """A list setting."""
        value = self.values.get(name, _BY_NAME[name].default)
        assert isinstance(value, list), name
        return list(value)
