"""Where the files are that come with Sankofa: ontology, vocabularies, shapes, queries, data.

They exist once. In a checkout they are the folders beside ``src/``; in a wheel they are carried under
``sankofa/shipped_files/``. Nothing else in the package knows the difference.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

#: The graph that opens when nobody names one. The only mention of a network's name in the code.
DEFAULT_GRAPH = "aston"


@cache
def root() -> Path:
    """The folder that holds ``ontology/``, ``shapes/``, ``queries/`` and ``data/``.

    Example:
        >>> (root() / "ontology" / "sankofa.ttl").is_file()
        True
    """
    in_wheel = Path(__file__).parent / "shipped_files"
    return in_wheel if in_wheel.is_dir() else Path(__file__).parents[2]


def ontology_file() -> Path:
    """The ontology itself, in its newest version."""
    return root() / "ontology" / "sankofa.ttl"


def ontology_version_files() -> list[Path]:
    """The versions of the ontology before the newest, as they were published, the oldest first."""
    files = (root() / "ontology" / "versions").glob("*.ttl")
    return sorted(files, key=lambda file: [int(part) for part in file.stem.split(".")])


def ontology_files() -> list[Path]:
    """The ontology itself and its alignment with other vocabularies, sorted by name."""
    return [root() / "ontology" / name for name in ("alignment.ttl", "sankofa.ttl")]


def vocabulary_files() -> list[Path]:
    """The SKOS vocabularies that any network shares, one file a scheme, sorted by name."""
    return sorted((root() / "ontology" / "vocabularies").glob("*.ttl"))


def shape_files() -> list[Path]:
    """The shapes of all kinds, sorted by name; the rules for our own files, messages and help are not among them."""
    others = ("help", "house", "messages")
    return [file for file in sorted((root() / "shapes").glob("*.ttl")) if file.stem not in others]


def messages_file() -> Path:
    """The sentences in which findings are told, in four languages."""
    return root() / "shapes" / "messages.ttl"


def help_file() -> Path:
    """What each code of a finding means, in four languages."""
    return root() / "shapes" / "help.ttl"


def question_files() -> list[Path]:
    """The questions, one SPARQL file each, sorted by name."""
    return sorted((root() / "queries" / "questions").glob("*.rq"))


def check_files() -> list[Path]:
    """The checks across records, one SPARQL file each, sorted by name; each must return no row."""
    return sorted((root() / "queries" / "checks").glob("*.rq"))


def rule_files() -> list[Path]:
    """The rules (SPARQL CONSTRUCT) that feed the inferred graph, sorted by name."""
    return sorted((root() / "queries" / "rules").glob("*.rq"))


def default_graph_folder() -> Path:
    """The folder of the graph that opens when nobody names one."""
    return root() / "data" / DEFAULT_GRAPH
