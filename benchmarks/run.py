"""Load, open, dump, reasoning and every question, each beside its peer in the same run.

    python benchmarks/run.py 10k 100k 1M        # prints Markdown tables; README.md keeps the last ones
    python benchmarks/run.py --only questions 1M

Every figure comes from a process of its own: seconds are the median of the repeats that fit into ``BUDGET``, memory is
the peak of that process. A measurement that reaches ``CUT`` seconds is stopped and shown as "> 60".
Peers: rdflib for load, dump and questions, owlrl for reasoning. What was cut at a smaller size of the same run is not
tried again at a larger one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import generate

CUT = 60.0  # seconds after which a measurement is stopped
BUDGET = 3.0  # seconds that the repeats of one measurement may take together
REPEATS = 5
fork = multiprocessing.get_context("fork")
spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Figure:
    """What one measurement gave: median seconds (None: cut), peak memory in MB, and a number to compare answers by."""

    seconds: float | None
    memory: float = 0.0
    result: int | None = None
    tried: bool = True

    def __str__(self) -> str:
        if not self.tried:
            return "not run"
        return f"> {CUT:.0f}" if self.seconds is None else f"{self.seconds:.3f}"


#: what was measured, our figure, the peer's
Row = tuple[str, Figure, Figure]


def measure(task: Callable[..., Any], *arguments: Any, once: bool = False, fresh: bool = False) -> Figure:
    """Run a task in a process of its own.

    A forked one shares what is loaded already; a fresh one (``fresh=True``) starts from nothing, so that its memory is
    the task's, and so that the disk engine's threads are its own.
    """
    context = spawn if fresh else fork
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_repeat, args=(theirs, task, arguments, once))
    process.start()
    theirs.close()
    try:
        figure = ours.recv() if ours.poll(CUT + (5 if fresh else 0)) else Figure(None)
    except EOFError:
        figure = Figure(None)
    process.kill()
    process.join()
    return figure if figure.seconds is not None and figure.seconds <= CUT else Figure(None)


def _repeat(answer: Any, task: Callable[..., Any], arguments: tuple[Any, ...], once: bool) -> None:
    times: list[float] = []
    result = None
    while not times or (not once and len(times) < REPEATS and sum(times) < BUDGET):
        start = time.perf_counter()
        result = task(*arguments)
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer.send(Figure(statistics.median(times), peak, result if isinstance(result, int) else None))


def ratio(ours: Figure, peer: Figure) -> str:
    """How many times faster ours is than the peer."""
    if ours.seconds is None or not peer.tried:
        return "-"
    if peer.seconds is None:
        return f"> {CUT / ours.seconds:.0f} ×"
    return f"{peer.seconds / ours.seconds:.1f} ×"


def load_into_memory(source: Path) -> int:
    from sankofa.graph.opening import in_memory

    kg = in_memory(generate.BASE)
    kg.load(source)
    return len(kg)


def load_into_folder(source: Path, work: Path) -> int:
    from sankofa import init

    with (
        tempfile.TemporaryDirectory(dir=work) as folder,
        init(Path(folder) / "kg", base=generate.BASE, title="Generated") as kg,
    ):
        kg.load(source)
        return kg.store.version


def keep(source: Path, folder: Path) -> int:
    from sankofa import init

    with init(folder, base=generate.BASE, title="Generated") as kg:
        kg.load(source)
        return kg.reason().inferred


def open_and_ask(folder: Path) -> int:
    import sankofa

    with sankofa.open(folder) as kg:
        return len(kg.query("SELECT ?n WHERE { ?n a skf:Network }"))


def rdflib_load(source: Path) -> int:
    import rdflib

    return len(rdflib.Graph().parse(source, format="nt"))


def load_and_keep(size: str, work: Path) -> Iterator[str]:
    """Load, open, dump."""
    source, kept = work / f"{size}.nt", work / f"{size}-kg"
    peer = measure(rdflib_load, source, fresh=True)
    rows = [
        ("load into memory", measure(load_into_memory, source, fresh=True), peer),
        ("load into a folder (logged, synced)", measure(load_into_folder, source, work, fresh=True), peer),
    ]
    measure(keep, source, kept, once=True, fresh=True)
    rows.append(("open a folder, first answer (rdflib: parse again)", measure(open_and_ask, kept, fresh=True), peer))
    rows.append(("dump, sorted (rdflib: serialise, unsorted)", *measure_dumps(source)))
    yield from table(f"Load, open, dump: {size}", "rdflib", rows)


def measure_dumps(source: Path) -> tuple[Figure, Figure]:
    """Both graphs are loaded first, one after the other, in this process; only the dump is forked and timed."""
    import rdflib

    from sankofa.graph.opening import in_memory

    kg = in_memory(generate.BASE)
    kg.load(source)
    ours = measure(_dump, kg)
    del kg
    loaded = rdflib.Graph().parse(source, format="nt")
    return ours, measure(_serialize, loaded)


def _dump(kg: Any) -> int:
    return len(kg.dump(format="nquads"))


def _serialize(loaded: Any) -> int:
    return len(loaded.serialize(format="nt", encoding="utf-8"))


def reasoning(size: str, work: Path) -> Iterator[str]:
    """The consequences of ontology and rules, beside owlrl's closure of the same data and ontology."""
    import owlrl
    import rdflib

    from sankofa import shipped
    from sankofa.graph.opening import in_memory

    kg = in_memory(generate.BASE)
    kg.load(work / f"{size}.nt")
    ours = measure(lambda: kg.reason().inferred, once=True)
    peer = Figure(None, tried=False)
    if size != "1M":
        data = rdflib.Graph().parse(work / f"{size}.nt", format="nt")
        for file in (*shipped.ontology_files(), *shipped.vocabulary_files()):
            data.parse(file)
        before = len(data)

        def closure() -> int:
            owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(data)
            return len(data) - before

        peer = measure(closure, once=True)
    rows = [("reasoning to the fixpoint", ours, peer)]
    yield from table(f"Reasoning: {size}", "owlrl", rows)


def questions(size: str, work: Path) -> Iterator[str]:
    """Every question on both engines, over the same triples: asserted, vocabularies, ontology, inferred."""
    import rdflib

    from sankofa.graph.opening import in_memory

    kg = in_memory(generate.BASE)
    kg.load(work / f"{size}.nt")
    kg.reason()
    same = work / f"{size}-all.nt"
    kg.dump(same, format="ntriples", all=True)
    peer = rdflib.Graph().parse(same, format="nt")
    peer.query("ASK {}")  # the first parse of a process is slow
    examples = {"city": "city-0", "theme": "theme-0", "phase": "phase-0", "kind": "story", "since": "2026-06-01"}
    before = work / "cut"
    cut = set(before.read_text().split()) if before.exists() else set()

    def rows() -> Iterator[Row]:
        for question in kg.questions.values():
            given = {p.name: examples[p.name] for p in question.parameters if p.required and p.name in examples}
            bound = dict(kg.answer(question.name, **given).parameters)
            ours = measure(_ask, kg.store, question.text, bound)
            theirs = Figure(None)
            if question.name not in cut:
                names = {name: rdflib.util.from_n3(str(term)) for name, term in bound.items()}
                theirs = measure(_ask_rdflib, peer, question.text, names)
            if theirs.seconds is None:
                cut.add(question.name)
                before.write_text("\n".join(sorted(cut)))
            if theirs.result is not None and theirs.result != ours.result:
                print(f"{question.name}: {ours.result} rows, rdflib {theirs.result}", file=sys.stderr)
            yield f"{question.name} ({ours.result} rows)", ours, theirs

    yield from table(f"Questions: {size}", "rdflib", rows())


def _ask(store: Any, text: str, bound: dict[str, Any]) -> int:
    return len(list(store.query(text, bound)))


def _ask_rdflib(peer: Any, text: str, names: dict[str, Any]) -> int:
    return len(peer.query(text, initBindings=names))


def table(title: str, peer: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"\n#### {title}\n"
    yield f"| what | Sankofa, s | {peer}, s | faster | peak MB, ours / peer |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, ours, theirs in rows:
        memory = f"{ours.memory:.0f} / {theirs.memory:.0f}" if theirs.memory else f"{ours.memory:.0f} / -"
        yield f"| {name} | {ours} | {theirs} | {ratio(ours, theirs)} | {memory} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(generate.SIZES))
    parser.add_argument("--only", choices=("load", "reasoning", "questions"))
    arguments = parser.parse_args()
    parts = {"load": load_and_keep, "reasoning": reasoning, "questions": questions}
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            generate.write(size, Path(folder) / f"{size}.nt")
            for name, part in parts.items():
                if arguments.only in (None, name):
                    # a part loads much: it gets a process of its own, so that memory is its own too
                    process = fork.Process(target=lambda part=part, size=size: show(part(size, Path(folder))))
                    process.start()
                    process.join()


def show(lines: Iterator[str]) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
