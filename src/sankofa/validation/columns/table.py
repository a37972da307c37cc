"""RDF as columns: one table of triples in DuckDB, read by vectorised splitting.

A row is a triple: three 64-bit term ids and the text of subject and object in N-Triples form. An id is DuckDB's hash of
that text, its two lowest bits the sort of term (0 IRI, 1 blank node, 2 literal), so that no dictionary is built and the
sort of a term is known without its text. Two terms of one graph share an id with a chance of about n²/2⁶³: one in a
million for three million terms.

N-Triples and N-Quads are split line by line in SQL: the lines that one strict pattern takes; every other line (escapes,
comments, unusual IRIs, mistakes) goes through Oxigraph's parser, and so do the other formats.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import pyoxigraph as ox

from sankofa.errors import ParameterError
from sankofa.fields.files import Spo, Term, read_terms, read_triples
from sankofa.fields.model import RDF, RDFS
from sankofa.store.formats import format_of
from sankofa.validation.columns.database import database, given_back, half_of_memory, opened, quoted, tell_limit
from sankofa.validation.columns.lines import LONGEST, PLAIN_LINES, is_of_short_lines, lines_of, plain
from sankofa.validation.data import TITLES
from sankofa.validation.results import MEMORY, Result

_SMALL = 300_000
#: The steps of planning that pay even in small data; without the first a search does not end at its limit.
_PAYS = {"cte_inlining", "filter_pushdown", "unused_columns", "build_side_probe_side", "column_lifetime"}
_DOES_NOT_PAY: set[str] = set()  # the others, as this DuckDB calls them
#: Properties that are asked for whatever the shapes are.
_ALWAYS = (RDF + "type", RDFS + "subClassOf", *TITLES)
_PLAIN = '"^^<http://www.w3.org/2001/XMLSchema#string>'

# From a text to its id.
_ID = "((hash({0}) & 18446744073709551612) | CASE ascii({0}) WHEN 60 THEN 0 WHEN 95 THEN 1 ELSE 2 END)"


class Table:
    """The triples of some data as columns.

    Args:
        memory: the bound of the memory DuckDB takes, as ``4GB``; beyond it, it works on the disk.

    Raises:
        ParameterError: the bound cannot be read.
    """

    def __init__(self, memory: str | None = None) -> None:
        """Open an empty table in memory."""
        duckdb = database()
        self._folder = Path(tempfile.mkdtemp(prefix="sankofa-"))
        bound = memory or os.environ.get(MEMORY) or half_of_memory()
        try:
            self._database = opened(bound, self._folder / "spill")
        except duckdb.Error as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise ParameterError(
                f"the memory bound '{bound}' cannot be used ({error})", hint=f"write {MEMORY} like 4GB"
            ) from error
        #: All other tables are temporary: they end with it.
        self.sql = self._database.cursor()
        self.sql.execute(
            """CREATE TABLE triple (s UBIGINT, p UBIGINT, o UBIGINT, st VARCHAR, ot VARCHAR);
            CREATE TABLE nothing (s UBIGINT, o UBIGINT)"""
        )
        self._ids: dict[Term, int] = {}
        self._properties: dict[str, int] = {}
        self._predicates: dict[str, str] = {}
        self._counts: dict[int, int] = {}
        self._kinds: dict[int, int] = {}
        self._extents: dict[int, tuple[int, int]] = {}
        self._sources: list[tuple[Path, str]] = []
        self._named: dict[int, str] = {}
        self._files = 0
        self.triples = 0
        self.closed = False

    def __enter__(self) -> Table:
        """Use the table in a ``with`` statement."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back memory and disk; whatever used them up is told as the limit that it is."""
        self.sql.close()
        if error is None and self.is_small and not (self._folder / "spill").exists():
            self._database.execute("RESET disabled_optimizers; RESET threads; DROP TABLE triple; DROP TABLE nothing")
            given_back(self._database)
        else:
            self._database.close()
        self.closed = True
        shutil.rmtree(self._folder, ignore_errors=True)
        tell_limit(error, self._folder.parent)

    # -- reading

    def load(self, files: Sequence[Path]) -> None:
        """Read RDF files; the triples of their named graphs count too.

        Args:
            files: the files, in any of the six formats, also gzipped.

        Raises:
            UnreadableInput: a file is missing or broken, with line and column.
        """
        for file in files:
            name = format_of(file).name
            if name not in PLAIN_LINES or not self._split(file, name):
                self._add(read_triples([file], prefix=f"f{self._files}"))
                self._files += 1
        self._tidy()

    def load_spo(self, triples: Iterable[Spo]) -> None:
        """Read triples that are in memory already.

        Args:
            triples: the triples; their blank nodes keep their labels.
        """
        self._add(triples)
        self._tidy()

    def load_store(self, store: ox.Store, graph: ox.NamedNode | ox.DefaultGraph) -> None:
        """Read one graph of a store of Oxigraph, by its dump.

        Args:
            store: the store.
            graph: the graph.
        """
        file = self._folder / f"{len(self._sources)}.nt"
        store.dump(str(file), ox.RdfFormat.N_TRIPLES, from_graph=graph)
        if is_of_short_lines(file):
            self._insert(file)
        else:
            self._add(cast("Iterable[Spo]", store.quads_for_pattern(None, None, None, graph)))
        self._tidy()

    def _add(self, triples: Iterable[Spo]) -> None:
        """Add triples by way of a file of N-Triples, the quickest road into DuckDB."""
        file = self._folder / f"{len(self._sources)}.nt"
        long: list[tuple[str, str, str]] = []

        def short() -> Iterator[ox.Triple]:
            for subject, predicate, value, *_ in triples:
                # a sign that is escaped has up to ten bytes
                if len(subject.value) + len(predicate.value) + len(value.value) > LONGEST // 12:
                    long.append((str(subject), str(predicate), str(value)))
                else:
                    yield ox.Triple(subject, predicate, value)

        ox.serialize(short(), str(file), format=ox.RdfFormat.N_TRIPLES)
        self._insert(file)
        for one in long:
            row = f"SELECT {_ID.format('s')}, hash(p), {_ID.format('o')}, s, o FROM (SELECT $1 AS s, $2 AS p, $3 AS o)"
            self.sql.execute(f"INSERT INTO triple {row}", one)
            self._named[self.property(one[1][1:-1])] = one[1][1:-1]

    def _insert(self, file: Path) -> None:
        """Add the lines of a file that Oxigraph wrote."""
        if file.stat().st_size:
            self.sql.execute(
                f"""INSERT INTO triple
                SELECT {_ID.format("s")}, hash(p), {_ID.format("o")}, s, o FROM (
                    SELECT substring(line, 1, a - 1) AS s, substring(line, a + 1, b - 1) AS p,
                        left(substring(line, a + b + 1), -2) AS o
                    FROM (SELECT line, strpos(line, ' ') AS a, strpos(substring(line, a + 1), ' ') AS b
                        FROM {lines_of(file)}) WHERE line <> '')"""
            )
            self._sources.append((file, ""))

    def _split(self, file: Path, name: str) -> bool:
        """Read a file of lines in SQL; False when it had better be parsed."""
        duckdb = database()

        label = f"f{self._files}"
        try:
            if not file.is_file() or not is_of_short_lines(file := plain(file, self._folder / f"{label}.unpacked")):
                return False
        except PermissionError:
            return False  # who parses it says what is wrong
        node = "if(ascii({0}) = 95, '_:" + label + "' || substring({0}, 3), {0})"
        try:
            self.sql.execute(
                f"""CREATE TABLE fresh AS
                SELECT {_ID.format("st")} AS s, if(p = '', NULL, hash(p)) AS p, {_ID.format("ot")} AS o, st, ot
                FROM (
                    SELECT if(x.p = '', line, {node.format("x.s")}) AS st, x.p AS p,
                        if(ends_with(x.o, '{_PLAIN}'), left(x.o, -{len(_PLAIN) - 1}), {node.format("x.o")}) AS ot
                    FROM (SELECT line, regexp_extract(line, '{PLAIN_LINES[name]}', ['s', 'p', 'o']) AS x
                        FROM {lines_of(file)} WHERE line <> ''))"""
            )
            return self._finish(file, name, label)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            # Not lines of text in UTF-8, or too long for the reader: Oxigraph says what is wrong, if anything is.
            return False
        finally:
            self.sql.execute("DROP TABLE IF EXISTS fresh")

    def _finish(self, file: Path, name: str, label: str) -> bool:
        """Parse the lines that the pattern did not take, and keep the rest."""
        parsed: list[Spo] = []
        every, other = self.sql.execute("SELECT count(*), count(*) FILTER (p IS NULL) FROM fresh").fetchall()[0]
        if other > 10_000 and other > every / 4:
            return False
        if other:
            lines = self.sql.execute("SELECT st FROM fresh WHERE p IS NULL").fetchall()
            text = "\n".join(line for (line,) in lines)
            try:
                format = ox.RdfFormat.N_QUADS if name == "nquads" else ox.RdfFormat.N_TRIPLES  # noqa: A001
                quads = list(ox.parse(text, format))
            except (SyntaxError, ValueError):
                return False  # the whole file tells the line
            if any(isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple) for quad in quads):
                return False

            def own(term: Any) -> Any:
                return ox.BlankNode(label + term.value) if isinstance(term, ox.BlankNode) else term

            parsed = [(own(quad.subject), quad.predicate, own(quad.object)) for quad in quads]
        if self._sources or self._named:
            self.sql.execute("INSERT INTO triple SELECT * FROM fresh WHERE p IS NOT NULL")
        else:  # no second copy of a large file
            self.sql.execute("DROP TABLE triple; ALTER TABLE fresh RENAME TO triple")
            if other:
                self.sql.execute("DELETE FROM triple WHERE p IS NULL")
        self._sources.append((file, PLAIN_LINES[name]))
        if parsed:
            self._add(parsed)
        self._files += 1
        return True

    def _tidy(self) -> None:
        self._predicates.clear()
        self._extents.clear()
        rows = self.sql.execute("SELECT p, count(*), bit_or(1 << (o & 3)::INTEGER) FROM triple GROUP BY p").fetchall()
        self._counts = {number: count for number, count, _ in rows}
        self._kinds = {number: kinds for number, _, kinds in rows}
        self.triples = sum(self._counts.values())
        if not _DOES_NOT_PAY:
            names = self.sql.execute("SELECT name FROM duckdb_optimizers()").fetchall()
            _DOES_NOT_PAY.update(name for (name,) in names if name not in _PAYS)
        # In small data most of the search for better plans costs more than it saves, and so does sharing out one query.
        steps = ",".join(sorted(_DOES_NOT_PAY)) if self.is_small else ""
        threads = "SET threads = 1" if self.is_small else "RESET threads"
        self.sql.execute(f"{threads}; SET disabled_optimizers = '{steps}'")

    @property
    def is_small(self) -> bool:
        """Whether what a query costs by itself counts more than what it does."""
        return self.triples < _SMALL

    @contextmanager
    def beside(self) -> Iterator[Table]:
        """The same triples for another thread, which has all other tables for itself."""
        other = copy(self)
        other.sql = self._database.cursor()
        other._predicates = {}
        try:
            yield other
        finally:
            other.sql.close()

    # -- terms

    def id(self, term: Term) -> int:
        """The id of a term."""
        if term not in self._ids:
            self.know([term])
        return self._ids[term]

    def know(self, terms: Iterable[Term]) -> None:
        """Work out the ids of many terms at once."""
        fresh = [term for term in dict.fromkeys(terms) if term not in self._ids]
        if fresh:
            self._ids.update(zip(fresh, self._hashed(_ID.format("x"), [str(term) for term in fresh]), strict=True))

    def _hashed(self, hashed: str, texts: Sequence[str]) -> list[int]:
        """What some SQL makes of texts without line ends, each called ``x``; one text is bound sooner than many."""
        select = f"SELECT {hashed} FROM (SELECT unnest(string_split($1, chr(10))) AS x)"
        return [number for (number,) in self.sql.execute(select, ["\n".join(texts)]).fetchall()]

    def terms(self, ids: Iterable[int]) -> dict[int, Term]:
        """The terms of ids that are subjects or objects of the data.

        Args:
            ids: the ids.
        """
        found: dict[int, Term] = {number: term for term, number in self._ids.items()}
        wanted = [number for number in set(ids) if number not in found]
        if wanted:
            rows = self.sql.execute(
                """WITH wanted AS MATERIALIZED (SELECT unnest($1::UBIGINT[]) AS id) SELECT id, any_value(text) FROM (
                    SELECT s AS id, st AS text FROM triple SEMI JOIN wanted ON s = id
                    UNION ALL SELECT o, ot FROM triple SEMI JOIN wanted ON o = id) GROUP BY id""",
                [wanted],
            ).fetchall()
            terms = read_terms([text for _, text in rows])
            found.update(zip((number for number, _ in rows), terms, strict=True))
            self._ids.update(zip(terms, (number for number, _ in rows), strict=True))
        return found

    def takes_pattern(self, pattern: str) -> bool:
        """Whether DuckDB takes a regular expression.

        Args:
            pattern: the expression.
        """
        duckdb = database()

        try:
            self.sql.execute("SELECT regexp_matches('', $1)", [pattern]).fetchall()
        except duckdb.Error:
            return False
        return True

    def named_by(self, *iris: str) -> list[set[str]]:
        """The IRIs that are values of properties, of each its own.

        Args:
            iris: the properties.
        """
        self.know_properties(iris)
        numbers = {self.property(iri): set[str]() for iri in iris}
        if wanted := ", ".join(str(number) for number in numbers if number in self._counts):
            select = f"SELECT p, any_value(ot) FROM triple WHERE p IN ({wanted}) AND (o & 3) = 0 GROUP BY p, o"
            for number, text in self.sql.execute(select).fetchall():
                numbers[number].add(text[1:-1])
        return list(numbers.values())

    def alike(self) -> list[tuple[int, Term]]:
        """The subjects sorted by what is said of them: for each set of classes and properties, one of the subjects.

        Returns:
            The number of each sort, by which `subjects` finds all of them, and one subject of it.
        """
        types = self.property(RDF + "type")
        self.sql.execute(
            f"""CREATE OR REPLACE TEMP TABLE sort AS
            SELECT s, any_value(st) AS st, hash(list_sort(list(DISTINCT p)),
                list_sort(coalesce(list(DISTINCT o) FILTER (p = {types}), []))) AS sort FROM triple GROUP BY s"""
        )
        rows = self.sql.execute("SELECT sort, any_value(st) FROM sort GROUP BY sort").fetchall()
        return list(zip((number for number, _ in rows), read_terms([text for _, text in rows]), strict=True))

    def subjects(self, sorts: Iterable[int]) -> list[Term]:
        """The subjects of some sorts.

        Args:
            sorts: the numbers that `alike` gave them.
        """
        rows = self.sql.execute(
            "SELECT st FROM sort SEMI JOIN (SELECT unnest($1::UBIGINT[]) AS w) AS w ON w.w = sort.sort", [list(sorts)]
        ).fetchall()
        return read_terms([text for (text,) in rows])

    def class_tree(self) -> list[Spo]:
        """The ``rdfs:subClassOf`` triples of the data."""
        sub_class = ox.NamedNode(RDFS + "subClassOf")
        select = f"SELECT DISTINCT st, ot FROM triple WHERE p = {self.property(sub_class.value)}"
        rows = self.sql.execute(select).fetchall() if self.holds(sub_class.value) else []
        children, parents = read_terms([row[0] for row in rows]), read_terms([row[1] for row in rows])
        return [
            (child, sub_class, parent)
            for child, parent in zip(children, parents, strict=True)
            if not isinstance(child, ox.Literal)
        ]

    def store(self, only: Iterable[str] | None = None) -> ox.Store:
        """The triples in Oxigraph, for queries; without what SQL alone needs to know.

        Args:
            only: the IRIs of the properties whose triples are wanted; by default all.
        """
        file = self._folder / "all.nt"
        self.write(file, only)
        store = ox.Store()
        if file.stat().st_size:
            store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES)
        file.unlink()
        return store

    def write(self, file: Path, only: Iterable[str] | None = None) -> None:
        """Write the triples as N-Triples.

        Args:
            file: the file.
            only: the IRIs of the properties whose triples are wanted; by default all.
        """
        self.sql.execute("CREATE OR REPLACE TEMP TABLE property (id UBIGINT, text VARCHAR)")
        found = self.properties() if only is None else {self.property(iri): iri for iri in only if self.holds(iri)}
        rows = "SELECT unnest($1::UBIGINT[]), unnest($2::VARCHAR[])"
        self.sql.execute(f"INSERT INTO property {rows}", [list(found), list(found.values())])
        self.sql.execute(
            f"""COPY (SELECT st || ' <' || text || '> ' || ot || ' .' FROM triple JOIN property ON p = id)
            TO {quoted(str(file))} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"""
        )

    def as_written(self, result: Result) -> Result:
        """A result of a query with its value as the data have it: Oxigraph rewrites some numbers and dates.

        Args:
            result: the result.
        """
        value = result.value
        if not isinstance(value, ox.Literal) or value.language:
            return result
        same = self.sql.execute("SELECT 1 FROM triple WHERE o = $1 LIMIT 1", [self.id(value)]).fetchall()
        if same:
            return result
        said = self.sql.execute("SELECT DISTINCT ot FROM triple WHERE s = $1", [self.id(result.focus)]).fetchall()
        for term in read_terms([text for (text,) in said]):
            if isinstance(term, ox.Literal) and term.datatype == value.datatype and _rewritten(term) == value:
                return replace(result, value=term)
        return result

    # -- relations

    def predicate(self, iri: str) -> str:
        """The table (s, o) of a property, each pair once."""
        if not self.holds(iri):
            return "nothing"
        if iri not in self._predicates:
            many = self.extent(iri)[0] > 1
            pairs = f"SELECT {'DISTINCT' if many else ''} s, o FROM triple WHERE p = {self.property(iri)}"
            if self.is_small and not many:  # to look it up each time costs less than a table
                self._predicates[iri] = f"({pairs})"
            else:
                name = self._predicates[iri] = f"p{len(self._predicates)}"
                self.sql.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {pairs}")
        return self._predicates[iri]

    def properties(self) -> dict[int, str]:
        """The IRIs of all properties by what the column ``p`` holds; the sources are looked through again for them."""
        found = dict(self._named)
        for file, pattern in self._sources:
            only = f"AND regexp_matches(line, '{pattern}')" if pattern else ""
            rows = self.sql.execute(
                f"""SELECT hash(p), p FROM (
                    SELECT DISTINCT substring(line, a + 1, strpos(substring(line, a + 1), ' ') - 1) AS p FROM (
                        SELECT line, strpos(line, ' ') AS a FROM {lines_of(file)} WHERE line <> '' {only}))"""
            ).fetchall()
            found.update((number, text[1:-1]) for number, text in rows)
        return found

    def property(self, iri: str) -> int:
        """What the column ``p`` holds for a property."""
        if iri not in self._properties:
            self.know_properties([iri])
        return self._properties[iri]

    def know_properties(self, iris: Iterable[str]) -> None:
        """Work out what the column ``p`` holds for many properties at once."""
        fresh = [iri for iri in dict.fromkeys([*iris, *_ALWAYS]) if iri not in self._properties]
        if fresh:
            self._properties.update(zip(fresh, self._hashed("hash('<' || x || '>')", fresh), strict=True))

    def extent(self, iri: str) -> tuple[int, int]:
        """What can be said of all values of a property at once, so that many constraints hold without a look.

        Args:
            iri: the property.

        Returns:
            How many values a subject has at most (too many where a triple was read twice), and the sorts of the values:
            the sum of 1 (IRIs), 2 (blank nodes) and 4 (literals).
        """
        if not self._extents:
            rows = self.sql.execute(
                "SELECT p, max(c) FROM (SELECT p, s, count(*) AS c FROM triple GROUP BY p, s) GROUP BY p"
            ).fetchall()
            self._extents = {number: (most, self._kinds[number]) for number, most in rows}
        return self._extents.get(self.property(iri), (0, 0))

    def holds(self, iri: str) -> bool:
        """Whether some triple has a property."""
        return self.property(iri) in self._counts

    def count(self, iri: str) -> int:
        """How many triples have a property, as often as they were read."""
        return self._counts.get(self.property(iri), 0)


def _rewritten(term: ox.Literal) -> ox.Literal:
    """A literal as Oxigraph's store gives it back."""
    store, node = ox.Store(), ox.NamedNode("urn:x:x")
    store.add(ox.Quad(node, node, term))
    found = next(iter(store)).object
    return found if isinstance(found, ox.Literal) else term
