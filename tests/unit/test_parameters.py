"""Parameters are checked before a notebook runs, and inside it however it was started."""

from pathlib import Path

import nbformat
import pytest

from helpers.batch.parameters import AuditParameters, check_parameters, declared_parameters, read_parameters
from helpers.batch.wishes import parse_languages
from helpers.errors import ParameterError

NOTEBOOKS = Path(__file__).parents[1] / "notebooks_fixtures"


def declared(name: str):
    return declared_parameters(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))


def test_declared_types_are_read_from_the_cell():
    found = {name: (one.written, one.default) for name, one in declared("typed_parameters").items()}
    assert found == {
        "client": ("str", "'x'"),
        "count": ("int", "3"),
        "limit": ("float | None", "None"),
        "tags": ("list[str]", "[]"),
        "plain": ("float", "1.5"),
    }


@pytest.mark.parametrize(
    "values",
    [{"client": "007"}, {"count": 7}, {"limit": None}, {"limit": 2}, {"tags": ["a"]}, {"tags": []}, {"plain": 2.5}, {}],
)
def test_right_values_pass(values):
    check_parameters(values, declared("typed_parameters"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"client": 7}, "parameter client: found 7 - must be str"),
        ({"count": "7"}, "parameter count: found '7' - must be int"),
        ({"count": 7.0}, "parameter count: found 7.0 - must be int"),
        ({"count": True}, "parameter count: found True - must be int"),
        ({"limit": "many"}, "parameter limit: found 'many' - must be float | None"),
        ({"tags": "a"}, "parameter tags: found 'a' - must be list[str]"),
        ({"tags": ["a", 1]}, "parameter tags: found ['a', 1] - must be list[str]"),
        ({"clinet": "x"}, "unknown parameter 'clinet' - did you mean 'client'?"),
        ({"zzz": 1}, "unknown parameter 'zzz' - known: client, count, limit, tags, plain"),
    ],
)
def test_wrong_values_are_one_line(values, said):
    with pytest.raises(ParameterError) as error:
        check_parameters(values, declared("typed_parameters"))
    assert str(error.value) == said
    assert error.value.exit_code == 2


def test_all_that_is_wrong_is_told_at_once():
    with pytest.raises(ParameterError) as error:
        check_parameters({"client": 7, "count": "7"}, declared("typed_parameters"))
    assert len(error.value.problems) == 2


def test_a_type_that_is_no_plain_type_is_refused_unevaluated():
    cell = nbformat.v4.new_code_cell("x: __import__('os') = 1", metadata={"tags": ["parameters"]})
    with pytest.raises(ParameterError, match="is not understood"):
        declared_parameters(nbformat.v4.new_notebook(cells=[cell]))


def test_inside_a_notebook_good_parameters_are_returned():
    namespace = {"client": "007", "lang": "ru", "period": "2026-01-01..2026-06-30", "other": 1, "In": ["x = 1"]}
    assert read_parameters(namespace, AuditParameters) == AuditParameters(
        client="007", lang="ru", period="2026-01-01..2026-06-30"
    )


@pytest.mark.parametrize(
    ("namespace", "said"),
    [
        ({"client": 7}, 'parameter client: found 7 - must be text (put it in quotes: "007")'),
        ({}, "parameter client: the key is missing - add it"),
        ({"client": "x", "lang": "de"}, "parameter lang: found 'de' - must be '', 'en', 'ru' or 'uk'"),
        ({"client": "x", "period": "2026"}, "parameter period: found '2026' - period '2026' must look like "
         "2026-01-01..2026-06-30"),
        (
            {"client": "x", "formats": "odt"},
            "parameter formats: found 'odt' - unknown format 'odt'; there is html, pdf, docx, pptx, xlsx, all",
        ),
        ({"client": "x", "In": ["", "# Parameters\nclient = 'x'\nlnag = 'ru'\n"]},
         "unknown parameter 'lnag' - did you mean 'lang'?"),
    ],
)  # fmt: skip
def test_inside_a_notebook_wrong_parameters_are_one_line(namespace, said):
    with pytest.raises(ParameterError) as error:
        read_parameters(namespace, AuditParameters)
    assert str(error.value) == said


def test_languages():
    assert parse_languages("") == ()
    assert parse_languages("ru, en,ru") == ("ru", "en")
    assert parse_languages("all") == parse_languages("ru,all") == ("en", "ru", "uk")
