"""How every page looks: its words by language, its one style sheet, the templates around its content."""

from __future__ import annotations

import hashlib
import tomllib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from sankofa.signs import shown

if TYPE_CHECKING:
    from jinja2 import Environment

#: The languages of the pages, the default first.
LANGUAGES = ("en", "fr", "pt", "ar")

_TEMPLATES = files("sankofa.publish") / "templates"
_DEFAULTS: dict[str, object] = {
    "origin": "",
    "query": "",
    "pages": True,
    "drafts": False,
    "data": (),
    "release": None,
    "sought": "",
}


def words(lang: str) -> dict[str, Any]:
    """The words of the pages in a language.

    Args:
        lang: one of :data:`LANGUAGES`.

    Example:
        >>> words("fr")["yes"]
        'oui'
    """
    return _words()[lang]


def render(template: str, lang: str, address: str, **content: object) -> str:
    """One page.

    Args:
        template: the template's file.
        lang: one of :data:`LANGUAGES`.
        address: the page's own address, without a query.
        **content: what the template shows.

    Example:
        >>> render("problem.html", "fr", "", heading="Rien", status=404, detail="", told="fr").splitlines()[1]
        '<html lang="fr">'
    """
    own: dict[str, object] = {
        "lang": lang,
        "words": words(lang),
        "languages": [(other, words(other)["language"]) for other in LANGUAGES],
        "address": address,
        "style": style(),
        "network": "",
        "network_lang": "",
    }
    return _templates().get_template(template).render(own | _DEFAULTS | content)


def count(number: int, noun: str, lang: str) -> str:
    """A number with its noun in the singular or the plural.

    Example:
        >>> count(1, "record", "en"), count(2, "record", "fr"), count(11, "record", "ar")
        ('1 record', '2 fiches', '11 بطاقة')
    """
    one, many = words(lang)["nouns"][noun]
    if lang == "ar":  # the plural goes with the last two digits from three to ten
        return f"{number} {many if 3 <= number % 100 <= 10 else one}"
    return f"{number} {one if number == 1 or (lang == 'fr' and number == 0) else many}"


@cache
def style() -> str:
    """The style sheet, which stands in each page."""
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def content_security_policy() -> str:
    """What a page may do: show itself in its own style, send its form here; no script, no request to anybody.

    Example:
        >>> content_security_policy().split(";")[0]
        "default-src 'none'"
    """
    digest = b64encode(hashlib.sha256(style().encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _words() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = tomllib.loads((_TEMPLATES / "words.toml").read_text(encoding="utf-8"))
    return content


def compile_templates() -> None:
    """Read all templates now, so that the first page of each sort does not wait for it.

    Example:
        >>> compile_templates()
    """
    for name in _templates().list_templates(["html"]):
        _templates().get_template(name)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sankofa.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["count"] = count
    environment.filters["exact"] = _Exact
    return environment


class _Exact(str):
    """What a page hands on and does not show (the value of a control, an address), or says in words of ours, in which
    marks keep figures and names in order."""

    __slots__ = ()


def _seen(value: object) -> object:
    """What a template writes, before it is escaped: signs that would steer the page are seen.

    What a macro made has gone through here already.
    """
    return shown(value) if type(value) is str else value
