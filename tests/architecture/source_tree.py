"""The code as data: every module of the house with its syntax tree and what it imports."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("backend_core", "console", "ui")
LAYOUT: dict[str, Any] = tomllib.loads((Path(__file__).parent / "layout.toml").read_text())


@dataclass(frozen=True)
class Import:
    """One name a module asks for, and the line where it does."""

    module: str
    line: int

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def is_below(self, package: str) -> bool:
        return self.module == package or self.module.startswith(package + ".")


@dataclass(frozen=True)
class Module:
    """One file of the house."""

    path: Path

    @property
    def name(self) -> str:
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def where(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders above it, from the top: `backend_core/grid/rules/checks.py` gives backend_core, grid, rules."""
        return self.path.relative_to(ROOT).parts[:-1]

    @property
    def domain(self) -> str:
        return self.folders[1] if len(self.folders) > 1 else ""

    @property
    def word(self) -> str:
        """What the file is in its domain: `rules` for `grid/rules/checks.py` as for `grid/rules.py`."""
        return self.folders[2] if len(self.folders) > 2 else self.path.stem

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"), str(self.path))

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(_imports_of(self.tree))

    @cached_property
    def lines(self) -> int:
        return len(self.path.read_text(encoding="utf-8").splitlines())


def _imports_of(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (Import(f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


@cache
def house() -> tuple[Module, ...]:
    """Every module of the three code folders."""
    found = [Module(path) for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert found, "the three code folders are empty"
    return tuple(found)


def core() -> tuple[Module, ...]:
    return tuple(module for module in house() if module.folders[0] == "backend_core")


def console() -> tuple[Module, ...]:
    return tuple(module for module in house() if module.folders[0] == "console")


def is_in_a_domain(module: Module) -> bool:
    """Whether the vocabulary of domains governs the module."""
    return module.folders[0] == "backend_core" and module.domain not in ("", *LAYOUT["outside_domains"])


def adapter_technology(module: Module) -> str | None:
    """The technology in the name of an adapter: `mqtt` for `telemetry/mqtt_source.py`."""
    if not is_in_a_domain(module):
        return None
    technology, _, role = module.word.partition("_")
    return technology if role and technology in LAYOUT["technologies"] else None
