"""Pydantic's errors as located, readable problems: what was found, what is allowed, the nearest known key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from helpers.errors import Problem
from helpers.yamlfile import Location


class Strict(BaseModel):
    """Immutable; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was most probably meant to be, None if nothing is near."""
    from rapidfuzz import fuzz, process

    choices = list(known)
    for scorer in (fuzz.ratio, fuzz.WRatio):
        # A slip of the pen first; only then a word hidden in a longer one ("Amount" in "Offer Total Amount").
        found = process.extractOne(word, choices, scorer=scorer, processor=str.casefold, score_cutoff=65)
        if found:
            return found[0]
    return None


def problems_of(
    error: ValidationError, model: type[BaseModel], file: str, line: Callable[[Location], int | None] | None = None
) -> list[Problem]:
    """One problem per error of pydantic, each with its line in ``file``."""
    problems = []
    for item in error.errors(include_url=False):
        location = tuple(part for part in item["loc"] if not (isinstance(part, str) and _is_branch(part)))
        what, todo = _words(item, model, location)
        problems.append(
            Problem(what, todo, file, line(location) if line else None, ".".join(str(part) for part in location))
        )
    unique = {(p.line, p.key, p.what): p for p in problems}
    return sorted(unique.values(), key=lambda p: (p.line or 0, p.key))


def _is_branch(part: str) -> bool:
    # Pydantic names the branch of a union inside the location ("list[str]", "function-after[...]"): no key of a file.
    return "[" in part or part in {"str", "int", "float", "bool", "tuple", "date"}


def _words(item: Any, model: type[BaseModel], location: Location) -> tuple[str, str]:
    kind, found, context = item["type"], item.get("input"), item.get("ctx", {})
    if kind == "extra_forbidden":
        known = _keys_at(model, location[:-1])
        guess = nearest(str(location[-1]), known)
        todo = f"did you mean {guess!r}?" if guess else f"known keys: {', '.join(sorted(known))}"
        return f"unknown key {str(location[-1])!r}", todo
    if kind == "missing":
        return "the key is missing", "add it"
    if kind == "secret":
        return str(item["msg"]), ""
    shown = _short(found)
    allowed = {
        "literal_error": f"must be {context.get('expected', '')}",
        "date_type": "must be a date such as 2026-06-30",
        "date_parsing": "must be a date such as 2026-06-30",
        "date_from_datetime_parsing": "must be a date such as 2026-06-30",
        "date_from_datetime_inexact": "must be a date such as 2026-06-30",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "decimal_type": "must be a number",
        "decimal_parsing": "must be a number",
        "string_type": 'must be text (put it in quotes: "007")',
        "model_type": "must hold keys and values",
        "model_attributes_type": "must hold keys and values",
        "dict_type": "must hold keys and values",
        "tuple_type": "must be a list",
        "list_type": "must be a list",
        "greater_than": f"must be more than {context.get('gt')}",
        "greater_than_equal": f"must be {context.get('ge')} or more",
        "less_than": f"must be less than {context.get('lt')}",
        "less_than_equal": f"must be {context.get('le')} or less",
        "string_too_short": "must not be empty",
    }.get(kind)
    if allowed is None:
        allowed = str(item["msg"]).removeprefix("Value error, ")
    return f"found {shown}", allowed


def _short(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _keys_at(model: type[BaseModel], location: Location) -> list[str]:
    """Keys that may stand at ``location``, found by walking the model's field types."""
    current: Any = model
    for part in location:
        current = _field_type(current, part)
        if current is None:
            return []
    return [field.alias or name for name, field in current.model_fields.items()] if _is_model(current) else []


def _field_type(current: Any, part: str | int) -> Any:
    if get_origin(current) is dict:
        # The part is one of the dictionary's own keys.
        return _value(get_args(current)[1])
    if _is_model(current) and isinstance(part, str):
        for name, field in current.model_fields.items():
            if part in (field.alias, name):
                return _value(field.annotation)
        return None
    return current


def _value(annotation: Any) -> Any:
    return annotation if get_origin(annotation) is dict else _inner(annotation)


def _inner(annotation: Any) -> Any:
    if _is_model(annotation):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        found = _inner(argument)
        if found is not None:
            return found
    return None


def _is_model(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, BaseModel)
