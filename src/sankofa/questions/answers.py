"""Answers: the rows of a question, the records they stand on, and how complete the records in scope are.

An empty answer can mean that there is none, or that nobody has filled it in yet. The coverage of the question's scope
says which.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pyoxigraph import Literal, NamedNode

from sankofa.header import Labels
from sankofa.questions.catalogue import Question, Scope, kinds_of
from sankofa.questions.parameters import Asked, Term, bind_parameters, rows_of, select
from sankofa.store.cells import cell
from sankofa.terms import RDFS

if TYPE_CHECKING:
    from sankofa.fields import Fields
    from sankofa.table import Table

_READING = {
    "en": {
        "rows": "{n} rows.",
        "row": "1 row.",
        "none": "No row.",
        "gap": "kind '{kind}': '{field}' is still missing in {missing} of {total}",
        "empty": "there is no record of kind '{kind}' yet",
        "doubt": "the answer may be incomplete",
        "sure": "Nothing is left to fill in for this question, so there is none.",
    },
    "fr": {
        "rows": "{n} lignes.",
        "row": "1 ligne.",
        "none": "Aucune ligne.",
        "gap": "type «\u00a0{kind}\u00a0»\u00a0: «\u00a0{field}\u00a0» manque encore dans {missing} sur {total}",
        "empty": "il n'y a pas encore de fiche du type «\u00a0{kind}\u00a0»",
        "doubt": "la réponse peut être incomplète",
        "sure": "Il ne reste rien à remplir pour cette question : il n'y en a donc pas.",
    },
    "pt": {
        "rows": "{n} linhas.",
        "row": "1 linha.",
        "none": "Nenhuma linha.",
        "gap": "tipo «{kind}»: «{field}» ainda falta em {missing} de {total}",
        "empty": "ainda não há ficha do tipo «{kind}»",
        "doubt": "a resposta pode estar incompleta",
        "sure": "Nada falta preencher para esta pergunta: portanto, não há nenhuma.",
    },
    "ar": {
        "rows": "عدد الصفوف: {n}.",
        "row": "صف واحد.",
        "none": "لا توجد صفوف.",
        "gap": "نوع «{kind}»: ما زال «{field}» ناقصًا في {missing} من {total}",
        "empty": "لا يوجد بعد أي سجل من نوع «{kind}»",
        "doubt": "قد تكون الإجابة غير كاملة",
        "sure": "لم يبقَ شيء ينبغي ملؤه لهذا السؤال، إذن لا يوجد شيء.",
    },
}


@dataclass(frozen=True)
class Ground:
    """One record that a row rests on, with its title by language."""

    iri: str
    title: Labels

    def name(self, lang: str = "en") -> str:
        """The title in a language, else in English, else in any, else the last part of the IRI.

        Example:
            >>> Ground("https://example.org/id/city/bamako", {}).name()
            'bamako'
        """
        return _text(self.title, lang) or self.iri.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class FieldCoverage:
    """How many records in scope have a value for a field."""

    name: str
    label: Labels
    filled: int


@dataclass(frozen=True)
class Coverage:
    """How many records of a kind are in scope, and how far the fields that matter are filled."""

    kind: str
    label: Labels
    total: int
    fields: tuple[FieldCoverage, ...]

    def to_dict(self) -> dict[str, object]:
        """The coverage as JSON writes it.

        Example:
            >>> Coverage("story", {}, 40, (FieldCoverage("theme", {}, 28),)).to_dict()
            {'kind': 'story', 'records': 40, 'filled': {'theme': 28}}
        """
        return {"kind": self.kind, "records": self.total, "filled": {each.name: each.filled for each in self.fields}}


@dataclass(frozen=True)
class Answer:
    """What :func:`answer` returns.

    Args:
        question: the question that was asked.
        parameters: the values it was asked with.
        table: the visible columns and their rows.
        ground: for every row, the records it rests on.
        coverage: for every kind in scope, how complete its records are.
    """

    question: Question
    parameters: Mapping[str, Term]
    table: Table
    ground: tuple[tuple[Ground, ...], ...]
    coverage: tuple[Coverage, ...]

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.table)

    def reading(self, lang: str = "en") -> str:
        """How to read the answer: how many rows, and whether "none" means "none" or "not filled in yet".

        Args:
            lang: en, fr, pt or ar; any other language is answered in English.

        Example:
            >>> import sankofa
            >>> sankofa.open().answer("cities").reading("fr").split(" ", 1)[1][:7]
            'lignes.'
        """
        words = _READING.get(lang) or _READING["en"]
        count = len(self.table)
        sentence = words["none"] if count == 0 else words["row"] if count == 1 else words["rows"].format(n=count)
        doubts = []
        for each in self.coverage:
            kind = _text(each.label, lang) or each.kind
            if each.total == 0:
                doubts.append(words["empty"].format(kind=kind))
            doubts += [
                words["gap"].format(
                    total=each.total,
                    kind=kind,
                    field=_text(one.label, lang) or one.name,
                    missing=each.total - one.filled,
                )
                for one in each.fields
                if one.filled < each.total
            ]
        if doubts:
            separator, colon = {"ar": ("؛ ", ": "), "fr": ("\u00a0; ", "\u00a0: ")}.get(lang, ("; ", ": "))
            text = separator.join(doubts)
            return f"{sentence} {text[0].upper()}{text[1:]}{colon}{words['doubt']}."
        return f"{sentence} {words['sure']}" if count == 0 and self.coverage else sentence

    def records(self) -> tuple[Ground, ...]:
        """All records that the rows rest on, each once, by IRI.

        Example:
            >>> import sankofa
            >>> sankofa.open().answer("cities").records()[0].iri.startswith("https://w3id.org/")
            True
        """
        found = {each.iri: each for row in self.ground for each in row}
        return tuple(found[iri] for iri in sorted(found))

    def to_json(self, lang: str = "en") -> str:
        """Question, parameters, rows, ground, coverage and reading as JSON.

        Args:
            lang: the language of titles and of the reading.

        Example:
            >>> import sankofa
            >>> sorted(json.loads(sankofa.open().answer("cities").to_json()))[:3]
            ['columns', 'coverage', 'ground']
        """
        content = {
            "question": self.question.name,
            "title": _text(self.question.title, lang),
            "parameters": {name: value.value for name, value in sorted(self.parameters.items())},
            "columns": list(self.table.columns),
            "rows": [
                {column: cell(term) for column, term in zip(self.table.columns, row, strict=True) if term is not None}
                for row in self.table.rows
            ],
            "ground": [[{"iri": each.iri, "title": each.name(lang)} for each in row] for row in self.ground],
            "coverage": [each.to_dict() for each in self.coverage],
            "reading": self.reading(lang),
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    def to_csv(self) -> str:
        """The rows as the standard's CSV.

        Example:
            >>> import sankofa
            >>> sankofa.open().answer("cities").to_csv().splitlines()[0].startswith("city,")
            True
        """
        return self.table.to_csv()

    def to_frame(self) -> object:
        """The rows as a pandas or polars data frame.

        Example:
            >>> import sankofa
            >>> len(sankofa.open().answer("cities").to_frame()) > 0
            True
        """
        return self.table.to_frame()

    def to_markdown(self, lang: str = "en") -> str:
        """Title, rows, reading and the records behind them as Markdown.

        Args:
            lang: the language of titles and of the reading.

        Example:
            >>> import sankofa
            >>> sankofa.open().answer("cities").to_markdown().splitlines()[0]
            '## Cities of the network'
        """
        ground = "".join(f"- [{each.name(lang)}](<{each.iri}>)\n" for each in self.records())
        rows = self.table.readable().to_markdown().strip()
        text = f"## {_text(self.question.title, lang)}\n\n{rows}\n\n{self.reading(lang)}\n"
        return f"{text}\n{ground}" if ground else text

    def to_text(self, lang: str = "en") -> str:
        """Title, rows and reading for a terminal.

        Args:
            lang: the language of titles and of the reading.

        Example:
            >>> import sankofa
            >>> sankofa.open().answer("cities").to_text().splitlines()[0]
            'Cities of the network'
        """
        rows = self.table.readable().to_text().rstrip()
        return f"{_text(self.question.title, lang)}\n\n{rows}\n\n{self.reading(lang)}\n"

    def _repr_html_(self) -> str:
        from html import escape

        title, reading = escape(_text(self.question.title, "en")), escape(self.reading())
        return f"<h4>{title}</h4>{self.table.readable()._repr_html_()}<p>{reading}</p>"


def answer(store: Asked, fields: Fields, question: Question, parameters: Mapping[str, object] | None = None) -> Answer:
    """Ask a question.

    Args:
        store: where to ask.
        fields: the kinds and fields of the records, for the coverage.
        question: what to ask.
        parameters: values by name; an IRI parameter takes the record's slug or its IRI. None counts as not given.

    Raises:
        ParameterError: a required parameter is missing, or a value is not of its type; the error says what is allowed.
        UnknownName: the question has no such parameter, or its scope names a field that there is not.

    Example:
        >>> import sankofa
        >>> len(sankofa.open().answer("cities")) > 0
        True
    """
    from sankofa.table import Table

    bound = bind_parameters(store, question, parameters or {})
    solutions = select(store, question.text, bound)
    columns = [variable.value for variable in solutions.variables]
    visible = [at for at, name in enumerate(columns) if not name.startswith("ground_")]
    everything = [tuple(solution) for solution in solutions]
    rows = [tuple(row[at] for at in visible) for row in everything]
    return Answer(
        question,
        bound,
        Table(tuple(columns[at] for at in visible), rows),
        ground_of(store, [list(_iris(zip(columns, row, strict=True))) for row in everything]),
        tuple(_coverage(store, fields, scope, question, bound) for scope in question.scope),
    )


# -- ground ----------------------------------------------------------------------------------------------------


def _iris(cells: Iterable[tuple[str, object]]) -> Iterable[str]:
    for column, term in cells:
        if isinstance(term, NamedNode):
            yield term.value
        elif isinstance(term, Literal) and column.startswith("ground_"):
            yield from term.value.split()


def ground_of(store: Asked, rows: Sequence[Sequence[str]]) -> tuple[tuple[Ground, ...], ...]:
    """The records among the IRIs of each row; a part stands for its record.

    Example:
        >>> import sankofa
        >>> ground_of(sankofa.open().store, [["https://example.org/no-record"]])
        ((),)
    """
    prefix = f"{store.base}id/" if store.base else None
    records = [sorted({iri.partition("#")[0] for iri in row if prefix and iri.startswith(prefix)}) for row in rows]
    wanted = sorted({iri for row in records for iri in row})
    titles: dict[str, Labels] = {}
    for at in range(0, len(wanted), 1000):
        values = " ".join(f"<{iri}>" for iri in wanted[at : at + 1000])
        label_if_any = f"OPTIONAL {{ ?iri <{RDFS.label}> ?label }}"
        text = f"SELECT DISTINCT ?iri ?label {{ VALUES ?iri {{ {values} }} ?iri a ?class {label_if_any} }}"
        for iri, label in rows_of(store, text):
            labels = titles.setdefault(cast(NamedNode, iri).value, {})
            if isinstance(label, Literal):
                language = label.language or "und"
                labels[language] = min(label.value, labels.get(language, label.value))
    known = {iri: Ground(iri, dict(sorted(labels.items()))) for iri, labels in titles.items()}
    return tuple(tuple(known[iri] for iri in row if iri in known) for row in records)


# -- coverage --------------------------------------------------------------------------------------------------


def _coverage(store: Asked, fields: Fields, scope: Scope, question: Question, bound: Mapping[str, Term]) -> Coverage:
    """Count the records in scope, and those that have each field; parameters narrow the scope where they can.

    A parameter narrows by a field that is not itself counted: asked for one city, only its stories count; asked for one
    theme, all stories do as long as the question wants to know which stories have a theme.
    """
    kind = fields.kind(scope.kind)
    patterns = f"?record a <{kind.iri}> ."
    for parameter in question.parameters:
        value = bound.get(parameter.name)
        if not isinstance(value, NamedNode):
            continue
        kinds = set(kinds_of(parameter.kind))
        by = [one for one in kind.fields if kinds.intersection(one.kinds) and one.name not in scope.fields]
        if scope.kind in kinds:
            patterns += f" FILTER(?record = {value})"
        elif by:
            patterns += f" ?record {'|'.join(str(one.path) for one in by)} {value} ."
    total = _count(store, patterns)
    filled = []
    for name in scope.fields:
        one = kind.field(name)
        count = _count(store, f"{patterns} ?record {one.path} ?value .") if total else 0
        filled.append(FieldCoverage(name, dict(one.label), count))
    return Coverage(scope.kind, dict(kind.label), total, tuple(filled))


def _count(store: Asked, patterns: str) -> int:
    [(count,)] = rows_of(store, f"SELECT (COUNT(DISTINCT ?record) AS ?n) {{ {patterns} }}")
    return int(cast(Literal, count).value)


# -- small things ----------------------------------------------------------------------------------------------


def _text(labels: Mapping[str, str], lang: str) -> str:
    return labels.get(lang) or labels.get("en") or next(iter(labels.values()), "")
