"""The triples of RDF files, with blank nodes that no two files share, and terms from their texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox

from sankofa.errors import UnreadableInput
from sankofa.store.formats import read

#: A node that can stand as a subject.
Node = ox.NamedNode | ox.BlankNode
#: Any term of a triple of RDF 1.1.
Term = ox.NamedNode | ox.BlankNode | ox.Literal
#: A triple as three terms: quicker to make and to take apart than pyoxigraph's.
Spo = tuple[Node, ox.NamedNode, Term]


def read_triples(files: Iterable[Path], *, prefix: str) -> Iterator[Spo]:
    """Read the triples of several files, those of their named graphs too.

    Args:
        files: the files.
        prefix: the beginning of the labels of blank nodes; the file's number follows.

    Raises:
        UnreadableInput: a file is missing, broken, of an unknown format, or holds triples about triples.

    Example:
        >>> list(read_triples([], prefix="d"))
        []
    """
    for number, file in enumerate(files):
        labels: dict[ox.BlankNode, ox.BlankNode] = {}
        for quad in read(file):
            subject, value = quad.subject, quad.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                raise UnreadableInput("it holds a triple about a triple", where=str(file), hint="leave it out")
            # ``read`` labels blank nodes b0, b1 … by their order in the file: only the file must be added.
            if isinstance(subject, ox.BlankNode):
                subject = labels.setdefault(subject, ox.BlankNode(f"{prefix}{number}{subject.value}"))
            if isinstance(value, ox.BlankNode):
                value = labels.setdefault(value, ox.BlankNode(f"{prefix}{number}{value.value}"))
            yield subject, quad.predicate, value


def read_terms(texts: Sequence[str]) -> list[Term]:
    """Terms from their N-Triples form.

    Args:
        texts: the texts, as Oxigraph writes them.

    Example:
        >>> read_terms(["<http://example.org/a>", '"x"@fr'])
        [<NamedNode value=http://example.org/a>, <Literal value=x language=fr>]
    """
    distinct = dict.fromkeys(texts)
    document = "".join(f"<x:s> <x:p> {text} .\n" for text in distinct)
    found = [quad.object for quad in ox.parse(document, ox.RdfFormat.N_TRIPLES)]
    terms = {text: term for text, term in zip(distinct, found, strict=True) if not isinstance(term, ox.Triple)}
    return [terms[text] for text in texts]
