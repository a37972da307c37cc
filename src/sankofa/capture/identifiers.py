"""Slugs and the addresses (IRIs) made of them.

A record's address is ``{base}id/{kind}/{slug}``, a part of it is a fragment of that. Slugs are small letters of a to z,
digits and single hyphens, at most 80 characters: they survive every file system, e-mail and phone call.
"""

from __future__ import annotations

import re
import unicodedata

from sankofa.errors import ParameterError
from sankofa.fields import is_slug

#: The longest slug.
LONGEST = 80

# Letters that Unicode does not decompose, of the languages our networks write in (Latin script only).
_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
    "ɛ": "e", "ɔ": "o", "ə": "e", "ǝ": "e", "ɲ": "ny", "ŋ": "ng", "ɣ": "gh", "ɓ": "b", "ɖ": "d", "ɗ": "d",
    "ƙ": "k", "ƴ": "y", "ƒ": "f", "ʋ": "v", "ɩ": "i", "ʊ": "u",
}  # fmt: skip


def slug_of(title: str) -> str:
    """Make a slug of a title in Latin script.

    Args:
        title: the title of a record.

    Raises:
        ParameterError: when nothing is left, or when letters of another script would be lost in silence.

    Example:
        >>> slug_of("Sèmè-Podji : l’œuvre de tous")
        'seme-podji-l-oeuvre-de-tous'
    """
    folded = []
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", title).casefold()):
        if letter in _LETTERS:
            folded.append(_LETTERS[letter])
        elif letter.isascii() and letter.isalnum():
            folded.append(letter)
        elif letter.isdecimal():
            folded.append(str(unicodedata.digit(letter)))
        elif letter.isalpha() and unicodedata.category(letter) != "Lm":
            raise ParameterError(
                f"no identifier can be made of '{title}'",
                hint="write one in the id column: small letters a to z, digits and hyphens",
            )
        elif not unicodedata.combining(letter):
            folded.append("-")
    slug = re.sub(r"-+", "-", "".join(folded)).strip("-")
    if not slug:
        raise ParameterError(
            f"no identifier can be made of '{title}'",
            hint="write one in the id column: small letters a to z, digits and hyphens",
        )
    if len(slug) > LONGEST:
        head = slug[: LONGEST + 1]
        slug = (head.rpartition("-")[0] or slug[:LONGEST]).strip("-")
    return slug


def part_iri(record: str, name: str) -> str:
    """The address of a part of a record.

    Args:
        record: the record's address.
        name: the part's name, unique within the record.

    Raises:
        ParameterError: when the name may not stand in an address.

    Example:
        >>> part_iri("https://example.org/id/city/bamako", "population")
        'https://example.org/id/city/bamako#population'
    """
    if not is_slug(name):
        raise ParameterError(f"'{name}' is no name for a part", hint="small letters a to z, digits and hyphens")
    return f"{record}#{name}"


def kind_and_slug(base: str, iri: str) -> tuple[str, str] | None:
    """Take the address of a record, or of a part of one, apart; None when it is not of this base.

    Args:
        base: the base of the network's data.
        iri: an address.

    Example:
        >>> kind_and_slug("https://example.org/", "https://example.org/id/city/bamako#population")
        ('city', 'bamako')
    """
    if not iri.startswith(f"{base}id/"):
        return None
    kind, _, slug = iri[len(base) + 3 :].partition("#")[0].partition("/")
    return (kind, slug) if is_slug(kind) and is_slug(slug) else None
