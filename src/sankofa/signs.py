"""Signs without a shape that steer what shows a text: in pages, feeds and terminals they are seen, and do nothing.

They are the control characters, which move a terminal's cursor and rename its window, and the marks that make the text
after them run the other way, so that ``exe.gpj`` reads as ``jpg.exe``. Marks that Arabic letters need (U+200E, U+200F,
U+061C) and those that join or part letters (U+200B to U+200D) stay: they do no more than a letter in their place would.
The data keep all of them: exports, dumps and answers for programs are exact.
"""

from __future__ import annotations

import re

_CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_STEERING = re.compile(f"[{_CONTROLS}\u202a-\u202e\u2066-\u2069]")
_MOVING = re.compile(f"[{_CONTROLS}\r]")


def shown(text: str) -> str:
    """A text of somebody's in which such signs are seen.

    Example:
        >>> shown("cod\\u202eexe.gpj"), shown("Sèmè-Podji, نواكشوط")
        ('cod[U+202E]exe.gpj', 'Sèmè-Podji, نواكشوط')
    """
    return _STEERING.sub(_named, text)


def steady(text: str) -> str:
    """Lines for a terminal in which nothing moves it; marks that keep sentences of ours in order stay.

    Example:
        >>> steady("one\\n\\x1b[2Jtwo\\n")
        'one\\n[U+001B][2Jtwo\\n'
    """
    return _MOVING.sub(_named, text)


def _named(sign: re.Match[str]) -> str:
    return f"[U+{ord(sign[0]):04X}]"
