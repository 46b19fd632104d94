"""What a stranger clones: no place of this computer, no host, no licence that binds, a lock for every platform."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source_tree import FOLDERS, ROOT

LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".lock",
    ".conf",
    ".spec",
    ".json",
    ".csv",
    ".qss",
    ".iss",
    ".yaml",
    ".yml",
    ".sh",
    ".service",
    "",
}
FOLDERS_OF_TEXT = (*FOLDERS, "tests", "resources", "sample_data", "installers", "docs", ".ci")


def _texts() -> Iterator[tuple[str, str]]:
    single = [path for path in ROOT.iterdir() if path.is_file()]
    for path in [*single, *(path for folder in FOLDERS_OF_TEXT for path in (ROOT / folder).rglob("*"))]:
        if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def test_no_page_names_a_place_of_one_computer():
    place = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ho" + r"me|ro" + r"ot|Users)/[a-z]|[A-Z]:\\Users\\")
    named = [f"{where}: {found[0]}" for where, text in _texts() if (found := place.search(text))]
    assert not named, named


def test_no_page_names_a_package_registry():
    host = re.compile(r"(pypi\.|files\.python" + r"hosted|registry\.npm" + r"js|index-url +http|/sim" + r"ple/)")
    named = [f"{where}: {found[0]}" for where, text in _texts() if (found := host.search(text))]
    assert not named, named


def test_the_lock_holds_hashes_and_no_host():
    entries = re.findall(r"^([a-z0-9][^ =]*)==\S+.*?(?=^\S|\Z)", LOCK, re.MULTILINE | re.DOTALL)
    blocks = re.split(r"^(?=[a-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    assert "://" not in LOCK
    assert not [block.split()[0] for block in blocks if "--hash=sha256:" not in block]


def test_the_lock_satisfies_every_declared_dependency():
    pinned: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;]+)", LOCK, re.MULTILINE):
        pinned.setdefault(canonicalize_name(name), []).append(version)
    for line in [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]:
        wanted = Requirement(line)
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{line} is not in the lock: python3 dev.py lock"
        assert all(wanted.specifier.contains(version) for version in versions), f"{line}, but locked at {versions}"


def test_nothing_we_ship_is_under_the_gpl():
    """LGPL and MPL parts stay replaceable in the program folder; a GPL part would make all of it GPL."""
    bound = sorted(name for name in _shipped() if _is_gpl(name))
    assert not bound, bound


def _shipped() -> set[str]:
    """What the product needs, directly or through others, as installed here."""
    waiting = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
    found: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or any(
            requirement.marker.evaluate({"extra": e}) for e in ("", *requirement.extras)
        )
        if name in found or not applies:
            continue
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:
            continue  # wanted on another platform, or by an extra that we do not take
        found.add(name)
        extras = requirement.extras or {""}
        waiting += [need for need in map(Requirement, needs) if need.marker is None or _wanted(need, extras)]
    return found


def _wanted(need: Requirement, extras: set[str]) -> bool:
    return any(need.marker is not None and need.marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _is_gpl(name: str) -> bool:
    facts = distribution(name).metadata
    licences = facts.get_all("License-Expression") or []
    licences += [line for line in facts.get_all("Classifier") or [] if line.startswith("License ::")]
    text = " | ".join(licences or [line[:100] for line in facts.get_all("License") or []])
    has_a_choice = re.search(r"\bOR\b|Lesser|LGPL|MIT|BSD|Apache|MPL|Mozilla|ISC", text)
    return bool(re.search(r"\bA?GPL|GNU (Affero )?General Public", text)) and not has_a_choice


def test_the_errand_script_parses_on_python_3_8():
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 8))


def test_the_errand_script_needs_only_the_standard_library():
    tree = ast.parse((ROOT / "dev.py").read_text())
    standard = {
        "argparse",
        "collections",
        "ctypes",
        "hashlib",
        "os",
        "pathlib",
        "platform",
        "shutil",
        "subprocess",
        "sys",
    }
    named = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in named} <= standard | {"__future__"}


def test_continuous_integration_runs_the_one_command():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111, "it can be executed"
    assert "python3 dev.py test" in script.read_text()


def test_every_package_of_ours_reaches_the_wheel():
    included = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in included} == {*FOLDERS, "resources", "sample_data"}
    assert all(Path(ROOT / folder / "__init__.py").exists() for folder in (*FOLDERS, "resources", "sample_data"))
