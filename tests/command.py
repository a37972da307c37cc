"""The command line as tests call it: in this process, or as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sankofa.cli import main

PROGRAM = Path(sys.executable).with_name("sankofa")


def run(*arguments: object, stdin: str | bytes | None = None, code: int | None = 0) -> Result:
    """Call a command in this process; a stack trace is always a failure.

    Args:
        arguments: what follows ``sankofa``.
        stdin: what stands there.
        code: the exit code it must have, None for any of the contract's.
    """
    done = CliRunner(env={"SANKOFA_KG": None}).invoke(main, [str(each) for each in arguments], input=stdin)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert "Traceback" not in done.stderr
    assert done.exit_code in ({0, 1, 2, 3} if code is None else {code}), f"{done.exit_code}: {done.stderr}"
    return done


def process(
    *arguments: object, stdin: bytes | None = None, env: dict[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Call a command as a process of its own."""
    return subprocess.run(
        [PROGRAM, *(str(each) for each in arguments)],
        input=stdin,
        env={name: value for name, value in os.environ.items() if name != "SANKOFA_KG"} | (env or {}),
        capture_output=True,
        timeout=timeout,
        check=False,
    )


def on_a_terminal(*arguments: object, talk: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Call a command as a process of its own whose output is a terminal.

    Args:
        arguments: what follows ``sankofa``.
        talk: whether stderr goes to the terminal too; else it is kept apart.
    """
    pty = pytest.importorskip("pty", reason="Windows has no such terminals")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *(str(each) for each in arguments)],
        stdout=theirs,
        stderr=theirs if talk else subprocess.PIPE,
        env=os.environ | {"TERM": "xterm"},
    ) as shown:
        os.close(theirs)
        seen = b""
        with suppress(OSError):  # the other end is closed
            while piece := os.read(ours, 65536):
                seen += piece
        said = shown.stderr.read() if shown.stderr else b""
    os.close(ours)
    return subprocess.CompletedProcess(shown.args, shown.returncode, seen, said)


#: Runs a program that kills itself before one call of a function: ``owner.name``, after so many others.
_FATAL = """
import os, pathlib, shutil, signal, sys
import sankofa
owner, name, number, *arguments = sys.argv[1:]
owner = {"os": os, "Path": pathlib.Path, "shutil": shutil}[owner]
real, left = getattr(owner, name), int(number)
def fatal(*given, **named):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
def from_now_on():
    setattr(owner, name, fatal)
"""


def killed(program: str, *arguments: object, owner: str, name: str, number: int) -> None:
    """Run a program that is killed on its way.

    Args:
        program: Python; it has ``sankofa`` and ``arguments``, and calls ``from_now_on()`` where it may be killed.
        arguments: what it is given, as texts.
        owner: ``os``, ``Path`` or ``shutil``; name: the function of it before whose call the program is killed.
        number: how many calls of it are let through.
    """
    if not hasattr(signal, "SIGKILL"):
        pytest.skip("this system cannot kill")
    command = [sys.executable, "-c", _FATAL + program, owner, name, str(number), *map(str, arguments)]
    died = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert died.returncode == -signal.SIGKILL, died.stderr
