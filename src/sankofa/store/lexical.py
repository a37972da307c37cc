"""Literals in the form in which they were written.

The engine keeps numbers, dates and truth values by value: ``"-3"^^xsd:negativeInteger`` comes out of it as ``-3`` of
type ``xsd:integer``, and ``"1.50"^^xsd:decimal`` as ``1.5``. To RDF these are other terms (RDF 1.1 Concepts, 3.3:
literals are one term when their lexical forms and their datatypes are). So what was written is remembered where it
differs, and put back into what is answered:

- into triples that are in the data, always;
- into rows, where a variable takes its values from the data and nowhere else, and the data write the value in one way.
  Where they write ``1`` and ``01``, a row cannot tell which was meant, and keeps the engine's.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import IO, Any, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolution,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse_query_results,
    serialize,
)

from sankofa.store.binding import given_values
from sankofa.store.cells import cell
from sankofa.store.lexer import Token, tokens, unescaped
from sankofa.terms import XSD

_Term = NamedNode | BlankNode | Literal | Triple
_PREDICATE = NamedNode("urn:sankofa:written")
_ROWS = 500  # that are put back at once
#: A literal in the JSON that the engine writes: its variable, its value, its datatype.
_LITERAL = r'"((?:[^"\\]|\\.)*)":\{"type":"literal","value":"((?:[^"\\]|\\.)*)","datatype":"(%s)"\}'
#: The last end of a string in such JSON.
_END = re.compile(rb'.*[^\\]"\}', re.DOTALL)


class LexicalForms:
    """What was written differently from what the engine gives.

    Args:
        quads: what was read, as it was written.

    Example:
        >>> byte = Literal("07", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#byte"))
        >>> quad = Quad(NamedNode("http://a"), NamedNode("http://b"), byte)
        >>> (store := Store()).add(quad)
        >>> next(iter(store)).object.value
        '7'
        >>> [each.object.value for each in LexicalForms([quad]).quads(store)]
        ['07']
    """

    def __init__(self, quads: Iterable[Quad] = ()) -> None:
        """Compare what was read with what the engine makes of it."""
        # most objects are names, which are sorted out first
        typed = [(quad, term) for quad in quads if not isinstance(term := quad.object, NamedNode) and _may_differ(term)]
        found = list({part for _, term in typed for part in _parts(term)})
        altered = {ours: theirs for ours, theirs in zip(found, _through_engine(found), strict=True) if ours != theirs}
        #: By what the engine gives: all that was written there.
        self._quads: dict[Quad, list[Quad]] = {}
        self._triples: dict[Triple, list[Triple]] = {}
        concerned = {*altered, *altered.values()}
        self._remember([(quad, term) for quad, term in typed if term in concerned], altered)
        ways: dict[_Term, list[_Term]] = {}
        for ours, theirs in altered.items():
            ways.setdefault(theirs, []).append(ours)
        as_given = set(ways).intersection(found)
        #: What a value is written as, where that is one and the same all over the data.
        self._values = {theirs: ours[0] for theirs, ours in ways.items() if len(ours) == 1 and theirs not in as_given}
        self._in_json = _InJson(self._values)

    def _remember(self, typed: Sequence[tuple[Quad, _Term]], altered: dict[_Term, _Term]) -> None:
        given = [
            (Quad(quad.subject, quad.predicate, altered[term], quad.graph_name) if term in altered else quad)
            for quad, term in typed
        ]
        for key, (quad, _) in zip(given, typed, strict=True):
            if key is not quad:
                self._quads[key], self._triples[key.triple] = [], []
        for key, (quad, _) in zip(given, typed, strict=True):
            _add(self._quads, key, quad)
            _add(self._triples, key.triple, quad.triple)

    def __bool__(self) -> bool:
        """Whether anything was written differently."""
        return bool(self._quads)

    def quads(self, found: Iterable[Quad]) -> Iterator[Quad]:
        """Quads of the data as they were written: one that the engine gives can be several.

        Args:
            found: quads of the data as the engine gives them.
        """
        for quad in found:
            yield from self._quads.get(quad, (quad,))

    def triples(self, found: Iterable[Triple], query: str, bound: Collection[str] = ()) -> Triples:
        """The triples of an answer as they were written.

        Args:
            found: the triples as the engine gives them.
            query: the query they answer.
            bound: its variables that were given values.
        """
        return Triples(self._restored(found, self._values if _only_copies(query) and not bound else {}))

    def _restored(self, found: Iterable[Triple], values: dict[_Term, _Term]) -> Iterator[Triple]:
        for triple in found:
            if (written := self._triples.get(triple)) is not None:
                yield from written
            elif (value := values.get(triple.object)) is not None:
                yield Triple(triple.subject, triple.predicate, value)
            else:
                yield triple

    def rows(self, found: QuerySolutions, query: str, bound: Collection[str] = ()) -> QuerySolutions | Rows:
        """The rows of an answer as they were written; they come one after the other, as the engine finds them.

        Args:
            found: the rows as the engine gives them.
            query: the query they answer.
            bound: its variables that were given values.
        """
        copied = {variable.value for variable in found.variables} - _computed(unescaped(query)).union(bound)
        return Rows(found, copied, self._values, self._in_json) if self._values and copied else found


class Triples:
    """Triples with literals as they were written. They are read once, as the engine's own are, or serialized.

    Args:
        found: the triples.
    """

    def __init__(self, found: Iterator[Triple]) -> None:
        """Read nothing yet."""
        self._found = found

    def __iter__(self) -> Iterator[Triple]:
        """One triple after the other."""
        return self._found

    def __next__(self) -> Triple:
        """The next triple."""
        return next(self._found)

    def serialize(
        self,
        output: IO[bytes] | None = None,
        format: RdfFormat | None = None,  # noqa: A002 - as the engine has it
        *,
        prefixes: dict[str, str] | None = None,
    ) -> bytes | None:
        """Write the triples that were not read yet.

        Args:
            output: where to; None to have them returned.
            format: one of the formats for triples.
            prefixes: for the formats that have them.
        """
        return serialize(self._found, output, format, prefixes=prefixes)


class Rows:
    """Rows with literals as they were written. They are read once, as the engine's own are, or serialized.

    Args:
        found: the rows as the engine gives them.
        copied: the variables whose values are the data's.
        values: what is written for what the engine gives.
        in_json: the same for its JSON.
    """

    def __init__(
        self, found: QuerySolutions, copied: Collection[str], values: dict[_Term, _Term], in_json: _InJson
    ) -> None:
        """Read nothing yet."""
        self._found = found
        self._copied = copied
        self._values = values
        self._in_json = in_json
        self._restored: QuerySolutions | None = None

    @property
    def variables(self) -> list[Variable]:
        """The variables, in their order."""
        return self._found.variables

    def __iter__(self) -> Iterator[QuerySolution]:
        """One row after the other."""
        return self

    def __next__(self) -> QuerySolution:
        """The next row."""
        if self._restored is None:
            self._restored = self._read()
        row: QuerySolution = next(self._restored)
        return row

    def serialize(
        self,
        output: IO[bytes] | None = None,
        format: QueryResultsFormat | None = None,  # noqa: A002 - as the engine has it
    ) -> bytes | None:
        """Write the rows that were not read yet.

        Args:
            output: where to; None to have them returned.
            format: one of the formats for results.
        """
        if output is None:
            self.serialize(out := io.BytesIO(), format)
            return out.getvalue()
        if format != QueryResultsFormat.JSON or self._restored is not None or not self._in_json.knows_all:
            (self._restored or self._read()).serialize(output, format)
            return None
        # ten times faster than by terms, and the format that most programs ask for
        writer = _Writer(output, self._copied, self._in_json)
        self._found.serialize(cast("IO[bytes]", writer), format)
        writer.end()
        return None

    def _read(self) -> QuerySolutions:
        """The engine makes no solutions but from a text."""
        values = [(name, self._values if name in self._copied else {}) for name in (v.value for v in self.variables)]
        solutions = parse_query_results(cast("IO[bytes]", _Text(self._found, values)), QueryResultsFormat.JSON)
        return cast("QuerySolutions", solutions)  # what is written has no boolean


class _InJson:
    """What is written, for what the engine writes in JSON; of triples that are terms it knows nothing."""

    def __init__(self, values: dict[_Term, _Term]) -> None:
        self.knows_all = not any(isinstance(theirs, Triple) for theirs in values)
        self._written = {
            (_quoted(theirs.value), _quoted(theirs.datatype.value)): _json(cell(ours)).encode()
            for theirs, ours in values.items()
            if isinstance(theirs, Literal)
        }
        datatypes = sorted({datatype for _, datatype in self._written})
        self._marks = [b'"datatype":"%b"' % datatype for datatype in datatypes]
        self._literal = re.compile(_LITERAL.encode() % b"|".join(map(re.escape, datatypes)))

    def __call__(self, text: bytes, names: Collection[bytes]) -> bytes:
        """Put back what was written, for variables of these names."""
        if not any(mark in text for mark in self._marks):
            return text

        def written(match: re.Match[bytes]) -> bytes:
            value = self._written.get((match[2], match[3])) if match[1] in names else None
            return match[0] if value is None else b'"%b":%b' % (match[1], value)

        return self._literal.sub(written, text)


class _Writer:
    """Takes what the engine writes in JSON, and passes it on with literals as they were written."""

    def __init__(self, output: IO[bytes], copied: Collection[str], in_json: _InJson) -> None:
        self._output = output
        self._names = {_quoted(name) for name in copied}
        self._in_json = in_json
        self._rest = b""

    def write(self, part: bytes) -> int:
        text = self._rest + part
        end = match.end() if (match := _END.match(text)) else 0  # no literal is cut in two there
        self._output.write(self._in_json(text[:end], self._names))
        self._rest = text[end:]
        return len(part)

    def flush(self) -> None:
        """Whatever can be passed on is."""

    def end(self) -> None:
        self._output.write(self._rest)


class _Text(io.RawIOBase):
    """Rows as SPARQL's JSON, written as they are read."""

    def __init__(self, found: QuerySolutions, columns: list[tuple[str, dict[_Term, _Term]]]) -> None:
        self._found = found
        self._columns = columns
        self._rest = memoryview(b"")
        self._parts = self._written()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            self._rest = memoryview(next(self._parts, b""))
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def _written(self) -> Iterator[bytes]:
        names = [name for name, _ in self._columns]
        yield f'{{"head":{{"vars":{_json(names)}}},"results":{{"bindings":['.encode()
        between = ""
        while rows := [self._row(solution) for solution in islice(self._found, _ROWS)]:
            yield f"{between}{_json(rows)[1:-1]}".encode()
            between = ","
        yield b"]}}"

    def _row(self, solution: Iterable[Any]) -> dict[str, Any]:
        cells = zip(self._columns, solution, strict=True)
        return {name: cell(values.get(term, term)) for (name, values), term in cells if term is not None}


def _add(known: dict[Any, list[Any]], key: object, each: object) -> None:
    """Add something to a list that there is already."""
    if (every := known.get(key)) is not None and each not in every:
        every.append(each)


@lru_cache(maxsize=1_000)
def _quoted(text: str) -> bytes:
    """A text as it stands between quotation marks in JSON."""
    return _json(text)[1:-1].encode()


def _json(content: object) -> str:
    """JSON as the engine writes it."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _may_differ(term: _Term) -> bool:
    """Whether an engine may keep a term otherwise than it was written; texts are the same in all of them."""
    if isinstance(term, Literal):
        return term.language is None and term.datatype.value != XSD.string
    return isinstance(term, Triple)


def _parts(term: _Term) -> Iterator[_Term]:
    """A term, and what is in it, as far as it may differ."""
    while _may_differ(term):
        yield term
        if not isinstance(term, Triple):
            return
        term = term.object


def _through_engine(terms: Sequence[_Term]) -> list[_Term]:
    """What the engine makes of terms."""
    store = Store()
    store.extend(Quad(NamedNode(f"urn:{at}"), _PREDICATE, each) for at, each in enumerate(terms))
    found: list[Any] = [None] * len(terms)
    for quad in store:
        found[int(str(getattr(quad.subject, "value", ""))[4:])] = quad.object
    return found


def _computed(query: str) -> set[str]:
    """The variables of a query that it gives values to by itself: after ``AS`` and in ``VALUES``.

    Example:
        >>> sorted(_computed("SELECT (1 AS ?a) ?d { VALUES (?b ?c) { (1 2) } ?s ?p ?d }"))
        ['a', 'b', 'c']
    """
    lower = query.lower()
    if "as" not in lower and "values" not in lower:
        return set()  # most often; to read the terminals takes as long as a short query
    found = list(tokens(query))
    return {found[at].text[1:] for at in given_values(found)}


def _only_copies(query: str) -> bool:
    """Whether a query that makes triples takes all of their literals from the data."""
    text = unescaped(query)
    found = list(tokens(text))
    start = next((at for at, token in enumerate(found) if token.word == "CONSTRUCT"), None)
    template = [] if start is None else _braced(found[start + 1 :])
    return not _computed(text) and not any(_is_literal(token) for token in template)


def _braced(found: Sequence[Token]) -> list[Token]:
    """What stands in the braces that open here; nothing where none does (``CONSTRUCT WHERE``)."""
    if not found or found[0].text != "{":
        return []
    end = next((at for at, token in enumerate(found) if token.text == "}"), len(found))
    return list(found[1:end])


def _is_literal(token: Token) -> bool:
    return token.sort in ("number", "string") or token.word in ("TRUE", "FALSE")
