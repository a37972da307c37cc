"""What one command checks for everybody: lint, format, types, and the examples in the docstrings."""

from __future__ import annotations

import doctest
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sankofa

ROOT = Path(__file__).parents[1]
SOURCE = Path(sankofa.__file__).parent
MODULES = sorted(
    ".".join(("sankofa", *file.relative_to(SOURCE).with_suffix("").parts)).removesuffix(".__init__")
    for file in SOURCE.rglob("*.py")
    if file.name != "__main__.py"
)

#: Examples that show how to begin what does not end, or what needs a server; nothing else may go without a run.
NOT_RUN = {"sankofa.serve.run"}


def check(*command: str) -> None:
    """Run a tool in the root of the project; its report is the failure's message."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_lint() -> None:
    check("ruff", "check", "--output-format=concise", ".")


def test_format() -> None:
    check("ruff", "format", "--check", ".")


def test_types() -> None:
    check("mypy")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    module = importlib.import_module(name)
    report: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, name):
        skipped = [example for example in test.examples if doctest.SKIP in example.options]
        assert not skipped or test.name in NOT_RUN, f"an example of {test.name} is never run"
        runner.run(test, out=report.append)
    assert not runner.failures, "".join(report)
