"""Documents that are nearly right: what is written by people and programs, changed at random by a seed.

The same seed gives the same document, so that a case which fails can be run again by its number.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

#: No document grows beyond this: small ones find the same mistakes in a fraction of the time.
LONGEST = 4_000
#: What stands in no file that somebody wrote on purpose, and at the borders of what a reader counts.
ODD = (
    b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf4\x90\x80\x80", b"\xe2\x80\xae",
    b"\xf0\x9f\x92\xa9", b"\r", b"\n", b"\t", b" ", b"\\", b"\\u0000", b"\\uD800", b"\\U00110000", b"%00", b"'", b'"',
    b'"""', b"<", b">", b"&", b"#", b"@", b"^^", b"-", b"0", b"9" * 40, b"1e400", b"-0", b"NaN", b"e\xcc\x81",
    b"\xef\xbc\x9d", b"\xc2\xa0",
)  # fmt: skip


def mutated(dice: random.Random, seeds: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    """A document that is nearly one of others.

    Args:
        dice: what decides.
        seeds: documents that are right.
        words: what means something in their format.
    """
    document = bytearray(dice.choice(seeds))
    for _ in range(dice.choice((0, 1, 1, 1, 2, 3, 8))):
        at, to = (dice.randrange(len(document) + 1) for _ in range(2))
        kind = dice.randrange(8)
        if kind == 0:
            document[at:at] = dice.choice(words)
        elif kind == 1:
            document[at:at] = dice.choice(ODD)
        elif kind == 2:
            del document[at : at + dice.choice((1, 1, 4, 30))]
        elif kind == 3:
            document[at : at + 1] = bytes((dice.randrange(256),))
        elif kind == 4:
            document[to:to] = document[at : at + dice.choice((1, 10, 100))]
        elif kind == 5:
            piece = bytes(document[at : at + dice.choice((1, 1, 3, 20))]) or dice.choice(words)
            document[at:at] = piece * dice.choice((2, 5, 50, 500))
        elif kind == 6:
            other = dice.choice(seeds)
            document[at:] = other[dice.randrange(len(other) + 1) :]
        else:
            del document[at:]
        del document[LONGEST:]
    return bytes(document)
