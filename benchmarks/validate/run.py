"""Validation as a whole process, each peer in the same run, in turn.

    python benchmarks/validate/run.py 2k 100k 1M            # prints a Markdown table; ../README.md keeps the last ones
    python benchmarks/validate/run.py 10M --peers           # only ours

The data are those of ``generate.py``, the shapes ``core.ttl`` beside this file: SHACL Core, made for that model.
Peers: pySHACL's command, and pyrudof from PyPI (``pip install pyrudof``) in a process of its own. Seconds are medians,
memory is the peak of the process as the system counts it. What takes more than ``CUT`` seconds is stopped and shown as
such.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import generate

CUT = 120.0
SHAPES = Path(__file__).with_name("core.ttl")
OURS = "from sankofa.cli import main; main()"
RUDOF = """
import sys
from pyrudof import RDFFormat, Rudof, RudofConfig
rudof = Rudof(RudofConfig())
rudof.read_data(sys.argv[1], format=RDFFormat.NTriples)
rudof.read_shacl(sys.argv[2])
rudof.validate_shacl()
"""


def commands(data: Path) -> dict[str, list[str]]:
    """The command of each engine for some data."""
    python = sys.executable
    return {
        "Sankofa": [python, "-c", OURS, "validate", str(data), "--shapes", str(SHAPES), "--format", "csv"],
        "pySHACL": [python, "-m", "pyshacl", "-s", str(SHAPES), "-sf", "turtle", "-df", "nt", str(data)],
        "pyrudof": [python, "-c", RUDOF, str(data), str(SHAPES)],
    }


def once(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak MB of one run; infinite seconds when it was stopped or failed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    timer = threading.Timer(CUT, process.kill)
    timer.start()
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    # 1: the data do not conform, which they are made for
    return (seconds if process.returncode in (0, 1) else float("inf")), usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="+", choices=list(generate.SIZES))
    parser.add_argument("--peers", nargs="*", default=["pySHACL", "pyrudof"])
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    print("| triples | engine | seconds | peak MB | slower than ours |\n| --- | --- | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            data = Path(folder) / f"{size}.nt"
            generate.write(size, data)
            names = ["Sankofa", *arguments.peers]
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in names}
            for _ in range(arguments.repeats):
                for name in names:
                    if not found[name] or found[name][-1][0] < CUT:
                        found[name].append(once(commands(data)[name]))
            ours = statistics.median(seconds for seconds, _ in found["Sankofa"])
            for name, runs in found.items():
                seconds = statistics.median(seconds for seconds, _ in runs)
                told = f"{seconds:.2f}" if seconds < CUT else f"stopped at {CUT:.0f}, or failed"
                ratio = f"{seconds / ours:.1f} ×" if seconds < CUT else f"> {CUT / ours:.0f} ×"
                print(f"| {size} | {name} | {told} | {max(memory for _, memory in runs):.0f} | {ratio} |", flush=True)
            data.unlink()


if __name__ == "__main__":
    main()
