"""Opening a release to serve it: in memory, or where it is too large for that, from files in the user's cache."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import pyoxigraph

from sankofa.graph.inferences import rules
from sankofa.graph.releasing import Release, open_release
from sankofa.publish.release import GRAPH, MANIFEST, Manifest, current
from sankofa.publish.spread import spread
from sankofa.reason import settle
from sankofa.store.disk import storage_error
from sankofa.store.shelved import Shelved, shelve

#: So many of one network stay: what is served, what it follows, and what it may go back to.
_MOST = 3
_ENGINE = "engine"


def open_to_serve(folder: Path | str, *, most: int, cache: Path) -> Release:
    """Open a release, or the current one of a folder of releases.

    Call this where the engine's files were not open before: it may have to fork a process that makes them.

    Args:
        folder: where it is.
        most: with more triples than these it is not brought into memory.
        cache: where files of the engine can be kept.

    Raises:
        NotAGraph: there is no release there.
        StorageError: its graph is missing or altered, or the cache cannot be written.
    """
    path = Path(folder)
    path = path if (path / MANIFEST).is_file() else path / current(path)
    about = Manifest.read(path)
    if sum(about.triples.values()) <= most:
        return open_release(path)
    store = Shelved(about.base, _files_of(path, about, cache))
    settle(store, rules())
    return Release(store, path, about)


def _files_of(path: Path, about: Manifest, cache: Path) -> Path:
    """The engine's files of a release, made where there are none; those of another version of it are others."""
    shelf = cache / hashlib.sha256(about.base.encode()).hexdigest()[:16]
    place = shelf / f"{about.name}-{pyoxigraph.__version__}"
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        if place.exists() and not all(spread(_is_whole, [place / _ENGINE], apart=True)):
            shutil.rmtree(place)  # what is damaged in a cache is made again
        if not place.exists():
            begun = Path(tempfile.mkdtemp(prefix=".begun-", dir=shelf))
            try:
                # the dump is read here, and nowhere in the way of who only opens it
                list(spread(lambda to: shelve(_lines(path, about), to), [begun / _ENGINE], apart=True))
                with suppress(OSError):  # somebody else was faster
                    begun.rename(place)
            finally:
                shutil.rmtree(begun, ignore_errors=True)
        os.utime(place)
        for old in sorted(shelf.iterdir(), key=lambda each: each.stat().st_mtime)[:-_MOST]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise storage_error(error, shelf) from error
    return place / _ENGINE


def _is_whole(engine: Path) -> bool:
    try:
        pyoxigraph.Store.read_only(str(engine))
    except (OSError, RuntimeError):
        return False
    return True


def _lines(path: Path, about: Manifest) -> gzip.GzipFile:
    return gzip.open(io.BytesIO(about.checked(path, GRAPH)))
