"""A browser as people have it: Chromium without a window, led over a pipe, which needs no other package."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 60  # seconds
_PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_OPTIONS = [
    "--headless=new",
    "--no-sandbox",  # it is for whoever is root, as in containers; what it opens is ours, on loopback
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-pipe",
]

#: Gives the two ends of the pipes the numbers that Chromium knows them by, and becomes Chromium.
_START = "import os, sys; [os.dup2(int(sys.argv[n]), n + 2) for n in (1, 2)]; os.execv(sys.argv[3], sys.argv[3:])"


class Browser:
    """One page of a browser, and what went on in it.

    Attributes:
        events: what the browser told since :meth:`open` was called last.
    """

    def __init__(self, process: subprocess.Popen[bytes], there: int, back: int) -> None:
        self._process, self._there, self._back = process, there, back
        self._rest, self._asked, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **values: object) -> dict[str, Any]:
        """Give an order, and wait until it is done."""
        self._asked += 1
        order: dict[str, Any] = {"id": self._asked, "method": method, "params": values}
        if self._session:
            order["sessionId"] = self._session
        os.write(self._there, json.dumps(order).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._asked:
                assert "error" not in said, said
                return dict(said["result"])

    def open(self, address: str) -> None:
        """Go to an address and wait until all of the page is there."""
        self.events.clear()
        frame = self.ask("Page.navigate", url=address)
        assert "errorText" not in frame, frame
        while not self._told("Page.loadEventFired"):
            self._next()

    def show(self, html: str) -> None:
        """Show a page that comes from nowhere."""
        self.open("about:blank")
        frame = self.ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self.ask("Page.setDocumentContent", frameId=frame, html=html)
        self.value("new Promise(done => setTimeout(done, 100))")

    def value(self, script: str) -> Any:
        """What a script says that the test, not the page, runs."""
        return self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)["result"].get(
            "value"
        )

    def ran(self) -> list[str]:
        """What scripts of the page did: what they wrote on the console, asked of people, failed in, or were refused."""
        return [
            f"{each['method']} {json.dumps(each['params'])[:300]}"
            for method in (
                "Runtime.consoleAPICalled",
                "Runtime.exceptionThrown",
                "Page.javascriptDialogOpening",
                "Log.entryAdded",
            )
            for each in self._told(method)
            if "Failed to load resource" not in str(each["params"])  # says no more than the status of an error
        ]

    def fetched(self) -> list[str]:
        """The addresses that were asked, the page's own first."""
        return [each["params"]["request"]["url"] for each in self._told("Network.requestWillBeSent")]

    def _told(self, method: str) -> list[dict[str, Any]]:
        return [each for each in self.events if each["method"] == method]

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready = select.select([self._back], [], [], max(0.0, until - time.monotonic()))[0]
            assert ready, "the browser says nothing"
            part = os.read(self._back, 1 << 16)
            assert part, f"the browser has ended: {self._process.poll()}"
            self._rest += part
        line, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(line)
        if "method" in said:
            self.events.append(said)
        return said


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """Start a browser; it ends with the block.

    Args:
        folder: where it keeps what it keeps.
    """
    if _PROGRAM is None:
        pytest.skip("Chromium is not here: apt-get install chromium")
    pipes = [os.pipe(), os.pipe()]
    # Chromium reads from 3 and writes to 4: ours must have other numbers
    theirs = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (pipes[0][0], pipes[1][1])]
    os.close(pipes[0][0])
    os.close(pipes[1][1])
    start = [sys.executable, "-c", _START, *map(str, theirs)]
    command = [_PROGRAM, *_OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    with (folder / "said.txt").open("wb") as said:
        process = subprocess.Popen(
            [*start, *command], pass_fds=theirs, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    for end in theirs:
        os.close(end)
    there, back = pipes[0][1], pipes[1][0]
    try:
        yield Browser(process, there, back)
    finally:
        process.kill()
        process.wait()
        os.close(there)
        os.close(back)
