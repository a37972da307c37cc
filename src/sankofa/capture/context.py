"""What a capture stands on: the fields, the names that are known, the records there are, the network's defaults."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from sankofa.capture.identifiers import kind_and_slug
from sankofa.capture.mapping import PREFIXES
from sankofa.capture.names import Asserted, Names, Triples, labels_of, names_of, nearest, shared_lists, tag_of
from sankofa.errors import NotAGraph
from sankofa.fields import Field, Fields, is_slug, read_fields, record_iri
from sankofa.fields.written import Quantities
from sankofa.terms import SKF

RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
# After so many different unknown names something else is wrong with the sheet, and suggestions no longer help.
_SUGGESTIONS = 500
# Only what leads to a page, a document or a mailbox: an address such as javascript:… would run where it is shown.
_ADDRESS = re.compile(r"(?:ark|doi|ftp|https?|info|mailto|tag|tel|urn):[^\s<>\"{}|\\^`]+", re.IGNORECASE)


@dataclass(frozen=True)
class Defaults:
    """What the network says of every captured record that does not say it itself.

    Args:
        values: a term per field name (status, licence, language, created).
        tag: the language tag of texts that come without one, "und" when the network has no language.
    """

    values: Mapping[str, ox.NamedNode | ox.Literal] = field(default_factory=dict)
    tag: str = "und"


def read_defaults(network: Asserted, base: str = "") -> tuple[str, Defaults]:
    """Read the base and the defaults from a network's record.

    Args:
        network: the graph with the record.
        base: the base of the network that is meant, where the graph may describe several.

    Raises:
        NotAGraph: when there is no network with that base, or several.

    Example:
        >>> read_defaults(Triples())
        Traceback (most recent call last):
        sankofa.errors.NotAGraph: 0 networks with a base were found, one is needed: give the network's record its base
    """
    bases = [
        triple
        for triple in network.asserted(None, ox.NamedNode(SKF.base), None)
        if not base or (isinstance(triple.object, ox.Literal) and triple.object.value == base)
    ]
    if len(bases) != 1:
        raise NotAGraph(
            f"{len(bases)} networks with a base were found, one is needed",
            hint="give the network's record its base",
        )
    subject, found = bases[0].subject, bases[0].object
    if not isinstance(subject, ox.NamedNode) or not isinstance(found, ox.Literal):
        raise NotAGraph("the network's record has no address or its base is no text", where=str(subject))
    values: dict[str, ox.NamedNode | ox.Literal] = {}
    for name, predicate in (
        ("status", SKF.defaultStatus),
        ("licence", SKF.defaultLicence),
        ("language", SKF.defaultLanguage),
        ("created", SKF.captureDate),
    ):
        for triple in network.asserted(subject, ox.NamedNode(predicate), None):
            if isinstance(triple.object, ox.NamedNode | ox.Literal):
                values[name] = triple.object
    language = values.get("language")
    tag = tag_of(language) if isinstance(language, ox.NamedNode) else ""
    return found.value, Defaults(values, tag or "und")


class Context:
    """What a capture stands on.

    Args:
        base: the base of the network's data.
        fields: kinds and fields, as the shapes say; without them ours.
        known: the graph the capture goes into; empty without it.
        defaults: what is said of records that do not say it themselves.
        prefixes: what ids carry before the slug, by kind.
        lists: the closed lists; without them those we ship.
    """

    def __init__(
        self,
        base: str,
        *,
        fields: Fields | None = None,
        known: Asserted | None = None,
        defaults: Defaults | None = None,
        prefixes: Mapping[str, str] = PREFIXES,
        lists: Names | None = None,
    ) -> None:
        """Read what every row will ask for."""
        self.base = base
        self.fields = fields or read_fields()
        self.known = known or Triples()
        self.defaults = defaults or Defaults()
        self.prefixes = dict(prefixes)
        self._lists = (lists or shared_lists()).copy()
        self._rows: dict[tuple[str, str], list[str]] = {}
        self._titles: dict[str, Names] = {}
        self._parts: dict[ox.NamedNode, str] = {}
        self._near: dict[tuple[tuple[str, ...], str], str] = {}
        for triple in self.known.asserted(None, RDF_TYPE, ox.NamedNode(SKF.Type)):
            if isinstance(triple.subject, ox.NamedNode):
                self.learn_type(triple.subject, self.known)

    @cached_property
    def quantities(self) -> Quantities:
        """The reader of quantities, with every spelling of every unit."""
        return Quantities(self._lists.labels(SKF.Unit))

    def learn(self, kind: str, slug: str, titles: Iterable[str]) -> None:
        """Let a row's record be found by other rows.

        Args:
            kind: its kind.
            slug: its slug.
            titles: its titles.
        """
        self._rows[kind, slug] = [title for title in titles if title]
        self._titles.clear()
        self._near.clear()

    def learn_part(self, part: ox.NamedNode, kind: str) -> None:
        """Let a part of a row's record be found by other rows, as slug#name.

        Args:
            part: its address.
            kind: its kind.
        """
        self._parts[part] = kind

    def learn_type(self, iri: ox.NamedNode, triples: Asserted) -> None:
        """Let an entry of a network's own lists be found by its labels, in the lists it is for.

        Args:
            iri: the entry, a record of kind type.
            triples: what says its labels and what it is for.
        """
        uses = {
            f"{SKF.Type} {triple.object.value}"
            for triple in triples.asserted(iri, ox.NamedNode(SKF.appliesTo), None)
            if isinstance(triple.object, ox.NamedNode)
        }
        self._lists.add(iri, {SKF.Type, *uses}, labels_of(triples, iri))

    def lists_of(self, one: Field) -> tuple[str, ...]:
        """The lists that a field's values are chosen from; none when it is no choice.

        Args:
            one: the field.
        """
        if "type" in one.kinds:
            cls = self.fields.kind(one.kind).iri
            return (f"{SKF.Type} {cls}", f"{SKF.Type} {one.predicate}")
        return tuple(one.choices)

    def choice(self, one: Field, text: str) -> tuple[tuple[ox.NamedNode, ...], str]:
        """The entries of a field's lists that a text names, and the nearest name when there is none.

        Args:
            one: the field.
            text: what was written.
        """
        lists = self.lists_of(one)
        if _ADDRESS.fullmatch(text):
            iri = address(text)
            return ((iri,), "") if iri and self._lists.has(lists, iri) else ((), "")
        found = self._lists.find(lists, text)
        return found, "" if found else self._lists.near(lists, text)

    def unit(self, text: str) -> ox.NamedNode | None:
        """The unit that a text names, None when there is none or more than one.

        Args:
            text: the unit as written.
        """
        found = self._lists.find((SKF.Unit,), text)
        return found[0] if len(found) == 1 else None

    def tag(self, text: str) -> str:
        """The language tag that a text (tag, code or name of a language) stands for, "" when unknown.

        Args:
            text: the text of a language column.
        """
        found = self._lists.find((SKF.Language,), text)
        return (tag_of(found[0]) if len(found) == 1 else "") or (text if is_tag(text) else "")

    def exists(self, kind: str, slug: str) -> bool:
        """Say whether there is such a record, among the rows or in the graph.

        Args:
            kind: its kind.
            slug: its slug.
        """
        if (kind, slug) in self._rows:
            return True
        if kind not in self.fields.kinds or not is_slug(slug):
            return False
        cls = ox.NamedNode(self.fields.kind(kind).iri)
        return any(True for _ in self.known.asserted(record_iri(self.base, kind, slug), RDF_TYPE, cls))

    def slug(self, kind: str, text: str) -> str:
        """An id of a sheet less the prefix of its kind.

        Args:
            kind: the kind.
            text: the id.
        """
        prefix = self.prefixes.get(kind, "")
        return text.removeprefix(prefix) if prefix and text != prefix else text

    def records(self, kinds: Iterable[str], text: str) -> tuple[ox.NamedNode, ...]:
        """The records that a text names: by address, by kind/slug, by id, else by a title.

        Args:
            kinds: the kinds it may be of; none means any.
            text: what was written.
        """
        kinds = tuple(kinds)
        head, mark, part = text.partition("#")
        if mark:
            wholes = self.records([one for one in self.fields.kinds if not kinds or self._owns(one, kinds)], head)
            parts = (ox.NamedNode(f"{whole.value}#{part}") for whole in wholes if is_slug(part))
            return tuple(one for one in parts if self._is_part(one, kinds))
        kinds = kinds or tuple(self.fields.kinds)
        if text.startswith(f"{self.base}id/"):
            place = kind_and_slug(self.base, text)
            iri = address(text)
            return (iri,) if iri and place and place[0] in kinds and self.exists(*place) else ()
        kind, slash, slug = text.partition("/")
        if slash and kind in kinds and self.exists(kind, self.slug(kind, slug)):
            return (record_iri(self.base, kind, self.slug(kind, slug)),)
        prefixed = [one for one in kinds if self.prefixes.get(one) and text.startswith(self.prefixes[one])]
        found = [(one, self.slug(one, text)) for one in prefixed if self.exists(one, self.slug(one, text))]
        found = found or [(one, text) for one in kinds if self.exists(one, text)]
        if found:
            return tuple(record_iri(self.base, *one) for one in sorted(set(found)))
        classes = [self.fields.kind(one).iri for one in kinds]
        titled = {iri for one, cls in zip(kinds, classes, strict=True) for iri in self._named(one).find([cls], text)}
        return tuple(sorted(titled, key=lambda iri: iri.value))

    def _owns(self, kind: str, parts: tuple[str, ...]) -> bool:
        """Say whether records of a kind can have parts of some kinds."""
        return any(set(one.kinds) & set(parts) for one in self.fields.kind(kind).fields)

    def _is_part(self, iri: ox.NamedNode, kinds: tuple[str, ...]) -> bool:
        if iri in self._parts:
            return not kinds or self._parts[iri] in kinds
        if not kinds:
            return any(True for _ in self.known.asserted(iri, RDF_TYPE, None))
        classes = (ox.NamedNode(self.fields.kind(one).iri) for one in kinds)
        return any(True for cls in classes for _ in self.known.asserted(iri, RDF_TYPE, cls))

    def near_record(self, kinds: Iterable[str], text: str) -> str:
        """The id or title nearest to a text among records of some kinds, "" when none is near.

        Args:
            kinds: the kinds; none means any.
            text: what was written.
        """
        kinds = tuple(kinds)
        if (kinds, text) not in self._near:
            self._near[kinds, text] = self._nearest(kinds, text) if len(self._near) < _SUGGESTIONS else ""
        return self._near[kinds, text]

    def _nearest(self, kinds: tuple[str, ...], text: str) -> str:
        if "#" in text:
            parts = [part.value for part, kind in self._parts.items() if not kinds or kind in kinds]
            return nearest(text, {iri.rpartition("/")[2] for iri in parts})
        names: set[str] = set()
        for kind in kinds or tuple(self.fields.kinds):
            index = self._named(kind)
            names |= index.labels(self.fields.kind(kind).iri) | index.labels(f"{kind} slugs")
        return nearest(text, names)

    def _named(self, kind: str) -> Names:
        """The titles and slugs of the records of a kind, of the rows and of the graph."""
        if kind not in self._titles:
            cls = self.fields.kind(kind).iri
            names = names_of(self.known, [cls])
            for triple in self.known.asserted(None, RDF_TYPE, ox.NamedNode(cls)):
                place = kind_and_slug(self.base, getattr(triple.subject, "value", ""))
                if isinstance(triple.subject, ox.NamedNode) and place:
                    names.add(triple.subject, [f"{kind} slugs"], [place[1]])
            for (one, slug), titles in self._rows.items():
                if one == kind:
                    iri = record_iri(self.base, kind, slug)
                    names.add(iri, [cls], titles)
                    names.add(iri, [f"{kind} slugs"], [slug])
            self._titles[kind] = names
        return self._titles[kind]


def address(text: str) -> ox.NamedNode | None:
    """The address that a text is, None when it is none.

    Args:
        text: the text of a cell.

    Example:
        >>> address("https://example.org/a b"), address("javascript:alert(1)")
        (None, None)
    """
    if not _ADDRESS.fullmatch(text):
        return None
    try:
        return ox.NamedNode(text)
    except ValueError:
        return None


def is_tag(text: str) -> bool:
    """Say whether a text is a language tag.

    Args:
        text: the text.

    Example:
        >>> is_tag("pt-MZ"), is_tag("français")
        (True, False)
    """
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", text):
        return False
    try:
        ox.Literal("", language=text)
    except ValueError:
        return False
    return True
