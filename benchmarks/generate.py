"""A seeded generator of city networks: the data of all benchmarks, never shipped.

    python benchmarks/generate.py 100k out.nt

writes about 100,000 triples of a network with cities, themes, phases, organisations, memberships, theme assignments,
methods, events, experiments, stories, indicators and measures, in the same model as the graph we ship. The same size
and seed give the same bytes. A few percent of the records are incomplete on purpose (``DEFECTS``).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

BASE = "https://example.org/net/"
SKF = "https://w3id.org/sankofa/ontology#"
VOC = "https://w3id.org/sankofa/vocabulary/"
DCT = "http://purl.org/dc/terms/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
ORG = "http://www.w3.org/ns/org#"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
XSD = "http://www.w3.org/2001/XMLSchema#"
CC_BY = "<https://creativecommons.org/licenses/by/4.0/>"
LANGUAGES = {"en": "ENG", "fr": "FRA", "pt": "POR", "ar": "ARA"}
COUNTRIES = ["MLI", "MAR", "TUN", "UGA", "RWA", "GHA", "NGA", "MOZ", "NER", "MRT", "BEN"]

#: size -> (cities, stories); the other kinds follow from these two.
SIZES = {
    "2k": (1, 5),
    "10k": (11, 265),
    "100k": (54, 4_320),
    "1M": (300, 48_000),
    "5M": (1_500, 250_000),
    "10M": (3_000, 500_000),
    "50M": (15_000, 2_500_000),
}

#: share of the records of a kind that lack a field, so that there is something to find.
DEFECTS = 0.03

WORDS = [
    "city",
    "street",
    "tax",
    "data",
    "citizen",
    "service",
    "waste",
    "market",
    "plan",
    "group",
    "water",
    "map",
    "school",
    "bus",
    "register",
    "clinic",
]
TYPES = {
    "Story": ["city-story", "interview", "case-study"],
    "Event": ["transnational-meeting", "local-workshop", "webinar"],
    "Experiment": ["solution", "people", "impact", "resources"],
    "Organisation": ["local-authority", "university", "ministry"],
    "Method": ["diagnostic", "facilitation-technique", "learning-format"],
    "Theme": ["thematic-domain", "cross-cutting-subject"],
    "Phase": ["phase"],
    "Role": ["city"],
}


def iri(kind: str, slug: object) -> str:
    """The N-Triples form of a record's IRI."""
    return f"<{BASE}id/{kind}/{slug}>"


def text(value: str, language: str = "en") -> str:
    """A language-tagged string in N-Triples."""
    return f'"{value}"@{language}'


def typed(value: object, datatype: str) -> str:
    """A literal of an XML Schema datatype in N-Triples."""
    return f'"{value}"^^<{XSD}{datatype}>'


class Network:
    """One generated network; iterate over it for its N-Triples lines."""

    def __init__(self, size: str, seed: int = 1) -> None:
        self.cities, self.stories = SIZES[size]
        self.random = random.Random(seed)

    def sentence(self, count: int = 8) -> str:
        return " ".join(self.random.choice(WORDS) for _ in range(count)).capitalize() + "."

    def lacks(self) -> bool:
        return self.random.random() < DEFECTS

    def record(self, kind: str, slug: object, cls: str, title: str, *, concept: bool = False) -> Iterator[str]:
        subject = iri(kind, slug)
        yield f"{subject} {RDF_TYPE} <{SKF}{cls}> ."
        if cls == "Measure":
            yield f"{subject} {RDF_TYPE} <{SKF}Record> ."
        prefix = f"<{SKOS}prefLabel>" if concept else f"<{DCT}title>"
        yield f"{subject} {prefix} {text(title)} ."
        if self.random.random() < 0.5:
            yield f"{subject} {prefix} {text(title, 'fr')} ."
        yield f"{subject} <{SKF}status> <{VOC}status/published> ."
        if not self.lacks():
            yield f"{subject} <{DCT}license> {CC_BY} ."
        if not self.lacks():
            yield f"{subject} <{DCT}source> <https://example.org/page/{kind}/{slug}> ."
        yield f"{subject} <{DCT}language> <http://publications.europa.eu/resource/authority/language/ENG> ."
        yield f"{subject} <{DCT}created> {typed('2026-01-01', 'date')} ."
        if cls in TYPES:
            slug_of_type = f"{kind}-{self.random.choice(TYPES[cls])}"
            yield f"{subject} <{DCT}type> {iri('type', slug_of_type)} ."

    def themes_of(self, subject: str, most: int = 3) -> Iterator[str]:
        for theme in sorted(self.random.sample(range(23), self.random.randint(1, most))):
            yield f"{subject} <{SKF}theme> {iri('theme', f'theme-{theme}')} ."

    def __iter__(self) -> Iterator[str]:
        yield from self._frame()
        for city in range(self.cities):
            yield from self._city(city)
        for number in range(self.stories):
            yield from self._story(number)

    def _frame(self) -> Iterator[str]:
        yield from self.record("network", "net", "Network", "A generated network")
        network = iri("network", "net")
        yield f"{network} <{SKF}base> {typed(BASE, 'anyURI')} ."
        yield f"{network} <{DCT}description> {text('Generated for benchmarks.')} ."
        for cls, slugs in TYPES.items():
            for slug in slugs:
                kind = cls.lower()
                yield from self.record("type", f"{kind}-{slug}", "Type", slug.replace("-", " "), concept=True)
                yield f"{iri('type', f'{kind}-{slug}')} <{SKF}appliesTo> <{SKF}{cls}> ."
        for number in range(23):
            subject = iri("theme", f"theme-{number}")
            yield from self.record("theme", f"theme-{number}", "Theme", f"Theme {number}", concept=True)
            yield f"{subject} <{SKOS}definition> {text(self.sentence())} ."
            if number >= 8:
                yield f"{subject} <{SKOS}broader> {iri('theme', f'theme-{number % 8}')} ."
        for number in range(5):
            subject = iri("phase", f"phase-{number}")
            yield from self.record("phase", f"phase-{number}", "Phase", f"Phase {number}", concept=True)
            yield f"{subject} <{SKF}order> {typed(number, 'decimal')} ."
            yield f"{subject} <{SKF}aims> {text(self.sentence())} ."
        for slug in ("member-city", "local-lead", "expert"):
            yield from self.record("role", slug, "Role", slug.replace("-", " "), concept=True)
            yield f"{iri('role', slug)} <{SKOS}definition> {text(self.sentence())} ."
        for number in range(60):
            subject = iri("method", f"method-{number}")
            yield from self.record("method", f"method-{number}", "Method", f"Method {number}")
            yield f"{subject} <{SKF}purpose> {text(self.sentence())} ."
            yield f"{subject} <{SKF}phase> {iri('phase', f'phase-{number % 5}')} ."
        for number in range(40):
            yield from self.record("indicator", f"indicator-{number}", "Indicator", f"Indicator {number}", concept=True)
            yield f"{iri('indicator', f'indicator-{number}')} <{SKOS}definition> {text(self.sentence())} ."

    def _city(self, number: int) -> Iterator[str]:
        slug = f"city-{number}"
        city, organisation = iri("city", slug), iri("organisation", slug)
        country = COUNTRIES[number % len(COUNTRIES)]
        yield from self.record("city", slug, "City", f"City {number}")
        yield f"{city} <{SKF}country> <http://publications.europa.eu/resource/authority/country/{country}> ."
        yield f"{city} <{GEO}lat> {typed(round(self.random.uniform(-30, 37), 2), 'decimal')} ."
        yield f"{city} <{GEO}long> {typed(round(self.random.uniform(-17, 40), 2), 'decimal')} ."
        yield f"{city} <{DCT}description> {text(self.sentence(20))} ."
        yield f"{city} <{SKF}localLead> {organisation} ."
        yield from self.themes_of(city)
        yield from self.record("organisation", slug, "Organisation", f"Authority of city {number}")
        yield f"{organisation} <{SKF}role> {iri('role', 'member-city')} ."
        yield f"{organisation} <{SKF}city> {city} ."
        yield f"{organisation} <{DCT}description> {text(self.sentence())} ."
        yield from self.record("membership", slug, "Membership", f"City {number} in the network")
        membership = iri("membership", slug)
        yield f"{membership} <{ORG}member> {city} ."
        yield f"{membership} <{ORG}organization> {iri('network', 'net')} ."
        yield f"{membership} <{SKF}organisation> {organisation} ."
        yield f"{membership} <{SKF}role> {iri('role', 'member-city')} ."
        yield f"{membership} <{SCHEMA}startDate> {typed('2019-03', 'gYearMonth')} ."
        for part, status in enumerate(("considered", "dropped", "adopted")):
            name = f"{slug}-{part}"
            yield from self.record("theme-assignment", name, "ThemeAssignment", f"City {number} and a theme")
            subject = iri("theme-assignment", name)
            yield f"{subject} <{SKF}city> {city} ."
            yield f"{subject} <{SKF}theme> {iri('theme', f'theme-{self.random.randrange(23)}')} ."
            yield f"{subject} <{SKF}assignmentStatus> <{VOC}assignment-status/{status}> ."
        for part in range(3):
            yield from self._event(f"{slug}-{part}", city)
            yield from self._experiment(f"{slug}-{part}", city)
        for part in range(12):
            yield from self._measure(f"{slug}-{part}", city)

    def _event(self, slug: str, city: str) -> Iterator[str]:
        event = iri("event", slug)
        yield from self.record("event", slug, "Event", self.sentence(4))
        yield f"{event} <{SKF}city> {city} ."
        yield f"{event} <{SKF}phase> {iri('phase', f'phase-{self.random.randrange(5)}')} ."
        yield f"{event} <{SKF}purpose> {text(self.sentence())} ."
        yield f"{event} <{SCHEMA}startDate> {typed(f'2021-{self.random.randint(1, 12):02}', 'gYearMonth')} ."

    def _experiment(self, slug: str, city: str) -> Iterator[str]:
        experiment = iri("experiment", slug)
        yield from self.record("experiment", slug, "Experiment", self.sentence(6)[:-1] + "?")
        yield f"{experiment} <{SKF}city> {city} ."
        yield f"{experiment} <{SKF}solution> {text(self.sentence())} ."
        yield from self.themes_of(experiment)
        parts = [("challenge", "Challenge"), ("assumption", "Assumption")]
        if self.random.random() < 0.3:
            parts.append(("lesson", "Lesson"))
        for name, cls in parts:
            if self.lacks():
                continue
            part = f"<{experiment[1:-1]}#{name}>"
            yield f"{experiment} <{SKF}{name}> {part} ."
            yield f"{part} {RDF_TYPE} <{SKF}{cls}> ."
            yield f"{part} <{DCT}description> {text(self.sentence(12))} ."
        yield f"{experiment} <{SKF}method> {iri('method', f'method-{self.random.randrange(60)}')} ."

    def _measure(self, slug: str, city: str) -> Iterator[str]:
        measure = iri("measure", slug)
        yield from self.record("measure", slug, "Measure", self.sentence(5))
        yield f"{measure} <{SKF}value> {typed(self.random.randint(1, 100_000), 'decimal')} ."
        yield f"{measure} <{SKF}unit> <{VOC}unit/people> ."
        yield f"{measure} <{SKF}nature> <{VOC}nature/{self.random.choice(('result', 'baseline', 'context'))}> ."
        yield f"{measure} <{SKF}city> {city} ."
        if not self.lacks():
            yield f"{measure} <{SKF}indicator> {iri('indicator', f'indicator-{self.random.randrange(40)}')} ."

    def _story(self, number: int) -> Iterator[str]:
        slug = f"story-{number}"
        story = iri("story", slug)
        yield from self.record("story", slug, "Story", self.sentence(7)[:-1])
        yield f"{story} <{SKF}city> {iri('city', f'city-{self.random.randrange(self.cities)}')} ."
        yield f"{story} <{SKF}phase> {iri('phase', f'phase-{self.random.randrange(5)}')} ."
        yield from self.themes_of(story)
        if not self.lacks():
            yield f"{story} <{DCT}format> <{VOC}format/{self.random.choice(('article', 'video', 'interview'))}> ."
        yield f"{story} <{SKF}keyFacts> {text(self.sentence(25))} ."
        yield f"{story} <{DCT}issued> {typed(f'20{self.random.randint(19, 23)}', 'gYear')} ."
        if self.random.random() < 0.7:
            part = f"<{story[1:-1]}#lesson>"
            yield f"{story} <{SKF}lesson> {part} ."
            yield f"{part} {RDF_TYPE} <{SKF}Lesson> ."
            yield f"{part} <{DCT}description> {text(self.sentence(12))} ."
        if self.random.random() < 0.3:
            yield f"{story} <{SKF}method> {iri('method', f'method-{self.random.randrange(60)}')} ."
        if self.random.random() < 0.2:
            city = self.random.randrange(self.cities)
            yield f"{story} <{SKF}tells> {iri('experiment', f'city-{city}-{self.random.randrange(3)}')} ."


def write(size: str, target: Path, seed: int = 1) -> int:
    """Write the network of that size as N-Triples and return the number of triples."""
    count = 0
    with target.open("w", encoding="utf-8") as file:
        for line in Network(size, seed):
            file.write(line + "\n")
            count += 1
    return count


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in SIZES:
        sys.exit(f"usage: python benchmarks/generate.py {'|'.join(SIZES)} FILE.nt")
    print(write(sys.argv[1], Path(sys.argv[2])), "triples")
