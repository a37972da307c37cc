"""A process that asks queries of strangers, and is stopped when they take too long or too much memory.

Oxigraph bounds neither. The process is started fresh, so it shares no lock, no thread and no open store with this one;
it holds a copy of the data in memory. What it is told and what it says are lines of JSON: orders that begin with a
word, and their answers.
"""

from __future__ import annotations

import atexit
import contextlib
import faulthandler
import json
import os
import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess

#: Stands for a term in a query that is prepared once for many.
MARK = "urn:x-sankofa:{}"
#: The name of the graph in which queries find the shapes.
SHAPES_GRAPH = "urn:x-sankofa:shapes"
_MARKS = re.compile(r"<urn:x-sankofa:(this|value)>")
_TIME_IS_UP, _FAILED = 1, 3  # the first is what faulthandler ends a process with
_NEVER = float("inf")

#: The solutions of a query: names, and for each solution the terms in N-Triples form. A text says why there are none,
#: a number alone which of the bounds it is beyond: 0 that of solutions, 1 that of signs.
Found = tuple[list[str], list[list[str | None]]] | str | int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query with marks for the terms that change from node to node.

    Args:
        text: the query, its parameters bound, with a mark for each of ``names``.
        names: the variables that have marks.
        plain: the same query as a SELECT of the variables, for terms that no query can name.
        prefixes: the prefixes that are not declared in it.
        sees_shapes: whether it asks the graph of the shapes too.
    """

    text: str
    names: tuple[str, ...]
    plain: str
    prefixes: Mapping[str, str]
    sees_shapes: bool


class StoppedError(Exception):
    """The process has ended before it had answered.

    Args:
        is_time: whether its time was up; else it took too much memory, or was nested too deep.
    """

    def __init__(self, *, is_time: bool) -> None:
        """Keep the reason."""
        super().__init__("its time is up" if is_time else "it takes too much")
        self.is_time = is_time


# -- the side that asks


class Apart:
    """A process that asks queries; `lent` gives one, with nothing in it."""

    def __init__(self) -> None:
        """Start it."""
        import subprocess  # slow to import

        # it imports what this process could import, and from nowhere else
        code = f"import sys; sys.path[:] = {sys.path!r}; from sankofa.store import apart; apart.answer()"
        self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - a program of ours
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.owner = os.getpid()

    def hold(self, data: Path, shapes: Path, memory: int) -> None:
        """Take up data, instead of any that it holds.

        Args:
            data: the file with the triples, N-Triples.
            shapes: the file with those of the shapes.
            memory: how many bytes queries may take beyond these; 0 for no bound.

        Raises:
            StoppedError: the system has ended it.
        """
        for _ in self._answers(["hold", str(data), str(shapes), memory], 1, _NEVER):
            pass

    def parse(self, text: str, prefixes: Mapping[str, str], seconds: float) -> None:
        """See whether a query parses.

        Args:
            text: the query.
            prefixes: the prefixes that are not declared in it.
            seconds: how long it may take: Oxigraph begins to evaluate what it has parsed.

        Raises:
            SyntaxError: it does not.
            StoppedError: it takes too long.
        """
        for said in self._answers(["parse", text, dict(prefixes), seconds], 1, seconds):
            if said is not None:
                raise SyntaxError(said)

    def ask(
        self, query: Prepared, values: Sequence[Sequence[str]], most: tuple[int, int], seconds: float
    ) -> Iterator[Found]:
        """The solutions of a query for some terms, again and again; they must be taken to the end.

        Args:
            query: the query.
            values: each time the terms that its names stand for, in N-Triples form.
            most: how many solutions there may be each time, and how many signs of text in them.
            seconds: how long it may take, all together.

        Raises:
            StoppedError: it takes longer, or too much memory.
        """
        return self._answers(["ask", asdict(query), values, most, seconds], len(values), seconds)

    def _answers(self, order: list[Any], count: int, seconds: float) -> Iterator[Any]:
        """Give an order, and read its answers."""
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        begun = monotonic()
        try:
            with contextlib.suppress(BrokenPipeError):  # it has ended, which is told by what it does not say
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()
            for _ in range(count):
                if not (line := self._process.stdout.readline()).endswith(b"\n"):
                    raise StoppedError(is_time=self._process.wait() == _TIME_IS_UP and monotonic() - begun >= seconds)
                yield json.loads(line)
        except BaseException:  # nobody would read the rest: it is of no use any more
            self.stop()
            raise

    def give_back(self) -> None:
        """Keep it for whoever asks next, without its data; one is enough."""
        if self.owner != os.getpid() or self._process.returncode is not None:
            return
        if _IDLE:
            self.stop()
            return
        with contextlib.suppress(BrokenPipeError):
            assert self._process.stdin is not None  # noqa: S101 - a pipe
            self._process.stdin.write(b'["drop"]\n')
            self._process.stdin.flush()
        _IDLE.append(self)

    def stop(self) -> None:
        """End it."""
        with contextlib.suppress(BrokenPipeError), self._process:
            self._process.kill()


_IDLE: list[Apart] = []


def lent() -> Apart:
    """A process that nobody else asks; `give_back` is for whoever has done with it.

    Example:
        >>> process = lent()
        >>> process.parse("ASK { ?s ?p ?o }", {}, 10)
        >>> process.give_back()
    """
    with contextlib.suppress(IndexError):
        while (idle := _IDLE.pop()).owner == os.getpid():  # what a fork inherits is its parent's
            if idle._process.poll() is None:
                return idle
    return Apart()


@atexit.register
def _end() -> None:
    while _IDLE:
        if (idle := _IDLE.pop()).owner == os.getpid():
            idle.stop()


# -- the process itself


def answer() -> None:
    """Be the process: follow the orders that come on stdin until there are no more."""
    import pyoxigraph as ox

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever is interrupted ends this
    store = ox.Store()
    with Path(os.devnull).open("w") as nowhere:
        try:
            for line in sys.stdin.buffer:
                match json.loads(line):
                    case ["drop"]:
                        store = ox.Store()
                    case ["hold", data, shapes, memory]:
                        store = ox.Store()
                        bound_memory(0)  # what it held before may have had a bound
                        for path, graph in ((data, ox.DefaultGraph()), (shapes, ox.NamedNode(SHAPES_GRAPH))):
                            store.bulk_load(path=path, format=ox.RdfFormat.N_TRIPLES, to_graph=graph)
                        bound_memory(memory)
                        _say(None)
                    case ["parse", text, prefixes, seconds]:
                        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
                        _say(_parse_error(text, prefixes))
                    case ["ask", query, values, most, seconds]:
                        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
                        for terms in values:
                            _say(_solutions(store, Prepared(**query), terms, most))
                faulthandler.cancel_dump_traceback_later()
                sys.stdout.buffer.flush()
        except BaseException:  # what it comes to is told by how it ends
            os._exit(_FAILED)


def _say(answer: object) -> None:
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")


def _parse_error(text: str, prefixes: dict[str, str]) -> str | None:
    import pyoxigraph as ox

    try:
        ox.Store().query(text, prefixes=prefixes)
    except SyntaxError as error:
        return str(error)
    return None


def _solutions(store: Any, query: Prepared, terms: Sequence[str], most: Sequence[int]) -> Found:
    """The solutions of a query for some terms; of an ASK one or none."""
    import pyoxigraph as ox

    named = dict(zip(query.names, terms, strict=True))

    def asked(text: str, substitutions: dict[Any, Any] | None = None) -> Any:
        return store.query(
            text,
            prefixes=query.prefixes,
            default_graph=[ox.DefaultGraph()],
            named_graphs=[ox.NamedNode(SHAPES_GRAPH)] if query.sees_shapes else [],
            substitutions=substitutions,
        )

    def asked_plainly() -> Any:
        document = "".join(f"<x:s> <x:p> {term} .\n" for term in terms)
        found = [quad.object for quad in ox.parse(document, ox.RdfFormat.N_TRIPLES)]
        return asked(query.plain, dict(zip(map(ox.Variable, query.names), found, strict=True)))

    try:
        if any(term.startswith("_:") for term in terms):
            found = asked_plainly()
        else:
            try:  # all in one pass: a term may hold the text of a mark
                found = asked(_MARKS.sub(lambda mark: named[mark[1]], query.text))
            except SyntaxError:  # a literal where only a node can stand: nothing is said of it there
                found = asked_plainly()
        if isinstance(found, ox.QueryBoolean):
            return [], [[]] if found else []
        rows: list[list[str | None]] = []
        signs = 0
        for row in found:
            rows.append([None if term is None or isinstance(term, ox.Triple) else str(term) for term in row])
            signs += sum(map(len, filter(None, rows[-1])))
            if len(rows) > most[0] or signs > most[1]:
                return int(len(rows) <= most[0])
        return [variable.value for variable in found.variables], rows
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:
        return str(error)


def bound_memory(most: int) -> None:
    """Let this process take so many bytes more than it has: beyond them it ends. Only Linux keeps such a bound.

    Args:
        most: the bytes; 0 for no bound.
    """
    taken = 0
    with contextlib.suppress(OSError), Path("/proc/self/status").open(encoding="ascii", errors="replace") as status:
        taken = next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:")), 0)
    if taken:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        bound = taken + most if most else hard
        resource.setrlimit(resource.RLIMIT_DATA, (bound if hard < 0 else min(bound, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
