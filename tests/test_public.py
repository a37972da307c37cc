"""What others may rely on: the public names, their documentation, the tree of errors, one version everywhere."""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import sankofa
from sankofa import errors, shipped
from sankofa.terms import DCTERMS, OWL

ROOT = Path(__file__).parents[1]
ONTOLOGY = "https://w3id.org/sankofa/ontology"


# -- the names ---------------------------------------------------------------------------------------------------


def fresh(code: str) -> Any:
    """What a new Python says; the modules that other tests import would be seen here."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return json.loads(done.stdout)


def test_the_public_names_are_few_and_sorted() -> None:
    assert len(sankofa.__all__) <= 30
    assert sankofa.__all__ == sorted(sankofa.__all__)


def test_the_public_names_are_what_there_is() -> None:
    names, told = fresh(
        "import json, sankofa; told = dir(sankofa); names = {}; exec('from sankofa import *', names);"
        "print(json.dumps([sorted(set(names) - {'__builtins__'}), told]))"
    )
    assert names == sankofa.__all__
    assert told == sorted([*sankofa.__all__, "errors", "terms"])


def test_importing_costs_next_to_nothing() -> None:
    loaded = fresh("import json, sys, sankofa; print(json.dumps(sorted(sys.modules)))")
    heavy = {
        "rdflib",
        "pyshacl",
        "owlrl",
        "starlette",
        "uvicorn",
        "SPARQLWrapper",
        "rich",
        "openpyxl",
        "jinja2",
        "pandas",
    }
    assert not heavy & set(loaded)


# -- their documentation -----------------------------------------------------------------------------------------


def members(thing: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties that a class of ours defines itself."""
    for name, member in vars(thing).items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield name, member.fget
        elif isinstance(member, cached_property):
            yield name, member.func
        elif isinstance(member, classmethod | staticmethod) or inspect.isfunction(member):
            yield name, inspect.unwrap(getattr(member, "__func__", member))


def public() -> Iterator[tuple[str, Any]]:
    """Every public name, and every public member of the public classes."""
    for name in sankofa.__all__:
        thing = getattr(sankofa, name)
        yield name, thing
        if inspect.isclass(thing):
            yield from ((f"{name}.{member}", each) for member, each in members(thing))


PUBLIC = dict(public())


@pytest.mark.parametrize("name", PUBLIC)
def test_each_public_name_says_what_it_is(name: str) -> None:
    text = inspect.cleandoc(PUBLIC[name].__doc__ or "")
    summary = text.split("\n\n", 1)[0]
    assert summary, f"{name} has no docstring"
    assert re.search(r"[.:?]$", summary), f"the summary of {name} is no sentence: {summary!r}"
    assert summary.count("\n") < 2, f"the summary of {name} is longer than two lines"


@pytest.mark.parametrize("name", [name for name in PUBLIC if "." not in name])
def test_each_public_name_shows_an_example(name: str) -> None:
    thing = PUBLIC[name]
    shown = inspect.getdoc(thing) or ""
    if inspect.isclass(thing):
        shown += "".join(inspect.getdoc(each) or "" for _, each in members(thing))
        if issubclass(thing, errors.SankofaError):
            shown += inspect.getdoc(errors.SankofaError) or ""  # what is shown for one holds for all
    assert ">>> " in shown, f"nothing shows how {name} is used"


@pytest.mark.parametrize("name", [name for name, thing in PUBLIC.items() if inspect.isfunction(thing)])
def test_each_parameter_is_told(name: str) -> None:
    text = inspect.getdoc(PUBLIC[name]) or ""
    parameters = [
        ("*" * (each.kind is each.VAR_POSITIONAL) + "**" * (each.kind is each.VAR_KEYWORD)) + each.name
        for each in inspect.signature(PUBLIC[name]).parameters.values()
        if each.name not in ("self", "cls")
    ]
    if "Args:" in text or len(parameters) > 2:
        told = re.findall(r"^ +(\*{0,2}\w+): ", text, re.MULTILINE)
        assert not [parameter for parameter in parameters if parameter not in told], f"{name}: {parameters} {told}"


# -- the tree of errors ------------------------------------------------------------------------------------------


def drawn() -> dict[str, tuple[str, int, int]]:
    """Name, parent, exit code and HTTP status, as the tree at the top of the module draws them."""
    found: dict[str, tuple[str, int, int]] = {}
    parents = {0: "SankofaError"}
    for line in (errors.__doc__ or "").splitlines():
        if entry := re.match(r"    ([│├└─ ]*)(\w+) +exit (\d) +(\d{3})  +\S", line):
            depth = len(entry[1]) // 4
            parents[depth] = entry[2]
            found[entry[2]] = (parents[depth - 1], int(entry[3]), int(entry[4]))
    return found


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    real = {
        name: (thing.__mro__[1].__name__, thing.exit_code, thing.http_status)
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, errors.SankofaError) and thing is not errors.SankofaError
    }
    tree = drawn()
    for name, (parent, code, status) in real.items():
        assert name in tree, f"{name} is missing in the tree"
        assert tree[name][1:] == (code, status), name
        while parent != tree[name][0]:  # a leaf may be drawn under its grandparent
            assert parent in real, f"{name} is drawn under {tree[name][0]}"
            parent = real[parent][0]
    assert set(tree) == set(real)


# -- one version -------------------------------------------------------------------------------------------------


def test_the_version_is_the_same_everywhere() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    cited = dict(re.findall(r"^([\w-]+): (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.MULTILINE))
    newest = re.search(r"^## (\S+) \((\S+)\)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    assert (cited["version"], cited["date-released"]) == newest.groups()
    assert stated == newest[1]
    assert version("sankofa") == stated, "install the checkout again: pip install -e '.[test]'"


def test_the_ontology_has_one_version() -> None:
    store = ox.Store()
    store.load(path=str(shipped.root() / "ontology" / "sankofa.ttl"), format=ox.RdfFormat.TURTLE)
    (info,) = store.quads_for_pattern(ox.NamedNode(ONTOLOGY), ox.NamedNode(OWL.versionInfo), None)
    (iri,) = store.quads_for_pattern(ox.NamedNode(ONTOLOGY), ox.NamedNode(OWL.versionIRI), None)
    assert isinstance(info.object, ox.Literal)
    assert iri.object == ox.NamedNode(f"{ONTOLOGY}/{info.object.value}")
    assert re.fullmatch(r"\d+\.\d+\.\d+", info.object.value)
    assert list(store.quads_for_pattern(ox.NamedNode(ONTOLOGY), ox.NamedNode(DCTERMS.license), None))
