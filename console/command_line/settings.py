"""`linekeeper settings`: the help page of every setting, grown from the declarations."""

from __future__ import annotations

import typer

from backend_core.kernel.settings import SETTINGS, Setting

_KINDS = {str: "text", int: "whole number", float: "number", bool: "true or false", list: "list of texts"}


def settings() -> int:
    """Print every setting: what it is for, its default, its bounds and its environment variables."""
    typer.echo(page(), nl=False)
    return 0


def page() -> str:
    """The page as Markdown, as it stands in the guide."""
    lines = [
        "# Settings",
        "",
        "Every setting may stand in the config file (TOML), in an environment variable, or on the command line as",
        "`--set section.key=value`; the later of these wins. `linekeeper settings` prints this page.",
    ]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            lines += ["", f"## [{section}]", "", "| key | type | default | what it is for |", "|---|---|---|---|"]
        lines.append(_row(setting))
    return "\n".join(lines) + "\n"


def _row(setting: Setting) -> str:
    kind = " / ".join(f"`{choice}`" for choice in setting.choices) or _KINDS[setting.kind]
    if setting.low is not None or setting.high is not None:
        kind += f", {setting.low:g} to {setting.high:g}"
    unit = f" {setting.unit}" if setting.unit else ""
    written = ", ".join(setting.default) if isinstance(setting.default, list) else str(setting.default)
    default = f"`{written}{unit}`"
    variables = ", ".join(f"`{name}`" for name in setting.variables)
    return f"| `{setting.key}` | {kind} | {default if default != '``' else 'empty'} | {setting.help} ({variables}) |"
