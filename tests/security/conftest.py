"""A public server with a little in it; beside it an address where nobody should knock, a file nobody should open."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from serving import Server, running


@pytest.fixture(scope="package")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("public")
    (folder / "data.nt").write_text("<urn:a> <urn:b> <urn:c> .\n", encoding="utf-8")
    (folder / "secret.nt").write_text("<urn:secret> <urn:secret> <urn:secret> .\n", encoding="utf-8")
    with running(folder, "serve", "data.nt", "--port", "0") as server:
        yield server


@dataclass
class Door:
    """An address on this machine, and how often somebody came."""

    port: int
    came: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def door() -> Iterator[Door]:
    listening = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
    found = Door(listening.getsockname()[1])

    def wait() -> None:
        while True:
            try:
                connection, address = listening.accept()
            except OSError:
                return
            found.came.append(str(address))
            connection.close()

    threading.Thread(target=wait, daemon=True).start()
    yield found
    listening.close()


class Watch:
    """A file of whose every opening the kernel tells, by whatever process and in whatever language."""

    _OPENED = 0x20  # IN_OPEN

    def __init__(self, path: Path) -> None:
        self.path = path
        kernel = ctypes.CDLL(None, use_errno=True)
        if not hasattr(kernel, "inotify_init1"):
            pytest.skip("who opens a file is told by Linux alone")
        self._told = kernel.inotify_init1(os.O_NONBLOCK)
        assert self._told >= 0, os.strerror(ctypes.get_errno())
        watched = kernel.inotify_add_watch(self._told, os.fsencode(path), self._OPENED)
        assert watched >= 0, os.strerror(ctypes.get_errno())

    @property
    def opened(self) -> bool:
        """Whether it was opened since this was asked last."""
        try:
            return bool(os.read(self._told, 65_536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._told)


@pytest.fixture(scope="package")
def secret(public: Server) -> Iterator[Watch]:
    """A file beside those that the public server serves."""
    watch = Watch(public.said.parent / "secret.nt")
    yield watch
    watch.close()
