"""What the columns engine found, before its ids are terms again."""

from __future__ import annotations

from dataclasses import dataclass, field

from sankofa.validation.model import Constraint, Shape
from sankofa.validation.results import Result


@dataclass(slots=True)
class Hit:
    """One result, its terms as ids.

    Args:
        shape: the shape; constraint: the constraint.
        focus: the focus node.
        value: the value, the count for counts, or None.
        predicate: for a closed shape, the property that it does not know, as the id of ``p``.
        details: the hits it rests on.
        asked: the result itself, where a query gave it.
        start: where ``sh:property`` led to its focus node from, when it did.
    """

    shape: Shape
    constraint: Constraint
    focus: int
    value: int | None = None
    predicate: int | None = None
    details: list[Hit] = field(default_factory=list)
    asked: Result | None = None
    start: int | None = None

    @property
    def origin(self) -> int:
        """The node that was judged."""
        return self.focus if self.start is None else self.start
