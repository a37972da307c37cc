"""What is new as an Atom feed (RFC 4287): what releases added, changed and withdrew, as far back as they are there.

An entry is a record; it comes once, with the last that became of it. Its identifier has a digest of the record's
address and not the address: so an entry that others have can be taken back (RFC 6721) without naming again what was
withdrawn. The days are those of the releases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sankofa.errors import NotAGraph, StorageError
from sankofa.publish.changes import CHANGES
from sankofa.publish.gate import digest_of, tombstone
from sankofa.publish.layout import words
from sankofa.publish.release import Manifest
from sankofa.publish.values import Value
from sankofa.signs import shown

MEDIA_TYPE = "application/atom+xml"
#: How many records a feed has at most, which says so when there are more; and how many of them one page of it has.
MOST_ENTRIES, ON_A_PAGE = 1_000, 100
#: The day of what is new in a release that does not know its own.
_NO_DAY = "1970-01-01"


@dataclass(frozen=True)
class News:
    """What became of a record.

    Attributes:
        what: added, changed or withdrawn.
        digest: of its address.
        day: of the release in which it became so.
        record: its IRI, "" when it was withdrawn.
        kind: the name of its kind.
        titles: what it is called, by language.
        added: the day of the release that added it, "" when that release is not there any more.
    """

    what: str
    digest: str
    day: str
    record: str = ""
    kind: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    added: str = ""


def news(folder: Path, about: Manifest, is_there: Callable[[str], bool]) -> list[News]:
    """What is new in a release and in those before it, the newest first, each record once.

    There is one more than a feed has when there are more than that.

    Args:
        folder: where the release is; those before it are beside it.
        about: what it says of itself.
        is_there: whether it has a record. What it has not is not named, whatever an older release says.

    Example:
        >>> news(Path("no-such-folder"), Manifest("2026-03-01-0123456789ab", "https://example.org/", ""), bool)
        []
    """
    found: dict[str, News] = {}
    for release, changes in _releases(folder, about):
        day = release.date or _NO_DAY
        for each in (*_named(changes, day, is_there), *_withdrawn(changes, day, release.base)):
            if (later := found.get(each.digest)) is None:
                found[each.digest] = each
            elif each.added and later.record:
                found[each.digest] = replace(later, added=each.added)
        if len(found) > MOST_ENTRIES:
            break
    return list(found.values())[: MOST_ENTRIES + 1]


def _releases(folder: Path, about: Manifest) -> Iterator[tuple[Manifest, dict[str, Any]]]:
    """A release and those before it, each with its changes, until one is not there or is damaged."""
    seen = set[str]()
    with suppress(NotAGraph, StorageError):
        while about.name not in seen:
            yield about, json.loads(about.checked(folder, CHANGES))
            seen.add(about.name)
            if about.previous:
                folder = folder.with_name(about.previous)
                about = Manifest.read(folder)


def _named(changes: dict[str, Any], day: str, is_there: Callable[[str], bool]) -> Iterator[News]:
    for what in ("added", "changed"):
        for each in changes[what]:
            record = each["record"]
            if is_there(record):
                added = day if what == "added" else ""
                yield News(what, digest_of(record), day, record, each["kind"], each["title"], added)


def _withdrawn(changes: dict[str, Any], day: str, base: str) -> Iterator[News]:
    stone = tombstone(base, "")
    for each in changes["withdrawn"]:
        gone = each["record"]
        yield News("withdrawn", gone.removeprefix(stone) if gone.startswith(stone) else digest_of(gone), day)


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself.

    Attributes:
        base: the base IRI of the network, from which identifiers are made.
        served: the address of the site; it ends with ``/``.
        lang: the language of the feed.
        title: what the network is called.
        day: the day of the release.
        licence: the IRI of its licence, or "".
        page: which page this is, from 1.
        pages: how many there are.
    """

    base: str
    served: str
    lang: str
    title: Value
    day: str = ""
    licence: str = ""
    page: int = 1
    pages: int = 1


def pages_of(found: Sequence[News]) -> int:
    """How many pages a feed has.

    Example:
        >>> pages_of([])
        1
    """
    return max(1, -(-min(len(found), MOST_ENTRIES) // ON_A_PAGE))


def atom(about: Feed, found: Sequence[News], name: Callable[[str], str]) -> str:
    """One page of the feed.

    Args:
        about: what it says of itself.
        found: all that is new.
        name: what people call a kind.

    Example:
        >>> text = atom(Feed("https://example.org/", "https://example.org/", "fr", Value("Un réseau", "fr")), [], str)
        >>> text.splitlines()[2]
        '<id>https://example.org/feed.atom</id>'
    """
    says, own, is_cut = words(about.lang), f"{about.base}feed.atom", len(found) > MOST_ENTRIES
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
        f' xml:lang="{about.lang}">',
        f"<id>{escape(own)}</id>",
        f"<title{_lang(about.title.lang)}>{_text(about.title.text)}</title>",
        f"<subtitle>{_text(says['news_first' if is_cut else 'news'])}</subtitle>",
        f"<updated>{_moment(about.day)}</updated>",
        f"<author><name{_lang(about.title.lang)}>{_text(about.title.text)}</name></author>",
        _link("alternate", f"{about.served}?lang={about.lang}", "text/html"),
        *(_link(rel, _address(about, page), MEDIA_TYPE) for rel, page in _paging(about)),
        *([_link("license", about.licence)] if about.licence else ()),
        *(
            [_link("related", f"{about.served}dumps?lang={about.lang}", "text/html")]
            if len(found) > MOST_ENTRIES
            else ()
        ),
    ]
    for each in found[ON_A_PAGE * (about.page - 1) : ON_A_PAGE * about.page]:
        identifier = f"{own}#{each.digest}"
        if not each.record:
            lines.append(f"<at:deleted-entry ref={quoteattr(identifier)} when={quoteattr(_moment(each.day))}/>")
            continue
        title = _title(each, about.lang)
        kind = name(each.kind)
        lines += [
            "<entry>",
            f"<id>{escape(identifier)}</id>",
            f"<title{_lang(title.lang)}>{_text(title.text)}</title>",
            f"<updated>{_moment(each.day)}</updated>",
            *([f"<published>{_moment(each.added)}</published>"] if each.added else ()),
            _link("alternate", f"{about.served}doc/{each.record.removeprefix(f'{about.base}id/')}", "text/html"),
            f"<category term={quoteattr(each.kind)} label={quoteattr(shown(_clean(kind)))}/>",
            f"<summary>{_text(says[f'news_{each.what}'].format(kind=kind))}</summary>",
            "</entry>",
        ]
    return "\n".join([*lines, "</feed>", ""])


def _paging(about: Feed) -> Iterator[tuple[str, int]]:
    """The pages that this one leads to (RFC 5005)."""
    yield "self", about.page
    if about.pages > 1:
        yield from (("first", 1), ("last", about.pages))
    if about.page > 1:
        yield "previous", about.page - 1
    if about.page < about.pages:
        yield "next", about.page + 1


def _address(about: Feed, page: int) -> str:
    return f"{about.served}feed.atom?lang={about.lang}{f'&page={page}' if page > 1 else ''}"


def _title(each: News, lang: str) -> Value:
    """The title in the reader's language, else in the first there is; without any, the end of the address."""
    for tag in (lang, "en", *sorted(each.titles)):
        if tag in each.titles:
            return Value(each.titles[tag], "" if tag == "und" else tag)
    return Value(each.record.rpartition("/")[2])


def _moment(day: str) -> str:
    return f"{day or _NO_DAY}T00:00:00Z"


def _lang(tag: str) -> str:
    return f" xml:lang={quoteattr(tag)}" if tag else ""


def _link(rel: str, address: str, media_type: str = "") -> str:
    return f'<link rel="{rel}" href={quoteattr(address)}{f" type={quoteattr(media_type)}" if media_type else ""}/>'


def _text(text: str) -> str:
    return escape(shown(_clean(text)))


def _clean(text: str) -> str:
    """A text without what no XML document may have, not even escaped."""
    return "".join(sign for sign in text if (sign >= " " and sign not in "\ufffe\uffff") or sign in "\t\n")
