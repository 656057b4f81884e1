"""``audit map``: a file of exports/ is shown, a map proposed, changed by hand and written into client.yml.

The same by clicking is ``helpers.importing``. Questions are plain lines on stdin, so the dialogue can be scripted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from helpers.clientfile import write_outcomes, write_sources
from helpers.errors import DataError, ParameterError, Problem
from helpers.language import language
from helpers.sources.outcomes import UnknownStage
from helpers.sources.plan import Looked, files_in, look_at
from helpers.sources.proposal import Proposal, propose
from helpers.sources.tables import TABLES
from helpers.terminal import printable

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.language import Language

Ask = Callable[[str], str]


def map_files(client: Client, file: Path | None, ask: Ask, console: Console) -> Client:
    """Walk through the named file, else through all files that are not read yet; the client as it is afterwards.

    Raises:
        ParameterError: there is no such file.
        ClientFileError: client.yml cannot be changed.
        DataError: the named file is no table.
    """
    say = language(client.lang)
    with tempfile.TemporaryDirectory(prefix="audit-") as scratch:
        looked = list(look_all(client, Path(scratch), console if file is None else None))
        if file is not None:
            path = _found(client, file)
            todo = [one for one in looked if one.path == path] or [look_at(client, path, Path(scratch))]
        else:
            todo = [one for one in looked if one.candidate is None]
            for one in looked:
                if one.candidate is not None:
                    console.print(Text(printable(f"{one.name}: {propose(one, say).taken_for}")))
            if not todo:
                console.print(Text(say("All files are recognised; name one to map it otherwise.")))
        left = False
        for one in todo:
            proposal = _agreed(propose(one, say), ask, console)
            if proposal is None:
                left = True
                continue
            client = write_sources(client, entries(client, proposal, looked))
            console.print(Text(say("Written into {file}.", file="client.yml")))
    return client if left else _staged(client, ask, console)


def unknown_stages(client: Client) -> list[UnknownStage]:
    """Stages in the client's exports that have no meaning yet; none where something else stops the reading."""
    from helpers.sources import load

    try:
        load(client).close()
    except DataError as error:
        return [problem for problem in error.problems if isinstance(problem, UnknownStage)]
    return []


def stage_meanings(client: Client) -> dict[str, dict[str, str]]:
    """What a stage of the CRM can mean, by the sign typed for it: w, l, or the number of a stage of the funnel."""
    reached = {str(at): {"stage": key, "outcome": "open"} for at, key in enumerate(client.stage_keys, 1)}
    return {"w": {"outcome": "won"}, "l": {"outcome": "lost"}, **reached}


def stage_text(one: UnknownStage, say: Language) -> str:
    """A stage with its pipeline and how often it occurs: 'Замер (Продажи, 4 rows)'."""
    place = ", ".join(part for part in (one.pipeline, say.plural("{n} row", "{n} rows", one.rows)) if part)
    return f"{one.stage} ({place})"


def write_stages(client: Client, given: Iterable[tuple[UnknownStage, str]]) -> Client:
    """Put what was said of stages (signs of :func:`stage_meanings`; others are left) into client.yml.

    Raises:
        ClientFileError: client.yml cannot be changed.
    """
    known = stage_meanings(client)
    said = {(one.under, one.stage): known[sign] for one, sign in given if sign in known}
    return write_outcomes(client, said) if said else client


def _staged(client: Client, ask: Ask, console: Console) -> Client:
    """Ask what each unknown stage of the CRM means, and write the answers."""
    say = language(client.lang)
    unknown = unknown_stages(client)
    if not unknown:
        return client
    console.print()
    console.print(Text(say("Stages of the CRM without a meaning"), style="bold"))
    for number, key in enumerate(client.stage_keys, 1):
        console.print(Text(printable(f"{number:>3}  {key} - {client.stage_label(key, say)}")))
    given: list[tuple[UnknownStage, str]] = []
    for one in unknown:
        console.print(Text(printable(stage_text(one, say))))
        sign = ask(say("w won, l lost, a number the stage reached while open; empty leaves it, q ends"))
        sign = sign.strip().casefold()
        if sign == "q":
            break
        given.append((one, sign))
    changed = write_stages(client, given)
    if changed is not client:
        console.print(Text(say("Written into {file}.", file="client.yml")))
    return changed


def look_all(client: Client, scratch: Path, console: Console | None = None) -> Iterable[Looked]:
    """Every file of exports/ that can be opened as a table; of the others a line is printed."""
    for path in files_in(client):
        try:
            yield look_at(client, path, scratch)
        except DataError as error:
            if console is not None:
                console.print(Text(printable(str(error.problems[0]))))


def entries(client: Client, proposal: Proposal, looked: Iterable[Looked]) -> dict[str, dict[str, Any]]:
    """Sources to write: the mapped file, and beside it all that were recognised by themselves up to now.

    With one source named in client.yml no file is looked for any more, so the others must be named too.
    """
    found = {proposal.file: proposal.entry()}
    if not client.sources:
        for one in looked:
            if one.name != proposal.name and one.candidate is not None and not one.candidate.preset.unused:
                found[one.name] = {"preset": one.candidate.name}
    return found


def _found(client: Client, file: Path) -> Path:
    places = [client.folder / "exports" / file, client.folder / file, file.expanduser()]
    path = next((place.resolve() for place in places if place.is_file()), None)
    if path is None:
        raise ParameterError([Problem(f"{file}: there is no such file", "name a file of exports/")])
    if not path.is_relative_to(client.folder):
        raise ParameterError([Problem(f"{file}: it is not in the client's folder", "put it into exports/")])
    return path


def _agreed(proposal: Proposal, ask: Ask, console: Console) -> Proposal | None:
    """The map that the person wants written; None to leave the file as it is."""
    say = proposal.say
    console.print()
    console.print(Text(printable(f"{proposal.name}: {proposal.taken_for}"), style="bold"))
    if proposal.problem is not None:
        console.print(Text(printable(proposal.problem.what)))
    console.print(_sample(proposal))
    while True:
        console.print(Text(say("Table: {table}", table=", ".join((proposal.table, *proposal.also)))))
        console.print(_map(proposal))
        missing = proposal.missing()
        if missing:
            console.print(Text(say("Still needed: {columns}", columns=", ".join(missing))))
        question = say("A number changes a line, t the table, w writes, q leaves it as it is")
        given = ask(question).strip().casefold()
        if given == "q":
            return None
        if given == "w" and not missing:
            return proposal
        if given == "t":
            proposal = _retabled(proposal, ask, console)
        elif given.isdecimal() and 1 <= int(given) <= len(proposal.matches):
            proposal = _changed(proposal, proposal.matches[int(given) - 1].column.name, ask, console)


def _retabled(proposal: Proposal, ask: Ask, console: Console) -> Proposal:
    say = proposal.say
    for number, (name, table) in enumerate(TABLES.items(), 1):
        console.print(Text(f"{number:>3}  {name} - {say.known(table.meaning)}"))
    given = ask(say("Which table? Its number or name")).strip()
    names = list(TABLES)
    name = names[int(given) - 1] if given.isdecimal() and 1 <= int(given) <= len(names) else given.casefold()
    return proposal.as_table(name) if name in TABLES else proposal


def _changed(proposal: Proposal, clean: str, ask: Ask, console: Console) -> Proposal:
    say = proposal.say
    column = proposal.match(clean).column
    console.print(Text(f"{clean} - {say.known(column.meaning)}"))
    for number, header in enumerate(proposal.headers, 1):
        console.print(Text(printable(f"{number:>3}  {header}")))
    given = ask(say("Which column of the file? Its number or name, =value for one value in all rows, empty for none"))
    given = given.strip()
    if given.isdecimal() and 1 <= int(given) <= len(proposal.headers):
        given = proposal.headers[int(given) - 1]
    try:
        return proposal.changed(clean, given)
    except DataError as error:
        console.print(Text(printable(str(error.problems[0]))))
        return proposal


def _sample(proposal: Proposal) -> Table:
    """Five rows, what may be a person in dots: a column of the file a line, since files are wide."""
    headers, rows = proposal.rows()
    shown = Table(show_header=False)
    for _ in range(len(rows) + 1):
        shown.add_column(overflow="fold")
    for at, header in enumerate(headers):
        shown.add_row(Text(printable(header), style="bold"), *(Text(printable(row[at])) for row in rows))
    return shown


def _map(proposal: Proposal) -> Table:
    say = proposal.say
    shown = Table()
    for title in ("№", say("Clean column"), say("Column of the file"), say("Why")):
        shown.add_column(title)
    for number, match in enumerate(proposal.matches, 1):
        name = f"{match.column.name} *" if match.column.required else match.column.name
        shown.add_row(str(number), name, Text(printable(match.shown)), Text(printable(match.reason)))
    return shown
