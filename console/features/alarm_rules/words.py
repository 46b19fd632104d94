"""Every text of the alarm rules panel."""

PRIORITIES = {1: "critical", 2: "high", 3: "medium", 4: "low"}

TITLE = "Alarm rules"
SUMMARY = "The limits that raise alarms, for a point or a pattern: change, check, undo, save."
PRIORITY = "Priority"
POINTS, LEVEL, LIMIT_TITLE, DEADBAND = "Points", "Level", "Limit", "Deadband"
ON_DELAY, OFF_DELAY, CHANGE = "On-delay, s", "Off-delay, s", "Change"
POINTS_HELP = "A point such as T1.loading_percent, or a pattern: * stands for any text"
LIMIT_HELP = "In the point's unit; seconds of silence for OFFLINE, where empty means the setting; empty for RANGE"
DEADBAND_HELP = "How far back the value must come before the alarm clears; under half the gap to the next limit"
DELAY_HELP = "How long the condition must last"
ADD, REMOVE, UNDO, REDO, SAVE, DISCARD = "add", "remove", "undo", "redo", "save", "discard"
ACTION_ADD, ACTION_REMOVE = "Alarm rules: add a rule", "Alarm rules: remove the selected"
ACTION_UNDO, ACTION_REDO = "Alarm rules: undo", "Alarm rules: redo"
ACTION_SAVE, ACTION_DISCARD = "Alarm rules: save", "Alarm rules: discard all changes"
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
APPLY = "Apply to the draft"
NO_RULES = "Rules say from which value on a point is abnormal"
NO_RULES_WHY = "There are none yet: nothing raises an alarm."
NO_RULES_NEXT = "Add one here, or import a file with 'linekeeper alarms rules import'."
UNCHANGED = "no changes"
SAVING = "Save the alarm rules"


def limit_needed(text: str) -> str:
    return f"'{text}' is no number." if text else "Write a limit."


def draft_counts(added: int, changed: int, removed: int) -> str:
    return f"{added} added · {changed} changed · {removed} removed"


def rules_saved(added: int, changed: int, removed: int) -> str:
    return f"The alarm rules were saved: {draft_counts(added, changed, removed)}."


def changed_meanwhile(point: str, level: str, by: str) -> str:
    who = f" by {by}" if by else ""
    return (
        f"{level} of {point} was changed{who} while you were editing. Nothing was overwritten; the list shows it now."
    )


CHANGED_MEANWHILE_REMEDY = "Look at the rule as it is now, and make your change again if it still holds."


def refused(sentence: str, more: int) -> str:
    return sentence if not more else f"{sentence} ({more} more)"
