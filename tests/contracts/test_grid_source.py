"""What every `GridSource` promises: a sound network comes back equal, an unsound one as findings only."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend_core.grid.json_source import FORMAT, SECTIONS, VERSION, JsonSource
from backend_core.grid.model import Inspection, Network
from backend_core.grid.ports import GridSource
from backend_core.grid.rules.checks import check
from tests.backend_core.grid.networks import chain


@dataclass(frozen=True)
class BuiltSource:
    """The stand-in: a network that a program has built."""

    network: Network

    def load(self) -> Inspection:
        findings = check(self.network)
        errors = Inspection(None, findings).errors
        return Inspection(None if errors else self.network, findings)


def json_source(network: Network, folder: Path) -> GridSource:
    sections: dict[str, Any] = {name: msgspec.to_builtins(getattr(network, name)) for name in SECTIONS}
    header = {f.name: getattr(network, f.name) for f in fields(network) if f.name in HEADER}
    path = folder / "network.json"
    path.write_text(json.dumps({"format": FORMAT, "version": VERSION, **header, **sections}), encoding="utf-8")
    return JsonSource(path)


def built_source(network: Network, folder: Path) -> GridSource:
    return BuiltSource(network)


HEADER = {"name", "title", "base_mva", "frequency_hz"}
Open = Callable[[Network, Path], GridSource]


@pytest.fixture(params=[json_source, built_source], ids=lambda make: make.__name__)
def source_of(request: pytest.FixtureRequest) -> Open:
    made: Open = request.param
    return made


def test_a_sound_network_comes_back_equal(source_of: Open, tmp_path: Path) -> None:
    inspection = source_of(chain(4, tie=True), tmp_path).load()
    assert inspection.network == chain(4, tie=True)
    assert inspection.findings == ()


def test_an_unsound_network_comes_back_as_findings_only(source_of: Open, tmp_path: Path) -> None:
    network = chain(2)
    twice = Network("twice", "Twice", 100.0, 50.0, (*network.buses, *network.buses), network.lines)
    inspection = source_of(twice, tmp_path).load()
    assert inspection.network is None
    assert {finding.where for finding in inspection.errors} >= {"id B0", "network"}


def test_loading_twice_gives_the_same(source_of: Open, tmp_path: Path) -> None:
    source = source_of(chain(3), tmp_path)
    assert source.load() == source.load()
