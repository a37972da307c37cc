"""Answers that were worked out before: read back from their JSON, equal to what asking again would give."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode

from sankofa.fields import Fields
from sankofa.questions.answers import Answer, Coverage, FieldCoverage, ground_of
from sankofa.questions.catalogue import Question
from sankofa.questions.parameters import Asked, Term
from sankofa.table import Table


def recalled(store: Asked, fields: Fields, question: Question, parameters: Mapping[str, Term], text: str) -> Answer:
    """The answer that :meth:`Answer.to_json` wrote.

    Args:
        store: where the titles of records are.
        fields: the kinds and fields of the records, for their labels.
        question: what was asked.
        parameters: the values it was asked with.
        text: the JSON.

    Example:
        >>> import sankofa
        >>> kg = sankofa.open()
        >>> answer = kg.answer("cities")
        >>> recalled(kg.store, kg.fields, answer.question, answer.parameters, answer.to_json("fr")) == answer
        True
    """
    content = json.loads(text)
    columns = tuple(content["columns"])
    rows = [tuple(_term(row.get(column)) for column in columns) for row in content["rows"]]
    ground = [[each["iri"] for each in row] for row in content["ground"]]
    coverage = tuple(_coverage(fields, each) for each in content["coverage"])
    return Answer(question, parameters, Table(columns, rows), ground_of(store, ground), coverage)


def _coverage(fields: Fields, content: Mapping[str, Any]) -> Coverage:
    kind = fields.kind(content["kind"])
    filled = (FieldCoverage(name, dict(kind.field(name).label), count) for name, count in content["filled"].items())
    return Coverage(content["kind"], dict(kind.label), content["records"], tuple(filled))


def _term(cell: Mapping[str, str] | None) -> NamedNode | BlankNode | Literal | None:
    if cell is None:
        return None
    if cell["type"] == "uri":
        return NamedNode(cell["value"])
    if cell["type"] == "bnode":
        return BlankNode(cell["value"])
    if language := cell.get("xml:lang"):
        return Literal(cell["value"], language=language)
    datatype = cell.get("datatype")
    return Literal(cell["value"], datatype=NamedNode(datatype)) if datatype else Literal(cell["value"])
