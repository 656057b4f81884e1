"""The control room: who has answered, what a department's score still lacks, which forms raise a question.

For the consultant while the survey runs. It keeps what respondents were promised: in an anonymous survey there are no
single forms here, and no count below the smallest group shown (anonymity.py) - also none from which one could be
counted, such as how many answers are missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from helpers.report.model import Column, Exhibit, Section, Table
from helpers.survey.answers import DEPARTMENTS
from helpers.survey.form import form_texts
from helpers.survey.result import SIDES
from helpers.survey.score import LEAST_ANSWERS

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.errors import Problem
    from helpers.language import Language
    from helpers.survey.answers import Answers
    from helpers.survey.result import DepartmentScore, Score


@dataclass(frozen=True)
class Row:
    """One department; None is what may not be shown or is not known."""

    key: str
    people: int | None
    """Headcount of client.yml."""
    forms: int | None
    complete: int | None
    """Forms with enough answers for a total."""
    needed: int
    """Complete forms from which the department has a score that may be shown."""
    state: str
    """"enough"; "lacking"; "small": fewer people than the smallest group shown; "beside": not one of the two sides."""
    wrong: bool = False
    """client.yml names fewer people than sent a form."""


@dataclass(frozen=True)
class ControlRoom:
    """Where the survey stands; ``measure`` makes it, a notebook shows it by itself."""

    say: Language
    anonymous: bool
    threshold: int
    rows: tuple[Row, ...]
    flags: tuple[tuple[str, int], ...]
    """Sign of a careless form → forms; only what may be shown."""
    flagged: tuple[tuple[str, tuple[str, ...]], ...]
    """(Respondent, signs); empty in an anonymous survey."""
    problems: tuple[Problem, ...]
    """What could not be read; in an anonymous survey only their number is told."""

    @classmethod
    def measure(cls, answers: Answers, client: Client, say: Language) -> ControlRoom:
        """The state of a client's survey by the rules of the score."""
        from helpers.survey.criteria import questionnaire
        from helpers.survey.score import score

        headcount = {str(team): people for team, people in client.headcount.items()}
        found = score(answers, questionnaire(), client.survey.mode, client.survey.threshold, headcount)
        anonymous = found.mode == "anonymous"
        least = found.threshold if anonymous else 0
        keys = [key for key in DEPARTMENTS if key in SIDES or key in headcount or key in found.departments]
        rows = tuple(_row(key, found.departments.get(key), headcount.get(key), least) for key in keys)
        return cls(say, anonymous, found.threshold, rows, _flags(found, least), found.flagged_forms, answers.problems)

    def __repr__(self) -> str:
        return f"ControlRoom({', '.join(f'{row.key}: {row.state}' for row in self.rows)})"

    def section(self) -> Section:
        """Departments, forms that raise a question, files that could not be read."""
        say = self.say
        if self.anonymous:
            promise = say(
                "The survey is anonymous: nothing is counted here below {n} people, and no single form is shown.",
                n=self.threshold,
            )
        else:
            promise = say("The survey is open: people know that their answers are not anonymous.")
        exhibits = [self._departments(), self._careless()]
        if self.problems:
            exhibits.append(self._unread())
        return Section(
            key="control", title=say("Who has answered and what is missing"), lead=(promise,), exhibits=tuple(exhibits)
        )

    def _departments(self) -> Exhibit:
        say = self.say
        sides = [row for row in self.rows if row.key in SIDES]
        lacking = [self._name(row.key) for row in sides if row.state != "enough"]
        if lacking:
            title = say("No score of the company yet: {departments}", departments=say.list(lacking))
        else:
            title = say("Both departments have enough answers for a score")
        forms = () if self.anonymous else (Column(label=say("Sent a form"), kind="count"),)
        columns = (
            Column(label=say("Department")),
            Column(label=say("People"), kind="count"),
            *forms,
            # "fewer than 5" is text.
            Column(label=say("Complete forms"), kind="text" if self.anonymous else "count"),
            Column(label=say("What is still missing")),
        )
        rows = tuple(
            (
                self._name(row.key),
                row.people,
                *(() if self.anonymous else (row.forms,)),
                self._complete(row),
                " ".join(self._missing(row)),
            )
            for row in self.rows
        )
        reading = [
            say(
                "The company's score needs marketing and sales: of each three complete forms and half of the people. "
                "One or two people are enough where they are the whole department."
            ),
            say(
                "A form is complete with answers from 1 to 5 to 16 of the 20 statements, three in each area; \"I don't "
                'know" is no such answer.'
            ),
        ]
        return Exhibit(
            key="control-departments",
            title=title,
            reading=tuple(reading),
            table=Table(columns=columns, rows=rows),
            table_open=True,
        )

    def _name(self, key: str) -> str:
        return form_texts()[self.say.code][key]

    def _complete(self, row: Row) -> str | int | None:
        if self.anonymous:
            return self._below() if row.complete is None else self.say.count(row.complete)
        return row.complete

    def _below(self) -> str:
        return self.say("fewer than {n}", n=self.threshold)

    def _missing(self, row: Row) -> list[str]:
        """Sentences, most urgent first."""
        say = self.say
        said = []
        if row.state == "enough":
            said.append(say("Enough for a score."))
        elif row.state == "small":
            said.append(
                say("The department has fewer people than the smallest group shown ({n}): no figure.", n=self.threshold)
            )
            if row.key in SIDES:
                said.append(say("The other side's figure stays hidden too: the two would give each other away."))
        elif row.state == "beside":
            said.append(say("Stands beside: the company's score does not need it."))
            if row.complete is None:
                said.append(say("It is shown from {n} complete forms on.", n=self.threshold))
        elif row.complete is None:
            said.append(say("At least {n} complete forms are needed.", n=row.needed))
        else:
            more = row.needed - row.complete
            said.append(say.plural("{n} more complete form is needed.", "{n} more complete forms are needed.", more))
        if row.forms is not None and row.complete is not None and row.forms > row.complete:
            left = row.forms - row.complete
            said.append(say.plural("{n} form is not complete.", "{n} forms are not complete.", left))
        if row.wrong:
            said.append(say("More forms came than client.yml names people: correct headcount."))
        elif row.people is None and row.state != "beside":
            said.append(say("How many people there are is not known: write headcount into client.yml."))
        elif row.people is not None and row.forms is not None and row.forms < row.people:
            silent = row.people - row.forms
            said.append(say.plural("{n} person has not answered yet.", "{n} people have not answered yet.", silent))
        return said

    def _careless(self) -> Exhibit:
        say = self.say
        if self.anonymous and not self.flags:
            title = say("Signs of careless answers: in fewer than {n} forms, or in none", n=self.threshold)
        elif self.anonymous or not self.flagged:
            title = say("Signs of careless answers") if self.flags else say("No form shows signs of careless answers")
        else:
            title = say.plural(
                "{n} form shows signs of careless answers",
                "{n} forms show signs of careless answers",
                len(self.flagged),
            )
        if self.anonymous:
            columns = (Column(label=say("Sign")), Column(label=say("Forms"), kind="count"))
            rows: tuple[tuple[str, str | int], ...] = tuple((self._sign(flag), n) for flag, n in self.flags)
        else:
            columns = (Column(label=say("Form")), Column(label=say("Sign")))
            rows = tuple((who, "; ".join(map(self._sign, flags))) for who, flags in self.flagged)
        ask = say("A sign is a question to ask, never a reason to delete: every form is counted.")
        return Exhibit(
            key="control-careless",
            title=title,
            reading=(ask,) if rows else (),
            table=Table(columns=columns, rows=rows) if rows else None,
            table_open=True,
        )

    def _sign(self, flag: str) -> str:
        say = self.say
        return {
            "very_fast": say("twenty statements in under 20 seconds"),
            "fast": say("twenty statements in under 40 seconds"),
            "flat": say("all answers are equal"),
            "long_run": say("ten or more equal answers in a row"),
            "halo": say("a leader gave nothing but 5"),
            "pairs": say("a practice is praised although its foundation is said not to exist"),
        }[flag]

    def _unread(self) -> Exhibit:
        say, many = self.say, len(self.problems)
        title = say.plural("{n} thing in the answers cannot be used", "{n} things in the answers cannot be used", many)
        if self.anonymous:
            told = say("What and where is not shown here: it would be about single people. `audit check` lists it.")
            return Exhibit(key="control-unread", title=title, reading=(told,))
        columns = (Column(label=say("Where")), Column(label=say("What")), Column(label=say("What to do")))
        rows = tuple((problem.where, problem.what, problem.todo) for problem in self.problems)
        table = Table(columns=columns, rows=rows)
        return Exhibit(key="control-unread", title=title, table=table, table_open=True)

    def _ipython_display_(self) -> None:
        from helpers.report.notebook import show_section

        show_section(self.section(), self.say)


def needed(people: int | None, least: int = 0) -> int:
    """Complete forms a department of so many people needs: three and half of them, or all where there are fewer.

    ``least`` is the smallest group shown in an anonymous survey.
    """
    if people is None:
        return max(LEAST_ANSWERS, least)
    return max(min(people, LEAST_ANSWERS), -(-people // 2), least)


def _row(key: str, found: DepartmentScore | None, people: int | None, least: int) -> Row:
    forms, complete = (found.forms, found.counted) if found else (0, 0)
    wrong = people is not None and forms > people
    shown = complete if complete >= least else None
    enough = found is not None and found.state in ("ok", "complete")
    state = "lacking"
    if least and people is not None and people < least and not wrong:
        state = "small"
    elif key not in SIDES:
        state = "beside"
    elif enough and shown is not None:
        state = "enough"
    wanted = needed(None if wrong else people, least)
    if least:
        # How many forms are not complete is a small number about answers.
        return Row(key, people, None, shown, wanted, state, wrong and shown is not None)
    return Row(key, people, forms, shown, wanted, state, wrong)


def _flags(found: Score, least: int) -> tuple[tuple[str, int], ...]:
    return tuple((flag, forms) for flag, forms in found.flags.items() if forms >= least)
