"""DuckDB: how it is imported, how much memory it may take, how texts are written in its SQL."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any


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


def half_of_memory() -> str:
    """Half of the machine's memory, as DuckDB's setting is written.

    Example:
        >>> half_of_memory()[-1]
        'B'
    """
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return "50%"
    return f"{total // 2}B"


def quoted(text: str) -> str:
    """A text as SQL writes it.

    Example:
        >>> quoted("l'eau")
        "'l''eau'"
    """
    return "'" + text.replace("'", "''") + "'"
