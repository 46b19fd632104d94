"""Every port has one contract suite, run against more than one implementation."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.source_tree import ROOT, Module, core

# The kernel keeps its ports beside the noun they are about.
KERNEL_PORTS = {"Clock", "WorkerPool", "Engine"}


def _ports() -> list[str]:
    found = set(KERNEL_PORTS)
    for module in core():
        if module.word == "ports":
            classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
            found |= {one.name for one in classes if any("Protocol" in ast.unparse(base) for base in one.bases)}
    return sorted(found)


@pytest.mark.parametrize("port", _ports())
def test_a_port_has_a_contract_suite_that_names_it(port: str):
    suite = ROOT / "tests" / "contracts" / f"test_{_snake(port)}.py"
    assert suite.exists(), f"the promises of {port} are nowhere kept: {suite.relative_to(ROOT)}"
    assert port in suite.read_text(encoding="utf-8"), "the suite says which port it is about"


@pytest.mark.parametrize("suite", sorted((ROOT / "tests" / "contracts").glob("test_*.py")), ids=lambda path: path.stem)
def test_a_contract_suite_runs_against_the_real_one_and_its_stand_in(suite):
    """Seen by a parametrised fixture or test, or by `database_url`, which is both databases."""
    text = ast.unparse(Module(suite).tree)
    assert re.search(r"params=|parametrize\(|database_url|bare_", text), "one implementation alone proves no contract"


@pytest.mark.parametrize("suite", sorted((ROOT / "tests" / "contracts").glob("test_*.py")), ids=lambda path: path.stem)
def test_a_contract_suite_belongs_to_a_port_that_exists(suite):
    assert suite.stem.removeprefix("test_") in {_snake(port) for port in _ports()}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
