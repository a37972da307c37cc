"""Data that can be followed from node to node: what findings, completeness and the live engine look things up in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

import pyoxigraph as ox

from sankofa.fields import Path, Texts
from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import DCTERMS, RDF, RDFS, SKOS
from sankofa.validation.results import REACHED, TooManyError

if TYPE_CHECKING:
    from sankofa.store import Store

S = TypeVar("S")
R = TypeVar("R")
P = ParamSpec("P")

_TYPE = RDF + "type"
_MOST_REMEMBERED = 4096
#: The properties that name a thing, the best first.
TITLES = (
    SKOS + "prefLabel",
    DCTERMS + "title",
    RDFS + "label",
    "https://schema.org/name",
    "http://schema.org/name",
    "http://xmlns.com/foaf/0.1/name",
)


def remembered(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method whose answers an object keeps, thousands of them at most.

    Unlike a cache around a bound method it makes no ring of references: the object goes when nobody needs it, and
    leaves nothing to be collected.

    Args:
        method: the method; its arguments can be looked up in a dict.

    Example:
        >>> class Squares:
        ...     @remembered
        ...     def of(self, number):
        ...         print("worked out")
        ...         return number * number
        >>> squares = Squares()
        >>> squares.of(3), squares.of(3)
        worked out
        (9, 9)
    """
    name = f"_{method.__name__}_remembered"

    @wraps(method)
    def asked(self: S, /, *key: P.args, **_: P.kwargs) -> R:
        kept = vars(self).setdefault(name, {})
        found = kept.get(key, kept)  # terms are looked up once: to hash them takes a while
        if found is kept:
            if len(kept) >= _MOST_REMEMBERED:
                kept.clear()
            found = kept[key] = method(self, *key)  # type: ignore[call-arg]
        return found  # type: ignore[no-any-return]

    return asked


class Lookup(Protocol):
    """What must be known of the data to tell a finding; any engine can offer it."""

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""

    def titles(self, node: Term) -> Texts:
        """The titles of a node per language; none when it has none."""

    def count(self, node: Term, path: Path) -> int:
        """How many values a path leads to."""


class Walked(ABC):
    """Data that can be followed from a node along properties and paths, both ways."""

    @abstractmethod
    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""

    @abstractmethod
    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property; no more is read of a node that is not known yet."""
        return self.said(node).get(predicate, ())

    def types(self, node: Term) -> list[str]:
        """The IRIs of a node's classes."""
        return [value.value for value in self.all(node, _TYPE) if isinstance(value, ox.NamedNode)]

    def titles(self, node: Term) -> Texts:
        """The titles of a node per language; none when it has none."""
        said = self.said(node)
        for predicate in TITLES:
            found = [value for value in said.get(predicate, ()) if isinstance(value, ox.Literal)]
            if found:
                return {value.language or "": value.value for value in sorted(found, key=str, reverse=True)}
        return {}

    def count(self, node: Term, path: Path) -> int:
        """How many values a path leads to."""
        if path.form == "predicate":
            return len(self.all(node, path.predicate))
        return len(self.values(node, path))

    def values(self, node: Term, path: Path) -> set[Term]:
        """The values a path leads to.

        Args:
            node: where it starts.
            path: the path.

        Example:
            >>> Data([]).values(ox.BlankNode("a"), Path("zero-or-one", parts=(Path("predicate", "http://a/p"),)))
            {<BlankNode value=a>}
        """
        return Steps(self).values(node, path)


class Steps:
    """Follows paths, and remembers where each part of a path led to from a node.

    Args:
        data: the data.
        most: how many values may be found in all; any number where it is None.
    """

    def __init__(self, data: Walked, most: int | None = None) -> None:
        """Follow nothing yet."""
        self._data = data
        self._most = most
        self._found = 0
        self._straight: dict[Path, Path] = {}
        self._reached: dict[tuple[int, Term], set[Term]] = {}

    def values(self, node: Term, path: Path) -> set[Term]:
        """The values a path leads to.

        Args:
            node: where it starts.
            path: the path.

        Raises:
            TooManyError: more were found than there may be.

        Example:
            >>> path = Path("zero-or-one", parts=(Path("predicate", "http://a/p"),))
            >>> Steps(Data([])).values(ox.BlankNode("a"), path)
            {<BlankNode value=a>}
        """
        if path.form == "predicate":
            return set(self._data.said(node).get(path.predicate, ()))
        if path not in self._straight:
            self._straight[path] = straight(path)
        return self._follow(node, self._straight[path])

    def _along(self, node: Term, path: Path) -> Collection[Term]:
        """The values that a part of a path leads to, a value perhaps several times; found once for each node."""
        if path.form == "predicate":
            return self._data.all(node, path.predicate)
        if path.form == "inverse":
            return self._data.back(node, path.parts[0].predicate)
        key = (id(path), node)  # the paths are kept
        if key not in self._reached:
            self._reached[key] = self._follow(node, path)
        return self._reached[key]

    def _follow(self, node: Term, path: Path) -> set[Term]:
        found: set[Term] = {node} if path.form.startswith("zero-") else set()
        if path.form == "sequence":
            found = {node}
            for part in path.parts:
                found = {value for one in found for value in self._along(one, part)}
        elif path.form.endswith("-or-more"):
            todo = [node]
            while todo:
                fresh = [value for value in self._along(todo.pop(), path.parts[0]) if value not in found]
                found.update(fresh)
                todo.extend(fresh)
        elif path.form in ("predicate", "inverse"):
            found.update(self._along(node, path))
        else:
            for part in path.parts:
                found.update(self._along(node, part))
        self._found += len(found)
        if self._most is not None and self._found > self._most:
            raise TooManyError(REACHED, self._most)
        return found


class Data(Walked):
    """Triples in memory, by subject and property.

    Args:
        triples: the triples, each once.
    """

    def __init__(self, triples: Iterable[Spo]) -> None:
        """Index the triples."""
        self.by: dict[Node, dict[str, list[Term]]] = {}
        by = self.by
        for subject, predicate, value in triples:
            said = by.get(subject)
            if said is None:
                said = by[subject] = {}
            name = predicate.value
            if name in said:
                said[name].append(value)
            else:
                said[name] = [value]
        self._back: dict[Term, dict[str, list[Node]]] | None = None

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        return {} if isinstance(node, ox.Literal) else self.by.get(node, {})

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        if self._back is None:
            self._back = {}
            for subject, said in self.by.items():
                for name, values in said.items():
                    for value in values:
                        self._back.setdefault(value, {}).setdefault(name, []).append(subject)
        return self._back.get(node, {}).get(predicate, ())


class Stored(Walked):
    """What was asserted in a store, looked up when it is asked for.

    Args:
        store: the store.
    """

    def __init__(self, store: Store) -> None:
        """Look up nothing yet; what was looked up is kept, so a change in the store needs a new one."""
        self._store = store
        self._graph = store.graphs.asserted if store.base else ox.DefaultGraph()
        self._said: dict[Node, dict[str, list[Term]]] = {}
        self._of_one: dict[tuple[Node, str], list[Term]] = {}

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        if isinstance(node, ox.Literal):
            return {}
        said = self._said.get(node)
        if said is None:
            said = self._said[node] = {}
            for quad in self._store.quads(node, None, None, self._graph):
                said.setdefault(quad.predicate.value, []).append(quad.object)  # type: ignore[arg-type]
        return said

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property; no more is read of a node that is not known yet."""
        if isinstance(node, ox.Literal):
            return ()
        said = self._said.get(node)
        if said is not None:
            return said.get(predicate, ())
        key = (node, predicate)
        found = self._of_one.get(key)
        if found is None:
            quads = self._store.quads(node, ox.NamedNode(predicate), None, self._graph)
            found = self._of_one[key] = [quad.object for quad in quads]  # type: ignore[misc]
        return found

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        quads = self._store.quads(None, ox.NamedNode(predicate), node, self._graph)
        return [quad.subject for quad in quads]  # type: ignore[misc]


class Near(Walked):
    """Some of a store's triples, in memory: to look one up takes a tenth of the time that it takes on the disk.

    Args:
        store: the triples, in its default graph.
    """

    def __init__(self, store: ox.Store) -> None:
        """Keep them."""
        self.store = store

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        said: dict[str, list[Term]] = {}
        if not isinstance(node, ox.Literal):
            for quad in self.store.quads_for_pattern(node, None, None, None):
                said.setdefault(quad.predicate.value, []).append(quad.object)  # type: ignore[arg-type]
        return said

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property."""
        if isinstance(node, ox.Literal):
            return ()
        quads = self.store.quads_for_pattern(node, ox.NamedNode(predicate), None, None)
        return [quad.object for quad in quads]  # type: ignore[misc]

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        quads = self.store.quads_for_pattern(None, ox.NamedNode(predicate), node, None)
        return [quad.subject for quad in quads]  # type: ignore[misc]

    def change(self, came: Iterable[Spo], went: Iterable[Spo], reads: Collection[str] | None) -> None:
        """Follow a change.

        Args:
            came, went: the triples that came and that went.
            reads: the IRIs of the properties whose triples are kept; None for all.
        """
        for triple in went:
            self.store.remove(ox.Quad(*triple))
        for triple in came:
            if reads is None or triple[1].value in reads:
                self.store.add(ox.Quad(*triple))


class Joined(Walked):
    """Several data as one; what several of them say is said once.

    Args:
        parts: the data.
    """

    def __init__(self, *parts: Walked) -> None:
        """Keep them; what they say of a node is put together once, so a change in them needs a new one."""
        self._parts = parts
        self._said: dict[Term, Mapping[str, Sequence[Term]]] = {}

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        said = self._said.get(node)
        if said is None:
            found = [more for part in self._parts if (more := part.said(node))]
            names = dict.fromkeys(name for more in found for name in more) if len(found) > 1 else ()
            merged = {name: tuple(dict.fromkeys(v for more in found for v in more.get(name, ()))) for name in names}
            said = self._said[node] = merged or (found[0] if found else {})
        return said

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property; no more is read of a node that is not known yet."""
        said = self._said.get(node)
        if said is not None:
            return said.get(predicate, ())
        found = [values for part in self._parts if (values := part.all(node, predicate))]
        if len(found) > 1:
            return tuple(dict.fromkeys(value for values in found for value in values))
        return found[0] if found else ()

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        found = [nodes for part in self._parts if (nodes := part.back(node, predicate))]
        return found[0] if len(found) == 1 else tuple(dict.fromkeys(one for nodes in found for one in nodes))


class Without(Walked):
    """Data without some of their triples.

    Args:
        data: the data.
        gone: the triples that are left out.
    """

    def __init__(self, data: Walked, gone: Iterable[Spo]) -> None:
        """Index what is left out."""
        self._data = data
        self._gone = Data(gone)

    def said(self, node: Term) -> Mapping[str, Sequence[Term]]:
        """All that is said of a node: the values by property."""
        said, gone = self._data.said(node), self._gone.said(node)
        if not gone:
            return said
        left = {name: [value for value in values if value not in gone.get(name, ())] for name, values in said.items()}
        return {name: values for name, values in left.items() if values}

    def all(self, node: Term, predicate: str) -> Sequence[Term]:
        """The values of a property; no more is read of a node that is not known yet."""
        gone = self._gone.all(node, predicate)
        values = self._data.all(node, predicate)
        return [value for value in values if value not in gone] if gone else values

    def back(self, node: Term, predicate: str) -> Sequence[Node]:
        """The nodes that have a node as a value of a property."""
        gone = set(self._gone.back(node, predicate))
        return [one for one in self._data.back(node, predicate) if one not in gone]


def straight(path: Path) -> Path:
    """The same path with ``^`` before single properties only.

    Example:
        >>> a, b = Path("predicate", "http://a"), Path("predicate", "http://b")
        >>> str(straight(Path("inverse", parts=(Path("sequence", parts=(a, b)),))))
        '(^<http://b>)/(^<http://a>)'
    """
    if path.form == "predicate":
        return path
    if path.form != "inverse":
        return Path(path.form, parts=tuple(straight(part) for part in path.parts))
    inner = path.parts[0]
    if inner.form == "predicate":
        return path
    if inner.form == "inverse":
        return straight(inner.parts[0])
    turned = tuple(straight(Path("inverse", parts=(part,))) for part in inner.parts)
    return Path(inner.form, parts=turned[::-1] if inner.form == "sequence" else turned)
