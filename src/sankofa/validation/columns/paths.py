"""Property paths as SQL: from pairs (focus node, node) to pairs (focus node, value node)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sankofa.fields import Path
from sankofa.validation.columns.table import Table
from sankofa.validation.data import straight
from sankofa.validation.results import MOST_PAIRS, REACHED, TooManyError

#: Where the text of ids stands: in the subjects ("s") or objects ("o") of a property, or as given ("=", SQL).
Texts = frozenset[tuple[str, str]]


#: The table of no nodes.
NO_NODES = "(SELECT s AS f FROM nothing)"
#: So many queries are asked as one: more of them save no more time, and take much memory.
TOGETHER = 200


@dataclass(frozen=True, slots=True)
class Nodes:
    """A set of nodes.

    Args:
        table: a table with the one column ``f``.
        texts: where their texts stand.
        count: how many there are.
    """

    table: str
    texts: Texts
    count: int


@dataclass(frozen=True, slots=True)
class Values:
    """The value nodes of focus nodes: a table with the columns ``f`` and ``v``, each pair once.

    Args:
        table: its name.
        texts: where the texts of the value nodes stand.
        itself: whether each focus node is its own only value node.
        predicate: the table of the property, when the path is one; iri: its IRI; nodes: the table of the focus nodes.
        none: whether there are none for certain.
    """

    table: str
    texts: Texts
    itself: bool = False
    predicate: str = ""
    iri: str = ""
    nodes: str = ""
    none: bool = False


class Paths:
    """Follows paths, and remembers where they led.

    Args:
        table: the data.
    """

    def __init__(self, table: Table) -> None:
        """Follow nothing yet."""
        self._table = table
        self._known: dict[tuple[Path | None, str], Values] = {}
        self._counts: dict[str, int] = {}
        self._sets: dict[tuple[int, ...], str] = {}
        self._made = 0
        #: So many pairs are followed: large data may have more.
        self.most = max(MOST_PAIRS, 10 * table.triples)

    def name(self) -> str:
        """A name for a table of its own."""
        self._made += 1
        return f"x{self._made}"

    def make(self, select: str) -> str:
        """Keep the rows of a query as a table.

        Args:
            select: the query.
        """
        return self.count(select)[0]

    def count(self, select: str) -> tuple[str, int]:
        """Keep the rows of a query as a table, and count them.

        Args:
            select: the query.
        """
        name = self.name()
        [[count]] = self._table.sql.execute(f"CREATE TEMP TABLE {name} AS {select}").fetchall()
        self._counts[name] = count
        return name, count

    def together(self, tables: Sequence[str]) -> str:
        """The query for the rows of several tables; of very many by way of others, for no query may be that long.

        Args:
            tables: the tables, or queries in brackets.
        """
        while len(tables) > TOGETHER:
            parts = [tables[start : start + TOGETHER] for start in range(0, len(tables), TOGETHER)]
            tables = [self.make(self.together(part)) for part in parts]
        return " UNION ALL ".join(f"SELECT f FROM {name}" for name in tables)

    def table_of(self, numbers: Iterable[int]) -> str:
        """The table of some ids; the same ids are one table, so that what is known of it is not asked again.

        Args:
            numbers: the ids.
        """
        wanted = tuple(sorted(set(numbers)))
        if wanted not in self._sets:
            name = self._sets[wanted] = self.name()
            self._table.sql.execute(f"CREATE TEMP TABLE {name} AS SELECT unnest($1::UBIGINT[]) AS f", [wanted])
        return self._sets[wanted]

    def bound(self, select: str, what: str, times: int = 1) -> None:
        """Refuse what comes to far too many pairs.

        Args:
            select: the query for their number.
            what: what they are.
            times: how many times the most there may be are allowed.

        Raises:
            TooManyError: they are too many.
        """
        [[count]] = self._table.sql.execute(select).fetchall()
        if (count or 0) > times * self.most:
            raise TooManyError(what, times * self.most)

    def values(self, path: Path | None, nodes: Nodes) -> Values:
        """The value nodes that a path leads to; without a path each node itself.

        Args:
            path: the path.
            nodes: the focus nodes.

        Raises:
            TooManyError: they are more than can be kept.
        """
        key = (path, nodes.table)
        if key not in self._known:
            self._known[key] = self._values(path, nodes)
        return self._known[key]

    def _values(self, path: Path | None, nodes: Nodes) -> Values:
        if path is None:
            return Values(f"(SELECT f, f AS v FROM {nodes.table})", nodes.texts, itself=True)
        path = straight(path)
        texts = _texts(path, nodes.texts)
        start = f"(SELECT f, f AS v FROM {nodes.table})"
        if path.form == "predicate":
            name = self._table.predicate(path.predicate)
            rows = f"(SELECT f, o AS v FROM {nodes.table} JOIN {name} ON s = f)"
            none = not self._table.holds(path.predicate)
            return Values(rows, texts, predicate=name, iri=path.predicate, nodes=nodes.table, none=none)
        name, count = self._pairs(self._step(path, start))
        return Values(name, texts, none=not count)

    def _pairs(self, select: str) -> tuple[str, int]:
        """Keep the pairs of a query, unless they are too many."""
        name, count = self.count(select)
        if count > self.most:
            self._table.sql.execute(f"DROP TABLE {name}")
            raise TooManyError(REACHED, self.most)
        return name, count

    def _bound(self, rows: str, iri: str, column: str) -> None:
        """Refuse a step from pairs along a property whose ways are far too many; the pairs may yet be fewer."""
        known, name = self._counts.get(rows, 0), self._table.predicate(iri)
        if known * self._table.count(iri) > 10 * self.most:
            ways = f"SELECT {column} AS n, count(*) AS c FROM {name} GROUP BY {column}"
            self.bound(f"SELECT sum(c) FROM {rows} AS r JOIN ({ways}) ON n = r.v", REACHED, times=10)

    def _step(self, path: Path, rows: str) -> str:
        """The query for the pairs that a path leads to from other pairs, each once."""
        if path.form in ("predicate", "inverse"):
            iri = (path if path.form == "predicate" else path.parts[0]).predicate
            here, there = ("s", "o") if path.form == "predicate" else ("o", "s")
            self._bound(rows, iri, here)
            name = self._table.predicate(iri)
            return f"SELECT DISTINCT f, {there} AS v FROM {rows} AS r JOIN {name} ON {here} = r.v"
        if path.form == "sequence":
            for part in path.parts[:-1]:
                rows = self._pairs(self._step(part, rows))[0]
            return self._step(path.parts[-1], rows)
        if path.form == "alternative":
            if rows.startswith("("):
                rows = self.make(f"SELECT f, v FROM {rows}")
            return " UNION ".join(f"({self._step(part, rows)})" for part in path.parts)
        inner = path.parts[0]
        if path.form == "zero-or-one":
            return f"(SELECT f, v FROM {rows}) UNION ({self._step(inner, rows)})"
        first, edges = self._edges(inner)
        more = f"SELECT c.f, e.{edges[1]} FROM c JOIN {first} AS e ON e.{edges[0]} = c.v"
        begin = f"SELECT f, v FROM {rows}"
        if path.form == "one-or-more" and not _can_be_empty(inner):
            begin = f"SELECT r.f, e.{edges[1]} FROM {rows} AS r JOIN {first} AS e ON e.{edges[0]} = r.v"
        # The limit ends the search: around a ring every node leads to every other.
        return f"(WITH RECURSIVE c(f, v) AS (({begin}) UNION ({more})) SELECT f, v FROM c LIMIT {self.most + 1})"

    def _edges(self, path: Path) -> tuple[str, tuple[str, str]]:
        """A path as one table of edges, with the names of its two columns."""
        if path.form == "predicate":
            return self._table.predicate(path.predicate), ("s", "o")
        if path.form == "inverse":
            return self._table.predicate(path.parts[0].predicate), ("o", "s")
        tables = [self._table.predicate(iri) for iri in sorted(predicates(path))]
        ends = " UNION ".join(f"SELECT s AS n FROM {name} UNION SELECT o FROM {name}" for name in tables)
        nodes = self.make(f"SELECT DISTINCT n AS f, n AS v FROM ({ends})")
        return self._pairs(self._step(path, nodes))[0], ("f", "v")

    def text(self, texts: Texts) -> str:
        """A query for (id, text) of nodes whose texts stand there; an id can come more than once.

        Args:
            texts: where they stand.
        """
        parts = []
        for what, where in sorted(texts):
            if where == "=":
                parts.append(what)
            else:
                parts.append(
                    f"SELECT {where} AS id, {where}t AS text FROM triple WHERE p = {self._table.property(what)}"
                )
        return " UNION ALL ".join(parts) or "SELECT 0::UBIGINT AS id, '' AS text WHERE false"


def predicates(path: Path) -> set[str]:
    """The properties that a path is made of.

    Args:
        path: the path.

    Example:
        >>> predicates(Path("predicate", "http://a"))
        {'http://a'}
    """
    if path.form == "predicate":
        return {path.predicate}
    return {iri for part in path.parts for iri in predicates(part)}


def _can_be_empty(path: Path) -> bool:
    """Whether a path leads from every node to itself, be it in the data or not."""
    if path.form in ("zero-or-more", "zero-or-one"):
        return True
    parts = [_can_be_empty(part) for part in path.parts]
    return any(parts) if path.form == "alternative" else all(parts) and path.form != "predicate"


def _texts(path: Path, start: Texts) -> Texts:
    if path.form == "predicate":
        return frozenset({(path.predicate, "o")})
    if path.form == "inverse":
        return frozenset({(path.parts[0].predicate, "s")})
    if path.form == "sequence":
        for part in path.parts:
            start = _texts(part, start)
        return start
    if path.form == "alternative":
        return frozenset().union(*(_texts(part, start) for part in path.parts))
    # Where a path ends does not hang on where it starts, but for a path that goes nowhere: one step tells all.
    inner = _texts(path.parts[0], start)
    return inner if path.form == "one-or-more" else inner | start
