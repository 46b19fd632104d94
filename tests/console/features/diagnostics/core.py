"""A core's scoreboard, rejections and findings, as diagnostics ask for them."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend_core.gateway.diagnosis import Finding, SourceRow, Verdict
from backend_core.storage.registry import DeviceRow
from backend_core.telemetry.model import Reason, Rejection
from tests.console.support.screen import NOON


def us(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


def source(device: str = "sensor_3", messages: int = 100, *, silent_s: float = 0.4, **more: object) -> SourceRow:
    told: dict[str, object] = {
        "kind": "sensor",
        "rejected": {},
        "clock_offset_s": 0.012,
        "last_topic": f"grid/sensors/{device}",
        "last_payload": "{}",
        **more,
    }
    return SourceRow(device, messages=messages, last_received_us=us(NOON - timedelta(seconds=silent_s)), **told)  # type: ignore[arg-type]


def known(device: str, kind: str = "sensor", days: float = 3.0) -> DeviceRow:
    return DeviceRow(device, kind, "discovered", NOON - timedelta(days=days), {})


def rejection(
    payload: bytes = b"{", seconds: float = 1.0, reason: Reason = Reason.JSON, detail: str = "cut"
) -> Rejection:
    return Rejection("grid/sensors/sensor_3", payload, reason, detail, us(NOON - timedelta(seconds=seconds)))


def walk(**verdicts: Verdict) -> tuple[Finding, ...]:
    """Six steps, good unless named: `walk(judgement=Verdict.BROKEN)`."""
    steps = ("Broker", "Topic", "Last payload", "Judgement", "Database", "Screen")
    return tuple(
        Finding(step, verdicts.get(step.lower().replace(" ", "_"), Verdict.GOOD), f"{step} seen.", f"Mend {step}.")
        for step in steps
    )
