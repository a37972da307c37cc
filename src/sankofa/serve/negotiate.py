"""Which representation a client asked for (RFC 9110, section 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from sankofa.serve.problems import Problem


def preferred(header: str, offered: Sequence[str]) -> str | None:
    """Choose among what is offered by an ``Accept`` or ``Accept-Language`` header.

    Args:
        header: the header's value; "" accepts everything.
        offered: media types or language tags, best first from the server's point of view.

    Returns:
        The one with the highest quality, the first of equals, or None when none is acceptable.

    Example:
        >>> preferred("text/csv;q=0.5, application/*", ["text/csv", "application/json"])
        'application/json'
        >>> preferred("fr-BJ, en;q=0.8", ["en", "fr"])
        'fr'
        >>> preferred("image/png", ["text/csv"]) is None
        True
    """
    return _preferred(header, tuple(offered))


@lru_cache(maxsize=200)
def _preferred(header: str, offered: tuple[str, ...]) -> str | None:
    ranges = [_read(part) for part in header.split(",") if part.strip()]
    if not ranges:
        return offered[0]
    best, best_quality = None, 0.0
    for name in offered:
        matches = [(precision, quality) for wanted, quality in ranges if (precision := _match(wanted, name))]
        quality = max(matches)[1] if matches else 0.0
        if quality > best_quality:
            best, best_quality = name, quality
    return best


def format_asked(name: str, accept: str, offered: Mapping[str, str], also: Mapping[str, str] | None = None) -> str:
    """The format asked for by ``?format=``, or else by ``Accept``.

    Args:
        name: the value of ``?format=``: a short name or a media type; "" when there is none.
        accept: the ``Accept`` header.
        offered: media types by short name, best first.
        also: short names by other media types or names that clients use for them.

    Returns:
        A short name of what is offered.

    Raises:
        Problem: 406, with what there is.

    Example:
        >>> format_asked("", "text/csv, */*;q=0.1", {"json": "application/json", "csv": "text/csv"})
        'csv'
    """
    names: dict[str, str] = {media_type: short for short, media_type in offered.items()}
    names |= {other: short for other, short in (also or {}).items() if short in offered}
    if name:
        asked = name.strip().lower()
        found = asked if asked in offered else names.get(asked.replace(" ", "+"))  # a plus sign in a URL is a space
        if found:
            return found
    elif found := preferred(accept, [*offered.values(), *names]):
        return names[found]
    raise Problem(406, "no-such-format", offered=", ".join(offered))


def _read(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name.lower(), quality


def _match(wanted: str, name: str) -> int:
    """How precisely a range names what is offered: 0 not at all."""
    name = name.lower()
    if wanted == name:
        return 3
    if wanted.endswith("/*") and name.startswith(wanted[:-1]):
        return 2
    if "/" not in name and (wanted.startswith(f"{name}-") or name.startswith(f"{wanted}-")):
        return 2
    return 1 if wanted in ("*/*", "*") else 0
