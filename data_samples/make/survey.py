"""What the people of a sample company answer in the questionnaire, and what is planted in their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from data_samples.make.writers import write_csv, write_json

CRITERIA = tuple(f"{dimension}{number}" for dimension in "ABCDE" for number in range(1, 5))
VERSION = "1.0"


@dataclass(frozen=True)
class Person:
    """One respondent. ``bias`` moves all answers; ``unseen`` are answered "don't know"."""

    name: str
    department: str
    role: str = "staff"
    bias: float = 0.0
    unseen: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    loses_at: str | None = None
    seconds: int = 140
    careless: int = 0
    """All twenty answered with this number."""
    comments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Opinion:
    """Level of each criterion as marketing and as sales feel it; others feel the mean of the two."""

    marketing: dict[str, float]
    sales: dict[str, float]
    not_applicable: tuple[str, ...] = ()

    def level(self, criterion: str, department: str) -> float:
        """Felt level 1-5."""
        both = (self.marketing[criterion], self.sales[criterion])
        return {"marketing": both[0], "sales": both[1]}.get(department, sum(both) / 2)


def levels(text: str) -> dict[str, float]:
    """'3 2.5 ...' in the order A1..E4 as levels by criterion."""
    return dict(zip(CRITERIA, (float(word) for word in text.split()), strict=True))


def answers_of(people: Sequence[Person], opinion: Opinion, seed: int) -> dict[str, dict[str, int | str]]:
    """Respondent → answers; a criterion that is left out was not answered."""
    rng = np.random.Generator(np.random.PCG64(seed))
    result: dict[str, dict[str, int | str]] = {}
    for person in people:
        noise = rng.random(20) - 0.5
        own: dict[str, int | str] = {}
        for criterion, shake in zip(CRITERIA, noise, strict=True):
            level = opinion.level(criterion, person.department) + person.bias
            value = int(min(5, max(1, round(level + shake * 0.9))))
            own[criterion] = person.careless or value
            if criterion in opinion.not_applicable:
                own[criterion] = "na"
            elif criterion in person.unseen and not person.careless:
                own[criterion] = "dk"
        result[person.name] = own
    return result


def department_means(people: Sequence[Person], answers: dict[str, dict[str, int | str]]) -> dict[str, dict[str, float]]:
    """Department → criterion → mean: first within a role, then over the roles."""
    result: dict[str, dict[str, float]] = {}
    for department in ("marketing", "sales"):
        means = {}
        for criterion in CRITERIA:
            roles = []
            for role in ("leader", "staff"):
                values = [
                    float(value)
                    for person in people
                    if (person.department, person.role) == (department, role)
                    and isinstance(value := answers[person.name][criterion], int)
                ]
                if values:
                    roles.append(sum(values) / len(values))
            if roles:
                means[criterion] = sum(roles) / len(roles)
        result[department] = means
    return result


def survey_truth(
    people: Sequence[Person], answers: dict[str, dict[str, int | str]], overclaims: Sequence[str] = ()
) -> dict[str, Any]:
    """What the score chapter must find: means, gaps of 1.5 and more, don't-knows, careless forms."""
    means = department_means(people, answers)
    gaps = {
        criterion: round(means["marketing"][criterion] - means["sales"][criterion], 4)
        for criterion in CRITERIA
        if criterion in means["marketing"] and criterion in means["sales"]
    }
    return {
        "respondents": {
            name: sum(p.department == name for p in people) for name in sorted({p.department for p in people})
        },
        "means": {name: {k: round(v, 4) for k, v in rows.items()} for name, rows in means.items()},
        "gaps": {criterion: gap for criterion, gap in gaps.items() if abs(gap) >= 1.5},
        "dont_know": {
            criterion: count
            for criterion in CRITERIA
            if (count := sum(answers[person.name][criterion] == "dk" for person in people))
        },
        "careless": [person.name for person in people if person.careless],
        "overclaims": list(overclaims),
    }


def write_forms(
    folder: Path,
    people: Sequence[Person],
    answers: dict[str, dict[str, int | str]],
    lang: str,
    submitted: dt.date,
    mode: str = "open",
    threshold: int = 5,
) -> None:
    """One JSON file per respondent, as the stand-alone form saves it."""
    for place, person in enumerate(people):
        form = {"criteria_version": VERSION, "lang": lang, "mode": mode, "threshold": threshold}
        form |= {"respondent": person.name, "department": person.department, "role": person.role}
        form |= {"answers": answers[person.name], "comments": person.comments, "sees": list(person.sees)}
        form |= {"loses_at": person.loses_at, "seconds": person.seconds}
        form |= {"submitted": str(submitted - dt.timedelta(days=place % 4)), "revision": 1}
        write_json(folder / f"{person.name}.json", form)


def write_sheet(
    path: Path, people: Sequence[Person], answers: dict[str, dict[str, int | str]], mode: str, threshold: int
) -> None:
    """All respondents in one CSV, a row each."""
    head = ["respondent", "department", "role", *CRITERIA, "sees", "loses_at", "seconds", "mode", "threshold"]
    rows: list[list[Any]] = [[*head, "criteria_version"]]
    for person in people:
        own = answers[person.name]
        who = [person.name, person.department, person.role]
        asked = [";".join(person.sees), person.loses_at or "", person.seconds, mode, threshold, VERSION]
        rows.append([*who, *(own.get(criterion, "") for criterion in CRITERIA), *asked])
    write_csv(path, rows)
