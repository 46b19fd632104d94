"""What has happened to smart switches and outages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend_core.outages.model import Board, Check, Cycle, Edit, Outage, SwitchReading, Verdict


@dataclass(frozen=True, slots=True)
class SmartSwitchesChecked:
    """A round of probes was judged and stored."""

    checks: tuple[Check, ...]
    cycle: Cycle


@dataclass(frozen=True, slots=True)
class SmartSwitchReadingsTaken:
    """Smart switches told their own voltage, current and the like; telemetry takes them in."""

    readings: tuple[SwitchReading, ...]


@dataclass(frozen=True, slots=True)
class SmartSwitchTurned:
    """A smart switch went dark or came back."""

    name: str
    verdict: Verdict
    at: datetime


@dataclass(frozen=True, slots=True)
class SmartSwitchFlapping:
    """A smart switch changes so often that it no longer tells anything about power."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SmartSwitchesEdited:
    """The list of smart switches was changed by an operator."""

    edit: Edit


@dataclass(frozen=True, slots=True)
class OutageOpened:
    """So many known smart switches are dark that it is an outage."""

    outage: Outage


@dataclass(frozen=True, slots=True)
class OutageSpread:
    """More smart switches went dark, or some came back, while the outage goes on."""

    outage: Outage


@dataclass(frozen=True, slots=True)
class OutageEnded:
    """Enough smart switches answer again."""

    outage: Outage


@dataclass(frozen=True, slots=True)
class ObserverHealthChanged:
    """This console's own network failed, or works again; while it fails nobody is called dark."""

    ok: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class BoardChanged:
    """The picture of smart switches and outages is new."""

    board: Board
