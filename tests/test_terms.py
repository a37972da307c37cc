"""The Python names of our IRIs are those of the ontology, the vocabularies and the terms that we use of others.

``python tests/test_terms.py --write`` writes ``src/sankofa/terms.py`` anew; the test fails until that was done.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

ROOT = Path(__file__).parents[1]
TERMS = ROOT / "src" / "sankofa" / "terms.py"
SKF = "https://w3id.org/sankofa/ontology#"
VOCABULARY = "https://w3id.org/sankofa/vocabulary/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"

HEADER = '''\
"""Our IRIs as Python names, and the few terms of other vocabularies that our files and our code use.

Generated from ``ontology/``; never edited by hand. After a change of the ontology or of a vocabulary, or to use one
more term of another vocabulary (of those listed in ``tests/ontology/terms/``):

    python tests/test_terms.py --write

Each class is a namespace, ``ns`` its IRI; a name that Python keeps for itself ends with an underscore.

Example:
    >>> SKF.Story
    'https://w3id.org/sankofa/ontology#Story'
    >>> STATUS.published
    'https://w3id.org/sankofa/vocabulary/status/published'
"""

# ruff: noqa: N801, N815

from __future__ import annotations

from typing import Final
'''


def python_name(local: str) -> str:
    """A local name as Python spells it.

    Example:
        >>> python_name("how-to-capture"), python_name("in"), python_name("2d-map")
        ('how_to_capture', 'in_', '_2d_map')
    """
    name = re.sub(r"\W", "_", local)
    if name[0].isdigit():
        name = f"_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name == "ns" else name


def block(name: str, doc: str, namespace: str, locals_: set[str]) -> str:
    lines = [f"class {name}:", f'    """{doc}"""', "", f'    ns: Final = "{namespace}"']
    lines += [f'    {python_name(local)}: Final = "{namespace}{local}"' for local in sorted(locals_)]
    return "\n".join(lines) + "\n"


def iris(path: Path) -> set[str]:
    found: set[str] = set()
    for quad in ox.parse(path=path):
        for part in (quad.subject, quad.predicate, quad.object):
            if isinstance(part, ox.NamedNode):
                found.add(part.value)
            elif isinstance(part, ox.Literal):
                found.add(part.datatype.value)
    return found


def concepts() -> dict[str, set[str]]:
    """The names of the concepts under our own namespace, by vocabulary."""
    schemes: dict[str, set[str]] = {}
    for path in sorted((ROOT / "ontology" / "vocabularies").glob("*.ttl")):
        schemes[path.stem] = {
            quad.subject.value.removeprefix(f"{VOCABULARY}{path.stem}/")
            for quad in ox.parse(path=path)
            if isinstance(quad.subject, ox.NamedNode)
            and quad.predicate.value == f"{RDF}type"
            and quad.object == ox.NamedNode(CONCEPT)
            and quad.subject.value.startswith(f"{VOCABULARY}{path.stem}/")
        }
    return schemes


def foreign() -> dict[str, tuple[str, set[str]]]:
    """The pinned vocabularies by Python name, each with the terms that our files and our code use of it."""
    in_files: set[str] = set()
    for folder in ("ontology", "shapes", "data"):
        for path in sorted((ROOT / folder).rglob("*.ttl")):
            in_files |= iris(path)
    in_code: dict[str, set[str]] = defaultdict(set)
    for folder in ("src", "tests", "benchmarks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path not in (TERMS, Path(__file__)) and "sankofa.terms" in (text := path.read_text(encoding="utf-8")):
                for name, attribute in re.findall(r"\b([A-Z]{2,})\.([A-Za-z]\w*)", text):
                    in_code[name].add(attribute)
    found: dict[str, tuple[str, set[str]]] = {}
    for path in sorted((Path(__file__).parent / "ontology" / "terms").glob("*.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        [namespace] = [line.removeprefix("# namespace: ") for line in lines if line.startswith("# namespace: ")]
        name = path.stem.replace("-", "").upper()
        known = [line for line in lines if line and not line.startswith("#")]
        used = {t for t in known if namespace + t in in_files or python_name(t) in in_code[name]}
        found[name] = (namespace, used)
    return found


def render() -> str:
    """The text of terms.py as the ontology and the vocabularies are now."""
    ours = {iri.removeprefix(SKF) for iri in iris(ROOT / "ontology" / "sankofa.ttl") if iri.startswith(SKF)} - {""}
    schemes = concepts()
    blocks = [
        HEADER,
        block("SKF", "Our classes and properties.", SKF, ours),
        block("VOC", "The vocabularies that any network shares.", VOCABULARY, set(schemes)),
    ]
    for scheme, names in schemes.items():
        if names:
            name = python_name(scheme).upper()
            blocks.append(block(name, f"The concepts of the vocabulary {scheme}.", f"{VOCABULARY}{scheme}/", names))
    for name, (namespace, names) in foreign().items():
        blocks.append(block(name, f"What we use of {namespace}", namespace, names))
    text = "\n\n".join(blocks)
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TERMS), "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        cwd=ROOT,
    )
    return formatted.stdout


def test_the_names_are_fresh() -> None:
    assert TERMS.read_text(encoding="utf-8") == render(), "run: python tests/test_terms.py --write"


def test_no_two_terms_share_a_name() -> None:
    text = TERMS.read_text(encoding="utf-8")
    for body in re.split(r"(?m)^class ", text)[1:]:
        names = re.findall(r"(?m)^    (\w+): Final", body)
        assert len(names) == len(set(names))


def test_a_name_is_a_plain_text() -> None:
    from sankofa.terms import LEVEL, OWL, RDF, SH, SKF, STATUS, STRATEGY_PART, VOC

    assert SKF.Story == "https://w3id.org/sankofa/ontology#Story"
    assert SKF.theme == SKF.ns + "theme"
    assert RDF.type == "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert SH.in_ == "http://www.w3.org/ns/shacl#in"
    assert OWL.Class.endswith("owl#Class")
    assert VOC.assignment_status.endswith("/assignment-status")
    assert {STATUS.published, LEVEL.publishable, STRATEGY_PART.how_to_capture} == {
        "https://w3id.org/sankofa/vocabulary/status/published",
        "https://w3id.org/sankofa/vocabulary/level/publishable",
        "https://w3id.org/sankofa/vocabulary/strategy-part/how-to-capture",
    }


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_terms.py --write")
    TERMS.write_text(render(), encoding="utf-8")
