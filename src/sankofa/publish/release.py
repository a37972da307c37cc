"""The gate: the part of a graph that may be seen from outside.

A record passes when its status is *published* and nothing is missing or wrong in it up to level *publishable*. What
passes is copied into a graph of its own, read-only in effect: it holds no draft and no log. References to records that
stay behind are cut, and listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, Triple

from sankofa.store import record_of
from sankofa.terms import SKF, STATUS

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.validation import Finding


@dataclass(frozen=True)
class LeftOut:
    """A record that did not pass, and why.

    Attributes:
        record: its IRI.
        title: its title.
        status: draft, submitted, returned or withdrawn; "published" when the findings are the reason; "" when it has
            none.
        findings: what is missing or wrong in it up to level publishable.
    """

    record: str
    title: str
    status: str
    findings: tuple[Finding, ...] = ()

    @property
    def reason(self) -> str:
        """Why it stayed behind, in a few words.

        Example:
            >>> LeftOut("https://example.org/id/story/a", "A", "draft").reason
            'its status is draft'
        """
        if self.status != STATUS.published.rpartition("/")[2]:
            return f"its status is {self.status}" if self.status else "it has no status"
        return (
            f"{len(self.findings)} things are missing or wrong in it"
            if len(self.findings) > 1
            else "one thing is missing or wrong in it"
        )


@dataclass(frozen=True)
class Gate:
    """What passed, what stayed behind, and which references were cut.

    Attributes:
        passed: the IRIs of the records that may be seen.
        left_out: the others, sorted by IRI.
        cut: the triples of passed records that name a record left out.
    """

    passed: frozenset[str]
    left_out: tuple[LeftOut, ...]
    cut: tuple[Triple, ...] = ()

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
            others = sorted({each.status or "none" for each in self.left_out} - {"published"})
            text += f", by status: {', '.join(others)}" if others else ""
        return text + (f"; {_count(len(self.cut), 'reference')} to what is left out cut" if self.cut else "")


def gate(graph: Graph) -> Gate:
    """Judge every record of a graph.

    Args:
        graph: a network's graph.

    Returns:
        The gate's verdict, with a reason for each record left out.

    Example:
        >>> from sankofa.graph.opening import in_memory
        >>> gate(in_memory("https://example.org/net/")).passed
        frozenset()
    """
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in graph.validate().at("publishable").findings:
        findings[record_of(finding.record)].append(finding)
    statuses: dict[str, set[str]] = defaultdict(set)
    for triple in graph.store.asserted(None, NamedNode(SKF.status)):
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode):
            statuses[triple.subject.value].add(triple.object.value)
    passed, left_out = set(), []
    for record in graph.records():
        status = statuses[record]
        if status == {STATUS.published} and record not in findings:
            passed.add(record)
        else:
            words = " and ".join(sorted(each.rpartition("/")[2] for each in status))
            left_out.append(LeftOut(record, graph.label_of(record)[0], words, tuple(findings[record])))
    cut = (triple for triple in _of(graph, passed) if _names_one_left_out(triple, passed, graph.record_prefix))
    return Gate(frozenset(passed), tuple(sorted(left_out, key=lambda out: out.record)), tuple(sorted(cut, key=str)))


def released(graph: Graph, verdict: Gate) -> list[Triple]:
    """What passed: all that may be seen from outside of what people wrote.

    Args:
        graph: the graph that was judged.
        verdict: what :func:`gate` said of it.

    Returns:
        The triples of the passed records and their parts, without the references that are cut.

    Example:
        >>> import sankofa
        >>> graph = sankofa.open()
        >>> released(graph, Gate(frozenset(), ()))
        []
    """
    cut = set(verdict.cut)
    return [triple for triple in _of(graph, verdict.passed) if triple not in cut]


def _of(graph: Graph, records: Set[str]) -> Iterator[Triple]:
    """What is asserted about some records and their parts."""
    for triple in graph.store.asserted():
        if isinstance(triple.subject, NamedNode) and record_of(triple.subject.value) in records:
            yield triple


def _names_one_left_out(triple: Triple, passed: Set[str], prefix: str) -> bool:
    value = triple.object.value if isinstance(triple.object, NamedNode) else ""
    return value.startswith(prefix) and record_of(value) not in passed


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
