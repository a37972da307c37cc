r"""Regular expressions with back-references (``(-?)\d\d\1\d\d``), which SPARQL's REGEX has and Oxigraph's has not.

Only an engine that tries one way after the other can match them, and such an engine can be made to run for ever. So
Python's is asked in a process of its own, which is stopped when it takes too long.
"""

from __future__ import annotations

import atexit
import json
import re
import sys
import threading
from functools import lru_cache
from typing import TYPE_CHECKING

from sankofa.errors import LimitReached

if TYPE_CHECKING:
    import subprocess

#: Seconds for one text.
LONGEST = 5.0
_SERVER = """
import json, re, sys
for line in sys.stdin:
    pattern, flags, text = json.loads(line)
    print(int(re.search(pattern, text, flags) is not None), flush=True)
"""
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_PART = re.compile(r"\\(?P<number>[1-9][0-9]*)|\\.|(?P<sign>.)", re.DOTALL)


@lru_cache(maxsize=256)
def as_python(pattern: str, flags: str) -> tuple[str, str] | None:
    r"""A pattern with back-references as Python writes it, and as it is without them.

    Args:
        pattern: the pattern, as SPARQL's REGEX takes it.
        flags: its flags.

    Returns:
        The two; None when it has no back-reference.

    Example:
        >>> as_python(r"^(-?)1\1$", "")
        ('^(-?)1(?(1)\\1)\\Z', '^(-?)1(?:)$')
    """
    if "q" in flags:
        return None
    python, without = "", ""
    groups, inside = 0, False
    for part in _PART.finditer(pattern):
        text, number, sign = part[0], part["number"], part["sign"]
        if number and not inside:
            # As many digits as there are groups for (XPath and XQuery Functions and Operators, 7.6.1); what a group
            # that took no part matched is empty.
            while len(number) > 1 and int(number) > groups:
                number = number[:-1]
            rest = text[1 + len(number) :]
            python += f"(?({number})\\{number}){rest}"
            without += f"(?:){rest}"
            continue
        if sign == "(" and not inside and not pattern.startswith("?", part.end()):
            groups += 1
        if sign in ("[", "]"):
            inside = sign == "["
        without += text
        if "x" in flags and not inside and sign and sign in " \t\r\n":
            continue
        python += r"\Z" if sign == "$" and not inside and "m" not in flags else text
    return (python, without) if without != pattern else None


def is_well_formed(pattern: str, flags: str) -> bool:
    """Whether the back-references of a pattern are to groups that it has; the rest is for others to say.

    Args:
        pattern: the pattern.
        flags: its flags.

    Example:
        >>> is_well_formed(r"(a)[1]", ""), is_well_formed(r"[1](a)", "")
        (True, True)
    """
    found = as_python(pattern, flags)
    try:
        re.compile(found[0] if found else "")
    except re.error:
        return False
    return True


def matches(pattern: str, flags: str, text: str) -> bool:
    r"""Whether a pattern with back-references is found in a text.

    Args:
        pattern: the pattern.
        flags: its flags.
        text: the text.

    Raises:
        LimitReached: it takes too long to say.

    Example:
        >>> matches(r"^(-?)1\1$", "", "-1-"), matches(r"^(-?)1\1$", "", "-1")
        (True, False)
    """
    found = as_python(pattern, flags)
    answer = _MATCHER.ask(found[0] if found else pattern, sum(_FLAGS[flag] for flag in flags if flag in _FLAGS), text)
    if answer is None:
        raise LimitReached(
            f"the pattern '{pattern}' takes more than {LONGEST:.0f} seconds on one text", hint="write it without \\1"
        )
    return answer


class _Matcher:
    """A process that matches, begun when it is first asked and again after it was stopped; it ends with this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, pattern: str, flags: int, text: str) -> bool | None:
        with self._lock:
            if self._process is None:
                import subprocess  # hardly ever needed, and slow to import

                command = [sys.executable, "-I", "-S", "-c", _SERVER]
                self._process = subprocess.Popen(  # noqa: S603 - a program of ours
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii", bufsize=1
                )
                atexit.register(self._stop, self._process)
            process = self._process
            assert process.stdin is not None  # noqa: S101 - both are pipes
            assert process.stdout is not None  # noqa: S101
            timer = threading.Timer(LONGEST, process.kill)
            timer.start()
            process.stdin.write(json.dumps([pattern, flags, text]) + "\n")
            answer = process.stdout.readline().strip()
            timer.cancel()
            if not answer:
                atexit.unregister(self._stop)
                self._stop(process)
                self._process = None
            return answer == "1" if answer else None

    @staticmethod
    def _stop(process: subprocess.Popen[str]) -> None:
        with process:
            process.kill()


_MATCHER = _Matcher()
