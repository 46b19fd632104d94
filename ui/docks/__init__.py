"""Docks: panels side by side, in tabs and in windows of their own, laid out once and as the operator wishes."""

from ui.docks.host import DockArea, DockHost, DockSeat
from ui.docks.screens import screen_identity

__all__ = ["DockArea", "DockHost", "DockSeat", "screen_identity"]
