"""The command line: one thin function per command over the Python interface.

Data goes to stdout, talk to stderr. Exit codes: 0 done; 1 the data does not conform at the level asked, nothing was
checked, or a capture refused a cell; 2 wrong usage or unreadable input; 3 could not be done.
Everything but click is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sankofa.errors import SankofaError

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.table import Table

LANGUAGES = ("en", "fr", "pt", "ar")
LEVELS = ("draft", "publishable", "exemplary")

lang_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language.")


def table_formats(*more: str) -> Callable[[Any], Any]:
    """The option that says how rows are written."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(("table", "csv", "json", *more)),
        default="table",
        show_default=True,
        help="How the answer is written to stdout.",
    )


def say(text: str) -> None:
    """Talk goes to stderr, so that stdout holds nothing but data."""
    click.echo(text, err=True)


@contextmanager
def working(text: str) -> Iterator[None]:
    """Show that something long is going on, on a terminal only."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status(text):
        yield


class Commands(click.Group):
    """Commands whose failures end in one clear sentence and the contract's exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Turn every error of ours into its message and exit code; no stack trace reaches a steward."""
        try:
            return super().invoke(ctx)
        except SankofaError as error:
            say(f"sankofa: {error}")
            ctx.exit(error.exit_code)
        except BrokenPipeError:  # the reader (head, less) has seen enough
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - silences the flush at exit
            ctx.exit(0)
        except OSError as error:
            say(
                f"sankofa: {error.filename or 'a file'}: {error.strerror}: check the name, the rights and the free space"
            )
            ctx.exit(3)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--kg",
    metavar="GRAPH",
    envvar="SANKOFA_KG",
    help="A graph's folder or the address of a SPARQL endpoint; without it $SANKOFA_KG, else the graph we ship.",
)
@click.version_option(package_name="sankofa", prog_name="sankofa")
@click.pass_context
def main(ctx: click.Context, kg: str | None) -> None:
    """Capture, check, question and publish a network's knowledge."""
    ctx.obj = kg


def open_graph(ctx: click.Context, *, write: bool = False) -> Graph:
    """Open the graph that --kg names; it is closed with the command."""
    import sankofa
    from sankofa.errors import ReadOnly

    if write and ctx.obj is None:
        raise ReadOnly(
            "the graph we ship is read-only",
            hint="make one of your own with 'sankofa init DIR --base IRI --title TEXT --from shipped', "
            "then name it with --kg DIR",
        )
    graph = sankofa.open(ctx.obj, read_only=not write)
    ctx.call_on_close(graph.close)
    return graph


def write_table(table: Table, format_: str) -> None:
    """Write rows to stdout in the format asked for."""
    if format_ == "xlsx":
        write_bytes(table.to_xlsx())
    else:
        writers = {"table": table.to_text, "csv": table.to_csv, "tsv": table.to_tsv, "json": table.to_json}
        writers |= {"xml": table.to_xml, "md": table.to_markdown}
        click.echo(writers[format_](), nl=False)


def write_bytes(content: bytes) -> None:
    """Write a binary format to stdout, unless somebody would have to read it."""
    if sys.stdout.isatty():
        raise click.UsageError("this format is not for a terminal: send it to a file with '> FILE'")
    sys.stdout.buffer.write(content)
    sys.stdout.flush()


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", required=True, help="The IRI that all records of the network begin with; it ends with /.")
@click.option("--title", required=True, help="The network's name.")
@click.option("--lang", default="en", show_default=True, help="The language of the title.")
@click.option("--licence", help="The licence of what is captured: an IRI or a name from the closed list.")
@click.option("--from", "source", help="Copy the records of another graph: 'shipped', a folder or an endpoint.")
def init(folder: Path, base: str, title: str, lang: str, licence: str | None, source: str | None) -> None:
    """Make a new graph for a network."""
    from sankofa.graph.opening import init as init_graph

    with (
        working("making the graph"),
        init_graph(folder, base=base, title=title, lang=lang, licence=licence, source=source) as graph,
    ):
        say(f"{folder}: a graph with {len(graph.records())} records; name it with --kg {folder}")


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--agent", help="Who loads it: a role or a name.")
@click.pass_context
def load(ctx: click.Context, files: tuple[Path, ...], agent: str | None) -> None:
    """Add RDF files: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, also gzipped."""
    graph = open_graph(ctx, write=True)
    with working("loading"):
        change = graph.load(*files, agent=agent or "command line")
    if not change:
        say("nothing new: every triple was there already")
    else:
        say(f"change {change.number}: {len(change.added)} triples added")


@main.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write; else stdout.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld")),
    help="Default: by the file's name, else nquads.",
)
@click.option("--all", "everything", is_flag=True, help="Ontology, vocabularies and inferences too.")
@click.pass_context
def dump(ctx: click.Context, output: Path | None, format_: str | None, everything: bool) -> None:
    """Write what was asserted, sorted: the same graph gives the same bytes."""
    graph = open_graph(ctx)
    content = graph.dump(output, format=format_, all=everything)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would go in, and change nothing.")
@click.option("--agent", help="Who captures: a role or a name.")
@click.option("--date", "when", help="The date of the capture (YYYY-MM-DD); else the network's default, else today.")
@lang_option
@click.pass_context
def capture(
    ctx: click.Context, files: tuple[Path, ...], dry_run: bool, agent: str | None, when: str | None, lang: str
) -> None:
    """Read spreadsheets (CSV) as one change; refused cells are listed on stdout."""
    graph = open_graph(ctx, write=not dry_run)
    with working("reading"):
        result = graph.capture(*files, dry_run=dry_run, agent=agent or "command line", when=when)
    for refusal in result.refusals:
        click.echo(refusal.message(lang))
    for remark in result.remarks:
        say(remark.message(lang))
    say(
        f"{len(result.records)} records, {result.count('imported')} cells imported, {result.count('ignored')} ignored, "
        f"{result.count('refused')} refused" + (" (nothing was changed: dry run)" if dry_run else "")
    )
    if not result.accepted:
        ctx.exit(1)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--shapes", multiple=True, type=click.Path(path_type=Path), help="Other shapes: the standard's report.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "json", "csv", "turtle", "xlsx")),
    default="table",
    show_default=True,
    help="How the report is written to stdout.",
)
@click.option("--engine", help="The engine that checks; default: the best there is.")
@click.option("--level", type=click.Choice(LEVELS), default="exemplary", show_default=True, help="Findings up to it.")
@lang_option
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[Path, ...],
    shapes: tuple[Path, ...],
    format_: str,
    engine: str | None,
    level: str,
    lang: str,
) -> None:
    """Say what is wrong or missing: in the graph, or in RDF files."""
    import sankofa

    with working("checking"):
        if files or shapes:
            report = sankofa.validate(*files, shapes=shapes or None, engine=engine)
        else:
            report = open_graph(ctx).validate(engine=engine)
    report = report.at(level)
    if format_ == "xlsx":
        write_bytes(report.to_xlsx(lang=lang))
    else:
        writers: dict[str, Callable[[], str]] = {
            "table": lambda: report.to_text(lang),
            "json": lambda: report.to_json(lang),
            "csv": lambda: report.to_csv(lang),
            "turtle": report.to_turtle,
        }
        click.echo(writers[format_](), nl=False)
    if report.checked == 0:
        say("nothing was checked: no rule applies to anything in this data")
    else:
        say(f"{report.checked} things checked by {report.engine}; {len(report.findings)} findings up to level {level}")
    if report.checked == 0 or report.findings:
        ctx.exit(1)


@main.command()
@click.option(
    "--by",
    type=click.Choice(("city", "kind", "theme", "phase", "language", "record")),
    default="city",
    show_default=True,
    help="What the numbers are grouped by.",
)
@table_formats()
@lang_option
@click.pass_context
def status(ctx: click.Context, by: str, format_: str, lang: str) -> None:
    """Say what is captured, what is missing, and what to do first."""
    graph = open_graph(ctx)
    with working("counting"):
        completeness = graph.completeness(by=by)
    writers = {"table": completeness.to_text, "csv": completeness.to_csv, "json": completeness.to_json}
    click.echo(writers[format_](lang), nl=False)


@main.command()
@table_formats("tsv", "md")
@lang_option
@click.pass_context
def questions(ctx: click.Context, format_: str, lang: str) -> None:
    """List the questions that can be asked by name."""
    write_table(open_graph(ctx).questions.to_table(lang), format_)


@main.command()
@click.argument("what", metavar="NAME|FILE.rq|-")
@click.option("--param", "parameters", multiple=True, metavar="KEY=VALUE", help="A parameter's value.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(("table", "csv", "tsv", "json", "xml", "md", "xlsx", "turtle", "ntriples", "jsonld")),
    help="Default: table, for triples turtle.",
)
@lang_option
@click.pass_context
def query(ctx: click.Context, what: str, parameters: tuple[str, ...], format_: str | None, lang: str) -> None:
    """Answer a question by name, or a SPARQL query from a file or stdin."""
    from sankofa.graph import Graph
    from sankofa.table import Table

    given = dict(parameter.partition("=")[::2] for parameter in parameters)
    graph = open_graph(ctx)
    if what == "-" or what.endswith((".rq", ".sparql")):
        text = sys.stdin.read() if what == "-" else read_text(Path(what))
        with working("asking"):
            result = graph.query(text, **given)
        note = ""
    else:
        with working("asking"):
            if any(parameter.name == "lang" for parameter in graph.questions[what].parameters):
                given.setdefault("lang", lang)
            answer = graph.answer(what, **given)
        result, note = answer.table, answer.reading(lang)
    if isinstance(result, Graph):
        triples = format_ or "turtle"
        if triples not in ("turtle", "ntriples", "jsonld"):
            raise click.UsageError("this query gives triples: ask for turtle, ntriples or jsonld")
        sys.stdout.buffer.write(result.dump(format=triples))
        sys.stdout.flush()
    else:
        table = result if isinstance(result, Table) else Table.from_boolean(result)
        if format_ in ("turtle", "ntriples", "jsonld"):
            raise click.UsageError("this query gives rows: ask for table, csv, tsv, json, xml, md or xlsx")
        write_table(table, format_ or "table")
    if note:
        say(note)


def read_text(file: Path) -> str:
    """The text of a query file, or the error that says what to do."""
    from sankofa.errors import UnreadableInput

    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise UnreadableInput(
            "there is no such file",
            where=str(file),
            hint="check the name, or ask a question by name ('sankofa questions' lists them)",
        ) from None
    except UnicodeDecodeError as error:
        raise UnreadableInput(
            "this is not UTF-8 text", where=f"{file}, byte {error.start}", hint="save it as UTF-8"
        ) from None


@main.command()
@click.pass_context
def reason(ctx: click.Context) -> None:
    """Bring the inferences up to date and say what they are."""
    graph = open_graph(ctx)
    with working("reasoning"):
        table = graph.reason().to_table()
    write_table(table, "table")


@main.command()
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@lang_option
@click.pass_context
def explain(ctx: click.Context, subject: str, predicate: str, object_: str, lang: str) -> None:
    """Say why a triple holds: stated, or by which steps."""
    graph = open_graph(ctx)
    with working("explaining"):
        explanation = graph.explain((subject, predicate, object_))
    click.echo(explanation.to_text(lang), nl=False)


@main.command()
@click.argument("iri", required=False)
@table_formats()
@click.pass_context
def history(ctx: click.Context, iri: str | None, format_: str) -> None:
    """List the changes, of the whole graph or of one record, newest first."""
    from pyoxigraph import Literal

    from sankofa.table import Table

    rows = [
        (Literal(entry.number), Literal(entry.when), Literal(entry.who), Literal(entry.why))
        for entry in reversed(open_graph(ctx).history(iri))
    ]
    write_table(Table(("change", "when", "who", "why"), rows), format_)


@main.command()
@click.argument("number", metavar="CHANGE", type=int)
@click.option("--agent", help="Who undoes it: a role or a name.")
@click.pass_context
def undo(ctx: click.Context, number: int, agent: str | None) -> None:
    """Take a change back, as a new change."""
    change = open_graph(ctx, write=True).undo(number, agent=agent or "command line")
    say(f"change {change.number} takes change {number} back: {len(change.removed)} triples out, {len(change.added)} in")


@main.command()
@click.argument("sources", nargs=-1, metavar="[RELEASE|DIR|FILE…]")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port.")
@click.option("--public-url", help="The address that readers use, when another server stands in front.")
@click.pass_context
def serve(ctx: click.Context, sources: tuple[str, ...], host: str, port: int, public_url: str | None) -> None:
    """Serve a graph read-only: /sparql, /questions, a page per record."""
    from sankofa.serve import run

    run(sources or ((ctx.obj,) if ctx.obj else ()), host=host, port=port, public_url=public_url, say=say)
