"""Building a release: seconds of each step, memory, size, and whether building it again gives the same bytes.

    python benchmarks/release.py 100k 1M        # prints a Markdown table; README.md keeps the last one

The network is generated, loaded into a graph's folder, and released by the command line, each build a process of its
own. The second build starts from nothing in another folder. Opening is measured apart: a new process that opens the
release and answers one question.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import generate

COMMAND = [sys.executable, "-c", "from sankofa.cli import main; main(prog_name='sankofa')"]
OPEN = "import sankofa, sys; print(len(sankofa.open(sys.argv[1]).answer('cities')))"
STEPS = ("load", "validate", "reason", "answers", "index", "dumps", "catalogue")


def sankofa(*arguments: object) -> tuple[str, float]:
    """Call a command; what it says on stderr, and its peak memory in MB."""
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if process.returncode:
        sys.exit(text)
    return text, usage.ru_maxrss / 1024


def content(out: Path) -> dict[str, bytes]:
    """The bytes of each file of a folder of releases."""
    files = (path for path in sorted(out.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def main(sizes: list[str]) -> None:
    """Measure, and print a line a size."""
    print(f"| triples | {' | '.join(STEPS)} | whole, s | peak MB | release MB | open, s | same bytes |")
    print(f"| --- |{' ---: |' * (len(STEPS) + 5)}")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            triples = generate.write(size, place / "in.nt")
            sankofa("init", place / "kg", "--base", generate.BASE, "--title", "Benchmark", "--date", "2026-03-01")
            sankofa("--kg", place / "kg", "load", place / "in.nt", "--date", "2026-03-01")
            begun = time.perf_counter()
            said, memory = sankofa("--kg", place / "kg", "release", place / "first")
            whole = time.perf_counter() - begun
            seconds = dict(re.findall(r"(\w+) (\d+\.\d) s", said.splitlines()[-1]))
            sankofa("--kg", place / "kg", "release", place / "second")
            first, second = content(place / "first"), content(place / "second")
            weight = sum(len(data) for name, data in first.items() if not name.startswith("left-out")) / 1e6
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", OPEN, str(place / "first")], check=True, stdout=subprocess.DEVNULL)
            opened = time.perf_counter() - begun
            row = [f"{triples:,}", *(seconds[step] for step in STEPS), f"{whole:.1f}", f"{memory:,.0f}"]
            print(f"| {' | '.join([*row, f'{weight:.1f}', f'{opened:.1f}', 'yes' if first == second else 'NO'])} |")


if __name__ == "__main__":
    os.environ.pop("SANKOFA_KG", None)
    main(sys.argv[1:] or ["100k"])
