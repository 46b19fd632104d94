"""Who may know whom, as far as import-linter cannot say it."""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from tests.architecture.source_tree import (
    FOLDERS,
    LAYOUT,
    ROOT,
    Module,
    adapter_technology,
    console,
    core,
    house,
    is_in_a_domain,
)

OURS = {*FOLDERS, "resources", "sample_data", "tests"}
PLAIN = set(LAYOUT["plain"]["modules"])
CONSOLE = LAYOUT["console"]


def test_a_technology_is_imported_only_by_files_named_after_it():
    astray = []
    for module in core():
        known = PLAIN | OURS | _technologies_of(module)
        foreign = [one for one in module.imports if one.top not in known and not _is_standard(one.top)]
        astray += [f"{module.where}:{one.line} imports {one.top}" for one in foreign]
    assert not astray, "\n".join(astray)


def _technologies_of(module: Module) -> set[str]:
    technology = adapter_technology(module)
    if technology is not None:
        return set(LAYOUT["technologies"][technology])
    return set(LAYOUT["outside_domains"].get(module.domain, ()))


def test_thinking_files_leave_clocks_files_threads_and_logs_to_others():
    astray = []
    for module in core():
        if is_in_a_domain(module) and module.word in LAYOUT["thinking"]["words"]:
            never = [one for one in module.imports if any(one.is_below(name) for name in LAYOUT["thinking"]["never"])]
            astray += [f"{module.where}:{one.line} imports {one.module}" for one in never]
    assert not astray, "\n".join(astray)


def test_only_the_runtime_and_its_own_technology_know_an_adapter():
    """Rules, services and other domains know the port; the runtime chooses who stands behind it."""
    adapters = {module.name for module in core() if adapter_technology(module)}
    astray = []
    for module in house():
        if module.domain == "runtime" and module.folders[0] == "backend_core":
            continue
        for one in module.imports:
            named = {one.module, one.module.rpartition(".")[0]} & adapters
            if named and not all(_are_neighbours(module, name) for name in named):
                astray.append(f"{module.where}:{one.line} imports {one.module}")
    assert not astray, "\n".join(astray)


def _are_neighbours(module: Module, adapter: str) -> bool:
    """Adapters of one domain, or of one technology in two domains, may share what they know."""
    ours = adapter_technology(module)
    return ours is not None and (adapter.split(".")[1] == module.domain or adapter.split(".")[2].startswith(f"{ours}_"))


def test_a_worker_is_named_and_never_imported_by_its_parent():
    workers = {module.name for module in core() if module.path.stem.endswith("_worker")}
    astray = []
    for module in house():
        if not module.path.stem.endswith(("_worker", "_solver")):
            named = [one for one in module.imports if {one.module, one.module.rpartition(".")[0]} & workers]
            astray += [f"{module.where}:{one.line} imports {one.module}" for one in named]
    assert not astray, "\n".join(astray)


def test_the_console_enters_the_core_by_the_gateway():
    """It asks and orders there alone; nouns and pure rules serve anyone. Entry points know who builds everything."""
    astray = []
    for module in console():
        rooms = CONSOLE["entry_points_know"] if module.where.startswith(tuple(CONSOLE["entry_points"])) else []
        doors = ["backend_core.gateway", *rooms]
        for one in module.imports:
            if one.top == "backend_core" and not any(map(one.is_below, doors)) and not _is_pure(one.module):
                astray.append(f"{module.where}:{one.line} imports {one.module}")
    assert not astray, "\n".join(astray)


def _is_pure(name: str) -> bool:
    _, domain, word, *_ = [*name.split("."), "", ""]
    return f"kernel.{word}" in CONSOLE["pure"] if domain == "kernel" else word in CONSOLE["pure"]


def test_features_do_not_know_one_another():
    features = {path.parent.name for path in (ROOT / "console" / "features").glob("*/feature.py")}
    astray = []
    for module in console():
        if module.folders[:2] == ("console", "features") and len(module.folders) > 2:
            others = features - {module.folders[2]}
            named = [
                one for one in module.imports if any(one.is_below(f"console.features.{other}") for other in others)
            ]
            astray += [f"{module.where}:{one.line} imports {one.module}" for one in named]
    assert not astray, "\n".join(astray)


def test_states_of_screens_know_no_qt():
    states = [module for module in console() if module.path.stem == "state"]
    astray = [f"{s.where}:{one.line}" for s in states for one in s.imports if one.top in ("PySide6", "pyqtgraph", "ui")]
    assert not astray, f"a state is tested without a screen: {astray}"


def test_every_package_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {_normal(re.split(r"[\[<>=!~ ;]", line)[0]) for line in project["dependencies"]}
    providers = {"PySide6QtAds": ["pyside6-qtads"], **packages_distributions()}  # its wheel does not say what is in it
    missing = set()
    for module in house():
        for one in module.imports:
            if one.top not in OURS and not _is_standard(one.top):
                sellers = {_normal(name) for name in providers.get(one.top, [one.top])}
                if not sellers & declared:
                    missing.add(f"{one.top} ({module.where}:{one.line})")
    assert not missing, f"imported, but only there because another package wants it: {sorted(missing)}"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_standard(name: str) -> bool:
    return name in sys.stdlib_module_names
