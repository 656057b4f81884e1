"""Every error a user can meet, in one tree.

::

    AuditError                  one line for the user; exit code in .exit_code
    ├── ProblemsError           many located problems, all reported at once
    │   ├── ClientFileError     client.yml cannot be read or holds wrong values
    │   ├── BrandError          brand.yml or a file that it names cannot be used
    │   ├── ParameterError      a notebook or command parameter is unknown or ill-typed
    │   ├── AnswersError        an answers file cannot be used
    │   └── DataError           the exports stop the audit (wrong column, stage without an outcome, two currencies)
    ├── ReportError             the report cannot be written or read
    └── RunError                a notebook failed while it was running
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

EXIT_SOME_FAILED = 1
EXIT_USAGE = 2
EXIT_DATA = 3


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it is, what was found, what to do about it."""

    what: str
    """One sentence without a full stop: what was found."""
    todo: str = ""
    """What is allowed, or what to do."""
    file: str = ""
    """Name of the file relative to the client's folder; never an absolute path."""
    line: int | None = None
    """Line of a text file, counted from 1."""
    key: str = ""
    """Key (client.yml), column (table) or question (answers)."""
    row: int | None = None
    """Row of a table as a person counts it in the file: the header is row 1 where nothing stands above it."""

    @property
    def where(self) -> str:
        """'client.yml:12 period.from' or 'exports/deals.csv row 3, column "Amount"'."""
        place = f"{self.file}:{self.line}" if self.file and self.line else self.file
        if self.row is not None:
            place = f"{place} row {self.row}".strip()
        if self.key:
            place = f'{place}, column "{self.key}"' if self.row is not None else f"{place} {self.key}".strip()
        return place

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} - {self.todo}" if self.todo else head


class AuditError(Exception):
    """Base of all errors that are reported to the user in one line, without a traceback."""

    exit_code = EXIT_SOME_FAILED


class ProblemsError(AuditError):
    """Collected problems; ``str()`` gives one line per problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ClientFileError(ProblemsError):
    """client.yml is missing, is not YAML, or holds keys or values that are not allowed."""

    exit_code = EXIT_USAGE


class BrandError(ProblemsError):
    """brand.yml, its logo or its template documents cannot be used."""

    exit_code = EXIT_USAGE


class ParameterError(ProblemsError):
    """A parameter of a notebook or of the command is unknown or has the wrong type."""

    exit_code = EXIT_USAGE


class AnswersError(ProblemsError):
    """An answers file cannot be used."""

    exit_code = EXIT_DATA


class DataError(ProblemsError):
    """The exports stop the audit."""

    exit_code = EXIT_DATA


class ReportError(AuditError):
    """The report cannot be written or read."""


class RunError(AuditError):
    """A notebook failed while it was running."""
