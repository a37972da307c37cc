"""A network's knowledge as a graph that ordinary people can capture, check, question and publish.

Example:
    >>> import sankofa
    >>> kg = sankofa.open()
    >>> len(kg.answer("cities"))
    11
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sankofa.errors import CouldNotBeDone, SankofaError, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sankofa.graph import Graph
    from sankofa.graph.making import init
    from sankofa.graph.opening import plain
    from sankofa.questions import Answer, Question
    from sankofa.store import Change
    from sankofa.table import Table
    from sankofa.validation import Finding, Report
    from sankofa.validation.given import Held

__all__ = [
    "Answer",
    "Change",
    "CouldNotBeDone",
    "Finding",
    "Graph",
    "Question",
    "Report",
    "SankofaError",
    "Table",
    "WrongUsage",
    "init",
    "open",
    "plain",
    "validate",
]

# Read when they are first asked for, so that `import sankofa` costs nothing.
_WHERE = {
    "Answer": "sankofa.questions",
    "Change": "sankofa.store",
    "Finding": "sankofa.validation",
    "Graph": "sankofa.graph",
    "Question": "sankofa.questions",
    "Report": "sankofa.validation",
    "Table": "sankofa.table",
    "init": "sankofa.graph.making",
    "plain": "sankofa.graph.opening",
}


def open(  # noqa: A001
    source: str | Path | None = None, *, update: str | None = None, base: str | None = None, read_only: bool = False
) -> Graph:
    """Open a graph.

    Args:
        source: a folder made by ``sankofa init``, or the address of a SPARQL 1.1 endpoint; without it a copy in memory
            of the graph we ship, which forgets its changes when it is closed.
        update: the address for changes of an endpoint, when it takes any; credentials for it come from
            ``$SANKOFA_ENDPOINT_LOGIN`` (``name:password``) or ``$SANKOFA_ENDPOINT_TOKEN``.
        base: the base of the network whose graph an endpoint holds; without it, it is asked.
        read_only: look only; a folder that another process writes can be opened so.

    Raises:
        NotAGraph: there is no graph there.
        HeldByAnother: another process writes it; the error says who.
        EndpointError: the endpoint does not answer.
        StorageError: the folder's store or log is damaged, or the disk fails.

    Example:
        >>> import sankofa
        >>> with sankofa.open() as kg:
        ...     len(kg.records("city"))
        11
    """
    from sankofa.graph.opening import open_graph

    return open_graph(source, update=update, base=base, read_only=read_only)


def validate(
    *data: str | Path | Held,
    shapes: str | Path | Held | Sequence[str | Path | Held] | None = None,
    engine: str | None = None,
) -> Report:
    """Judge RDF files, or graphs in memory, by shapes.

    Args:
        *data: the files, or graphs of pyoxigraph or rdflib; graphs are read and never changed.
        shapes: anybody's shapes, as files or graphs: the results are the standard's and nothing else; by default ours.
        engine: the engine that looks; by default the best there is.

    Raises:
        UnreadableInput: a file is missing or broken, or the shapes are not well-formed.
        UnknownName: there is no such engine.

    Example:
        >>> import sankofa
        >>> from sankofa.shipped import default_graph_folder
        >>> sankofa.validate(default_graph_folder() / "network.ttl").checked
        2
    """
    from sankofa.validation import validate_files
    from sankofa.validation.given import is_held

    if isinstance(shapes, str | Path) or is_held(shapes):
        shapes = [cast("str | Path | Held", shapes)]
    return validate_files(data, cast("Sequence[str | Path | Held] | None", shapes), engine=engine)


def __getattr__(name: str) -> Any:
    """The public names, each from its own module."""
    if name not in _WHERE:
        raise AttributeError(f"module 'sankofa' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    """The public names."""
    return sorted([*__all__, "errors", "terms"])
