"""Validation as a whole process, each peer in the same run, in turn.

    python benchmarks/validate/run.py 2k 100k 1M            # prints a Markdown table; ../README.md keeps the last ones
    python benchmarks/validate/run.py 10M --peers           # only ours
    python benchmarks/validate/run.py 2k 100k --in-process  # in a running process, reading included

The data are those of ``generate.py``, the shapes ``core.ttl`` beside this file: SHACL Core, made for that model.
Peers: pySHACL's command; pyrudof from PyPI; Apache Jena, TopBraid and RDF4J, built by Maven
from ``java/`` (they need a JDK and ``mvn``; where those are missing, they are left out). Seconds are medians, memory is
the peak of the process as the system counts it. What takes more than ``CUT`` seconds is stopped and shown as such. Who
counts other results than ours is marked. The peers in Java tell reading and judging apart, behind their names.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import generate

CUT = 150.0
SHAPES = Path(__file__).with_name("core.ttl")
SOURCES = Path(__file__).with_name("java")
JAVA = {"Jena": "jena", "TopBraid": "topbraid", "RDF4J": "rdf4j"}
#: Each prints its number of results last.
PYTHON = {
    "Sankofa": """
import os, sys
from sankofa.cli import main
sys.argv = ["sankofa", "validate", sys.argv[1], "--shapes", sys.argv[2], "--format", "csv", *sys.argv[3:]]
main()
""",
    "pyrudof": """
import sys
from pyrudof import RDFFormat, Rudof, RudofConfig
rudof = Rudof(RudofConfig())
rudof.read_data(sys.argv[1], format=RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
print(len(rudof.validate_shacl()))
""",
}
#: Each judges one file by another in a running process; reading both is included.
IN_PROCESS = {
    "Sankofa": "import sankofa\ndef judge(data, shapes): sankofa.validate(data, shapes=shapes).findings",
    "pySHACL": """
import pyshacl, rdflib
def judge(data, shapes):
    pyshacl.validate(rdflib.Graph().parse(data, format="nt"), shacl_graph=rdflib.Graph().parse(shapes, format="turtle"))
""",
    "pyrudof": """
from pyrudof import RDFFormat, Rudof, RudofConfig
def judge(data, shapes):
    rudof = Rudof(RudofConfig())
    rudof.read_data(data, format=RDFFormat.NTriples)
    rudof.read_shacl(shapes)
    rudof.validate_shacl()
""",
}
#: Seconds for which an engine judges again and again, at least once.
AT_ONCE = 3.0
#: Judges once, untimed, and then as often as it is told to.
TIMED = """
import sys, time
judge(sys.argv[1], sys.argv[2])
for line in sys.stdin:
    start = time.perf_counter(); judge(sys.argv[1], sys.argv[2]); took = time.perf_counter() - start
    print(took, file=sys.stderr, flush=True)
"""


@dataclass(frozen=True)
class Run:
    """One run: seconds (infinite when it was stopped or failed), peak MB, number of results or "", what it told.

    And the seconds that the processors worked for it: whatever else the machine does, they are the same.
    """

    seconds: float
    memory: float
    results: str
    told: str = ""
    worked: float = 0.0


def without_java() -> str:
    """Why the peers in Java cannot run, or nothing."""
    missing = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    return f"{', '.join(JAVA)} are left out: {', '.join(missing)} not found" if missing else ""


def build(folder: Path) -> None:
    """Build the peers in Java."""
    for place in JAVA.values():
        libraries, classes = folder / place / "lib", folder / place / "classes"
        maven = ["mvn", "-q", "-B", "-f", str(SOURCES / place / "pom.xml"), "dependency:copy-dependencies"]
        subprocess.run(
            [*maven, f"-DoutputDirectory={libraries}", "-DincludeScope=runtime"], check=True, stdout=sys.stderr
        )
        sources = [str(file) for file in (SOURCES / place).glob("*.java")]
        subprocess.run(["javac", "-cp", f"{libraries}/*", "-d", str(classes), *sources], check=True)


def java(folder: Path, place: str, name: str) -> list[str]:
    """The command of a class of ours in Java."""
    return ["java", "-cp", f"{folder / place / 'classes'}{os.pathsep}{folder / place / 'lib'}/*", name]


def command(name: str, data: Path, folder: Path, shapes: Path = SHAPES) -> list[str]:
    """The command of an engine for some data."""
    if name in JAVA:
        return [*java(folder, JAVA[name], "Peer"), str(data), str(shapes)]
    if name == "pySHACL":
        return [sys.executable, "-m", "pyshacl", "-s", str(shapes), "-sf", "turtle", "-df", "nt", str(data)]
    return [sys.executable, "-c", PYTHON[name], str(data), str(shapes)]


def once(name: str, arguments: Sequence[str], cut: float = CUT) -> Run:
    """Run an engine once, and stop it after so many seconds."""
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=out, stderr=subprocess.DEVNULL)
        timer = threading.Timer(cut, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        out.seek(0)
        results = told = ""
        # Line by line: what this process holds counts as memory of the next one that it starts.
        if name == "Sankofa":
            results = str(sum(1 for _ in out) - 1)
        elif name == "pySHACL":
            results = str(sum(b"Constraint Violation in" in line or b"Validation Result in" in line for line in out))
        elif words := out.read().decode(errors="replace").split():
            results = words[-1]
            told = f", {words[0]} + {words[1]}" if name in JAVA else ""
    # 1: the data do not conform, which they are made for
    if process.returncode not in (0, 1):
        seconds = float("inf")
    return Run(seconds, usage.ru_maxrss / 1024, results, told, usage.ru_utime + usage.ru_stime)


def whole(size: str, names: Sequence[str], repeats: int, folder: Path) -> None:
    """Print the rows of one size, as whole processes."""
    data = folder / f"{size}.nt"
    triples = generate.write(size, data)
    found: dict[str, list[Run]] = {name: [] for name in names}
    compileall.compile_dir(str(files("sankofa")), quiet=2)  # pip does so for all that it installs; a checkout waits
    for turn in range(repeats):  # each time another one begins: who follows on a large process is slower
        for name in (*names[turn % len(names) :], *names[: turn % len(names)]):
            if not found[name] or found[name][-1].seconds < CUT:
                found[name].append(once(name, command(name, data, folder)))
    ours = statistics.median(run.seconds for run in found["Sankofa"])
    for name, runs in found.items():
        seconds = statistics.median(run.seconds for run in runs)
        told = f"{seconds:.2f}" if seconds < CUT else f"stopped at {CUT:.0f}, or failed"
        ratio = f"{seconds / ours:.1f} ×" if seconds < CUT else f"> {CUT / ours:.0f} ×"
        other = "" if runs[0].results in ("", found["Sankofa"][0].results) else f" ({runs[0].results} results)"
        memory = max(run.memory for run in runs)
        print(f"| {triples:,} | {name}{runs[0].told}{other} | {told} | {memory:,.0f} | {ratio} |", flush=True)
    data.unlink()


def in_process(size: str, repeats: int, folder: Path) -> None:
    """Print the rows of one size, each engine in a process that runs already."""
    data = folder / f"{size}.nt"
    triples = generate.write(size, data)
    running: dict[str, subprocess.Popen[str]] = {}
    # when the others had the processors just before, and again and again at once
    found: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in IN_PROCESS}
    for name, text in IN_PROCESS.items():
        running[name] = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", text + TIMED, str(data), str(SHAPES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    for _ in range(repeats):  # in turn: what slows the machine down slows all of them
        for name, process in running.items():
            first, later = found[name]
            first.append(once_more(process))
            begun = time.monotonic()
            while True:
                later.append(once_more(process))
                if time.monotonic() - begun > AT_ONCE:
                    break
    ours = [statistics.median(times) for times in found["Sankofa"]]
    for name, both in found.items():
        running[name].communicate()
        middle = [statistics.median(times) for times in both]
        cells = [f"{one:.3f} | {one / our:.1f} ×" for one, our in zip(middle, ours, strict=True)]
        print(f"| {triples:,} | {name} | {' | '.join(cells)} |", flush=True)


def once_more(process: subprocess.Popen[str]) -> float:
    """Let a process judge once more: the next number that it tells, among whatever else it says."""
    print("again", file=process.stdin, flush=True)
    assert process.stderr
    for line in process.stderr:
        try:
            return float(line)
        except ValueError:
            continue
    raise SystemExit(f"a process ended: {process.args}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(generate.SIZES))
    parser.add_argument("--peers", nargs="*", default=["pySHACL", "pyrudof", *JAVA])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--in-process", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if arguments.in_process:
            print("| triples | engine | after the others, s | slower than ours | again at once, s | slower than ours |")
            print("| --- | --- | ---: | ---: | ---: | ---: |")
            for size in arguments.sizes:
                in_process(size, arguments.repeats, folder)
            return
        if JAVA.keys() & set(arguments.peers):
            if missing := without_java():
                print(missing, file=sys.stderr)
                arguments.peers = [name for name in arguments.peers if name not in JAVA]
            else:
                build(folder)
        print("| triples | engine | seconds | peak MB | slower than ours |\n| --- | --- | ---: | ---: | ---: |")
        for size in arguments.sizes:
            whole(size, ["Sankofa", *arguments.peers], arguments.repeats, folder)


if __name__ == "__main__":
    main()
