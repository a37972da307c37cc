"""The files of a graph's folder: ``sankofa.toml`` (format and base), ``store/``, ``log/``, ``lock``, and three beside.

The three beside are the standing report, once sheets were captured the cells that values came from, and once releases
were built, where they are.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode

from sankofa.errors import NotAGraph, ParameterError, StorageError
from sankofa.store.disk import storage_error, sync_folder, write_file

SETTINGS = "sankofa.toml"
#: The standing report of validation: made from the graph, and made again where it is missing.
REPORT = "report.jsonl"
#: Where captured values came from; without it findings do not say their cell.
ORIGINS = "origins.jsonl"
#: Which releases were built of the graph, and where; one line each.
RELEASES = "releases.jsonl"
#: Is there while a record is being withdrawn: who opens the graph after a crash goes on with it.
FORGETTING = ".forgetting"
_FORMAT = 1


def checked_base(base: str) -> str:
    """Check a network's base IRI.

    Raises:
        ParameterError: it is no absolute IRI that ends with ``/``.

    Example:
        >>> checked_base("https://example.org/")
        'https://example.org/'
    """
    try:
        NamedNode(base)
    except ValueError:
        raise ParameterError(
            f"'{base}' is no absolute IRI", hint="write it like https://w3id.org/my-network/"
        ) from None
    if not base.endswith("/") or any(sign in base for sign in "?#"):
        raise ParameterError(f"the base '{base}' must end with '/'", hint="write it like https://w3id.org/my-network/")
    return base


def settings_base(path: Path) -> str:
    """The base IRI of the graph in a folder.

    Raises:
        NotAGraph: the folder holds no graph, or one of another format.
    """
    try:
        settings = tomllib.loads((path / SETTINGS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotAGraph(
            "there is no graph in this folder", where=str(path), hint="make one with `sankofa init`"
        ) from None
    except (OSError, ValueError) as error:
        raise NotAGraph(f"its {SETTINGS} cannot be read ({error})", where=str(path)) from None
    if settings.get("format") != _FORMAT or not isinstance(settings.get("base"), str):
        raise NotAGraph(
            f"its {SETTINGS} is not of format {_FORMAT}", where=str(path), hint="a newer Sankofa may have written it"
        )
    return checked_base(settings["base"])


def open_engine(path: Path) -> pyoxigraph.Store:
    """Open the engine's files to read and write.

    Raises:
        StorageError: the files are damaged, or the disk fails.
    """
    try:
        return pyoxigraph.Store(str(path))
    except (OSError, RuntimeError) as error:
        raise storage_error(error, path) from error


def renewed_engine(path: Path, content: bytes) -> tuple[pyoxigraph.Store, StorageError | None]:
    """Put new files in the place of the engine's, which keep every text that they ever had.

    Args:
        path: the engine's folder; nobody may have it open.
        content: what it shall hold, as N-Quads.

    Returns:
        The engine on the new files; where these cannot be made, on the old ones; where these cannot be opened again
        either, the content in memory, to be read, and why.
    """
    new, old = path.with_name(".store.new"), path.with_name(".store.old")
    try:
        clear_engines(path.parent)
        fresh = pyoxigraph.Store(str(new))
        fresh.bulk_load(input=content, format=pyoxigraph.RdfFormat.N_QUADS)
        fresh.flush()
        del fresh  # closes its files
        path.rename(old)
        new.rename(path)
        clear_engines(path.parent)
        path.with_name(FORGETTING).unlink(missing_ok=True)
        sync_folder(path.parent)
    except (OSError, RuntimeError):  # a full disk, or a system where what somebody still reads cannot be moved
        shutil.rmtree(new, ignore_errors=True)
        with suppress(OSError):
            if not path.exists():
                old.rename(path)
    try:
        if path.exists():  # else the engine would begin with nothing
            return open_engine(path), None
        failed = StorageError("the files of the graph could not be moved", where=str(path), hint="open it again")
    except StorageError as error:
        failed = error
    engine = pyoxigraph.Store()
    engine.bulk_load(input=content, format=pyoxigraph.RdfFormat.N_QUADS)
    return engine, failed


def clear_engines(folder: Path) -> None:
    """Remove engine files that were being replaced when a process ended; what is missing follows from the log."""
    for name in (".store.new", ".store.old"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def clear_temporary(folder: Path) -> None:
    """Remove entries that were being written when a process ended: nobody was told of them."""
    try:
        for path in folder.glob(".*.tmp"):
            path.unlink()
        clear_engines(folder.parent)
    except OSError as error:
        raise storage_error(error, folder) from error


def write_settings(path: Path, base: str) -> None:
    """Write the settings of a new graph.

    Raises:
        StorageError: the disk is full or gone.
    """
    write_file(path / SETTINGS, f'format = {_FORMAT}\nbase = "{base}"\n'.encode())


def begin_to_forget(path: Path) -> None:
    """Leave a mark that a record is being withdrawn: who opens the graph after a crash goes on with it.

    Raises:
        StorageError: the disk is full or gone.
    """
    try:
        (path / FORGETTING).touch()
    except OSError as error:
        raise storage_error(error, path) from error


@contextmanager
def going_on_later() -> Iterator[None]:
    """Say of a disk that fails that the record is withdrawn all the same.

    Raises:
        StorageError: what was raised within, with that hint.
    """
    try:
        yield
    except StorageError as error:
        hint = "the record is withdrawn; what its folder still says of it goes when the graph is opened again"
        raise StorageError(error.what, where=error.where, hint=hint) from error


def forget(path: Path, record: str) -> None:
    """Forget what stands beside a graph about a record: the report whole, of the origins the lines of the record.

    Raises:
        StorageError: the disk is full or gone.
    """
    origins = path / ORIGINS
    try:
        (path / REPORT).unlink(missing_ok=True)
        lines = origins.read_text(encoding="utf-8").splitlines(keepends=True) if origins.is_file() else []
    except OSError as error:
        raise storage_error(error, path) from error
    if lines:
        names = tuple(json.dumps(record, ensure_ascii=False)[:-1] + end for end in ('"', "#"))
        write_file(origins, "".join(line for line in lines if not line[1:].startswith(names)).encode())
