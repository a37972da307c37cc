"""The files of ``queries/rules``: what the network's own logic adds to what OWL can say.

A rule file is a CONSTRUCT query with a header::

    # title@en: Names of records                     (also fr, pt, ar)
    # description@en: A record is called by …        (also fr, pt, ar)
    # because@en: {record} is called “{label}”.      (also fr, pt, ar: one sentence, variables in braces)

Its WHERE holds triple patterns, UNION, FILTER, FILTER NOT EXISTS and MINUS, and nothing else, so that every inference
can be told as triples that lead to it: a property path is written as patterns, and recursion is left to the rules, as
they run until nothing new follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, Variable, parse

from sankofa.errors import UnreadableInput
from sankofa.header import Header, Labels
from sankofa.store.lexer import Token, tokens
from sankofa.terms import RDF

#: what can stand in a pattern
Node = NamedNode | BlankNode | Literal | Variable

_KEYS = {"title": "@text", "description": "@text", "because": "@text"}
_VARIABLE = "x-variable:"
_REFUSED = (
    "OPTIONAL",
    "BIND",
    "VALUES",
    "GRAPH",
    "SERVICE",
    "SELECT",
    "EXISTS",
    "LIMIT",
    "OFFSET",
    "GROUP",
    "HAVING",
    "ORDER",
)


@dataclass(frozen=True)
class Pattern:
    """A triple pattern with a named property.

    Example:
        >>> str(Pattern(Variable("s"), NamedNode("http://example.org/p"), Variable("o")))
        '?s <http://example.org/p> ?o .'
    """

    subject: Node
    predicate: NamedNode
    object: Node

    def __str__(self) -> str:
        """The pattern as SPARQL writes it."""
        return f"{self.subject} {self.predicate} {self.object} ."

    @property
    def key(self) -> str:
        """What a statement that reads this pattern depends on: the property, for types the class too.

        Example:
            >>> Pattern(Variable("s"), NamedNode(RDF.type), NamedNode("http://example.org/C")).key[-20:]
            'http://example.org/C'
        """
        if self.predicate.value == RDF.type and isinstance(self.object, NamedNode):
            return f"{RDF.type} {self.object.value}"
        return self.predicate.value

    def variables(self) -> Iterator[str]:
        """The names of its variables.

        Example:
            >>> list(Pattern(Variable("s"), NamedNode("http://example.org/p"), Variable("o")).variables())
            ['s', 'o']
        """
        for node in (self.subject, self.object):
            if isinstance(node, Variable):
                yield node.value

    def values(self, triple: Triple) -> dict[str, NamedNode | Literal] | None:
        """The values of the variables that make the pattern a triple, or None when none do.

        Example:
            >>> a, p = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
            >>> Pattern(Variable("s"), p, a).values(Triple(a, p, a)) == {"s": a}
            True
        """
        if self.predicate != triple.predicate:
            return None
        values: dict[str, NamedNode | Literal] = {}
        for node, term in ((self.subject, triple.subject), (self.object, triple.object)):
            if isinstance(node, Variable):
                if isinstance(term, BlankNode) or values.setdefault(node.value, cast(NamedNode, term)) != term:
                    return None
            elif node != term:
                return None
        return values

    def filled(self, values: Mapping[str, Node]) -> Triple:
        """The triple that the pattern becomes with values for its variables.

        Example:
            >>> a, p = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
            >>> Pattern(Variable("s"), p, a).filled({"s": a}) == Triple(a, p, a)
            True
        """
        subject, object_ = (
            values[node.value] if isinstance(node, Variable) else node for node in (self.subject, self.object)
        )
        return Triple(cast(NamedNode, subject), self.predicate, cast(NamedNode, object_))


@dataclass(frozen=True)
class Branch:
    """One way for a rule to hold: patterns, a condition as SPARQL, and the patterns that must not hold."""

    body: tuple[Pattern, ...]
    condition: str
    excluded: tuple[Pattern, ...]


@dataclass(frozen=True)
class RuleFile:
    """A rule file as read."""

    title: Labels
    description: Labels
    because: Labels
    prologue: str
    heads: tuple[Pattern, ...]
    branches: tuple[Branch, ...]

    @classmethod
    def read(cls, file: Path) -> RuleFile:
        """Read a rule file.

        Args:
            file: a ``.rq`` file as described in :mod:`sankofa.reason.rulefile`.

        Raises:
            UnreadableInput: the file is not as described; the error names the line.
            QueryError: the query does not parse.

        Example:
            >>> from sankofa.shipped import rule_files
            >>> [len(RuleFile.read(file).heads) > 0 for file in rule_files()][0]
            True
        """
        header = Header(file, _KEYS)
        header.check_query("CONSTRUCT")
        reader = _Reader(file, header.text)
        heads, branches = reader.read()
        read = cls(
            header.texts("title"),
            header.texts("description"),
            header.texts("because"),
            reader.prologue,
            heads,
            branches,
        )
        named = {name for branch in branches for pattern in branch.body for name in pattern.variables()}
        for text in read.because.values():
            for name in re.findall(r"\{(\w+)\}", text):
                if name not in named:
                    raise header.error("because", f"the query has no variable '?{name}'", "use its own variables")
        for head in heads:
            for branch in branches:
                bound = {name for pattern in branch.body for name in pattern.variables()}
                if not bound.issuperset(head.variables()):
                    raise UnreadableInput(
                        "a variable of the CONSTRUCT is not in every branch of WHERE", where=str(file)
                    )
        return read


class _Reader:
    """The reading of a rule's query, token by token; triple blocks are left to the Turtle parser."""

    def __init__(self, file: Path, text: str) -> None:
        self.file = file
        self.text = text
        self.tokens = list(tokens(text))
        self.at = next(at for at, token in enumerate(self.tokens) if token.word == "CONSTRUCT")
        self.prologue = "".join(
            f"PREFIX {self.tokens[at + 1].text} {self.tokens[at + 2].text} "
            for at in range(self.at)
            if self.tokens[at].word == "PREFIX"
        )

    def read(self) -> tuple[tuple[Pattern, ...], tuple[Branch, ...]]:
        self.at += 1
        if self._peek().text != "{":
            raise self._error(self._peek(), "a rule needs a template", "write CONSTRUCT { … } WHERE { … }")
        [head] = self._group()
        if head.condition or not head.body:
            raise self._error(self._peek(), "the template holds triple patterns only")
        if self._peek().word == "WHERE":
            self.at += 1
        branches = self._group()
        if self.at < len(self.tokens):
            raise self._error(self._peek(), "nothing stands after WHERE in a rule")
        return head.body, tuple(branches)

    def _peek(self) -> Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else Token("sign", "", len(self.text))

    def _group(self) -> list[Branch]:
        """Read a group; the branches of its UNIONs are multiplied out."""
        self.at += 1
        branches = [Branch((), "", ())]
        block: list[Token] = []
        while self._peek().text != "}":
            token = self._peek()
            if token.text != "{" and token.word not in ("FILTER", "MINUS", *_REFUSED):
                block.append(token)
                self.at += 1
                continue
            branches = _times(branches, [Branch(self._patterns(block), "", ())])
            block = []
            if token.text == "{":
                alternatives = self._group()
                while self._peek().word == "UNION":
                    self.at += 1
                    alternatives += self._group()
                branches = _times(branches, alternatives)
            elif token.word == "FILTER" and self.tokens[self.at + 1].word != "NOT":
                branches = _times(branches, [Branch((), self._filter(), ())])
            elif token.word in ("FILTER", "MINUS"):
                branches = _times(branches, [self._exclusion()])
            else:
                raise self._error(token, f"a rule has no {token.word}", "use patterns, UNION, FILTER, MINUS")
        branches = _times(branches, [Branch(self._patterns(block), "", ())])
        self.at += 1
        return branches

    def _filter(self) -> str:
        start, depth = self._peek().start, 0
        self.at += 1
        while True:
            token = self._peek()
            depth += (token.text == "(") - (token.text == ")") if token.sort == "sign" else 0
            if token.word == "EXISTS":
                raise self._error(token, "a rule has no EXISTS", "write its patterns as patterns of the rule")
            self.at += 1
            if depth == 0 and token.text == ")":
                return self.text[start : token.start + 1]

    def _exclusion(self) -> Branch:
        start = self._peek().start
        while self._peek().text != "{":
            self.at += 1
        inner = self._group()
        end = self.tokens[self.at - 1].start + 1
        return Branch((), self.text[start:end], tuple(p for branch in inner for p in (*branch.body, *branch.excluded)))

    def _patterns(self, block: list[Token]) -> tuple[Pattern, ...]:
        """Read a triple block: Turtle but for its variables, which stand in as IRIs while it is parsed."""
        while block and block[0].text == ".":
            block = block[1:]
        while block and block[-1].text == ".":
            block = block[:-1]
        if not block:
            return ()
        words = [f"<{_VARIABLE}{token.text[1:]}>" if token.sort == "variable" else token.text for token in block]
        text = f"{self.prologue}{' '.join(words)} ."
        text = re.sub(r" (\^\^) (?=[^ ])", r"\1", re.sub(r'" (@[A-Za-z])', r'"\1', text))
        patterns = []
        try:
            for quad in parse(text, RdfFormat.TURTLE):
                subject, object_ = _node(quad.subject), _node(quad.object)
                if quad.predicate.value.startswith(_VARIABLE):
                    raise self._error(block[0], "a rule names its properties", "write an IRI in place of the variable")
                if isinstance(subject, BlankNode) or isinstance(object_, BlankNode):
                    raise self._error(block[0], "a rule has no blank nodes", "write a variable in place of [ ] or _:x")
                patterns.append(Pattern(subject, quad.predicate, object_))
        except SyntaxError:
            hint = "write a property path as several patterns"
            raise self._error(block[0], "these are no plain triple patterns", hint) from None
        return tuple(patterns)

    def _error(self, token: Token, what: str, hint: str = "") -> UnreadableInput:
        line, column = self.text.count("\n", 0, token.start) + 1, token.start - self.text.rfind("\n", 0, token.start)
        return UnreadableInput(what, where=f"{self.file}, line {line}, column {column}", hint=hint)


def _node(term: NamedNode | BlankNode | Literal | Triple) -> Node:
    if isinstance(term, NamedNode) and term.value.startswith(_VARIABLE):
        return Variable(term.value.removeprefix(_VARIABLE))
    assert not isinstance(term, Triple)  # noqa: S101 - Turtle 1.1 has no quoted triples
    return term


def _times(left: list[Branch], right: list[Branch]) -> list[Branch]:
    return [
        Branch(a.body + b.body, f"{a.condition} {b.condition}".strip(), a.excluded + b.excluded)
        for a in left
        for b in right
    ]
