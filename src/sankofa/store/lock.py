"""One writer at a time: a lock that the operating system gives back when its holder ends, however it ends."""

from __future__ import annotations

import getpass
import json
import os
import platform
import sys
import weakref
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from sankofa.errors import HeldByAnother, StorageError
from sankofa.store.disk import storage_error

_FAR = 1 << 30  # Windows locks bytes against reading too, so the locked one is far behind the text
_held: weakref.WeakSet[Lock] = weakref.WeakSet()


class Lock:
    """The right to write into a folder, held until :meth:`release` or the end of the process.

    Args:
        path: the file of the lock; it says who holds it.
        what: what is written there, for who has to wait.

    Raises:
        HeldByAnother: somebody holds it; the error says who, where and since when.
        StorageError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Lock(Path(folder, "lock")).release()
    """

    def __init__(self, path: Path, *, what: str = "the graph") -> None:
        """Take the lock or say who has it."""
        self._path = path
        try:
            self._file: BinaryIO | None = path.open("r+b" if path.exists() else "w+b", buffering=0)
        except OSError as error:
            raise _no_writing(error, path) from error
        if not _try(self._file):
            holder = _holder(self._file)
            self._file.close()
            instead = "" if what != "the graph" else ", or open it to read only: its newest release, or read_only=True"
            raise HeldByAnother(
                f"{what} is being written by {holder}", where=str(path.parent), hint=f"wait until it is done{instead}"
            )
        try:
            self._sign(self._file)
        except OSError as error:
            self.release()
            raise _no_writing(error, path) from error
        _held.add(self)

    def release(self) -> None:
        """Give the lock back; the file stays, empty."""
        if self._file is not None:
            self._file.truncate(0)
            _give_back(self._file)
            self._file.close()
            self._file = None

    def forget(self) -> None:
        """Close the file in a forked child, so that the lock stays with the parent alone."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _sign(self, file: BinaryIO) -> None:
        holder = {
            "pid": os.getpid(),
            "user": _user(),
            "host": platform.node(),
            "since": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        file.truncate(0)
        file.seek(0)
        file.write(json.dumps(holder, indent=1).encode() + b"\n")


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container's user often has no name
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "an unnamed user"


def _holder(file: BinaryIO) -> str:
    try:
        file.seek(0)
        holder = json.loads(file.read())
        same = holder["host"] == platform.node() and holder["pid"] == os.getpid()
        process = "this very process" if same else f"process {holder['pid']}"
        return f"{holder['user']} on {holder['host']} ({process}) since {holder['since']}"
    except (ValueError, KeyError, TypeError, OSError):  # the holder has the lock but has not yet signed
        return "another process that started this moment"


def _no_writing(error: OSError, path: Path) -> StorageError:
    storage = storage_error(error, path.parent)
    hint = f"{storage.hint}; it can still be opened to read only (read_only=True)"
    return StorageError(storage.what, where=storage.where, hint=hint)


if sys.platform == "win32":
    import msvcrt

    def _try(file: BinaryIO) -> bool:
        file.seek(_FAR)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _give_back(file: BinaryIO) -> None:
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _try(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _give_back(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)  # a child that was forked this moment may still have the file open

    def _forget_all() -> None:
        for lock in list(_held):
            lock.forget()

    os.register_at_fork(after_in_child=_forget_all)
