"""Completeness as data: measurements of the W3C's Data Quality Vocabulary (https://www.w3.org/TR/vocab-dqv/).

The measurements of one way to count are one document, ``{base}quality/{by}``, in which each has a name of its own:
``#{metric}/{group}``, and ``#{metric}`` for all records together. So each can be cited, and no blank node is needed.
A record, a city, a theme or a phase is measured under its own IRI. A group that has none (a kind, a language, what
belongs to no group) is ``#part/{group}``, a part of the dataset, which is ``{base}graph/asserted``.
The metrics are data too (``vocabularies/metric.ttl``), and each document is a data set of the RDF Data Cube vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

import pyoxigraph as ox

from sankofa import shipped
from sankofa.errors import ParameterError
from sankofa.fields import Texts, text_in
from sankofa.store import Graphs
from sankofa.store.formats import read
from sankofa.terms import DCTERMS, DQV, LDQD, METRIC, QB, RDF, RDFS, SKF, VOC, VOID, XSD
from sankofa.validation.completeness import Completeness, Row
from sankofa.validation.words import LANGUAGES, colon, share, words

_STRUCTURE = f"{VOC.metric}#structure"
#: How a group counts, and how one record does: the metric of its fields, and that of each level.
_OF_GROUPS = {
    "": METRIC.fields,
    "draft": METRIC.draft,
    "publishable": METRIC.publishable,
    "exemplary": METRIC.exemplary,
}
_OF_RECORDS = {
    "": METRIC.record_fields,
    "draft": METRIC.record_draft,
    "publishable": METRIC.record_publishable,
    "exemplary": METRIC.record_exemplary,
}
_OF_LANGUAGES = {"": METRIC.texts}


def measurements(completeness: Completeness, base: str) -> list[ox.Triple]:
    """The triples that say how complete records are.

    Args:
        completeness: the numbers.
        base: what the IRIs of the measurements begin with; it ends with ``/``.

    Raises:
        ParameterError: there is no base.

    Example:
        >>> nothing = Completeness("city", (), Row("", {}, 0, 0, 0, {}))
        >>> any(triple.predicate.value == DQV.value for triple in measurements(nothing, "https://example.org/"))
        False
    """
    if not base:
        raise ParameterError(
            "the addresses of the records do not tell what those of the measurements begin with",
            hint="name it: to_graph('https://example.org/net/')",
        )
    return list(_Writer(completeness, base).triples())


class _Writer:
    """Writes the measurements of one way to count."""

    def __init__(self, completeness: Completeness, base: str) -> None:
        self._numbers = completeness
        self._records = f"{base}id/"
        self._document = f"{base}quality/{completeness.by}"
        self._dataset = Graphs.of(base).asserted.value

    def triples(self) -> Iterator[ox.Triple]:
        by = self._numbers.by
        names = words(by)
        titles = {tag: text.format(by=names[tag].lower()) for tag, text in words("completeness-by").items()}
        yield _link(self._document, RDF.type, DQV.QualityMeasurementDataset)
        yield from _texts(self._document, DCTERMS.title, titles)
        yield _link(self._document, QB.structure, _STRUCTURE)
        yield _link(self._dataset, RDF.type, VOID.Dataset)
        yield from _texts(self._dataset, DCTERMS.title, words("all-records"))
        metrics = {"record": _OF_RECORDS, "language": _OF_LANGUAGES}.get(by, _OF_GROUPS)
        for row in self._numbers.rows:
            yield from self._described(row)
            yield from self._measured(row, metrics, self._thing(row), f"/{self._name(row)}")
        yield from self._measured(self._numbers.total, _OF_GROUPS, self._dataset, "")
        described = [*metrics.values(), *_OF_GROUPS.values(), LDQD.completeness]
        for subject, said in _vocabulary().items():
            if subject in described or subject.startswith(f"{VOC.metric}#"):
                yield from said

    def _measured(self, row: Row, metrics: dict[str, str], thing: str, name: str) -> Iterator[ox.Triple]:
        """The measurements of a group; of nothing there is no share, and so no measurement."""
        for level, metric in metrics.items():
            some, every = (row.reached.get(level, 0), row.records) if level else (row.filled, row.needed)
            value = share(some, every)
            if value is None:
                continue
            node = f"{self._document}#{metric.rpartition('/')[2]}{name}"
            yield _link(node, RDF.type, DQV.QualityMeasurement)
            yield _link(node, QB.dataSet, self._document)
            yield _link(node, DQV.computedOn, thing)
            yield _link(node, DQV.isMeasurementOf, metric)
            yield _value(node, DQV.value, str(value), XSD.decimal)
            yield _value(node, SKF.numerator, str(some), XSD.integer)
            yield _value(node, SKF.denominator, str(every), XSD.integer)

    def _described(self, row: Row) -> Iterator[ox.Triple]:
        """What a reader needs to know of what is measured: its name, and for a part of the dataset what it holds."""
        thing = self._thing(row)
        if thing == row.about:
            yield from _texts(thing, RDFS.label, row.label)
            return
        holds = words("texts" if self._numbers.by == "language" else "records")
        titles = {tag: f"{holds[tag]}{colon(tag)}{text_in(row.label, tag)}" for tag in LANGUAGES}
        yield _link(thing, RDF.type, VOID.Dataset)
        yield _link(thing, DCTERMS.isPartOf, self._dataset)
        yield from _texts(thing, DCTERMS.title, titles)
        if row.about:
            yield _link(thing, VOID.class_ if self._numbers.by == "kind" else DCTERMS.language, row.about)

    def _thing(self, row: Row) -> str:
        """The IRI of what is measured."""
        if row.about and self._numbers.by not in ("kind", "language"):
            return row.about
        return f"{self._document}#part/{self._name(row)}"

    def _name(self, row: Row) -> str:
        """The name of a group within the document; one that has no name is called so."""
        if row.group.startswith(self._records):
            return quote(row.group.removeprefix(self._records))
        return quote(row.group, safe="") or "none"


@lru_cache(maxsize=1)
def _vocabulary() -> dict[str, list[ox.Triple]]:
    """What is said of the metrics, of their dimension and of the structure of a set of measurements, by subject."""
    said: dict[str, list[ox.Triple]] = {}
    for file in shipped.vocabulary_files():
        if file.stem == "metric":
            for quad in read(file):
                said.setdefault(str(quad.subject)[1:-1], []).append(quad.triple)
    for subject, triples in said.items():
        if any(triple.object == ox.NamedNode(SKF.Metric) for triple in triples):
            triples.append(_link(subject, RDF.type, DQV.Metric))
    return said


def _link(subject: str, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value))


def _value(subject: str, predicate: str, value: str, datatype: str) -> ox.Triple:
    literal = ox.Literal(value, datatype=ox.NamedNode(datatype))
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), literal)


def _texts(subject: str, predicate: str, texts: Texts) -> Iterator[ox.Triple]:
    for tag, text in texts.items():
        literal = ox.Literal(text, language=tag) if tag else ox.Literal(text)
        yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), literal)
