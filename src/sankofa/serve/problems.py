"""What a request is told when it cannot be answered: problem+json (RFC 9457) or a page, in the reader's language."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException

from sankofa.errors import QueryError, SankofaError, StorageError
from sankofa.store.sentences import LANGUAGES, Sentence, catalogue

MEDIA_TYPE = "application/problem+json"
_SOURCE = ("sankofa.serve", "problems.toml")


class Problem(HTTPException):
    """A request that cannot be answered, for a reason that is written in several languages.

    Args:
        status: the HTTP status.
        case: a case of ``problems.toml``.
        headers: headers of the answer.
        **values: what stands for the words in braces there.

    Example:
        >>> Problem(413, "too-long", most=100).detail
        'it is too long: keep it under 100 bytes'
    """

    def __init__(self, status: int, case: str, headers: dict[str, str] | None = None, **values: object) -> None:
        """Keep the sentence; it is told when the reader is known."""
        self.sentence = Sentence(_SOURCE, case, values)
        super().__init__(status, ": ".join(self.sentence.told(LANGUAGES[0])), headers)


def problem(error: Exception, *, method: str, path: str, lang: str) -> tuple[int, dict[str, Any]]:
    """Tell an error.

    Args:
        error: what was raised; of one that is no error of ours nothing is told.
        method: the method of the request.
        path: its path.
        lang: the reader's language.

    Returns:
        The HTTP status and the members of the problem: type, title, status, detail, hint; line, column and token of an
        error in a query.

    Example:
        >>> problem(QueryError("'}' cannot stand here", line=2), method="GET", path="/sparql", lang="fr")[1]["line"]
        2
    """
    status, where, what, hint = 500, "", "", ""
    more: dict[str, object] = {}
    if isinstance(error, SankofaError):
        status, where, what, hint = error.http_status, error.where, error.what, error.hint
        if (sentence := error.sentence) is not None:
            # who asks over HTTP may be told something else than who asks from Python or the command line
            own = f"guard-{sentence.case}"
            what, hint = (Sentence(_SOURCE, own) if own in catalogue(*_SOURCE) else sentence).told(lang)
        more = {name: value for name in ("line", "column", "token") if (value := getattr(error, name, None))}
        if isinstance(error, QueryError | StorageError):
            where = ""  # of a query, line and column say it; where files lie is for nobody outside
    else:
        found = error if isinstance(error, Problem) else _standard(error, method, path)
        status = found.status_code
        what, hint = found.sentence.told(lang)
    detail = ": ".join(part for part in (where, what, hint) if part)  # the hint too: many clients show nothing else
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return status, content | ({"hint": hint} if hint else {}) | more


def in_one_line(content: dict[str, Any]) -> str:
    """A problem as people read it on a page.

    Example:
        >>> in_one_line({"detail": "it is too long: keep it short", "line": 3, "column": 1})
        '3:1: it is too long: keep it short'
    """
    place = f"{content['line']}:{content.get('column', 1)}: " if "line" in content else ""
    return f"{place}{content['detail']}"


def as_json(content: dict[str, Any]) -> str:
    """A problem as JSON.

    Example:
        >>> as_json({"status": 404})
        '{"status": 404}'
    """
    return json.dumps(content, ensure_ascii=False)


def allowed_by(error: Exception) -> str:
    """The methods that a 405 allows, "" for another error.

    Example:
        >>> allowed_by(HTTPException(405, headers={"Allow": "POST, GET"}))
        'GET, POST'
    """
    headers = error.headers or {} if isinstance(error, HTTPException) else {}
    return ", ".join(sorted(method.strip() for method in headers.get("Allow", "").split(",") if method.strip()))


def _standard(error: Exception, method: str, path: str) -> Problem:
    """What the framework says itself: no such page, no such method; anything else is our fault."""
    if not isinstance(error, HTTPException):
        return Problem(500, "failed")
    if allowed := allowed_by(error):
        return Problem(error.status_code, "method", method=method, allowed=allowed)
    if error.status_code == 404:
        return Problem(404, "no-page", path=path)
    return Problem(error.status_code, "failed")
