"""Requests to other people's servers: whole answers, nothing followed elsewhere, no credential in an error.

A POST that a server redirects is not sent again as something else, as browsers do: the error names the new address.
Credentials are sent in the way the server asks for; a password goes out as it is only where the server says so.
"""

from __future__ import annotations

import hashlib
import os
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, HTTPSConnection
from typing import IO, Any, Self
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    HTTPSHandler,
    Request,
    build_opener,
    parse_http_list,
    parse_keqv_list,
)

from sankofa.errors import EndpointError, WrongUsage

#: The variables of the environment that credentials are read from.
LOGIN, TOKEN = "SANKOFA_ENDPOINT_LOGIN", "SANKOFA_ENDPOINT_TOKEN"
#: The algorithms of Digest that we know, by their names in a challenge.
_DIGESTS = {"MD5": "md5", "SHA": "sha1", "SHA-256": "sha256"}
_MOST_SAID = 2_000  # bytes of what a server says when it refuses

#: What is sent: the parts of a body, which can be gone through again.
Body = Sequence[bytes]


class RefusedError(EndpointError):
    """A server answered, and not as was hoped.

    Args:
        what: what it said.
        status: the number of its answer.
    """

    def __init__(self, what: str, *, where: str, hint: str, status: int) -> None:
        """Keep the number."""
        self.status = status
        super().__init__(what, where=where, hint=hint)


class UnreachableError(EndpointError):
    """Nobody answers at an address, or not in time."""


@dataclass(frozen=True)
class Credentials:
    """Who we are to a server: a name with its password, or a token.

    Example:
        >>> Credentials(user="awa", password="secret")
        Credentials(user='awa')
    """

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)

    def __repr__(self) -> str:
        """Never the password, nor the token."""
        return f"Credentials(user={self.user!r})" if self.user else "Credentials()"

    @classmethod
    def from_environment(cls) -> Self | None:
        """The credentials in ``$SANKOFA_ENDPOINT_LOGIN`` (``name:password``) or ``$SANKOFA_ENDPOINT_TOKEN``.

        Raises:
            WrongUsage: the login has no colon, or there is a character that no header can have.
        """
        login, token = os.environ.get(LOGIN, ""), os.environ.get(TOKEN, "")
        if login and ":" not in login:
            raise WrongUsage("this is no login", where=f"${LOGIN}", hint="write it as name:password")
        for name, value in ((LOGIN, login), (TOKEN, token)):
            if not value.isprintable():
                raise WrongUsage("there is a line end or another control character in it", where=f"${name}")
        if not (login or token):
            return None
        user, _, password = login.partition(":")
        return cls(user, password, token)


class Wire:
    """Sends requests, one after the other.

    Args:
        timeout: seconds to wait for a server to go on.
        credentials: who we are, to servers that ask.

    Example:
        >>> Wire(timeout=5).timeout
        5
    """

    def __init__(self, *, timeout: int = 60, credentials: Credentials | None = None) -> None:
        """Remember both; nothing is sent yet."""
        self.timeout = timeout
        self._credentials = credentials
        self._opener = build_opener(_Redirects, _Http, _Https)
        self._digest = _Digest(_One(credentials))
        self._asked_for: dict[str, tuple[str, dict[str, str]]] = {}

    def ask(self, address: str, text: str, accept: str, parameters: Mapping[str, Sequence[str]]) -> tuple[bytes, str]:
        """Send a query.

        Args:
            address: where it is answered.
            text: the query.
            accept: the media types that are understood.
            parameters: more of the protocol, such as the graphs of the dataset.

        Returns:
            The answer, and its media type.

        Raises:
            EndpointError: the server is down, refuses, or breaks off.
        """
        pairs = [("query", text), *((name, value) for name, values in parameters.items() for value in values)]
        form = urlencode(pairs).encode()
        return self.send("POST", address, (form,), "application/x-www-form-urlencoded", accept=accept)

    def send(
        self, method: str, address: str, body: Body = (), media_type: str = "", *, accept: str = "*/*"
    ) -> tuple[bytes, str]:
        """Send a request.

        Args:
            method: GET, POST, PUT or DELETE.
            address: where to.
            body: its parts; they are sent as one body, of a known length.
            media_type: what the body is.
            accept: the media types that are understood.

        Returns:
            The answer, and its media type.

        Raises:
            WrongUsage: the address is none, or has a password in it.
            EndpointError: the server is down, refuses, or breaks off.
        """
        checked_address(address)
        try:
            return self._tried(method, address, body, media_type, accept)
        except HTTPError as error:
            with error:
                raise _refused(error, address) from None
        except TimeoutError:
            raise UnreachableError(
                f"no answer within {self.timeout} seconds", where=address, hint="ask for less, or give it more time"
            ) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            if isinstance(reason, TimeoutError):
                reason = f"no answer within {self.timeout} seconds"
            raise UnreachableError(
                f"it cannot be reached ({reason})", where=address, hint="is the server running, and the address right?"
            ) from None

    def _tried(self, method: str, address: str, body: Body, media_type: str, accept: str) -> tuple[bytes, str]:
        for again in (True, True, False):  # without credentials, with them, and with a digest that is fresh
            headers = {"Accept": accept, "User-Agent": "sankofa"}
            if body:
                headers |= {"Content-Type": media_type, "Content-Length": str(sum(map(len, body)))}
            request = Request(address, data=list(body) or None, headers=headers, method=method)  # noqa: S310 - checked
            if said := self._authorization(request):
                request.add_unredirected_header("Authorization", said)
            try:
                with self._opener.open(request, timeout=self.timeout) as response:
                    if most := response.headers.get("X-SPARQL-MaxRows"):  # so says Virtuoso, and nothing in the answer
                        raise EndpointError(
                            f"its answer is cut after {most} rows",
                            where=address,
                            hint="ask for less, or have this server's limit raised",
                        )
                    return bytes(response.read()), response.headers.get_content_type()
            except HTTPError as error:
                if not (again and error.code == 401 and self._learnt(address, error)):
                    raise
                error.close()
        raise AssertionError

    def _learnt(self, address: str, error: HTTPError) -> bool:
        """Remember how a server wants credentials; False where we have none, or it has refused them already."""
        if self._credentials is None or not self._credentials.user:
            return False
        offered: dict[str, dict[str, str]] = {}
        for challenge in error.headers.get_all("WWW-Authenticate") or []:
            scheme, _, rest = challenge.strip().partition(" ")
            offered[scheme.lower()] = parse_keqv_list(parse_http_list(rest)) if scheme.lower() == "digest" else {}
        if offered.get("digest", {}).get("algorithm", "MD5") not in _DIGESTS:
            offered.pop("digest", None)
        for scheme in ("digest", "basic"):
            if scheme in offered:
                before = self._asked_for.get(address)
                self._asked_for[address] = (scheme, offered[scheme])
                stale = offered[scheme].get("stale", "").lower() == "true"
                return before is None or before[0] != scheme or stale
        return False

    def _authorization(self, request: Request) -> str | None:
        known = self._credentials
        if known is None:
            return None
        if known.token:
            return f"Bearer {known.token}"
        scheme, challenge = self._asked_for.get(request.full_url, ("", {}))
        if scheme == "basic":
            return "Basic " + b64encode(f"{known.user}:{known.password}".encode()).decode("ascii")
        if scheme == "digest":
            said = self._digest.get_authorization(request, challenge)
            return f"Digest {said}" if said else None
        return None


def checked_address(address: str) -> str:
    """An address that requests can be sent to.

    Raises:
        WrongUsage: it is no http(s) address, or has a password in it.

    Example:
        >>> checked_address("https://example.org/sparql")
        'https://example.org/sparql'
    """
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(sign <= " " or sign == "\x7f" for sign in address):
        raise WrongUsage(
            "this is no address of a server", where=repr(address), hint="it begins with http:// or https://"
        )
    if parts.username is not None or parts.password is not None:
        where = f"{parts.scheme}://…@{parts.hostname}"
        raise WrongUsage("there is a login in this address", where=where, hint=f"leave it out, and set ${LOGIN}")
    return address


class _Patient(HTTPConnection):
    """Reads the answer of a server that refuses before it has read the whole request, and so stops listening."""

    def send(self, data: Any) -> None:
        """Send, as far as somebody listens; whether there is an answer shows when it is read."""
        with suppress(BrokenPipeError, ConnectionResetError):
            super().send(data)


class _PatientAndSecret(_Patient, HTTPSConnection):
    """The same by TLS."""


class _Http(HTTPHandler):
    """Opens http: addresses."""

    def http_open(self, req: Request) -> HTTPResponse:
        """Send a request."""
        return self.do_open(_Patient, req)


class _Https(HTTPSHandler):
    """Opens https: addresses."""

    def https_open(self, req: Request) -> HTTPResponse:
        """Send a request."""
        return self.do_open(_PatientAndSecret, req)


class _Redirects(HTTPRedirectHandler):
    """Follows no redirection of what is not simply read, and to no other server with what is."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """None, and so an error that names the new address."""
        if req.get_method() == "GET" and urlsplit(newurl)[:2] == urlsplit(req.full_url)[:2]:
            return super().redirect_request(req, fp, code, msg, headers, newurl)
        return None


class _Digest(HTTPDigestAuthHandler):
    """Digests of any login: the library's own takes ASCII alone."""

    def get_algorithm_impls(self, algorithm: str) -> tuple[Callable[[str], str], Callable[[str, str], str]]:
        """The two functions of RFC 7616, over UTF-8."""

        def digest(text: str) -> str:
            return hashlib.new(_DIGESTS[algorithm], text.encode(), usedforsecurity=False).hexdigest()

        return digest, lambda secret, data: digest(f"{secret}:{data}")


class _One(HTTPPasswordMgrWithDefaultRealm):
    """One login, for whatever server asks."""

    def __init__(self, credentials: Credentials | None) -> None:
        super().__init__()
        self._login = (credentials.user, credentials.password) if credentials else (None, None)

    def find_user_password(self, realm: str | None, authuri: str) -> tuple[str | None, str | None]:
        """The login."""
        return self._login


def _refused(error: HTTPError, address: str) -> RefusedError:
    """What a server said when it refused."""
    if 300 <= error.code < 400:
        told, hint = "", f"it has moved: name {error.headers.get('Location', 'its new address')} instead"
    elif error.code in (401, 403):
        told, hint = _said(error), f"set ${LOGIN} (name:password) or ${TOKEN} to credentials that may do this"
    elif error.code in (429, 503):
        told, hint = _said(error), "try again later, or ask its owner"
    else:
        told, hint = _said(error), "check the address, the query and the server"
    text = f"HTTP {error.code}: {told}" if told else f"HTTP {error.code} {error.reason}".rstrip()
    return RefusedError(f"it refuses ({text})", where=address, hint=hint, status=error.code)


def _said(error: HTTPError) -> str:
    try:
        text: Any = error.read(_MOST_SAID).decode(errors="replace")
    except (OSError, HTTPException):
        return ""
    if error.headers.get_content_type() == "text/html":
        text = re.sub(r"<[^>]*>", " ", text)
    return " ".join(text.split())[:200]
