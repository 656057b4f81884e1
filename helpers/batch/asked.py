"""What is asked of every client: the command's options and, before them, what a list of clients says; all checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from helpers.batch.clients import Found
from helpers.batch.job import Job
from helpers.batch.parameters import Declared, check_parameters
from helpers.batch.wishes import parse_formats, parse_languages, parse_period
from helpers.errors import ParameterError, Problem

_OWN = {"client", "out"}
"""Parameters that a run sets by itself."""


def jobs_of(found: Sequence[Found], job: Job, declared: dict[str, Declared]) -> tuple[Job, ...]:
    """A job for each client: ``job`` with its folder and what its line of a list says instead.

    Raises:
        ParameterError: every wrong value of every line; nothing has run.
    """
    problems: list[Problem] = []
    jobs = []
    for one in found:
        asked = replace(job, folder=one.folder)
        values: dict[str, Any] = dict(job.values)
        for name, text in one.given.items():
            try:
                asked, value = _with(asked, name, text, declared)
            except ValueError as error:
                problems.append(Problem(f"{one.where}: {name}: {error}"))
                continue
            if value is not None:
                values[name] = value
        try:
            check_parameters(values, declared)
        except ParameterError as error:
            problems += [Problem(f"{one.where or one.folder}: {problem}") for problem in error.problems]
        jobs.append(replace(asked, values=values))
    if problems:
        raise ParameterError(problems)
    return tuple(jobs)


def _with(job: Job, name: str, text: str, declared: dict[str, Declared]) -> tuple[Job, Any]:
    """The job with an option of the command changed, or the value of another parameter of the notebook."""
    options: dict[str, Callable[[], dict[str, Any]]] = {
        "lang": lambda: {"languages": parse_languages(text)},
        "formats": lambda: {"formats": parse_formats(text)},
        "period": lambda: {"period": text.strip() if parse_period(text) else ""},
    }
    if name in options:
        return replace(job, **options[name]()), None
    if name in _OWN or name not in declared:
        known = sorted({"client", *options, *declared} - {"out"})
        raise ValueError(f"there is no such parameter; known: {', '.join(known)}")
    try:
        return job, TypeAdapter(declared[name].type).validate_strings(text)
    except ValidationError:
        raise ValueError(f"found {text!r}, must be {declared[name].written}") from None
