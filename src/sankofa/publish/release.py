"""The files of a release: a folder that is complete when it has its name, and never changes afterwards.

    OUT/
        current                    the name of the release that is meant when only OUT is named
        2026-11-23-1f0c6a0d9b3e/   a release: the day of its last change, a digest of what it has and of what it follows
            release.json           what this is: base, date, previous release, sizes, a digest of each file
            SHA256SUMS             the digests as 'sha256sum -c' reads them
            catalogue.ttl .jsonld  the same for programs: DCAT, VoID, schema.org, the service description
            dumps/                 all.nq.gz is the graph itself; asserted.… is what people wrote, in other formats
            answers/               the answers to the questions that take no parameter, in four languages
            index/                 the words of the records
            records.tsv            the records, each with a digest of its triples
            changes.json           what was added, changed and withdrawn since the previous release
        left-out/                  for stewards alone: what did not pass, and why

A release is written into a folder beside its place, each file synced to the disk, and gets its name by one rename; then
``current`` is replaced by another. A process that is killed leaves the old state or the new one, and at most a folder
whose name begins with a dot, which the next build removes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sankofa.errors import NotAGraph, StorageError, WrongUsage
from sankofa.store.disk import storage_error, sync_folder, write_file

MANIFEST, SUMS, CURRENT = "release.json", "SHA256SUMS", "current"
#: The graph of a release: all that a query sees, each part under its own name.
GRAPH = "dumps/all.nq.gz"
LEFT_OUT = "left-out"
_FORMAT = 1
_NAME = re.compile(r"(\d{4}-\d{2}-\d{2}|undated)-[0-9a-f]{12}")
_BEGUN = ".building-"
#: What a file of a release may be called, on any system: no way out, nothing hidden, no device of Windows.
_PATH = re.compile(
    r"(?:(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:[./]|$))[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?(?:/|$))+", re.I
)


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    Attributes:
        name: its name.
        base: the base IRI of the network.
        date: the day of the last change that it has, "" when none is known.
        previous: the name of the release before it, "" for the first.
        content: a digest of what went in: the records that passed, ontology, vocabularies, rules, questions, version.
        questions: a digest of the questions whose answers it has.
        sankofa: the version that made it.
        records: how many records it has.
        triples: how many triples each of its graphs has, by the graph's IRI.
        files: size in bytes and SHA-256 of each file, by its path.

    Example:
        >>> Manifest("2026-03-01-0123456789ab", "https://example.org/", "2026-03-01").previous
        ''
    """

    name: str
    base: str
    date: str
    previous: str = ""
    content: str = ""
    questions: str = ""
    sankofa: str = ""
    records: int = 0
    triples: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what the release in a folder says.

        Raises:
            NotAGraph: there is no release, or one of another format.
        """
        try:
            found = json.loads((folder / MANIFEST).read_bytes())
            if found.pop("format") != _FORMAT:
                raise NotAGraph(
                    "this release is of another format", where=str(folder), hint="a newer Sankofa may have made it"
                )
            about = cls(**found)
            if wrong := next(about._strange(), ""):
                raise NotAGraph(
                    f"its {MANIFEST} has a name that no release has: '{wrong[:40]}'",
                    where=str(folder),
                    hint="somebody altered it; take the release from where it was made",
                )
            return about
        except FileNotFoundError:
            raise NotAGraph(
                "there is no release in this folder", where=str(folder), hint="make one with 'sankofa release OUT'"
            ) from None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise NotAGraph(
                f"its {MANIFEST} cannot be read ({error})", where=str(folder), hint="build the release again"
            ) from None

    def _strange(self) -> Iterator[str]:
        """The names that were not given by a build: files are looked for by these, and put into caches."""
        yield from (name for name in (self.name, self.previous or self.name) if not _NAME.fullmatch(name))
        yield from (path for path in self.files if not _PATH.fullmatch(path) or path.endswith("/"))
        folded = Counter(path.casefold() for path in self.files)
        yield from (path for path, times in folded.items() if times > 1)

    def to_bytes(self) -> bytes:
        """The text of the file that :meth:`read` reads."""
        return as_json({"format": _FORMAT, **asdict(self)})

    def checked(self, folder: Path, path: str) -> bytes:
        """The content of a file, which must be what was released.

        Args:
            folder: where the release is.
            path: the file's path in it.

        Raises:
            StorageError: the file is missing or altered.
        """
        try:
            data = (folder / path).read_bytes()
        except OSError as error:
            raise storage_error(error, folder / path) from error
        if hashlib.sha256(data).hexdigest() != self.files.get(path, {}).get("sha256"):
            raise StorageError(
                "this file is not as it was released",
                where=str(folder / path),
                hint="copy the release again, or remove its folder and build it again",
            )
        return data


def name_of(date: str, content: str, previous: str) -> str:
    """The name of a release.

    Args:
        date: the day of its last change, or "".
        content: the digest of what goes in.
        previous: the name of the release before it, or "".

    Example:
        >>> name_of("2026-03-01", "c0ffee", "")
        '2026-03-01-4f27a7138c0e'
    """
    return f"{date or 'undated'}-{hashlib.sha256(f'{content} {previous}'.encode()).hexdigest()[:12]}"


def as_json(content: object) -> bytes:
    """A JSON document whose bytes depend on its content alone, one line an item.

    Example:
        >>> as_json({"b": "é", "a": 1}).decode()
        '{\\n "a": 1,\\n "b": "é"\\n}\\n'
    """
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def current(out: Path) -> str:
    """The name of the release that is current in a folder of releases, "" when there is none.

    Raises:
        NotAGraph: what is said to be current is not there.

    Example:
        >>> current(Path("no-such-folder"))
        ''
    """
    try:
        name = (out / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    if not (_NAME.fullmatch(name) and (out / name / MANIFEST).is_file()):
        raise NotAGraph(
            f"'{name[:40]}' is said to be the current release, and is not there",
            where=str(out / CURRENT),
            hint="write the name of a release in that folder into this file",
        )
    return name


def releases(out: Path) -> list[str]:
    """The names of all releases in a folder, sorted.

    Example:
        >>> releases(Path("no-such-folder"))
        []
    """
    return sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}") if _NAME.fullmatch(path.parent.name))


def make_current(out: Path, name: str) -> None:
    """Let a release be the one that is meant when only its folder of releases is named; one rename.

    Raises:
        StorageError: the disk is full or gone; the old one stays current.
    """
    write_file(out / CURRENT, f"{name}\n".encode())


def prepare(out: Path) -> None:
    """Make sure that releases can be put into a folder.

    Raises:
        WrongUsage: the folder is something else.
        StorageError: it cannot be written.
    """
    for sign, what in (("sankofa.toml", "a graph's own folder"), (MANIFEST, "a release itself")):
        if (out / sign).exists():
            raise WrongUsage(
                f"this is {what}, not a folder of releases", where=str(out), hint="name another folder, also a new one"
            )
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, out) from error


def clear(out: Path) -> None:
    """Remove what a killed build left; only for who holds the lock of the folder.

    Raises:
        StorageError: it cannot be removed.
    """
    for left in out.glob(f"{_BEGUN}*"):
        try:
            shutil.rmtree(left)
        except OSError as error:
            raise storage_error(error, left) from error


class Building:
    """A release that is being written; it is taken for one when :meth:`finish` returns, and not before.

    Args:
        out: the folder of releases.
        name: the name it will have.
    """

    def __init__(self, out: Path, name: str) -> None:
        """Begin in a folder beside."""
        self._out, self._name = out, name
        self._folder = out / f"{_BEGUN}{name}"
        self.files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        """Make the folder."""
        try:
            self._folder.mkdir()
        except OSError as error:
            raise storage_error(error, self._folder) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was begun, unless it is finished."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def write(self, path: str, data: bytes) -> None:
        """Write a file of the release, synced to the disk.

        Raises:
            StorageError: the disk is full or gone.
        """
        target = self._folder / path
        try:
            target.parent.mkdir(exist_ok=True)
            with target.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise storage_error(error, target) from error
        self.files[path] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    def finish(self, manifest: Manifest) -> Path:
        """Write what the release says of itself, and give it its name.

        Raises:
            StorageError: the disk is full or gone.
        """
        self.write(MANIFEST, manifest.to_bytes())
        sums = "".join(f"{about['sha256']}  {path}\n" for path, about in sorted(self.files.items()))
        self.write(SUMS, sums.encode())
        target = self._out / self._name
        try:
            for folder in (*(path for path in self._folder.iterdir() if path.is_dir()), self._folder):
                sync_folder(folder)
            self._folder.rename(target)
            sync_folder(self._out)
        except OSError as error:
            raise storage_error(error, target) from error
        return target
