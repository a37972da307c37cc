"""What stands for the store of a closed graph."""

from __future__ import annotations

from typing import NoReturn

from sankofa.errors import WrongUsage


class Closed:
    """Refuses whatever is asked: an empty answer would look like the truth."""

    def close(self) -> None:
        """Closing twice is no error."""

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse it."""
        raise WrongUsage("this graph is closed", hint="open it again, or keep it open with a longer 'with' block")
