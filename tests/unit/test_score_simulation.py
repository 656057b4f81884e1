"""Does the 95 % interval of the company's total cover it, and are the probabilities of the bands true?

The table that ``pytest -m slow -s`` prints is kept in ``score_simulation.txt`` beside this file.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from helpers.survey.answers import Answers, Respondent
from helpers.survey.criteria import questionnaire
from helpers.survey.score import score

COMPANIES = 2000
BETWEEN_PEOPLE = 0.6
"""SD of a person's level on the scale 1-5: twelve points of the total."""
TABLE = Path(__file__).with_name("score_simulation.txt")
Q = questionnaire()
NAMES = ("marketing", "sales")


def people(
    rng: np.random.Generator, count: int, leaders: int, level: float, halo: float
) -> tuple[np.ndarray, list[str]]:
    """Answers (people x 20) of a department, and roles; leaders come first and rate higher by ``halo``."""
    roles = ["leader"] * leaders + ["staff"] * (count - leaders)
    own = level + BETWEEN_PEOPLE * rng.standard_normal((count, 1)) + halo * (np.arange(count) < leaders)[:, None]
    return np.clip(np.rint(own + 0.8 * rng.standard_normal((count, 20))), 1, 5).astype(int), roles


def forms(department: str, answers: np.ndarray, roles: Sequence[str]) -> list[Respondent]:
    # The values are valid by construction; skipping validation makes two thousand companies a minute.
    return [
        Respondent.model_construct(
            respondent=f"{department}{i}",
            department=department,
            role=role,
            answers=dict(zip(Q.ids, row.tolist(), strict=True)),
        )
        for i, (row, role) in enumerate(zip(answers, roles, strict=True))
    ]


def mean_of_roles(answers: np.ndarray, roles: Sequence[str]) -> float:
    totals, held = answers.sum(axis=1), np.array(roles)
    return float(np.mean([totals[held == role].mean() for role in sorted(set(roles))]))


def expected(level: float, leaders: int, halo: float) -> float:
    """The role-weighted total of an endless department of this kind."""
    endless = np.random.default_rng(77)
    extras = (halo, 0.0) if leaders else (0.0,)
    return float(np.mean([people(endless, 60_000, 0, level + x, 0)[0].sum(axis=1).mean() for x in extras]))


SAMPLES = [
    # (marketing, its leaders), (sales, its leaders), halo
    ((3, 0), (5, 0), 0.0),
    ((3, 1), (8, 1), 0.4),
    ((5, 1), (5, 1), 0.4),
    ((4, 1), (12, 2), 0.4),
    ((6, 0), (20, 0), 0.0),
]


@pytest.mark.slow
@pytest.mark.parametrize("case", range(len(SAMPLES)))
def test_the_interval_covers_the_mean_of_people_in_general(case: int) -> None:
    """Estimand: the mean of the two departments' expected role-weighted totals (headcount unknown)."""
    marketing, sales, halo = SAMPLES[case]
    rng = np.random.default_rng(100 + case)
    levels = (3.1, 2.8)
    truth = np.mean(
        [expected(level, leaders, halo) for level, (_, leaders) in zip(levels, (marketing, sales), strict=True)]
    )
    hits, widths = [], []
    for _ in range(COMPANIES):
        sent: list[Respondent] = []
        for name, level, (n, leaders) in zip(NAMES, levels, (marketing, sales), strict=True):
            sent += forms(name, *people(rng, n, leaders, level, halo))
        found = score(Answers(tuple(sent)), Q).total
        assert found is not None
        assert found.interval is not None
        hits.append(found.interval[0] <= truth <= found.interval[1])
        widths.append((found.interval[1] - found.interval[0]) / 2)
    keep(f"general m={marketing} s={sales} halo={halo}", np.mean(hits), np.mean(widths))
    assert 0.93 <= np.mean(hits) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize(("answered", "all_people"), [((4, 8), (6, 12)), ((5, 10), (10, 20)), ((8, 9), (10, 10))])
def test_the_interval_covers_the_mean_of_the_people_now(answered: tuple[int, int], all_people: tuple[int, int]) -> None:
    """Estimand: the mean of the two departments' totals, had all people of today answered (headcount known)."""
    rng = np.random.default_rng(sum(answered) * 100 + sum(all_people))
    hits, widths = [], []
    for _ in range(COMPANIES):
        sent: list[Respondent] = []
        truths = []
        for name, n, everybody in zip(NAMES, answered, all_people, strict=True):
            answers, roles = people(rng, everybody, 0, rng.uniform(2, 4), 0)
            truths.append(mean_of_roles(answers, roles))
            some = rng.permutation(everybody)[:n]
            sent += forms(name, answers[some], [roles[i] for i in some])
        found = score(Answers(tuple(sent)), Q, headcount=dict(zip(NAMES, all_people, strict=True))).total
        assert found is not None
        assert found.interval is not None
        hits.append(found.interval[0] <= np.mean(truths) <= found.interval[1])
        widths.append((found.interval[1] - found.interval[0]) / 2)
    keep(f"today answered={answered} of {all_people}", np.mean(hits), np.mean(widths))
    assert 0.93 <= np.mean(hits) <= 0.97


@pytest.mark.slow
def test_the_probabilities_of_bands_come_true() -> None:
    """Estimand: the band of the expected total; companies' levels are spread evenly over the scale."""
    rng = np.random.default_rng(9)
    grid = np.linspace(1, 5, 81)
    totals = np.array([expected(level, 0, 0) for level in grid])
    said, true = [], []
    for _ in range(COMPANIES):
        levels = rng.uniform(1.4, 4.6, 2)
        sizes = rng.integers(3, 9, 2)
        sent: list[Respondent] = []
        for name, level, n in zip(NAMES, levels, sizes, strict=True):
            sent += forms(name, *people(rng, int(n), 0, level, 0))
        truth = float(np.mean(np.interp(levels, grid, totals)))
        found = score(Answers(tuple(sent)), Q)
        assert found.bands is not None
        for band in Q.bands:
            said.append(found.bands[band.key])
            true.append(band.low <= truth < band.high)
    probabilities, happened = np.array(said), np.array(true)
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (probabilities >= low) & (probabilities < high)
        keep(f"bands said {low:.0%}-{min(high, 1):.0%}", happened[inside].mean(), probabilities[inside].mean())
        assert happened[inside].mean() == pytest.approx(probabilities[inside].mean(), abs=0.06)


def keep(name: str, first: float, second: float) -> None:
    """Keeps a line of the result table up to date."""
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    rows = {line.rsplit("|", 2)[0].strip(): line for line in lines if "|" in line}
    rows[name] = f"{name} | {first:.3f} | {second:.3f}"
    head = "case | covered (or happened) | mean half-width in points (or said)"
    rows.pop(head.rsplit("|", 2)[0].strip(), None)
    TABLE.write_text("\n".join([head, *(rows[key] for key in sorted(rows))]) + "\n", encoding="utf-8")
