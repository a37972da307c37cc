"""Fair use: what one client may ask of a server that many share."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sankofa.serve.limits import Limits

_MINUTE = 60.0
_MOST_CLIENTS = 10_000


class RefusedError(Exception):
    """A client has had its share.

    Args:
        case: what it had too much of.
        seconds: when to come again.
    """

    def __init__(self, case: str, seconds: int) -> None:
        """Keep both."""
        super().__init__(case)
        self.case = case
        self.seconds = seconds


@dataclass
class _Use:
    now: int = 0
    worked: deque[tuple[float, float]] = field(default_factory=deque)
    errors: deque[float] = field(default_factory=deque)

    def ended_with(self, status: int) -> None:
        if status >= 400:
            self.errors.append(time.monotonic())


class FairUse:
    """Counts what each client uses. The requests that are counted are those that a worker must answer.

    Args:
        limits: what one client may ask for.
        loopback: whether clients on this machine count too.
        proxy: whether a proxy stands in front that says who the client is (``X-Forwarded-For``).
    """

    def __init__(self, limits: Limits | None = None, *, loopback: bool = False, proxy: bool = False) -> None:
        """Know no client yet."""
        self._limits = limits or Limits()
        self._loopback = loopback
        self._proxy = proxy
        self._uses: OrderedDict[str, _Use] = OrderedDict()

    @contextmanager
    def turn(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Callable[[int], None]]:
        """Work on a request of a client.

        Args:
            scope: the request as ASGI has it.
            headers: its headers.

        Yields:
            What counts how it ended, by the status of its answer.

        Raises:
            RefusedError: the client has had its share.
        """
        client = self.client(scope, headers)
        if not client:
            yield lambda status: None
            return
        use, now = self._of(client), time.monotonic()
        _forget(use, now)
        if use.now >= self._limits.parallel:
            raise RefusedError("too-many-at-once", 1)
        if sum(took for _, took in use.worked) >= self._limits.client_seconds:
            raise RefusedError("too-much-time", _until(use.worked[0][0], now))
        if len(use.errors) >= self._limits.client_errors:
            raise RefusedError("too-many-errors", _until(use.errors[0], now))
        use.now += 1
        try:
            yield use.ended_with
        finally:
            use.now -= 1
            ended = time.monotonic()
            use.worked.append((ended, ended - now))

    def client(self, scope: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        """Who asks: an address, of IPv6 its network; "" for who is not counted.

        Example:
            >>> FairUse().client({"client": ("192.0.2.7", 5)}, {})
            '192.0.2.7'
            >>> FairUse().client({"client": ("127.0.0.1", 5)}, {})
            ''
            >>> FairUse(proxy=True).client({"client": ("127.0.0.1", 5)}, {"x-forwarded-for": "10.1.1.1, 2001:db8::7"})
            '2001:db8::/64'
        """
        text = (scope.get("client") or ("",))[0]
        if self._proxy and (forwarded := headers.get("x-forwarded-for", "")):
            text = forwarded.rpartition(",")[2].strip()  # the last one is what the proxy itself saw
        return _client(text, self._loopback)

    def _of(self, client: str) -> _Use:
        use = self._uses.setdefault(client, _Use())
        self._uses.move_to_end(client)
        while len(self._uses) > _MOST_CLIENTS:
            self._uses.popitem(last=False)
        return use


@lru_cache(maxsize=1_000)
def _client(text: str, loopback: bool) -> str:
    """What an address counts as; "" where it does not count."""
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    if address.is_loopback and not loopback:
        return ""
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _forget(use: _Use, now: float) -> None:
    while use.worked and use.worked[0][0] <= now - _MINUTE:
        use.worked.popleft()
    while use.errors and use.errors[0] <= now - _MINUTE:
        use.errors.popleft()


def _until(first: float, now: float) -> int:
    return max(1, round(first + _MINUTE - now + 0.5))
