"""Why a triple is there: stated, or by which steps from what is stated.

The proof is searched backwards, the shortest first: a rule whose head is the triple, its body as it holds in the graph,
and the same for each triple of the body that is itself inferred. One proof is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Triple

from sankofa.errors import UnknownName
from sankofa.header import LANGUAGES, Labels
from sankofa.reason.rulefile import Node
from sankofa.terms import DCTERMS, OWL, RDF, RDFS, SKOS

if TYPE_CHECKING:
    from sankofa.reason.rules import Rule, Rules
    from sankofa.reason.running import Reasoned

#: how many steps deep a proof may be
DEEPEST = 64

_SENTENCES: dict[str, Labels] = {
    "subclass": {
        "en": "“{s}” is of type “{o}”, because it is of type “{low}”, and whatever is the second is the first too.",
        "fr": "« {s} » est du type « {o} », car du type « {low} », et tout ce qui est de ce type est aussi de l'autre.",
        "pt": "«{s}» é do tipo «{o}», porque é do tipo «{low}», e tudo o que é desse tipo é também do outro.",
        "ar": "«{s}» من نوع «{o}» لأنه من نوع «{low}»، وكل ما هو من هذا النوع هو من ذاك أيضًا.",
    },
    "subproperty": {
        "en": "“{s}” has “{o}” as “{p}”, because it has it as “{low}”, and the second always means the first.",
        "fr": "« {s} » a « {o} » pour « {p} », car il l'a pour « {low} », et le second implique toujours le premier.",
        "pt": "«{s}» tem «{o}» como «{p}», porque o tem como «{low}», e o segundo implica sempre o primeiro.",
        "ar": "«{s}» له «{o}» بوصفه «{p}» لأنه له بوصفه «{low}»، والثاني يعني الأول دائمًا.",
    },
    "inverse": {
        "en": "“{s}” has “{o}” as “{p}”, because “{o}” has “{s}” as “{low}”, which says the same from the other end.",
        "fr": "« {s} » a « {o} » pour « {p} », car « {o} » a « {s} » pour « {low} » : même lien, en sens inverse.",
        "pt": "«{s}» tem «{o}» como «{p}», porque «{o}» tem «{s}» como «{low}», o que diz o mesmo no sentido inverso.",
        "ar": "«{s}» له «{o}» بوصفه «{p}» لأن «{o}» له «{s}» بوصفه «{low}»، وهو القول نفسه من الطرف الآخر.",
    },
    "symmetric": {
        "en": "“{s}” has “{o}” as “{p}”, because “{o}” has “{s}” as “{p}”, and this always holds both ways.",
        "fr": "« {s} » a « {o} » pour « {p} », car « {o} » a « {s} » pour « {p} », et ce lien vaut dans les deux sens.",
        "pt": "«{s}» tem «{o}» como «{p}», porque «{o}» tem «{s}» como «{p}», e isso vale sempre nos dois sentidos.",
        "ar": "«{s}» له «{o}» بوصفه «{p}» لأن «{o}» له «{s}» بوصفه «{p}»، وهذا يصح دائمًا في الاتجاهين.",
    },
    "transitive": {
        "en": "“{s}” has “{o}” as “{p}”, step by step: {chain}.",
        "fr": "« {s} » a « {o} » pour « {p} », de proche en proche : {chain}.",
        "pt": "«{s}» tem «{o}» como «{p}», passo a passo: {chain}.",
        "ar": "«{s}» له «{o}» بوصفه «{p}» خطوة بعد خطوة: {chain}.",
    },
    "chain": {
        "en": "“{s}” has “{o}” as “{p}”, by way of what lies between: {chain}.",
        "fr": "« {s} » a « {o} » pour « {p} », par ce qui se trouve entre les deux : {chain}.",
        "pt": "«{s}» tem «{o}» como «{p}», por aquilo que está entre os dois: {chain}.",
        "ar": "«{s}» له «{o}» بوصفه «{p}» عن طريق ما بينهما: {chain}.",
    },
    "domain": {
        "en": "“{s}” is of type “{o}”, because only what is of that type has “{low}”.",
        "fr": "« {s} » est du type « {o} », car seul ce qui est de ce type a « {low} ».",
        "pt": "«{s}» é do tipo «{o}», porque só o que é desse tipo tem «{low}».",
        "ar": "«{s}» من نوع «{o}» لأنه لا يكون لغير هذا النوع «{low}».",
    },
    "range": {
        "en": "“{s}” is of type “{o}”, because something has it as “{low}”, and only what is of that type can be.",
        "fr": "« {s} » est du type « {o} », car quelque chose l'a pour « {low} », et seul ce type le permet.",
        "pt": "«{s}» é do tipo «{o}», porque algo o tem como «{low}», o que só pode ser o que é desse tipo.",
        "ar": "«{s}» من نوع «{o}» لأن شيئًا ما له هذا بوصفه «{low}»، ولا يكون كذلك إلا ما هو من هذا النوع.",
    },
    "hierarchy": {
        "en": "“{s}” stands below “{o}” in the ontology, step by step: {chain}.",
        "fr": "« {s} » est sous « {o} » dans l'ontologie, de proche en proche : {chain}.",
        "pt": "«{s}» está abaixo de «{o}» na ontologia, passo a passo: {chain}.",
        "ar": "«{s}» يقع تحت «{o}» في الأنطولوجيا خطوة بعد خطوة: {chain}.",
    },
}
_LINK: Labels = {
    "en": "“{s}” – {p} – “{o}”",
    "fr": "« {s} » – {p} – « {o} »",
    "pt": "«{s}» – {p} – «{o}»",
    "ar": "«{s}» – {p} – «{o}»",
}
_STATED: Labels = {
    "en": "{link}: this is stated.",
    "fr": "{link} : cela est affirmé tel quel.",
    "pt": "{link}: isto está afirmado tal e qual.",
    "ar": "{link}: هذا مذكور صراحة.",
}


@dataclass(frozen=True)
class Step:
    """One step of a proof.

    Args:
        triple: what this step shows.
        rule: the sort of axiom, or the name of the rule file.
        sentence: the step in words, by language.
        premises: what it follows from, data first, then axioms of the ontology.
    """

    triple: Triple
    rule: str
    sentence: Labels
    premises: tuple[Triple, ...]

    def written(self, premise: Triple) -> str:
        """A premise as N-Triples; the list of a chain as Turtle writes it, not as the node it begins with.

        Args:
            premise: one of the premises.

        Example:
            >>> a, p = NamedNode("http://example.org/a"), NamedNode("http://example.org/p")
            >>> Step(Triple(a, p, a), "symmetric", {}, ()).written(Triple(a, p, a)).count("example.org")
            3
        """
        if premise.predicate.value != OWL.propertyChainAxiom:
            return str(premise)
        members = " ".join(str(other.predicate) for other in self.premises if other != premise)
        return f"{premise.subject} {premise.predicate} ( {members} )"


@dataclass(frozen=True)
class Explanation:
    """Why a triple holds.

    Args:
        triple: what was asked about.
        asserted: True when it is stated: by people, in a vocabulary or in the ontology. Then there is no step.
        sentence: the whole in words, by language: the first step's, or that it is stated.
        steps: the triple's own step first, then those that show its premises; premises without a step are stated.
    """

    triple: Triple
    asserted: bool
    sentence: Labels
    steps: tuple[Step, ...]

    def to_text(self, lang: str = "en") -> str:
        """The steps, one line each; what a step rests on stands below it.

        Args:
            lang: en, fr, pt or ar; any other language is answered in English.

        Example:
            >>> import sankofa
            >>> kg = sankofa.open()
            >>> city = sorted(kg.records(kind="city"))[0]
            >>> text = kg.explain((city, RDF.type, "https://w3id.org/sankofa/ontology#Record")).to_text("en")
            >>> text.splitlines()[0].startswith("“")
            True
        """
        if self.asserted:
            return _in(self.sentence, lang) + "\n"
        number = {step.triple: at for at, step in enumerate(self.steps, 1)}
        lines = []
        for at, step in enumerate(self.steps, 1):
            lines.append(f"{at}. {_in(step.sentence, lang)}" if len(self.steps) > 1 else _in(step.sentence, lang))
            for premise in step.premises:
                lines.append(f"   {step.written(premise)} .{f'  ({number[premise]})' if premise in number else ''}")
        return "\n".join(lines) + "\n"

    def to_dict(self) -> dict[str, object]:
        """The explanation as JSON writes it.

        Example:
            >>> s = Triple(NamedNode("http://example.org/a"), NamedNode("http://example.org/p"), Literal("b"))
            >>> Explanation(s, True, {}, ()).to_dict()["asserted"]
            True
        """
        return {
            "triple": str(self.triple),
            "asserted": self.asserted,
            "sentence": self.sentence,
            "steps": [
                {
                    "triple": str(step.triple),
                    "rule": step.rule,
                    "sentence": step.sentence,
                    "premises": [step.written(premise) for premise in step.premises],
                }
                for step in self.steps
            ],
        }


def explain(store: Reasoned, rules: Rules, triple: Triple) -> Explanation:
    """Say why a triple holds.

    Args:
        store: the store, with its inferences up to date.
        rules: the rules it was reasoned with.
        triple: what to explain.

    Raises:
        UnknownName: the triple is neither stated nor inferred.

    Example:
        >>> import sankofa
        >>> kg = sankofa.open()
        >>> city = sorted(kg.records(kind="city"))[0]
        >>> kg.explain((city, RDF.type, "https://w3id.org/sankofa/ontology#City")).asserted
        True
    """
    search = _Search(store, rules)
    if not search.holds(triple):
        raise UnknownName(
            "this triple is neither stated nor inferred",
            where=str(triple),
            hint="check subject, property and value; a text needs its language, a number its datatype",
        )
    words = _Words(store)
    if search.stated(triple):
        link = words.link(triple)
        return Explanation(triple, True, {lang: _STATED[lang].format(link=link[lang]) for lang in LANGUAGES}, ())
    for deepest in range(1, DEEPEST + 1):
        if search.prove(triple, deepest, frozenset()):
            steps = tuple(words.step(found) for found in search.steps(triple))
            return Explanation(triple, False, steps[0].sentence, steps)
    raise UnknownName(
        "this triple is in the inferred graph, but no rule leads to it any more",
        where=str(triple),
        hint="run `sankofa reason` to bring the inferences up to date",
    )


@dataclass(frozen=True)
class _Found:
    """A rule as it was applied: to which triples, with which values."""

    triple: Triple
    name: str
    rule: Rule | None
    values: Mapping[str, Node]
    data: tuple[Triple, ...]
    axioms: tuple[Triple, ...]


class _Search:
    """The search for a proof, with what it has learnt on the way."""

    def __init__(self, store: Reasoned, rules: Rules) -> None:
        self.store = store
        self.rules = rules
        self.proofs: dict[Triple, _Found] = {}
        self._failed: dict[Triple, int] = {}
        self._stated: dict[Triple, bool] = {}

    def holds(self, triple: Triple) -> bool:
        return bool(self.store.query(f"ASK {{ {triple} }}"))

    def stated(self, triple: Triple) -> bool:
        """Whether it holds outside the inferred graph, which never repeats what is stated."""
        if triple not in self._stated:
            self._stated[triple] = not self.store.query(f"ASK {{ GRAPH {self.store.graphs.inferred} {{ {triple} }} }}")
        return self._stated[triple]

    def prove(self, triple: Triple, deepest: int, above: frozenset[Triple]) -> bool:
        """Find a proof of an inferred triple in at most so many steps one below the other."""
        if triple in self.proofs:
            return True
        if triple in above or deepest == 0 or self._failed.get(triple, 0) >= deepest:
            return False
        for found in self._candidates(triple):
            if all(
                self.stated(premise) or self.prove(premise, deepest - 1, above | {triple}) for premise in found.data
            ):
                self.proofs[triple] = found
                return True
        if not above:
            self._failed.clear()  # what failed only because it was in use may succeed elsewhere
        else:
            self._failed[triple] = deepest
        return False

    def steps(self, triple: Triple) -> list[_Found]:
        """The proof's steps, the triple's own first, each once."""
        ordered: dict[Triple, _Found] = {}
        waiting = [triple]
        while waiting:
            current = waiting.pop(0)
            if current in self.proofs and current not in ordered:
                ordered[current] = self.proofs[current]
                waiting += self.proofs[current].data
        return list(ordered.values())

    def _candidates(self, triple: Triple) -> Iterator[_Found]:
        """Every way in which a rule gives the triple in the graph as it stands."""
        if triple in self.rules.facts:
            yield _Found(triple, "hierarchy", None, {}, (), self.rules.facts[triple])
        for rule in self.rules.rules:
            values = rule.head.values(triple)
            if values is None:
                continue
            names = dict.fromkeys(name for pattern in rule.body for name in pattern.variables())
            wanted = " ".join(f"?{name}" for name in names)
            text = f"{rule.prologue}SELECT {wanted} {{ {rule.where()} }}"
            for solution in cast(QuerySolutions, self.store.query(text, values)):
                found: dict[str, Node] = {name: solution[name] for name in names}
                data = tuple(pattern.filled(found) for pattern in rule.body)
                if triple not in data:
                    yield _Found(triple, rule.name, rule, found, data, rule.axioms)


class _Words:
    """The steps of a proof in words, with the labels of what they are about."""

    def __init__(self, store: Reasoned) -> None:
        self.store = store
        self._labels: dict[str, Labels] = {}

    def step(self, found: _Found) -> Step:
        if found.rule is not None and found.rule.because:
            sentence = {lang: self._told(found, lang) for lang in LANGUAGES}
        else:
            sentence = {lang: self._axiom(found, lang) for lang in LANGUAGES}
        return Step(found.triple, found.name, sentence, (*found.data, *found.axioms))

    def _told(self, found: _Found, lang: str) -> str:
        assert found.rule is not None  # noqa: S101
        values = {name: self.label(value, lang) for name, value in found.values.items()}
        return re.sub(r"\{(\w+)\}", lambda match: values.get(match[1], match[1]), found.rule.because[lang])

    def _axiom(self, found: _Found, lang: str) -> str:
        premise = found.data[0] if found.data else found.axioms[0]
        low = premise.object if found.name == "subclass" else premise.predicate
        links = found.data or found.axioms
        return _SENTENCES[found.name][lang].format(
            s=self.label(found.triple.subject, lang),
            p=self.label(found.triple.predicate, lang),
            o=self.label(found.triple.object, lang),
            low=self.label(low, lang),
            chain=("؛ " if lang == "ar" else "; ").join(self.link(each)[lang] for each in links),
        )

    def link(self, triple: Triple) -> Labels:
        return {
            lang: _LINK[lang].format(
                s=self.label(triple.subject, lang),
                p=self.label(triple.predicate, lang),
                o=self.label(triple.object, lang),
            )
            for lang in LANGUAGES
        }

    def label(self, term: object, lang: str) -> str:
        """What a term is called in a language, else in any, else the last part of its IRI; a literal is its text."""
        if isinstance(term, Literal):
            return term.value
        if isinstance(term, BlankNode):
            return str(term)
        iri = cast(NamedNode, term).value
        if iri not in self._labels:
            names = f"<{RDFS.label}>|<{DCTERMS.title}>|<{SKOS.prefLabel}>"
            solutions = cast(
                QuerySolutions, self.store.query(f"SELECT ?l {{ <{iri}> {names} ?l }} ORDER BY DESC(STR(?l))")
            )
            self._labels[iri] = {solution["l"].language or "und": solution["l"].value for solution in solutions}
        return _in(self._labels[iri], lang) or ("type" if iri == RDF.type else re.split(r"[/#]", iri.rstrip("/#"))[-1])


def _in(labels: Labels, lang: str) -> str:
    return labels.get(lang) or labels.get("en") or next(iter(sorted(labels.values())), "")
