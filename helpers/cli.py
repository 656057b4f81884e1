"""The ``audit`` command. Results go to stdout, progress and errors to stderr; heavy imports wait inside the commands.

Exit codes: 0 all well, 1 some clients failed, 2 wrong usage, 3 the data stops the audit.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from helpers.errors import EXIT_SOME_FAILED, EXIT_USAGE, AnswersError, AuditError, ParameterError, Problem
from helpers.language import LANGUAGES, language
from helpers.terminal import printable

if TYPE_CHECKING:
    from helpers.batch.job import Failure
    from helpers.brand import Branding
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language
    from helpers.sources.loading import Data

_DEBUG = "--debug"

app = typer.Typer(
    help="Audit how well a company's marketing and sales work together.",
    epilog="Exit codes: 0 all well, 1 some clients failed, 2 wrong usage, 3 the data stops the audit.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Debug = Annotated[bool, typer.Option(_DEBUG, help="Show Python's traceback of an error.")]
Formats = Annotated[str, typer.Option(metavar="html,pdf|all", help="Files: html, pdf, docx, pptx, xlsx, or all.")]
BrandFile = Annotated[
    Path | None,
    typer.Option("--brand", metavar="FILE", help="A brand.yml to use instead of the one that is found."),
]
Reports = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where reports go.")]


@app.command()
def run(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="Client folders, or folders of them.")],
    lang: Annotated[str, typer.Option(metavar="ru,en|all", help="Languages; default: the client's own.")] = "",
    period: Annotated[str, typer.Option(metavar="A..B", help="Days, as 2026-01-01..2026-06-30.")] = "",
    formats: Formats = "html",
    out: Reports = Path("reports"),
    brand: BrandFile = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=0, help="Clients at a time; 0: one a core.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Also clients of whom nothing has changed.")] = False,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", min=0, help="For one notebook; 0: none.")] = 0,
    memory: Annotated[int, typer.Option(metavar="MB", min=0, help="For one notebook; 0: none.")] = 0,
    isolated: Annotated[bool, typer.Option("--isolated", help="An ordinary kernel for each notebook.")] = False,
    cluster: Annotated[str, typer.Option(metavar="ADDRESS", help="A dask scheduler: tcp://host:8786.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Events as JSON, one a line; the last holds all.")] = False,
    debug: Debug = False,
) -> None:
    """Audit clients and write their reports; a client of whom nothing has changed is left as it is."""
    from helpers.batch.wishes import parse_formats, parse_languages, parse_period

    languages = _parsed("--lang", parse_languages, lang)
    _parsed("--period", parse_period, period)
    wanted = _parsed("--formats", parse_formats, formats)

    from helpers.batch import summary
    from helpers.batch.asked import jobs_of
    from helpers.batch.clients import find_clients
    from helpers.batch.job import Job
    from helpers.batch.limits import Limits
    from helpers.batch.many import run_jobs
    from helpers.batch.parameters import declared_parameters
    from helpers.batch.progress import progress
    from helpers.batch.run import NOTEBOOK, read_notebook

    found, branding = find_clients(paths), _branding(brand)
    limits = Limits(timeout or None, memory or None)
    asked = Job(Path(), out, languages, period, wanted, brand=branding, limits=limits, isolated=isolated, force=force)
    todo = jobs_of(found, asked, declared_parameters(read_notebook(NOTEBOOK)))
    with progress(todo, as_json=as_json) as show:
        results = run_jobs(todo, show, workers=jobs, cluster=cluster)
    summary.write_batch(results, out)
    told: set[str] = set()
    for result in results:
        if result.failure is not None:
            _tell_failure(result.failure, who=result.job.shown if len(results) > 1 else "", debug=debug)
        for note in result.notes:
            # A brand that many clients share is told about once.
            if note not in told:
                typer.echo(f"note: {result.job.shown}: {printable(note)}", err=True)
        told.update(result.notes)
    if as_json:
        typer.echo(summary.as_event(results))
    else:
        typer.echo(summary.as_table(results), nl=False)
        if len(results) > 1:
            typer.echo(summary.count_line(results), err=True)
    raise typer.Exit(summary.exit_code(results))


@app.command()
def render(
    place: Annotated[Path, typer.Argument(metavar="REPORT", help="A report's folder, or that of one language.")],
    formats: Formats = "all",
    brand: BrandFile = None,
    debug: Debug = False,
) -> None:
    """Make more documents of a report that is there, or give it a brand; nothing is counted anew."""
    from helpers.batch.wishes import parse_formats

    wanted = _parsed("--formats", parse_formats, formats)
    branding = _branding(brand)

    from helpers.report.render import render as make

    for path in make(place, wanted, branding.brand if branding else None):
        typer.echo(printable(str(path)))


@app.command()
def portfolio(
    reports: Annotated[Path, typer.Argument(metavar="REPORTS", help="A folder of reports.")] = Path("reports"),
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Default: the folder of reports.")] = None,
    lang: Annotated[str, typer.Option(metavar="ru,en|all", help="Default: that of most clients.")] = "",
    formats: Formats = "html",
    as_of: Annotated[str, typer.Option(metavar="DAY", help="Late is counted from it; default: the newest data.")] = "",
    brand: BrandFile = None,
    debug: Debug = False,
) -> None:
    """All audited clients on one page: scores, changes, criteria, what to do; damaged audits are listed."""
    from helpers.batch.wishes import parse_day, parse_formats, parse_languages

    languages = _parsed("--lang", parse_languages, lang)
    wanted = _parsed("--formats", parse_formats, formats)
    day = _parsed("--as-of", parse_day, as_of)
    branding = _branding(brand)

    from helpers.portfolio.portfolio import Portfolio

    for code in languages or ("",):
        made = replace(Portfolio.measure(reports, code, day), out=out or reports, formats=wanted)
        folder = made.write(branding.brand if branding else None)
        for name in wanted:
            typer.echo(printable(str(folder / f"report.{name}")))
    for one in made.measured.unusable:
        typer.echo(f"note: {printable(one.file)}: {printable(one.said(language('en')))}", err=True)


@app.command()
def meeting(
    path: Annotated[Path, typer.Argument(metavar="CLIENT", help="A client's folder.")],
    week: Annotated[str, typer.Option(metavar="2026-W40", help="ISO week; default: the last whole one.")] = "",
    lang: Annotated[str, typer.Option(metavar="ru,en|all", help="Languages; default: the client's own.")] = "",
    formats: Annotated[str, typer.Option(metavar="html,pdf|all", help="Files: html, pdf, docx, or all.")] = "html",
    out: Reports = Path("reports"),
    decide: Annotated[bool, typer.Option("--decide", help="Ask what was decided and write it down.")] = False,
    debug: Debug = False,
) -> None:
    """Write the one-page agenda of the weekly meeting; after it, take down what was decided."""
    from helpers.batch.wishes import AGENDA_FORMATS, parse_formats, parse_languages, parse_week

    languages = _parsed("--lang", parse_languages, lang)
    _parsed("--week", parse_week, week)
    wanted = _parsed("--formats", lambda text: parse_formats(text, AGENDA_FORMATS), formats)

    from helpers.client import read_client

    client = read_client(path)
    if decide:
        _decide(client, week)
        return

    from helpers.batch.run import MEETING, run_client

    made = run_client(client, out, languages=languages, formats=wanted, more={"week": week}, notebook=MEETING)
    for note in made.notes:
        typer.echo(f"note: {printable(note)}", err=True)
    place = out / client.slug / made.folder.name
    for one in made.languages:
        for name in wanted:
            typer.echo(printable(str(place / one / f"agenda.{name}")))


def _decide(client: Client, week: str) -> None:
    """Ask for the decisions of a meeting and write them into the client's tables."""
    from helpers.chapters.meeting import Meeting
    from helpers.facts import count
    from helpers.meeting.asked import ask
    from helpers.meeting.record import check_writable, record
    from helpers.sources import load

    check_writable(client)
    with load(client) as data:
        facts = count(data)
    agenda = Meeting.measure(facts, client, language(client.lang), week)
    outcome = ask(agenda)
    if outcome is None:
        typer.echo("nothing was written", err=True)
        return
    recorded = record(client, outcome)
    for name in recorded.files:
        typer.echo(printable(name))
    for task in recorded.unmarked:
        typer.echo(f"note: mark this task as done in its own file: {printable(task.decision)}", err=True)


@app.command()
def check(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A client's folder.")],
    lang: Annotated[str, typer.Option(metavar="|".join(LANGUAGES), help="Default: the client's own.")] = "",
    html: Annotated[bool, typer.Option("--html", help="Write it as a page: <out>/<client>/check-<lang>.html.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Also how often each table is read, facts included.")
    ] = False,
    out: Reports = Path("reports"),
    debug: Debug = False,
) -> None:
    """Read a client's data and say what was read, changed, dropped and assumed, and what to repair first."""
    _one_of("--lang", lang, ("", *LANGUAGES))

    from helpers.client import read_client

    client = read_client(path)

    from helpers.brand import find_brand

    branding = find_brand(client.folder)
    for note in branding.notes if branding else ():
        typer.echo(f"note: {printable(note)}", err=True)

    from helpers.facts import count
    from helpers.sources import load
    from helpers.sources.check import check_lines, read_lines
    from helpers.survey.answers import read_answers

    answers, say = read_answers(client.folder / "answers"), language(lang or client.lang)
    with load(client) as data:
        if html:
            from helpers.report.check import write_check

            typer.echo(printable(str(write_check(data, answers, say, out, branding.brand if branding else None))))
            return
        decided = dict(data.engine.reads)
        facts = count(data)
        lines = [*check_lines(data, say, answers), *_tracking(data, facts, say)]
        if explain:
            lines += read_lines(data, decided, say)
        for line in lines:
            typer.echo(printable(line))


def _tracking(data: Data, facts: Facts, say: Language) -> list[str]:
    """How far the leads can be followed; nothing where there are none, or no source is known of any."""
    from helpers.chapters.data_tracking import measure_tracking, tracking_lines

    found = measure_tracking(facts) if "leads" in data.tables else None
    lines = tracking_lines(found, say) if found is not None else []
    return ["", say("Tracking"), *(f"  {line}" for line in lines)] if lines else []


@app.command(name="map")
def map_(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A client's folder.")],
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="One of its exports; default: the unread.")
    ] = None,
    debug: Debug = False,
) -> None:
    """Say which column of an unknown export is which; the answers go into client.yml."""
    from helpers.client import read_client

    client = read_client(path)

    from rich.console import Console

    from helpers.wizard import map_files

    def ask(question: str) -> str:
        return str(typer.prompt(question, default="", show_default=False))

    map_files(client, file, ask, Console(highlight=False))


@app.command()
def answers(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A client's folder.")],
    items: Annotated[list[str], typer.Argument(metavar="FILE|CODE...", help="What respondents sent.")],
    debug: Debug = False,
) -> None:
    """Take in answer files and short codes; a mistyped code is refused."""
    from helpers.client import read_client
    from helpers.survey.intake import take_in

    found = take_in(read_client(path), items)
    for taken in found.taken:
        typer.echo(printable(str(taken)))
    for note in found.notices:
        typer.echo(f"note: {printable(str(note))}", err=True)
    if found.problems:
        raise AnswersError(found.problems)


@app.command()
def new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The folder to make; its name is the client's.")],
    lang: Annotated[str, typer.Option(metavar="|".join(LANGUAGES), help="Language of the files and reports.")] = "en",
) -> None:
    """Make a client's folder with a commented client.yml and the questionnaire."""
    from helpers.new import write_client_folder

    _one_of("--lang", lang, LANGUAGES)
    for made in write_client_folder(path, lang):
        typer.echo(path / made.name)


@app.command()
def form(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A client's folder.")],
    lang: Annotated[str, typer.Option(metavar="ru,en|all", help="Languages; default: the client's own.")] = "",
) -> None:
    """Write the questionnaire again: after stages, mode or threshold of client.yml have changed."""
    from helpers.batch.wishes import parse_languages

    languages = _parsed("--lang", parse_languages, lang)

    from helpers.client import read_client
    from helpers.new import write_forms

    client = read_client(path)
    for made in write_forms(client, languages or (client.lang,)):
        typer.echo(path / made.name)


@app.command()
def doctor(out: Reports = Path("reports")) -> None:
    """Say what this machine can do."""
    from helpers.doctor import examine

    checks = examine(out)
    width = max(len(check.name) for check in checks)
    for one in checks:
        state = "ok" if one.ok else "MISSING" if one.required else "absent"
        typer.echo(f"{one.name:<{width}}  {state:<7}  {printable(one.detail)}")
    if not all(one.ok for one in checks if one.required):
        raise typer.Exit(EXIT_SOME_FAILED)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code. Every error is a line on stderr, with ``--debug`` after its traceback."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    debug = _DEBUG in arguments
    # click or typer's own copy of it, whichever this typer uses.
    usage_error: Any = typer.BadParameter.__mro__[1]
    try:
        return int(app(list(arguments) or ["--help"], prog_name="audit", standalone_mode=False) or 0)
    except usage_error as error:
        typer.echo(f"error: {printable(error.format_message())}", err=True)
        return EXIT_USAGE
    except AuditError as error:
        _tell(error, debug=debug)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("stopped", err=True)
        return 130
    except Exception as error:
        _tell(error, debug=debug)
        return EXIT_SOME_FAILED


def _tell_failure(failure: Failure, *, who: str, debug: bool) -> None:
    if debug:
        typer.echo(failure.trace, err=True, nl=False)
    for line in failure.lines:
        typer.echo(f"error: {who + ': ' if who else ''}{printable(line)}", err=True)


def _tell(error: Exception, *, who: str = "", debug: bool = False) -> None:
    if debug:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    lines = str(error).splitlines() or [type(error).__name__]
    if not isinstance(error, AuditError):
        lines = [f"unexpected {type(error).__name__}: {' '.join(lines)}{'' if debug else f' - see {_DEBUG}'}"]
    for line in lines:
        typer.echo(f"error: {who + ': ' if who else ''}{printable(line)}", err=True)


def _parsed(option: str, parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError as error:
        raise ParameterError([Problem(str(error), key=option)]) from error


def _branding(path: Path | None) -> Branding | None:
    """The brand of ``--brand``; what was changed in it is told."""
    if path is None:
        return None
    from helpers.brand import read_brand

    branding = read_brand(path)
    for note in branding.notes:
        typer.echo(f"note: {printable(note)}", err=True)
    return branding


def _one_of(option: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise ParameterError(
            [Problem(f"found {value!r}", f"must be one of {', '.join(filter(None, allowed))}", key=option)]
        )


if __name__ == "__main__":
    sys.exit(main())
