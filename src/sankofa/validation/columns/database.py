"""DuckDB: how it is imported and opened, how much memory it may take, how texts are written in its SQL."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from sankofa.errors import LimitReached, StorageError
from sankofa.store.settings import memory
from sankofa.validation.results import MEMORY

#: A database in memory that is empty and unused, with the process that opened it: to open one takes 30 ms and more.
_IDLE: list[tuple[int, Any]] = []

#: So much of the memory that it has used is kept for what comes next, once it is used again: to be given it anew costs
#: a tenth of the time. A process that validates once would pay for that and have nothing of it.
_KEPT = "128MB"


def database() -> Any:
    """DuckDB itself, without the half of its package that is written in Python: we use nothing of that, and it takes
    three times as long to import.

    Example:
        >>> database().connect(":memory:").execute("SELECT 1").fetchall()
        [(1,)]
    """
    try:
        return import_module("_duckdb")
    except ModuleNotFoundError:
        return import_module("duckdb")


def opened(memory: str, spill: Path) -> Any:
    """An empty database in memory that nobody else uses, and that reaches for nothing outside.

    Args:
        memory: the bound of the memory it takes.
        spill: the folder for what does not fit into that.
    """
    bounds = {"memory_limit": memory, "temp_directory": str(spill)}
    try:
        process, connection = _IDLE.pop()
    except IndexError:
        process, connection = 0, None
    if process == os.getpid():  # what a fork inherits has lost its threads
        for name, value in bounds.items():
            connection.execute(f"SET {name} = {quoted(value)}")
        with suppress(database().Error):  # an older DuckDB has no such setting
            connection.execute(f"SET block_allocator_memory = '{_KEPT}'")
        return connection
    settings = dict.fromkeys(("autoinstall_known_extensions", "autoload_known_extensions"), False)
    connection = database().connect(":memory:", config={**settings, **bounds, "preserve_insertion_order": False})
    connection.execute("SET enable_progress_bar = false")  # it would be written among the data
    return connection


def given_back(connection: Any) -> None:
    """Keep one database for the next who opens one.

    Args:
        connection: the database; it is empty, has never used the disk, and its settings but for the bounds are those
            that it was opened with.
    """
    if _IDLE:
        connection.close()
    else:
        _IDLE.append((os.getpid(), connection))


def tell_limit(error: BaseException | None, folder: Path) -> None:
    """Tell what used up memory or disk as the limit that it is.

    Args:
        error: what went wrong, if anything did.
        folder: where what does not fit into memory is kept.

    Raises:
        LimitReached: it was the memory.
        StorageError: it was the disk.

    Example:
        >>> tell_limit(None, Path())
    """
    duckdb = database()

    if isinstance(error, duckdb.OutOfMemoryException):
        raise LimitReached(
            f"the memory for this validation is used up ({str(error).splitlines()[0]})",
            hint=f"allow more with {MEMORY} (as 8GB), free some disk, or validate fewer triples at once",
        ) from error
    if isinstance(error, duckdb.IOException):
        raise StorageError(
            f"what does not fit into memory cannot be kept on the disk ({str(error).splitlines()[0]})",
            where=str(folder),
            hint="free some space there, or name another folder with TMPDIR",
        ) from error


def half_of_memory() -> str:
    """Half of the machine's memory, as DuckDB's setting is written.

    Example:
        >>> half_of_memory()[-1]
        'B'
    """
    total = memory()
    return f"{total // 2}B" if total else "50%"


def quoted(text: str) -> str:
    """A text as SQL writes it.

    Example:
        >>> quoted("l'eau")
        "'l''eau'"
    """
    return "'" + text.replace("'", "''") + "'"
