"""What a text says as dates, numbers and quantities.

Every function answers with all the readings a text has: none, one, or several. One is a fact, several are a question
to whoever wrote it, and a quantity or period we are not sure of is left as the text it was.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

import pyoxigraph as ox

_XSD = "http://www.w3.org/2001/XMLSchema#"

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january janvier janeiro يناير jan janv",
            "february fevrier fevereiro فبراير feb fev fevr",
            "march mars marco مارس mar",
            "april avril abril أبريل apr avr abr",
            "may mai maio مايو",
            "june juin junho يونيو jun",
            "july juillet julho يوليو jul juil",
            "august aout agosto أغسطس aug ago",
            "september septembre setembro سبتمبر sep sept set",
            "october octobre outubro أكتوبر oct out",
            "november novembre novembro نوفمبر nov",
            "december decembre dezembro ديسمبر dec dez",
        ),
        start=1,
    )
    for name in names.split()
}

_IN_WORDS = re.compile(r"(?:([0-9]{1,2})(?:st|nd|rd|th|er|º|\.)? )?(?:de )?([^\W\d]+)\.?,? (?:de )?([0-9]{4})")
_LONG = 500
_SPACES = "\u0020\u00a0\u2009\u202f"
_GROUPED = re.compile(rf"[+-]?[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+(?:[.,][0-9]+)?")

_MULTIPLIERS: dict[str, dict[str, int]] = {
    "": {"million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
    "en": {"thousand": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9, "bn": 10**9},
    # A French "billion" is 10^12 and an English one 10^9: in French we do not read it.
    "fr": {"million": 10**6, "millions": 10**6, "milliard": 10**9, "milliards": 10**9},
    "pt": {"mil": 10**3, "milhão": 10**6, "milhões": 10**6, "mil milhões": 10**9},
    "ar": {"ألف": 10**3, "مليون": 10**6, "مليار": 10**9},
}

_AT_MOST = re.compile(
    r"(?:\b(?:up to|at most|no more than|less than|fewer than|under|maximum|max\.?|au plus|moins de|até|menos de|"
    r"no máximo)|jusqu['’]à|حتى)\s*(?:of\s+)?$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    r"(?:\b(?:at least|more than|over|minimum|min\.?|au moins|plus de|pelo menos|mais de)|أكثر من)\s*(?:of\s+)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date of which the day, or the month and the day, may be unknown."""

    year: int
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        """The date as ISO 8601 writes it: 2021, 2021-06 or 2021-06-05."""
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part]
        return "-".join(parts)

    @property
    def literal(self) -> ox.Literal:
        """The date as an ``xsd:date``, ``xsd:gYearMonth`` or ``xsd:gYear``."""
        name = "date" if self.day else "gYearMonth" if self.month else "gYear"
        return ox.Literal(str(self), datatype=ox.NamedNode(_XSD + name))


def _valid(year: int, month: int = 0, day: int = 0) -> PartialDate | None:
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:
        return None
    return PartialDate(year, month, day) if not day or month else None


def _latin_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(letter)) if letter.isdecimal() else letter for letter in text)


def _folded(text: str) -> str:
    kept = (letter for letter in unicodedata.normalize("NFD", text.casefold()) if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", "".join(kept))


def dates_of(text: str) -> tuple[PartialDate, ...]:
    """All the dates a text can mean, whole or partial; none when it is no date.

    ISO 8601 has one reading. Day and month in figures have two unless one of them is over 12 or both are equal.
    Month names are read in French, English, Portuguese and Arabic. A year of two digits is no date.

    Args:
        text: the text of one cell.

    Example:
        >>> [str(date) for date in dates_of("05/06/2021")], [str(date) for date in dates_of("juin 2021")]
        (['2021-05-06', '2021-06-05'], ['2021-06'])
    """
    text = " ".join(_latin_digits(text).split())
    if iso := re.fullmatch(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?)?)?", text):
        if "00" in iso.groups()[1:]:
            return ()
        date = _valid(int(iso[1]), int(iso[2] or 0), int(iso[3] or 0))
        return (date,) if date else ()
    if figures := re.fullmatch(r"([0-9]{4})([/.-])([0-9]{1,2})\2([0-9]{1,2})", text):
        year, month, day = int(figures[1]), int(figures[3]), int(figures[4])
        date = _valid(year, month, day) if month and day else None
        return (date,) if date else ()
    if figures := re.fullmatch(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})", text):
        one, other, year = int(figures[1]), int(figures[3]), int(figures[4])
        both = {_valid(year, one, other), _valid(year, other, one)} if one and other else set()
        return tuple(sorted(date for date in both if date))
    if figures := re.fullmatch(r"([0-9]{1,2})[/.]([0-9]{4})", text):
        date = _valid(int(figures[2]), int(figures[1])) if int(figures[1]) else None
        return (date,) if date else ()
    if words := _IN_WORDS.fullmatch(text):
        number = _MONTHS.get(_folded(words[2]))
        date = _valid(int(words[3]), number, int(words[1] or 0)) if number and words[1] not in ("0", "00") else None
        return (date,) if date else ()
    return ()


def dates_in(text: str) -> tuple[PartialDate, ...]:
    """The ISO dates that stand in a text, and the years that a preposition of time announces.

    Args:
        text: prose.

    Example:
        >>> [str(date) for date in dates_in("call in 2018; twelve cities announced in 2019-03; 2000 people")]
        ['2018', '2019-03']
    """
    found: list[PartialDate] = []
    pattern = r"(?<![\w-])(?:([0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)|(?:(?:in|since|en|depuis|em|desde) )([0-9]{4}))(?![\w-])"
    for match in re.finditer(pattern, text):
        found += dates_of(match[1] or match[2])
    return tuple(sorted(set(found)))


@dataclass(frozen=True)
class Period:
    """A stretch of time of which one end may be unknown."""

    start: PartialDate | None
    end: PartialDate | None


_A_DATE = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?"


def period_of(text: str) -> Period | None:
    """The period that a text gives as ISO dates, or None when it is not sure to be one.

    Args:
        text: the text of one cell; what follows in brackets is a comment.

    Example:
        >>> period = period_of("2019-09 to 2020-06")
        >>> str(period.start), str(period.end)
        ('2019-09', '2020-06')
    """
    text = re.sub(r"\s*\([^()]*\)$", "", _latin_digits(text).strip())
    if point := dates_of(text) if re.fullmatch(_A_DATE, text) else ():
        return Period(point[0], point[0])
    years = re.fullmatch(r"([0-9]{4})\s?[-–—/]\s?([0-9]{4})", text)
    dates = years or re.fullmatch(rf"({_A_DATE})(?:\s(?:to|until|à|a|até)\s|\s?[/–—]\s?|\s-\s)({_A_DATE})", text)
    if dates:
        start, end = dates_of(dates[1]), dates_of(dates[2])
        in_order = start and end and str(start[0]) <= (str(end[0]) + "-99-99" if len(str(end[0])) < 10 else str(end[0]))
        return Period(start[0], end[0]) if in_order else None
    if half := re.fullmatch(rf"(?:to|until|up to|jusqu['’]à|jusqu['’]en|até) ({_A_DATE})", text):
        end = dates_of(half[1])
        return Period(None, end[0]) if end else None
    if half := re.fullmatch(rf"(?:from|since|depuis|à partir de|desde) ({_A_DATE})", text):
        start = dates_of(half[1])
        return Period(start[0], None) if start else None
    return None


def numbers_of(text: str) -> tuple[Decimal, ...]:
    """All the numbers a text can mean; none when it is no number.

    A point is a decimal point, spaces part thousands. One comma before three digits has two readings.

    Args:
        text: the text of one cell, without unit.

    Example:
        >>> numbers_of("48 347 588 550"), numbers_of("12,5"), numbers_of("1,234")
        ((Decimal('48347588550'),), (Decimal('12.5'),), (Decimal('1.234'), Decimal('1234')))
    """
    text = _latin_digits(text.strip()).replace("\u066b", ".").replace("\u2212", "-")
    if _GROUPED.fullmatch(text):
        return (Decimal(re.sub(f"[{_SPACES}]", "", text).replace(",", ".")),)
    if re.fullmatch(r"[+-]?[0-9]+(?:\.[0-9]+)?", text):
        return (Decimal(text),)
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}", text):
        return (Decimal(text.replace(",", ".")), Decimal(text.replace(",", "")))
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return (Decimal(text.replace(",", ".")),)
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", text):
        return (Decimal(text.replace(",", "")),)
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?", text):
        return (Decimal(text.replace(".", "").replace(",", ".")),)
    return ()


_TRUE = {"true", "yes", "oui", "sim", "نعم", "1"}
_FALSE = {"false", "no", "non", "nao", "لا", "0"}


def booleans_of(text: str) -> tuple[bool, ...]:
    """Yes or no, in French, English, Portuguese, Arabic or as RDF writes it; none when it is neither.

    Args:
        text: the text of one cell.

    Example:
        >>> booleans_of("Oui"), booleans_of("não"), booleans_of("maybe")
        ((True,), (False,), ())
    """
    word = _folded(text.strip())
    return (True,) if word in _TRUE else (False,) if word in _FALSE else ()


@dataclass(frozen=True)
class Quantity:
    """An amount as a text gives it: a value, or one or two bounds, with its unit as written."""

    value: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    unit: str = ""


class Quantities:
    """Finds the first quantity of a text among known units.

    Args:
        units: every spelling of every unit.

    Example:
        >>> Quantities({"FCFA", "EUR", "%"}).first("up to EUR 50 000 (ceiling of the phase)")
        Quantity(value=None, minimum=None, maximum=Decimal('50000'), unit='EUR')
    """

    def __init__(self, units: Iterable[str]) -> None:
        """Keep the spellings, the longest first, so that EUR/day is not read as EUR."""
        self._units = sorted({unit for unit in units if unit}, key=lambda unit: (-len(unit), unit))

    @cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        number = rf"(?<![\w.,])[+-]?[0-9](?:[0-9.,{_SPACES}]*[0-9])?"
        span = rf"(?P<{{0}}n>{number})(?:(?:\s?[-–—]\s?|\s(?:to|à|a)\s)(?P<{{0}}m>[0-9](?:[0-9.,{_SPACES}]*[0-9])?))?"
        after = "|".join(re.escape(unit) for unit in self._units) or r"(?!)"
        # Before the number stand currencies and signs only: "EUR 5", "€ 5", never "people 5".
        signs = [unit for unit in self._units if len(unit) <= 4 and unit == unit.upper() and unit != "%"]
        before = "|".join(re.escape(unit) for unit in signs) or r"(?!)"
        patterns = {}
        for language, words in _MULTIPLIERS.items():
            times = "|".join(sorted((re.escape(word) for word in words), key=len, reverse=True))
            tail = rf"(?:\s?(?P<{{0}}t>{times})(?!\w))?"
            amount = span + tail
            patterns[language] = re.compile(
                rf"(?<!\w)(?P<pre>{before})\s?{amount.format('a')}(?!\w)"
                rf"|{amount.format('b')}\s?(?P<post>{after})(?!\w)"
                rf"|^\s*{amount.format('c')}\s*$"
            )
        return patterns

    def first(self, text: str, language: str = "en") -> Quantity | None:
        """The first quantity of a text; None when there is none that is sure.

        Args:
            text: the text of one cell.
            language: the language of the text, which decides what a billion is.

        Example:
            >>> Quantities(["%"]).first("40-60 %")
            Quantity(value=None, minimum=Decimal('40'), maximum=Decimal('60'), unit='%')
        """
        text = _latin_digits(text)
        if len(text) > _LONG:
            # A quantity worth reading stands at the start; long prose would only cost time.
            text = text[:_LONG].rpartition(" ")[0]
        language = language.split("-")[0]
        words = _MULTIPLIERS.get(language, _MULTIPLIERS[""])
        match = self._patterns[language if language in _MULTIPLIERS else ""].search(text)
        if match is None:
            return None
        form = "a" if match["pre"] else "b" if match["post"] else "c"
        low = numbers_of(match[f"{form}n"])
        high = numbers_of(match[f"{form}m"]) if match[f"{form}m"] else ()
        if len(low) != 1 or (match[f"{form}m"] and len(high) != 1):
            return None
        times = words[match[f"{form}t"]] if match[f"{form}t"] else 1
        unit = match["pre"] or match["post"] or ""
        number = _scaled(low[0], times)
        if high:
            limit = _scaled(high[0], times)
            return Quantity(minimum=number, maximum=limit, unit=unit) if number <= limit else None
        head = text[: match.start()]
        if _AT_MOST.search(head):
            return Quantity(maximum=number, unit=unit)
        if _AT_LEAST.search(head):
            return Quantity(minimum=number, unit=unit)
        return Quantity(value=number, unit=unit)


def _scaled(number: Decimal, times: int) -> Decimal:
    if times == 1:
        return number
    product = number * times
    whole = product.to_integral_value()
    return whole if whole == product else product.normalize()


def decimal_literal(number: Decimal) -> ox.Literal:
    """A number as an ``xsd:decimal`` in its canonical form, which is the one that stores keep.

    Args:
        number: a finite number.

    Example:
        >>> decimal_literal(Decimal("2.50")).value, decimal_literal(Decimal("-8.00")).value
        ('2.5', '-8')
    """
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return ox.Literal("0" if text in ("-0", "") else text, datatype=ox.NamedNode(_XSD + "decimal"))


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A text without case, accents and doubled spaces, to tell how near two names are.

    Args:
        text: a name.

    Example:
        >>> folded("  Sèmè-Podji ")
        'seme-podji'
    """
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return " ".join(plain.split())
