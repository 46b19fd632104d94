"""The alarm rules that a new database begins with."""

from __future__ import annotations

from importlib.resources import files

from backend_core.alarms import csv_rules
from backend_core.alarms.model import AlarmRule


def first_rules() -> tuple[AlarmRule, ...]:
    """The rules that ship; an operator changes them from there."""
    text = files("sample_data").joinpath("alarm_rules/default.csv").read_text("utf-8")
    return tuple(rule for rule in csv_rules.read(text) if isinstance(rule, AlarmRule))
