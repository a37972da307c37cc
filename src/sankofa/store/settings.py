"""Settings: variables of the environment that are numbers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import TypeVar

from sankofa.errors import ParameterError

Number = TypeVar("Number", int, float)

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(?:([KMGT]?)(i?)B|(%))", re.IGNORECASE)
_COUNT = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([KMG]?)", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def seconds(name: str, otherwise: float) -> float:
    """A setting that is a time, in seconds.

    Args:
        name: the variable.
        otherwise: what holds where it is not set.

    Raises:
        ParameterError: it is no number of seconds, or more than a day.

    Example:
        >>> seconds("SANKOFA_NOT_SET", 10.0)
        10.0
    """
    return _read(name, otherwise, _seconds, "number of seconds", f"{otherwise:g}")


def size(name: str, otherwise: int) -> int:
    """A setting that is a number of bytes, written like 512MB, 2GiB or, of the machine's memory, 50%.

    Args:
        name: the variable.
        otherwise: what holds where it is not set.

    Raises:
        ParameterError: it is no size.

    Example:
        >>> size("SANKOFA_NOT_SET", 10**9)
        1000000000
    """
    return _read(name, otherwise, _size, "size", "512MB")


def count(name: str, otherwise: int) -> int:
    """A setting that is a number of things, written like 500000 or 5M.

    Args:
        name: the variable.
        otherwise: what holds where it is not set.

    Raises:
        ParameterError: it is no number.

    Example:
        >>> count("SANKOFA_NOT_SET", 5)
        5
    """
    return _read(name, otherwise, _count, "number of triples", "5M")


def memory() -> int:
    """The machine's memory in bytes; 0 where it does not say.

    Example:
        >>> memory() >= 0
        True
    """
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _read(name: str, otherwise: Number, read: Callable[[str], Number | None], what: str, example: str) -> Number:
    """A setting as a number; what cannot be read is told with an example of what can."""
    text = os.environ.get(name, "").strip()
    if not text:
        return otherwise
    if (found := read(text)) is None:
        raise ParameterError(f"{name} is '{text}', which is no {what}", hint=f"write {name}={example}")
    return found


def _seconds(text: str) -> float | None:
    try:
        return found if 0 < (found := float(text)) <= 86_400 else None
    except ValueError:
        return None


def _size(text: str) -> int | None:
    if (found := _SIZE.fullmatch(text)) is None:
        return None
    unit = 1024 if found[3] else 1000
    one = memory() / 100 if found[4] else unit ** _POWERS[found[2].upper()]
    return int(float(found[1]) * one) or None


def _count(text: str) -> int | None:
    found = _COUNT.fullmatch(text)
    return int(float(found[1]) * 1000 ** _POWERS[found[2].upper()]) if found else None
