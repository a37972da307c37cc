"""The structure holds: imports point one way, modules stay small, nothing of a network's is in the code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sankofa

SOURCE = Path(sankofa.__file__).parent
ROOT = SOURCE.parents[1]

#: Each room may import the rooms of the lines above its own, and nothing else of ours.
LAYERS = [
    {"errors", "terms", "shipped", "signs"},
    {"store"},
    {"table", "header"},
    {"fields"},
    {"validation", "reason"},
    {"capture", "questions"},
    {"publish"},
    {"graph"},
    {"serve"},
    {"cli"},
]
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
MODULES = sorted(SOURCE.rglob("*.py"))
GENERATED = {"terms.py"}  # a list of names, not something to read


def room_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(tree: ast.AST) -> list[str]:
    """The rooms that a module imports when it runs; what only a type checker reads does not count."""
    found = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sankofa"):
            parts = node.module.split(".")
            found += [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [alias.name.split(".")[1] for alias in node.names if alias.name.startswith("sankofa.")]
        found += imports_of(node)
    return found


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_imports_point_one_way(file: Path) -> None:
    room = room_of(file)
    if room == "__init__":
        return  # the public names: it may know every room
    assert room in RANK, f"{room} has no place yet: give it one in LAYERS and in docs/architecture.md"
    upward = {
        other
        for other in imports_of(ast.parse(file.read_text(encoding="utf-8")))
        if other != room and RANK.get(other, len(LAYERS)) >= RANK[room]
    }
    assert not upward, f"{file.relative_to(SOURCE)} imports upward or sideways: {sorted(upward)}"


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_modules_and_classes_stay_small(file: Path) -> None:
    if file.name in GENERATED:
        return
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 500
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            methods = [
                item.name
                for item in node.body
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and not item.name.startswith("_")
            ]
            assert len(methods) <= 25, f"{node.name} has {len(methods)} public methods"


def test_no_room_for_odds_and_ends() -> None:
    assert not [file for file in MODULES if file.stem in ("utils", "helpers", "common", "misc")]


def test_the_code_does_not_know_the_network() -> None:
    said = [
        f"{file.relative_to(SOURCE)}: {line.strip()}"
        for file in [*MODULES, *SOURCE.rglob("*.html"), *SOURCE.rglob("*.toml")]
        for line in file.read_text(encoding="utf-8").splitlines()
        if "aston" in line.lower()
    ]
    assert len(said) == 1, said
    assert said[0].startswith("shipped.py")


@pytest.mark.parametrize("folder", ["ontology", "shapes", "queries"])
def test_only_sources_and_examples_name_the_network(folder: str) -> None:
    allowed = ("skos:example", "dcterms:source", "dcterms:bibliographicCitation")
    for file in sorted((ROOT / folder).rglob("*")):
        if file.suffix not in (".ttl", ".rq"):
            continue
        block = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            words = line.strip().split(" ")[0]
            if (words and (line.startswith("    ") and not line.startswith("     "))) or not line.startswith(" "):
                block = words  # the predicate that the next indented lines belong to
            assert "aston" not in line.lower() or block in allowed, f"{file.relative_to(ROOT)}: {line.strip()}"
