"""The gate: the part of a graph that may be seen from outside.

A record passes when its status is *published* and nothing is missing or wrong in it up to level *publishable*. Two
rules hold whatever the shapes say: a record has a licence, and a person is named only with recorded consent. Who made
something, said as a text, is named as well, and an e-mail address is most often somebody's: a record that has either,
and is no organisation, needs that consent, too. Nothing else of the graph passes. References to records that stay
behind are cut; where the record was withdrawn, they lead to its tombstone instead. Both are listed.

A tombstone says that something was withdrawn, and not what: its address is a digest of the record's. So whoever knows
the record's address can be told that it is gone, and nobody can read the address from the release.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from sankofa.store import Embedded, record_of
from sankofa.terms import ADMS, DCTERMS, FOAF, RDF, SCHEMA, SKF, STATUS

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.validation import Finding

_PUBLISHED = STATUS.published.rpartition("/")[2]
#: Classes of people in the vocabularies that graphs are made of.
_PEOPLE = (
    SKF.Person,
    FOAF.Person,
    SCHEMA.Person,
    "http://schema.org/Person",
    "http://www.w3.org/ns/prov#Person",
    "http://www.w3.org/2006/vcard/ns#Individual",
)
#: Whose addresses are there to be written to.
_PUBLIC = (SKF.Organisation, SKF.Network)
#: What names somebody where its value is a text.
_NAMING = (
    DCTERMS.creator,
    DCTERMS.contributor,
    "http://purl.org/dc/elements/1.1/creator",
    "http://purl.org/dc/elements/1.1/contributor",
)
#: The end of an e-mail address, found from its sign on: most lines have none.
_MAILBOX = re.compile(rb"@(?<=[\w%+.-]@)[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}")


def digest_of(record: str) -> str:
    """What of a withdrawn record's address may still be known.

    Example:
        >>> digest_of("https://example.org/id/person/awa")
        '720bece79e88d7203fff42dfc8b65878'
    """
    return hashlib.sha256(record.encode()).hexdigest()[:32]


def tombstone(base: str, digest: str) -> str:
    """The address that stands for a withdrawn record in a network.

    Example:
        >>> tombstone("https://example.org/", "00")
        'https://example.org/withdrawn/00'
    """
    return f"{base}withdrawn/{digest}"


@dataclass(frozen=True)
class LeftOut:
    """A record that did not pass, and why.

    Attributes:
        record: its IRI.
        title: its title.
        status: draft, submitted, returned or withdrawn; "published" when something else is the reason; "" when it has
            none.
        findings: what is missing or wrong in it up to level publishable.
        lacks: of "consent" (of a person), "consent to be named" and "licence" those that it lacks.
    """

    record: str
    title: str
    status: str
    findings: tuple[Finding, ...] = ()
    lacks: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it stayed behind, in a few words.

        Example:
            >>> LeftOut("https://example.org/id/story/a", "A", "draft").reason
            'its status is draft'
        """
        if self.status != _PUBLISHED:
            return f"its status is {self.status}" if self.status else "it has no status"
        if "consent" in self.lacks:
            return "no consent of the person is recorded"
        if "consent to be named" in self.lacks:
            return "it names somebody, or has an e-mail address, and no consent to that is recorded"
        if "licence" in self.lacks:
            return "it has no licence"
        return (
            f"{len(self.findings)} things are missing or wrong in it"
            if len(self.findings) > 1
            else "one thing is missing or wrong in it"
        )


@dataclass(frozen=True)
class Gate:
    """What passed, what stayed behind, and what became of the references to it.

    Attributes:
        passed: the IRIs of the records that may be seen.
        left_out: the others, sorted by IRI.
        cut: the triples of passed records that name a record left out; they are not released.
        redirected: the triples of passed records that name a withdrawn record; released, they name its tombstone.
        content: what is released of what was asserted, as sorted lines of N-Triples.
        tombstones: the addresses that stand for withdrawn records.
    """

    passed: frozenset[str]
    left_out: tuple[LeftOut, ...]
    cut: tuple[Triple, ...] = ()
    redirected: tuple[Triple, ...] = ()
    content: tuple[bytes, ...] = ()
    tombstones: frozenset[str] = frozenset()

    def summary(self) -> str:
        """What was decided, for the person who starts a server.

        Example:
            >>> Gate(frozenset(), ()).summary()
            'no record may be seen from outside: what is served is empty'
        """
        passed, left = len(self.passed), len(self.left_out)
        text = f"{_count(passed, 'record')} may be seen from outside"
        if not passed:
            text = "no record may be seen from outside: what is served is empty"
        if left:
            unready = sum(1 for each in self.left_out if each.findings)
            text += f"; {left} left out"
            text += (
                f", {unready} of them with findings ('sankofa validate --level publishable' lists them)"
                if unready
                else ""
            )
            others = sorted({each.status or "none" for each in self.left_out} - {_PUBLISHED})
            text += f", by status: {', '.join(others)}" if others else ""
        text += f"; {_count(len(self.redirected), 'reference')} to what was withdrawn redirected" * bool(
            self.redirected
        )
        return text + (f"; {_count(len(self.cut), 'reference')} to what is left out cut" if self.cut else "")


def gate(graph: Graph) -> Gate:
    """Judge every record of a graph.

    Args:
        graph: a network's graph.

    Returns:
        The gate's verdict, with a reason for each record left out, and what passed.

    Example:
        >>> from sankofa.graph.opening import in_memory
        >>> gate(in_memory("https://example.org/net/")).passed
        frozenset()
    """
    withdrawn = {entry.withdraws for entry in graph.history() if entry.withdraws}
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in graph.validate().at("publishable").findings:
        # that a record names one which was withdrawn is not its fault, and is seen to below
        if not (isinstance(finding.value, NamedNode) and record_of(finding.value.value) in withdrawn):
            findings[record_of(finding.record)].append(finding)
    statuses = _values(graph, SKF.status)
    licensed = _values(graph, DCTERMS.license)
    lines = list(_lines(graph))
    unwilling = {record_of(person) for person in _people_without_consent(graph)}
    named = set(_named_without_consent(graph, lines))
    passed, left_out = set(), []
    for record in graph.records():
        status = statuses[record]
        lacking = {
            "consent": record in unwilling,
            "consent to be named": record in named - unwilling,
            "licence": not licensed[record],
        }
        lacks = tuple(what for what, so in lacking.items() if so)
        if status == {STATUS.published} and not lacks and record not in findings:
            passed.add(record)
        else:
            words = " and ".join(sorted(each.rpartition("/")[2] for each in status))
            left_out.append(LeftOut(record, graph.label_of(record)[0], words, tuple(findings[record]), lacks))
    gone = {out.record for out in left_out if out.status == STATUS.withdrawn.rpartition("/")[2]}
    return _sorted_out(
        graph, lines, frozenset(passed), tuple(sorted(left_out, key=lambda out: out.record)), gone | withdrawn - passed
    )


def _values(graph: Graph, predicate: str) -> dict[str, set[str]]:
    """What records have as a property, by record."""
    found: dict[str, set[str]] = defaultdict(set)
    for triple in graph.store.asserted(None, NamedNode(predicate)):
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            found[triple.subject.value].add(triple.object.value)
    return found


def _people_without_consent(graph: Graph) -> Iterator[str]:
    """The people, records and parts of records, of whom the graph does not say that they agreed, or says both."""
    for name in _PEOPLE:
        for triple in graph.store.asserted(None, NamedNode(RDF.type), NamedNode(name)):
            if isinstance(person := triple.subject, NamedNode) and not _agreed(graph, person.value):
                yield person.value


def _named_without_consent(graph: Graph, lines: Iterable[bytes]) -> Iterator[str]:
    """The records that say who made them, or have an address to write to, and no consent; no organisations."""
    subjects = {line[1 : line.index(b">")].decode() for line in lines if b"@" in line and _MAILBOX.search(line)}
    for predicate in _NAMING:
        for triple in graph.store.asserted(None, NamedNode(predicate)):
            if isinstance(triple.object, Literal) and isinstance(triple.subject, NamedNode):
                subjects.add(triple.subject.value)
    public = {
        triple.subject.value
        for name in _PUBLIC
        for triple in graph.store.asserted(None, NamedNode(RDF.type), NamedNode(name))
        if isinstance(triple.subject, NamedNode)
    }
    for record in {record_of(each) for each in subjects} - public:
        if not _agreed(graph, record):
            yield record


def _agreed(graph: Graph, iri: str) -> bool:
    said = graph.store.asserted(NamedNode(iri), NamedNode(SKF.consent))
    return {each.object.value for each in said if isinstance(each.object, Literal)} == {"true"}


def _sorted_out(
    graph: Graph,
    lines: Iterable[bytes],
    passed: frozenset[str],
    left_out: tuple[LeftOut, ...],
    gone: Iterable[str],
) -> Gate:
    """Go through all that was asserted, as lines of text: quicker by far than term by term."""
    base = graph.store.graphs.base
    prefix = f"<{graph.record_prefix}".encode()
    may, tombstones = {record.encode() for record in passed}, {}
    for record in gone:
        tombstones[record.encode()] = f"<{tombstone(base, digest_of(record))}>".encode()
    content, cut, redirected = [], [], []
    for line in lines:
        if line[1 : line.index(b">")].partition(b"#")[0] not in may:
            continue
        subject, predicate, rest = line.split(b" ", 2)
        if rest.startswith(prefix):
            named = rest[1 : rest.index(b">")].partition(b"#")[0]
            if named in tombstones:
                redirected.append(line)
                line = b" ".join((subject, predicate, tombstones[named], b".\n"))
            elif named not in may:
                cut.append(line)
                continue
        content.append(line)
    withdrawn = f"<{ADMS.status}> <{STATUS.withdrawn}> .\n".encode()
    content += [b"%s %s" % (address, withdrawn) for address in tombstones.values()]
    addresses = frozenset(address[1:-1].decode() for address in tombstones.values())
    return Gate(passed, left_out, _triples(cut), _triples(redirected), tuple(sorted(set(content))), addresses)


def _lines(graph: Graph) -> Iterator[bytes]:
    store = graph.store
    if isinstance(store, Embedded):
        text = store.raw.dump(format=RdfFormat.N_TRIPLES, from_graph=store.graphs.asserted) or b""
    else:
        text = store.dump("ntriples")
    return (line for line in text.splitlines(keepends=True) if line.startswith(b"<"))


def _triples(lines: Iterable[bytes]) -> tuple[Triple, ...]:
    return tuple(quad.triple for quad in parse(b"".join(sorted(lines)), RdfFormat.N_TRIPLES))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
