"""The gate: the part of a graph that may be seen from outside.

A record passes when its status is *published* and nothing is missing or wrong in it up to level *publishable*. What
passes is copied into a graph of its own, read-only in effect: it holds no draft and no log. References to records that
stay behind are cut, and listed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
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
        status: the last word of its status' IRI (draft, submitted, returned, withdrawn), "published" when the findings
            are the reason, "" when it has none.
        findings: what is missing or wrong up to level publishable.
    """

    record: str
    title: str
    status: str
    findings: tuple[Finding, ...] = ()


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
    cut: tuple[Triple, ...] = field(default=())

    def summary(self) -> str:
        """One line for the person who starts a server.

        Example:
            >>> Gate(frozenset(), ()).summary()
            'no record may be seen from outside'
        """
        if not self.passed:
            return "no record may be seen from outside" + (f" ({len(self.left_out)} left out)" if self.left_out else "")
        text = f"{len(self.passed)} records may be seen from outside"
        if self.left_out:
            text += f", {len(self.left_out)} are left out ('sankofa validate --level publishable' says why)"
        return text + (f", {len(self.cut)} references to them are cut" if self.cut else "")


def gate(graph: Graph) -> Gate:
    """Judge every record of a graph.

    Args:
        graph: a network's graph.

    Returns:
        The gate's verdict, with a reason for each record left out.

    Example:
        >>> import sankofa
        >>> verdict = gate(sankofa.open())  # doctest: +SKIP
        >>> sum("/id/city/" in record for record in verdict.passed)  # doctest: +SKIP
        11
    """
    findings: dict[str, list[Finding]] = defaultdict(list)
    for finding in graph.validate().at("publishable").findings:
        findings[finding.record].append(finding)
    statuses = {t.subject.value: t.object.value for t in graph.store.asserted(None, NamedNode(SKF.status))}
    passed, left_out = set(), []
    for record in graph.records():
        status = statuses.get(record, "")
        if status == STATUS.published and record not in findings:
            passed.add(record)
        else:
            word = status.rpartition("/")[2]
            left_out.append(LeftOut(record, graph.label_of(record)[0], word, tuple(findings[record])))
    cut = tuple(
        triple
        for triple in graph.store.asserted()
        if record_of(triple.subject.value) in passed and _names_one_left_out(triple, passed, graph.record_prefix)
    )
    return Gate(frozenset(passed), tuple(sorted(left_out, key=lambda out: out.record)), cut)


def released(graph: Graph, verdict: Gate) -> list[Triple]:
    """What passed: all that may be seen from outside of what people wrote.

    Args:
        graph: the graph that was judged.
        verdict: what :func:`gate` said of it.

    Returns:
        The triples of the passed records and their parts, without the references that are cut.
    """
    cut = set(verdict.cut)
    return [
        triple
        for triple in graph.store.asserted()
        if record_of(triple.subject.value) in verdict.passed and triple not in cut
    ]


def _names_one_left_out(triple: Triple, passed: set[str], prefix: str) -> bool:
    value = getattr(triple.object, "value", "")
    return type(triple.object).__name__ == "NamedNode" and value.startswith(prefix) and record_of(value) not in passed
