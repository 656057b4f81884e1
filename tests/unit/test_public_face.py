"""What a notebook sees of the package: named once, sorted, there - and cheap until it is used."""

import inspect
import re
import subprocess
import sys

import pytest

import helpers
from helpers import errors

HEAVY = ("duckdb", "ibis", "IPython", "matplotlib", "nbclient", "numpy", "pandas", "papermill", "pyarrow", "scipy")


def test_names_are_sorted_and_said_once():
    assert helpers.__all__ == sorted(set(helpers.__all__))
    assert dir(helpers) == helpers.__all__


@pytest.mark.parametrize("name", helpers.__all__)
def test_every_name_resolves_and_is_explained(name):
    found = getattr(helpers, name)
    assert found.__module__.startswith("helpers.")
    assert found.__name__ == name
    assert inspect.getdoc(found)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        helpers.Nothing  # noqa: B018


@pytest.mark.parametrize("module", ["helpers", "helpers.cli"])
def test_nothing_heavy_is_imported(module):
    code = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "helpers" in loaded
    assert sorted({*HEAVY} & {*loaded}) == []


def test_the_tree_of_errors_is_drawn_as_it_is():
    drawn = {}
    above = []
    for line in inspect.getdoc(errors).splitlines():
        found = re.match(r"^([\s│├└─]*)(\w+Error)\s{2,}\S", line)
        if found:
            depth = (len(found[1]) - 4) // 4
            above = [*above[:depth], found[2]]
            drawn[found[2]] = above[-2] if depth else "Exception"
    real = {
        name: found.__bases__[0].__name__
        for name, found in vars(errors).items()
        if inspect.isclass(found) and issubclass(found, Exception) and found.__module__ == errors.__name__
    }
    assert drawn == real
