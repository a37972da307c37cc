"""Turtle and TriG as people like to read and compare them: sorted, a block a subject, a record before its parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

_RDF_TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
#: Literals that Turtle writes without quotes: only lexical forms that read back as exactly the same literal.
_BARE = {
    f"{_XSD}integer": re.compile(r"[+-]?[0-9]+"),
    f"{_XSD}decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    f"{_XSD}boolean": re.compile(r"true|false"),
}

_Node = NamedNode | BlankNode


class _Writer:
    """Turns terms into text, and remembers which prefixes were used."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._by_namespace = {namespace: prefix for prefix, namespace in sorted(prefixes.items(), reverse=True)}
        self._seen: dict[str, str] = {}
        self.used: dict[str, str] = {}

    def iri(self, node: NamedNode) -> str:
        value = node.value
        if (text := self._seen.get(value)) is None:
            text = self._seen[value] = self._compact(value) or str(node)
        return text

    def _compact(self, value: str) -> str:
        at = max(value.rfind("#"), value.rfind("/"), -1) + 1
        namespace, local = value[:at], value[at:]
        prefix = self._by_namespace.get(namespace)
        if prefix is None or not _LOCAL.fullmatch(local):
            return ""
        self.used[prefix] = namespace
        return f"{prefix}:{local}"

    def term(self, term: object) -> str:
        if isinstance(term, NamedNode):
            return self.iri(term)
        if isinstance(term, Literal) and term.language is None and term.datatype.value != f"{_XSD}string":
            bare = _BARE.get(term.datatype.value)
            if bare and bare.fullmatch(term.value):
                return term.value
            return f"{Literal(term.value)}^^{self.iri(term.datatype)}"
        return str(term)

    def block(self, triples: Iterable[Triple], indent: str) -> str:
        """One graph's triples, a block for each subject."""
        subjects: dict[_Node, dict[NamedNode, set[object]]] = {}
        for triple in triples:
            if not isinstance(triple.subject, NamedNode | BlankNode):
                raise TypeError(f"no subject of RDF 1.1: {triple.subject}")
            subjects.setdefault(triple.subject, {}).setdefault(triple.predicate, set()).add(triple.object)
        blocks = []
        # by address without the brackets, so that a record stands right before its parts
        for subject in sorted(subjects, key=lambda node: str(node).strip("<>")):
            lines = []
            for predicate in sorted(subjects[subject], key=lambda p: (p != _RDF_TYPE, p.value)):
                values = [self.term(value) for value in sorted(subjects[subject][predicate], key=str)]
                if predicate == _RDF_TYPE:
                    lines.append(f"a {', '.join(values)}")
                elif len(values) == 1:
                    lines.append(f"{self.iri(predicate)} {values[0]}")
                else:
                    lines.append(self.iri(predicate) + ",".join(f"\n{indent}        {value}" for value in values))
            blocks.append(f"{indent}{self.term(subject)} " + f" ;\n{indent}    ".join(lines) + " .\n")
        return "\n".join(blocks)

    def declarations(self) -> str:
        lines = [f"@prefix {prefix}: <{self.used[prefix]}> .\n" for prefix in sorted(self.used)]
        return "".join(lines) + ("\n" if lines else "")


def prefixes_of(terms: Iterable[object], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Those of some prefixes that terms are written with.

    Example:
        >>> prefixes_of([NamedNode("https://schema.org/City")], {"schema": "https://schema.org/", "ex": "http://ex/"})
        {'schema': 'https://schema.org/'}
    """
    writer = _Writer(prefixes)
    for term in terms:
        writer.term(term)
    return dict(sorted(writer.used.items()))


def write_turtle(triples: Iterable[Triple], prefixes: Mapping[str, str]) -> str:
    """Write triples as Turtle.

    Example:
        >>> city = NamedNode("https://example.org/id/city/bamako")
        >>> print(write_turtle([Triple(city, _RDF_TYPE, NamedNode("https://schema.org/City"))],
        ...                    {"schema": "https://schema.org/"}), end="")
        @prefix schema: <https://schema.org/> .
        <BLANKLINE>
        <https://example.org/id/city/bamako> a schema:City .
    """
    writer = _Writer(prefixes)
    body = writer.block(triples, "")
    return writer.declarations() + body


def write_trig(quads: Iterable[Quad], prefixes: Mapping[str, str]) -> str:
    """Write quads as TriG: the default graph first, then the named graphs by name."""
    graphs: dict[object, list[Triple]] = {}
    for quad in quads:
        graphs.setdefault(quad.graph_name, []).append(quad.triple)
    writer = _Writer(prefixes)
    parts = []
    for graph in sorted(graphs, key=lambda g: "" if isinstance(g, DefaultGraph) else str(g)):
        if isinstance(graph, DefaultGraph):
            parts.append(writer.block(graphs[graph], ""))
        else:
            name = writer.term(graph)
            parts.append(f"{name} {{\n{writer.block(graphs[graph], '    ')}}}\n")
    body = "\n".join(parts)
    return writer.declarations() + body
