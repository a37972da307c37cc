"""How the parts of a query hang together: which properties it reads, and what a change in the data can mean for a row.

A query is read as the triple patterns in it, wherever they stand (optional, subtracted, in a sub-query): each links two
variables by a property. From the node that stands for one variable, the patterns lead to every node that can stand for
the others in the same row. So for one record all that its rows rest on can be found, and for a changed triple all
records whose rows can be others now; no list is kept by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

import pyoxigraph as ox

from sankofa.fields.files import Node, Spo, Term
from sankofa.fields.model import RDF
from sankofa.store.lexer import Token, tokens

#: The variable for what a row is about.
RECORD = "record"
_AGGREGATES = {"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}
#: What a group says that can match less where there is more.
_NOT_MORE_BY_MORE = {"MINUS", "OPTIONAL", "NOT", "EXISTS", "SELECT", "BIND", "UNION"}
_ENDS_TRIPLES = {"FILTER", "OPTIONAL", "MINUS", "UNION", "BIND", "VALUES", "SELECT", "GRAPH", "SERVICE"}


class Linked(Protocol):
    """Data that can be followed from a node, both ways."""

    def all(self, node: Term, predicate: str) -> Iterable[Term]:
        """The values of a property of a node."""

    def back(self, node: Term, predicate: str) -> Iterable[Node]:
        """The nodes that have a node as a value of a property."""


@dataclass(frozen=True, slots=True)
class Link:
    """One triple pattern.

    Args:
        subject, value: the names of variables, or terms; None for a term that is not compared.
        predicate: the IRI of the property; "" where two variables have one value.
        step: its place in the query; the choices of one step have the same, because a row takes one of them.
        takes_away: whether it can only take rows away: it stands in a ``MINUS``, and nothing is counted.
    """

    subject: str | Term | None
    predicate: str
    value: str | Term | None
    step: int
    takes_away: bool = False


@dataclass(frozen=True, slots=True)
class Joins:
    """The triple patterns of a query.

    Args:
        links: the patterns.
        reads: the IRIs of the properties in them; None when the query may read any.
        local: whether every row rests only on what hangs together with its record.
        about: the name of the variable for the record.
    """

    links: tuple[Link, ...]
    reads: Set[str] | None
    local: bool
    about: str = RECORD

    def touched(self, data: Linked, changed: Iterable[Spo]) -> set[Node]:
        """The records whose rows may be others after a change.

        Args:
            data: the data after the change.
            changed: the triples that came or went.

        Example:
            >>> from sankofa.validation.data import Data
            >>> a, b, p = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/b"), ox.NamedNode("http://x/p")
            >>> joins = joins_of("SELECT ?record { ?record <http://x/p>/<http://x/p> ?v }")
            >>> sorted(record.value for record in joins.touched(Data([(a, p, b)]), [(b, p, a)]))
            ['http://x/a', 'http://x/b']
        """
        starts: list[_State] = []
        for subject, predicate, value in changed:
            for link in self.links:
                if link.predicate == predicate.value and _fits(link.subject, subject) and _fits(link.value, value):
                    starts += [(node, end, link.step) for node, end in ((subject, link.subject), (value, link.value))]
        found = {node for node, variable, _ in self._walk(data, starts, None) if variable == self.about}
        return {node for node in found if not isinstance(node, ox.Literal)}

    @property
    def takes_away(self) -> bool:
        """Whether some patterns can only take rows away."""
        return any(link.takes_away for link in self.links)

    def around(self, data: Linked, records: Iterable[Node], *, few: bool = False) -> set[Spo]:
        """The triples that the rows of some records rest on.

        Args:
            data: the data.
            records: the records.
            few: leave out most of many triples that could only take rows away. Rows may be too many then, never too
                few: a record without any has none in all of the data either.

        Example:
            >>> from sankofa.validation.data import Data
            >>> a, b, p = ox.NamedNode("http://x/a"), ox.NamedNode("http://x/b"), ox.NamedNode("http://x/p")
            >>> len(joins_of("SELECT ?record { ?record <http://x/p> ?v }").around(Data([(a, p, b), (b, p, a)]), [a]))
            1
        """
        met: set[Spo] = set()
        for _ in self._walk(data, [(record, self.about, -1) for record in records], met, _FEW if few else None):
            pass
        return met

    def _walk(
        self, data: Linked, starts: Iterable[_State], met: set[Spo] | None, most: int | None = None
    ) -> Iterator[_State]:
        """Every node that the patterns lead to, with the variable it stands for; the triples on the way are put down.

        A row takes each step once, so nobody goes back by the step that led here: what else has the same source, the
        same date or the same class is of no interest. Of what can only take rows away, so many ways are gone at most.
        """
        seen: set[_State] = set()
        leaving: dict[str | Term | None, list[tuple[Link, bool]]] = {}
        for link in self.links:
            leaving.setdefault(link.subject, []).append((link, True))
            leaving.setdefault(link.value, []).append((link, False))
        todo = [start for start in starts if isinstance(start[1], str)]
        while todo:
            state = todo.pop()
            if state in seen:
                continue
            seen.add(state)
            yield state
            node, variable, came = state
            for link, onwards in leaving.get(variable, ()):
                if link.step != came:
                    follow = self._onwards if onwards else self._backwards
                    todo += islice(follow(data, node, link, met), most if link.takes_away else None)

    @staticmethod
    def _onwards(data: Linked, node: Term, link: Link, met: set[Spo] | None) -> Iterator[_State]:
        if not link.predicate:
            yield node, link.value, link.step
        elif not isinstance(node, ox.Literal):
            predicate = ox.NamedNode(link.predicate)
            for value in data.all(node, link.predicate):
                if _fits(link.value, value):
                    if met is not None:
                        met.add((node, predicate, value))
                    if isinstance(link.value, str):
                        yield value, link.value, link.step

    @staticmethod
    def _backwards(data: Linked, node: Term, link: Link, met: set[Spo] | None) -> Iterator[_State]:
        if not link.predicate:
            yield node, link.subject, link.step
            return
        predicate = ox.NamedNode(link.predicate)
        for subject in data.back(node, link.predicate):
            if _fits(link.subject, subject):
                if met is not None:
                    met.add((subject, predicate, node))
                if isinstance(link.subject, str):
                    yield subject, link.subject, link.step


#: So many of the triples that take rows away are looked at first: one of them is enough for most records.
_FEW = 8
#: A node, the variable it stands for, and the step that led to it.
_State = tuple[Term, "str | Term | None", int]


def _fits(wanted: str | Term | None, node: Term) -> bool:
    return wanted is None or isinstance(wanted, str) or wanted == node


def joins_of(query: str, about: str = RECORD) -> Joins:
    """Read the triple patterns of a SELECT or ASK query that parses.

    Args:
        query: its text.
        about: the name of the variable for what its rows are about.

    Example:
        >>> found = joins_of("SELECT ?record { ?record <http://x/a>|^<http://x/b> ?other . ?other a <http://x/C> }")
        >>> sorted(found.reads)[:2], found.local, len(found.links)
        (['http://www.w3.org/1999/02/22-rdf-syntax-ns#type', 'http://x/a'], True, 3)
    """
    reader = _Reader(query)
    try:
        reader.query()
    except _Unread:
        # What is not read here may read anything: it is asked as a whole, and again after every change.
        return Joins((), None, False, about)
    links = tuple(reader.links)
    others = tuple(link for link in links if not link.takes_away)
    # What leads to the record by way of a MINUS alone would be cut off with what is left out there.
    if not (reader.is_plain and _hang_together(others, reader.computed, about)):
        links = tuple(replace(link, takes_away=False) for link in links)
    reads = frozenset(link.predicate for link in links if link.predicate)
    return Joins(links, reads, reader.local and _hang_together(links, reader.computed, about), about)


def _hang_together(links: tuple[Link, ...], computed: Set[str], about: str) -> bool:
    """Whether every pattern leads to the record, by variables that patterns give their values."""
    ends = [{end for end in (link.subject, link.value) if isinstance(end, str)} for link in links]
    if any(variables & computed for variables in ends):
        return False
    reached = {about}
    growing = True
    while growing:
        more = set().union(*(variables for variables in ends if variables & reached)) - reached
        reached |= more
        growing = bool(more)
    return all(variables and variables <= reached for variables in ends)


class _Unread(Exception):  # noqa: N818
    """The query says something that is not read here."""


#: A property path: an IRI, or a sign with the paths it is over.
_Path = str | tuple[str, list["_Path"]]


@dataclass(slots=True)
class _Reader:
    """Reads the terminals of one query. The engine has parsed it before: here nothing is checked."""

    text: str
    links: list[Link] = field(default_factory=list)
    computed: set[str] = field(default_factory=set)
    local: bool = True
    is_plain: bool = True  # nothing is counted, grouped or selected inside
    _tokens: list[Token] = field(default_factory=list)
    _at: int = 0
    _steps: int = 0
    _depth: int = 0
    _prefixes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._tokens = list(tokens(self.text))

    # -- terminals

    def _next(self) -> Token:
        if self._at >= len(self._tokens):
            raise _Unread
        self._at += 1
        return self._tokens[self._at - 1]

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *wanted: str) -> str:
        """The next terminal if it is one of these (signs, or keywords in capitals), else ""."""
        token = self._peek()
        if token is None or token.sort not in ("sign", "word") or (token.word or token.text) not in wanted:
            return ""
        self._at += 1
        return token.word or token.text

    def _new_step(self) -> int:
        self._steps += 1
        return self._steps

    # -- queries and groups

    def query(self) -> None:
        while self._take("PREFIX"):
            name = self._next().text
            self._prefixes[name.removesuffix(":")] = self._next().text[1:-1]
        if self._take("ASK"):
            self._take("WHERE")
            self._group()
        elif self._take("SELECT"):
            self._select()
        else:
            raise _Unread

    def _select(self) -> None:
        before, known = len(self.links), set(self.computed)
        returned: set[str] = set()
        everything = aggregated = False
        while (token := self._next()).text != "{":
            if token.text == "(":
                aggregated |= self._expression(token)
                returned.add(self._tokens[self._at - 2].text[1:])
            elif token.sort == "variable":
                returned.add(token.text[1:])
            elif token.word == "FROM":
                raise _Unread
            everything |= token.text == "*"
        self._at -= 1
        self._group()
        grouped = False
        while (after := self._peek()) is not None and after.text != "}":
            self._at += 1
            grouped |= after.word == "GROUP"
            if after.text == "(":
                aggregated |= self._expression(after)
            self.local &= after.word not in ("LIMIT", "OFFSET")
        self.local &= grouped or not aggregated
        self.is_plain &= not (grouped or aggregated)
        if not everything:
            self._hide(before, known, returned)

    def _hide(self, before: int, known: set[str], returned: set[str]) -> None:
        """Give the variables that a sub-query keeps to itself names of their own."""
        mark = f"/{self._new_step()}"

        def renamed(end: str | Term | None) -> str | Term | None:
            return f"{end}{mark}" if isinstance(end, str) and end not in returned else end

        self.links[before:] = [
            replace(link, subject=renamed(link.subject), value=renamed(link.value)) for link in self.links[before:]
        ]
        self.computed = known | {name if name in returned else f"{name}{mark}" for name in self.computed - known}

    def _group(self) -> None:
        if not self._take("{"):
            raise _Unread
        self._depth += 1
        while not self._take("}"):
            token = self._peek()
            if token is None or token.word in ("GRAPH", "SERVICE"):
                raise _Unread
            if token.text == "{":
                self._group()
            elif self._take("MINUS"):
                self._minus()
            elif self._take("UNION", "OPTIONAL", "."):
                continue
            elif self._take("SELECT"):
                self.is_plain = False
                self._select()
            elif self._take("FILTER"):
                self._filter()
            elif self._take("BIND"):
                self._expression(self._next())
            elif self._take("VALUES"):
                self._values()
            else:
                self._triples()
        self._depth -= 1

    def _minus(self) -> None:
        """A group that takes rows away. Where nothing is around it, more triples leave fewer rows, never more."""
        before, begun = len(self.links), self._at
        self._group()
        if self._depth == 1 and not any(token.word in _NOT_MORE_BY_MORE for token in self._tokens[begun : self._at]):
            self.links[before:] = [replace(link, takes_away=True) for link in self.links[before:]]

    def _filter(self) -> None:
        self._take("NOT")
        if self._take("EXISTS"):
            self._group()
            return
        while self._next().text != "(":
            pass  # the name of a function
        self._expression(self._tokens[self._at - 1])

    def _expression(self, opened: Token) -> bool:
        """Read on to the bracket that closes this one; whether something is counted or summed up in between."""
        begin, depth, aggregated = self._at, 1, False
        while depth:
            token = self._next()
            depth += (token.text == "(") - (token.text == ")")
            aggregated |= token.word in _AGGREGATES
            if token.text == "{":  # EXISTS
                self._at -= 1
                self._group()
            if token.word == "AS" and depth == 1 and opened.text == "(":
                name = self._peek()
                if name is not None and self._at - begin == 2 and self._tokens[begin].sort == "variable":
                    self.links.append(Link(self._tokens[begin].text[1:], "", name.text[1:], self._new_step()))
                elif name is not None:
                    self.computed.add(name.text[1:])
        return aggregated

    def _values(self) -> None:
        while self._next().text != "{":
            pass
        while self._next().text != "}":
            pass

    # -- triples

    def _triples(self) -> None:
        subject = self._term()
        while True:
            path = self._alternatives()
            while True:
                self._link(path, subject, self._term(), self._new_step())
                if not self._take(","):
                    break
            while self._take(";"):
                pass
            token = self._peek()
            if token is None or token.text in (".", "}", "{") or token.word in _ENDS_TRIPLES:
                return

    def _term(self) -> str | Term | None:
        token = self._next()
        if token.sort == "variable":
            return token.text[1:]
        if token.sort == "blank":
            return token.text
        if token.sort in ("iri", "name"):
            return ox.NamedNode(self._iri(token))
        if token.sort == "string":
            following = self._peek()
            if following is not None and following.sort == "language":
                self._at += 1
            elif self._take("^^"):
                self._next()
            return None
        if token.sort == "number" or token.word in ("TRUE", "FALSE"):
            return None
        raise _Unread

    def _iri(self, token: Token) -> str:
        if token.sort == "iri":
            return token.text[1:-1]
        prefix, _, name = token.text.partition(":")
        if token.sort != "name" or prefix not in self._prefixes or "\\" in name:
            raise _Unread
        return self._prefixes[prefix] + name

    def _alternatives(self) -> _Path:
        choices = [self._sequence()]
        while self._take("|"):
            choices.append(self._sequence())
        return choices[0] if len(choices) == 1 else ("|", choices)

    def _sequence(self) -> _Path:
        parts = [self._part()]
        while self._take("/"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else ("/", parts)

    def _part(self) -> _Path:
        if self._take("^"):
            return "^", [self._part()]
        if self._take("("):
            inner = self._alternatives()
            self._next()
        elif (token := self._next()).text == "a":
            inner = RDF + "type"
        else:
            inner = self._iri(token)
        if self._take("*", "+", "?"):
            raise _Unread
        return inner

    def _link(self, path: _Path, subject: str | Term | None, value: str | Term | None, step: int) -> None:
        if isinstance(path, str):
            self.links.append(Link(subject, path, value, step))
            return
        sign, parts = path
        if sign == "^":
            self._link(parts[0], value, subject, step)
        elif sign == "|":
            # Choices of one property each are one step; a choice that is a way of its own is several.
            simple = all(isinstance(part, str) or (part[0] == "^" and isinstance(part[1][0], str)) for part in parts)
            for part in parts:
                self._link(part, subject, value, step if simple else self._new_step())
        else:
            ends: list[str | Term | None] = [subject, *(f"/{self._new_step()}" for _ in parts[1:]), value]
            for number, part in enumerate(parts):
                self._link(part, ends[number], ends[number + 1], self._new_step())
