"""``python -m sankofa.capture FOLDER``: make a network's graph files from its sheets."""

from __future__ import annotations

import sys
from pathlib import Path

from sankofa.capture.build import build
from sankofa.errors import SankofaError


def main(arguments: list[str]) -> int:
    """Build the graph files of a folder and say on stderr what became of the cells.

    Args:
        arguments: the folder.

    Returns:
        0 when every cell went in, 1 when one was refused, 2 or 3 when nothing could be done.
    """
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m sankofa.capture FOLDER    (the folder with network.ttl and sheets/)\n")
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        capture = build(Path(arguments[0]))
    except SankofaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    for refusal in (*capture.refusals, *capture.remarks):
        sys.stderr.write(f"{refusal.message()}\n")
    counts = ", ".join(f"{capture.count(name)} {name}" for name in ("imported", "ignored", "refused"))
    sys.stderr.write(
        f"{len(capture.accounts)} cells: {counts}; {len(capture.records)} records, {len(capture.added)} triples\n"
    )
    return 0 if capture.accepted else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
