"""The laws of the design: who may import whom, which package knows which engine, and who may read content/."""

import ast
from pathlib import Path

import pytest

from signpost.settings import ROOT

LEVEL = {
    "model": 0,
    "vocabulary": 1,
    "facets": 1,
    "currency": 1,
    "checks": 2,
    "content": 3,
    "search": 3,
    "links": 3,
    "formats": 3,
    "settings": 3,
    "web": 4,
}
"""Imports point down: a part may import parts of a lower level, and its own."""
ENGINES = {"whoosh": "search", "linkcheck": "links", "sqlite3": "links", "yaml": "content", "markdown_it": "content", "flask": "web"}
MODULES = sorted((ROOT / "signpost").rglob("*.py"))


def part_of(path: Path) -> str:
    return path.relative_to(ROOT / "signpost").parts[0].removesuffix(".py")


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if node.module == "signpost" else {node.module}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path):
    here = part_of(path)
    for name in imports_of(path):
        if name.startswith("signpost.") and (there := name.split(".")[1]) != here:
            assert LEVEL[there] < LEVEL[here], f"{here} must not import {there}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_engine_is_known_to_one_part_only(path):
    for name in imports_of(path):
        owner = ENGINES.get(name.split(".")[0])
        assert owner in (None, part_of(path)), f"only {owner} may know {name}"


def test_the_site_never_reads_the_content_folder():
    for path in (ROOT / "signpost" / "web").rglob("*.py"):
        assert "content_dir" not in path.read_text(encoding="utf-8"), path
    assert "content_dir" not in (ROOT / "app.py").read_text(encoding="utf-8")


def test_no_part_is_without_a_level():
    parts = {part_of(path) for path in MODULES} - {"__init__"}
    assert parts <= set(LEVEL)


def test_every_file_says_first_what_it_does():
    for path in [*MODULES, *(ROOT / "scripts").glob("*.py"), ROOT / "app.py"]:
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path
