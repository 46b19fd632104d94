"""Every feature is listed, complete, tested and explained."""

from __future__ import annotations

import importlib

import pytest

from console.features import FEATURES
from tests.architecture.source_tree import LAYOUT, ROOT

FOLDER = ROOT / "console" / "features"
NAMES = [path.split(".")[2] for path in FEATURES]


def test_the_list_and_the_folders_agree():
    folders = {path.name for path in FOLDER.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert set(NAMES) == folders


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_is_complete(name: str):
    missing = [word for word in LAYOUT["features"]["required"] if not _has(name, word)]
    assert not missing, f"console/features/{name} lacks {missing}"


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_tests(name: str):
    assert list((ROOT / "tests" / "console" / "features" / name).glob("test_*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_has_a_page_of_help(name: str):
    feature = importlib.import_module(f"console.features.{name}.feature").FEATURE
    page = ROOT / "resources" / "help" / f"{feature.help_page or feature.id}.md"
    assert page.exists(), page.relative_to(ROOT)
    assert len(page.read_text(encoding="utf-8").split()) > 30, "a page of help says more than its title"


@pytest.mark.parametrize("name", NAMES)
def test_a_feature_stands_in_what_is_new(name: str):
    feature = importlib.import_module(f"console.features.{name}.feature").FEATURE
    told = (ROOT / "resources" / "help" / "whats_new.md").read_text(encoding="utf-8")
    assert f"**{feature.title}**" in told


def test_features_differ_in_name_title_and_key():
    features = [importlib.import_module(path).FEATURE for path in FEATURES]
    for what in ("id", "title"):
        values = [getattr(feature, what) for feature in features]
        assert len(set(values)) == len(values), what
    keys = [feature.key for feature in features if feature.key]
    assert len(set(keys)) == len(keys)


def _has(name: str, word: str) -> bool:
    return (FOLDER / name / f"{word}.py").exists() or (FOLDER / name / word / "__init__.py").exists()
