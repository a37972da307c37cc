"""The parameters of questions: the terms that they stand for, and values to try them with."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from contextlib import suppress
from itertools import dropwhile
from typing import Any, Protocol, cast

from pyoxigraph import Literal, NamedNode, QuerySolutions

from sankofa.errors import ParameterError, UnknownName
from sankofa.questions.catalogue import Parameter, Question, class_of, kinds_of, literal
from sankofa.store.binding import bind
from sankofa.terms import SKOS

Term = NamedNode | Literal

#: how many allowed values an error lists
_LISTED = 12


class Asked(Protocol):
    """What a question needs of a store: the base of its records, and the solutions of SELECT queries."""

    @property
    def base(self) -> str | None:
        """The base of the records' IRIs."""

    def query(self, sparql: str, bindings: Mapping[str, Term]) -> object:
        """The result of a query over all that the store holds, some of its variables bound."""


def bind_parameters(store: Asked, question: Question, given: Mapping[str, object]) -> dict[str, Term]:
    """The terms that the parameters of a question stand for.

    Args:
        store: where the records and concepts are that an IRI parameter can name.
        question: the question.
        given: values by name; an IRI parameter takes the record's slug or its IRI. None counts as not given.

    Raises:
        ParameterError: a required parameter is missing, or a value is not of its type; the error says what is allowed.
        UnknownName: the question has no such parameter.

    Example:
        >>> import sankofa
        >>> kg = sankofa.open()
        >>> bind_parameters(kg.store, kg.questions["action-plans"], {"city": "bamako"})["city"].value[-14:]
        'id/city/bamako'
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in given:
        if name not in known:
            error = UnknownName.among("parameter", name, list(known))
            raise UnknownName(error.what, where=f"question '{question.name}'", hint=error.hint)
    bound: dict[str, Term] = {}
    for parameter in question.parameters:
        value = given.get(parameter.name)
        value = parameter.default if value is None or value == "" else value
        if value is not None:
            try:
                is_iri = parameter.kind.startswith("iri:")
                bound[parameter.name] = _find(store, parameter, value) if is_iri else literal(parameter, value)
            except ParameterError as error:
                raise ParameterError(error.what, where=f"question '{question.name}'", hint=error.hint) from None
        elif parameter.required:
            example = _example(store, parameter)
            raise ParameterError(
                f"the question needs the parameter '{parameter.name}' ({parameter.kind})",
                where=f"question '{question.name}'",
                hint=f"for example {parameter.name}={example}" if example else parameter.help.get("en", ""),
            )
    return bound


def runnable(store: Asked, question: Question) -> str:
    """The query of a question as any client can send it: what it needs is there, as an example.

    Args:
        store: where the records are that serve as examples.
        question: the question.

    Returns:
        The query without its header; "" where there is no record yet that it could be asked about.

    Example:
        >>> import sankofa
        >>> kg = sankofa.open()
        >>> runnable(kg.store, kg.questions["cities"]).startswith("PREFIX")
        True
    """
    given = {each.name: _example(store, each) for each in question.parameters if each.required}
    if not all(given.values()):
        return ""
    lines = dropwhile(lambda line: line.startswith("#") or not line.strip(), question.text.splitlines(keepends=True))
    return bind("".join(lines), bind_parameters(store, question, given))


def _example(store: Asked, parameter: Parameter) -> str:
    """A value to try; where the one in the header is another network's record, the first that there is here."""
    known = _slugs(store, parameter)  # none for what is no record
    if not parameter.kind.startswith("iri:") or parameter.example in known:
        return parameter.example
    return next(iter(known), "")


def _find(store: Asked, parameter: Parameter, value: object) -> NamedNode:
    """The record or concept of the parameter's kinds that a slug, a code or an IRI names."""
    text = (value.value if isinstance(value, (NamedNode, Literal)) else str(value)).strip()
    kinds = kinds_of(parameter.kind)
    for kind in kinds:
        iri = text if "://" in text else f"{store.base or ''}id/{kind}/{text}"
        with suppress(ValueError):  # it is none, and so nothing's
            node = NamedNode(iri)
            if rows_of(store, f"SELECT ?class {{ {node} a ?class . VALUES ?class {{ <{class_of(kind)}> }} }}"):
                return node
    slugs = _slugs(store, parameter)
    if text.casefold() in slugs:
        return slugs[text.casefold()]
    near = difflib.get_close_matches(text.casefold().rsplit("/", 1)[-1], list(slugs), n=1, cutoff=0.6)
    names = sorted(set(slugs))
    listed = ", ".join(names[:_LISTED]) + (f" … ({len(names)} in all)" if len(names) > _LISTED else "")
    raise ParameterError(
        f"the parameter '{parameter.name}' takes the slug or IRI of a {' or a '.join(kinds)}, not '{text}'",
        hint=(f"did you mean '{near[0]}'? " if near else "") + f"allowed: {listed or 'none in this graph'}",
    )


def _slugs(store: Asked, parameter: Parameter) -> dict[str, NamedNode]:
    """What a parameter may be given as: slugs of records, last parts and codes of concepts."""
    found: dict[str, NamedNode] = {}
    for kind in kinds_of(parameter.kind):
        text = (
            f"SELECT ?iri ?code {{ ?iri a <{class_of(kind)}> OPTIONAL {{ ?iri <{SKOS.notation}> ?code }} }} "
            "ORDER BY ?iri ?code"
        )
        for iri, code in rows_of(store, text):
            if isinstance(iri, NamedNode):
                found.setdefault(re.split(r"[/#]", iri.value.rstrip("/"))[-1].casefold(), iri)
                if isinstance(code, Literal):
                    found.setdefault(code.value.casefold(), iri)
    return found


def select(store: Asked, text: str, bindings: Mapping[str, Term] | None = None) -> QuerySolutions:
    """The solutions of a SELECT query.

    Example:
        >>> import sankofa
        >>> [str(variable) for variable in select(sankofa.open().store, "SELECT ?s {}").variables]
        ['?s']
    """
    return cast(QuerySolutions, store.query(text, bindings or {}))


def rows_of(store: Asked, text: str) -> list[tuple[Any, ...]]:
    """The rows of a SELECT query; whoever wrote it knows which sort of term stands where.

    Example:
        >>> import sankofa
        >>> len(rows_of(sankofa.open().store, "SELECT * { ?city a skf:City }"))
        11
    """
    return [tuple(solution) for solution in select(store, text)]
