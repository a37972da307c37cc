"""Work on many things that share one large graph, on all processors."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_work: Callable[[Any], Any] = repr


def spread(work: Callable[[T], R], items: Sequence[T], *, apart: bool) -> Iterator[R]:
    """What a function gives for each item, in their order; see :func:`beside`.

    Example:
        >>> list(spread(abs, [-1, 2], apart=True))
        [1, 2]
    """
    with beside(work, items, apart=apart) as done:
        yield from (result for result, _ in done)


def beside(
    work: Callable[[T], R], items: Sequence[T], *, apart: bool, processes: int | None = None
) -> AbstractContextManager[Iterator[tuple[R, float]]]:
    """Begin to do something with each item; what has been done is taken while it goes on.

    Args:
        work: the function; what it gives must be picklable.
        items: what it is called with; picklable too.
        apart: whether processes of their own are worth while. They are forked at once, so that they have what the
            function uses without a copy; where a system cannot fork safely, all is done here, as it is taken.
        processes: how many; by default one a processor.

    Returns:
        What the function gives for each item, in their order, and how many seconds that took. Leaving the block waits
        for what has begun.

    Raises:
        MemoryError: a process came to its end before it was done.

    Example:
        >>> with beside(abs, [-1, 2], apart=True) as done:
        ...     [result for result, seconds in done]
        [1, 2]
    """
    if not apart or sys.platform != "linux":
        return nullcontext(_timed(work, item) for item in items)
    return _forked(work, items, processes or os.cpu_count())


@contextmanager
def _forked(work: Callable[[T], R], items: Sequence[T], processes: int | None) -> Iterator[Iterator[tuple[R, float]]]:
    global _work
    _work = work
    pool = ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork"))
    try:
        # all of its processes are forked with the first item, so that none sees what comes after it
        yield pool.map(_here, items)
    except BrokenProcessPool:
        raise MemoryError from None
    finally:
        pool.shutdown(cancel_futures=True)


def _timed(work: Callable[[T], R], item: T) -> tuple[R, float]:
    begun = perf_counter()
    return work(item), perf_counter() - begun


def _here(item: Any) -> tuple[Any, float]:
    return _timed(_work, item)
