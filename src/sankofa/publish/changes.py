"""What is new in a release: the records that were added, changed and withdrawn since the one before it.

Each release lists its records with a digest of what it says about each (``records.tsv``), so two releases are compared
without reading either. ``changes.json`` has what a feed needs: the day, and each record's address, kind and titles.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from sankofa.publish.gate import digest_of, tombstone
from sankofa.store import record_of
from sankofa.terms import DCTERMS, SKOS

RECORDS, CHANGES = "records.tsv", "changes.json"
_TITLES = tuple(f"> <{predicate}> ".encode() for predicate in (DCTERMS.title, SKOS.prefLabel))


def digests(lines: Iterable[bytes], base: str) -> dict[str, str]:
    """A digest of what is said about each record and its parts.

    Args:
        lines: what was asserted, as sorted lines of N-Triples.
        base: the base IRI of the network.

    Example:
        >>> line = b"<https://example.org/id/city/a> <http://b> <http://c> .\\n"
        >>> digests([line], "https://example.org/")
        {'https://example.org/id/city/a': 'f0350fb4d772e744'}
    """
    prefix, found = f"<{base}id/".encode(), dict[bytes, Any]()
    for line in lines:
        if line.startswith(prefix):
            record = line[1 : line.index(b">")].partition(b"#")[0]
            if record not in found:
                found[record] = hashlib.sha256()
            found[record].update(line)
    return {record.decode(): digest.hexdigest()[:16] for record, digest in sorted(found.items())}


def as_tsv(records: Mapping[str, str]) -> bytes:
    """The records and their digests, one a line.

    Example:
        >>> from_tsv(as_tsv({"https://example.org/id/city/a": "0b"}))
        {'https://example.org/id/city/a': '0b'}
    """
    return "".join(f"{record}\t{digest}\n" for record, digest in records.items()).encode()


def from_tsv(data: bytes) -> dict[str, str]:
    """What :func:`as_tsv` wrote.

    Example:
        >>> from_tsv(b"")
        {}
    """
    return dict(line.split("\t") for line in data.decode().split("\n")[:-1])


def changes(
    before: Mapping[str, str], now: Mapping[str, str], lines: Iterable[bytes], base: str, withdrawn: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """What was added, changed and withdrawn.

    Args:
        before: the records of the release before, with their digests.
        now: the records of this one.
        lines: what is asserted in it, as lines of N-Triples.
        base: the base IRI of the network.
        withdrawn: the tombstones in it. A record that has one is not named any more; one that is merely no longer
            published is.

    Example:
        >>> changes({"https://example.org/id/city/a": "1"}, {}, [], "https://example.org/", ())["withdrawn"]
        [{'record': 'https://example.org/id/city/a'}]
    """
    added = [record for record in now if record not in before]
    changed = [record for record, digest in now.items() if before.get(record, digest) != digest]
    titles = _titles(lines, {*added, *changed})
    tombstones = set(withdrawn)
    gone = []
    for record in before.keys() - now.keys():
        address = tombstone(base, digest_of(record))
        gone.append(address if address in tombstones else record)

    def entries(records: Iterable[str]) -> list[dict[str, Any]]:
        kind = len(f"{base}id/")
        return [
            {"record": record, "kind": record[kind:].partition("/")[0], "title": titles.get(record, {})}
            for record in sorted(records)
        ]

    return {
        "added": entries(added),
        "changed": entries(changed),
        "withdrawn": [{"record": record} for record in sorted(gone)],
    }


def _titles(lines: Iterable[bytes], records: set[str]) -> dict[str, dict[str, str]]:
    """The titles of some records, by language."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    text = b"".join(line for line in lines if any(mark in line for mark in _TITLES))
    for quad in parse(text, RdfFormat.N_TRIPLES):
        subject, title = quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(title, Literal) and subject.value in records:
            texts = found[record_of(subject.value)]
            tag = title.language or "und"
            texts[tag] = min(title.value, texts.get(tag, title.value))
    return found
