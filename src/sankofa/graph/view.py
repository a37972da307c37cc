"""The same store as rdflib sees it, to read only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import pyoxigraph as ox

from sankofa.errors import ReadOnly
from sankofa.store import guard

if TYPE_CHECKING:
    import rdflib

    from sankofa.graph import Graph


def dataset(graph: Graph) -> rdflib.Dataset:
    """A dataset over the graph's store; its default graph is the union of what queries see.

    Args:
        graph: what is looked at; later changes of it are seen.

    Example:
        >>> import sankofa
        >>> view = sankofa.open().rdflib
        >>> len(list(view.query("SELECT ?city WHERE { ?city a <https://w3id.org/sankofa/ontology#City> }")))
        11
    """
    import rdflib
    from oxrdflib import OxigraphStore

    if graph.base:
        graph.reason()
    return rdflib.Dataset(store=OxigraphStore(store=_Reading(graph)), default_union=True)


class _Reading:
    """What the rdflib store asks of Oxigraph, less everything that writes and less the log's graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def _named(self) -> list[ox.NamedNode | ox.BlankNode]:
        return sorted(
            {quad.graph_name for quad in self._graph.store.quads() if not isinstance(quad.graph_name, ox.DefaultGraph)},
            key=str,
        )

    def named_graphs(self) -> Iterator[ox.NamedNode | ox.BlankNode]:
        return iter(self._named())

    def quads_for_pattern(self, *pattern: Any) -> Iterator[ox.Quad]:
        return self._graph.store.quads(*pattern)

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
        named = self._named()
        graphs: Sequence[Any] = [*named, ox.DefaultGraph()] if use_default_graph_as_union else default_graph
        return self._graph.store.raw.query(  # type: ignore[attr-defined]
            text,
            default_graph=graphs,
            named_graphs=named,
            prefixes={**guard.prefixes(), **(prefixes or {})},
            substitutions=substitutions,
        )

    def add(self, *_: object) -> NoReturn:
        raise ReadOnly("this rdflib view is read-only", hint="use kg.change(): it logs the change and can undo it")

    extend = remove = update = add_graph = remove_graph = add
