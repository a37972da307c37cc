"""What stands at each node of a graph: results, what no rule looked at, what checks found; as text, cheap to keep.

An entry is one line of JSON with terms in N-Triples form, so that the standing report can be kept beside the graph in a
file that anybody can read. Sentences are no part of it: they are told from the data when somebody asks.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from sankofa.fields import LEVELS, Path
from sankofa.fields.files import Term, read_terms
from sankofa.fields.model import LEVEL_OF
from sankofa.fields.reading import name_of
from sankofa.validation.model import Shape, Shapes
from sankofa.validation.results import Result

_BUCKETS = 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands at one node.

    Args:
        results: the standard's results, each with the shape whose focus node it is.
        unseen: the levels of the findings about what is unknown or no rule looked at.
        rows: the rows of checks about it, each with the check's code and level.
    """

    results: tuple[tuple[Shape, Result], ...] = ()
    unseen: tuple[str, ...] = ()
    rows: tuple[tuple[str, str, Mapping[str, Term]], ...] = ()

    def __bool__(self) -> bool:
        """Whether anything stands there."""
        return bool(self.results or self.unseen or self.rows)

    def levels(self) -> Iterator[str]:
        """The level of each finding."""
        yield from (LEVEL_OF.get(result.severity, "draft") for _, result in self.results)
        yield from self.unseen
        yield from (level for _, level, _ in self.rows)


class Coding:
    """Writes entries as text, and reads them.

    Args:
        shapes: the shapes, which results name.
    """

    def __init__(self, shapes: Shapes) -> None:
        """Index the shapes by name."""
        self._by = {name_of(node): shape for node, shape in shapes.by.items()}
        self._aimed = {name_of(shape.node): shape for shape in shapes.aimed}

    def write(self, entry: Entry) -> str:
        """An entry as text; "" for an empty one.

        Args:
            entry: the entry.
        """
        if not entry:
            return ""
        parts: list[Any] = [
            [[name_of(shape.node), *self._written(result)] for shape, result in entry.results],
            list(entry.unseen),
            [[code, level, {name: str(term) for name, term in row.items()}] for code, level, row in entry.rows],
        ]
        return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))

    def _written(self, result: Result) -> list[Any]:
        own = self._by[name_of(result.shape)].path
        path: Any = 0 if result.path == own else result.path.predicate if result.path else None
        return [
            str(result.focus),
            result.component,
            name_of(result.shape),
            path,
            None if result.value is None else str(result.value),
            None if result.constraint is None else str(result.constraint),
            [str(message) for message in result.messages],
            [self._written(detail) for detail in result.details],
        ]

    def read(self, text: str, levels: Collection[str] = LEVELS) -> Entry:
        """An entry from its text.

        Args:
            text: the text.
            levels: the levels that are wanted; what is of others is left out.

        Raises:
            ValueError, KeyError, TypeError: it is none, or of other shapes.
        """
        if not text:
            return Entry()
        results, unseen, rows = json.loads(text)
        if len(levels) < len(LEVELS):
            results = [one for one in results if LEVEL_OF.get(self._by[one[3]].severity, "draft") in levels]
            unseen = [level for level in unseen if level in levels]
            rows = [row for row in rows if row[1] in levels]
        terms = _Terms()
        for result in results:
            terms.want_result(result[1:])
        for _, _, row in rows:
            terms.want(*row.values())
        terms.read()
        return Entry(
            tuple((self._aimed[aim], self._result(rest, terms)) for aim, *rest in results),
            tuple(unseen),
            tuple((code, level, {name: terms[term] for name, term in row.items()}) for code, level, row in rows),
        )

    def _result(self, written: list[Any], terms: _Terms) -> Result:
        focus, component, name, path, value, constraint, messages, details = written
        shape = self._by[name]
        return Result(
            focus=terms[focus],
            component=component,
            shape=shape.node,
            severity=shape.severity,
            path=shape.path if path == 0 else None if path is None else Path("predicate", path),
            value=None if value is None else terms[value],
            constraint=None if constraint is None else terms[constraint],  # type: ignore[arg-type]
            messages=tuple(terms[message] for message in messages),  # type: ignore[misc]
            details=tuple(self._result(detail, terms) for detail in details),
        )


class _Terms(dict[str, Term]):
    """Terms by their text, read together."""

    def want(self, *texts: str) -> None:
        self.update(dict.fromkeys(texts, ox.BlankNode("x")))

    def want_result(self, written: list[Any]) -> None:
        focus, _, _, _, value, constraint, messages, details = written
        self.want(*(one for one in (focus, value, constraint, *messages) if one is not None))
        for detail in details:
            self.want_result(detail)

    def read(self) -> None:
        # A blank node keeps its name only where no parser renames it.
        texts = [text for text in self if not text.startswith("_:")]
        self.update(zip(texts, read_terms(texts), strict=True))
        self.update({text: ox.BlankNode(text[2:]) for text in self if text.startswith("_:")})


class Entries:
    """Entries by node, as text; a copy of them all costs next to nothing.

    Example:
        >>> entries = Entries()
        >>> entries["<http://example.org/a>"] = "[]"
        >>> before = entries.copy()
        >>> entries["<http://example.org/a>"] = ""
        >>> len(before), len(entries)
        (1, 0)
    """

    def __init__(self) -> None:
        """Start empty."""
        self._buckets: list[dict[str, str]] = [{} for _ in range(_BUCKETS)]
        self._own = set(range(_BUCKETS))

    def __getitem__(self, node: str) -> str:
        """The text at a node, "" where nothing stands."""
        return self._buckets[hash(node) % _BUCKETS].get(node, "")

    def __setitem__(self, node: str, text: str) -> None:
        """Put a text at a node; "" takes it away."""
        at = hash(node) % _BUCKETS
        if at not in self._own:
            self._buckets[at] = dict(self._buckets[at])
            self._own.add(at)
        if text:
            self._buckets[at][node] = text
        else:
            self._buckets[at].pop(node, None)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The nodes with their texts."""
        return (item for bucket in self._buckets for item in bucket.items())

    def __len__(self) -> int:
        """At how many nodes something stands."""
        return sum(map(len, self._buckets))

    def copy(self) -> Entries:
        """The entries as they are now, whatever happens to these later."""
        other = Entries.__new__(Entries)
        other._buckets, other._own = list(self._buckets), set()
        self._own = set()
        return other
