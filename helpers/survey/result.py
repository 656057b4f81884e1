"""The score as data: numbers and codes only, no words; what may not be shown is None already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from helpers.survey.bands import BANDS, Band

SIDES = ("marketing", "sales")
"""The two departments whose plain mean is the company's score; all others stand beside it."""

State = Literal["ok", "complete", "few", "half", "unfinished", "none"]
"""ok: three answers and half of the people; complete: under three answers, but everybody sent a form; few: under
three answers; half: under half of the people; unfinished: forms came, none answered enough; none: no form."""

Missing = Literal["", "no_answers", "one_sided", "few", "half", "unfinished", "hidden"]
"""Why there is no total; hidden: it would give away what single people answered."""


@dataclass(frozen=True)
class Estimate:
    """A mean of people; ``interval`` is 95 %, None where it cannot be known (under three people)."""

    value: float
    interval: tuple[float, float] | None
    people: int


@dataclass(frozen=True)
class Cell:
    """One criterion in one department."""

    asked: int
    """Forms of the department."""
    answered: int
    """Forms with 1-5."""
    dont_know: int | None
    """Forms with "don't know"."""
    score: float | None
    """1-5, role-weighted."""
    agreement: float | None = None
    """r_wg, 0-1; None under three answers."""
    counts: tuple[int, int, int, int, int] | None = None
    """How many gave 1, 2, 3, 4, 5."""
    hidden: bool = False
    """Somebody answered, but too few to be shown."""

    @property
    def dont_know_share(self) -> float | None:
        """Share of "don't know" among those who answered or did not know; None where nobody did either."""
        judged = self.answered + (self.dont_know or 0)
        return None if self.dont_know is None or not judged else self.dont_know / judged


@dataclass(frozen=True)
class Comment:
    """What somebody wrote to a criterion: plain text of the client."""

    department: str
    text: str


@dataclass(frozen=True)
class CriterionScore:
    """One criterion: the departments, the company, and the gap between the two sides."""

    id: str
    dimension: str
    applies: bool
    """False: the company says that it does not apply."""
    cells: Mapping[str, Cell]
    score: float | None
    """Plain mean of marketing and sales, 1-5; None where one of them gave no answer."""
    dont_know: float | None
    """Share of both sides' forms, 0-1."""
    target: float
    gap: float | None = None
    """Marketing - sales, points."""
    gap_interval: tuple[float, float] | None = None
    effect: tuple[float, float, float] | None = None
    """Hedges' g with its interval; None under three people a side."""
    differs: bool = False
    """The gap is a point or more with at least three answers a side."""
    not_visible: tuple[str, ...] = ()
    """Receivers of which 40 % or more do not know."""
    comments: tuple[Comment, ...] = ()

    def of(self, department: str) -> float | None:
        """Score of one department, 1-5."""
        cell = self.cells.get(department)
        return cell.score if cell else None


@dataclass(frozen=True)
class DepartmentScore:
    """One department: its total, its dimensions and what its people see."""

    key: str
    forms: int
    """People who sent a form."""
    counted: int
    """People with enough answers for a total."""
    headcount: int | None
    state: State
    total: Estimate | None
    dimensions: Mapping[str, Estimate]
    """Means 1-5 of the counted people."""
    roles: Mapping[str, Estimate]
    """Total by role."""
    sees: Mapping[str, float]
    """Stage → share (0-1) of those asked who see figures for it; empty: nobody was asked."""
    seen_asked: int
    hidden: bool = False
    """Somebody answered, but too few to be shown."""


@dataclass(frozen=True)
class Notice:
    """A decision of the scoring that the report must say."""

    code: Literal["mode", "threshold", "headcount", "not_applicable", "unfinished"]
    subject: str = ""
    """Department or criterion."""
    people: int = 0


@dataclass(frozen=True)
class Score:
    """Everything the questionnaire tells about one company."""

    version: str
    mode: Literal["open", "anonymous"]
    threshold: int
    forms: int
    """People who sent a form, all departments."""
    departments: Mapping[str, DepartmentScore]
    """Marketing and sales always, others where somebody answered."""
    criteria: tuple[CriterionScore, ...]
    total: Estimate | None
    missing: Missing
    preliminary: float | None
    """What the two sides say although one of them is below the minimum; never a score, never with a band."""
    small: bool
    """A department is complete with one or two answers: one person's view, no interval."""
    dimensions: Mapping[str, Estimate]
    """Means 1-5 of the company; empty without a total."""
    band: Band | None
    ungated: Band | None
    """The band by the total alone."""
    held_by: tuple[str, ...]
    """Dimensions (and contradicted criteria) that hold the band back."""
    bands: Mapping[Band, float] | None
    """Probability of each band by the total; None without an interval."""
    by_person: float | None
    """The total if each person weighed the same."""
    flags: Mapping[str, int]
    """Careless-answer flag → forms."""
    flagged: int
    without_flagged: float | None
    """The total without the flagged forms; None where one side would be left without a form."""
    flagged_forms: tuple[tuple[str, tuple[str, ...]], ...]
    """(Respondent, flags) for the analyst; empty in anonymous mode. Never goes into the report."""
    loses_at: Mapping[str, int]
    """Stage → people who believe most clients are lost there."""
    notices: tuple[Notice, ...] = ()

    @property
    def likely(self) -> tuple[Band, ...]:
        """Bands that the interval touches, in order; the band alone where there is no interval."""
        if self.total is None or self.ungated is None:
            return ()
        low, high = self.total.interval or (self.total.value, self.total.value)
        first, last = sorted((_place(low), _place(high)))
        return BANDS[first : last + 1]

    @property
    def gaps(self) -> tuple[CriterionScore, ...]:
        """Criteria with a known gap, largest first."""
        known = [criterion for criterion in self.criteria if criterion.gap is not None]
        return tuple(sorted(known, key=lambda criterion: (-abs(criterion.gap or 0), criterion.id)))

    def sees(self) -> dict[str, Mapping[str, float]]:
        """Department → stage → share of its people who see figures for the stage; only departments that were asked."""
        return {key: department.sees for key, department in self.departments.items() if department.sees}

    def as_figures(self) -> dict[str, Any]:
        """The object ``score`` of audit.json."""
        departments = {key: self.departments[key].total if key in self.departments else None for key in SIDES}
        return {
            "total": _rounded(self.total.value if self.total else None),
            "interval": _pair(self.total.interval if self.total else None),
            "band": self.band,
            "bands": {band: _rounded(self.bands[band] if self.bands else None) for band in BANDS},
            "departments": {key: _rounded(found.value if found else None) for key, found in departments.items()},
            "dimensions": {
                key: _rounded(self.dimensions[key].value if key in self.dimensions else None)
                for key in sorted({criterion.dimension for criterion in self.criteria})
            },
            "criteria": {
                criterion.id: {
                    "score": _rounded(criterion.score),
                    "marketing": _rounded(criterion.of("marketing")),
                    "sales": _rounded(criterion.of("sales")),
                    "gap": _rounded(criterion.gap),
                    "dont_know": _rounded(criterion.dont_know),
                }
                for criterion in self.criteria
            },
            "ungated": self.ungated,
            "missing": self.missing,
            "by_person": _rounded(self.by_person),
            "forms": {key: department.forms for key, department in self.departments.items()},
            "counted": {key: department.counted for key, department in self.departments.items()},
            "mode": self.mode,
            "threshold": self.threshold,
            "criteria_version": self.version,
        }


def _place(total: float) -> int:
    return sum(round(total, 9) >= edge for edge in (40, 60, 80))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _pair(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else [round(end, 6) for end in interval]
