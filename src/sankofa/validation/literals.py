"""Literals by the rules of XML Schema 1.1 and SPARQL 1.1: which are well-formed, and which comes before which.

The lexical form counts as it is written: white space around a number makes it ill-formed (RDF 1.1 Concepts, section 5).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache

import pyoxigraph as ox

from sankofa.fields.files import Term
from sankofa.fields.literals import STRING, XSD

_YEAR = r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(0[1-9]|1[0-2])"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)|(24):00:00(?:\.0+)?)"
_ZONE = r"(Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_DAYS = r"(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
_NAME_START = (
    r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
_BASE64, _LAST16 = r"[A-Za-z0-9+/]", "[AEIMQUYcgkosw048]"

#: The lexical spaces, by the local name of the datatype; ranges and calendars are looked at apart.
_FORMS: dict[str, str] = {
    "boolean": "true|false|1|0",
    "decimal": _NUMBER,
    "integer": r"[+-]?[0-9]+",
    "double": rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "float": rf"{_NUMBER}(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}?",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}?",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "time": f"{_CLOCK}{_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}?",
    "gMonth": f"--{_MONTH}{_ZONE}?",
    "gDay": f"---{_DAY}{_ZONE}?",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}?",
    "duration": rf"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?{_DAYS}",
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "dayTimeDuration": rf"-?P(?=[0-9T]){_DAYS}",
    "hexBinary": "(?:[0-9A-Fa-f]{2})*",
    "base64Binary": rf"(?:(?:{_BASE64} ?){{4}})*(?:(?:{_BASE64} ?){{2}}{_LAST16} ?=|{_BASE64} ?[AQgw] ?= ?=)?",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]+(?: [^\t\n\r ]+)*)?",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*",
    "Name": f"[{_NAME_START}][{_NAME}]*",
    "NCName": f"[{_NAME_START[1:]}][{_NAME[1:]}]*",
    "NMTOKEN": f"[{_NAME}]+",
}
#: The whole numbers of each datatype, from and to; None is no limit.
_WHOLE: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in
       {"long": 64, "int": 32, "short": 16, "byte": 8}.items()},
    **{name: (0, 2**bits - 1) for name, bits in
       {"unsignedLong": 64, "unsignedInt": 32, "unsignedShort": 16, "unsignedByte": 8}.items()},
}  # fmt: skip
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HALF_DAY_AND_MORE = Fraction(14 * 3600)
#: Times of more signs do not compare; XML Schema 1.1, section 5.4, asks for years of four digits.
_LONGEST_TIME = 1000
#: An instant, or what begins at one: seconds, and whether its time zone is known.
_Instant = tuple[Fraction, bool]


@cache
def _form(name: str) -> re.Pattern[str]:
    """The lexical space of a datatype, compiled when data first have it."""
    return re.compile(_FORMS[name])


def is_well_formed(lexical: str, datatype: str) -> bool:
    """Whether a lexical form is one of its datatype; of a datatype that is not known here, every form is.

    Args:
        lexical: the lexical form.
        datatype: the IRI of the datatype.

    Example:
        >>> is_well_formed("2021-02-28", f"{XSD}date"), is_well_formed("2021-02-30", f"{XSD}date")
        (True, False)
    """
    if not datatype.startswith(XSD):
        return True
    name = datatype.removeprefix(XSD)
    if name in _WHOLE:
        if not _form("integer").fullmatch(lexical) or not lexical.isascii():
            return False
        low, high = _WHOLE[name]
        if low is None and high is None:
            return True
        digits = lexical.lstrip("+-").lstrip("0")
        number = (-1 if lexical.startswith("-") else 1) * (int(digits or 0) if len(digits) < 25 else 10**24)
        return (low is None or number >= low) and (high is None or number <= high)
    if name not in _FORMS:
        return True
    match = _form(name).fullmatch(lexical)
    if match is None:
        return False
    if name in ("date", "dateTime", "dateTimeStamp"):
        return int(match[3]) <= _days_in(match[1], int(match[2]))
    if name == "gMonthDay":
        return int(match[2]) <= (29 if match[1] == "02" else _LENGTHS[int(match[1]) - 1])
    return True


def compare(left: Term, right: Term) -> int | None:
    """Which of two terms comes first, as SPARQL's ``<`` and ``=`` have it.

    Numbers compare with numbers after promotion, texts (``xsd:string``) with texts by code point, truth values, dates,
    times and durations with those of their own datatype. A date without a time zone and one with compare only where
    they are more than fourteen hours apart.

    Args:
        left: a term.
        right: another.

    Returns:
        -1, 0 or 1; None where they do not compare.

    Example:
        >>> compare(ox.Literal(1), ox.Literal("1.5", datatype=ox.NamedNode(f"{XSD}decimal")))
        -1
        >>> compare(ox.Literal("a"), ox.Literal(1)) is None
        True
    """
    if not isinstance(left, ox.Literal) or not isinstance(right, ox.Literal) or left.language or right.language:
        return None
    first, second = left.datatype.value, right.datatype.value
    if not is_well_formed(left.value, first) or not is_well_formed(right.value, second):
        return None
    if first == second == STRING:
        return _order(left.value, right.value)
    numbers = _promoted(left, right)
    if numbers is not None:
        return _order(*numbers)
    if max(len(left.value), len(right.value)) > _LONGEST_TIME:
        return None
    name, other = (iri.removeprefix(XSD).replace("dateTimeStamp", "dateTime") for iri in (first, second))
    if name == other == "boolean":
        return _order(left.value in ("true", "1"), right.value in ("true", "1"))
    if name == other and name in _INSTANTS:
        return _in_time(_INSTANTS[name](left.value), _INSTANTS[name](right.value))
    if name.endswith("Duration") or name == "duration":
        return _durations(left.value, right.value) if other.endswith("uration") else None
    return None


def _order(left: object, right: object) -> int | None:
    if left == right:
        return 0
    if left < right:  # type: ignore[operator]
        return -1
    return 1 if left > right else None  # type: ignore[operator]


def _promoted(left: ox.Literal, right: ox.Literal) -> tuple[object, object] | None:
    """Two numbers as values of the one type that SPARQL promotes them to; None when one is no number."""
    names = [one.datatype.value.removeprefix(XSD) for one in (left, right)]
    if any(name not in _WHOLE and name not in ("decimal", "double", "float") for name in names):
        return None
    if "double" in names or "float" in names:
        single = "double" not in names
        return _floating(left.value, single or names[0] == "float"), _floating(
            right.value, single or names[1] == "float"
        )
    return Decimal(left.value), Decimal(right.value)


def _floating(lexical: str, single: bool) -> float:
    number = float(lexical.replace("INF", "inf"))
    if not single or number != number or number in (float("inf"), float("-inf")):
        return number
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


# -- dates and times


def _days_in(year: str, month: int) -> int:
    """The days of a month; the last four digits of a year tell whether it is a leap year."""
    last = int(year[-4:])
    leap = last % 4 == 0 and (last % 100 != 0 or last % 400 == 0)
    return 28 if month == 2 and not leap else _LENGTHS[month - 1]


def _days(year: int, month: int, day: int) -> int:
    """Days since a fixed day, in the calendar of Gregory before its time too."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year


def _offset(zone: str | None) -> Fraction:
    if not zone or zone == "Z":
        return Fraction(0)
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return Fraction(-seconds if zone[0] == "-" else seconds)


def _instant(year: str, month: str, day: str, seconds: Fraction, zone: str | None) -> _Instant:
    return Fraction(_days(int(year), int(month), int(day)) * 86400) + seconds - _offset(zone), bool(zone)


def _seconds(hours: str | None, minutes: str | None, seconds: str | None) -> Fraction:
    if hours is None:
        return Fraction(86400)
    return Fraction(int(hours) * 3600 + int(minutes or 0) * 60) + Fraction(seconds or 0)


def _groups(name: str, lexical: str) -> tuple[str, ...]:
    match = _form(name).fullmatch(lexical)
    return match.groups() if match else ()


def _date_time(lexical: str) -> _Instant:
    year, month, day, hours, minutes, seconds, _, zone = _groups("dateTime", lexical)
    return _instant(year, month, day, _seconds(hours, minutes, seconds), zone)


def _date(lexical: str) -> _Instant:
    year, month, day, zone = _groups("date", lexical)
    return _instant(year, month, day, Fraction(0), zone)


def _time(lexical: str) -> _Instant:
    hours, minutes, seconds, _, zone = _groups("time", lexical)
    return _seconds(hours, minutes, seconds) % 86400 - _offset(zone), bool(zone)


def _year(lexical: str) -> _Instant:
    year, zone = _groups("gYear", lexical)
    return _instant(year, "1", "1", Fraction(0), zone)


def _year_month(lexical: str) -> _Instant:
    year, month, zone = _groups("gYearMonth", lexical)
    return _instant(year, month, "1", Fraction(0), zone)


def _month(lexical: str) -> _Instant:
    month, zone = _groups("gMonth", lexical)
    return _instant("1972", month, "1", Fraction(0), zone)


def _day(lexical: str) -> _Instant:
    day, zone = _groups("gDay", lexical)
    return _instant("1972", "12", day, Fraction(0), zone)


def _month_day(lexical: str) -> _Instant:
    month, day, zone = _groups("gMonthDay", lexical)
    return _instant("1972", month, day, Fraction(0), zone)


_INSTANTS: dict[str, Callable[[str], _Instant]] = {
    "dateTime": _date_time,
    "date": _date,
    "time": _time,
    "gYear": _year,
    "gYearMonth": _year_month,
    "gMonth": _month,
    "gDay": _day,
    "gMonthDay": _month_day,
}


def _in_time(left: _Instant, right: _Instant) -> int | None:
    apart = left[0] - right[0]
    if left[1] == right[1]:
        return (apart > 0) - (apart < 0)
    return None if abs(apart) <= _HALF_DAY_AND_MORE else 1 if apart > 0 else -1


def _durations(left: str, right: str) -> int | None:
    """Durations compare where every reading of their months in days agrees (XML Schema 1.1, section 3.3.6.2)."""
    months, seconds = (one - two for one, two in zip(_duration(left), _duration(right), strict=True))
    found = set()
    for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7)):
        total = year * 12 + month - 1 + int(months)
        days = _days(total // 12, total % 12 + 1, 1) - _days(year, month, 1)
        apart = days * 86400 + seconds
        found.add((apart > 0) - (apart < 0))
    return found.pop() if len(found) == 1 else None


def _duration(lexical: str) -> tuple[Fraction, Fraction]:
    sign = -1 if lexical.startswith("-") else 1
    date, _, time = lexical.lstrip("-P").partition("T")
    parts = {letter: Fraction(number) for number, letter in re.findall(r"([0-9.]+)([A-Z])", date)}
    clock = {letter: Fraction(number) for number, letter in re.findall(r"([0-9.]+)([A-Z])", time)}
    months = parts.get("Y", Fraction(0)) * 12 + parts.get("M", Fraction(0))
    hours = clock.get("H", Fraction(0)) * 3600 + clock.get("M", Fraction(0)) * 60
    return sign * months, sign * (parts.get("D", Fraction(0)) * 86400 + hours + clock.get("S", Fraction(0)))
