"""Pages people read: plain HTML, no script, no request to anybody else, one language at a time."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pyoxigraph import NamedNode

from sankofa.errors import UnknownName
from sankofa.terms import DCTERMS, RDF

if TYPE_CHECKING:
    from jinja2 import Environment

    from sankofa.graph import Graph
    from sankofa.questions import Answer, Question

#: The languages of the pages, the default first.
LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Value:
    """One value on a page.

    Attributes:
        text: what is shown.
        lang: its language tag, or "" where it has none.
        href: where it leads, or "".
        foreign: True when the text is not in the page's language.
        parts: the rows of a part of the record, shown in its place.
    """

    text: str
    lang: str = ""
    href: str = ""
    foreign: bool = False
    parts: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Row:
    """One property of a record: its label and its values."""

    label: str
    values: tuple[Value, ...]
    predicate: str


class Pages:
    """The pages of one graph.

    Args:
        graph: a network's graph; every method reads it afresh.
    """

    def __init__(self, graph: Graph) -> None:
        """Keep the graph; nothing is rendered yet."""
        self.graph = graph

    def home(self, lang: str) -> str:
        """The first page: the network, and how many records of each kind there are."""
        counts = self.graph.count_by_kind()
        kinds = [
            (kind.name, self._label(kind.label, lang), counts[kind.name])
            for kind in self.graph.fields.kinds.values()
            if counts.get(kind.name)
        ]
        return self._render("home.html", lang, "/", kinds=sorted(kinds, key=lambda row: row[1].casefold()))

    def kind(self, name: str, lang: str) -> str:
        """All records of a kind, by title.

        Raises:
            UnknownName: no kind has that name.
        """
        kind = self.graph.fields.kind(name)
        records = [self._link(iri, lang) for iri in self.graph.records(kind=name)]
        records.sort(key=lambda value: value.text.casefold())
        return self._render("kind.html", lang, f"/kinds/{name}", title=self._label(kind.label, lang), records=records)

    def record(self, kind: str, slug: str, lang: str) -> str:
        """The page about one record: every property it has, its parts, and what refers to it.

        Raises:
            UnknownName: there is no such record here.
        """
        iri = f"{self.graph.record_prefix}{kind}/{slug}"
        if not self.graph.has(iri):
            raise UnknownName(f"there is no record '{kind}/{slug}' here", hint=f"see /kinds/{kind} for what there is")
        rows = self._rows(iri, lang)
        title = next((row for row in rows if row.predicate in self.graph.title_predicates), None)
        refers = sorted({subject.partition("#")[0] for subject in self.graph.referring_to(iri)} - {iri})
        return self._render(
            "record.html",
            lang,
            f"/doc/{kind}/{slug}",
            iri=iri,
            kind_name=kind,
            kind_label=self._label(self.graph.fields.kind(kind).label, lang),
            title=self._link(iri, lang),
            rows=[row for row in rows if row is not title or len(row.values) > 1],
            referring=sorted((self._link(other, lang) for other in refers), key=lambda v: v.text.casefold()),
        )

    def questions(self, lang: str) -> str:
        """The catalogue of questions."""
        rows = [
            (question.name, self._label(question.title, lang), self._label(question.description, lang))
            for question in self.graph.questions.values()
        ]
        return self._render("questions.html", lang, "/questions", rows=rows)

    def lacks_a_value(self, name: str, given: dict[str, str]) -> bool:
        """True when the question needs a parameter that was not given, so that its page shows the form only."""
        return any(p.required and p.name not in given for p in self.graph.questions[name].parameters)

    def question(self, name: str, answer: Answer | None, given: dict[str, str], lang: str) -> str:
        """One question: its form, its rows, and the ground they stand on."""
        question = self.graph.questions[name]
        rows, reading = [], ""
        if answer is not None:
            reading = answer.reading(lang)
            rows = [[self._cell(term, lang) for term in row] for row in answer.table.rows]
        address = f"/questions/{name}"
        passed = {key: value for key, value in given.items() if key != "lang"}
        return self._render(
            "question.html",
            lang,
            address,
            query=urlencode(passed),
            question=question,
            title=self._label(question.title, lang),
            description=self._label(question.description, lang),
            controls=[
                self._control(question, parameter.name, given, lang)
                for parameter in question.parameters
                if parameter.name != "lang"
            ],
            columns=answer.table.columns if answer else (),
            rows=rows,
            reading=reading,
        )

    def sparql(self, lang: str) -> str:
        """A form to send a query from."""
        return self._render("sparql.html", lang, "/sparql")

    # -- values --------------------------------------------------------------------------------------------

    def _rows(self, iri: str, lang: str, depth: int = 0) -> tuple[Row, ...]:
        kind = self.graph.kind_of(iri)
        labels = (
            {field.predicate: (field.order, self._label(field.label, lang)) for field in kind.fields} if kind else {}
        )
        values: dict[str, list[Value]] = {}
        for triple in self.graph.store.asserted(NamedNode(iri)):
            if triple.predicate.value != RDF.type:
                values.setdefault(triple.predicate.value, []).append(self._value(triple.object, iri, lang, depth))
        rows = []
        for predicate, found in values.items():
            order, label = labels.get(predicate) or (999.0, self.graph.label_of(predicate, lang)[0])
            found.sort(key=lambda value: (value.foreign, value.text.casefold()))
            rows.append((order, label, Row(label, tuple(found), predicate)))
        return tuple(row for *_, row in sorted(rows, key=lambda entry: entry[:2]))

    def _value(self, term: object, record: str, lang: str, depth: int) -> Value:
        text = getattr(term, "value", str(term))
        if type(term).__name__ == "Literal":
            language = getattr(term, "language", None) or ""
            return Value(text, language, foreign=bool(language) and not language.startswith(lang))
        if depth < 2 and text.startswith(record.partition("#")[0] + "#"):
            return Value(text, parts=self._rows(text, lang, depth + 1))
        return self._link(text, lang)

    def _cell(self, term: object, lang: str) -> Value:
        return Value("") if term is None else self._value(term, "", lang, 2)

    def _link(self, iri: str, lang: str) -> Value:
        """A value that leads to a record's page here, or out to where its IRI says."""
        prefix = self.graph.record_prefix
        record, _, fragment = iri.partition("#")
        if record.startswith(prefix) and self.graph.has(record):
            text, language = self.graph.label_of(record, lang)
            anchor = f"#{quote(fragment)}" if fragment else ""
            value = Value(text, language, f"/doc/{quote(record.removeprefix(prefix))}{anchor}")
        else:
            text, language = self.graph.label_of(iri, lang)
            value = Value(text, language, iri if iri.startswith(("http://", "https://")) else "")
        return replace(value, foreign=bool(language) and language != "und" and not language.startswith(lang))

    def _control(self, question: Question, name: str, given: dict[str, str], lang: str) -> dict[str, object]:
        """What the form needs to ask for one parameter: a list of records where the kind is known."""
        parameter = next(p for p in question.parameters if p.name == name)
        choices: list[tuple[str, str]] = []
        if parameter.kind.startswith("iri:"):
            kind = parameter.kind.removeprefix("iri:")
            prefix = f"{self.graph.record_prefix}{kind}/"
            choices = [
                (iri.removeprefix(prefix), self.graph.label_of(iri, lang)[0]) for iri in self.graph.records(kind=kind)
            ]
            choices.sort(key=lambda choice: choice[1].casefold())
        return {
            "name": name,
            "label": self._label(parameter.help, lang) or name,
            "choices": choices,
            "required": parameter.required,
            "value": given.get(name, parameter.default or ""),
        }

    # -- rendering -----------------------------------------------------------------------------------------

    def _render(self, template: str, lang: str, address: str, **content: object) -> str:
        words = _words()[lang]
        network_title, network_lang = self.graph.title(lang)
        return (
            _templates()
            .get_template(template)
            .render(
                lang=lang,
                words=words,
                address=address,
                languages=[(other, _words()[other]["language"]) for other in LANGUAGES],
                network=network_title,
                network_lang=network_lang,
                licence=DCTERMS.license,
                **content,
            )
        )

    @staticmethod
    def _label(labels: dict[str, str], lang: str) -> str:
        return labels.get(lang) or labels.get("en") or next(iter(labels.values()), "")


@cache
def _words() -> dict[str, dict[str, str]]:
    """The words of the pages, by language."""
    content: dict[str, dict[str, str]] = tomllib.loads(
        (files("sankofa.publish") / "templates" / "words.toml").read_text(encoding="utf-8")
    )
    return content


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("sankofa.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
