"""What is said about a record as people read it: labels for properties, texts for terms, links where they lead."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from sankofa.publish.layout import LANGUAGES, words
from sankofa.store import guard
from sankofa.terms import RDF, SKF, SKOS, VOC, XSD

if TYPE_CHECKING:
    from sankofa.graph import Graph

Term = NamedNode | BlankNode | Literal | Triple

#: Links lead here and nowhere else: an address such as ``javascript:…`` in the data is text.
SAFE_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
#: Numbers of so many digits before the point are grouped; years are not.
GROUPED_FROM = 10_000
LONGEST_ADDRESS = 72
#: Classes that every record of some kind has, and that say nothing to a reader.
PLAIN_CLASSES = (SKOS.Concept, SKF.Record)


@dataclass(frozen=True)
class Value:
    """One value on a page.

    Attributes:
        text: what is shown.
        lang: its language tag, or "" where it has none.
        href: where it leads, or "".
        note: the name of its language, when that is not the page's.
        data: the value as it stands in the data, where the text shows it in another way.
        anchor: the name of the part in its record, when this is a part.
        rows: the properties of the part, shown in its place.
    """

    text: str
    lang: str = ""
    href: str = ""
    note: str = ""
    data: str = ""
    anchor: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Row:
    """One property of a record.

    Attributes:
        label: the property, as people say it.
        values: its values; where some are in the page's language, no other texts.
        others: the same property's texts in other languages than the page's.
        predicate: its IRI.
    """

    label: str
    values: tuple[Value, ...]
    others: tuple[Value, ...]
    predicate: str


class Reader:
    """Reads a graph for a page in one language.

    Args:
        graph: a network's graph.
        lang: the language of the page.

    Example:
        >>> import sankofa
        >>> graph = sankofa.open()
        >>> Reader(graph, "fr").link(f"{graph.base}id/city/bamako").href
        '/doc/city/bamako?lang=fr'
    """

    def __init__(self, graph: Graph, lang: str) -> None:
        """Keep both; everything is read when it is asked for."""
        self.graph = graph
        self.lang = lang
        self.words = words(lang)

    def rows(self, iri: str) -> tuple[Row, ...]:
        """Every property of a record or of a part of one, in the order of its form; what no form knows comes last.

        Example:
            >>> import sankofa
            >>> graph = sankofa.open()
            >>> Reader(graph, "en").rows(graph.records("city")[0])[0].label
            'Name'
        """
        kind = self.graph.kind_of(iri)
        known = {kind.iri, *PLAIN_CLASSES} if kind else set()
        terms: dict[str, list[Term]] = defaultdict(list)
        for triple in self.graph.store.asserted(NamedNode(iri)):
            if triple.predicate.value != RDF.type or getattr(triple.object, "value", "") not in known:
                terms[triple.predicate.value].append(triple.object)
        fields = {field.predicate: field for field in kind.fields} if kind else {}
        found = []
        for predicate, objects in terms.items():
            field = fields.get(predicate)
            order = field.order if field else float("inf")
            label = text_for(field.label, self.lang) if field else self.graph.label_of(predicate, self.lang)[0]
            found.append((order, label, predicate, self._row(label, predicate, objects, iri)))
        return tuple(row for *_, row in sorted(found, key=lambda each: each[:3]))

    def title(self, iri: str) -> Value:
        """The name of a record for this reader."""
        text, tag = self.graph.label_of(iri, self.lang)
        return Value(text, tag, note=self._note(text, tag))

    def link(self, iri: str) -> Value:
        """A thing by its name, leading to its page here, or out to where its IRI says."""
        here = self.address(iri)
        if here:
            record, _, part = iri.partition("#")
            named = self.title(record)
            if part and self.graph.has(iri):
                named = replace(named, text=f"{named.text} – {self.title(iri).text}")
            return replace(named, href=here)
        text, tag = self.graph.label_of(iri, self.lang)
        if not tag:
            return Value(short_address(iri), href=safe_link(iri))
        return Value(text, tag, word_address(iri, self.lang) or safe_link(iri), self._note(text, tag))

    def address(self, iri: str) -> str:
        """The address of a record's page here, "" when there is no such record."""
        record, _, part = iri.partition("#")
        prefix = self.graph.record_prefix if self.graph.base else ""
        if not prefix or not record.startswith(prefix) or not self.graph.has(record):
            return ""
        anchor = f"#{quote(part)}" if part else ""
        return f"/doc/{quote(record.removeprefix(prefix))}?lang={self.lang}{anchor}"

    def term(self, term: object) -> Value:
        """Any term of an answer; an IRI by the name of what it stands for."""
        return self.link(term.value) if isinstance(term, NamedNode) else self._literal(term)

    def raw(self, term: object) -> Value:
        """Any term of the results of a query; an IRI as it is, leading to the page about it."""
        if isinstance(term, NamedNode):
            return Value(prefixed(term.value), href=self.address(term.value) or safe_link(term.value))
        return self._literal(term)

    def _row(self, label: str, predicate: str, objects: Sequence[Term], iri: str) -> Row:
        record = iri.partition("#")[0]
        parts: list[Term] = []
        others: list[Term] = []
        for each in objects:
            is_part = isinstance(each, NamedNode) and "#" not in iri and each.value.startswith(f"{record}#")
            (parts if is_part else others).append(each)
        values = [self.term(each) for each in others]
        values.sort(key=lambda value: (alphabetical(value), value.lang != self.lang, value.lang))
        values = _merged(values)
        mine = [value for value in values if not value.note]
        theirs = [value for value in values if value.note]
        is_text = any(isinstance(each, Literal) and each.language for each in others)
        folded = is_text and bool(mine)
        shown = mine if folded else values
        shown += sorted((self._part(each) for each in parts), key=lambda part: (alphabetical(part), part.anchor))
        return Row(label, tuple(shown), tuple(theirs) if folded else (), predicate)

    def _part(self, term: object) -> Value:
        iri = str(getattr(term, "value", ""))
        rows = self.rows(iri)
        titles = [row for row in rows if row.predicate in self.graph.title_predicates]
        title = titles[0].values[0] if titles and titles[0].values else Value("")
        kept = without_head(rows, title, titles)
        return replace(title, anchor=iri.partition("#")[2], rows=kept or rows)

    def _literal(self, term: object) -> Value:
        if term is None:
            return Value("")
        if not isinstance(term, Literal):
            return Value(str(term))
        if term.language:
            return Value(term.value, term.language, note=self._note(term.value, term.language))
        datatype = term.datatype.value
        if datatype == XSD.boolean:
            return Value(self.words["yes" if term.value in ("true", "1") else "no"], self.lang, data=term.value)
        if datatype in (XSD.decimal, XSD.integer):
            shown = number(term.value, self.lang)
            return Value(shown, data=term.value if shown != term.value else "")
        return Value(term.value, href=safe_link(term.value) if datatype == XSD.anyURI else "")

    def _note(self, text: str, tag: str) -> str:
        if not tag or tag == "und" or tag.partition("-")[0] == self.lang or not re.search(r"[^\W\d_]", text):
            return ""  # figures alone read the same in any language
        names: dict[str, str] = self.words["language_names"]
        return names.get(tag.partition("-")[0], tag)


def text_for(labels: Mapping[str, str], lang: str) -> str:
    """A label in the page's language, else in English, else in any.

    Example:
        >>> text_for({"en": "City", "fr": "Ville"}, "fr")
        'Ville'
    """
    return labels.get(lang) or labels.get(LANGUAGES[0]) or next(iter(labels.values()), "")


def without_head(rows: Sequence[Row], head: Value, titles: Sequence[Row]) -> tuple[Row, ...]:
    """The rows below a head that says the title already: of the title, what the head does not say.

    Args:
        rows: all properties.
        head: what stands above them.
        titles: those of the rows that are the title.

    Example:
        >>> name = Row("Name", (Value("Bamako"),), (), "http://purl.org/dc/terms/title")
        >>> without_head([name], Value("Bamako"), [name])
        ()
    """
    kept = []
    for row in rows:
        rest = tuple(value for value in row.values if row not in titles or value.text != head.text)
        if rest or row.others:
            kept.append(replace(row, values=rest))
    return tuple(kept)


def alphabetical(value: Value | str) -> str:
    """What texts are sorted by: é beside e, capitals beside small letters.

    Example:
        >>> sorted(["Ville", "Événement", "echo"], key=alphabetical)
        ['echo', 'Événement', 'Ville']
    """
    text = value if isinstance(value, str) else value.text
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).lstrip("« ([\"'“")


def number(text: str, lang: str) -> str:
    """A number as the readers of a language write it.

    Example:
        >>> number("48347588550", "en"), number("12.5", "pt"), number("2019", "en")
        ('48,347,588,550', '12,5', '2019')
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite():
        return text
    shown = f"{value:,f}" if abs(value) >= GROUPED_FROM else f"{value:f}"
    return shown.translate(str.maketrans(",.", "\u202f,")) if lang in ("fr", "pt") else shown


def size(count: int, lang: str) -> str:
    """A number of bytes as the readers of a language write it, with two digits that say something.

    Example:
        >>> size(999, "en"), size(1_234_567, "fr"), size(512_000_000, "pt")
        ('999\xa0B', '1,2\xa0Mo', '512\xa0MB')
    """
    units: list[str] = words(lang)["units"]
    value, at = Decimal(count), 0
    while value >= Decimal("999.5") and at < len(units) - 1:
        value, at = value / 1000, at + 1
    shown = f"{value:.1f}" if at and value < 10 else f"{value:.0f}"
    return f"{number(shown.removesuffix('.0'), lang)}\u00a0{units[at]}"


def safe_link(address: str) -> str:
    """The address, if a link may lead there; else "".

    Example:
        >>> safe_link("https://example.org/"), safe_link("javascript:alert(1)")
        ('https://example.org/', '')
    """
    return address if SAFE_LINK.match(address) else ""


def word_address(iri: str, lang: str) -> str:
    """The address of the page here that explains a word of ours, "" for the words of others.

    Example:
        >>> word_address("https://w3id.org/sankofa/vocabulary/level/draft", "fr")
        '/vocabulary/level/draft?lang=fr'
        >>> word_address("https://w3id.org/sankofa/ontology#City", "fr")
        '/ontology?lang=fr#City'
    """
    if iri.startswith(VOC.ns):
        return f"/vocabulary/{quote(iri.removeprefix(VOC.ns))}?lang={lang}"
    return f"/ontology?lang={lang}#{quote(iri.removeprefix(SKF.ns))}" if iri.startswith(SKF.ns) else ""


def short_address(iri: str) -> str:
    """An address as people read it: without its scheme, and not longer than a line.

    Example:
        >>> short_address("https://www.example.org/a/")
        'example.org/a'
    """
    text = re.sub(r"^(https?://(www\.)?|mailto:)", "", iri, flags=re.IGNORECASE).rstrip("/") or iri
    if len(text) <= LONGEST_ADDRESS:
        return text
    return f"{text[: LONGEST_ADDRESS // 2]}…{text[-LONGEST_ADDRESS // 3 :]}"


def prefixed(iri: str) -> str:
    """An IRI as a query can write it: with one of the prefixes that need no declaration, else whole.

    Example:
        >>> prefixed("https://w3id.org/sankofa/ontology#City"), prefixed("https://example.org/a")
        ('skf:City', 'https://example.org/a')
    """
    for prefix, namespace in sorted(guard.prefixes().items(), key=lambda each: -len(each[1])):
        name = iri.removeprefix(namespace)
        if name != iri and re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_-]*)", name):
            return f"{prefix}:{name}"
    return iri


def _merged(values: Iterable[Value]) -> list[Value]:
    """Texts that are the same in several languages, once: in the page's own language where it is one of them."""
    kept: dict[tuple[str, str], Value] = {}
    for value in values:
        old = kept.get((value.text, value.href))
        if old is None or (old.note and not value.note):
            kept[value.text, value.href] = value
    return list(kept.values())
