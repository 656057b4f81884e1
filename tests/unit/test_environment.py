"""environment.yml names what pyproject.toml names, with the same bounds, in conda's names and grammar."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rattler import MatchSpec
from ruamel.yaml import YAML

PROJECT = Path(__file__).parents[2]
CONDA_NAMES = {
    "duckdb": "python-duckdb",
    "jupyter-core": "jupyter_core",
    "ibis-framework[duckdb]": "ibis-duckdb",
    "ibis-framework[postgres]": "ibis-postgres",
    "ibis-framework[pyspark]": "ibis-pyspark",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
    "ruamel-yaml": "ruamel.yaml",
    "seaborn": "seaborn-base",
}
"""Where conda-forge calls a package otherwise than the Python index does."""

NOT_ON_CONDA_FORGE: frozenset[str] = frozenset({"typst", "axe-playwright-python"})
"""Packages that stand under ``pip:``, where the Python index's names and grammar hold."""

ENVIRONMENT = (PROJECT / "environment.yml").read_text(encoding="utf-8")


def wanted() -> list[Requirement]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    return [Requirement(f"python{project['project']['requires-python']}"), *map(Requirement, lines)]


def conda_spec(requirement: Requirement) -> MatchSpec:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    name = canonicalize_name(requirement.name) + extras
    bounds = ",".join(sorted(map(str, requirement.specifier)))
    return MatchSpec(f"{CONDA_NAMES.get(name, name)} {bounds}".strip(), strict=True)


def packages(specs: list[MatchSpec]) -> dict[str, frozenset[str]]:
    """Name → bounds; both sides go through conda's own parser."""
    found = {spec.name.normalized: frozenset(str(spec.version or "*").split(",")) for spec in specs}
    assert len(found) == len(specs), "a package is named twice"
    return found


def differences(environment: str) -> list[str]:
    """What environment.yml and pyproject.toml say differently, one line each."""
    listed = YAML(typ="safe").load(environment)["dependencies"]
    by_pip = [Requirement(line) for part in listed if isinstance(part, dict) for line in part["pip"] if line != "-e ."]
    # pip installs the toolkit itself.
    there = packages([MatchSpec(line, strict=True) for line in listed if isinstance(line, str) and line != "pip"])
    here = packages([conda_spec(one) for one in wanted() if one.name not in NOT_ON_CONDA_FORGE])
    found = [
        f"{name}: pyproject.toml {here.get(name)}, environment.yml {there.get(name)}"
        for name in sorted({*here, *there})
        if here.get(name) != there.get(name)
    ]
    pip_here = {str(one) for one in wanted() if one.name in NOT_ON_CONDA_FORGE}
    return found + sorted(pip_here ^ set(map(str, by_pip)))


def test_both_files_name_the_same_packages_and_bounds():
    assert differences(ENVIRONMENT) == []


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("pandas >=2.2,<4", "pandas >=2.2,<5"),
        ("pandas >=2.2,<4", "pandas >=2.2"),
        ("  - pandas >=2.2,<4\n", ""),
        ("lifelines ==0.30.0", "lifelines >=0.30.0"),
        ("python >=3.11", "python >=3.12"),
        ("sqlglot >=26.33,<=30.0.0", "sqlglot >=26.33,<30.0.0"),
        ("  - pip\n", "  - pip\n  - polars >=1\n"),
        ("- -e .", "- -e .\n      - typst"),
    ],
)
def test_a_difference_is_found(line, instead):
    assert ENVIRONMENT.count(line) == 1
    assert len(differences(ENVIRONMENT.replace(line, instead))) == 1


def test_a_spec_that_conda_cannot_read_is_refused():
    with pytest.raises(Exception, match="version"):
        differences(ENVIRONMENT.replace("pandas >=2.2,<4", "pandas ~>2"))


def test_the_toolkit_itself_is_installed_and_only_conda_forge_is_asked():
    environment = YAML(typ="safe").load(ENVIRONMENT)
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["dependencies"][-1]["pip"][0] == "-e ."
