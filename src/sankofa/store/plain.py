"""RDF as it was read: a dataset that belongs to no network and takes no changes.

Blank nodes keep their labels, and literals the form in which they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import pyoxigraph
from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, QuerySolutions, QueryTriples

from sankofa.store.binding import Value
from sankofa.store.contract import Results, Term
from sankofa.store.dataset import Dataset
from sankofa.store.embedded import Embedded
from sankofa.store.lexical import LexicalForms
from sankofa.store.log import Log
from sankofa.store.order import together


class Plain(Embedded):
    """A dataset exactly as it was read, in memory: no network, no log, no changes.

    Example:
        >>> Plain.of([Quad(BlankNode(), NamedNode("http://b"), BlankNode())]).base is None
        True
    """

    _forms = LexicalForms()

    @classmethod
    def of(cls, quads: Iterable[Quad] = ()) -> Self:
        """Keep quads.

        Args:
            quads: what was read.
        """
        ordered = together(quads, lambda quad: quad.predicate)
        raw = pyoxigraph.Store()
        raw.extend(ordered)
        store = cls(raw, None, Log())
        store._forms = LexicalForms(ordered)
        return store

    def query(
        self,
        sparql: str,
        bindings: Mapping[str, Value] | None = None,
        *,
        federate: bool = False,
        base_iri: str | None = None,
        dataset: Dataset | None = None,
    ) -> Results:
        """Ask a query, see :meth:`Embedded.query`; what comes from the data is answered as it was written."""
        found = super().query(sparql, bindings, federate=federate, base_iri=base_iri, dataset=dataset)
        if not self._forms:
            return found
        if isinstance(found, QuerySolutions):
            return self._forms.rows(found, sparql, bindings or ())
        return self._forms.triples(found, sparql, bindings or ()) if isinstance(found, QueryTriples) else found

    def quads(
        self,
        s: NamedNode | BlankNode | None = None,
        p: NamedNode | None = None,
        o: Term | None = None,
        g: NamedNode | BlankNode | DefaultGraph | None = None,
    ) -> Iterator[Quad]:
        """The quads that match, as they were written."""
        found = super().quads(s, p, o, g)
        return self._forms.quads(found) if self._forms else found
