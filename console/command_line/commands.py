"""Every command in one list; each stands in the file of its subject."""

from __future__ import annotations

import typer

from console.command_line import alarms, doctor, network, plant, record, screen, server, settings, switches

application = typer.Typer(
    name="linekeeper",
    help="The operator console for power grids. Without a command it opens the console.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
application.callback(invoke_without_command=True)(screen.console)
application.command("demo")(screen.demo)
application.command("core")(server.core)
application.command("status")(server.status)
application.command("simulate")(plant.simulate)
application.command("export")(record.export)
application.command("doctor")(doctor.doctor)
application.command("settings")(settings.settings)
application.add_typer(alarms.application, name="alarms")
application.add_typer(switches.application, name="smart-switches")
application.add_typer(network.application, name="network")
application.add_typer(record.database, name="db")
application.add_typer(record.report, name="report")
