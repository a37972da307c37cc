"""What a query from outside may not do, and what is wrong with one that does not parse.

The store's engine follows ``SERVICE`` and ``LOAD`` to any address. Every query passes here first; nothing that
could make the engine open a connection gets through unless the caller asks for it (``federate=True``).
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from pyoxigraph import Literal, NamedNode, RdfFormat, Store, parse

from sankofa import shipped
from sankofa.errors import ForbiddenQuery, ParameterError, QueryError
from sankofa.store.lexer import Token, token_at, tokens, unescaped
from sankofa.store.sentences import refusal

_SH = "http://www.w3.org/ns/shacl#"
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_QUERIES = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
#: Words after which a prefixed name is that of a graph, or is declared.
_NAMES_A_GRAPH = {"GRAPH", "NAMED", "FROM", "WITH", "USING", "INTO", "TO", "SILENT", "COPY", "MOVE", "ADD", "PREFIX"}
_SUSPECT = ("service", "load")
#: What stands before a colon, as far as a prefix of ours can go.
_BEFORE_A_COLON = re.compile("([A-Za-z0-9-]+):")
#: How most queries begin; what begins so is no update.
_BEGINS_AS_A_QUERY = re.compile(r"\s*(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_OPERANDS = {"variable", "string", "language", "number", "iri", "name"}
_RELATIONS = {"<", ">", "=", "!=", "<=", ">="}
_BINARY = _RELATIONS | {"&&", "||", "*", "/", "|"}
#: How many brackets may be open at once: a few hundred more, and the engine's stack is full, and the process ends.
MOST_NESTED = 100
_OPENING = ("(", "[", "{")
_CLOSING = {")": "(", "}": "{", "]": "["}
_MOST_STEPS = 100_000  # in readings other than the first
_PLACE = re.compile(r"error at (\d+):(\d+): expected (?:one of )?")
_OF_NO_HELP = {"Prefix not found"}
_KEYWORD = re.compile(r"\b[A-Z][A-Z_0-9]+\b")
_GAP = 40  # wider than any keyword
_EXPECTED = re.compile(r'"((?:[^"\\]|\\.)*)"|\[\'[^\]]*\]|([^,]+)')


class _Reading(NamedTuple):
    """Where a reading of the text goes on: position, open brackets, last terminal, brackets at its start."""

    position: int
    brackets: list[str]
    before: Token | None
    depth: int


@cache
def prefixes() -> dict[str, str]:
    """The prefixes that need no declaration in a query, from ``ontology/prefixes.ttl``.

    Example:
        >>> prefixes()["skf"]
        'https://w3id.org/sankofa/ontology#'
    """
    prefix, namespace = NamedNode(f"{_SH}prefix"), NamedNode(f"{_SH}namespace")
    declared: dict[object, dict[NamedNode, str]] = {}
    for quad in parse(path=shipped.root() / "ontology" / "prefixes.ttl", format=RdfFormat.TURTLE):
        if quad.predicate in (prefix, namespace) and isinstance(quad.object, Literal):
            declared.setdefault(quad.subject, {})[quad.predicate] = quad.object.value
    return dict(sorted((each[prefix], each[namespace]) for each in declared.values()))


def prefixes_in(query: str) -> dict[str, str]:
    """Those of :func:`prefixes` that a query may use: to take over all costs an engine as long as a short query.

    Example:
        >>> list(prefixes_in("SELECT ?s { ?s a skf:City }"))
        ['skf']
    """
    ends = tuple(prefixes())
    if not any(each.endswith(ends) for each in _BEFORE_A_COLON.findall(query)):
        return {}  # most often; to look for each of them takes longer
    return {name: namespace for name, namespace in prefixes().items() if f"{name}:" in query}


def refuse(query: str, *, federate: bool = False, update: bool = False) -> None:
    """Refuse a query that would open a connection, or change something where only reading is asked for.

    Args:
        query: the text of a query or an update.
        federate: let ``SERVICE`` through; for a developer's own queries only.
        update: let updates through, all but ``LOAD``.

    Raises:
        ForbiddenQuery: names the keyword with its line and column.
        QueryError: brackets are nested deeper than the engine's stack bears.

    Example:
        >>> refuse("ASK { ?s ?p 'SERVICE' }")
        >>> refuse("ASK { SERVICE <http://example.org/> { } }")
        Traceback (most recent call last):
        sankofa.errors.ForbiddenQuery: line 1, column 7: the query asks another server (SERVICE): remove that part, \
or run it with federate=True if you wrote it yourself
    """
    if (deep := _too_deep(query)) is not None:
        line, column, token = deep
        raise refusal(QueryError, "too-deep", {"most": MOST_NESTED}, line=line, column=column, token=token)
    for keyword, line, column in _forbidden(query):
        if keyword == "LOAD" or not federate:
            raise refusal(ForbiddenQuery, keyword.lower(), line=line, column=column, token=keyword)
    if update or _BEGINS_AS_A_QUERY.match(query):
        return
    if (first := operation(query)) and first.word in _UPDATES:
        line, column = line_column(query, first.start)
        values = {"keyword": first.word}
        raise refusal(ForbiddenQuery, "update", values, line=line, column=column, token=first.word)


def with_prefixes(query: str) -> str:
    """Declare the prefixes of ours that a query uses and does not declare, for an engine that does not know them.

    Example:
        >>> with_prefixes("ASK { ?s a skos:Concept }")
        'PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ASK { ?s a skos:Concept }'
    """
    found = list(tokens(query))
    used = {token.text.partition(":")[0] for token in found if token.sort == "name"}
    declared = {
        token.text.partition(":")[0]
        for before, token in pairwise(found)
        if before.word == "PREFIX" and token.sort == "name"
    }
    missing = [f"PREFIX {name}: <{prefixes()[name]}> " for name in sorted(used - declared) if name in prefixes()]
    return "".join(missing) + query


def operation(query: str) -> Token | None:
    """The keyword that says what a query or an update does: the first one after its declarations.

    Example:
        >>> operation("PREFIX select: <http://a/> ASK { }").word
        'ASK'
    """
    words = (token for token in tokens(query) if token.sort == "word")
    return next((token for token in words if token.word not in ("BASE", "PREFIX")), None)


def keywords(query: str) -> set[str]:
    """The keywords and names of functions in a query, in capitals.

    Example:
        >>> sorted(keywords("SELECT ?from WHERE { ?from a ?to }"))
        ['A', 'SELECT', 'WHERE']
    """
    return {token.word for token in tokens(query) if token.sort == "word"}


def query_error(error: SyntaxError, sparql: str, *, bound: bool) -> QueryError | ParameterError:
    """Say where a query is wrong as its author wrote it, not as it is with values in it.

    Args:
        error: what the engine says of the query as it was sent.
        sparql: the query as it was written.
        bound: whether values were bound in it.

    Example:
        >>> query_error(SyntaxError(), "ASK { ?s ?p ?o ?x }", bound=True).column
        16
    """
    if bound:
        try:
            Store().query(sparql, prefixes=prefixes(), base_iri="http://localhost/")
        except SyntaxError as own:
            return parse_error(own, sparql)
        return ParameterError("a value cannot stand where the query uses its variable", hint=str(error)[:120])
    return parse_error(error, sparql)


def parse_error(error: SyntaxError, query: str, *, update: bool = False) -> QueryError:
    """Turn the engine's message into one that names the line, the column, the token, and what to do.

    Args:
        error: what the engine raised.
        query: the query it was raised for.
        update: whether it was run as an update.

    Example:
        >>> str(parse_error(SyntaxError(), "ASK { ?s ?p ?o ?x }"))
        "line 1, column 16: '?x' cannot stand here"
    """
    found = list(tokens(query))
    if unknown := _undeclared(query, found):
        return unknown
    message, at = _first_failure(found, update) or (str(error), None)
    expected = [(quoted, other.strip()) for quoted, other in _EXPECTED.findall(_PLACE.sub("", message))]
    sentences = [other for _, other in expected if " " in other and other[:1].isalpha() and other not in _OF_NO_HELP]
    wanted = {quoted or other for quoted, other in expected if quoted or (other.isupper() and other.isalpha())}
    if wanted & {"?", "$"}:
        wanted = wanted - {"?", "$"} | {"a variable"}
    few = sorted(wanted) if 1 < len(wanted) < 7 and not sentences else []
    case, values = "", dict[str, object](said=sentences[0].rstrip(".") if sentences else "", expected=few)
    if open_string := next((token for token in found if token.open_quote), None):
        at, case = found.index(open_string), "open-string"
    elif at is not None and "IRI" in str(values["said"]):
        opened = [place for place, token in enumerate(found[:at]) if token.text == "<"]
        at, case = (opened[-1], "no-iri") if opened else (at, "")
    if at is None:
        values["said"] = values["said"] or message.partition("\n")[0] or "the query does not parse"
        return refusal(QueryError, "engine", values)
    token = found[at] if at < len(found) else None
    line, column = line_column(query, token.start if token else found[-1].end if found else 0)
    text = token.text if token else ""
    if not case:
        case = "engine" if values["said"] else "misplaced" if token else "too-early"
        case += "-expected" if few and case != "engine" else ""
    return refusal(QueryError, case, values | {"token": text}, line=line, column=column, token=text)


def _first_failure(found: list[Token], update: bool) -> tuple[str, int | None] | None:
    """The engine's message and the index of the terminal that it stopped at.

    The engine reports the furthest place it looked at, and looks ahead as far as the longest keyword. With wide gaps
    between the terminals it never looks beyond the next one.
    """
    starts, length = [], 0
    for token in found:
        starts.append(length)
        length += len(token.text) + _GAP
    spaced = "".join(token.text + " " * _GAP for token in found)
    try:
        store = Store()
        (store.update if update else store.query)(spaced, prefixes=prefixes(), base_iri="http://localhost/")
    except SyntaxError as error:
        message = str(error)
        if not (place := _PLACE.match(message)):
            return message, None
        lines = spaced.split("\n")
        position = sum(len(line) + 1 for line in lines[: int(place[1]) - 1]) + int(place[2]) - 1
        at = bisect_right(starts, position) - 1
        if at >= 0 and position - starts[at] >= len(found[at].text):
            ahead = {len(word) for word in _KEYWORD.findall(message)}
            at += position - starts[at] not in ahead
        return message, max(at, 0)
    except (OSError, RuntimeError):
        return None
    return None


def _undeclared(text: str, found: list[Token]) -> QueryError | None:
    """The first prefixed name whose prefix nobody declared."""
    declared = set(prefixes())
    before: Token | None = None
    for token in found:
        if token.sort == "name" and not (before and before.text == "<"):
            prefix = token.text.partition(":")[0]
            if before and before.word == "PREFIX":
                declared.add(prefix)
            elif prefix not in declared:
                line, column = line_column(text, token.start)
                near = difflib.get_close_matches(prefix, sorted(declared), n=1, cutoff=0.5)
                case = "near-prefix" if near else "undeclared-prefix"
                values = {"prefix": prefix, "near": "".join(near)}
                return refusal(QueryError, case, values, line=line, column=column, token=token.text)
        before = token
    return None


def line_column(text: str, position: int) -> tuple[int, int]:
    """The line and the column of a position in a text, from 1.

    Example:
        >>> line_column("ASK\\n{ }", 4)
        (2, 1)
    """
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


@lru_cache(maxsize=512)
def _forbidden(query: str) -> tuple[tuple[str, int, int], ...]:
    """SERVICE and LOAD with their places.

    The text is read as it stands and with its escapes replaced, so that it does not matter when an engine does that.
    """
    found: list[tuple[str, int, int]] = []
    for text in dict.fromkeys((unescaped(query), query)):
        lower = text.lower()
        if any(word in lower for word in _SUSPECT):
            found.extend((keyword, *line_column(text, at)) for keyword, at in _readings(text))
    return tuple(dict.fromkeys(found))


def _too_deep(query: str) -> tuple[int, int, str] | None:
    """The place of the first bracket that is nested too deep, and the bracket."""
    text = unescaped(query)
    if sum(map(text.count, _OPENING)) <= MOST_NESTED:
        return None
    depth = 0
    for token in tokens(text):
        if token.text in _OPENING:
            depth += 1
            if depth > MOST_NESTED:
                return (*line_column(text, token.start), token.text)
        elif token.text in _CLOSING:
            depth -= 1
    return None


def _readings(text: str) -> list[tuple[str, int]]:
    """Every keyword found in any reading of the text.

    ``?a<'x>'`` is a variable and an IRI for a parser that takes the longest terminal, a comparison with a string for
    one that goes by the grammar. Where both are possible, both are followed; a reading that no grammar allows ends.
    """
    asks = (first := operation(text)) is not None and first.word in _QUERIES
    found: dict[tuple[str, int], None] = {}
    started: set[int] = set()
    steps = 0
    waiting: list[_Reading] = [_Reading(0, [], None, 0)]
    while waiting:
        position, brackets, before, depth = waiting.pop()
        another = as_sign = depth > 0  # a reading that starts inside brackets starts with '<' as a sign
        here: dict[tuple[str, int], None] = {}
        while token := token_at(text, position):
            if as_sign:
                token, as_sign = Token("sign", "<", position), False
            elif position not in started and token.sort == "iri" and brackets[-1:] == ["("] and _ends_operand(before):
                started.add(position)
                waiting.append(_Reading(position, list(brackets), before, len(brackets)))
                steps += len(brackets) // 8
            position = token.end
            steps += another
            if steps > _MOST_STEPS:
                raise refusal(ForbiddenQuery, "many-readings")
            if token.sort in ("space", "comment"):
                continue
            if depth and brackets[-1] == "(" and before and _impossible(before, token):
                here = {}
                break
            if token.open_quote:
                break  # nothing parses from here on, in this reading
            if keyword := _keyword(text, token, before, brackets, asks):
                here[(keyword, token.start)] = None
            if token.text in _CLOSING.values():
                brackets.append(token.text)
            elif token.text in _CLOSING and brackets[-1:] == [_CLOSING[token.text]]:
                brackets.pop()
                if depth and len(brackets) < depth:  # it left its brackets unrefuted: it goes on to the end
                    depth = 0
            before = token
        found.update(here)
    return sorted(found, key=lambda each: each[1])


def _ends_operand(token: Token | None) -> bool:
    return token is not None and (token.sort in _OPERANDS or token.text == ")" or token.word in ("TRUE", "FALSE"))


def _impossible(before: Token, token: Token) -> bool:
    """Whether no expression has these two terminals in a row: a binary sign needs something after it."""
    return before.sort == "sign" and before.text in _BINARY and token.sort == "sign" and token.text in (_BINARY | {")"})


def _keyword(text: str, token: Token, before: Token | None, brackets: list[str], asks: bool) -> str:
    """SERVICE or LOAD if that is what this is, also glued to what follows (``SERVICEex:a{…}``) or goes before."""
    if token.sort not in ("word", "name"):
        return ""
    prefix = token.text.partition(":")[0].upper()
    whole = token.sort == "word"
    names_a_graph = before is not None and before.word in _NAMES_A_GRAPH
    if "SERVICE" in prefix and (whole or (not names_a_graph and _next_sign(text, token.end) == "{")):
        return "SERVICE"
    if "LOAD" in prefix and "{" not in brackets and not asks and (whole or not names_a_graph):
        return "LOAD"
    return ""


def _next_sign(text: str, position: int) -> str:
    while (token := token_at(text, position)) and token.sort in ("space", "comment"):
        position = token.end
    return token.text if token else ""
