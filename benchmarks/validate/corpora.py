"""Other people's shapes on other people's data: our results beside those of pySHACL, difference by difference.

    python benchmarks/validate/corpora.py FOLDER               # every corpus of corpora.toml: half an hour
    python benchmarks/validate/corpora.py FOLDER brick many    # some of them

FOLDER holds clones of the public repositories that ``corpora.toml`` names, each as ``<owner>/<name>``; packages come
from PyPI through pip, and lie there as ``pypi/<name>``. A corpus whose files are not there is left out, and said.

For each: the results of our engines and of pySHACL as it is (no inference, no advanced features: what the standard says
and no more), on the same triples. A difference is told with the mistake of pySHACL that explains it
(``tests/mistakes.py``, with the clause), or printed. Then each as a whole process, from N-Triples to its report: the
seconds of the processors, which do not depend on what else the machine does, and the peak of memory.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

from run import command, once

CORPORA = Path(__file__).with_suffix(".toml")
CUT = 1800.0
ENGINES = {"default": ("Sankofa", ()), "columns": ("Sankofa", ("--engine", "columns")), "pySHACL": ("pySHACL", ())}
COLUMNS = (
    "corpus",
    "triples",
    "shapes",
    "constraints",
    "ours",
    "pySHACL",
    "equal",
    *(f"{one}, s / MB" for one in ENGINES),
)


def unpack(packages: dict[str, str], folder: Path) -> None:
    """Bring the packages that are not there yet."""
    for name, version in packages.items():
        place = folder / "pypi" / name
        if not place.is_dir():
            with tempfile.TemporaryDirectory() as wheels:
                pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
                subprocess.run([*pip, "-d", wheels, f"{name}=={version}"], check=True, stdout=sys.stderr)
                for wheel in Path(wheels).glob("*.whl"):
                    zipfile.ZipFile(wheel).extractall(place)


def row(name: str, folder: Path, work: Path) -> list[str] | None:
    """The cells of one corpus."""
    # In a process of its own: what this one holds would count as memory of those that it starts.
    script = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("compare.py")), name, str(folder), str(work)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    told = done.stderr.strip()
    if told:
        print(f"{name}: {told.splitlines()[-1] if done.returncode else told}", file=sys.stderr)
    if done.returncode:
        return None
    found = json.loads(done.stdout)
    if "refused" in found:
        return [name, f"{found['triples']:,}", f"refused: {found['refused']}"]
    cells = [name, *(f"{found[one]:,}" for one in COLUMNS[1:7])]
    for engine, more in ENGINES.values():
        ran = once(engine, [*command(engine, work / "data.nt", work, work / "shapes.nt"), *more], CUT)
        cells.append(
            f"{ran.worked:.2f} / {ran.memory:,.0f}" if ran.seconds < CUT else f"stopped at {CUT:.0f}, or failed"
        )
    return cells


def main() -> None:
    told = tomllib.loads(CORPORA.read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help="the corpora; by default all")
    arguments = parser.parse_args()
    unpack(told["packages"], arguments.folder)
    print(f"| {' | '.join(COLUMNS)} |\n| --- |{' ---: |' * (len(COLUMNS) - 1)}")
    for corpus in told["corpus"]:
        if not arguments.names or corpus["name"] in arguments.names:
            with tempfile.TemporaryDirectory() as work:
                if cells := row(corpus["name"], arguments.folder, Path(work)):
                    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
