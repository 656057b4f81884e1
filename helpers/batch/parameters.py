"""Parameters of a notebook, checked before anything runs.

A notebook declares them in its cell tagged ``parameters``, one typed assignment a line. papermill itself turns ``007``
into 7, only logs an unknown name and runs on with a wrong type; here each of them is one line and nothing runs.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, field_validator

from helpers.batch.wishes import AGENDA_FORMATS, FORMATS, parse_day, parse_formats, parse_period, parse_week
from helpers.errors import ParameterError, Problem
from helpers.validation import Strict, nearest, problems_of

_PLACE = "parameter"
_TYPES: dict[str, Any] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "None": None,
    "Any": Any,
}


@dataclass(frozen=True)
class Declared:
    """One parameter of a notebook: its type as Python and as written, and the source of its default."""

    type: Any
    written: str
    default: str


def declared_parameters(notebook: Any) -> dict[str, Declared]:
    """Parameters that the notebook's cell tagged ``parameters`` declares, in order.

    A parameter without a type has the type of its default.

    Raises:
        ParameterError: there is no such cell, or a type is none of str, int, float, bool, list, dict, tuple, None.
    """
    cell = next((cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])), None)
    if cell is None:
        raise ParameterError([Problem("the notebook has no cell tagged 'parameters'", "tag the cell that holds them")])
    found: dict[str, Declared] = {}
    for node in ast.parse(cell.source).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            kind = _type(node.annotation, node.target.id)
            found[node.target.id] = Declared(kind, ast.unparse(node.annotation), ast.unparse(node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                kind = type(ast.literal_eval(node.value))
            except ValueError:
                kind = Any
            written = getattr(kind, "__name__", "Any")
            found[node.targets[0].id] = Declared(kind, written, ast.unparse(node.value))
    return found


def check_parameters(values: Mapping[str, Any], declared: Mapping[str, Declared]) -> None:
    """Every value has a declared name and exactly its type (``7`` is no text, ``"7"`` no number).

    Raises:
        ParameterError: all that is wrong, one problem each.
    """
    problems = []
    for name, value in values.items():
        if name not in declared:
            problems.append(_unknown(name, declared))
            continue
        try:
            TypeAdapter(declared[name].type, config=ConfigDict(strict=True)).validate_python(value)
        except ValidationError:
            problems.append(Problem(f"found {value!r}", f"must be {declared[name].written}", _PLACE, key=name))
    if problems:
        raise ParameterError(problems)


class _RunParameters(Strict):
    """What every notebook that writes a document is told."""

    writes: ClassVar[tuple[str, ...]] = FORMATS

    out: str = "reports"
    lang: Literal["", "en", "ru", "uk"] = ""
    formats: str = "html"

    @field_validator("formats")
    @classmethod
    def _are_formats(cls, value: str) -> str:
        parse_formats(value, cls.writes)
        return value


class AuditParameters(_RunParameters):
    """The parameters of notebooks/audit.ipynb."""

    client: str
    period: str = ""

    @field_validator("period")
    @classmethod
    def _is_period(cls, value: str) -> str:
        parse_period(value)
        return value


class PortfolioParameters(_RunParameters):
    """The parameters of notebooks/portfolio.ipynb."""

    reports: str
    as_of: str = ""

    @field_validator("as_of")
    @classmethod
    def _is_day(cls, value: str) -> str:
        parse_day(value)
        return value


class MeetingParameters(_RunParameters):
    """The parameters of notebooks/meeting.ipynb."""

    writes = AGENDA_FORMATS

    client: str
    week: str = ""

    @field_validator("week")
    @classmethod
    def _is_week(cls, value: str) -> str:
        parse_week(value)
        return value


P = TypeVar("P", bound=Strict)


def read_parameters(namespace: Mapping[str, Any], model: type[P]) -> P:
    """The parameters of ``model`` as a notebook holds them (``read_parameters(globals(), ...)``), however it started.

    Plain papermill injects what it was given without a check, so names that its cell sets are checked as well.

    Raises:
        ParameterError: all that is wrong, one problem each.
    """
    known = list(model.model_fields)
    problems = [_unknown(name, known) for name in _injected(namespace.get("In", ())) if name not in known]
    values = {name: namespace[name] for name in known if name in namespace}
    try:
        parameters = model.model_validate(values, strict=True)
    except ValidationError as error:
        problems += problems_of(error, model, _PLACE)
    if problems:
        raise ParameterError(problems)
    return parameters


def _injected(executed: Any) -> list[str]:
    # papermill begins its cell with this comment; IPython keeps executed cells in ``In``.
    cells = [text for text in executed if isinstance(text, str) and text.startswith("# Parameters\n")]
    return [
        target.id
        for text in cells
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    ]


def _unknown(name: str, known: Any) -> Problem:
    guess = nearest(name, known)
    todo = f"did you mean {guess!r}?" if guess else f"known: {', '.join(known)}"
    return Problem(f"unknown parameter {name!r}", todo)


def _type(node: ast.expr, name: str) -> Any:
    """The type an annotation names, built from its syntax: nothing of a notebook is evaluated here."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _type(ast.parse(node.value, mode="eval").body, name)
    if isinstance(node, ast.Constant) and node.value is None:
        return None
    if isinstance(node, ast.Name) and node.id in _TYPES:
        return _TYPES[node.id]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _type(node.left, name) | _type(node.right, name)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in ("list", "dict"):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _TYPES[node.value.id][tuple(_type(part, name) for part in inner)]
    raise ParameterError(
        [
            Problem(
                f"type {ast.unparse(node)!r} is not understood",
                "use str, int, float, bool, list[...]",
                _PLACE,
                key=name,
            )
        ]
    )
