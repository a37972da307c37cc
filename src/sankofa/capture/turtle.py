"""Turtle for people: sorted, one statement a line, parts with their record, the same bytes for the same triples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?")

#: The prefixes of what every network writes with.
PREFIXES: dict[str, str] = {
    "country": "http://publications.europa.eu/resource/authority/country/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "language": "http://publications.europa.eu/resource/authority/language/",
    "org": "http://www.w3.org/ns/org#",
    "schema": "https://schema.org/",
    "skf": "https://w3id.org/sankofa/ontology#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def to_turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str] = PREFIXES, comment: str = "") -> str:
    """Write triples as Turtle.

    Args:
        triples: the triples, in any order; their subjects are addresses.
        prefixes: the prefixes that may be used; only those that are used are declared.
        comment: a line to put at the top.

    Example:
        >>> triple = ox.Triple(ox.NamedNode("http://e.org/a"), ox.NamedNode(_TYPE), ox.NamedNode("http://e.org/B"))
        >>> print(to_turtle([triple], {"e": "http://e.org/"}), end="")
        @prefix e: <http://e.org/> .
        <BLANKLINE>
        e:a a e:B .
    """
    writer = _Writer(prefixes)
    subjects: dict[str, dict[str, set[str]]] = {}
    for triple in triples:
        # By address, so that a record stands right before its parts.
        properties = subjects.setdefault(str(triple.subject).strip("<>"), {})
        predicate = "a" if triple.predicate.value == _TYPE else writer.iri(triple.predicate.value)
        properties.setdefault(predicate, set()).add(writer.term(triple.object))
    blocks = []
    for subject in sorted(subjects):
        lines = []
        for predicate, objects in sorted(subjects[subject].items(), key=lambda item: (item[0] != "a", item[0])):
            values = sorted(objects)
            if len(values) == 1 or predicate == "a":
                lines.append(f"{predicate} {', '.join(values)}")
            else:
                lines.append(predicate + "".join(f"\n        {value}," for value in values).removesuffix(","))
        blocks.append(f"{writer.iri(subject)} " + " ;\n    ".join(lines) + " .\n")
    head = f"# {comment}\n" if comment else ""
    declared = "".join(f"@prefix {name}: <{prefixes[name]}> .\n" for name in sorted(writer.used))
    return head + declared + "".join(f"\n{block}" for block in blocks)


class _Writer:
    def __init__(self, prefixes: Mapping[str, str]) -> None:
        # The longest namespace wins, so that …/id/city/ is preferred to a shorter one.
        self._prefixes = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))
        self.used: set[str] = set()

    def iri(self, iri: str) -> str:
        """An address with a prefix where there is one, else between angle brackets."""
        for name, namespace in self._prefixes:
            if iri.startswith(namespace) and _LOCAL.fullmatch(iri[len(namespace) :]):
                self.used.add(name)
                return f"{name}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def term(self, term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
        """An object of a triple."""
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        if isinstance(term, ox.Literal) and not term.language and not term.datatype.value.endswith("#string"):
            return f"{ox.Literal(term.value)}^^{self.iri(term.datatype.value)}"
        return str(term)
