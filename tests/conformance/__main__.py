"""Play the W3C's entries against ``sankofa serve`` and write what came out as EARL, in Turtle.

    python -m tests.conformance [-o FILE] [--date 2026-03-01]

Without ``--date`` the report has no date: the same server gives the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' own modules, as pytest finds them

from conformance.earl import report
from conformance.manifest import ROOT, cases
from conformance.playing import Servers, WrongAnswerError, play


def main() -> int:
    """Play every entry; the exit code is 1 when one fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=(__doc__ or "").partition(".")[0])
    parser.add_argument("-o", "--output", type=Path, help="the file to write; else stdout")
    parser.add_argument("--date", default="", help="the date of the report, as 2026-03-01")
    arguments = parser.parse_args()
    found = cases()
    if not found:
        sys.stderr.write(f"The W3C's suites are not at {ROOT}: name their folder in SANKOFA_SUITES.\n")
        return 2
    failed: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder, Servers(Path(folder)) as servers:
        for case in found:
            try:
                play(case, servers)
            except WrongAnswerError as error:
                failed[case.iri] = str(error)
                sys.stderr.write(f"{case.suite}/{case.name} failed\n")
    text = report(found, failed, date=arguments.date)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    sys.stderr.write(f"{len(found) - len(failed)} of {len(found)} passed\n")
    return 1 if failed else 0


sys.exit(main())
