"""SPARQL Update on a network's graph: an update request becomes one change, which is then logged like any other.

The engine writes into its store at once and does not say what it wrote. So the operations run one after the other on
a copy in memory, and the difference is the change. Three things are the network's own and not the engine's:

- what is in no named graph stands in the graph of what is asserted, and a pattern is matched against all four graphs
  that a query sees;
- ``ALL`` and ``NAMED`` are the graphs that people write;
- ontology, vocabularies, inferences and the log can be read or not even that, and never be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph
from pyoxigraph import NamedNode

from sankofa.errors import ParameterError, QueryError, ReadOnly
from sankofa.store import guard
from sankofa.store.changes import Change
from sankofa.store.dataset import Dataset, resolved
from sankofa.store.lexer import Token, tokens
from sankofa.store.sentences import refusal

if TYPE_CHECKING:
    from sankofa.store.embedded import Embedded

#: Operations on whole graphs.
_ON_GRAPHS = {"CREATE", "CLEAR", "DROP", "ADD", "COPY", "MOVE"}


class _Operation(NamedTuple):
    """One operation of a request: its text with the declarations it stands under, and its terminals."""

    declarations: str
    text: str
    tokens: list[Token]

    @property
    def words(self) -> list[str]:
        """The keywords outside of all braces, in their order."""
        return [token.word for token in self.outside if token.word]

    @property
    def outside(self) -> list[Token]:
        """The terminals outside of all braces."""
        found, depth = [], 0
        for token in self.tokens:
            depth -= token.text == "}"
            if depth == 0:
                found.append(token)
            depth += token.text == "{"
        return found

    def at(self, word: str) -> int:
        """Where a keyword outside of all braces starts, -1 where there is none."""
        return next((token.start for token in self.outside if token.word == word), -1)

    def braces(self) -> str:
        """What stands between the first brace and its end, braces included."""
        opened = next((token for token in self.outside if token.text == "{"), None)
        closed = next((token for token in self.outside if token.text == "}"), None)
        return self.text[opened.start : closed.end] if opened and closed else "{}"


def change_of(
    store: Embedded,
    update: str,
    *,
    base_iri: str | None = None,
    using: Dataset | None = None,
    default: NamedNode | None = None,
) -> Change:
    """What an update request comes to, as a change that :meth:`Embedded.apply` takes. Nothing is written here.

    Args:
        store: the network's store, its inferences up to date.
        update: the text of the request: any number of operations.
        base_iri: what relative IRIs in it are resolved against.
        using: the graphs that its patterns are matched against, by the protocol.
        default: the graph that is written where the update names none, and then also the only one that a pattern is
            matched against where it names none; by default what is asserted.

    Raises:
        QueryError: it does not parse, with line, column and token; or a graph that it names is not there.
        ForbiddenQuery: it loads from an address or asks another server.
        ParameterError: it names its graphs (USING, WITH) and the protocol names others.
        ReadOnly: it writes to a graph that takes no changes.

    Example:
        >>> from sankofa.store import Embedded
        >>> store = Embedded.memory("https://example.org/")
        >>> change = change_of(store, "INSERT DATA { <urn:a> <urn:b> 1 }")
        >>> change.added[0].graph_name == store.graphs.asserted
        True
    """
    guard.refuse(update, update=True)
    operations = list(_operations(update))
    for operation in operations:
        _refuse_what_does_not_parse(operation, base_iri)
    graphs = store.graphs
    before = {quad for quad in store.raw if quad.graph_name != graphs.log}
    copy = pyoxigraph.Store()
    copy.extend(before)
    copy.add_graph(default or graphs.asserted)
    run = _Run(store, copy, base_iri, using, default)
    for operation in operations:
        run.carry_out(operation)
    after = set(copy)
    return Change(removed=tuple(before - after), added=tuple(after - before), begun=store.version)


class _Run:
    """One request on its copy of the graph."""

    def __init__(
        self,
        store: Embedded,
        copy: pyoxigraph.Store,
        base_iri: str | None,
        using: Dataset | None,
        default: NamedNode | None,
    ) -> None:
        self._copy = copy
        self._base_iri = base_iri
        self._using = using
        self._graphs = store.graphs
        self._default = default or store.graphs.asserted
        self._matched = [default] if default else store.graphs.queried

    def carry_out(self, operation: _Operation) -> None:
        """Carry out one operation."""
        first, *rest = operation.words
        if first in ("CLEAR", "DROP") and (rest[-1:] == ["ALL"] or rest[-1:] == ["NAMED"]):
            kept = {*self._graphs.reserved, *([self._default] if rest[-1] == "NAMED" else [])}
            for graph in list(self._copy.named_graphs()):
                if graph not in kept:
                    self._copy.clear_graph(graph)
            return
        text = self._on_graphs(operation) if first in _ON_GRAPHS else self._modify(operation)
        self._refuse_closed(operation, text)
        guard.refuse(operation.declarations + text, update=True)  # as the engine will read it, not only as it was sent
        try:
            self._copy.update(operation.declarations + text, prefixes=guard.prefixes(), base_iri=self._base_iri)
        except RuntimeError as error:  # CREATE of a graph that is there, DROP of one that is not
            raise refusal(QueryError, "no-such-graph", {"said": str(error), "keyword": first}, token=first) from None

    def _on_graphs(self, operation: _Operation) -> str:
        """An operation on whole graphs; the default graph by its name."""
        text = operation.text
        for token in reversed(operation.outside):
            if token.word == "DEFAULT":
                text = f"{text[: token.start]}GRAPH {self._default}{text[token.end :]}"
        return text

    def _modify(self, operation: _Operation) -> str:
        """An operation on triples, as ``WITH … DELETE … INSERT … USING … WHERE``."""
        words = operation.words
        head = [token.word for token in operation.tokens[:2]]
        if head in (["INSERT", "DATA"], ["DELETE", "DATA"]):
            return f"WITH {self._default} {words[0]} {operation.braces()} WHERE {{}}"
        own = {"WITH", "USING"} & set(words)
        if own and self._using is not None:
            raise refusal(ParameterError, "two-datasets", {"words": ", ".join(sorted(own))})
        if own:
            return operation.text if "WITH" in own else f"WITH {self._default} {operation.text}"
        if head == ["DELETE", "WHERE"]:
            pattern = operation.braces()
            return f"WITH {self._default} DELETE {pattern} {self._dataset()} WHERE {pattern}"
        where = operation.at("WHERE")
        return f"WITH {self._default} {operation.text[:where]} {self._dataset()} {operation.text[where:]}"

    def _dataset(self) -> str:
        """The graphs that a pattern is matched against, as an update writes them."""
        there = [graph for graph in self._copy.named_graphs() if isinstance(graph, NamedNode)]
        matched, named = self._using or Dataset(self._matched, there)
        return " ".join([*(f"USING {graph}" for graph in matched), *(f"USING NAMED {graph}" for graph in named)])

    def _refuse_closed(self, operation: _Operation, text: str) -> None:
        """Refuse an operation that names a graph that takes no changes where it names what it writes."""
        first = operation.words[0]
        found = list(tokens(text))
        if first in _ON_GRAPHS:
            written = [token for token in found if token.sort in ("iri", "name")]
            written = written[-1:] if first in ("ADD", "COPY") else written
        else:
            where = _Operation("", text, found).at("WHERE")
            head = [token for token in found if token.start < where]
            written = [token for before, token in pairwise(head) if before.word in ("WITH", "GRAPH")]
        declared = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in guard.prefixes().items())
        for token in written:
            graph = resolved(token, declared + operation.declarations, self._base_iri)
            if graph in self._graphs.closed:
                raise refusal(ReadOnly, "closed-graph", {"asserted": self._graphs.asserted.value}, where=str(graph))


def _operations(update: str) -> Iterator[_Operation]:
    """The operations of a request, each with the declarations that stand before it.

    Spaces stand for what came before, so that each place is where it is in the request. (The engine knows no
    declaration after the first operation; the standard does.)

    Raises:
        QueryError: there is nothing between two semicolons.
    """
    ends, depth = [], 0
    for token in tokens(update):
        depth += (token.text == "{") - (token.text == "}")
        if token.text == ";" and depth == 0:
            ends.append(token.start)
    declarations, start = "", 0
    for end in (*ends, len(update)):
        part = update[start:end]
        first = guard.operation(part)
        if first is None and end < len(update):
            line, column = guard.line_column(update, end)
            raise refusal(QueryError, "misplaced", {"token": update[end]}, line=line, column=column, token=update[end])
        declarations += part[: first.start] if first else part
        if first:
            text = part[first.start :]
            yield _Operation(declarations, text, list(tokens(text)))
            declarations += re.sub(r"[^\n]", " ", f"{text};")
        start = end + 1


def _refuse_what_does_not_parse(operation: _Operation, base_iri: str | None) -> None:
    text = operation.declarations + operation.text
    try:
        pyoxigraph.Store().update(text, prefixes=guard.prefixes(), base_iri=base_iri)
    except SyntaxError as error:
        raise guard.parse_error(error, text, update=True) from None
    except (RuntimeError, OSError):
        return  # it parses; whether its graphs are there is seen where they are
