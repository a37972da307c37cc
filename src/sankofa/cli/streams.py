"""What the commands read and write: data to stdout, talk to stderr, queries and parameters in."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sankofa.errors import UnreadableInput, WrongUsage
from sankofa.signs import steady

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from sankofa.capture.accounting import Capture
    from sankofa.graph import Graph
    from sankofa.graph.releasing import Released
    from sankofa.publish.push import Pushed
    from sankofa.table import Table
    from sankofa.validation import Report

#: The formats for rows, and those for triples.
ROWS = ("table", "csv", "tsv", "json", "xml", "md", "xlsx")
TRIPLES = ("turtle", "ntriples", "jsonld")
#: So many findings are shown on a terminal: nobody scrolls through more.
_SHOWN = 1000


def say(text: str) -> None:
    """Talk goes to stderr, so that stdout holds nothing but data."""
    click.echo(steady(text), err=True)


def write_text(text: str) -> None:
    """Write a text for people to stdout; nothing in it moves a terminal."""
    click.echo(steady(text), nl=False)


def tell(case: str, lang: str, **values: str | int) -> None:
    """Talk in the reader's language: a line of ``talk.toml``."""
    from sankofa.store.sentences import Sentence

    say(Sentence(("sankofa.cli", "talk.toml"), case, values).told(lang)[0])


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show that something long is going on, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


@contextmanager
def progressing() -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell how far something long is; it shows a bar, on a terminal only."""
    if not sys.stderr.isatty():
        yield lambda what, done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda what, done, of: bar.update(task, description=what, completed=done, total=of)


def write_table(table: Table, format_: str) -> None:
    """Write rows to stdout in the format asked for."""
    if format_ == "xlsx":
        write_bytes(table.to_xlsx())
    elif format_ == "table":
        width = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else None
        write_text(table.readable().to_text(width=width))
    elif format_ == "md":
        write_text(table.readable().to_markdown())
    else:
        writers = {"csv": table.to_csv, "tsv": table.to_tsv, "json": table.to_json, "xml": table.to_xml}
        click.echo(writers[format_](), nl=False)


def write_report(report: Report, format_: str, lang: str) -> None:
    """Write a report of validation to stdout in the format asked for."""
    if format_ == "xlsx":
        write_bytes(report.to_xlsx(lang=lang))
        return
    most = _SHOWN if format_ == "table" and sys.stdout.isatty() else None
    writers: dict[str, Callable[[], str]] = {
        "table": lambda: report.to_text(lang, most=most),
        "json": lambda: report.to_json(lang),
        "csv": lambda: report.to_csv(lang),
        "turtle": report.to_turtle,
    }
    text = writers[format_]()
    if format_ == "table":
        write_text(text)
    else:
        click.echo(text, nl=False)
    if most is not None and len(report.findings) > most:
        tell("first-shown", lang, most=most)


def tell_checked(report: Report, level: str, lang: str) -> None:
    """Tell what a report rests on, and what it does not."""
    from sankofa.validation.words import isolated, word

    if report.elsewhere:
        named = ", ".join(isolated(f"<{iri}>", lang) for iri in report.elsewhere[:3])
        if len(report.elsewhere) > 3:
            named += " " + word("more", lang).format(count=len(report.elsewhere) - 3)
        tell("elsewhere", lang, named=named)
    if report.beyond:
        used = ", ".join(isolated(f"sh:{name} ({count})", lang) for name, count in report.beyond.items())
        tell("beyond", lang, used=used)
    for found, near in report.nearest.items():
        tell("nearest", lang, found=isolated(f"<{found}>", lang), near=isolated(f"<{near}>", lang))
    counts = {"checked": report.checked, "findings": len(report.findings)}
    told = {"engine": isolated(report.engine, lang), "level": word(level, lang)}
    if report.checked == 0:
        tell("nothing-checked", lang)
    elif seen := report.coverage:
        tell("checked-of", lang, **counts, **told, records=seen.records, triples=seen.triples, rules=seen.rules)
    else:
        tell("checked", lang, **counts, **told)


def tell_captured(captured: Capture, change: int | None, lang: str, *, dry_run: bool) -> None:
    """Tell what a capture came to, as this change or as none."""
    case = "captured-dry" if dry_run else "captured-nothing-new" if change is None else "captured"
    cells = {name: captured.count(name) for name in ("imported", "ignored", "refused")}
    tell(case, lang, number=change or 0, records=len(captured.records), **cells)


def tell_release(done: Released, loaded: float) -> None:
    """Tell what building a release came to and how long it took; where it is goes to stdout."""
    say(done.verdict.summary())
    for name in done.formats_left_out:
        say(f"no dump in {name}: this format cannot hold a control character that is in the graph")
    if not done.is_new:
        say("nothing to do: the current release holds exactly this")
    say(", ".join(f"{step} {seconds:.1f} s" for step, seconds in {"load": loaded, **done.seconds}.items()))
    click.echo(done.folder)


def tell_push(done: Pushed) -> None:
    """Tell what pushing a release came to; its graphs, as the server has them now, go to stdout."""
    for each in done.graphs:
        click.echo(f"{each.sha256}  {each.triples}  {each.graph}")
    if not done.way:
        say(f"nothing to do: the server holds {done.name}, whole")
        return
    sent, removed = (sum(counts) for counts in zip(*((each.sent, each.removed) for each in done.graphs), strict=True))
    gone = f", {removed} taken out" if removed else ""
    say(f"{done.name} is there, whole and read back: {sent} triples sent by {done.way} to {done.address}{gone}")


def write_bytes(content: bytes, *, text: bool = False) -> None:
    """Write bytes to stdout; what nobody can read is kept from a terminal."""
    if not text and sys.stdout.isatty():
        raise click.UsageError("this format is not for a terminal: send it to a file with '> FILE'")
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def write_triples(triples: Iterable[Triple], format_: str) -> None:
    """Write triples to stdout, with the prefixes of our files."""
    from sankofa.store.formats import write
    from sankofa.store.guard import prefixes

    write_bytes(write(triples, format_, prefixes=prefixes()), text=True)


def read_query(what: str) -> str:
    """The text of a query, or the error that says what to do."""
    try:
        content = sys.stdin.buffer.read() if what == "-" else Path(what).read_bytes()
    except FileNotFoundError:
        raise UnreadableInput(
            "there is no such file",
            where=what,
            hint="check the name, or ask a question by name ('sankofa questions' lists them)",
        ) from None
    except OSError as error:
        raise UnreadableInput(f"it cannot be read ({error.strerror})", where=what) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = f"{'stdin' if what == '-' else what}, byte {error.start}"
        raise UnreadableInput("this is not UTF-8 text", where=where, hint="save it as UTF-8") from None


def write_result(result: Table | Graph | bool, format_: str | None) -> None:
    """Write rows, triples or true/false to stdout, in a format that can hold them."""
    from sankofa.table import Table

    if isinstance(result, bool):
        write_boolean(result, format_ or "table")
    elif isinstance(result, Table):
        if format_ in TRIPLES:
            raise WrongUsage("this query gives rows, not triples", hint=f"ask for {', '.join(ROWS)}")
        write_table(result, format_ or "table")
    elif format_ in ROWS:
        raise WrongUsage("this query gives triples, not rows", hint=f"ask for {', '.join(TRIPLES)}")
    else:
        write_bytes(result.dump(format=format_ or "turtle"), text=True)


def write_boolean(value: bool, format_: str) -> None:
    """Write the answer of an ASK: as the standard has it in JSON and XML, as the bare word elsewhere."""
    word = "true" if value else "false"
    if format_ in TRIPLES:
        raise WrongUsage("this query gives true or false, not triples", hint=f"ask for {', '.join(ROWS)}")
    if format_ == "json":
        click.echo(f'{{"head":{{}},"boolean":{word}}}', nl=False)
    elif format_ == "xml":
        click.echo(
            '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
            f"<head/><boolean>{word}</boolean></sparql>",
            nl=False,
        )
    elif format_ == "xlsx":
        from pyoxigraph import Literal

        from sankofa.table import Table

        write_bytes(Table(("answer",), [(Literal(value),)]).to_xlsx())
    else:
        click.echo(word)


def read_parameters(parameters: tuple[str, ...]) -> dict[str, str]:
    """The values of --param by name."""
    given: dict[str, str] = {}
    for parameter in parameters:
        name, sign, value = parameter.partition("=")
        if not sign or not name.strip():
            raise click.BadParameter(f"'{parameter}' has no '='; write it like city=bamako", param_hint="'--param'")
        if name in given:
            raise click.BadParameter(f"'{name}' is given twice", param_hint="'--param'")
        given[name.strip().removeprefix("?")] = value
    return given
