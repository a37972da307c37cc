"""The newest release of a graph: one that was built of it as it is now, else one that is built into the user's cache.

What a graph is now is told by a digest: of the last entry of its log, or of the files of a folder that has none, and of
the code that would build the release. So a server starts without reading the graph when there is nothing new.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import sankofa
from sankofa import shipped
from sankofa.errors import HeldByAnother, NotAGraph, SankofaError, StorageError
from sankofa.graph import Graph
from sankofa.graph.opening import is_own_folder, open_graph
from sankofa.graph.releasing import Progress, Release, Released, build, is_release, open_release, summary_of
from sankofa.graph.shelf import open_to_serve
from sankofa.publish.release import Manifest, current, prepare, releases
from sankofa.store import Embedded
from sankofa.store.disk import storage_error, write_file
from sankofa.store.folder import RELEASES
from sankofa.store.log import Log

#: In the cache, what the current release was built of.
_BUILT_OF = "built-of"
#: Seconds to wait while another process builds the same.
_PATIENCE = 600


def newest_release(
    source: str | None, *, say: Callable[[str], None] = lambda _: None, in_memory: int | None = None
) -> Release:
    """Open the newest release of a graph; without one that is as new as the graph, one is built into the cache.

    Args:
        source: a release, a folder of releases, a graph's folder or an endpoint's address; None for the graph we ship.
        say: where progress is told.
        in_memory: with more triples than these it is read from files in the cache; None for any number.

    Raises:
        NotAGraph: there is no network's graph.
        StorageError: a release is damaged, or the cache cannot be written.

    Example:
        >>> newest_release(None).about.previous
        ''
    """

    def opened(release: Path | str) -> Release:
        if in_memory is None:
            return _told(open_release(release), say)
        return _told(open_to_serve(release, most=in_memory, cache=_cache() / "engines"), say)

    if source is not None and is_release(source):
        return opened(source)
    folder = shipped.default_graph_folder() if source is None else Path(source)
    state = _state(folder)
    for known in reversed(known_releases(folder)):
        if known["state"] == state:
            with suppress(NotAGraph, StorageError):  # it was moved away, or is damaged
                return opened(known["release"])
    out = cache_of(source)
    try:
        if state and _text(out / _BUILT_OF) == state and current(out):
            return opened(out)
    except (NotAGraph, StorageError):
        shutil.rmtree(out, ignore_errors=True)  # what is damaged in a cache is made again
    try:
        prepare(out)
    except StorageError:  # a machine where this user has no place of his own
        out = Path(tempfile.mkdtemp(prefix="sankofa-"))
        atexit.register(shutil.rmtree, out, ignore_errors=True)
    _build(source, out, state, say)
    return opened(out)


def cache_of(source: str | Path | None) -> Path:
    """The folder in the user's cache for the releases of a graph.

    Args:
        source: the graph's folder or address; None for the graph we ship.

    Example:
        >>> cache_of("kg") == cache_of(Path("kg").resolve())
        True
    """
    name = str(source) if str(source).startswith(("http://", "https://")) else str(Path(source or "").resolve())
    name = "shipped" if source is None else hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return _cache() / "releases" / name


def release(graph: Graph, out: Path | str, progress: Progress | None = None) -> Released:
    """Build a release of a graph, and remember beside the graph that it was; see :meth:`sankofa.Graph.release`."""
    done = build(graph, out, progress=progress or (lambda what, done, of: None))
    if isinstance(graph.store, Embedded) and graph.store.report_file is not None:
        folder = graph.store.report_file.parent
        last = next((entry.id for entry in graph.history()[-1:]), "")
        new = {"release": str(done.folder.absolute()), "state": _state(folder, last)}
        lines = [json.dumps(known, ensure_ascii=False) for known in known_releases(folder) if known != new]
        with suppress(StorageError):  # where nothing can be written, it is built again when it is needed
            write_file(folder / RELEASES, "".join(f"{line}\n" for line in (*lines, json.dumps(new))).encode())
    return done


def known_releases(folder: Path) -> list[dict[str, str]]:
    """The releases that were built of a graph, the newest last, whether they are still there or not.

    Example:
        >>> known_releases(Path("no-such-folder"))
        []
    """
    found = []
    for line in _text(folder / RELEASES).splitlines():
        try:
            known = json.loads(line)
            found.append({"release": str(known["release"]), "state": str(known["state"])})
        except (ValueError, TypeError, KeyError):
            continue  # a line that somebody altered counts for nothing: the release is built again
    return found


def _build(source: str | None, out: Path, state: str, say: Callable[[str], None]) -> None:
    """Build the release of a graph into the cache; who comes second waits for who builds it already."""
    say("loading")
    with open_graph(source, read_only=True) as graph:
        if graph.base is None:
            raise NotAGraph("there is no network's graph", where=str(source), hint="name a folder, or files of RDF")
        say("building a release")
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                build(graph, out)
                break
            except HeldByAnother:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
    write_file(out / _BUILT_OF, state.encode())
    kept = (current(out), Manifest.read(out / current(out)).previous)
    for name in releases(out):
        if name not in kept:
            shutil.rmtree(out / name, ignore_errors=True)


def _told(opened: Release, say: Callable[[str], None]) -> Release:
    say(summary_of(opened))
    return opened


def _state(folder: Path, last: str | None = None) -> str:
    """A digest of a graph as it is, and of what would make its release; "" where it cannot be told.

    Args:
        folder: the graph's folder.
        last: the ``id`` of its last change, when that is known.
    """
    try:
        if is_own_folder(folder):
            log = Log(folder / "log")
            own = [(last if last is not None else log.entry(log.last).id if log.last else "").encode()]
        elif (folder / "network.ttl").is_file():
            own = [file.read_bytes() for file in (folder / "network.ttl", *sorted((folder / "graph").glob("*.ttl")))]
        else:
            return ""
    except (OSError, SankofaError):
        return ""  # opening it will say what is wrong
    return _digest([*own, made_by().encode()])


@cache
def made_by() -> str:
    """A digest of the code, and of the files it comes with: what one made of a graph another may make otherwise.

    Example:
        >>> len(made_by())
        64
    """
    code = sorted(Path(sankofa.__file__).parent.rglob("*.py"))
    files = [*shipped.ontology_files(), *shipped.vocabulary_files(), *shipped.rule_files(), *shipped.shape_files()]
    return _digest(file.read_bytes() for file in (*code, *files, *shipped.question_files()))


def _digest(parts: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _cache() -> Path:
    """Where this system keeps what can be made again, for this user."""
    home = Path.home()
    places = {"win32": ("LOCALAPPDATA", home / "AppData" / "Local"), "darwin": ("", home / "Library" / "Caches")}
    variable, usual = places.get(sys.platform, ("XDG_CACHE_HOME", home / ".cache"))
    return Path(os.environ.get(variable) or usual) / "sankofa"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise storage_error(OSError(str(error)), file) from error
