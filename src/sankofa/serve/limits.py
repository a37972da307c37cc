"""What one request, and all of them together, may take."""

from __future__ import annotations

from dataclasses import dataclass

from sankofa.publish.service import BYTES, COUNT, SECONDS, Limit
from sankofa.store import settings


@dataclass(frozen=True)
class Limits:
    """The limits of a server. Each can be set by a variable of the environment.

    Attributes:
        seconds: how long one request may be worked on, in seconds (``SANKOFA_QUERY_SECONDS``).
        worker_memory: how many bytes one worker may take beyond what all share (``SANKOFA_WORKER_MEMORY``, as 512MB).
        memory: how many bytes all workers together may take beyond that (``SANKOFA_SERVE_MEMORY``, as 2GB).
        in_memory: a release with more triples than these is served from disk (``SANKOFA_IN_MEMORY``, as 5M triples).
        workers: how many requests are worked on at once.
        waiting: how many requests may wait for a worker.
        answer: how many bytes an answer may have.
        kept: how many bytes of answers are kept, for who asks the same again.
        rows: how many rows a page shows; formats for programs have them all.
        query: how many bytes a query may have.
        parallel: how many requests of one client are worked on at once.
        client_seconds: how many seconds a minute the requests of one client may be worked on.
        client_errors: how many requests of one client may fail in a minute.
    """

    seconds: float = 10.0
    worker_memory: int = 512 * 10**6
    memory: int = 2 * 10**9
    in_memory: int = 5 * 10**6
    workers: int = 8
    waiting: int = 200
    answer: int = 2 * 10**9
    kept: int = 64 * 10**6
    rows: int = 10_000
    query: int = 100_000
    parallel: int = 4
    client_seconds: float = 30.0
    client_errors: int = 60

    @classmethod
    def of_the_environment(cls) -> Limits:
        """The limits that the environment sets; the others by default.

        Raises:
            ParameterError: one of them is no number, or no size.

        Example:
            >>> Limits.of_the_environment().workers
            8
        """
        return cls(
            seconds=settings.seconds("SANKOFA_QUERY_SECONDS", cls.seconds),
            worker_memory=settings.size("SANKOFA_WORKER_MEMORY", cls.worker_memory),
            memory=settings.size("SANKOFA_SERVE_MEMORY", cls.memory),
            in_memory=settings.count("SANKOFA_IN_MEMORY", cls.in_memory),
        )

    def stated(self, *, alone: bool = False) -> tuple[Limit, ...]:
        """The limits that a client should know.

        Args:
            alone: whether one process answers all, without bounds of time and memory, for who has the token.

        Example:
            >>> [limit.name for limit in Limits().stated(alone=True)]
            ['page-rows', 'query-size']
        """
        everywhere = (Limit("page-rows", self.rows, COUNT), Limit("query-size", self.query, BYTES))
        if alone:
            return everywhere
        return (
            Limit("query-time", self.seconds, SECONDS),
            Limit("query-memory", self.worker_memory, BYTES),
            Limit("service-memory", self.memory, BYTES),
            *everywhere,
            Limit("answer-size", self.answer, BYTES),
            Limit("client-parallel", self.parallel, COUNT),
            Limit("client-time", self.client_seconds, SECONDS),
            Limit("client-errors", self.client_errors, COUNT),
        )
