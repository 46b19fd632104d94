"""Takes the command line apart, and turns every failure into one sentence and an exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from multiprocessing import freeze_support

import typer
from typer.exceptions import TyperException

from backend_core.kernel.errors import CoreError
from backend_core.kernel.garbage import lasting

USAGE, AWAY = 2, 3
_log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 done, 2 wrong usage, config or input, 3 a dependency is away. Never a traceback."""
    # In a packaged program a worker process starts here, and must become a worker before anything else.
    freeze_support()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
    except CoreError as error:
        typer.echo(str(error), err=True)
        code = error.exit_code
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        # The reader of our output has gone; nobody is left to tell.
        code = 0
    except Exception as error:  # noqa: BLE001  (the outermost edge: an operator gets a sentence, the log the rest)
        _log.debug("unexpected", exc_info=error)
        typer.echo(f"Linekeeper met an error of its own ({type(error).__name__}: {error}). Please report it.", err=True)
        code = 1
    if arguments is None:
        sys.exit(code)
    return code


def _run(given: list[str]) -> int:
    with lasting():
        from console.command_line.commands import application

    try:
        result = typer.main.get_command(application)(args=given, prog_name="linekeeper", standalone_mode=False)
    except TyperException as error:
        message = getattr(error, "format_message", error.__str__)().rstrip().removesuffix(".")
        typer.echo(f"{message}. See 'linekeeper --help'.", err=True)
        return USAGE
    except typer.Abort:
        return 130
    return result if isinstance(result, int) else 0
