"""What came of an acknowledgement, in a sentence; a plain success needs none, the row has changed."""

from __future__ import annotations

from backend_core.alarms.model import (
    AcknowledgePending,
    AlarmNotFound,
    AlreadyAcknowledged,
    NothingToAcknowledge,
    StaleOccurrence,
)


def answer_in_words(title: str, outcome: object) -> str:
    match outcome:
        case AlreadyAcknowledged(by=by, at=at):
            return f"{title}: {by} acknowledged it at {at.astimezone():%H:%M:%S}."
        case StaleOccurrence():
            return f"{title}: it has come again since you looked. Look at it, then acknowledge."
        case NothingToAcknowledge() | AlarmNotFound():
            return f"{title}: it is no longer there to acknowledge."
        case AcknowledgePending(until=until):
            return f"{title}: noted here; it is written when the database returns before {until.astimezone():%H:%M}."
    return ""
