"""A file's name tells what is in it."""

from __future__ import annotations

from tests.architecture.source_tree import FOLDERS, LAYOUT, ROOT, core, house, is_in_a_domain

DOMAINS = LAYOUT["domains"]
FEATURES = LAYOUT["features"]


def test_a_domain_holds_only_files_of_its_vocabulary():
    strangers = []
    for module in core():
        if not is_in_a_domain(module) or module.word == "__init__":
            continue
        own = DOMAINS["extra"].get(module.domain, [])
        technology, _, role = module.word.partition("_")
        is_adapter = technology in LAYOUT["technologies"] and role in DOMAINS["roles"]
        if module.word not in [*DOMAINS["words"], *own] and not is_adapter:
            strangers.append(module.where)
    assert not strangers, f"neither a word of the vocabulary nor <technology>_<role>: {strangers}"


def test_every_word_a_domain_has_of_its_own_is_in_use():
    there = {(module.domain, module.word) for module in core()}
    named = [(domain, word) for domain, words in DOMAINS["extra"].items() for word in words]
    assert not [pair for pair in named if pair not in there]


def test_a_feature_holds_only_files_of_its_vocabulary():
    strangers = []
    for module in house():
        if module.folders[:2] != ("console", "features") or module.path.name == "__init__.py":
            continue
        words = FEATURES["beside"] if len(module.folders) == 2 else FEATURES["words"]
        stem = module.folders[3] if len(module.folders) > 3 else module.path.stem
        if stem not in words and not any(stem.endswith("_" + word) for word in words):
            strangers.append(module.where)
    assert not strangers, f"not a kind of file that features have: {strangers}"


def test_there_is_no_attic():
    places = [
        path for folder in (*FOLDERS, "tests") for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts
    ]
    attics = [path.relative_to(ROOT).as_posix() for path in places if path.stem.lower() in LAYOUT["attic"]]
    assert not attics, f"name the noun instead: {attics}"


def test_a_word_is_a_file_or_a_folder_and_never_both():
    doubled = [module.where for module in house() if module.path.with_suffix("").is_dir()]
    assert not doubled
