"""What is found in a network's graph beyond the standard: unknown terms, what no rule looked at, and the checks.

None of it enters the standard's report, and none of it is said of data judged by shapes that somebody named.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from sankofa.fields import Fields
from sankofa.fields.files import Node, Spo
from sankofa.validation.checks import asked
from sankofa.validation.coverage import Said
from sankofa.validation.crossing import Crossing
from sankofa.validation.describe import Describer
from sankofa.validation.messages import messages
from sankofa.validation.report import Finding
from sankofa.validation.unseen import Unseen


def unseen(fields: Fields, data: Said, subjects: Iterable[Node], describer: Describer) -> list[Finding]:
    """What is unknown, and what no rule looked at, among some nodes.

    Args:
        fields: the kinds and rules of the network.
        data: what was asserted, with the vocabularies and the class tree.
        subjects: the nodes that people said something about; after a change, those it touches.
        describer: tells the findings.

    Example:
        >>> from sankofa.fields import read_fields
        >>> from sankofa.validation.data import Data
        >>> unseen(read_fields(), Data([]), [], Describer(read_fields(), messages(), Data([])))
        []
    """
    return _unseen_by(fields).findings(data, subjects, describer)


def crossed(triples: Iterable[Spo], describer: Describer) -> list[Finding]:
    """What the checks across records find.

    Args:
        triples: what was asserted, with the vocabularies and the class tree.
        describer: tells the findings.

    Example:
        >>> from sankofa.fields import read_fields
        >>> from sankofa.validation.data import Data
        >>> crossed([], Describer(read_fields(), messages(), Data([])))
        []
    """
    return Crossing(asked(triples)).findings(describer)


@lru_cache(maxsize=4)
def _unseen_by(fields: Fields) -> Unseen:
    return Unseen(fields, messages())
