"""The sentence in which each sort of finding is told, as ``shapes/messages.ttl`` has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File

import pyoxigraph as ox

from sankofa import shipped
from sankofa.fields import LEVELS, Texts, local_name
from sankofa.fields.files import read_triples
from sankofa.fields.model import SKOS
from sankofa.fields.reading import Described
from sankofa.terms import SKF
from sankofa.validation.words import LANGUAGES, InEach

_OTHER = "Other"
_HOLE = re.compile(r"\{(\w+)\}")


def plural(number: int, lang: str) -> str:
    """The plural category of a whole number (Unicode CLDR) in a language.

    Args:
        number: how many.
        lang: the language tag.

    Example:
        >>> plural(3, "ar"), plural(0, "fr"), plural(0, "en")
        ('few', 'one', 'other')
    """
    language = lang.partition("-")[0]
    if language == "ar":
        if number < 3:
            return ("zero", "one", "two")[number]
        rest = number % 100
        return "few" if 3 <= rest <= 10 else "many" if rest >= 11 else "other"
    if language in ("fr", "pt"):
        return "one" if number < 2 else "many" if number % 1_000_000 == 0 else "other"
    return "one" if number == 1 else "other"


@dataclass(frozen=True, slots=True)
class Told:
    """A finding in words.

    Args:
        message: the sentence per language.
        advice: what to do, per language.
        code: the code that leads to help.
        level: the level it is in the way of, where the sentence itself says so, or "".
    """

    message: Texts
    advice: Texts
    code: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of finding, for who wants to know more than one sentence.

    Args:
        code: its code; title: what it is called; advice: what to do.
        cases: what to do in closer cases: the ending of its name (a level, a sort of value), its title, the advice.
    """

    code: str
    title: Texts
    advice: Texts
    cases: tuple[tuple[str, Texts, Texts], ...]


@dataclass(frozen=True, slots=True)
class _Concept:
    sentences: Texts
    advice: Texts
    code: str
    title: Texts
    level: str


class Messages:
    """The sentences by constraint component.

    Args:
        described: the triples of the message file.
    """

    def __init__(self, described: Described) -> None:
        """Index the sentences by name and by component."""
        self._concepts: dict[str, _Concept] = {}
        self._of_component: dict[str, str] = {}
        self._forms: dict[tuple[str, str, int | None, str], _Concept] = {}
        for subject in described.by:
            if not isinstance(subject, ox.NamedNode):
                continue
            notation = described.one(subject, SKOS + "notation")
            level = described.one(subject, SKF.level)
            self._concepts[local_name(subject.value)] = _Concept(
                described.texts(subject, SKOS + "definition"),
                described.texts(subject, SKOS + "scopeNote"),
                notation.value if notation is not None else "",
                described.texts(subject, SKOS + "prefLabel"),
                local_name(level.value) if level is not None else "",
            )
            for component in described.all(subject, SKOS + "exactMatch"):
                self._of_component[component.value] = local_name(subject.value)

    @property
    def record_itself(self) -> Texts:
        """What stands for a field's name where a rule is about a whole record."""
        return self._concepts["RecordItself"].title

    def sorts(self) -> list[Sort]:
        """The sorts of finding, each with its code.

        Example:
            >>> [sort.title["en"] for sort in messages().sorts() if sort.code == "SKF-C04"]
            ['Missing value']
        """
        found = []
        for name, concept in self._concepts.items():
            if concept.code:
                narrower = {
                    one.removeprefix(f"{name}-"): self._concepts[one]
                    for one in sorted(self._concepts)
                    if one.startswith(f"{name}-")
                }
                named = [level for level in LEVELS if level in narrower]
                named += [ending for ending, one in narrower.items() if one.title and ending not in LEVELS]
                cases = ((one, narrower[one].title, narrower[one].advice) for one in named if narrower[one].advice)
                found.append(Sort(concept.code, concept.title, concept.advice, tuple(cases)))
        return found

    def tell(
        self,
        component: str,
        variant: str,
        number: int | None,
        said: Callable[[str], Mapping[str, str]],
        *,
        level: str = "",
    ) -> Told:
        """Tell a finding in every language, each when it is read.

        Args:
            component: the IRI of the constraint component.
            variant: the name of a closer sentence (``Datatype-date``), used when there is one, or "".
            number: the number that the rule asks for, when it asks for one.
            said: what stands in the holes of the sentence, per language.
            level: the level that the finding is in the way of; what to do about it may depend on that.

        Example:
            >>> told = messages().tell("http://www.w3.org/ns/shacl#MinCountConstraintComponent", "", 1,
            ...                        lambda lang: {"field": "Title"})
            >>> told.message["en"], told.code
            ('“Title” is missing.', 'SKF-C04')
        """
        form = self._form(component, variant, number, level)

        def sentence(lang: str) -> str:
            holes = said(lang)
            return _HOLE.sub(lambda hole: holes.get(hole[1], ""), form.sentences[lang])

        return Told(InEach(sentence), form.advice, form.code, form.level)

    def _form(self, component: str, variant: str, number: int | None, urgent: str) -> _Concept:
        """The sentences with holes that a finding is told in; worked out once for all findings of its sort."""
        key = (component, variant, number, urgent)
        if key not in self._forms:
            base = self._of_component.get(component, _OTHER)
            if variant in self._concepts:
                base = variant.partition("-")[0]
            sentences: dict[str, str] = {}
            advice: dict[str, str] = {}
            for lang in LANGUAGES:
                names = [name for name in (variant, f"{base}-{urgent}") if name]
                if number is not None:
                    names += [f"{base}-zero"] if number == 0 else []
                    names += [f"{base}-{plural(number, lang)}", f"{base}-other"]
                found = [self._concepts[name] for name in [*names, base, _OTHER] if name in self._concepts]
                sentences[lang] = next((one.sentences[lang] for one in found if lang in one.sentences), "")
                advice[lang] = next((one.advice[lang] for one in found if lang in one.advice), "")
            told = [self._concepts[name] for name in (variant, base) if name in self._concepts]
            code = next((one.code for one in told if one.code), "")
            level = next((one.level for one in told if one.level), "")
            self._forms[key] = _Concept(sentences, advice, code, {}, level)
        return self._forms[key]


def messages(file: File | None = None) -> Messages:
    """Read the sentences; the same file is read once.

    Args:
        file: the message file; by default the one we ship.

    Raises:
        UnreadableInput: the file is missing or broken.

    Example:
        >>> messages().record_itself["en"]
        'The record itself'
    """
    return _read(file or shipped.messages_file())


@lru_cache(maxsize=4)
def _read(file: File) -> Messages:
    return Messages(Described(read_triples([file], prefix="m")))
