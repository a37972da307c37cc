"""From the standard's results to findings that people understand: which record, which field, what to do.

Whatever engine made the results: it hands over what the standard says of them, and all words are found here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from functools import cached_property

import pyoxigraph as ox

from sankofa.fields import LEVELS, Field, Fields, Kind, Path, Rule, Texts, local_name, text_in
from sankofa.fields.files import Node, Term
from sankofa.fields.model import LEVEL_OF
from sankofa.fields.reading import name_of
from sankofa.validation.data import Lookup, remembered
from sankofa.validation.expectation import expectation
from sankofa.validation.fixes import Fixes
from sankofa.validation.messages import Messages, Told
from sankofa.validation.report import Finding, Origin
from sankofa.validation.results import SH, Result
from sankofa.validation.words import LANGUAGES, InEach, isolated, listed, quoted, sign, word

#: Says where a value came from: of a subject, a property (or "") and a value (or None).
Origins = Callable[[str, str, Term | None], Origin | None]

#: How much of a long text, and of a long list, is shown.
_LONGEST, _MANY = 120, 12
_COUNT = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about.

    Args:
        record: the record's IRI, or ``_:name``; part: the fragment that names a part of it, or "".
        kind: the record's kind; own_kind: that of the part; None where it is of none that we know.
        titles: the record's title, kind_label: its kind, part_label: the part, as people say them.
    """

    record: str
    part: str
    kind: Kind | None
    own_kind: Kind | None
    titles: Texts
    kind_label: Texts
    part_label: Texts


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a rule asks for, as it is told.

    Args:
        rule, field: the rule, and the field that it is about.
        label: what people call that.
        component: the constraint component that the sentence is of, variant: the closer sentence, number: the limit.
        kind: the kind of the record, or None; terms: what the rule asks for.
        said: what stands in the holes of the sentence, by language.
    """

    rule: Rule | None
    field: Field | None
    label: Texts
    component: str
    variant: str
    number: int | None
    kind: Kind | None
    terms: tuple[Term, ...]
    said: dict[str, dict[str, str]] = member(default_factory=dict)


class Describer:
    """Tells results as findings.

    Args:
        fields: the kinds and the rules.
        messages: the sentences.
        data: what is known of the data.
        origins: says where values came from.
    """

    def __init__(self, fields: Fields, messages: Messages, data: Lookup, origins: Origins | None = None) -> None:
        """Keep what findings are told with."""
        self._fields = fields
        self._messages = messages
        self._data = data
        self._origins = origins
        self._fixes = Fixes(fields, data)
        self._known: dict[tuple[Node, str, Path | None, str], _Asked] = {}

    def findings(self, results: Iterable[Result]) -> tuple[Finding, ...]:
        """Tell the results, sorted by record, level and field.

        Args:
            results: the standard's results.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> Describer(read_fields(), messages(), Data([])).findings([])
            ()
        """
        found = [self._finding(result) for result in results]
        return tuple(sorted(found, key=place))

    @staticmethod
    def asks_about(results: Iterable[Result], fields: Fields) -> Iterator[Term]:
        """The nodes whose classes and titles are needed to tell results.

        Args:
            results: the standard's results.
            fields: the rules behind them.

        Example:
            >>> from sankofa.fields import read_fields
            >>> list(Describer.asks_about([], read_fields()))
            []
        """
        rules = set()
        for result in results:
            if result.shape not in rules:
                rules.add(result.shape)
                rule = fields.rules.get(name_of(result.shape))
                yield from (term for terms in rule.constraints.values() for term in terms) if rule else ()
                yield from (ox.NamedNode(iri) for iri in _predicates(result))
            yield result.focus
            if isinstance(result.focus, ox.NamedNode) and "#" in result.focus.value:
                yield ox.NamedNode(result.focus.value.partition("#")[0])
            if result.value is not None:
                yield result.value
            yield from Describer.asks_about(result.details, fields)

    @remembered
    def about(self, focus: Term) -> About:
        """Say what a finding about a node is about: the record, and the part of it.

        Args:
            focus: the node.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> node = ox.NamedNode("https://example.org/id/story/a-b")
            >>> Describer(read_fields(), messages(), Data([])).about(node).titles
            {'': 'a b'}
        """
        name = name_of(focus)
        record, _, part = name.partition("#") if isinstance(focus, ox.NamedNode) else (name, "", "")
        holder: Term = ox.NamedNode(record) if part else focus
        if part and not self._data.types(holder) and not self._data.titles(holder):
            # Not a part of a record of ours: a thing whose IRI happens to have a fragment.
            record, part, holder = name, "", focus
        kind = self._kind_of(holder)
        own_kind = self._kind_of(focus) if part else kind
        return About(
            record=record,
            part=part,
            kind=kind,
            own_kind=own_kind,
            titles=self._titles_of(holder),
            kind_label=kind.label if kind else self._foreign_kind(holder),
            part_label=self._part_label(focus, own_kind, part) if part else {},
        )

    def beyond(
        self,
        focus: Term,
        level: str,
        told: Told,
        *,
        name: str = "",
        label: Texts | None = None,
        predicate: str = "",
        value: Term | None = None,
        shown: Texts | None = None,
    ) -> Finding:
        """Tell a finding that is none of the standard's.

        Args:
            focus: the node it is about.
            level: the level it is in the way of.
            told: its words.
            name: the name of the field, label: as people say it; by default it is about the record itself.
            predicate: the property it is about, or "".
            value: the value it is about, shown: as people know it.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> describer = Describer(read_fields(), messages(), Data([]))
            >>> describer.beyond(ox.NamedNode("https://example.org/a"), "draft", Told({"en": "…"}, {}, "SKF-X01")).code
            'SKF-X01'
        """
        about = self.about(focus)
        field = about.own_kind.field_at(predicate) if about.own_kind and predicate else None
        return Finding(
            record=about.record,
            level=level,
            message=told.message,
            titles=about.titles,
            kind=about.kind.name if about.kind else "",
            kind_label=about.kind_label,
            part=about.part,
            part_label=about.part_label,
            field=name,
            label=label or self._messages.record_itself,
            value=value,
            shown=shown or (self.shown(value) if value is not None else {}),
            advice=told.advice,
            code=told.code,
            order=field.order if field else 1e9,
            origin=self._origins(name_of(focus), predicate, value) if self._origins else None,
        )

    def _finding(self, result: Result) -> Finding:
        about = self.about(result.focus)
        asked = self._asked(result, about.own_kind)
        shown = self.shown(result.value)
        counted = result.path if "Count" in result.component else None

        def said(lang: str) -> Mapping[str, str]:
            return {
                **self._said(asked, lang),
                "value": isolated(text_in(shown, lang), lang),
                "count": isolated(str(self._data.count(result.focus, counted)) if counted else "0", lang),
                "record": isolated(text_in(about.titles, lang), lang),
            }

        level = LEVEL_OF.get(result.severity, "draft")
        told = self._messages.tell(asked.component, asked.variant, asked.number, said, level=level)
        kind, field, rule = about.kind, asked.field, asked.rule
        predicate = result.path.predicate if result.path else ""
        return Finding(
            record=about.record,
            level=level,
            message=told.message,
            titles=about.titles,
            kind=kind.name if kind else "",
            kind_label=about.kind_label,
            part=about.part,
            part_label=about.part_label,
            field=field.name if field else _rule_field(rule, result),
            label=asked.label,
            value=result.value,
            shown=shown if result.value is not None else {},
            author_message=_joined(result.messages) if result.messages else rule.messages if rule else {},
            advice=told.advice,
            code=told.code,
            rule=name_of(result.shape),
            order=field.order if field else rule.order if rule else 1e9,
            origin=self._origins(name_of(result.focus), predicate, result.value) if self._origins else None,
            fix=self._fixes.of(result, asked.label, shown),
            result=result,
            details=self.findings(result.details) if result.details else (),
        )

    def _asked(self, result: Result, kind: Kind | None) -> _Asked:
        """What the rule of a result asks for; the same for all its results about one kind."""
        key = (result.shape, result.component, result.path, kind.name if kind else "")
        if key not in self._known:
            rule = self._fields.rules.get(name_of(result.shape))
            field = _field_of(kind, result)
            label = self._label(rule, field, result)
            terms, variant, component = expectation(rule, result.component, self._fields)
            number = int(terms[0].value) if len(terms) == 1 and _COUNT.fullmatch(terms[0].value) else None
            self._known[key] = _Asked(rule, field, label, component, variant, number, kind, tuple(terms))
        return self._known[key]

    def _said(self, asked: _Asked, lang: str) -> dict[str, str]:
        """What stands in the holes of a sentence for all results of a rule."""
        if lang not in asked.said:
            classes = (self._class_label(term.value, lang) for term in asked.terms if _is_class(asked.component))
            asked.said[lang] = {
                "field": isolated(text_in(asked.label, lang), lang),
                "limit": self._limit(asked.terms, asked.kind, asked.component, lang),
                "kind": listed(classes, lang),
            }
        return asked.said[lang]

    @remembered
    def _kind_of(self, node: Term) -> Kind | None:
        return self._fields.kind_of(self._data.types(node))

    @remembered
    def _titles_of(self, node: Term) -> Texts:
        """The titles of a thing; what has none is called by the last words of its address."""
        found = self._data.titles(node)
        if found:
            return found
        return {"": _readable(node)}

    def _foreign_kind(self, node: Term) -> Texts:
        types = self._data.types(node)
        return self._class_names(min(types)) if types else {}

    @remembered
    def _class_names(self, iri: str) -> Texts:
        return self._fields.names.get(iri) or self._data.titles(ox.NamedNode(iri)) or {"": spaced(local_name(iri))}

    def _part_label(self, focus: Term, kind: Kind | None, part: str) -> Texts:
        titles = self._data.titles(focus)
        label: Texts = kind.label if kind else self._foreign_kind(focus)

        def said(lang: str) -> str:
            called = quoted(text_in(titles, lang) if titles else spaced(part), lang)
            return " ".join(one for one in (text_in(label, lang), called) if one)

        return InEach(said)

    def _label(self, rule: Rule | None, field: Field | None, result: Result) -> Texts:
        """What people call the thing a rule looks at."""
        if rule is not None and rule.label:
            return rule.label
        if field is not None:
            return field.label
        if result.path is None:
            return self._messages.record_itself
        predicates = list(_predicates(result))
        return self.label_of(predicates[-1], None) if predicates else self._messages.record_itself

    def label_of(self, predicate: str, kind: Kind | None = None) -> Texts:
        """What people call a property.

        Args:
            predicate: its IRI.
            kind: the kind of the thing that has it.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> Describer(read_fields(), messages(), Data([])).label_of("http://example.org/birdCount")
            {'': 'bird count'}
        """
        field = kind.field_at(predicate) if kind else None
        if field is not None:
            return field.label
        known = self._fields.names.get(predicate) or self._named_by_rules.get(predicate)
        return known or self._data.titles(ox.NamedNode(predicate)) or {"": spaced(local_name(predicate))}

    @cached_property
    def _named_by_rules(self) -> Mapping[str, Texts]:
        """What rules of no known kind call the properties that they look at."""
        rules = sorted(self._fields.rules.values(), key=lambda rule: rule.iri, reverse=True)
        return {rule.path.predicate: rule.label for rule in rules if rule.path is not None and rule.label}

    def _class_label(self, iri: str, lang: str) -> str:
        kind = self._fields.kind_of([iri])
        names = kind.label if kind else self._fields.names.get(iri) or self._data.titles(ox.NamedNode(iri))
        return text_in(names, lang) if names else spaced(local_name(iri))

    def shown(self, value: Term | None) -> Texts:
        """A value as people know it: a text as it is, a thing by its title.

        Args:
            value: the value, if there is one.

        Example:
            >>> from sankofa.fields import read_fields
            >>> from sankofa.validation.data import Data
            >>> from sankofa.validation.messages import messages
            >>> Describer(read_fields(), messages(), Data([])).shown(ox.Literal("a  b"))
            {'': 'a b'}
        """
        if value is None:
            return {"": "–"}
        if isinstance(value, ox.Literal):
            text = " ".join(value.value.split())
            return {"": text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"}
        if isinstance(value, ox.NamedNode) and (names := self._fields.names.get(value.value)):
            return names
        if isinstance(value, ox.BlankNode) and not self._data.titles(value):
            kinds = self._foreign_kind(value)
            return {lang: text_in(kinds, lang) or word("record", lang).lower() for lang in LANGUAGES}
        return self._titles_of(value)

    def _limit(self, terms: tuple[Term, ...], kind: Kind | None, component: str, lang: str) -> str:
        """What a rule asks for, in words."""
        if component.removeprefix(SH).startswith(("LessThan", "Equals", "Disjoint")):
            return listed((text_in(self.label_of(term.value, kind), lang) for term in terms), lang)
        shown = listed((text_in(self.shown(term), lang) for term in terms[:_MANY]), lang)
        return f"{shown}{sign('comma', lang)}…" if len(terms) > _MANY else shown


def _is_class(component: str) -> bool:
    return component == f"{SH}ClassConstraintComponent"


def place(finding: Finding) -> tuple[object, ...]:
    """Where a finding stands among others: by record, part, level and field.

    Args:
        finding: the finding.

    Example:
        >>> place(Finding("a", "draft", {})) < place(Finding("a", "exemplary", {}))
        True
    """
    value = str(finding.value) if finding.value is not None else ""
    level = LEVELS.index(finding.level)
    return (finding.record, finding.part, level, finding.order, finding.field, finding.code, value, finding.rule)


def _joined(messages: Iterable[ox.Literal]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for message in messages:
        texts.setdefault(message.language or "", []).append(message.value)
    return {lang: " ".join(sorted(found)) for lang, found in texts.items()}


def _field_of(kind: Kind | None, result: Result) -> Field | None:
    if kind is None or result.path is None or result.path.form != "predicate":
        return None
    return kind.field_at(result.path.predicate)


def _predicates(result: Result) -> Iterable[str]:
    todo = [result.path] if result.path else []
    while todo:
        path = todo.pop(0)
        if path.predicate:
            yield path.predicate
        todo = [*path.parts, *todo]


def _rule_field(rule: Rule | None, result: Result) -> str:
    """The name a rule goes by where it is about no single field: what follows its shape's name."""
    if result.path is None or rule is None or rule.iri.startswith("_:"):
        return ""
    return local_name(rule.iri).partition("-")[2]


def _readable(node: Term) -> str:
    """The words at the end of an address, for a thing that nobody gave a title."""
    if not isinstance(node, ox.NamedNode):
        return node.value
    address = re.sub(r"^[a-z][a-z0-9+.-]*:(//)?", "", node.value).rstrip("/")
    found = re.search(r"/id/[a-z0-9-]+/([a-z0-9-]+)(?:#(.+))?$", node.value)
    if found:
        return spaced(found[2] or found[1])
    return address


def spaced(name: str) -> str:
    """A name of the machinery as words.

    Args:
        name: the name.

    Example:
        >>> spaced("projectTitle")
        'project title'
    """
    return re.sub(r"[-_]+|(?<=[a-z0-9])(?=[A-Z])", " ", name).strip().lower()
