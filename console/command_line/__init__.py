"""The command `linekeeper`: every errand without a screen, and the door to those with one."""

from console.command_line.entry import main

__all__ = ["main"]
