"""SHACL-SPARQL: constraints that are queries, and constraint components whose validators are.

A pre-bound variable is a constant: every use of it, in nested groups, filters and sub-queries too, becomes the term
itself (SHACL, section 5.2.1). What the standard forbids in such queries, and what would open a connection, is refused
when the shapes are read. Oxigraph bounds neither time nor memory, so queries are asked in a process of their own, which
ends with what it may take (`sankofa.store.apart`).
"""

from __future__ import annotations

import re
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice, product
from pathlib import Path as File
from time import monotonic

import pyoxigraph as ox

from sankofa.errors import CouldNotBeDone, LimitReached, SankofaError, UnreadableInput
from sankofa.fields import Path, local_name
from sankofa.fields.files import Node, Spo, Term, read_terms
from sankofa.fields.model import RDF, RDFS, SH
from sankofa.fields.reading import Described
from sankofa.store import settings
from sankofa.store.apart import MARK, SHAPES_GRAPH, Apart, Prepared, StoppedError, lent
from sankofa.store.binding import bind
from sankofa.store.guard import operation, parse_error, refuse
from sankofa.store.lexer import Token, tokens
from sankofa.validation.model import Constraint, Query, Shape
from sankofa.validation.results import MEMORY, MOST_RESULTS, RESULTS, Result, TooManyError

_OWL_IMPORTS = "http://www.w3.org/2002/07/owl#imports"
_TRUE = ox.Literal("true", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#boolean"))
#: The setting that bounds the time of one constraint's queries in a validation, in seconds, and what holds without it.
SECONDS, _SECONDS = "SANKOFA_CONSTRAINT_SECONDS", 120.0
_TOGETHER = 250
#: So much text, in signs, may be in all results of queries, and in those of one node.
_MOST_TEXT, _MOST_TEXT_OF_ONE = 1_000_000_000, 100_000_000
_SIGNS = "signs of text in the results of queries"
_HOLE = re.compile(r"\{[?$](\w+)\}")
_FORBIDDEN = {"MINUS": "MINUS", "VALUES": "VALUES"}
_OPTIONAL = {"shapesGraph", "currentShape"}
_SPARQL = f"{SH}SPARQLConstraintComponent"

Wrong = Callable[[str], UnreadableInput]


# -- reading


class Components:
    """The SPARQL-based constraints of a shapes graph, and its own constraint components.

    Args:
        described: the shapes graph.
    """

    def __init__(self, described: Described) -> None:
        """Find the components that the graph declares."""
        self._said = described
        self._components = [node for node in described.by if self._is_component(node)]

    def constraints(self, shape: Node, path: Path | None, wrong: Wrong) -> Iterator[Constraint]:
        """The constraints of a shape that are queries.

        Args:
            shape: the shape.
            path: its path, when it has one.
            wrong: makes the error for what is not well-formed about the shape.

        Raises:
            UnreadableInput: one of them is not well-formed.
            ForbiddenQuery: a query would open a connection.
        """
        for node in self._said.all(shape, SH + "sparql"):
            if isinstance(node, ox.Literal):
                raise wrong("sh:sparql must be a constraint, not a text")
            if self._said.all(node, SH + "deactivated") != [_TRUE]:
                query = self._query(node, "select", {}, path, wrong)
                yield Constraint("SPARQL", _SPARQL, query=query)
        for component in self._components:
            yield from self._custom(component, shape, path, wrong)

    def _is_component(self, node: Node) -> bool:
        types = list(self._said.all(node, RDF + "type"))
        seen = set(types)
        while types:
            one = types.pop()
            if one.value == SH + "ConstraintComponent":
                return bool(self._said.all(node, SH + "parameter"))
            above = [value for value in self._said.all(one, RDFS + "subClassOf") if value not in seen]
            seen.update(above)
            types.extend(above)
        return False

    def _custom(self, component: Node, shape: Node, path: Path | None, wrong: Wrong) -> Iterator[Constraint]:
        """The constraints of a component for a shape: one for each value of a single parameter."""
        said = self._said
        values: dict[str, list[Term]] = {}
        for parameter in said.all(component, SH + "parameter"):
            predicate = said.one(parameter, SH + "path")
            if not isinstance(predicate, ox.NamedNode):
                raise wrong(f"a parameter of the component {component} has no path")
            found = said.all(shape, predicate.value)
            if not found and said.all(parameter, SH + "optional") != [_TRUE]:
                return
            if found:
                values[local_name(predicate.value)] = found
        if len(said.all(component, SH + "parameter")) > 1 and any(len(found) > 1 for found in values.values()):
            raise wrong(f"it has several values for a parameter of {component}, which takes one of each")
        kinds = ("propertyValidator", "validator") if path else ("nodeValidator", "validator")
        validator = next((one for kind in kinds for one in said.all(component, SH + kind)), None)
        if validator is None:
            return
        if isinstance(validator, ox.Literal) or not isinstance(component, ox.NamedNode):
            raise wrong(f"the component {component} has no IRI, or a text for a validator")
        form = "ask" if said.all(validator, SH + "ask") else "select"
        for chosen in product(*values.values()):
            bindings = dict(zip(values, chosen, strict=True))
            query = self._query(validator, form, bindings, path, wrong)
            yield Constraint("Custom", component.value, query=query)

    def _query(self, node: Node, form: str, bindings: Mapping[str, Term], path: Path | None, wrong: Wrong) -> Query:
        said = self._said
        texts = said.all(node, SH + form)
        if len(texts) != 1 or not isinstance(texts[0], ox.Literal):
            raise wrong(f"its query {node} must have one sh:{form} with a text")
        messages = tuple(one for one in said.all(node, SH + "message") if isinstance(one, ox.Literal))
        prefixes = _needed(texts[0].value, self._prefixes(node, wrong), wrong)
        query = Query(texts[0].value, form, prefixes, node, bindings, messages)
        _check(query, path, wrong)
        return query

    def _prefixes(self, node: Node, wrong: Wrong) -> dict[str, str]:
        """The prefixes that a query has through ``sh:prefixes``, those of imported ontologies that are here too."""
        found: dict[str, str] = {}
        todo = list(self._said.all(node, SH + "prefixes"))
        seen = set(todo)
        if any(isinstance(one, ox.Literal) for one in todo):
            raise wrong("sh:prefixes must name what declares the prefixes, a text does not")
        while todo:
            ontology = todo.pop()
            for declaration in self._said.all(ontology, SH + "declare"):
                prefix = self._said.one(declaration, SH + "prefix")
                namespace = self._said.one(declaration, SH + "namespace")
                if prefix is None or namespace is None:
                    raise wrong(f"a prefix that {ontology} declares lacks its name or its namespace")
                if found.setdefault(prefix.value, namespace.value) != namespace.value:
                    raise wrong(f"the prefix '{prefix.value}' of its query is declared with two namespaces")
            more = [one for one in self._said.all(ontology, _OWL_IMPORTS) if one not in seen]
            seen.update(more)
            todo.extend(more)
        return found


def _needed(text: str, declared: Mapping[str, str], wrong: Wrong) -> dict[str, str]:
    """The declared prefixes that a query uses; one that it does not use may be declared anyhow."""
    before: Token | None = None
    own: set[str] = set()
    needed: dict[str, str] = {}
    for token in tokens(text):
        if token.sort == "name":
            prefix = token.text.partition(":")[0]
            if before is not None and before.word == "PREFIX":
                own.add(prefix)
            elif prefix in declared:
                needed[prefix] = declared[prefix]
            elif prefix not in own:
                raise wrong(f"its query uses the prefix '{prefix}:', which no sh:prefixes of the query declares")
        before = token
    for prefix, namespace in needed.items():
        if not _is_prefix(prefix, namespace):
            raise wrong(f"the prefix '{prefix}' of its query is declared with '{namespace}', which is no whole IRI")
    return needed


def _check(query: Query, path: Path | None, wrong: Wrong) -> None:
    """Refuse what pre-binding forbids (SHACL, section 5.2.1), and what does not parse."""
    try:
        refuse(query.text)
    except SankofaError as error:
        raise type(error)(error.what, where=wrong("").where, hint=error.hint) from error
    bound = {"this", *query.bindings, *(("value",) if query.form == "ask" else ())}
    found = list(tokens(query.text))
    for index, token in enumerate(found):
        if token.word in _FORBIDDEN:
            raise wrong(f"its query uses {token.word}, which a query with pre-bound variables must not")
        given = found[index + 1] if token.word == "AS" and index + 1 < len(found) else token
        if token.word == "AS" and given.sort == "variable" and given.text[1:] in bound | _OPTIONAL:
            raise wrong(f"its query gives {given.text} a value of its own; it is pre-bound")
        if token.word == "SELECT" and any(one.text == "{" for one in found[:index]):
            _check_selection(found[index + 1 :], bound, wrong)
    names = {token.text[1:] for token in found if token.sort == "variable"}
    try:
        values = {name: ox.NamedNode(MARK.format(name)) for name in bound & names}
        _parse(bind(_with_path(query.text, path), values), query.prefixes, wrong("").where)
    except LimitReached:
        raise
    except SyntaxError as error:
        text = _with_path(query.text, path)
        at = parse_error(error, text)
        # to the guard a prefix of the shapes is undeclared: declared in the text it is not
        if "not declared" in at.what and at.token.partition(":")[0] in query.prefixes:
            at = parse_error(error, with_prefixes(query, path))
        raise wrong(f"its query does not parse ({at})") from error
    except SankofaError as error:
        raise wrong(f"its query does not parse ({error})") from error
    if (form := operation(query.text)) is None or form.word != query.form.upper():
        raise wrong(f"the query in its sh:{query.form} must be of the form {query.form.upper()}")
    if query.form == "select" and "this" not in names and "*" not in [token.text for token in found]:
        raise wrong("its query does not return ?this")


def _parse(text: str, prefixes: Mapping[str, str], where: str) -> None:
    """Have a query parsed where it can be stopped: Oxigraph begins to evaluate it."""
    process, seconds = lent(), settings.seconds(SECONDS, _SECONDS)
    try:
        process.parse(text, prefixes, seconds)
    except StoppedError as stopped:
        raise _too_much(stopped, seconds, where) from None
    finally:
        process.give_back()


def _too_much(stopped: StoppedError, seconds: float, where: str) -> LimitReached:
    if stopped.is_time:
        what = f"its query takes more than {seconds:g} seconds, for all nodes together"
        hint = f"make it simpler, or allow more with {SECONDS} (as {4 * seconds:g})"
        return LimitReached(what, where=where, hint=hint)
    what = "its query takes more memory than it may, or is made of too many parts"
    return LimitReached(what, where=where, hint=f"make it simpler, or allow more with {MEMORY} (as 8GB)")


def _is_prefix(name: str, namespace: str) -> bool:
    """Whether SPARQL takes a prefix."""
    try:
        ox.Store().query(f"PREFIX {name}: <{namespace}> ASK {{}}")
    except SyntaxError:
        return False
    return True


def _check_selection(rest: Sequence[Token], bound: set[str], wrong: Wrong) -> None:
    """A sub-query returns every variable that is pre-bound; the W3C's tests do not let ``*`` pass for that."""
    listed = set()
    for token in rest:
        if token.text == "{" or token.word == "WHERE":
            break
        if token.sort == "variable":
            listed.add(token.text[1:])
    missing = sorted(bound - listed)
    if missing:
        raise wrong(f"a sub-query of its query does not return {', '.join('$' + name for name in missing)}")


def with_prefixes(query: Query, path: Path | None) -> str:
    """The text of a query with its prefixes, and the shape's path for ``$PATH``.

    Args:
        query: the query.
        path: the shape's path, when it has one.

    Example:
        >>> with_prefixes(Query("ASK { $this a ex:C }", "ask", {"ex": "http://x/"}, ox.BlankNode("q")), None)
        'PREFIX ex: <http://x/> ASK { $this a ex:C }'
    """
    declared = "".join(f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in query.prefixes.items())
    return declared + _with_path(query.text, path)


@lru_cache(maxsize=1024)
def _with_path(text: str, path: Path | None) -> str:
    """A query with the shape's path for ``$PATH``."""
    if path is None:
        return text
    written = str(path) if path.form == "predicate" else f"({path})"
    out: list[str] = []
    at = 0
    for token in tokens(text):
        if token.sort == "variable" and token.text[1:] == "PATH":
            out.extend((text[at : token.start], written))
            at = token.end
    return "".join(out) + text[at:]


# -- judging


#: Writes the data, as N-Triples.
Write = Callable[[File], None]


class Queries:
    """Asks the queries of shapes, in a process that is stopped when one takes too much.

    Args:
        write: writes the data to a file; it is called when the first query is asked.
        shapes: the triples of the shapes graph, for queries that look into it.

    Raises:
        ParameterError: a setting cannot be read.
    """

    def __init__(self, write: Write, shapes: Iterable[Spo]) -> None:
        """Keep what leads to the data."""
        self._write = write
        self._shapes = shapes
        self._prepared: dict[tuple[Query, Shape], Prepared] = {}
        self._process: Apart | None = None
        self._seconds = settings.seconds(SECONDS, _SECONDS)
        self._taken: dict[tuple[Query, Shape], float] = {}
        self._results = self._signs = 0

    def results(
        self, shape: Shape, constraint: Constraint, asked: Iterable[tuple[Term, Iterable[Term]]]
    ) -> Iterator[Result]:
        """The results of some focus nodes, in their order.

        Args:
            shape: the shape.
            constraint: one of its constraints that is a query.
            asked: the focus nodes, each with its value nodes, for queries that are asked of each.

        Raises:
            CouldNotBeDone: the query reports a failure.
            LimitReached: it takes too long, or too much memory.
        """
        query = constraint.query
        assert query is not None  # noqa: S101 - the caller's promise
        if query.form == "ask":
            pairs = ({"this": focus, "value": value} for focus, values in asked for value in values)
            for given, solutions in self._solutions(query, shape, pairs):
                if not solutions:
                    said = {**query.bindings, **given}
                    yield self._result(shape, constraint, given["this"], given["value"], shape.path, said)
            return
        for given, solutions in self._solutions(query, shape, ({"this": focus} for focus, _ in asked)):
            focus = given["this"]
            for said in solutions:
                if said.get("failure") == _TRUE:
                    raise CouldNotBeDone(f"a query of the shape {shape.node} reports a failure", where=str(focus))
                told = said.get("value") or (focus if shape.path is None else None)
                path, found = shape.path, said.get("path")
                if isinstance(found, ox.NamedNode):
                    path = Path("predicate", found.value)
                yield self._result(shape, constraint, focus, told, path, {**query.bindings, "this": focus, **said})

    def _result(
        self,
        shape: Shape,
        constraint: Constraint,
        focus: Term,
        value: Term | None,
        path: Path | None,
        said: Mapping[str, Term],
    ) -> Result:
        query = constraint.query
        assert query is not None  # noqa: S101 - the caller's promise
        own = said.get("message")
        messages = (own,) if isinstance(own, ox.Literal) else query.messages or shape.messages

        def filled(message: ox.Literal) -> ox.Literal:
            text = _HOLE.sub(lambda hole: said[hole[1]].value if hole[1] in said else hole[0], message.value)
            return ox.Literal(text, language=message.language) if message.language else ox.Literal(text)

        return Result(
            focus=focus,
            component=constraint.component,
            shape=shape.node,
            severity=shape.severity,
            path=path,
            value=value,
            constraint=query.node if constraint.name == "SPARQL" else None,
            messages=tuple(sorted(map(filled, messages), key=str)),
        )

    def _prepare(self, query: Query, shape: Shape) -> Prepared:
        key = (query, shape)
        if key not in self._prepared:
            text = _with_path(query.text, shape.path)
            known = {token.text[1:] for token in tokens(text) if token.sort == "variable"}
            values = {name: value for name, value in query.bindings.items() if name in known}
            if "shapesGraph" in known:
                values["shapesGraph"] = ox.NamedNode(SHAPES_GRAPH)
            if "currentShape" in known:
                values["currentShape"] = shape.node
            text = bind(text, {name: one for name, one in values.items() if not isinstance(one, ox.BlankNode)})
            blank = {name for name, one in values.items() if isinstance(one, ox.BlankNode)}
            if blank:
                raise UnreadableInput(
                    f"a query takes {', '.join(sorted('$' + name for name in blank))} from a node without an IRI",
                    where=f"the shape {shape.node}",
                    hint="give that node an IRI",
                )
            names = tuple(sorted(({"this", "value"} if query.form == "ask" else {"this"}) & known))
            marked = bind(text, {name: ox.NamedNode(MARK.format(name)) for name in names})
            plain = _as_select(text, names)
            self._prepared[key] = Prepared(marked, names, plain, dict(query.prefixes), "shapesGraph" in known)
        return self._prepared[key]

    def _solutions(
        self, query: Query, shape: Shape, asked: Iterable[Mapping[str, Term]]
    ) -> Iterator[tuple[Mapping[str, Term], list[dict[str, Term]]]]:
        """The solutions of a query, each time for some terms; of an ASK one or none."""
        prepared, key = self._prepare(query, shape), (query, shape)
        todo = iter(asked)
        while given := list(islice(todo, _TOGETHER)):
            begun = monotonic()
            try:
                values = [[str(one[name]) for name in prepared.names] for one in given]
                left = max(self._seconds - self._taken.get(key, 0), 0.001)
                answers = list(self._asking().ask(prepared, values, (MOST_RESULTS, _MOST_TEXT_OF_ONE), left))
            except StoppedError as stopped:
                raise _too_much(stopped, self._seconds, f"the shape {shape.node}") from None
            self._taken[key] = self._taken.get(key, 0) + monotonic() - begun
            for one, answer in zip(given, answers, strict=True):
                if isinstance(answer, str):
                    raise CouldNotBeDone(f"a query of the shape {shape.node} fails ({answer})", where=str(one["this"]))
                if isinstance(answer, int):
                    raise TooManyError(*((RESULTS, MOST_RESULTS), (_SIGNS, _MOST_TEXT_OF_ONE))[answer])
                yield one, self._read(*answer)

    def _read(self, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[dict[str, Term]]:
        """Solutions with their terms."""
        if not rows:
            return []
        texts = [text for row in rows for text in row if text is not None]
        self._results += len(rows)
        self._signs += sum(map(len, texts))
        if self._results > MOST_RESULTS:
            raise TooManyError(RESULTS, MOST_RESULTS)
        if self._signs > _MOST_TEXT:
            raise TooManyError(_SIGNS, _MOST_TEXT)
        terms = dict(zip(texts, read_terms(texts), strict=True))
        return [{name: terms[text] for name, text in zip(names, row, strict=False) if text is not None} for row in rows]

    def _asking(self) -> Apart:
        """The process that asks, with the data in it."""
        if self._process is None:
            memory = settings.size(MEMORY, settings.memory() // 2)
            process = lent()
            weakref.finalize(self, process.give_back)
            with tempfile.TemporaryDirectory(prefix="sankofa-") as folder:
                data, shapes = File(folder, "data.nt"), File(folder, "shapes.nt")
                self._write(data)
                ox.serialize((ox.Triple(*one) for one in self._shapes), str(shapes), format=ox.RdfFormat.N_TRIPLES)
                process.hold(data, shapes, memory)
            self._process = process
        return self._process


def _as_select(text: str, names: Sequence[str]) -> str:
    """A query as one that returns these variables too: Oxigraph substitutes only what is returned."""
    found = list(tokens(text))
    at = next(index for index, token in enumerate(found) if token.word in ("ASK", "SELECT"))
    form, rest = found[at], found[at + 1 :]
    if form.word == "ASK":
        wanted = " ".join(f"?{name}" for name in names) or "*"
        return f"{text[: form.start]}SELECT {wanted}{text[form.end :]}"
    end = rest[0].end if rest and rest[0].word in ("DISTINCT", "REDUCED") else form.end
    listed = set()
    for token in rest:
        if token.text == "{" or token.word == "WHERE":
            break
        listed.add(token.text[1:] if token.sort == "variable" else token.text)
    missing = [name for name in names if name not in listed and "*" not in listed]
    return text[:end] + "".join(f" ?{name}" for name in missing) + text[end:]
