"""A shapes graph of any number of shapes, and data that mostly conform to it: for tests and benchmarks alike.

Unlike the pairs of `strategies`, whose terms are difficult on purpose, this is what large profiles look like: a tree of
classes, a shape or two for each, a few properties with the constraints that their values invite. The same numbers give
the same triples.
"""

from __future__ import annotations

from random import Random

import pyoxigraph as ox

from sankofa.fields.files import Spo
from strategies import Pair

PREFIXES = {
    "": "https://example.org/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "sh": "http://www.w3.org/ns/shacl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
WORDS = ("water", "market", "street", "school", "register", "tax", "bus", "map")
#: What the values of a property are, by its number: a property of each sort, over and over.
SORTS = ("text", "label", "number", "day", "link")
#: What is asked of the values of each sort, and of all (""); a parameter of a constraint stands once in each list.
ASKED = {
    "": (
        "sh:minCount 1",
        "sh:maxCount 2",
        "sh:or ([ sh:nodeKind sh:IRI ] [ sh:minLength {few} ])",
        'sh:not [ sh:hasValue "{word}" ]',
        "sh:disjoint {like}",
    ),
    "text": (
        "sh:datatype xsd:string",
        'sh:pattern "^[a-z]{{{few},6}}$"',
        "sh:maxLength {long}",
        'sh:in ("water" "market" "street" "school" "register" "tax" "bus")',
        'sh:hasValue "{word}"',
    ),
    "label": (
        "sh:datatype rdf:langString",
        'sh:languageIn ("en" "fr")',
        "sh:uniqueLang true",
        "sh:minLength {few}",
    ),
    "number": (
        "sh:datatype xsd:integer",
        "sh:minInclusive 0",
        "sh:minExclusive -1",
        "sh:maxInclusive {many}",
        "sh:maxExclusive {many}",
        "sh:equals {like}",
    ),
    "day": (
        "sh:lessThan {like}",
        "sh:lessThanOrEquals {like}",
        "sh:xone ([ sh:datatype xsd:date ] [ sh:datatype xsd:gYear ])",
        "sh:and ([ sh:nodeKind sh:Literal ] [ sh:datatype xsd:date ])",
    ),
    "link": (
        "sh:class {broad}",
        "sh:nodeKind sh:BlankNodeOrIRI",
        "sh:qualifiedValueShape [ sh:class {broad} ] ; sh:qualifiedMinCount 1",
        "sh:property [ sh:path rdf:type ; sh:minCount 1 ]",
        "sh:node [ sh:class {broad} ]",
    ),
}
#: How often a value is not what its property is for.
WRONG = 0.04


def many_shapes(shapes: int, things: int, seed: int = 1) -> Pair:
    """Shapes, and data about some things.

    Args:
        shapes: how many node shapes; each has up to three property shapes, and shapes within.
        things: how many things the data describe.
        seed: what the choices start from.
    """
    choose = Random(seed)
    classes = max(4, shapes * 2 // 3)
    properties = max(10, shapes // 10 * 5)
    return Pair(
        _triples("".join(_shape(choose, number, classes, properties) for number in range(shapes)), "s"),
        _triples(
            _tree(classes) + "".join(_thing(choose, number, things, classes, properties) for number in range(things)),
            "d",
        ),
    )


def _triples(text: str, label: str) -> tuple[Spo, ...]:
    """Turtle as triples, with labels of blank nodes that are the same each time."""
    known: dict[ox.BlankNode, ox.BlankNode] = {}

    def term(one: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.NamedNode | ox.BlankNode | ox.Literal:
        return known.setdefault(one, ox.BlankNode(f"{label}{len(known)}")) if isinstance(one, ox.BlankNode) else one

    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    return tuple(
        (term(one.subject), one.predicate, term(one.object)) for one in ox.parse(prefixes + text, ox.RdfFormat.TURTLE)
    )


# -- data


def _tree(classes: int) -> str:
    """Classes, two of three below another."""
    return "".join(f":C{number} rdfs:subClassOf :C{number // 3} .\n" for number in range(1, classes) if number % 3)


def _thing(choose: Random, number: int, things: int, classes: int, properties: int) -> str:
    """A thing of a class, with the properties that shapes of its class ask for."""
    cls = choose.randrange(classes)
    name = f":n{number}" if number % 9 else f"_:n{number}"
    said = [f"a :C{cls}"]
    for place in range(6):
        at = _property(cls, place, properties)
        for _ in range(choose.choice((1, 1, 1, 1, 2) if choose.random() > WRONG else (0, 3))):
            sort = SORTS[at % len(SORTS)] if choose.random() > WRONG else choose.choice(SORTS)
            said.append(f":p{at} {_value(choose, sort, things)}")
    return f"{name} {' ; '.join(said)} .\n"


def _property(cls: int, place: int, properties: int) -> int:
    """The number of the property that things of a class have at a place: the same for those of the class above."""
    while cls % 3:
        cls //= 3
    return (cls * 2 + place) % properties


def _value(choose: Random, sort: str, things: int) -> str:
    word = choose.choice(WORDS)
    return {
        "text": f'"{word}"',
        "label": f'"{word}"@{choose.choice(("en", "fr", "pt"))}',
        "number": str(choose.randint(-5, 60)),
        "day": f'"20{choose.randint(10, 29)}-0{choose.randint(1, 9)}-1{choose.randint(0, 9)}"^^xsd:date',
        "link": f":n{choose.randrange(things)}",
    }[sort]


# -- shapes


def _shape(choose: Random, number: int, classes: int, properties: int) -> str:
    """A node shape with its target, its property shapes and what it asks of the thing itself."""
    cls = number % classes
    said = ["a sh:NodeShape", _target(choose, number, cls, properties)]
    places = choose.sample(range(6), 3)
    said.extend(
        f"sh:property {_property_shape(choose, _property(cls, place, properties), properties)}" for place in places
    )
    if choose.random() < 0.15:
        said.append(f"sh:nodeKind {choose.choice(('sh:IRI', 'sh:BlankNodeOrIRI', 'sh:BlankNode'))}")
    if choose.random() < 0.1:
        known = " ".join(f":p{_property(cls, place, properties)}" for place in range(6))
        said.append(f"sh:closed true ; sh:ignoredProperties (rdf:type {known})")
    if number and choose.random() < 0.1:
        said.append(f"sh:node :S{choose.randrange(number)}")  # only what is there already: no shape refers to itself
    if choose.random() < 0.1:
        said.append(f"sh:severity sh:{choose.choice(('Info', 'Warning'))}")
    return f":S{number} {' ; '.join(said)} .\n"


def _target(choose: Random, number: int, cls: int, properties: int) -> str:
    dice = choose.random()
    if dice < 0.85:
        return f"sh:targetClass :C{cls}"
    if dice < 0.9:
        return f"sh:targetNode :n{number}"
    at = choose.randrange(properties)
    return f"sh:targetSubjectsOf :p{at}" if dice < 0.95 else f"sh:targetObjectsOf :p{at}"


def _property_shape(choose: Random, at: int, properties: int) -> str:
    """A property shape with a few of the constraints that fit its values, each at most once."""
    asked = " ; ".join(choose.sample((*ASKED[""], *ASKED[SORTS[at % len(SORTS)]]), 3))
    filled = asked.format(
        few=choose.randint(1, 2),
        long=choose.randint(6, 9),
        many=choose.randint(40, 60),
        word=choose.choice(WORDS),
        like=f":p{(at + len(SORTS)) % properties}",
        broad=f":C{choose.randrange(4)}",
    )
    return f"[ sh:path {_path(choose, at)} ; {filled} ]"


def _path(choose: Random, at: int) -> str:
    dice = choose.random()
    if dice < 0.9 or SORTS[at % len(SORTS)] != "link":
        return f":p{at}"
    return choose.choice(
        (
            f"(:p{at} :p{at})",
            f"[ sh:zeroOrOnePath :p{at} ]",
            f"[ sh:oneOrMorePath :p{at} ]",
            f"[ sh:inversePath :p{at} ]",
        )
    )
