"""What texts say as dates, numbers and quantities, and what they leave open."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sankofa.capture.identifiers import kind_and_slug, part_iri, slug_of
from sankofa.capture.names import shared_lists
from sankofa.errors import ParameterError
from sankofa.fields import is_slug
from sankofa.fields.written import (
    Quantities,
    booleans_of,
    dates_in,
    dates_of,
    decimal_literal,
    numbers_of,
    period_of,
)
from sankofa.terms import SKF

UNITS = Quantities(shared_lists().labels(SKF.Unit))


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("2021-06-05", ["2021-06-05"]),
        ("2021-06", ["2021-06"]),
        ("2021", ["2021"]),
        ("2021-06-05T00:00:00", ["2021-06-05"]),
        ("2021-06-05 00:00", ["2021-06-05"]),
        ("2021/06/05", ["2021-06-05"]),
        ("05/06/2021", ["2021-05-06", "2021-06-05"]),
        ("5.6.2021", ["2021-05-06", "2021-06-05"]),
        ("5-6-2021", ["2021-05-06", "2021-06-05"]),
        ("05/05/2021", ["2021-05-05"]),
        ("25/12/2021", ["2021-12-25"]),
        ("12/25/2021", ["2021-12-25"]),
        ("06/2021", ["2021-06"]),
        ("5 juin 2021", ["2021-06-05"]),
        ("1er août 2021", ["2021-08-01"]),
        ("August 2021", ["2021-08"]),
        ("3 de março de 2021", ["2021-03-03"]),
        ("12 يونيو 2021", ["2021-06-12"]),
        ("٢٠٢١-٠٦-٠٥", ["2021-06-05"]),
        ("2020-02-29", ["2020-02-29"]),
        ("2021-02-29", []),
        ("2021-13", []),
        ("2021-00", []),
        ("2021-06-00", []),
        ("31/02/2021", []),
        ("32/13/2021", []),
        ("00/06/2021", []),
        ("5/6/21", []),
        ("21", []),
        ("0000", []),
        ("2021-06-05T10:30:00", []),
        ("last summer", []),
        ("5 smarch 2021", []),
        ("", []),
    ],
)
def test_a_date_has_the_readings_it_has(text: str, readings: list[str]) -> None:
    assert [str(date) for date in dates_of(text)] == readings


@pytest.mark.parametrize(("text", "datatype"), [("2021-06-05", "date"), ("2021-06", "gYearMonth"), ("2021", "gYear")])
def test_a_date_is_typed_by_what_is_known_of_it(text: str, datatype: str) -> None:
    (date,) = dates_of(text)
    assert date.literal == ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{datatype}"))


@given(st.dates(min_value=datetime.date(1, 1, 1)))
def test_every_iso_date_has_one_reading(date: datetime.date) -> None:
    assert [str(reading) for reading in dates_of(date.isoformat())] == [date.isoformat()]


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_a_date_in_figures_always_counts_the_true_one_among_its_readings(date: datetime.date) -> None:
    assert date.isoformat() in [str(reading) for reading in dates_of(date.strftime("%d/%m/%Y"))]
    two = date.day <= 12 and date.day != date.month
    assert len(dates_of(date.strftime("%d/%m/%Y"))) == (2 if two else 1)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("kick-off 2019-10-23; baseline study took 9 months", ["2019-10-23"]),
        ("call by AFD and URBACT in 2018; twelve cities announced in 2019-03", ["2018", "2019-03"]),
        ("final summit 2022-11; conclusions drawn in 2023-02; 2023-03-31", ["2022-11", "2023-02", "2023-03-31"]),
        ("more than 2000 people", []),
        ("reference 2019-10-23-4", []),
        ("2019-13", []),
        ("depuis 2018", ["2018"]),
    ],
)
def test_the_dates_in_a_text(text: str, dates: list[str]) -> None:
    assert [str(date) for date in dates_in(text)] == dates


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2019", "2019", "2019"),
        ("2019-10", "2019-10", "2019-10"),
        ("2019-2022", "2019", "2022"),
        ("2019 – 2022", "2019", "2022"),
        ("2019-09 to 2020-06", "2019-09", "2020-06"),
        ("2019-09-01/2020-06-30", "2019-09-01", "2020-06-30"),
        ("2020-05 to 2020", "2020-05", "2020"),
        ("to 2020-10", None, "2020-10"),
        ("since 2020-10", "2020-10", None),
        ("2014 (35 000 in 2004)", "2014", "2014"),
    ],
)
def test_a_period_has_the_ends_it_names(text: str, start: str | None, end: str | None) -> None:
    period = period_of(text)
    assert period is not None
    assert (period.start and str(period.start), period.end and str(period.end)) == (start, end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "phase 3",
        "two and a half years",
        "forecast of 2022",
        "2022-2019",
        "2020-06 to 2019-09",
        "2019-20",
        "in 2019",
    ],
)
def test_what_is_not_surely_a_period_is_none(text: str) -> None:
    assert period_of(text) is None


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("12", ["12"]),
        ("-8.00", ["-8.00"]),
        ("\u22125", ["-5"]),
        ("12.64", ["12.64"]),
        ("12,5", ["12.5"]),
        ("0,123", ["0.123"]),
        ("1,234", ["1.234", "1234"]),
        ("1,234,567", ["1234567"]),
        ("1.234.567,5", ["1234567.5"]),
        ("1,234.5", ["1234.5"]),
        ("48 347 588 550", ["48347588550"]),
        ("48\u202f347,5", ["48347.5"]),
        ("١٢٣", ["123"]),
        ("12 34", []),
        ("1 2345", []),
        ("1e5", []),
        ("12 %", []),
        ("about 5", []),
        ("", []),
    ],
)
def test_a_number_has_the_readings_it_has(text: str, readings: list[str]) -> None:
    assert [format(number, "f") for number in numbers_of(text)] == readings


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_written_plainly_is_read_as_it_is(number: Decimal) -> None:
    assert numbers_of(format(number, "f")) == (number,)
    assert Decimal(decimal_literal(number).value) == number


@given(st.integers(min_value=1000, max_value=10**15), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_spaces_part_thousands(number: int, space: str) -> None:
    assert numbers_of(f"{number:,}".replace(",", space)) == (Decimal(number),)


def quantity(text: str, language: str = "en") -> tuple[str, str, str, str] | None:
    found = UNITS.first(text, language)
    if found is None:
        return None
    value, low, high = (
        "" if number is None else format(number, "f") for number in (found.value, found.minimum, found.maximum)
    )
    return value, low, high, found.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48 347 588 550 FCFA (about EUR 73 813 112)", ("48347588550", "", "", "FCFA")),
        ("60 million MAD", ("60000000", "", "", "MAD")),
        ("25.580 million TND (about USD 8.844 million)", ("25580000", "", "", "TND")),
        ("USD 136 million (UGX 520 billion)", ("136000000", "", "", "USD")),
        ("USD 6.6 million (GHC 35 million)", ("6600000", "", "", "USD")),
        ("USD 3 184 092 307 (NGN 1 168 561 893 990)", ("3184092307", "", "", "USD")),
        ("2020 estimate: 549 683 201.46 MZN (about USD 8 204 226.89)", ("549683201.46", "", "", "MZN")),
        ("about 700 million MRU (EUR 17 million)", ("700000000", "", "", "MRU")),
        ("5 billion FCFA", ("5000000000", "", "", "FCFA")),
        ("up to EUR 50 000 (ceiling of the phase); press: USD 100 000", ("", "", "50000", "EUR")),
        ("more than 100 people", ("", "100", "", "people")),
        ("40-60 %", ("", "40", "60", "%")),
        ("40 – 60 %", ("", "40", "60", "%")),
        ("20 %", ("20", "", "", "%")),
        ("5-10", ("", "5", "10", "")),
        ("5", ("5", "", "", "")),
        ("750 EUR/day", ("750", "", "", "EUR/day")),
        ("€ 5", ("5", "", "", "€")),
        ("12 km2", ("12", "", "", "km2")),
        ("50 000 people", ("50000", "", "", "people")),
        # Not sure, so not read.
        ("1,234 EUR", None),
        ("60-40 %", None),
        ("2019 48 EUR", None),
        ("5 zorkmids", None),
        ("EURO 5 zone", None),
        ("a lot of people", None),
        ("", None),
    ],
)
def test_the_first_quantity_of_a_text(text: str, expected: tuple[str, str, str, str] | None) -> None:
    assert quantity(text) == expected


def test_a_billion_is_read_where_it_has_one_meaning() -> None:
    assert quantity("5 billion FCFA", "en") == ("5000000000", "", "", "FCFA")
    assert quantity("5 milliards FCFA", "fr") == ("5000000000", "", "", "FCFA")
    assert quantity("5 billion FCFA", "fr") is None
    assert quantity("5 billion FCFA", "und") is None
    assert quantity("5 mil milhões EUR", "pt-MZ") == ("5000000000", "", "", "EUR")
    assert quantity("5 مليون MAD", "ar") == ("5000000", "", "", "MAD")


@given(st.integers(min_value=0, max_value=10**12), st.sampled_from(["EUR", "USD", "FCFA", "people", "%"]))
def test_a_number_and_its_unit_are_read_back(number: int, unit: str) -> None:
    assert quantity(f"{number} {unit}") == (str(number), "", "", unit)
    assert quantity(f"{number:,} {unit}".replace(",", " ")) == (str(number), "", "", unit)


@given(st.text())
def test_no_text_breaks_a_reader(text: str) -> None:
    dates_of(text)
    dates_in(text)
    period_of(text)
    numbers_of(text)
    booleans_of(text)
    for language in ("en", "fr", "und"):
        UNITS.first(text, language)


@given(st.text(alphabet="0123456789.,-– EURmillion%()", max_size=60))
def test_a_quantity_never_claims_an_empty_range(text: str) -> None:
    found = UNITS.first(text)
    if found and found.minimum is not None and found.maximum is not None:
        assert found.minimum <= found.maximum


def test_long_texts_cost_no_time() -> None:
    for text in ("9" * 50_000, "9 " * 50_000, "9-" * 50_000, "9,999 " * 20_000, "million " * 10_000):
        UNITS.first(text)
        dates_in(text)
        numbers_of(text)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Bamako", "bamako"),
        ("Sèmè-Podji : l’œuvre de tous", "seme-podji-l-oeuvre-de-tous"),
        ("São João & Ωmega"[:8], "sao-joao"),
        ("Ɛwe ŋkɔ", "ewe-ngko"),
        ("  4 tips…  ", "4-tips"),
        ("Rue n° ١٢", "rue-n-12"),
        ("x" * 100, "x" * 80),
        ("word " * 30, "-".join(["word"] * 16)),
    ],
)
def test_a_title_makes_a_slug(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@pytest.mark.parametrize("title", ["حكاية مدينة", "", "…", "Ωmega", "東京"])
def test_a_title_that_makes_no_slug_asks_for_an_id(title: str) -> None:
    with pytest.raises(ParameterError, match="id column"):
        slug_of(title)


@given(st.text())
def test_a_slug_is_one_or_is_refused(title: str) -> None:
    try:
        slug = slug_of(title)
    except ParameterError:
        return
    assert is_slug(slug)
    assert slug_of(slug) == slug


def test_addresses_come_apart_as_they_were_put_together() -> None:
    part = part_iri("https://example.org/id/city/bamako", "population")
    assert kind_and_slug("https://example.org/", part) == ("city", "bamako")
    assert kind_and_slug("https://example.org/", "https://example.org/id/city/Not a slug") is None
    assert kind_and_slug("https://other.org/", part) is None
    with pytest.raises(ParameterError):
        part_iri("https://example.org/id/city/bamako", "Not a name")


@pytest.mark.parametrize(("text", "truth"), [("Oui", (True,)), ("não", (False,)), ("لا", (False,)), ("maybe", ())])
def test_yes_and_no_in_four_languages(text: str, truth: tuple[bool, ...]) -> None:
    assert booleans_of(text) == truth
