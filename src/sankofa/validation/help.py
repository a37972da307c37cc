"""Help on the code of a finding: what it means, an example, what to do.

What it means and the example are in ``shapes/help.ttl``; what it is called and what to do stand where its sentence
stands, in ``shapes/messages.ttl`` or in the header of a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import pyoxigraph as ox

from sankofa import shipped
from sankofa.errors import UnknownName
from sankofa.fields import LEVELS, Texts, text_in
from sankofa.fields.files import read_triples
from sankofa.fields.model import SKOS
from sankofa.fields.reading import Described
from sankofa.validation.checks import checks
from sankofa.validation.messages import messages
from sankofa.validation.words import colon, isolated, word, words


@dataclass(frozen=True, slots=True)
class Help:
    """What there is to know about a code.

    Args:
        code: the code, such as SKF-C04.
        title: what the finding is called, per language.
        meaning: what it means; example: one of it; advice: what to do, per language.
        cases: what to do in closer cases, each with its name: a level, or a sort of value.
    """

    code: str
    title: Texts
    meaning: Texts
    example: Texts
    advice: Texts
    cases: tuple[tuple[Texts, Texts], ...] = ()

    def to_text(self, lang: str = "en") -> str:
        """The help as a person reads it.

        Args:
            lang: the language.

        Example:
            >>> print(help_on("SKF-C28").to_text().splitlines()[0])
            SKF-C28 · Not in the list
        """
        lines = [f"{isolated(self.code, lang)} · {text_in(self.title, lang)}"]
        parts = {"meaning": self.meaning, "example": self.example, "advice": self.advice}
        for name, texts in parts.items():
            lines += ["", f"{word(name, lang)}{colon(lang)}".rstrip(), f"  {text_in(texts, lang)}"]
        for case, advice in self.cases:
            lines.append(f"  {text_in(case, lang)}{colon(lang)}{text_in(advice, lang)}")
        return "\n".join(lines) + "\n"


@lru_cache(maxsize=1)
def helps() -> Mapping[str, Help]:
    """The help on every code that a finding can have, in the order of the codes.

    Example:
        >>> list(helps())[:2]
        ['SKF-C00', 'SKF-C01']
    """
    described = Described(read_triples([shipped.help_file()], prefix="h"))
    meant: dict[str, tuple[Texts, Texts]] = {}
    for subject in described.by:
        notation = described.one(subject, SKOS + "notation")
        if isinstance(notation, ox.Literal):
            texts = (described.texts(subject, SKOS + name) for name in ("definition", "example"))
            meant[notation.value] = next(texts), next(texts)
    found: dict[str, Help] = {}
    for sort in messages().sorts():
        cases = tuple((words(name) if name in LEVELS else title, advice) for name, title, advice in sort.cases)
        found[sort.code] = Help(sort.code, sort.title, *meant.get(sort.code, ({}, {})), sort.advice, cases)
    for check in checks():
        found[check.code] = Help(check.code, check.title, *meant.get(check.code, ({}, {})), check.advice)
    return dict(sorted(found.items()))


def help_on(code: str) -> Help:
    """The help on a code; small letters and the part after the hyphen will do.

    Args:
        code: the code.

    Raises:
        UnknownName: no finding has that code; the error names the nearest.

    Example:
        >>> help_on("c04").title["fr"]
        'Valeur manquante'
    """
    wanted = code.strip().upper()
    whole = wanted if wanted.startswith("SKF-") else f"SKF-{wanted}"
    if whole not in helps():
        near = UnknownName.among("code", whole, list(helps()))
        raise UnknownName(f"there is no code '{code}'", hint=near.hint)
    return helps()[whole]
