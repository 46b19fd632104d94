"""What a core itself has to say to whoever is on duty."""

from __future__ import annotations

FENCED = "Another core leads now."
FENCED_REMEDY = "Start this one again: it waits as a stand-by."


def read_only(why: str) -> str:
    """Stands while the database belongs to a newer program."""
    return f"READ ONLY: {why} Nothing can be acknowledged or changed from here."


def flapping(changes: int) -> str:
    """Stands while the lead goes from one to another."""
    return (
        f"THE LEAD FLAPS: it changed {changes} times within five minutes. Readings and alarms go on; "
        "look at the network between the cores, the broker and the database."
    )


def flapping_noted(changes: int) -> str:
    """The line of the event log when it begins."""
    return f"The lead changed {changes} times within five minutes; consoles wait twice as long before they take it."


def journal_broken(trouble: str) -> str:
    """Told once on every console that noticed it."""
    return f"The journal of changes was interrupted: {trouble} Alarms, outages and events were read anew."


def control_refused(why: str) -> str:
    """The answer to an order that no record would keep."""
    return f"Nothing is operated while the database is away, for nobody could tell later who did it. {why}"
