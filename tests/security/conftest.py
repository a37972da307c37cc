"""A public server with a little in it, and an address beside it where nobody should ever knock."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

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
