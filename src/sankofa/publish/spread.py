"""Work on many things that share one large graph, on all processors."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[Any], Any] = repr


def spread(work: Callable[[T], R], items: Sequence[T], *, apart: bool) -> Iterator[R]:
    """What a function gives for each item, in their order.

    Args:
        work: the function; what it gives must be picklable.
        items: what it is called with; picklable too.
        apart: whether processes of their own are worth while. They are forked, so that they have what the function
            uses without a copy; where a system cannot fork safely, all is done here.

    Raises:
        MemoryError: a process came to its end before it was done.

    Example:
        >>> list(spread(abs, [-1, 2], apart=True))
        [1, 2]
    """
    global _work
    if not apart or sys.platform != "linux":
        yield from map(work, items)
        return
    _work = work
    try:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("fork")) as pool:
            yield from pool.map(_here, items)
    except BrokenProcessPool:
        raise MemoryError from None


def _here(item: Any) -> Any:
    return _work(item)
