"""What all tests share."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator

import pytest

import servers
from serving import Server, running


class ReachedOutError(Exception):
    """A test reaches what is not on this machine."""


def _stay_here(event: str, given: tuple[object, ...]) -> None:
    """Refuse what leads away from this machine, whoever in this process does it (an audit hook: PEP 578)."""
    if event in ("socket.connect", "socket.sendto"):
        address = given[1]
        host = str(address[0]) if isinstance(address, tuple) and address else ""
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = given[0].decode() if isinstance(given[0], bytes) else str(given[0] or "")
    else:
        return
    if host not in ("", "localhost", "0.0.0.0", "::") and not host.startswith(("127.", "::1", "::ffff:127.")):
        raise ReachedOutError(f"{event}: {host}")


def pytest_configure(config: pytest.Config) -> None:
    """Releases that a server builds by itself go into a cache of the tests' own, which all their processes share.

    So does what Python compiles: hundreds of commands and servers are started, and nothing is left in the checkout.
    """
    sys.addaudithook(_stay_here)
    if not hasattr(config, "workerinput"):
        os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="sankofa-tests-")
        os.environ["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp(prefix="sankofa-compiled-")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the servers that were started, and remove these caches."""
    if not hasattr(config, "workerinput"):
        servers.end_all()
        for name in ("XDG_CACHE_HOME", "PYTHONPYCACHEPREFIX"):
            shutil.rmtree(os.environ[name], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where other people's servers are known to differ, a test must fail."""
    servers.mark_what_differs(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    """A skipped test is a failure where everything must run (SANKOFA_REQUIRE_ALL=1)."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("SANKOFA_REQUIRE_ALL") == "1":
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr[2]}"
    return report


@pytest.fixture
def rdflib_is_quiet() -> Iterator[None]:
    """Keep rdflib from telling of every literal that is ill-typed."""
    logger = logging.getLogger("rdflib.term")
    before, logger.disabled = logger.disabled, True
    yield
    logger.disabled = before


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of the graph we ship."""
    with running(tmp_path_factory.mktemp("shipped"), "serve", "--port", "0") as found:
        yield found
