"""What pySHACL gets wrong, by the text of the standard: where each mistake can show, and the clause that it is against.

The differential test takes no other difference for granted. Each mistake has a regression of its name
(`tests/regressions/<name>.ttl`) that pySHACL must go on failing, or leave this list.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox
import rdflib

from engines import Bag
from sankofa.fields import Path
from sankofa.fields.files import Term
from sankofa.fields.reading import Described
from sankofa.validation import backreferences, literals
from sankofa.validation.model import Constraint, Shape, Shapes
from strategies import NIL, SH, XSD, Pair

RANGES = ("MinExclusive", "MinInclusive", "MaxExclusive", "MaxInclusive")
ORDERED = ("LessThan", "LessThanOrEquals")


@dataclass(frozen=True)
class Case:
    """A pair as the mistakes look at it."""

    pair: Pair
    shapes: Shapes

    @cached_property
    def said(self) -> Described:
        return Described(self.pair.shapes)

    @cached_property
    def terms(self) -> set[Term]:
        """All terms that can be value nodes."""
        targets = {target.term for shape in self.shapes.aimed for target in shape.targets if target.form == "node"}
        return targets.union(*((subject, value) for subject, _, value in self.pair.data))


@dataclass(frozen=True)
class Mistake:
    """One thing that pySHACL gets wrong.

    Args:
        clause: the section of the standard (SHACL, 20 July 2017), what it says, and what pySHACL does.
        shows: whether it can show in the results of a shape itself.
        corrected: whether our engine "pyshacl" is right all the same, for it rewrites the shapes that pySHACL gets.
    """

    clause: str
    shows: Callable[[Case, Shape], bool]
    corrected: bool = False


@dataclass(frozen=True)
class Refusal:
    """What pySHACL does not judge at all, though it is well-formed.

    Args:
        clause: the section of the standard, what it says, and what pySHACL does.
        text: what is in its error.
        shows: whether it must be expected of a pair.
    """

    clause: str
    text: str
    shows: Callable[[Case], bool]


def _of(shape: Shape, *names: str) -> Iterator[Constraint]:
    return (one for one in shape.constraints if one.name in names)


def _is_plain(term: Term) -> bool:
    """Whether a term is of the common ground, which rdflib compares as SPARQL does."""
    if not isinstance(term, ox.Literal) or not literals.is_well_formed(term.value, term.datatype.value):
        return False
    name = term.datatype.value.removeprefix(XSD)
    if name in ("date", "dateTime"):
        return bool(re.fullmatch(r"[1-9][0-9]{3}-[0-9-]+(T(?!24)[0-9:]{8}Z?)?", term.value))
    return name in ("integer", "decimal", "string") or (name == "double" and term.value[-1] not in "FN")


def _sort(term: Term) -> str:
    assert isinstance(term, ox.Literal)
    name = term.datatype.value.removeprefix(XSD)
    return "number" if name in ("integer", "decimal") else name + ("Z" if term.value.endswith("Z") else "")


def _may_differ(left: Term, right: Term) -> bool:
    """Whether rdflib may compare two terms otherwise than SPARQL."""
    return not _is_plain(left) or not _is_plain(right) or _sort(left) != _sort(right)


def _turns_a_sequence(path: Path, turned: bool = False) -> bool:
    turned = turned != (path.form == "inverse")
    return (turned and path.form == "sequence") or any(_turns_a_sequence(part, turned) for part in path.parts)


def _has(datatype: Term, term: Term) -> bool:
    return isinstance(term, ox.Literal) and term.datatype == datatype


def _is_ill_typed(term: Term) -> bool:
    """Whether rdflib and XML Schema disagree about a literal."""
    assert isinstance(term, ox.Literal)
    theirs = rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    return bool(theirs.ill_typed) is literals.is_well_formed(term.value, term.datatype.value)


def _is_rewritten(term: Term) -> bool:
    wide = {XSD + "token": r"^\s|\s\s|\s$|[\t\n\r]", XSD + "normalizedString": r"[\t\n\r]"}
    return isinstance(term, ox.Literal) and bool(re.search(wide.get(term.datatype.value, "(?!)"), term.value))


def _says(name: str, text: str) -> Callable[[Case, Shape], bool]:
    return lambda case, shape: any(value.value == text for value in case.said.all(shape.node, SH + name))


def _asks(case: Case, *names: str) -> Iterator[Constraint]:
    return (one for shape in case.shapes.by.values() for one in _of(shape, *names))


def _is_below_zero(case: Case, *names: str) -> bool:
    wanted = {SH + name for name in names}
    return any(one.value in wanted and value.value.startswith("-") for _, one, value in case.pair.shapes)


MISTAKES = {
    "compares-more-than-sparql": Mistake(
        "4.3.1 “where the SPARQL expression $minExclusive < v does not return true, there is a validation result”;"
        " rdflib puts literals in order that have different datatypes, language tags or ill-formed texts, where "
        "SPARQL has an error",
        lambda case, shape: any(_may_differ(one.terms[0], term) for one in _of(shape, *RANGES) for term in case.terms),
    ),
    "less-than-between-any-terms": Mistake(
        "4.5.3 “or where the two values cannot be compared, there is a validation result”; pySHACL compares IRIs "
        "and texts with language tags as texts, other literals as rdflib does",
        lambda case, shape: (
            any(_of(shape, *ORDERED)) and any(_may_differ(left, right) for left in case.terms for right in case.terms)
        ),
    ),
    "length-zero-of-a-blank-node": Mistake(
        "4.4.1 “or where v is a blank node, there is a validation result”; not so in pySHACL if sh:minLength is 0",
        lambda case, shape: any(one.number == 0 for one in _of(shape, "MinLength")),
    ),
    "inverse-of-a-sequence": Mistake(
        "2.3.1.4 with SPARQL 1.1, 18.2.2.3: an inverse path goes through a sequence from its end; pySHACL from its"
        " beginning",
        lambda case, shape: shape.path is not None and _turns_a_sequence(shape.path),
    ),
    "ill-typed-by-another-reading": Mistake(
        "4.1.2 “a literal matches a datatype if the literal's datatype has the same IRI and, for the datatypes "
        "supported by SPARQL 1.1, is not an ill-typed literal”; rdflib takes for a decimal what Python does, and "
        "no year after 9999",
        lambda case, shape: any(
            _is_ill_typed(term) for one in _of(shape, "Datatype") for term in case.terms if _has(one.terms[0], term)
        ),
    ),
    "white-space-in-tokens": Mistake(
        "2.1.3.1 and 3.6.2.1: the focus node, as every term, is the term as it is; rdflib changes the white space "
        "of xsd:token and xsd:normalizedString",
        lambda case, shape: any(map(_is_rewritten, case.terms | {value for _, _, value in case.pair.shapes})),
    ),
    "flags-of-patterns": Mistake(
        "4.4.3 “the matching MUST follow the definition of the 3-argument variant of the SPARQL REGEX function, "
        "using $flags as third argument”; pySHACL knows the flags i and m, not s, x and q",
        lambda case, shape: any(set(one.flags) - set("im") for one in _of(shape, "Pattern")),
    ),
    "back-reference-to-nothing": Mistake(
        "4.4.3 with SPARQL 1.1, 17.4.3.14, and XPath and XQuery Functions and Operators, 7.6.1: a back-reference to a "
        "group that matched no string is a string of length zero; for pySHACL it matches nothing",
        lambda case, shape: any(
            backreferences.as_python(one.terms[0].value, one.flags) for one in _of(shape, "Pattern")
        ),
    ),
    "qualified-count-below-zero": Mistake(
        "4.7.3 “there is a validation result if C is greater than $qualifiedMaxCount”, also where C is 0 and the "
        "other less",
        lambda case, shape: any(one.number < 0 for one in _of(shape, "QualifiedMaxCount")),
    ),
    "closed-by-another-true": Mistake(
        '4.8.1 “if $closed is true”, and 1.2 “true denotes the RDF term "true"^^xsd:boolean”; for pySHACL '
        '"1"^^xsd:boolean is as good',
        _says("closed", "1"),
        corrected=True,
    ),
    "unique-languages-by-another-true": Mistake(
        '4.4.5 “if $uniqueLang is true”, and 1.2 “true denotes the RDF term "true"^^xsd:boolean”; for pySHACL '
        '"1"^^xsd:boolean is as good',
        _says("uniqueLang", "1"),
        corrected=True,
    ),
    "disjoint-by-another-true": Mistake(
        "4.7.3 “if Q has true as a value for sh:qualifiedValueShapesDisjoint”, and 1.2 “true denotes the RDF term "
        '"true"^^xsd:boolean”; for pySHACL "1"^^xsd:boolean is as good',
        _says("qualifiedValueShapesDisjoint", "1"),
        corrected=True,
    ),
}
REFUSALS = {
    "less-than-without-an-order": Refusal(
        "4.5.3 “or where the two values cannot be compared, there is a validation result”; pySHACL gives up where "
        "rdflib has no order",
        "not supported between instances of",
        lambda case: any(_asks(case, *ORDERED)) and any(not _is_plain(term) for term in case.terms),
    ),
    "limit-beyond-decimal": Refusal(
        "4.3.1 “if the comparison cannot be performed, then there is a validation result”; rdflib has no number "
        "for some values, and pySHACL gives up",
        "InvalidOperation",
        lambda case: any(
            _may_differ(limit, term)
            for one in _asks(case, *RANGES, *ORDERED)
            for limit in (one.terms if one.name in RANGES else case.terms)
            for term in case.terms
        ),
    ),
    "less-than-with-blank-nodes": Refusal(
        "4.5.3 “or where the two values cannot be compared, there is a validation result”; pySHACL gives up",
        "to compare a BlankNode",
        lambda case: any(_asks(case, *ORDERED)) and any(isinstance(term, ox.BlankNode) for term in case.terms),
    ),
    "length-below-zero": Refusal(
        "4.4.1 “the values of sh:minLength in a shape are literals with datatype xsd:integer”; pySHACL wants no "
        "negative one",
        "value must be a positive integer",
        lambda case: _is_below_zero(case, "minLength", "maxLength"),
    ),
    "count-below-zero": Refusal(
        "4.2.1 “the values of sh:minCount in a property shape are literals with datatype xsd:integer”; pySHACL "
        "wants no negative one",
        "must be an integer >= 0",
        lambda case: _is_below_zero(case, "minCount", "maxCount", "qualifiedMinCount", "qualifiedMaxCount"),
    ),
    "list-without-members": Refusal(
        "1.1 “the SHACL list rdf:nil has no members”, and 4.6.2 “each value of sh:and in a shape is a SHACL list”;"
        " pySHACL wants a member",
        "RDF list with 1 or more members",
        lambda case: any(
            predicate.value in (SH + "and", SH + "or", SH + "xone") and value == NIL
            for _, predicate, value in case.pair.shapes
        ),
    ),
}


def explain(case: Case, ours: Bag, theirs: Bag, *, rewritten: bool = False) -> tuple[list[str], Counter[str]]:
    """Settle the differences between our results and those of pySHACL.

    Args:
        case: what was judged.
        ours: our results.
        theirs: those of pySHACL.
        rewritten: whether the shapes were rewritten for it.

    Returns:
        The differences that no known mistake explains, and how many each mistake explains.
    """
    left: list[str] = []
    explained: Counter[str] = Counter()
    shapes = {str(node): shape for node, shape in case.shapes.by.items()}
    known: dict[str, set[str]] = {}
    for key, count in sorted(((ours - theirs) + (theirs - ours)).items()):
        if key[5] not in known:
            known[key[5]] = {
                name
                for name, mistake in MISTAKES.items()
                if not (rewritten and mistake.corrected)
                for shape in _reached(shapes[key[5]])
                if mistake.shows(case, shape)
            }
        explained.update(dict.fromkeys(known[key[5]], count))
        if not known[key[5]]:
            left.append(f"ours {ours[key]}, theirs {theirs[key]}: {' | '.join(key)}")
    return left, explained


def _reached(shape: Shape) -> Iterator[Shape]:
    """A shape and all that it rests on."""
    seen: set[int] = set()
    todo = [shape]
    while todo:
        one = todo.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            todo.extend(one.parts())
