"""Rows into triples: each cell says what its column's targets make of it, or why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from sankofa.capture.context import RDF_TYPE, Context, address
from sankofa.capture.identifiers import part_iri
from sankofa.capture.mapping import Part, Target
from sankofa.capture.plan import Plan, field_of
from sankofa.capture.refusals import Refusal
from sankofa.capture.sheet import Cell, Row, control_character
from sankofa.errors import ParameterError
from sankofa.fields import Field, Kind
from sankofa.fields.written import booleans_of, dates_in, dates_of, decimal_literal, numbers_of, period_of
from sankofa.terms import SKF

_XSD = "http://www.w3.org/2001/XMLSchema#"
Term = ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Refused(Exception):  # noqa: N818 - it says what happened to a value, and is caught in this module
    """Internal: a value that cannot be taken in; it never leaves this module."""

    code: str
    value: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass
class CellResult:
    """What became of one cell: the triples it gave, and why the rest of it gave none."""

    cell: Cell
    triples: list[ox.Triple] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: str = ""


@dataclass
class RowResult:
    """What became of one row."""

    record: ox.NamedNode
    kind: Kind
    title: str
    cells: list[CellResult]
    defaults: list[ox.Triple]
    covered: set[tuple[ox.NamedNode, ox.NamedNode, str | None]]
    """What the row speaks for: subject, predicate and, for texts, the language."""
    parts: set[ox.NamedNode]
    """The parts that the row speaks for."""
    inverses: set[ox.NamedNode]
    """The predicates of which the row says who points at its record."""

    @property
    def triples(self) -> list[ox.Triple]:
        """Everything the row says, each triple once."""
        every = [triple for result in self.cells for triple in result.triples] + self.defaults
        return list(dict.fromkeys(every))


class RowReader:
    """Reads the rows of one sheet.

    Args:
        plan: what the columns say.
        context: what the capture stands on.
    """

    def __init__(self, plan: Plan, context: Context) -> None:
        """Keep what every row needs."""
        self.plan = plan
        self.context = context

    def title(self, row: Row) -> str:
        """What a row is about, in its own words.

        Args:
            row: the row.
        """
        headings = (self.plan.about, *self.plan.titles, self.plan.id_column)
        title = next((text for heading in headings if heading and (text := row.text(heading))), "")
        return "".join("\ufffd" if control_character(letter) else letter for letter in title)

    def read(self, row: Row, record: ox.NamedNode) -> RowResult:
        """Read a row.

        Args:
            row: the row.
            record: the address of its record.
        """
        title = self.title(row)
        result = RowResult(record, self.plan.kind, title, [], [], set(), set(), set())
        said: dict[tuple[ox.NamedNode, ox.NamedNode, str], tuple[Term, Cell]] = {}
        identity = [ox.Triple(record, RDF_TYPE, ox.NamedNode(self.plan.kind.iri))]
        if not self.plan.kind.always_record:
            identity.append(ox.Triple(record, RDF_TYPE, ox.NamedNode(SKF.Record)))
        for cell in row.cells:
            one = CellResult(cell)
            result.cells.append(one)
            if cell.heading in self.plan.ignored:
                one.ignored = self.plan.ignored[cell.heading]
            elif cell.heading in self.plan.bad:
                first = self.plan.bad[cell.heading].place.cell
                details = {"first": first}
                one.refusals.append(Refusal(cell.place, "refused-column", cell.text, cell.heading, title, details))
            elif character := control_character(cell.text):
                details = {"character": character}
                one.refusals.append(Refusal(cell.place, "control-character", cell.text, cell.heading, title, details))
            elif cell.heading == self.plan.id_column or cell.heading not in self.plan.columns:
                one.triples += identity
            else:
                self._read_cell(one, row, record, said, title)
        self._cover(result, row)
        self._complete(result, identity)
        return result

    def _read_cell(
        self,
        result: CellResult,
        row: Row,
        record: ox.NamedNode,
        said: dict[tuple[ox.NamedNode, ox.NamedNode, str], tuple[Term, Cell]],
        title: str,
    ) -> None:
        cell = result.cell
        for target in self.plan.columns[cell.heading]:
            language = self._language(target, row, cell.text)
            pieces = [cell.text]
            if target.many:
                pieces = [piece.strip() for piece in cell.text.split(target.many) if piece.strip()]
            for piece in pieces:
                if (target.only and piece not in target.only) or piece in target.skip:
                    continue
                try:
                    made = self._triples(target, piece, record, language)
                    self._consistent(made, said, cell)
                except Refused as refused:
                    details = {"heading": cell.heading, **refused.details}
                    result.refusals.append(
                        Refusal(cell.place, refused.code, refused.value, cell.heading, title, details)
                    )
                    continue
                if target.part and made:
                    made += self._part(self.plan.parts[target.part], record)
                result.triples += [triple for triple, _ in made if triple not in result.triples]

    def _consistent(
        self,
        made: list[tuple[ox.Triple, Field | None]],
        said: dict[tuple[ox.NamedNode, ox.NamedNode, str], tuple[Term, Cell]],
        cell: Cell,
    ) -> None:
        """Refuse a second value of a field that takes one, when an earlier cell of the row gave another."""
        for triple, one in made:
            value = triple.object
            if one is None or not isinstance(triple.subject, ox.NamedNode) or not isinstance(value, Term):
                continue
            language = (value.language or "") if isinstance(value, ox.Literal) else ""
            if one.max == 1 or (one.unique_lang and language):
                key = (triple.subject, triple.predicate, language)
                earlier, first = said.setdefault(key, (value, cell))
                if earlier != value:
                    details = {"first": first.place.cell, "said": first.text}
                    raise Refused("contradiction", cell.text, details)

    def _triples(
        self, target: Target, text: str, record: ox.NamedNode, language: str
    ) -> list[tuple[ox.Triple, Field | None]]:
        """The triples of one value, each with its field."""
        subject = ox.NamedNode(part_iri(record.value, target.part)) if target.part else record
        if target.inverse:
            one = self._field(target, target.field)
            other = self._record(target.kinds, text)
            return [(ox.Triple(other, ox.NamedNode(one.predicate), record), None)]
        if target.reading:
            values = self._reading(target, text, language)
        else:
            one = self._field(target, target.field)
            values = [(one, self.term(one, target, target.values.get(text, text), language))]
        return [(ox.Triple(subject, ox.NamedNode(one.predicate), term), one) for one, term in values]

    def _reading(self, target: Target, text: str, language: str) -> list[tuple[Field, Term]]:
        values: list[tuple[Field, Term]] = []
        says_all = False
        if target.reading == "dates":
            one = self._field(target, target.field)
            values = [(one, date.literal) for date in dates_in(text)]
        elif target.reading == "period":
            period = period_of(text)
            if period:
                ends = (("start", period.start), ("end", period.end))
                values = [(self._field(target, name), date.literal) for name, date in ends if date]
        elif target.reading == "quantity":
            values = self._quantity(target, text, language)
            says_all = len(numbers_of(text)) == 1
        else:
            one = self._field(target, target.field)
            values = [(one, term) for term in self._named(target, one, text)]
        if target.keep and not says_all:
            kept = self._field(target, target.keep)
            values.append((kept, self.term(kept, target, text, language)))
        if not values:
            raise Refused("not-a-number" if target.reading == "quantity" else "not-a-date", text)
        return values

    def _quantity(self, target: Target, text: str, language: str) -> list[tuple[Field, Term]]:
        quantity = self.context.quantities.first(text, language)
        if quantity is None:
            return []
        numbers = (("value", quantity.value), ("minimum", quantity.minimum), ("maximum", quantity.maximum))
        values: list[tuple[Field, Term]] = [
            (self._field(target, name), decimal_literal(number)) for name, number in numbers if number is not None
        ]
        unit = self.context.unit(quantity.unit) if quantity.unit else None
        return [*values, (self._field(target, "unit"), unit)] if unit else values

    def _named(self, target: Target, one: Field, text: str) -> list[Term]:
        """The things that the names in a text stand for; who is not known stays in the text."""
        pieces = [text]
        for split in target.splits:
            pieces = [piece.strip() for part in pieces for piece in part.split(split)]
        found: list[Term] = []
        kinds = target.kinds or one.kinds
        for piece in [text, *pieces]:
            records = self.context.records(kinds, target.values.get(piece, piece)) if piece else ()
            if len(records) == 1 and records[0] not in found:
                found.append(records[0])
                if piece == text:
                    break
        return found

    def term(self, one: Field, target: Target, text: str, language: str) -> Term:
        """The term that a text is in a field, as the field's rules say."""
        if target.iri:
            made = address(target.iri.format(text))
            if made is None:
                raise Refused("not-an-address", text)
            return made
        if self.context.lists_of(one):
            return self._choice(one, text)
        if one.kinds:
            return self._record(target.kinds or one.kinds, text)
        if one.is_reference:
            return self._link(target, text)
        if one.is_text:
            return ox.Literal(text, language=language)
        return _literal(one, text)

    def _choice(self, one: Field, text: str) -> ox.NamedNode:
        found, near = self.context.choice(one, text)
        if len(found) > 1:
            raise Refused("ambiguous-choice", text, {"readings": ", ".join(iri.value for iri in found)})
        if not found:
            raise Refused("unknown-choice", text, {"near": near} if near else {})
        return found[0]

    def _record(self, kinds: Iterable[str], text: str) -> ox.NamedNode:
        kinds = tuple(kinds)
        found = self.context.records(kinds, text)
        if len(found) > 1:
            raise Refused("ambiguous-choice", text, {"readings": ", ".join(iri.value for iri in found)})
        if not found:
            near = self.context.near_record(kinds, text)
            details = {"kinds": " / ".join(kinds or self.context.fields.kinds)} | ({"near": near} if near else {})
            raise Refused("unknown-record", text, details)
        return found[0]

    def _link(self, target: Target, text: str) -> ox.NamedNode:
        """An address, or a record by its id where the mapping says which kinds it may be of or kind/slug is written."""
        found = self.context.records(target.kinds, text) if target.kinds or "/" in text else ()
        if len(found) == 1:
            return found[0]
        made = address(text)
        if made is not None and not text.startswith(f"{self.context.base}id/"):
            return made
        named = text.removeprefix(f"{self.context.base}id/").partition("/")[0]
        if target.kinds or named in self.context.fields.kinds:
            return self._record(target.kinds or (named,), text)
        raise Refused("not-an-address", text)

    def _language(self, target: Target, row: Row, text: str) -> str:
        if target.bracketed and text.startswith("(") and text.endswith(")"):
            return target.bracketed
        if target.language:
            return target.language
        if target.language_column:
            spoken = row.text(target.language_column)
            return (self.context.tag(spoken) if spoken else "") or self.context.defaults.tag
        return self.context.defaults.tag

    def _field(self, target: Target, name: str) -> Field:
        return field_of(target, name, self.plan.kind, self.plan.parts, self.context)

    def _part(self, part: Part, record: ox.NamedNode) -> list[tuple[ox.Triple, Field | None]]:
        """What makes a part one: its kind, the link to it, and what every such part says."""
        subject = ox.NamedNode(part_iri(record.value, part.name))
        kind = self.context.fields.kind(part.kind)
        link = self.plan.kind.field(part.link)
        made: list[tuple[ox.Triple, Field | None]] = [
            (ox.Triple(record, ox.NamedNode(link.predicate), subject), None),
            (ox.Triple(subject, RDF_TYPE, ox.NamedNode(kind.iri)), None),
        ]
        for name, text, language in part.constants:
            one = kind.field(name)
            made.append((ox.Triple(subject, ox.NamedNode(one.predicate), self._constant(one, text, language)), None))
        return made

    def _constant(self, one: Field, text: str, language: str) -> Term:
        try:
            return self.term(one, Target(kinds=one.kinds), text, language or self.context.defaults.tag)
        except Refused as refused:
            raise ParameterError(
                f"the mapping gives the field '{one.name}' the value '{refused.value}'",
                hint=f"it takes {one.expects()}",
            ) from refused

    def _complete(self, result: RowResult, identity: list[ox.Triple]) -> None:
        """Add the identity, the sheet's constants and the network's defaults where neither row nor graph says more."""
        result.defaults += identity
        for name, text, language in self.plan.constants:
            one = self.plan.kind.field(name)
            term = self._constant(one, text, language)
            result.defaults.append(ox.Triple(result.record, ox.NamedNode(one.predicate), term))
        said = {triple.predicate for triple in result.triples if triple.subject == result.record}
        is_new = not any(True for _ in self.context.known.asserted(result.record, RDF_TYPE, None))
        for name, default in sorted(self.context.defaults.values.items()):
            predicate = ox.NamedNode(self.plan.kind.field(name).predicate)
            # Where a column of the row is for it and empty, what was known goes out and the default comes back in.
            known = (result.record, predicate, None) not in result.covered and any(
                True for _ in self.context.known.asserted(result.record, predicate, None)
            )
            if predicate not in said and not known and (is_new or name != "created"):
                result.defaults.append(ox.Triple(result.record, predicate, default))

    def _cover(self, result: RowResult, row: Row) -> None:
        """Note what the row speaks for: every target of its columns but those of cells that were refused."""
        refused = {one.cell.heading for one in result.cells if one.refusals}
        held = {target.part for heading in refused for target in self.plan.columns.get(heading, ()) if target.part}
        for heading, targets in self.plan.columns.items():
            if heading in refused:
                continue
            for target in targets:
                if target.inverse:
                    result.inverses.add(ox.NamedNode(self._field(target, target.field).predicate))
                    continue
                subject = result.record
                if target.part:
                    subject = ox.NamedNode(part_iri(result.record.value, target.part))
                    if target.part not in held:
                        result.parts.add(subject)
                names = {"period": ("start", "end"), "quantity": ("value", "minimum", "maximum", "unit")}
                for name in filter(None, (target.field, target.keep, *names.get(target.reading, ()))):
                    one = self._field(target, name)
                    language = self._language(target, row, "") if one.is_text else None
                    result.covered.add((subject, ox.NamedNode(one.predicate), language))


def _literal(one: Field, text: str) -> ox.Literal:
    names = {datatype.removeprefix(_XSD) for datatype in one.datatypes}
    if names & {"date", "gYearMonth", "gYear"}:
        dates = [date for date in dates_of(text) if date.literal.datatype.value.removeprefix(_XSD) in names]
        if len(dates) > 1:
            raise Refused("ambiguous-date", text, {"readings": " / ".join(str(date) for date in dates)})
        if not dates:
            raise Refused("not-a-day" if names == {"date"} else "not-a-date", text)
        return dates[0].literal
    if names & {"decimal", "integer", "double"}:
        numbers = numbers_of(text)
        if len(numbers) > 1:
            raise Refused("ambiguous-number", text, {"readings": " / ".join(format(one, "f") for one in numbers)})
        if not numbers or ("decimal" not in names and "double" not in names and numbers[0] % 1):
            raise Refused("not-a-number", text)
        name = next(name for name in ("decimal", "integer", "double") if name in names)
        return ox.Literal(decimal_literal(numbers[0]).value, datatype=ox.NamedNode(_XSD + name))
    if "boolean" in names:
        truths = booleans_of(text)
        if not truths:
            raise Refused("not-a-boolean", text)
        return ox.Literal(truths[0])
    if "anyURI" in names:
        if address(text) is None:
            raise Refused("not-an-address", text)
        return ox.Literal(text, datatype=ox.NamedNode(_XSD + "anyURI"))
    return ox.Literal(text)
