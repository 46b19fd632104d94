"""How every page of the house reads."""

from __future__ import annotations

import ast
from statistics import quantiles

import pytest

from tests.architecture.source_tree import ROOT, Module, house

FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_modules_introduce_themselves_with_one_sentence():
    mute = []
    for module in [*house(), Module(ROOT / "dev.py")]:
        first_line = (ast.get_docstring(module.tree) or "").split("\n\n")[0].strip()
        if not first_line.endswith((".", "?", "!")) or len(first_line) < 15:
            mute.append(module.where)
    assert not mute, f"no sentence at the top: {mute}"


def test_tests_introduce_themselves_too():
    pages = [Module(path) for path in (ROOT / "tests").rglob("test_*.py")]
    mute = [
        page.where for page in pages if not (ast.get_docstring(page.tree) or "").split("\n\n")[0].strip().endswith(".")
    ]
    assert not mute, f"no sentence at the top: {mute}"


def test_test_names_are_statements():
    short = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        page = Module(path)
        names = [
            node.name for node in ast.walk(page.tree) if isinstance(node, FUNCTION) and node.name.startswith("test_")
        ]
        short += [f"{page.where}: {name}" for name in names if name.count("_") < 3]
    assert not short, "\n".join(short)


@pytest.mark.parametrize("forbidden", ["processEvents", "exec_"])
def test_nobody_spins_the_event_loop_by_hand(forbidden: str):
    astray = []
    for module in house():
        calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute) and node.attr == forbidden]
        astray += [f"{module.where}:{call.lineno}" for call in calls]
    assert not astray, astray


def test_no_dialog_blocks_the_operator():
    """`exec()` belongs to the application: in a coroutine it breaks the loop, elsewhere it blinds the operator.

    A drag has no other way, and lasts no longer than a finger is down.
    """
    astray = []
    for module in house():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "exec":
                owner = ast.unparse(node.func.value).lower()
                if not owner.endswith(("app", "application", "application()", "drag")):
                    astray.append(f"{module.where}:{node.lineno} {ast.unparse(node.func)}")
    assert not astray, astray


def test_methods_that_qt_calls_wear_override():
    astray = []
    for module in house():
        for owner in (node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)):
            for method in (node for node in owner.body if isinstance(node, FUNCTION)):
                marks = {ast.unparse(mark).rpartition(".")[2] for mark in method.decorator_list}
                if _is_called_by_qt(method) and "override" not in marks:
                    astray.append(f"{module.where}:{method.lineno} {owner.name}.{method.name}")
    assert not astray, "\n".join(astray)


def _is_called_by_qt(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return method.name[0].islower() and method.name != method.name.lower() and "_" not in method.name


def _is_a_port(owner: ast.ClassDef) -> bool:
    return any(ast.unparse(base).startswith("Protocol") for base in owner.bases)


def test_files_functions_and_classes_keep_their_size():
    """A feel, held as a percentile: most are small, and one that must be long may be."""
    classes = [node for module in house() for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    methods = [_own_methods(owner) for owner in classes if not _is_a_port(owner)]
    files = [module.lines for module in house() if module.path.name != "__init__.py"]
    functions = [
        (node.end_lineno or node.lineno) - node.lineno
        for module in house()
        for node in ast.walk(module.tree)
        if isinstance(node, FUNCTION)
    ]
    assert quantiles(files, n=20)[-1] <= 360, "one file in twenty is longer than 360 lines"
    assert quantiles(functions, n=20)[-1] <= 40, "one function in twenty is longer than 40 lines"
    assert quantiles(methods, n=20)[-1] <= 20, "one class in twenty has more than 20 methods: look for the second noun"


def _own_methods(owner: ast.ClassDef) -> int:
    """Those the class chose to have; Qt asks for the others."""
    return sum(isinstance(node, FUNCTION) and not _is_called_by_qt(node) for node in owner.body)


def test_no_code_sleeps_in_comments():
    asleep = []
    for module in house():
        for number, line in enumerate(module.path.read_text(encoding="utf-8").splitlines(), 1):
            text = line.strip()
            if text.startswith("# ") and text.endswith((":", ")")) and _is_code(text[2:]):
                asleep.append(f"{module.where}:{number}")
    assert not asleep, asleep


def _is_code(text: str) -> bool:
    if not any(mark in text for mark in ("(", "=")):
        return False
    try:
        node = ast.parse(text.rstrip(":")).body[0]
    except (SyntaxError, IndexError):
        return False
    return isinstance(node, ast.Assign | ast.Return | ast.Import) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    )
