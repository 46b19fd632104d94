"""Every text the bridge says by itself."""


def core_silent(limit_s: float) -> str:
    return f"The core did not answer within {limit_s:g} s; nothing is known to have changed."


CORE_SILENT_REMEDY = "Look at the liveness strip; try again when the core answers."
CORE_NOT_RUNNING = "The core is not running yet."
CORE_NOT_RUNNING_REMEDY = "Wait until the liveness strip shows it, then try again."
CORE_ENDED = "The core ended before it answered."
CORE_ENDED_REMEDY = "The screen stays; it tries again when the core is back."


def task_failed(name: str) -> str:
    return f"'{name}' stopped because of a mistake in the program; the rest goes on."


TASK_FAILED_REMEDY = "The details are in the log and under Diagnostics."


def order_failed(title: str, what: str) -> str:
    return f"{title}: {what}"
