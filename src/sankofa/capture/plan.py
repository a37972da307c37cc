"""What each column of a sheet is for, worked out once a sheet, before its rows are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from sankofa.capture.context import Context, is_tag
from sankofa.capture.mapping import Part, SheetMapping, Target, parse_heading
from sankofa.capture.names import nearest
from sankofa.capture.refusals import Refusal
from sankofa.capture.sheet import Cell, Sheet
from sankofa.fields import Field, Kind

#: The separator of several values in one cell.
SEPARATOR = "|"
#: Headings that are no fields: the record's slug and, in sheets of several kinds, its kind.
ID, KIND = "id", "kind"


@dataclass(frozen=True)
class Plan:
    """One kind of row: what its columns say.

    Args:
        kind: the kind of its records.
        id_column: the heading of the column with the ids, "" when there is none.
        about: the heading of the column that names a row in messages, "" for its title.
        columns: the targets of each column, by heading.
        parts: the parts that columns fill, by name.
        constants: what every record of the sheet says, as field, value, language.
        bad: the refusals of columns that are not understood, by heading.
        ignored: why a column is left out on purpose, by heading.
    """

    kind: Kind
    id_column: str
    about: str
    columns: Mapping[str, tuple[Target, ...]]
    parts: Mapping[str, Part]
    constants: tuple[tuple[str, str, str], ...] = ()
    bad: Mapping[str, Refusal] = field(default_factory=dict)
    ignored: Mapping[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> tuple[str, ...]:
        """The headings of the columns that hold the record's own title."""
        return tuple(
            heading
            for heading, targets in self.columns.items()
            if any(target.field == "title" and not target.part for target in targets)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The headings of the columns by whose text the record can be found: titles and alternative names."""
        return tuple(
            heading
            for heading, targets in self.columns.items()
            if any(target.field in ("title", "alternative") and not target.part for target in targets)
        )


def kind_of_sheet(name: str, kinds: Iterable[str]) -> str:
    """The kind that the name of a sheet means: itself, or its plural; "" when none.

    Args:
        name: the name of the sheet, without ending.
        kinds: the kinds there are.

    Example:
        >>> kind_of_sheet("Cities", ["city", "story"]), kind_of_sheet("theme_assignments", ["theme-assignment"])
        ('city', 'theme-assignment')
    """
    plain = name.strip().casefold().replace("_", "-").replace(" ", "-")
    for kind in kinds:
        plurals = {kind, f"{kind}s"} | ({f"{kind[:-1]}ies"} if kind.endswith("y") else set())
        if plain in plurals:
            return kind
    return ""


def plan_by_mapping(sheet: Sheet, mapping: SheetMapping, context: Context) -> Plan:
    """The plan of a sheet that a mapping describes.

    Args:
        sheet: the sheet.
        mapping: its table of the mapping.
        context: what the capture stands on.

    Raises:
        UnknownName: the mapping names a kind or a field that does not exist.
    """
    kind = context.fields.kind(mapping.kind)
    for part in mapping.parts.values():
        kind.field(part.link)
        for name, _, _ in part.constants:
            context.fields.kind(part.kind).field(name)
    for targets in mapping.columns.values():
        for target in targets:
            for one in filter(None, (target.field, target.keep)):
                field_of(target, one, kind, mapping.parts, context)
    known = {*mapping.columns, *mapping.ignored, mapping.id_column}
    bad = {}
    for heading in sheet.headings:
        if heading.text not in known:
            bad[heading.text] = _unknown(heading, heading.text, known)
    present = {heading.text for heading in sheet.headings}
    return Plan(
        kind=kind,
        id_column=mapping.id_column if mapping.id_column in present else "",
        about=mapping.about,
        columns={heading: targets for heading, targets in mapping.columns.items() if heading in present},
        parts=mapping.parts,
        constants=mapping.constants,
        bad=bad,
        ignored=mapping.ignored,
    )


def plan_by_headings(sheet: Sheet, kind: Kind, context: Context) -> Plan:
    """The plan of a sheet whose headings are names of fields.

    Args:
        sheet: the sheet.
        kind: the kind of the rows.
        context: what the capture stands on.
    """
    columns: dict[str, tuple[Target, ...]] = {}
    parts: dict[str, Part] = {}
    bad: dict[str, Refusal] = {}
    id_column = ""
    for heading in sheet.headings:
        plain = heading.text.strip().casefold()
        if plain == ID:
            id_column = heading.text
        elif plain != KIND or any(one.name == KIND for one in kind.fields):
            target = _target(heading, kind, parts, context)
            if isinstance(target, Refusal):
                bad[heading.text] = target
            else:
                columns[heading.text] = (target,)
    spoken = next((name for name, (target,) in columns.items() if target.field == "language"), "")
    for name, (target,) in columns.items():
        if not target.language:
            columns[name] = (replace(target, language_column=spoken),)
    return Plan(kind, id_column, "", columns, parts, bad=bad)


def field_of(target: Target, name: str, kind: Kind, parts: Mapping[str, Part], context: Context) -> Field:
    """The field that a target names: of the row's kind, of a part's kind, or of the kind the cell names.

    Args:
        target: the target.
        name: the name of the field.
        kind: the kind of the row's record.
        parts: the parts of the sheet.
        context: what the capture stands on.

    Raises:
        UnknownName: the kind has no such field.
    """
    if target.inverse:
        return context.fields.kind(target.kinds[0]).field(name)
    if target.part:
        return context.fields.kind(parts[target.part].kind).field(name)
    return kind.field(name)


def _target(heading: Cell, kind: Kind, parts: dict[str, Part], context: Context) -> Target | Refusal:
    parsed = parse_heading(heading.text)
    owner = kind
    if parsed and parsed.part:
        part = _part(parsed.part, kind, context)
        if part is None:
            links = [one.name for one in kind.fields if _part(one.name, kind, context)]
            return _unknown(heading, parsed.part, links, f".{parsed.field}")
        parts[part.name] = part
        owner = context.fields.kind(part.kind)
    one = _named_field(owner, parsed.field) if parsed else None
    if parsed is None or one is None:
        tag = f"@{parsed.language}" if parsed and parsed.language is not None else ""
        return _unknown(heading, parsed.field if parsed else heading.text, _names(owner), tag)
    language = parsed.language
    if language is not None and not is_tag(language):
        details = {"tag": language, "field": parsed.field}
        return Refusal(heading.place, "bad-language", heading.text, heading.text, details=details)
    if language is not None and not one.is_text:
        details = {"tag": language, "field": parsed.field}
        return Refusal(heading.place, "no-language", heading.text, heading.text, details=details)
    return Target(
        field=one.name,
        part=parsed.part,
        language=language or "",
        many=SEPARATOR if one.max != 1 and not one.is_text else "",
    )


def _named_field(kind: Kind, text: str) -> Field | None:
    """The field that a heading names: by its name, else by its label in one of the languages."""
    plain = text.strip().casefold()
    for one in kind.fields:
        if one.name == plain.replace("_", "-").replace(" ", "-"):
            return one
    labelled = [one for one in kind.fields if plain in {label.casefold() for label in one.label.values()}]
    return labelled[0] if len(labelled) == 1 else None


def _part(name: str, kind: Kind, context: Context) -> Part | None:
    """The part that a heading such as ``lesson-2.description`` names: its link is the field it begins with."""
    for one in sorted(kind.fields, key=lambda one: -len(one.name)):
        if name == one.name or name.startswith(f"{one.name}-"):
            kinds = [other for other in one.kinds if not context.fields.kind(other).always_record]
            if kinds:
                return Part(name, kinds[0], one.name)
    return None


def _names(kind: Kind) -> list[str]:
    return [ID, *(one.name for one in kind.fields)]


def _unknown(heading: Cell, text: str, known: Iterable[str], tail: str = "") -> Refusal:
    near = nearest(text, known)
    details = {"near": near + tail} if near else {}
    return Refusal(heading.place, "unknown-heading", heading.text, heading.text, details=details)
