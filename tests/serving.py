"""A server as people start it: a process of its own, on loopback, with a client for it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PATIENCE = 60  # seconds; a start takes about eight of them


@dataclass
class Server:
    """A running server: its address, a client for it, its process."""

    address: str
    http: httpx.Client
    process: subprocess.Popen[str]
    said: Path

    def ask(self, query: str, **passed: str) -> httpx.Response:
        return self.http.get("/sparql", params={"query": query, **passed})


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from sankofa.cli import main; main(prog_name='sankofa')", *arguments]


def environment(**more: str) -> dict[str, str]:
    """What a process of ours finds: nothing that names a graph or a token, but what a test wants."""
    return {name: value for name, value in os.environ.items() if name not in ("SANKOFA_KG", "SANKOFA_TOKEN")} | more


def new_graph(folder: Path) -> str:
    """A new graph for a network, in a folder."""
    made = command("init", str(folder), "--base", "https://example.org/net/", "--title", "Un réseau", "--lang", "fr")
    subprocess.run(made, check=True, capture_output=True, env=environment(), timeout=PATIENCE)
    return str(folder)


@contextmanager
def running(folder: Path, *arguments: str, **more: str) -> Iterator[Server]:
    """Start a server, wait until it prints its address, end it with the block.

    Args:
        folder: where it is started, and what it says on stderr is kept.
        arguments: what follows ``sankofa``.
        more: of its environment.
    """
    said = folder / "said.txt"
    with said.open("w", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command(*arguments), stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment(**more), cwd=folder
        )
    try:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], PATIENCE)[0], "it does not answer"
        address = process.stdout.readline().strip()
        assert address, said.read_text(encoding="utf-8")
        with httpx.Client(base_url=address, trust_env=False, timeout=PATIENCE) as client:
            yield Server(address, client, process, said)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
