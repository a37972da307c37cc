"""The command line: one thin function per command over the Python interface.

Data goes to stdout, talk to stderr. Exit codes: 0 done; 1 the data does not conform at the level asked, nothing was
checked, or a capture refused a cell; 2 wrong usage or unreadable input; 3 could not be done.
Everything but click is imported by the command that needs it, so that ``--help`` answers at once.
"""

from __future__ import annotations

import atexit
import gc
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from sankofa.cli.commands import Commands, Judging
from sankofa.cli.partners import push, release, serve
from sankofa.cli.streams import (
    ROWS,
    TRIPLES,
    progressing,
    read_parameters,
    read_query,
    say,
    tell,
    tell_captured,
    tell_checked,
    working,
    write_bytes,
    write_report,
    write_result,
    write_table,
    write_text,
    write_triples,
)
from sankofa.errors import QueryError, ReadOnly, WrongUsage

if TYPE_CHECKING:
    from sankofa.graph import Graph
    from sankofa.table import Table
    from sankofa.validation import Completeness

_Command = TypeVar("_Command", bound=Callable[..., Any])

LANGUAGES = ("en", "fr", "pt", "ar")
LEVELS = ("draft", "publishable", "exemplary")

lang_option = click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language.")
agent_option = click.option("--agent", default="command line", help="Who does it: a role or an organisation.")


def _checked_date(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str:
    """A date as it was given, or "" for none."""
    from datetime import date

    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError:
        raise click.BadParameter(f"'{value}' is no date; write it like 2026-03-01") from None


date_option = click.option(
    "--date", "when", metavar="YYYY-MM-DD", callback=_checked_date, help="The date of the change; else the day."
)


def format_option(
    *names: str,
    default: str | None = "table",
    help: str = "How it is written to stdout.",  # noqa: A002
) -> Callable[[_Command], _Command]:
    """The option that says how the data are written."""
    return click.option(
        "--format", "format_", type=click.Choice(names), default=default, show_default=default is not None, help=help
    )


# At its end a process would look for rings in all its memory before it gives that back: 20 ms of a short command.
atexit.register(gc.freeze)


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
    ctx.obj = kg or None
    # the same bytes everywhere, also where the system's own encoding or line ends are others
    for stream, errors in ((sys.stdout, "strict"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", newline="\n", errors=errors)


def open_graph(ctx: click.Context, *, write: bool = False) -> Graph:
    """Open the graph that --kg names; it is closed with the command."""
    import sankofa
    from sankofa.graph.opening import is_own_folder

    if write and (ctx.obj is None or (not is_own_folder(ctx.obj) and Path(ctx.obj, "network.ttl").is_file())):
        raise ReadOnly(
            "the graph we ship is read-only" if ctx.obj is None else f"{ctx.obj}: a folder of files is read-only",
            hint="make a graph of your own with 'sankofa init DIR --base IRI --title TEXT --from "
            f"{ctx.obj or 'shipped'}', then name it with --kg DIR",
        )
    if write and ctx.obj.startswith(("http://", "https://")):
        raise ReadOnly(
            "an endpoint takes no changes from the command line",
            where=ctx.obj,
            hint="change the graph's own folder, or use sankofa.open(…, update=…) in Python",
        )
    graph = sankofa.open(ctx.obj, read_only=not write)
    ctx.call_on_close(graph.close)
    return graph


@main.command(short_help="Make a new graph for a network.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--base", metavar="IRI", required=True, help="What the addresses of all records begin with; it ends in /."
)
@click.option("--title", metavar="TEXT", required=True, help="The network's name.")
@click.option("--lang", metavar="LANG", default="en", show_default=True, help="The language of the title and of texts.")
@click.option(
    "--licence", metavar="IRI", help="The licence of what is captured: its address, or a name like CC-BY-4.0."
)
@click.option("--from", "source", metavar="GRAPH", help="Copy the records of 'shipped', of a folder or an endpoint.")
@date_option
def init(folder: Path, base: str, title: str, lang: str, licence: str | None, source: str | None, when: str) -> None:
    """Make a new graph for a network, empty or with the records of another (--from)."""
    from sankofa.graph.making import init as init_graph

    with working("making the graph"):
        graph = init_graph(folder, base=base, title=title, lang=lang, licence=licence, source=source, when=when)
    with graph:
        count = len(graph.records())
        say(f"{folder}: a graph with {count} record{'s' * (count != 1)}; name it with --kg {folder}")


@main.command(short_help="Read spreadsheets (CSV) into the graph.")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would go in, and change nothing.")
@agent_option
@date_option
@lang_option
@click.pass_context
def capture(ctx: click.Context, files: tuple[Path, ...], dry_run: bool, agent: str, when: str, lang: str) -> None:
    """Read spreadsheets (CSV) as one change: what is right goes in, refused cells are listed on stdout."""
    graph = open_graph(ctx, write=not dry_run)
    before = graph.store.version
    with working("reading"):
        result = graph.capture(*files, dry_run=dry_run, agent=agent, when=when)
    for refusal in result.refusals:
        write_text(f"{refusal.message(lang)}\n")
    for remark in result.remarks:
        say(remark.message(lang))
    now = graph.store.version
    tell_captured(result, now if now != before else None, lang, dry_run=dry_run)
    if not result.accepted:
        ctx.exit(1)


@main.command(short_help="Add RDF files to the graph.")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@agent_option
@date_option
@click.pass_context
def load(ctx: click.Context, files: tuple[Path, ...], agent: str, when: str) -> None:
    """Add RDF files: Turtle, TriG, N-Triples, N-Quads, RDF/XML, JSON-LD, also gzipped."""
    graph = open_graph(ctx, write=True)
    with working("loading"):
        change = graph.load(*files, agent=agent, when=when)
    if not change:
        say("nothing new: every triple was there already")
    else:
        say(f"change {change.number}: {len(change.added)} triples added")


@main.command(cls=Judging, short_help="Say what is wrong or missing.")
@click.argument("files", metavar="[FILE…]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--shapes",
    metavar="FILE…",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Other shapes: the standard's report. Behind the data, several files in a row.",
)
@format_option("table", "json", "csv", "turtle", "xlsx")
@click.option("--engine", help="The engine that checks; default: the best there is.")
@click.option("--level", type=click.Choice(LEVELS), default="exemplary", show_default=True, help="Findings up to it.")
@click.option("--fix", is_flag=True, help="First make the corrections that are certain, as one change.")
@agent_option
@date_option
@lang_option
@click.pass_context
def validate(
    ctx: click.Context,
    files: tuple[Path, ...],
    shapes: tuple[Path, ...],
    format_: str,
    engine: str | None,
    level: str,
    fix: bool,
    agent: str,
    when: str,
    lang: str,
) -> None:
    """Say what is wrong or missing in the graph, or in RDF files."""
    from sankofa.validation import validate_files

    if fix and (files or shapes):
        raise WrongUsage(
            "only a graph's own records can be corrected, by its own shapes",
            hint="leave FILE and --shapes out; 'sankofa load' brings files into a graph",
        )
    if fix:
        correct(open_graph(ctx, write=True), level, agent, when, lang)
    if files:
        with progressing() as progress:
            report = validate_files(files, shapes or None, engine=engine, progress=progress)
    else:
        with working("checking"):
            report = open_graph(ctx).validate(shapes=shapes or None, engine=engine)
    report = report.at(level)
    write_report(report, format_, lang)
    tell_checked(report, level, lang)
    if report.checked == 0 or report.findings:
        ctx.exit(1)


def correct(graph: Graph, level: str, agent: str, when: str, lang: str) -> None:
    """Make the corrections that are certain, and say which."""
    from sankofa.validation.telling import correction_text

    with graph, working("correcting"):
        change, corrected = graph.fix(level=level, agent=agent, when=when)
    for finding in corrected:
        say(correction_text(finding, lang))
    if change:
        tell("corrected", lang, number=change.number, count=len(corrected))
    else:
        tell("nothing-corrected", lang)


@main.command("help", short_help="Say what the code of a finding means.")
@click.argument("code", required=False)
@lang_option
def help_(code: str | None, lang: str) -> None:
    """Say what the code of a finding means, and what to do; without CODE list all codes."""
    from sankofa.fields import text_in
    from sankofa.validation.help import help_on, helps
    from sankofa.validation.words import isolated

    if code is not None:
        click.echo(help_on(code).to_text(lang), nl=False)
        return
    for each in helps().values():
        click.echo(f"{isolated(each.code, lang)}  {text_in(each.title, lang)}")


@main.command(short_help="Say what is captured and what is missing.")
@click.option(
    "--by",
    type=click.Choice(("city", "kind", "theme", "phase", "language", "record")),
    default="city",
    show_default=True,
    help="What the numbers are grouped by.",
)
@click.option(
    "--since", metavar="CHANGE|YYYY-MM-DD", help="Beside what the numbers were after that change, or before that day."
)
@format_option("table", "csv", "json", *TRIPLES)
@lang_option
@click.pass_context
def status(ctx: click.Context, by: str, since: str | None, format_: str, lang: str) -> None:
    """Say what is captured, what is missing, and what to do first; or, with --since, what has moved."""
    if since is not None and format_ in TRIPLES:
        raise WrongUsage(
            "what has moved is not written as RDF", hint="ask for table, csv or json, or leave --since out"
        )
    graph = open_graph(ctx)
    with working("counting"):
        counted = graph.completeness(by=by) if since is None else graph.trend(since, by=by)
    if format_ in TRIPLES:
        write_triples(cast("Completeness", counted).to_graph(graph.base), format_)
        return
    if format_ == "table":
        write_text(counted.to_text(lang))
    else:
        click.echo(counted.to_csv(lang) if format_ == "csv" else counted.to_json(lang), nl=False)


@main.command(short_help="List the questions that can be asked.")
@format_option(*ROWS)
@lang_option
def questions(format_: str, lang: str) -> None:
    """List the questions that can be asked by name; the table leaves descriptions to the other formats."""
    from sankofa.questions import catalogue
    from sankofa.table import Table

    table = catalogue().to_table(lang)
    if format_ == "table":
        shown = [table.columns.index(name) for name in ("name", "title", "parameters")]
        table = Table(tuple(table.columns[at] for at in shown), [tuple(row[at] for at in shown) for row in table.rows])
    write_table(table, format_)


@main.command(short_help="Answer a question.")
@click.argument("what", metavar="NAME|FILE.rq|-")
@click.option("--param", "parameters", multiple=True, metavar="KEY=VALUE", help="A parameter's value.")
@format_option(*ROWS, *TRIPLES, default=None, help="How it is written to stdout; default: table, for triples turtle.")
@lang_option
@click.pass_context
def query(ctx: click.Context, what: str, parameters: tuple[str, ...], format_: str | None, lang: str) -> None:
    """Answer a question by name, or a SPARQL query from a file or from stdin (-).

    For a question, a VALUE is a text, a number, a date, or the short name of a record. For a query of your own it is a
    text, an IRI (<…>, http://… or prefix:name), or a literal as in Turtle ("3"^^xsd:integer).
    """
    given = read_parameters(parameters)
    graph = open_graph(ctx)
    if what == "-" or what.endswith((".rq", ".sparql")) or (what not in graph.questions and Path(what).is_file()):
        write_result(ask(graph, what, given), format_)
        return
    if any(parameter.name == "lang" for parameter in graph.questions[what].parameters):
        given.setdefault("lang", lang)
    with working("asking"):
        answer = graph.answer(what, **given)
    write_result(answer.table, format_)
    say(answer.reading(lang))


def ask(graph: Graph, what: str, given: dict[str, str]) -> Table | Graph | bool:
    """The result of a query from a file or from stdin; an error says which file it is in."""
    from sankofa.graph.reading import term_written

    text = read_query(what)
    try:
        with working("asking"):
            return graph.query(text, {name: term_written(value) for name, value in given.items()})
    except QueryError as error:
        where = what if what != "-" else ""
        raise type(error)(
            error.what, where=where, hint=error.hint, line=error.line, column=error.column, token=error.token
        ) from None


@main.command(short_help="Work out what follows from the graph.")
@click.pass_context
def reason(ctx: click.Context) -> None:
    """Work out what follows from the graph, and say how much that is."""
    from sankofa.graph.opening import is_own_folder

    graph = open_graph(ctx, write=ctx.obj is not None and is_own_folder(ctx.obj))
    with working("reasoning"):
        table = graph.reason().to_table()
    write_table(table, "table")


@main.command(short_help="Say why something holds.")
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@lang_option
@click.pass_context
def explain(ctx: click.Context, subject: str, predicate: str, object_: str, lang: str) -> None:
    """Say why something holds: because it is stated, or by which steps it follows."""
    graph = open_graph(ctx)
    with working("explaining"):
        explanation = graph.explain((subject, predicate, object_))
    write_text(explanation.to_text(lang))


@main.command(short_help="List the changes, newest first.")
@click.argument("iri", required=False)
@format_option(*ROWS)
@click.pass_context
def history(ctx: click.Context, iri: str | None, format_: str) -> None:
    """List the changes of the whole graph, or of one record, newest first."""
    from pyoxigraph import Literal

    from sankofa.table import Table, Term

    rows: list[tuple[Term | None, ...]] = [
        (Literal(entry.number), Literal(entry.when), Literal(entry.who), Literal(entry.why))
        for entry in reversed(open_graph(ctx).history(iri))
    ]
    write_table(Table(("change", "when", "who", "why"), rows), format_)
    if not rows:
        say(f"no change touches {iri}" if iri else "there is no change yet")


@main.command(short_help="Take a change back.")
@click.argument("number", metavar="CHANGE", type=int)
@agent_option
@date_option
@click.pass_context
def undo(ctx: click.Context, number: int, agent: str, when: str) -> None:
    """Take a change back, as a new change; 'sankofa history' numbers them."""
    graph = open_graph(ctx, write=True)
    change = graph.undo(number, agent=agent, when=when)
    say(f"change {change.number} takes change {number} back: {len(change.removed)} triples out, {len(change.added)} in")


@main.command(short_help="Write the graph as RDF.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="The file to write; else stdout.")
@format_option(
    "nquads", "trig", "turtle", "ntriples", "rdfxml", "jsonld", default=None, help="Default: by FILE, else nquads."
)
@click.option("--all", "everything", is_flag=True, help="Ontology, vocabularies and inferences too.")
@click.pass_context
def dump(ctx: click.Context, output: Path | None, format_: str | None, everything: bool) -> None:
    """Write what was asserted, sorted: the same graph gives the same bytes."""
    graph = open_graph(ctx)
    with working("writing"):
        content = graph.dump(output, format=format_, all=everything)
    if output is None:
        write_bytes(content, text=True)


for command in (release, serve, push):
    main.add_command(command)
