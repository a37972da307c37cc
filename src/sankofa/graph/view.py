"""The same store as rdflib sees it, to read only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pyoxigraph as ox

from sankofa.errors import ReadOnly, WrongUsage
from sankofa.store import Embedded, guard

if TYPE_CHECKING:
    import rdflib

    from sankofa.graph import Graph


def dataset(graph: Graph) -> rdflib.Dataset:
    """A dataset over the graph's store; its default graph is the union of what queries see.

    Args:
        graph: what is looked at; later changes of it are seen, and its inferences with every query.

    Raises:
        WrongUsage: the graph is behind an endpoint.

    Example:
        >>> import sankofa
        >>> view = sankofa.open().rdflib
        >>> len(list(view.query("SELECT ?city WHERE { ?city a <https://w3id.org/sankofa/ontology#City> }")))
        11
    """
    import rdflib
    from oxrdflib import OxigraphStore

    view: Any = _Reading(graph)
    view.store()  # an endpoint is refused at once, and the inferences are there from the start
    store: Any = OxigraphStore(store=view)
    store.update = view.update  # else rdflib would carry out by itself what the store refuses
    return rdflib.Dataset(store=store, default_union=True)


class _Reading:
    """What the rdflib store asks of Oxigraph, less everything that writes and less the log's graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def store(self) -> Embedded:
        """The store that answers, its inferences up to date."""
        found = self._graph._inferences.store_to_ask()
        if not isinstance(found, Embedded):
            raise WrongUsage(
                "rdflib's view is for a graph on this machine",
                hint="ask the endpoint with rdflib's own SPARQLStore, or with kg.query()",
            )
        return found

    def named_graphs(self) -> Iterator[ox.NamedNode | ox.BlankNode]:
        return iter(self._named(self.store()))

    @staticmethod
    def _named(store: Embedded) -> list[ox.NamedNode | ox.BlankNode]:
        log = store.graphs.log if store.base else None
        return sorted((graph for graph in store.raw.named_graphs() if graph != log), key=str)

    def quads_for_pattern(self, *pattern: Any) -> Iterator[ox.Quad]:
        store = self.store()
        wanted = store.quads(*pattern)
        return (quad for quad in wanted if quad.graph_name != store.graphs.log) if store.base else wanted

    def query(
        self,
        text: str,
        *,
        use_default_graph_as_union: bool = False,
        default_graph: Any = None,
        prefixes: dict[str, str] | None = None,
        substitutions: dict[ox.Variable, ox.NamedNode | ox.Literal] | None = None,
    ) -> Any:
        guard.refuse(text)
        store = self.store()
        named = self._named(store)
        graphs: Any = [*named, ox.DefaultGraph()] if use_default_graph_as_union else default_graph
        return store.raw.query(
            text,
            default_graph=graphs,
            named_graphs=named,
            prefixes={**guard.prefixes(), **(prefixes or {})},
            substitutions=cast("Any", substitutions),
        )

    def add_graph(self, name: object) -> None:
        """rdflib announces a graph before it looks at it; nothing is made of that."""

    def add(self, *_: object) -> NoReturn:
        raise ReadOnly("this rdflib view is read-only", hint="use kg.change(): it logs the change and can undo it")

    extend = remove = update = remove_graph = add
