"""Pages people read: plain HTML, no script, no request to anybody else, one language at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from sankofa.errors import UnknownName, Withdrawn
from sankofa.publish import glossary
from sankofa.publish.documents import DATA_ENDINGS
from sankofa.publish.dumps import dumps_of
from sankofa.publish.feed import Feed, News, atom, pages_of
from sankofa.publish.gate import digest_of, tombstone
from sankofa.publish.layout import count, render, words
from sankofa.publish.search import MOST_RECORDS, Search
from sankofa.publish.service import BYTES, SECONDS
from sankofa.publish.values import Reader, Value, alphabetical, number, size, text_for, without_head
from sankofa.questions.catalogue import class_of, kinds_of
from sankofa.store import Solutions
from sankofa.store.sentences import refusal
from sankofa.terms import DCTERMS, SKF
from sankofa.validation.help import help_on, helps

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.publish.release import Manifest
    from sankofa.publish.service import Limit
    from sankofa.questions import Answer, Question
    from sankofa.questions.catalogue import Parameter

#: What the name of a record's own part of an address looks like.
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: A year, a month or a day, as lists of addresses write it.
_DAY = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


class Shown(NamedTuple):
    """A page of rows.

    Attributes:
        html: the page.
        is_cut: whether it shows only the first of the rows.
    """

    html: str
    is_cut: bool


@dataclass(frozen=True)
class Group:
    """Some links under one head."""

    label: str
    links: tuple[Value, ...]


class Pages:
    """The pages of one graph.

    Args:
        graph: what the pages show; RDF files that are no network's have a page for queries and nothing else.
        origin: what the addresses of the pages begin with (``https://example.org``), where that is known.

    Example:
        >>> import sankofa
        >>> "<h1" in Pages(sankofa.open()).record("city", "bamako", "fr")
        True
    """

    def __init__(self, graph: Graph, *, origin: str = "") -> None:
        """Keep the graph; nothing is rendered yet."""
        self.graph = graph
        self.origin = origin.rstrip("/")
        #: Whether these are the pages of the graph that stewards work in.
        self.drafts = False
        #: The release whose pages these are.
        self.release: Manifest | None = None
        #: What a request may take, as it is told; and how many rows a page shows: formats for programs have them all.
        self.limits: tuple[Limit, ...] = ()
        self.most_rows = 10_000

    def home(self, lang: str) -> str:
        """The first page: the network, and how many records of each kind there are."""
        reader = Reader(self.graph, lang)
        counts = self.graph.count_by_kind()
        kinds = [
            (kind.name, text_for(kind.label, lang), counts[kind.name])
            for kind in self.graph.fields.kinds.values()
            if counts[kind.name] and kind.iri != SKF.Network
        ]
        network = self._network()
        rows = reader.rows(network) if network else ()
        described = next((row for row in rows if row.predicate == DCTERMS.description), None)
        return self._render(
            "home.html",
            lang,
            "/",
            kinds=sorted(kinds, key=lambda kind: alphabetical(kind[1])),
            description=described.values[0] if described else None,
            about=reader.address(network) if network else "",
            questions=count(len(self.graph.questions), "question", lang),
        )

    def kind(self, name: str, lang: str) -> str:
        """All records of a kind, by title.

        Raises:
            UnknownName: no kind has that name.
        """
        kind = self.graph.fields.kind(name)
        reader = Reader(self.graph, lang)
        records = sorted((reader.link(iri) for iri in self.graph.records(kind=name)), key=alphabetical)
        return self._render("kind.html", lang, f"/kinds/{name}", title=text_for(kind.label, lang), records=records)

    def iri_of(self, kind: str, slug: str) -> str:
        """The IRI of a record.

        Raises:
            UnknownName: there is no such record here.
            Withdrawn: there was one.
        """
        iri = f"{self.graph.record_prefix}{kind}/{slug}"
        self.refuse_withdrawn(digest_of(iri))
        if not (NAME.fullmatch(kind) and NAME.fullmatch(slug) and self.graph.has(iri)):
            raise UnknownName(f"there is no record '{kind}/{slug}' here", hint="start from / or ask /sparql")
        return iri

    def refuse_withdrawn(self, digest: str) -> None:
        """Say that a record is gone, where a tombstone stands for it.

        Raises:
            Withdrawn: the digest of its address is that of a tombstone.
        """
        if re.fullmatch(r"[0-9a-f]{32}", digest) and self.graph.has(tombstone(self.graph.store.graphs.base, digest)):
            raise refusal(Withdrawn, "withdrawn")

    def record(self, kind: str, slug: str, lang: str) -> str:
        """The page about one record: every property it has, its parts, and what refers to it.

        Raises:
            UnknownName: there is no such record here.
        """
        iri = self.iri_of(kind, slug)
        reader = Reader(self.graph, lang)
        rows, title = reader.rows(iri), reader.title(iri)
        titles = [row for row in rows if row.predicate in self.graph.title_predicates]
        own = self.graph.kind_of(iri)
        return self._render(
            "record.html",
            lang,
            f"/doc/{kind}/{slug}",
            iri=iri,
            kind_name=own.name if own else "",
            kind_label=text_for(own.label, lang) if own else "",
            title=title,
            data=DATA_ENDINGS,
            rows=without_head(rows, title, titles),
            referring=self._referring(iri, reader),
        )

    def questions(self, lang: str) -> str:
        """The catalogue of questions, by title."""
        rows = [
            (question.name, text_for(question.title, lang), text_for(question.description, lang))
            for question in self.graph.questions.values()
        ]
        return self._render(
            "questions.html", lang, "/questions", rows=sorted(rows, key=lambda row: alphabetical(row[1]))
        )

    def lacks_a_value(self, name: str, given: Mapping[str, str]) -> bool:
        """Whether the question needs a parameter that was not given, so that its page shows the form only."""
        return any(each.required and each.name not in given for each in self.graph.questions[name].parameters)

    def question(self, name: str, answer: Answer | None, given: Mapping[str, str], lang: str) -> str:
        """One question: its form, its rows, and how to read them."""
        question = self.graph.questions[name]
        passed = {key: value for key, value in given.items() if key != "lang"}
        parameters = [each for each in question.parameters if each.name != "lang"]
        heads, rows = self._cells(answer, lang) if answer else ([], [])
        return self._render(
            "question.html",
            lang,
            f"/questions/{name}",
            query=urlencode(passed),
            title=text_for(question.title, lang),
            description=text_for(question.description, lang),
            controls=[self._control(each, given, lang) for each in parameters],
            answered=answer is not None,
            more=count(len(rows), "row", lang) if answer is not None and self.is_cut(answer) else "",
            heads=heads,
            rows=rows,
            reading=answer.reading(lang) if answer else "",
        )

    def is_cut(self, answer: Answer) -> bool:
        """Whether the page of an answer shows only the first of its rows."""
        return len(answer) > self.most_rows

    def sparql(self, lang: str, query: str = "") -> str:
        """A form to send a query from."""
        return self._results(lang, query)

    def rows(self, lang: str, query: str, solutions: Solutions) -> Shown:
        """The rows of a query, below the form it can be changed in; of very many the first."""
        reader = Reader(self.graph, lang)
        heads = [variable.value for variable in solutions.variables]
        rows: list[list[Value]] = []
        for solution in solutions:
            if len(rows) == self.most_rows:
                return Shown(self._results(lang, query, heads=heads, rows=rows, more=True), is_cut=True)
            rows.append([reader.raw(term) for term in solution])
        return Shown(self._results(lang, query, heads=heads, rows=rows), is_cut=False)

    def text(self, lang: str, query: str, text: str) -> str:
        """The result of a query that gives no rows, below the form it can be changed in."""
        return self._results(lang, query, text=text)

    def search(self, lang: str, found: Search) -> str:
        """What was found by its words; without any, how to search."""
        most = count(MOST_RECORDS, "record", lang)
        return self._render(
            "search.html",
            lang,
            "/search",
            query=urlencode({"q": found.asked} | ({"page": str(found.page)} if found.page > 1 else {})),
            found=found,
            sought=found.asked,
            most=most if found.page == found.pages and found.total > MOST_RECORDS else "",
        )

    def feed(self, lang: str, found: Sequence[News], served: str, page: int) -> str:
        """A page of the feed of what is new.

        Args:
            lang: its language.
            found: all that is new.
            served: the address of the site; it ends with ``/``.
            page: which page, from 1.
        """
        base, day, network = str(self.graph.base), self.release.date if self.release else "", self._network()
        title = Reader(self.graph, lang).title(network) if network else Value(base)
        said = self.graph.store.asserted(NamedNode(network), NamedNode(DCTERMS.license)) if network else ()
        licence = next((each.object.value for each in said if isinstance(each.object, NamedNode)), "")
        kinds = self.graph.fields.kinds

        def name(kind: str) -> str:
            return text_for(kinds[kind].label, lang) if kind in kinds else kind

        return atom(Feed(base, served, lang, title, day, licence, page, pages_of(found)), found, name)

    def dumps(self, lang: str) -> str:
        """The files in which a release can be fetched; without a release there are none."""
        network = self._network()
        rows = Reader(self.graph, lang).rows(network) if network else ()
        licences = [row for row in rows if row.predicate == DCTERMS.license]
        return self._render(
            "dumps.html",
            lang,
            "/dumps",
            dumps=[(each, size(each.size, lang)) for each in (dumps_of(self.release) if self.release else ())],
            licence=licences[0] if licences else None,
            data=DATA_ENDINGS,
        )

    def help(self, lang: str) -> str:
        """The codes of findings, each with what it is called."""
        rows = [(each.code, text_for(each.title, lang)) for each in helps().values()]
        return self._render("help.html", lang, "/help", rows=rows)

    def help_on(self, code: str, lang: str) -> str:
        """What the code of a finding means, an example, what to do.

        Raises:
            UnknownName: no finding has that code; the error names the nearest.
        """
        help = help_on(code)  # noqa: A001
        texts = (help.title, help.meaning, help.example, help.advice)
        title, meaning, example, advice = (text_for(each, lang) for each in texts)
        cases = [(text_for(name, lang), text_for(what, lang)) for name, what in help.cases]
        return self._render(
            "help_code.html",
            lang,
            f"/help/{help.code}",
            code=help.code,
            title=title,
            meaning=meaning,
            example=example,
            advice=advice,
            cases=cases,
        )

    def ontology(self, lang: str, version: str = "") -> str:
        """The ontology, or one of its versions: classes and properties, each explained.

        Raises:
            UnknownName: there is no such version.
        """
        address = f"/ontology/{version}" if version else "/ontology"
        return self._glossary(glossary.ontology_sheet(lang, version), lang, address)

    def vocabulary(self, lang: str, scheme: str, concept: str = "") -> str:
        """A vocabulary, or one concept of it.

        Raises:
            UnknownName: there is no such vocabulary or concept; the error names the nearest.
        """
        if concept:
            sheet = glossary.concept_sheet(lang, scheme, concept)
            return self._glossary(sheet, lang, f"/vocabulary/{scheme}/{concept}")
        return self._glossary(glossary.vocabulary_sheet(lang, scheme), lang, f"/vocabulary/{scheme}")

    def shapes(self, lang: str) -> str:
        """What each kind of record needs."""
        return self._glossary(glossary.shapes_sheet(lang, self.graph.fields), lang, "/shapes")

    def addresses(self) -> list[tuple[str, str]]:
        """Every page by its address, sorted, with the day when its record was last changed, "" where nothing says it.

        Example:
            >>> import sankofa
            >>> dict(Pages(sankofa.open()).addresses())["/doc/city/bamako"] > "2026"
            True
        """
        days: dict[str, str] = {}
        for predicate in (DCTERMS.created, DCTERMS.modified):
            for triple in self.graph.store.asserted(None, NamedNode(predicate)):
                if isinstance(triple.object, Literal) and isinstance(triple.subject, NamedNode):
                    day = triple.object.value if _DAY.fullmatch(triple.object.value) else ""
                    days[triple.subject.value] = max(day, days.get(triple.subject.value, ""))
        prefix, counts = self.graph.record_prefix, self.graph.count_by_kind()
        found = {f"/doc/{iri.removeprefix(prefix)}": days.get(iri, "") for iri in self.graph.records()}
        others = [
            *("/", "/help", "/ontology", "/questions", "/shapes", *(("/dumps",) if self.release else ())),
            *(f"/kinds/{kind}" for kind in counts),
            *(f"/questions/{name}" for name in self.graph.questions),
            *(f"/vocabulary/{name}" for name in glossary.vocabularies()),
            *(f"/help/{code}" for code in helps()),
        ]
        return sorted(dict.fromkeys(others, "").items() | found.items())

    def problem(self, lang: str, status: int, detail: str, *, told: str = "") -> str:
        """What went wrong, and where to go on.

        Args:
            lang: the language of the page.
            status: the HTTP status.
            detail: what went wrong.
            told: the language of that, where it is another.
        """
        texts: dict[str, str] = words(lang)["problems"]
        heading = texts.get(str(status)) or texts["500" if status >= 500 else "400"]
        return self._render("problem.html", lang, "", heading=heading, status=status, detail=detail, told=told or lang)

    # -- inside

    def _network(self) -> str:
        """The IRI of the network's own record, "" when it may not be seen."""
        try:
            return self.graph.network
        except UnknownName:
            return ""

    def _referring(self, iri: str, reader: Reader) -> list[Group]:
        """The records that name this one, by kind."""
        found = []
        for other in {subject.partition("#")[0] for subject in self.graph.referring_to(iri)} - {iri}:
            kind = self.graph.kind_of(other)
            found.append((text_for(kind.label, reader.lang) if kind else "", reader.link(other)))
        found.sort(key=lambda each: (alphabetical(each[0]), each[0], alphabetical(each[1]), each[1].href))
        return [Group(label, tuple(link for _, link in group)) for label, group in groupby(found, lambda each: each[0])]

    def _cells(self, answer: Answer, lang: str) -> tuple[list[str], list[list[Value]]]:
        """The heads and rows of an answer as people read them: a thing and its label are one column."""
        reader = Reader(self.graph, lang)
        columns = answer.table.columns
        joined = {column: columns.index(f"{column}Label") for column in columns if f"{column}Label" in columns}
        kept = [at for at, column in enumerate(columns) if at not in joined.values()]
        heads = [self._head(columns[at].removesuffix("Label"), answer.question, lang) for at in kept]
        rows = []
        for row in answer.table.rows[: self.most_rows]:
            cells = []
            for at in kept:
                label = row[joined[columns[at]]] if columns[at] in joined else None
                cell = reader.term(row[at])
                if label is not None:
                    named = reader.term(label)
                    cell = Value(named.text, named.lang, cell.href, named.note) if row[at] is not None else named
                cells.append(cell)
            rows.append(cells)
        return heads, rows

    def _head(self, column: str, question: Question, lang: str) -> str:
        """The head of a column: our word for it, else the label of the kind or the field of that name."""
        if word := words(lang)["columns"].get(column):
            return str(word)
        name = re.sub(r"([A-Z])", lambda match: f"-{match[1].lower()}", column)
        kinds = self.graph.fields.kinds
        if name in kinds:
            return text_for(kinds[name].label, lang)
        nearest = [kinds[scope.kind] for scope in question.scope if scope.kind in kinds]
        for kind in [*nearest, *kinds.values()]:
            for field in kind.fields:
                if field.name == name:
                    return text_for(field.label, lang)
        return name.replace("-", " ").capitalize()

    def _control(self, parameter: Parameter, given: Mapping[str, str], lang: str) -> dict[str, object]:
        """What the form needs to ask for one parameter: a list of records where the kind is known."""
        reader = Reader(self.graph, lang)
        found = {iri for kind in kinds_of(parameter.kind) for iri in self._instances(kind)}
        value = given.get(parameter.name, parameter.default or "")
        choices = []
        for iri in found:
            short = re.split(r"[/#]", iri.rstrip("/"))[-1]
            # a slug is enough where only one kind is asked for
            known_as = short if len(kinds_of(parameter.kind)) == 1 else iri
            choices.append((known_as, reader.title(iri), value.casefold() in (short.casefold(), iri.casefold())))
        choices.sort(key=lambda choice: (alphabetical(choice[1]), choice[0]))
        return {
            "name": parameter.name,
            "label": text_for(parameter.help, lang) or parameter.name,
            "choices": choices,
            "type": {"date": "date", "integer": "number"}.get(parameter.kind, "text"),
            "required": parameter.required,
            "value": value,
        }

    def _instances(self, kind: str) -> list[str]:
        """The records of a kind, or the concepts of a closed list."""
        if kind in self.graph.fields.kinds:
            return self.graph.records(kind=kind)
        solutions = self.graph.store.query(
            "SELECT DISTINCT ?each { ?each a ?class }", {"class": NamedNode(class_of(kind))}
        )
        return [str(solution[0].value) for solution in solutions] if isinstance(solutions, Solutions) else []

    def _results(
        self,
        lang: str,
        asked: str,
        *,
        heads: Sequence[str] = (),
        rows: Sequence[Sequence[Value]] = (),
        text: str = "",
        more: bool = False,
    ) -> str:
        shown = count(len(rows), "row", lang) if heads else ""
        return self._render(
            "sparql.html",
            lang,
            "/sparql",
            query=urlencode({"query": asked}) if asked else "",
            asked=asked,
            heads=heads,
            rows=rows,
            text=text,
            shown=shown,
            more=more,
            limits=[(words(lang)["limits"][each.name], _amount(each, lang)) for each in self.limits],
        )

    def _glossary(self, sheet: glossary.Sheet, lang: str, address: str) -> str:
        return self._render("glossary.html", lang, address, sheet=sheet, data=DATA_ENDINGS)

    def _render(self, template: str, lang: str, address: str, **content: object) -> str:
        content |= {"drafts": self.drafts, "release": self.release}
        if self.graph.base is None:
            return render(template, lang, address, pages=False, origin=self.origin, **content)
        network = self._network()
        reader = Reader(self.graph, lang)
        named = reader.title(network) if network else Value(str(self.graph.base))
        return render(
            template, lang, address, network=named.text, network_lang=named.lang, origin=self.origin, **content
        )


def _amount(limit: Limit, lang: str) -> str:
    """How much a limit is, as the readers of a language write it."""
    if limit.unit == BYTES:
        return size(round(limit.value), lang)
    shown = number(f"{limit.value:f}".rstrip("0").rstrip(".") if limit.value % 1 else f"{limit.value:.0f}", lang)
    return f"{shown}\u00a0{words(lang)['second']}" if limit.unit == SECONDS else shown
