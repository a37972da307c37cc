"""What takes a while to read is read before the first request: once for all workers; of what is on disk, once."""

from __future__ import annotations

import io
import pickle
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sankofa.errors import StorageError
from sankofa.graph.newest import made_by
from sankofa.publish.spread import spread
from sankofa.serve.app import told_by_the_front
from sankofa.store.disk import write_file
from sankofa.store.shelved import Shelved

if TYPE_CHECKING:
    from sankofa.serve.app import Site
    from sankofa.serve.limits import Limits

_FILE = "ahead"
_STAMP = 64  # bytes at the beginning of the file


def read_ahead(site: Site, limits: Limits) -> dict[str, Any]:
    """Have a site know what takes a while to read. A worker that reads it for itself is slow, and takes it along.

    Args:
        site: what is served.
        limits: what a request may take.

    Returns:
        What the front says by itself.

    Example:
        >>> from sankofa.graph.opening import plain
        >>> from sankofa.serve.app import Site
        >>> from sankofa.serve.limits import Limits
        >>> sorted(read_ahead(Site(plain()), Limits())["busy"])
        ['html', 'json']
    """
    on_disk = isinstance(site.store, Shelved)
    file = site.store.folder.parent / _FILE if isinstance(site.store, Shelved) else Path()
    known = _known(file) if on_disk else None

    def work(_: None) -> tuple[dict[str, Any], dict[str, Any]]:
        if known is None:
            site.read_ahead()
        return known or site.known, told_by_the_front(site, limits)

    # Another process does it where the engine's files are read: they must not be open in one that forks workers.
    ((read, told),) = spread(work, [None], apart=on_disk)
    site.know(read)
    if on_disk and known is None:
        with suppress(StorageError):  # then it is read again the next time
            write_file(file, made_by().encode() + pickle.dumps(read))
    return told


def _known(file: Path) -> dict[str, Any] | None:
    """What was read before by the same code; None when nothing was."""
    with suppress(OSError, ValueError, pickle.UnpicklingError, EOFError, AttributeError, TypeError):
        content = file.read_bytes()
        if content[:_STAMP] == made_by().encode():
            return dict(_Reading(io.BytesIO(content[_STAMP:])).load())
    return None


class _Reading(pickle.Unpickler):
    """Reads values and terms, and runs nothing, whoever wrote the file."""

    _READ = ("pyoxigraph", "sankofa.publish.feed", "sankofa.publish.service")

    def find_class(self, module: str, name: str) -> Any:
        if module in self._READ and name[:1].isupper():
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")
