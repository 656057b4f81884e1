"""The questionnaire as data: dimensions, criteria and bands, read once from criteria.yml and bands.yml.

The YAML files say what each key means; here it is checked that they are whole: four criteria to a dimension, every
text in three languages, cut points that run in one direction, prerequisites that exist and never go in a circle,
bands without a gap. A file that breaks a rule raises :class:`pydantic.ValidationError` with the place.
"""

from __future__ import annotations

from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

LANGUAGES = ("en", "ru", "uk")
FOLDER = Path(__file__).parent
PER_DIMENSION = 4


def _in_every_language(text: dict[str, str]) -> dict[str, str]:
    if set(text) != set(LANGUAGES):
        raise ValueError(f"needs exactly the languages {', '.join(LANGUAGES)}; found {', '.join(sorted(text))}")
    blank = [code for code in LANGUAGES if not text[code].strip() or text[code] != text[code].strip()]
    if blank:
        raise ValueError(f"is empty or has spaces at an end in {', '.join(blank)}")
    return text


Text = Annotated[dict[str, str], AfterValidator(_in_every_language)]
"""One text in all languages: ``criterion.title["ru"]``."""

Id = Annotated[str, Field(pattern=r"^[A-E][1-4]$")]
Department = Literal["marketing", "sales", "both", "company"]
Group = Literal["all", "leaders", "staff", "marketing", "sales"]
Table = Literal[
    "leads", "deals", "spend", "touches", "tasks", "meetings", "promotions", "goals", "pay", "events", "figures",
    "kpis", "plan", "journey", "answers",
]  # fmt: skip


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Part):
    """A figure of the company and, where it is graded, its value at level 1, 3 and 5."""

    fact: Text
    unit: Literal["%", "ratio", "count"]
    """``%`` is 0-100, ``ratio`` a plain number, ``count`` pieces."""
    better: Literal["higher", "lower"]
    cut_points: tuple[float, float, float] | None = None
    """None: shown, not graded."""

    @model_validator(mode="after")
    def _cut_points_run_one_way(self) -> Fact:
        if self.cut_points is not None:
            at_1, at_3, at_5 = self.cut_points
            ordered = at_1 < at_3 < at_5 if self.better == "higher" else at_1 > at_3 > at_5
            if not ordered:
                raise ValueError(f"cut_points {list(self.cut_points)} do not get {self.better} from level 1 to 5")
        return self


class Who(_Part):
    """Whose answer is expected, and for whom "don't know" is a natural answer."""

    expected: tuple[Group, ...] = Field(min_length=1)
    may_not_know: tuple[Group, ...]


class Criterion(Fact):
    """One of the twenty questions with its evidence rule and its first action."""

    id: Id
    dimension: str
    title: Text
    statement: Text
    hint: Text | None = None
    """A line under the statement, for the respondent."""
    anchors: dict[Literal[1, 3, 5], Text]
    cut_points: tuple[float, float, float]
    also: tuple[Fact, ...] = ()
    """Further figures for the same criterion."""
    min_n: dict[str, Annotated[int, Field(ge=1)]] = Field(min_length=1)
    """What is counted -> how many are needed; under any of them the verdict is "no data"."""
    min_n_text: Text
    tables: tuple[Table, ...] = Field(min_length=1)
    rule: Text
    action: Text
    giver: Department
    receiver: Department
    who: Who
    prerequisites: tuple[Id, ...]
    """Criteria that come first when they are low."""
    not_applicable: bool
    """True: the company, not a single person, may leave the criterion out."""

    @model_validator(mode="after")
    def _has_its_parts(self) -> Criterion:
        if set(self.anchors) != {1, 3, 5}:
            raise ValueError(f"{self.id}: anchors are needed for 1, 3 and 5; found {sorted(self.anchors)}")
        if not self.id.startswith(self.dimension):
            raise ValueError(f"{self.id}: stands in dimension {self.dimension}")
        return self


class Dimension(_Part):
    """Four criteria under one question."""

    id: Annotated[str, Field(pattern=r"^[A-E]$")]
    title: Text
    question: Text


class Pair(_Part):
    """Answers that hardly go together: ``high`` is high while one of ``low`` is 1."""

    high: Id
    low: tuple[Id, ...] = Field(min_length=1)


class Band(_Part):
    """A range of the total, [low, high), and how to read it."""

    key: Literal["apart", "agreed", "in_step", "one_team"]
    low: float
    high: float
    label: Text
    """Short, for charts."""
    name: Text
    """For sentences."""
    meaning: Text
    next_step: Text
    first: tuple[Id, ...] = Field(min_length=1)
    """The criteria that ``next_step`` speaks of."""
    move_on: Text
    """When it pays to go on to the next band."""
    stay: Text
    """When to leave it as it is."""


class Questionnaire(_Part):
    """Everything the form, the score and the reading of the score need to know."""

    version: Annotated[str, Field(pattern=r"^\d+\.\d+$")]
    """Stored with every answer."""
    dimensions: tuple[Dimension, ...]
    criteria: tuple[Criterion, ...]
    """In the order in which they are asked."""
    pairs: tuple[Pair, ...]
    bands: tuple[Band, ...]
    note: Text
    """Where the borders of the bands come from."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the criteria in the order in which they are asked: A1 ... E4."""
        return tuple(criterion.id for criterion in self.criteria)

    def criterion(self, id: str) -> Criterion:
        """Return the criterion with this id; KeyError if there is none."""
        for criterion in self.criteria:
            if criterion.id == id:
                return criterion
        raise KeyError(id)

    def of(self, dimension: str) -> tuple[Criterion, ...]:
        """Return the four criteria of a dimension ("A" ... "E"); KeyError if there is none."""
        found = tuple(criterion for criterion in self.criteria if criterion.dimension == dimension)
        if not found:
            raise KeyError(dimension)
        return found

    def band(self, key: str) -> Band:
        """Return the texts of a band (the band of a total: ``helpers.survey.bands.band_of``); KeyError if unknown."""
        for band in self.bands:
            if band.key == key:
                return band
        raise KeyError(key)

    @model_validator(mode="after")
    def _is_whole(self) -> Questionnaire:
        ids = self.ids
        wanted = tuple(f"{dimension.id}{n}" for dimension in self.dimensions for n in range(1, PER_DIMENSION + 1))
        if tuple(dimension.id for dimension in self.dimensions) != tuple("ABCDE"):
            raise ValueError("dimensions are A, B, C, D, E in this order")
        if ids != wanted:
            raise ValueError(f"criteria are {', '.join(wanted)} in this order; found {', '.join(ids)}")
        self._check_prerequisites()
        edges = [(band.key, band.low, band.high) for band in self.bands]
        expected = [("apart", 20, 40), ("agreed", 40, 60), ("in_step", 60, 80), ("one_team", 80, 100)]
        if edges != expected:
            raise ValueError(f"bands are {expected}; found {edges}")
        return self

    def _check_prerequisites(self) -> None:
        # That the ids exist follows from their pattern and the full list of criteria.
        try:
            TopologicalSorter({criterion.id: criterion.prerequisites for criterion in self.criteria}).prepare()
        except CycleError as error:
            raise ValueError(f"prerequisites go in a circle: {' -> '.join(error.args[1])}") from None
        for pair in self.pairs:
            if pair.high in pair.low:
                raise ValueError(f"pair {pair.high} contradicts itself")


def read(name: str) -> dict[str, Any]:
    """Return the content of a YAML file of this folder as plain Python values."""
    from ruamel.yaml import YAML

    with (FOLDER / name).open(encoding="utf-8") as file:
        content: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return content


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """Return the questionnaire, checked; read from the two files at the first call."""
    return Questionnaire.model_validate({**read("criteria.yml"), **read("bands.yml")})
