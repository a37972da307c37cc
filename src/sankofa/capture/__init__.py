"""Capture: spreadsheets in, one change out, and an account of every cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyoxigraph as ox

from sankofa.capture.accounting import Account, Capture, in_order
from sankofa.capture.context import Context, Defaults, read_defaults
from sankofa.capture.identifiers import part_iri, slug_of
from sankofa.capture.mapping import Mapping, read_mapping
from sankofa.capture.names import Asserted, Triples
from sankofa.capture.plan import KIND, Plan, kind_of_sheet, plan_by_headings, plan_by_mapping
from sankofa.capture.refusals import Place, Refusal
from sankofa.capture.rows import RowReader, RowResult
from sankofa.capture.sheet import Row, Sheet, read_csv
from sankofa.errors import ParameterError, UnknownName
from sankofa.fields import is_slug, record_iri

__all__ = [
    "Account",
    "Capture",
    "Context",
    "Defaults",
    "Mapping",
    "Place",
    "Refusal",
    "Sheet",
    "capture_files",
    "capture_sheets",
    "read_csv",
    "read_defaults",
    "read_mapping",
]


def capture_files(paths: Iterable[Path], context: Context) -> Capture:
    """Read CSV files as one change; a ``mapping.toml`` beside a file that names it says what its columns mean.

    Args:
        paths: the files.
        context: what the capture stands on: the base, the fields, the graph it goes into.

    Raises:
        UnreadableInput: a file is missing, not UTF-8 or not CSV, or a mapping is broken.
        UnknownName: a sheet's name is no kind and no mapping describes it.

    Example:
        >>> import tempfile
        >>> file = Path(tempfile.mkdtemp()) / "themes.csv"
        >>> _ = file.write_text("id,title@fr,title@en\\nwater,Eau,Water\\n")
        >>> capture_files([file], Context("https://example.org/")).count("imported")
        3
    """
    mappings: dict[Path, Mapping | None] = {}
    sheets: list[tuple[Sheet, Mapping | None]] = []
    for path in paths:
        beside = path.parent / "mapping.toml"
        if beside not in mappings:
            mappings[beside] = read_mapping(beside) if beside.is_file() else None
        sheets.append((read_csv(path), mappings[beside]))
    return capture_sheets(sheets, context)


def capture_sheets(sheets: Sequence[tuple[Sheet, Mapping | None]], context: Context) -> Capture:
    """Read sheets as one change: what is right goes in, what is not is listed, every cell is accounted for.

    A row speaks for the fields its sheet has columns for: what the graph said there before goes out.

    Args:
        sheets: the sheets, each with its mapping or None when its headings are names of fields.
        context: what the capture stands on.

    Raises:
        UnknownName: a sheet's name is no kind, it has no kind column and no mapping describes it; or a mapping names
            a kind or field that does not exist.

    Example:
        >>> from sankofa.capture.sheet import parse_csv
        >>> sheet = parse_csv("id,title@fr\\nsolution,Solution\\n".encode(), "types.csv")
        >>> capture = capture_sheets([(sheet, None)], Context("https://example.org/"))
        >>> capture.records[0].value, capture.count("imported")
        ('https://example.org/id/type/solution', 2)
    """
    reading = _Reading(context)
    for sheet, mapping in sheets:
        if mapping is not None:
            context.prefixes.update(mapping.prefixes)
        reading.open(sheet, mapping)
    return reading.finish()


class _Reading:
    """The reading of several sheets: first who is in them, then what they say."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.accounts: list[Account] = []
        self.refusals: list[Refusal] = []
        self.remarks: list[Refusal] = []
        self.rows: list[tuple[RowReader, Row, ox.NamedNode]] = []
        self.ids: dict[tuple[str, str], Place] = {}
        self.told: set[tuple[str, str, str]] = set()

    def open(self, sheet: Sheet, mapping: Mapping | None) -> None:
        """Find the records of a sheet, so that other rows can name them."""
        self.refusals += sheet.refusals
        self.remarks += sheet.remarks
        self.accounts += [
            Account(cell, "refused", reason=refusal.reason(), refusals=(refusal,)) for cell, refusal in sheet.lost
        ]
        described = mapping.sheets.get(sheet.name) if mapping else None
        plans: dict[str, Plan] = {}
        kind_column = next((heading.text for heading in sheet.headings if heading.text.casefold() == KIND), "")
        kind = described.kind if described else kind_of_sheet(sheet.name, self.context.fields.kinds)
        if not kind and not kind_column:
            near = UnknownName.among("kind", sheet.name, list(self.context.fields.kinds))
            raise UnknownName(
                f"the name of the sheet '{sheet.name}' is no kind of record and it has no column 'kind'",
                where=sheet.file,
                hint=near.hint,
            )
        for row in sheet.rows:
            named = kind
            if not described and kind_column and row.text(kind_column):
                named = row.text(kind_column).casefold()
                named = kind_of_sheet(named, self.context.fields.kinds)
            if not named:
                known = ", ".join(sorted(self.context.fields.kinds))
                self._refuse_row(row, Refusal(row.place, "no-kind", row.text(kind_column), details={"known": known}))
                continue
            if named not in plans:
                if described:
                    plans[named] = plan_by_mapping(sheet, described, self.context)
                else:
                    plans[named] = plan_by_headings(sheet, self.context.fields.kind(named), self.context)
            self._identify(RowReader(plans[named], self.context), row)
        if described and not sheet.rows:
            plans[kind] = plan_by_mapping(sheet, described, self.context)
        # A column that no kind of the sheet knows is told once, at its heading; else cell by cell.
        for one in {refusal for plan in plans.values() for refusal in plan.bad.values()}:
            if all(one.heading in plan.bad for plan in plans.values()):
                self.refusals.append(one)
                self.told.add((one.place.file, one.place.sheet, one.heading))

    def _identify(self, reader: RowReader, row: Row) -> None:
        kind, plan, title = reader.plan.kind, reader.plan, reader.title(row)
        cell = next((cell for cell in row.cells if cell.heading == plan.id_column), None)
        place = cell.place if cell else row.place
        if cell:
            slug = self.context.slug(kind.name, cell.text)
            if not is_slug(slug):
                self._refuse_row(row, Refusal(place, "bad-id", cell.text, cell.heading, title))
                return
        else:
            try:
                slug = slug_of(next((text for name in plan.titles if (text := row.text(name))), ""))
            except ParameterError:
                self._refuse_row(row, Refusal(place, "no-id", "", plan.id_column, title))
                return
        first = self.ids.setdefault((kind.name, slug), place)
        if first != place:
            text = cell.text if cell else slug
            self._refuse_row(row, Refusal(place, "duplicate-id", text, plan.id_column, title, {"first": str(first)}))
            return
        self.context.learn(kind.name, slug, [row.text(name) for name in plan.names])
        record = record_iri(self.context.base, kind.name, slug)
        for heading in (cell.heading for cell in row.cells):
            for name in {target.part for target in plan.columns.get(heading, ()) if target.part}:
                self.context.learn_part(ox.NamedNode(part_iri(record.value, name)), plan.parts[name].kind)
        self.rows.append((reader, row, record))

    def _refuse_row(self, row: Row, refusal: Refusal) -> None:
        self.refusals.append(refusal)
        for cell in row.cells:
            about = refusal
            if cell.place != refusal.place:
                details = {"first": refusal.place.cell}
                about = Refusal(cell.place, "refused-row", cell.text, cell.heading, refusal.title, details)
            self.accounts.append(Account(cell, "refused", reason=about.reason(), refusals=(about,)))

    def finish(self) -> Capture:
        """Read what the rows say: the network's own lists first, since the other rows choose from them."""
        results: dict[int, RowResult] = {}
        order = sorted(range(len(self.rows)), key=lambda number: self.rows[number][0].plan.kind.name != "type")
        for number in order:
            reader, row, record = self.rows[number]
            results[number] = reader.read(row, record)
            if reader.plan.kind.name == "type":
                self.context.learn_type(record, Triples(results[number].triples))
        origins: dict[ox.Triple, Place] = {}
        for number in range(len(self.rows)):
            self._account(results[number], origins, self.rows[number][0].plan, self.rows[number][1].place)
        said = set(origins)
        removed = {
            triple
            for result in results.values()
            for triple in _superseded(result, self.context.known)
            if triple not in said
        }
        added = [triple for triple in said if not any(True for _ in self.context.known.asserted(*triple))]
        return Capture(
            added=in_order(added),
            removed=in_order(removed),
            records=tuple(record for _, _, record in self.rows),
            accounts=tuple(sorted(self.accounts, key=lambda account: account.cell.place)),
            refusals=tuple(sorted(self.refusals)),
            remarks=tuple(sorted(self.remarks)),
            origins=origins,
        )

    def _account(self, result: RowResult, origins: dict[ox.Triple, Place], plan: Plan, row: Place) -> None:
        for one in result.cells:
            cell = one.cell
            if cell.heading in plan.bad and (row.file, row.sheet, cell.heading) not in self.told:
                details = {"kind": plan.kind.name}
                one.refusals = [Refusal(cell.place, "not-for-kind", cell.text, cell.heading, result.title, details)]
            for triple in one.triples:
                origins.setdefault(triple, one.cell.place)
            listed = [refusal for refusal in one.refusals if refusal.code != "refused-column"]
            self.refusals += listed
            if one.refusals:
                reason = " ".join(refusal.reason() for refusal in one.refusals)
                account = Account(one.cell, "refused", tuple(one.triples), reason, tuple(one.refusals))
            elif one.triples:
                account = Account(one.cell, "imported", tuple(one.triples))
            else:
                account = Account(one.cell, "ignored", reason=one.ignored or "the mapping has no target for this value")
            self.accounts.append(account)
        for triple in result.defaults:
            origins.setdefault(triple, row)


def _superseded(result: RowResult, known: Asserted) -> Iterable[ox.Triple]:
    """What the graph says where the row speaks."""
    for subject, predicate, language in result.covered:
        for triple in known.asserted(subject, predicate, None):
            value = triple.object
            if language is None or (isinstance(value, ox.Literal) and value.language == language.lower()):
                yield triple
    for part in result.parts:
        if not any(triple.subject == part for triple in result.triples):
            yield from known.asserted(part, None, None)
            yield from known.asserted(None, None, part)
    for predicate in result.inverses:
        yield from known.asserted(None, predicate, result.record)
