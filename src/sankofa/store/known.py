"""What is known of other people's SPARQL servers: a list, in ``servers.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files


@cache
def known_servers() -> list[dict[str, list[str]]]:
    """Where each server keeps what is asked for, and which graphs are its own.

    Example:
        >>> known_servers()[0]["query"]
        ['/query']
    """
    found = tomllib.loads((files("sankofa.store") / "servers.toml").read_text(encoding="utf-8"))["server"]
    return [dict(server) for server in found]


@cache
def starts_of_own_graphs() -> tuple[str, ...]:
    """What the names of graphs begin with that a server has for itself, and that nobody's data are.

    Example:
        >>> "http://www.openlinksw.com/schemas/virtrdf#".startswith(starts_of_own_graphs())
        True
    """
    return tuple(start for server in known_servers() for start in server.get("own-graphs", []))
