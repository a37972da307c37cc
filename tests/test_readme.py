"""What the README and the guide for partners show is what happens: their commands are run, what they write is compared.

``console`` blocks hold commands (``$ …``, with indented lines that belong to them), each followed by what it writes; a
``python`` block is followed by a ``text`` block with what it prints. A line ``…`` stands for lines that are left out.

    python tests/test_readme.py --write      run everything, and put what was written into the files
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
#: The files whose examples are run.
SHOWN = [README, ROOT / "docs" / "how-to" / "partner.en.md"]
CUT = "…"
PUBLIC = "http://127.0.0.1:8000/"
BLOCK = re.compile(r"(?:^<!-- (?P<mark>[\w ]+) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(file: Path = README) -> list[re.Match[str]]:
    return list(BLOCK.finditer(file.read_text(encoding="utf-8")))


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and what is shown under it."""
    command, shown, lines = "", "", text.splitlines(keepends=True)
    while lines:
        assert lines[0].startswith("$ "), "a console block begins with a command"
        command, shown = lines.pop(0)[2:], ""
        while lines and command.count("'") % 2:  # an open quotation goes on in the next line
            command += lines.pop(0)
        while lines and not lines[0].startswith("$ "):
            shown += lines.pop(0)
        yield command, shown


@contextmanager
def serving() -> Iterator[str]:
    """The server of the first command, on a free port."""
    with subprocess.Popen(
        ["sankofa", "serve", "--port", "0"], stdout=subprocess.PIPE, env=environ(), encoding="utf-8"
    ) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            assert address, "the server ended before it answered"
            yield address
        finally:
            server.terminate()


def environ() -> dict[str, str]:
    """As in a terminal of the environment that runs the tests."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith("SANKOFA_")}
    return ours | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{ours['PATH']}", "PYTHONUTF8": "1"}


def run(*command: str, where: Path) -> str:
    """What a command writes, stdout and stderr as they come."""
    done = subprocess.run(
        command,
        cwd=where,
        env=environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
    return done.stdout


def tidy(text: str) -> list[str]:
    """Lines without what nobody sees."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return [line for line in lines if line]


def as_shown(written: list[str], shown: list[str]) -> list[str]:
    """What was written, cut where what is shown is cut: as many lines before and after."""
    if CUT not in shown:
        return written
    before, after = shown.index(CUT), len(shown) - shown.index(CUT) - 1
    assert len(written) > before + after, "nothing is left out where the README says so"
    return [*written[:before], CUT, *written[len(written) - after :]]


def answers(file: Path, where: Path) -> Iterator[tuple[str, str, str]]:
    """For each example of a file: itself, what is shown, what is written now."""
    found = blocks(file)
    with serving() as address:
        for number, block in enumerate(found):
            if block["kind"] == "console":
                for command, shown in steps(block["text"]):
                    written = run("bash", "-c", command.replace(PUBLIC, address), where=where)
                    yield command, shown, written.replace(address, PUBLIC)
            elif block["kind"] == "python":
                assert found[number + 1]["kind"] == "text", "what the Python example prints is shown below it"
                program = block["text"].replace(PUBLIC, address)
                yield block["text"], found[number + 1]["text"], run(sys.executable, "-c", program, where=where)


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="the examples need bash and curl")
@pytest.mark.parametrize("file", SHOWN, ids=lambda file: file.name)
def test_what_is_shown_is_what_is_written(file: Path, tmp_path: Path) -> None:
    differ = []
    for example, shown, written in answers(file, tmp_path):
        expected = as_shown(tidy(written), tidy(shown))
        if tidy(shown) != expected:
            differ.append("\n".join([example, "-- shown:", *tidy(shown), "-- written:", *expected]))
    assert not differ, "\n\n".join([*differ, "python tests/test_readme.py --write brings it up to date"])
    assert not list(tmp_path.iterdir()), "the examples leave nothing behind"


def test_the_first_answers_are_the_cities_and_a_question() -> None:
    console = next(block["text"] for block in blocks() if block["kind"] == "console")
    (sparql, cities), (question, rows) = steps(console)
    assert f"{PUBLIC}sparql" in sparql
    assert len(list(csv.DictReader(io.StringIO(cities)))) == 11
    assert f"{PUBLIC}questions/" in question
    assert list(csv.DictReader(io.StringIO(rows)))


def test_the_first_screen_has_exactly_two_commands() -> None:
    text = README.read_text(encoding="utf-8")
    commands = {block["mark"]: block["text"].strip() for block in blocks() if block["kind"] == "sh"}
    assert list(commands) == ["serve", "the tests"]
    assert commands["serve"].startswith("pip install . && ")
    assert commands["serve"].endswith("sankofa serve")
    assert "pytest" in commands["the tests"]
    first_screen = "\n".join(text.splitlines()[:32])
    assert all(command in first_screen for command in commands.values())


def test_links_lead_somewhere() -> None:
    text = README.read_text(encoding="utf-8")
    files = [README, *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "ontology").glob("*.md"))]
    for file in files:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", file.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")):
                assert (file.parent / target).exists(), f"{file.relative_to(ROOT)}: {target}"
    assert "](docs/architecture.md)" in text


def test_every_room_is_in_the_architecture() -> None:
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = {each.stem for each in (ROOT / "src" / "sankofa").iterdir() if each.suffix == ".py" or each.is_dir()}
    named = set(re.findall(r"`(\w+)/?`", "".join(re.findall(r"^\|([^|]+)\|", table, re.MULTILINE))))
    assert {room for room in rooms if not room.startswith(("_", "."))} - {"py"} == named


@pytest.mark.parametrize("command", ["serve", "query", "status", "init", "questions"])
def test_commands_that_are_named_exist(command: str, tmp_path: Path) -> None:
    assert run("sankofa", command, "--help", where=tmp_path).startswith("Usage: sankofa")


def write(file: Path) -> None:
    """Run everything in a file, and put what was written into it."""
    import tempfile

    text = file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for example, shown, written in answers(file, Path(folder)):
            lines = "\n".join(as_shown(tidy(written), tidy(shown))) + "\n"
            opening = "\n```text\n" if f"```python\n{example}" in text else ""
            before, found, after = text.partition(example)
            assert found
            if opening:
                middle, _, after = after.partition(opening)
                before, example = before + example + middle, opening
            assert after.startswith(shown)
            text = before + example + lines + after.removeprefix(shown)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit(__doc__)
    for each in SHOWN:
        write(each)
