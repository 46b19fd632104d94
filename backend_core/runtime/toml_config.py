"""Reads the config file and the environment into settings; every mistake becomes one sentence with its remedy."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import tomlkit

from backend_core.kernel.errors import BadConfig
from backend_core.kernel.settings import SECRETS_ELSEWHERE, SETTINGS, Settings, Value, nearest, setting

_NAMES = {declared.name for declared in SETTINGS}
_TABLES = ("points",)
"""Sections that hold free keys; `[points] "BUS-001.voltage" = 1.0` sets an expected period."""


def load(path: Path | None, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a file, overridden by the environment; defaults where neither speaks."""
    found: dict[str, Any] = _read(path) if path is not None else {}
    values, warnings = _check(found, str(path)) if path is not None else ({}, [])
    for declared in SETTINGS:
        for variable in declared.variables:
            if variable in environment:
                values[declared.name] = declared.from_text(environment[variable], f"${variable}")
                break
    _broker_from_parts(values, environment)
    return Settings(values, tuple(warnings), str(path) if path is not None else "defaults")


def overridden(settings: Settings, wishes: Sequence[str]) -> Settings:
    """The settings with `section.key=value` texts of the command line in place of what the file says."""
    values = dict(settings.values)
    for wish in wishes:
        name, is_given, text = wish.partition("=")
        if not is_given or name not in _NAMES:
            hint = nearest(name)
            meant = f"Did you mean '{hint}'?" if hint else "See 'linekeeper settings'."
            raise BadConfig(f"--set '{wish}' names no setting.", meant)
        values[name] = setting(name).from_text(text, f"--set {name}")
    return Settings(values, settings.warnings, settings.source)


def save(path: Path, changes: Mapping[str, Value]) -> None:
    """Write changed settings into the file, keeping its comments and its other lines."""
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    for name, value in changes.items():
        section, _, key = name.partition(".")
        checked = setting(name).check(value, f"[{section}] {key}")
        if section not in document:
            document[section] = tomlkit.table()
        document[section][key] = checked
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(tomlkit.dumps(document), "utf-8")
    draft.replace(path)


def secret(settings: Settings, section: str) -> str | None:
    """The password of a section's `password_file`."""
    name = settings.text(f"{section}.password_file")
    if not name:
        return None
    try:
        return Path(name).expanduser().read_text("utf-8").strip()
    except OSError as error:
        raise BadConfig(
            f"[{section}] password_file '{name}' cannot be read ({error.strerror}).",
            "Check the path and its permissions.",
        ) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadConfig(
            f"There is no config file '{path}'.", "Check the path, or leave --config out for defaults."
        ) from error
    except IsADirectoryError as error:
        raise BadConfig(f"'{path}' is a folder.", "Name the config file within it.") from error
    except OSError as error:
        raise BadConfig(
            f"The config file '{path}' cannot be read ({error.strerror}).", "Check its permissions."
        ) from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"The config file '{path}' is not UTF-8 text.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"The config file '{path}' is no valid TOML: {error}.", "Mend that line.") from error


def _check(found: Mapping[str, Any], path: str) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    warnings: list[str] = []
    for section, table in found.items():
        if section in _TABLES:
            values |= _periods(section, table, path)
            continue
        if not isinstance(table, dict):
            raise BadConfig(f"{path}: '{section}' stands outside a section.", "Put it below a line such as [mqtt].")
        for key, value in table.items():
            name = f"{section}.{key}"
            _refuse_secret(name, value, path)
            if name in _NAMES:
                values[name] = setting(name).check(value, f"{path}: [{section}] {key}")
            else:
                hint = nearest(name)
                meant = f" Did you mean '{hint}'?" if hint else ""
                warnings.append(f"{path}: the setting '{name}' is not known and was passed over.{meant}")
    return values, warnings


def _periods(section: str, table: Any, path: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise BadConfig(
            f"{path}: [{section}] must be a section.", 'Write lines such as "BUS-001.voltage" = 1.0 below it.'
        )
    for point, period_s in table.items():
        if type(period_s) not in (int, float) or not 0.01 <= period_s <= 86_400:
            raise BadConfig(f"{path}: [{section}] '{point}' is {period_s!r}.", "Give the expected period in seconds.")
    return {f"{section}.{point}": float(period_s) for point, period_s in table.items()}


def _refuse_secret(name: str, value: Any, path: str) -> None:
    section, _, key = name.partition(".")
    held = name in SECRETS_ELSEWHERE or (key == "url" and isinstance(value, str) and _has_password(value))
    if held:
        raise BadConfig(
            f"{path}: [{section}] {key} holds a password.",
            f"Put it into a file of its own and name that file in [{section}] password_file.",
        )


def _has_password(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    options = parse_qs(parts.query, keep_blank_values=True)
    return parts.password is not None or any(option.endswith("password") for option in options)


def _broker_from_parts(values: dict[str, Any], environment: Mapping[str, str]) -> None:
    """`BROKER_HOST` and `BROKER_PORT` of an older system still name the broker."""
    host, port = environment.get("BROKER_HOST"), environment.get("BROKER_PORT")
    if host is None and port is None:
        return
    here = urlsplit(values.get("mqtt.url") or str(setting("mqtt.url").default))
    if port is not None and not (port.isdigit() and 0 < int(port) < 65536):
        raise BadConfig(f"$BROKER_PORT is '{port}'.", "It must be a port number from 1 to 65535.")
    values["mqtt.url"] = f"{here.scheme}://{host or here.hostname}:{port or here.port or 1883}"
