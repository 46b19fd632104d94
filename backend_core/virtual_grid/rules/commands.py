"""Which orders to a switch are obeyed: whole, known, fresh, from the one who leads, and true about the present."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from backend_core.kernel.positions import BY_WORD, Position
from backend_core.virtual_grid.model import CommandReply, Refusal, SwitchCommand

_ACTIONS = {"open": Position.OPEN, "close": Position.CLOSED}
MAX_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A command that cannot be understood, with its id if that much could be read."""

    command_id: str | None


def read(topic: str, payload: bytes) -> SwitchCommand | Unreadable:
    """The command in a message; never raises. The switch in the payload must be the one of the topic."""
    try:
        body = json.loads(payload) if len(payload) <= MAX_BYTES else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        return Unreadable(None)
    command_id = body.get("command_id")
    if not isinstance(command_id, str) or not 0 < len(command_id) <= 128:
        return Unreadable(None)
    action = _ACTIONS.get(str(body.get("action")))
    starts_from = BY_WORD.get(str(body.get("from")))
    expires_at = _moment(body.get("expires_at"))
    epoch = body.get("epoch")
    switch_id = topic.rpartition("/")[2]
    if body.get("switch_id") != switch_id or action is None or starts_from is None or expires_at is None:
        return Unreadable(command_id)
    if not isinstance(epoch, int) or isinstance(epoch, bool):
        return Unreadable(command_id)
    return SwitchCommand(command_id, switch_id, action, starts_from, expires_at, epoch)


def judge(
    command: SwitchCommand,
    positions: Mapping[str, Position],
    seen: Container[str],
    highest_epoch: int,
    now: datetime,
) -> Refusal | None:
    """Why the command is refused, or none when it is to be obeyed."""
    if command.command_id in seen:
        return Refusal.DUPLICATE
    if command.switch_id not in positions:
        return Refusal.UNKNOWN_SWITCH
    if command.epoch < highest_epoch:
        return Refusal.OLD_EPOCH
    if command.expires_at <= now:
        return Refusal.EXPIRED
    if positions[command.switch_id] is not command.starts_from:
        return Refusal.NOT_AS_STATED
    return None


def reply_payload(reply: CommandReply) -> bytes:
    """The reply as it goes out."""
    body = {"command_id": reply.command_id, "result": "accepted" if reply.refusal is None else "refused"}
    if reply.refusal is not None:
        body["reason"] = reply.refusal.value
    return json.dumps(body, separators=(",", ":")).encode()


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
