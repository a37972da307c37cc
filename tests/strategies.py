"""Pairs of shapes and data for the differential test: small, and made of what is easy to get wrong.

A pair is made from a source of choices (`random.Random`, or Hypothesis's), so that a seed is a pair, and Hypothesis can
make a failing one smaller. Shapes are well-formed and refer only to shapes that are complete already: no recursion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pyoxigraph as ox
from hypothesis import strategies as st

from sankofa.fields.files import Node, Spo, Term

EX, SH, XSD = "http://example.org/", "http://www.w3.org/ns/shacl#", "http://www.w3.org/2001/XMLSchema#"
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
FIRST, REST, NIL = (ox.NamedNode(RDF + name) for name in ("first", "rest", "nil"))
TYPE, SUB = ox.NamedNode(RDF + "type"), ox.NamedNode(RDFS + "subClassOf")
TRUE, FALSE = (ox.Literal(text, datatype=ox.NamedNode(XSD + "boolean")) for text in ("true", "false"))

NODES = [ox.NamedNode(EX + name) for name in "abcd"]
ODD_NODES = [
    ox.NamedNode(iri)
    for iri in (
        "urn:isbn:0-395-36341-1",
        "http://example.org/caf\u00e9",
        "http://example.org/caf%C3%A9",
        "http://example.org/o'b(1);x=\U0001f600?q=1&r=$2#frag/\u0639",
        "mailto:a@example.org",
        "http://example.org/%3Ca%3E",
        "http://EXAMPLE.org:80/./a/../b",
    )
]
BLANKS = [ox.BlankNode(f"n{number}") for number in range(2)]
CLASSES = [ox.NamedNode(f"{EX}C{number}") for number in range(4)]
PROPERTIES = [ox.NamedNode(EX + name) for name in ("p", "q", "r")]
ODD_PROPERTY = ox.NamedNode("http://example.org/\u00e9t\u00e9-100%25#'p'")

#: Lexical forms by datatype: usual ones, ill-formed ones, the same value written otherwise, the ends of ranges.
FORMS: dict[str, tuple[str, ...]] = {
    "string": ("", " ", "a", "A", "abc", "B101", "b101", "10", "9", "e\u0301", "\u00e9",
        "\u0645\u0631\u062d\u0628\u0627", "\u202eabc\u202c", "\U0001f600", "a\nb", "a\tb", "line\r\nend", 'say "hi"',
        "back\\slash", "\u00a0x\u00a0", "\u0085", "\u2028", "x\ufeff", "\ufffd", "true", "2021-02-28", "aaaaaaaaaa",
        "null\u0000".replace("\u0000", "\u0001"), "abc\n", "stra\u00dfe", "STRASSE", "\u0130", "\u212a"),
    "integer": ("0", "1", "2", "01", "+1", "-0", "-1", "10", "abc", "", " 1", "1 ", "1.0", "1e0", "+", "9" * 30,
        "\u0661"),
    "decimal": ("1.0", "1", "1.", ".5", "0.50", "-1.5", "1e2", "abc", "INF", "1" + "0" * 40, "0.1", "+.5", "."),
    "double": ("1.0", "1e0", "1E2", "1.0e0", "INF", "-INF", "+INF", "NaN", "nan", "inf", "1e400", "-0.0", "0", "0.1",
        "abc", "1e"),
    "float": ("1.0", "0.1", "NaN", "INF", "1e40", "16777217", "16777216", "x"),
    "boolean": ("true", "false", "1", "0", "TRUE", "yes", ""),
    "date": ("2021-02-28", "2021-02-30", "2020-02-29", "2021-02-29", "2021-2-3", "2021-02-28Z", "2021-02-28+14:00",
        "2021-02-28-05:00", "2021-02-28+15:00", "-0044-03-15", "0000-01-01", "12021-01-01", "20210228", "2021-13-01",
        "2021-03-01", "2021-02-27", ""),
    "dateTime": ("2021-02-28T12:00:00", "2021-02-28T12:00:00Z", "2021-02-28T13:00:00+01:00",
        "2021-02-28T12:00:00.000Z", "2021-02-28T24:00:00", "2021-03-01T00:00:00", "2021-02-28T25:00:00",
        "2021-02-28", "2021-02-28T12:00", "2021-03-02T12:00:00", "2021-02-28 12:00:00", "2021-02-28T12:00:60Z",
        "2021-02-28T12:00:00.123456789Z"),
    "time": ("12:00:00", "12:00:00Z", "24:00:00", "25:00:00", "12:00", "23:59:59.999", "12:00:00+05:30"),
    "gYear": ("2021", "-0001", "21", "2021Z", "0000", "02021"),
    "gYearMonth": ("2021-02", "2021-13", "2021-2"),
    "gMonthDay": ("--02-29", "--02-30", "--12-31", "-02-29"),
    "gDay": ("---31", "---32", "--31"),
    "gMonth": ("--12", "--13", "--1"),
    "duration": ("P1Y", "P12M", "P1D", "PT24H", "P", "PT", "P1M", "P30D", "-P1Y", "P1Y2M3DT4H5M6.7S", "1Y"),
    "dayTimeDuration": ("P1D", "PT24H", "P1Y", "PT0.5S"),
    "yearMonthDuration": ("P1Y", "P12M", "P1D"),
    "anyURI": ("http://example.org/", "a b", "", "%zz", ":"),
    "nonNegativeInteger": ("0", "-1", "-0", "5"),
    "positiveInteger": ("0", "1"),
    "byte": ("127", "128", "-128", "-129"),
    "int": ("2147483647", "2147483648"),
    "long": ("9223372036854775807", "9223372036854775808"),
    "unsignedByte": ("255", "256", "-0"),
    "hexBinary": ("0a", "0A", "0", "xy", ""),
    "base64Binary": ("YQ==", "YQ=", "Y Q = =", "****"),
    "language": ("fr", "fr-SN", "x", "123456789", ""),
    "token": ("a b", " a", "a  b"),
    "normalizedString": ("a b", "a\tb"),
    "NCName": ("a", "1a", "a:b", ""),
}  # fmt: skip
OTHER_TYPES = ("http://example.org/type", RDF + "HTML", RDF + "XMLLiteral", XSD + "unheardOf")
TAGS = (*("en", "EN", "fr") * 5, "en-GB", "en-gb", "fr", "fr-SN", "ar", "zh-Hant", "x-klingon", "de-1996")
RANGES = ("en", "EN", "fr", "fr-sn", "*", "ar", "zh", "e", "de")
PATTERNS = (
    ("^a", ""), ("a$", ""), ("^[A-Z]", ""), ("^[a-z]+$", "i"), (r"\d", ""), ("^.$", ""), ("^.+$", "s"), ("a.b", ""),
    ("a.b", "s"), ("^b$", "m"), ("", ""), ("^$", ""), (r"^\S+$", ""), (r"\.org/[a-c]$", ""), ("a b", "x"),
    ("\u00e9", ""), (r"\\", ""), (r"^\w+$", ""), ("[^a-z]", ""), ("(ab|10)", ""), ("a{2,}", ""), ("^http", ""),
    ("\U0001f600", ""), ('"', ""), ("'", ""), ("^stra.e$", "i"),
)  # fmt: skip
PATH_FORMS = ("inverse", "sequence", "alternative", "zero-or-more", "one-or-more", "zero-or-one")
_PATHS = {
    "inverse": "inversePath",
    "alternative": "alternativePath",
    "zero-or-more": "zeroOrMorePath",
    "one-or-more": "oneOrMorePath",
    "zero-or-one": "zeroOrOnePath",
}
KINDS = ("BlankNode", "IRI", "Literal", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
SINGLE = ("datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive", "maxExclusive",
    "maxInclusive", "minLength", "maxLength", "pattern", "languageIn", "uniqueLang", "in", "qualified",
    "closed")  # fmt: skip
MANY = ("class", "equals", "disjoint", "lessThan", "lessThanOrEquals", "hasValue", "not", "and", "or", "xone",
    "node", "property")  # fmt: skip
OF_PROPERTIES = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualified")
NESTING = ("not", "and", "or", "xone", "node", "property", "qualified")


@dataclass(frozen=True)
class Pair:
    """Shapes and the data they judge."""

    shapes: tuple[Spo, ...]
    data: tuple[Spo, ...]

    def __repr__(self) -> str:
        return f"# shapes\n{lines(self.shapes)}\n# data\n{lines(self.data)}"


def lines(triples: tuple[Spo, ...]) -> str:
    """Triples as N-Triples."""
    return "".join(f"{subject} {predicate} {value} .\n" for subject, predicate, value in triples)


def pairs() -> st.SearchStrategy[Pair]:
    """Pairs, as Hypothesis makes them."""
    return st.randoms(use_true_random=False).map(pair)


def pair(choose: Random) -> Pair:
    """A pair out of choices."""
    usual = ("string", "integer", "decimal", "double", "date", "dateTime", "boolean", "langString")
    # A few datatypes at a time, so that what shapes ask is about what data hold.
    names = tuple(choose.choice(usual if choose.random() < 0.7 else tuple(FORMS)) for _ in range(choose.randint(1, 3)))
    triples = data(choose, names)
    maker = _Maker(choose, names, [subject for subject, _, _ in triples if isinstance(subject, ox.NamedNode)])
    for _ in range(choose.randint(1, 3)):
        shape = maker.shape(choose.randint(0, 3), property_shape=choose.random() < 0.3)
        maker.targets(shape)
    return Pair(tuple(maker.shapes), tuple(triples))


def literal(choose: Random, names: tuple[str, ...]) -> ox.Literal:
    """A literal, often a difficult one, mostly of the datatypes named."""
    dice = choose.random()
    if dice < 0.05:
        return ox.Literal(choose.choice(("", "x", "1")), datatype=ox.NamedNode(choose.choice(OTHER_TYPES)))
    return literal_of(choose, choose.choice(names) if dice < 0.8 else choose.choice((*FORMS, "langString")))


def literal_of(choose: Random, name: str) -> ox.Literal:
    """A literal of a datatype."""
    if name == "langString":
        return ox.Literal(choose.choice(FORMS["string"]), language=choose.choice(TAGS))
    return ox.Literal(choose.choice(FORMS[name]), datatype=ox.NamedNode(XSD + name))


def node(choose: Random, *, blank: bool = True) -> Node:
    """A node that can be a subject."""
    dice = choose.random()
    if blank and dice < 0.2:
        return choose.choice(BLANKS)
    return choose.choice(ODD_NODES) if dice > 0.93 else choose.choice(NODES)


def term(choose: Random, names: tuple[str, ...], *, blank: bool) -> Term:
    """A term that can be an object."""
    return literal(choose, names) if choose.random() < 0.5 else node(choose, blank=blank)


def property_(choose: Random) -> ox.NamedNode:
    """A property that data use."""
    return ODD_PROPERTY if choose.random() < 0.05 else choose.choice((*PROPERTIES, PROPERTIES[0], PROPERTIES[0]))


def data(choose: Random, names: tuple[str, ...]) -> list[Spo]:
    """A data graph: classes with their tree, links with cycles, literals; some triples twice."""
    blank = choose.random() < 0.6
    found: list[Spo] = []
    for _ in range(choose.randint(0, 4)):
        found.append((choose.choice(CLASSES), SUB, choose.choice(CLASSES)))
    if choose.random() < 0.1:
        found.append((choose.choice(CLASSES), TYPE, choose.choice(CLASSES)))
    if blank and choose.random() < 0.05:
        found.append((BLANKS[0], SUB, choose.choice(CLASSES)))
        found.append((node(choose, blank=blank), TYPE, BLANKS[0]))
    for _ in range(choose.randint(1, 8)):
        found.append((node(choose, blank=blank), TYPE, choose.choice(CLASSES)))
    # few nodes, each with many values of one property
    usual = [(node(choose, blank=blank), property_(choose)) for _ in range(choose.randint(1, 3))]
    for _ in range(choose.randint(4, 26)):
        subject, predicate = (
            choose.choice(usual) if choose.random() < 0.6 else (node(choose, blank=blank), property_(choose))
        )
        found.append((subject, predicate, term(choose, names, blank=blank)))
    if choose.random() < 0.4:  # texts of one language
        texts = [ox.Literal(text, language=choose.choice(TAGS[:4])) for text in FORMS["string"][: choose.randint(2, 6)]]
        found.extend((subject, property_(choose), text) for subject, _ in usual for text in texts)
    if choose.random() < 0.3:
        found.append(choose.choice(found))
    return found


@dataclass
class _Maker:
    """Makes the triples of shapes."""

    choose: Random
    names: tuple[str, ...]
    subjects: list[ox.NamedNode]
    shapes: list[Spo] = field(default_factory=list)
    _made: int = 0
    _whole: list[tuple[Node, bool]] = field(default_factory=list)

    def _say(self, subject: Node, name: str, value: Term) -> None:
        triple = (subject, ox.NamedNode(SH + name), value)
        if triple not in self.shapes:
            self.shapes.append(triple)

    def _name(self, sort: str, *, blank: bool = False) -> Node:
        self._made += 1
        if blank or self.choose.random() < 0.5:
            return ox.BlankNode(f"{sort}{self._made}")
        return ox.NamedNode(f"{EX}{sort}{self._made}")

    def shape(self, depth: int, *, property_shape: bool) -> Node:
        """A shape with all it refers to."""
        choose = self.choose
        reusable = [one for one, is_property in self._whole if is_property is property_shape]
        if reusable and choose.random() < 0.15:
            return choose.choice(reusable)
        here = self._name("P" if property_shape else "S")
        if property_shape:
            self._say(here, "path", self.path(choose.choice((0, 0, 0, 1, 2, 3))))
        if choose.random() < 0.5:
            sort = "PropertyShape" if property_shape else "NodeShape"
            self.shapes.append((here, TYPE, ox.NamedNode(SH + sort)))
        if choose.random() < 0.07:
            self._say(here, "deactivated", choose.choice((TRUE, TRUE, FALSE)))
        if choose.random() < 0.15:
            self._say(here, "severity", choose.choice((*map(_sh, ("Info", "Warning", "Violation")), NODES[0])))
        if choose.random() < 0.1:
            self._say(here, "message", ox.Literal("Not so", language=choose.choice(("en", "fr"))))
        names = [
            name
            for name in (*SINGLE, *MANY)
            if (property_shape or name not in OF_PROPERTIES) and (depth > 0 or name not in NESTING)
        ]
        heavy = [name for name in names if name in NESTING] if choose.random() < 0.7 else []
        heavy = heavy or [name for name in names if name in OF_PROPERTIES and name != "qualified"]
        for _ in range(choose.choice((1, 2, 2, 3, 3, 4))):
            name = choose.choice(heavy) if heavy and choose.random() < 0.35 else choose.choice(names)
            if name in SINGLE:
                names = [one for one in names if one != name]
                heavy = [one for one in heavy if one != name]
            _PARAMETERS[name](self, here, name, depth)
            if not names:
                break
        self._whole.append((here, property_shape))
        return here

    def targets(self, shape: Node) -> None:
        """What a shape is about."""
        choose = self.choose
        for _ in range(choose.choice((1, 1, 2, 3))):
            dice = choose.random()
            if dice < 0.3:
                self._say(shape, "targetClass", choose.choice(CLASSES))
            elif dice < 0.55:
                said = choose.choice(self.subjects) if self.subjects else node(choose, blank=False)
                absent = literal(choose, self.names) if choose.random() < 0.5 else node(choose, blank=False)
                self._say(shape, "targetNode", said if choose.random() < 0.7 else absent)
            elif dice < 0.75:
                self._say(shape, "targetSubjectsOf", property_(choose))
            elif dice < 0.95 or isinstance(shape, ox.BlankNode):
                self._say(shape, "targetObjectsOf", property_(choose))
            else:  # a shape that is a class
                self._implicit(shape)

    def _implicit(self, shape: Node) -> None:
        has_path = any(one[0] == shape and one[1].value == SH + "path" for one in self.shapes)
        cls = ox.NamedNode(f"{EX}Meta") if self.choose.random() < 0.3 else ox.NamedNode(RDFS + "Class")
        kind = ox.NamedNode(SH + ("PropertyShape" if has_path else "NodeShape"))
        self.shapes.extend([(shape, TYPE, cls), (shape, TYPE, kind)])
        if cls.value.endswith("Meta"):
            self.shapes.append((cls, SUB, ox.NamedNode(RDFS + "Class")))

    def path(self, depth: int) -> Node:
        """The node of a path."""
        if depth == 0:
            dice = self.choose.random()
            return TYPE if dice < 0.05 else SUB if dice < 0.08 else property_(self.choose)
        form = self.choose.choice(PATH_FORMS)
        here = self._name("x", blank=True)
        if form in ("sequence", "alternative"):
            members = [self.path(self.choose.randint(0, depth - 1)) for _ in range(self.choose.choice((2, 2, 3)))]
            if form == "sequence":
                return self.list_of(members)
            self._say(here, _PATHS[form], self.list_of(members))
        else:
            self._say(here, _PATHS[form], self.path(depth - 1))
        return here

    def list_of(self, members: list[Any]) -> Node:
        """The head of a list."""
        rest: Node = NIL
        for one in reversed(members):
            cell = self._name("l", blank=True)
            self.shapes.extend([(cell, FIRST, one), (cell, REST, rest)])
            rest = cell
        return rest

    # -- parameters, each with a value

    def _limit(self, here: Node, name: str, depth: int) -> None:
        kind = self.choose.choice(self.names) if self.choose.random() < 0.8 else self.choose.choice(tuple(FORMS))
        self._say(here, name, literal_of(self.choose, kind))

    def _number(self, here: Node, name: str, depth: int) -> None:
        usual = (
            ("0", "1", "1", "1", "2", "01") if name.endswith("axCount") else ("0", "1", "1", "2", "2", "3", "5", "+2")
        )
        text = self.choose.choice(usual) if self.choose.random() > 0.005 else "-1"
        self._say(here, name, ox.Literal(text, datatype=ox.NamedNode(XSD + "integer")))

    def _class(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, self.choose.choice(CLASSES))

    def _datatype(self, here: Node, name: str, depth: int) -> None:
        dice = self.choose.random()
        kind = self.choose.choice(self.names) if dice < 0.8 else self.choose.choice((*FORMS, "langString"))
        datatype = RDF + kind if kind == "langString" else XSD + kind
        self._say(here, name, ox.NamedNode(self.choose.choice(OTHER_TYPES) if dice > 0.95 else datatype))

    def _kind(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, _sh(self.choose.choice(KINDS)))

    def _pattern(self, here: Node, name: str, depth: int) -> None:
        pattern, flags = self.choose.choice(PATTERNS)
        self._say(here, name, ox.Literal(pattern))
        if flags:
            self._say(here, "flags", ox.Literal(flags))

    def _languages(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, self.list_of([ox.Literal(self.choose.choice(RANGES)) for _ in range(self._some())]))

    def _in(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, self.list_of([self._value() for _ in range(self._some())]))

    def _some(self) -> int:
        return self.choose.choice((0, 1, 2, 3, 4))

    def _value(self) -> Term:
        return literal(self.choose, self.names) if self.choose.random() < 0.5 else node(self.choose, blank=False)

    def _has(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, self._value())

    def _truth(self, here: Node, name: str, depth: int) -> None:
        one = ox.Literal("1", datatype=ox.NamedNode(XSD + "boolean"))
        self._say(here, name, self.choose.choice((*(TRUE,) * 8, FALSE, one)))

    def _other(self, here: Node, name: str, depth: int) -> None:
        self._say(here, name, property_(self.choose))

    def _closed(self, here: Node, name: str, depth: int) -> None:
        self._truth(here, name, depth)
        if self.choose.random() < 0.5:
            ignored = [self.choose.choice((TYPE, *PROPERTIES)) for _ in range(self._some())]
            self._say(here, "ignoredProperties", self.list_of(ignored))

    def _nested(self, here: Node, name: str, depth: int) -> None:
        either = name == "not" and self.choose.random() < 0.4
        self._say(here, name, self.shape(depth - 1, property_shape=name == "property" or either))

    def _logic(self, here: Node, name: str, depth: int) -> None:
        members = [
            self.shape(depth - 1, property_shape=self.choose.random() < 0.4)
            for _ in range(self.choose.choice((1, 2, 2, 2, 3)) if self.choose.random() > 0.005 else 0)
        ]
        if members and self.choose.random() < 0.1:
            members.append(members[0])
        self._say(here, name, self.list_of(members))

    def _qualified(self, here: Node, name: str, depth: int) -> None:
        self._say(here, "qualifiedValueShape", self.shape(depth - 1, property_shape=self.choose.random() < 0.3))
        for one in self.choose.choice((("Min",), ("Max",), ("Min", "Max"))):
            self._number(here, f"qualified{one}Count", depth)
        if self.choose.random() < 0.6:
            self._truth(here, "qualifiedValueShapesDisjoint", depth)
            # a shape around it, where the siblings stand
            around = self._name("S")
            self._say(around, "property", here)
            for _ in range(self.choose.choice((0, 1, 1, 2))):
                beside = self._name("P")
                self._say(beside, "path", self.path(0))
                self._say(beside, "qualifiedValueShape", self.shape(0, property_shape=False))
                self._number(beside, "qualifiedMaxCount", depth)
                self._say(around, "property", beside)
            if self.choose.random() < 0.5:
                self.targets(around)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(SH + name)


_PARAMETERS: dict[str, Callable[[_Maker, Node, str, int], None]] = {
    **dict.fromkeys(("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"), _Maker._limit),
    **dict.fromkeys(("minCount", "maxCount", "minLength", "maxLength"), _Maker._number),
    **dict.fromkeys(("equals", "disjoint", "lessThan", "lessThanOrEquals"), _Maker._other),
    **dict.fromkeys(("node", "property", "not"), _Maker._nested),
    **dict.fromkeys(("and", "or", "xone"), _Maker._logic),
    "class": _Maker._class,
    "datatype": _Maker._datatype,
    "nodeKind": _Maker._kind,
    "pattern": _Maker._pattern,
    "languageIn": _Maker._languages,
    "uniqueLang": _Maker._truth,
    "in": _Maker._in,
    "hasValue": _Maker._has,
    "closed": _Maker._closed,
    "qualified": _Maker._qualified,
}
