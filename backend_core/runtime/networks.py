"""Which networks can be shown: those that ship, and the one that the settings name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from backend_core.gateway.grid import NetworkInfo
from backend_core.grid.json_source import check_file, open_network
from backend_core.grid.model import Finding, Network

SHIPPED = {"glover5": "Glover 5-bus", "cigre_mv_der": "CIGRE MV with DER"}
FIRST = "glover5"


def load(name: str) -> Network:
    """The network of a shipped name or of a file; the 5-bus example for an empty name."""
    return open_network(path_of(name or FIRST))


def check(path: Path) -> tuple[Finding, ...]:
    """Everything that is wrong with a network file."""
    return check_file(path)


def path_of(name: str) -> Path:
    """Where the file of a network is."""
    return Path(str(files("sample_data"))) / "networks" / f"{name}.json" if name in SHIPPED else Path(name).expanduser()


def known(configured: str) -> tuple[NetworkInfo, ...]:
    """What an operator can choose from, the configured file first."""
    shipped = tuple(NetworkInfo(name, title) for name, title in SHIPPED.items())
    if not configured or configured in SHIPPED:
        return shipped
    return (NetworkInfo(configured, Path(configured).stem), *shipped)
