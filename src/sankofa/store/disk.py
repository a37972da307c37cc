"""Writing files so that a crash or a full disk leaves the old file or the new one, never half of either."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from sankofa.errors import StorageError

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of this user is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "this user may not write there",
    errno.EPERM: "this user may not write there",
    errno.EIO: "the disk reports an error",
    errno.EFBIG: "the file is larger than the disk allows",
    errno.ENOENT: "the folder is gone",
}


def storage_error(error: OSError | RuntimeError, path: Path | str) -> StorageError:
    """Say in our words what the operating system could not do.

    Example:
        >>> str(storage_error(OSError(errno.ENOSPC, "No space left"), "log"))
        'log: the disk is full: free some space and do it again; nothing was changed'
    """
    reason = _REASONS.get(getattr(error, "errno", None) or 0) or str(getattr(error, "strerror", None) or error)
    if "No space left" in str(error):  # the store's engine reports it as text, without a number
        reason = _REASONS[errno.ENOSPC]
    hint = "free some space and do it again" if reason == _REASONS[errno.ENOSPC] else "check the disk and its rights"
    return StorageError(reason, where=str(path), hint=f"{hint}; nothing was changed")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can (Windows does it by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_file(path: Path, data: bytes) -> None:
    """Write a file durably: temporary name, sync, rename, sync of the folder.

    Raises:
        StorageError: the disk is full, read-only or gone; the old file is as it was.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_file(Path(folder, "a"), b"text")
        ...     Path(folder, "a").read_bytes()
        b'text'
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        try:
            with temporary.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(error, path) from error
