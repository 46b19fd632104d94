"""Loads the listed features; one that cannot be loaded becomes a card that says so, not a crash."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable

from console.features.contract import Area, Feature, Panel, PanelContext, Placement, Workspace

_log = logging.getLogger(__name__)


def load_features(modules: Iterable[str]) -> list[Feature]:
    """Every feature of every listed module, in the listed order."""
    found: list[Feature] = []
    for module in modules:
        found.extend(_load(module))
    return found


def _load(module: str) -> tuple[Feature, ...]:
    try:
        loaded = importlib.import_module(module)
        several = getattr(loaded, "FEATURES", None)
        return tuple(several) if several is not None else (loaded.FEATURE,)
    except Exception as error:  # noqa: BLE001  (the named edge: a feature that cannot be imported must not take the console along)
        _log.exception("The feature %s cannot be loaded", module)
        return (_broken(module, error),)


def _broken(module: str, error: Exception) -> Feature:
    name = module.split(".")[-2]
    workspace = Workspace(name) if name in list(Workspace) else Workspace.DIAGNOSTICS

    def create(context: PanelContext) -> Panel:
        raise RuntimeError(f"{module} cannot be loaded") from error

    return Feature(name, name.capitalize(), "", (Placement(workspace, Area.CENTER),), create)
