from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.stats.incidence import incidence


def counts(*rows: tuple[str, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["outcome", "age_days", "leads"])


def rows_of(ages: np.ndarray, events: np.ndarray) -> pd.DataFrame:
    kinds = np.array(["open", "won", "lost"], dtype=object)[events]
    table = pd.DataFrame({"outcome": kinds, "age_days": ages, "leads": 1})
    return table.groupby(["outcome", "age_days"], as_index=False)["leads"].sum()


def lifelines_curve(ages: np.ndarray, events: np.ndarray, event: int) -> pd.Series:
    with warnings.catch_warnings():
        # lifelines 0.30 assigns in a way that pandas 3 warns about; ties are asked for by no test but its own.
        warnings.filterwarnings("ignore", module="lifelines")
        from lifelines import AalenJohansenFitter

        fitter = AalenJohansenFitter(seed=1, calculate_variance=False)
        fitter.fit(pd.Series(ages, dtype=float), pd.Series(events), event_of_interest=event)
    return fitter.cumulative_density_.iloc[:, 0]


@pytest.mark.parametrize("seed", range(5))
def test_equals_lifelines_without_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    ages = rng.permutation(2000)[:300]
    events = rng.choice([0, 1, 2], size=300, p=[0.3, 0.25, 0.45])
    mine = incidence(rows_of(ages, events))
    for event, curve in ((1, mine.won), (2, mine.lost)):
        theirs = lifelines_curve(ages, events, event)
        assert np.interp(theirs.index, mine.days, curve) == pytest.approx(theirs.to_numpy(), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_near_lifelines_with_ties(seed: int) -> None:
    # lifelines breaks ties by jitter of 1e-4 days: between two whole days both say the same but for the order within
    # a day, which can move the curve by a product of two hazards of that day.
    rng = np.random.default_rng(seed)
    ages, events = rng.integers(1, 90, 4000), rng.choice([0, 1, 2], size=4000, p=[0.3, 0.25, 0.45])
    mine, theirs = incidence(rows_of(ages, events)), lifelines_curve(ages, events, 1)
    days = np.arange(1, 60)
    at = theirs.index.searchsorted(days + 0.5) - 1
    assert mine.won_at(days) == pytest.approx(theirs.to_numpy()[at], abs=0.002)


def test_worked_by_hand() -> None:
    # 10 leads. Day 2: 2 won, 1 lost of 10. Day 5: 1 open lead leaves. Day 7: 1 won, 2 lost of 6. Day 9: 3 open.
    table = counts(("won", 2, 2), ("lost", 2, 1), ("open", 5, 1), ("won", 7, 1), ("lost", 7, 2), ("open", 9, 3))
    found = incidence(table)
    assert found.days.tolist() == [0, 2, 5, 7, 9]
    assert found.won == pytest.approx([0, 0.2, 0.2, 0.2 + 0.7 / 6, 0.2 + 0.7 / 6])
    assert found.lost == pytest.approx([0, 0.1, 0.1, 0.1 + 1.4 / 6, 0.1 + 1.4 / 6])
    assert found.open == pytest.approx([1, 0.7, 0.7, 0.35, 0.35])
    assert found.won_at([0, 1.9, 2, 6.9, 7, 400]) == pytest.approx([0, 0, 0.2, 0.2, 0.2 + 0.7 / 6, 0.2 + 0.7 / 6])
    assert found.plateau == pytest.approx(0.2 + 0.7 / 6)
    assert found.cycle_days == 7
    assert found.pending(0) == pytest.approx(found.plateau)
    assert found.pending(3) == pytest.approx((0.7 / 6) / 0.7)
    assert found.pending(8) == 0
    assert not found.plateau_known


@given(
    st.lists(
        st.tuples(st.sampled_from(["won", "lost", "open"]), st.integers(0, 40), st.integers(1, 30)),
        min_size=1,
        max_size=40,
    )
)
def test_probabilities_add_up(rows: list[tuple[str, int, int]]) -> None:
    found = incidence(counts(*rows))
    assert found.won + found.lost + found.open == pytest.approx(np.ones(len(found.days)))
    assert np.all(np.diff(found.won) >= 0)
    winners, others = found.late(np.arange(50))
    assert np.all((winners >= 0) & (winners <= 1) & (others >= 0) & (others <= 1))
    pending = found.pending(np.arange(50))
    assert np.all((pending >= 0) & (pending <= 1))


@given(
    st.lists(
        st.tuples(st.sampled_from(["won", "lost"]), st.integers(0, 40), st.integers(1, 30)), min_size=1, max_size=20
    )
)
def test_without_open_leads_it_is_the_plain_share(rows: list[tuple[str, int, int]]) -> None:
    table = counts(*rows)
    won = table.loc[table["outcome"] == "won", "leads"].sum()
    found = incidence(table)
    assert found.plateau == pytest.approx(won / table["leads"].sum())
    assert found.plateau_known == (won >= 10)


def exponential(seed: int, followed: float, leads: int = 20_000, rate: float = 0.2) -> pd.DataFrame:
    """Wins take 30 days and losses 15 on average; every lead is followed for up to ``followed`` days."""
    rng = np.random.default_rng(seed)
    wins = rng.random(leads) < rate
    takes, seen = rng.exponential(np.where(wins, 30, 15)), rng.uniform(0, followed, leads)
    events = np.where(takes > seen, 0, np.where(wins, 1, 2))
    return rows_of(np.floor(np.minimum(takes, seen)).astype(int), events)


def test_young_leads_are_not_lost() -> None:
    table = exponential(1, followed=180)
    found = incidence(table)
    by_outcome = table.groupby("outcome")["leads"].sum()
    assert by_outcome["won"] / by_outcome.sum() < 0.175
    assert found.plateau == pytest.approx(0.2, abs=0.01)
    assert found.plateau_known
    # 90 % of exponential wins of mean 30 days have come after 30 ln 10 = 69 days.
    assert found.cycle_days == pytest.approx(69, abs=6)
    # Open at 30 days: winners 0.2 e^-1, others 0.8 e^-2.
    assert found.pending(30) == pytest.approx(0.2 * np.exp(-1) / (0.2 * np.exp(-1) + 0.8 * np.exp(-2)), abs=0.03)
    assert np.array(found.late(30)) == pytest.approx([np.exp(-1), np.exp(-2)], abs=0.04)


def test_a_plateau_out_of_sight_is_said() -> None:
    found = incidence(exponential(2, followed=40))
    assert not found.plateau_known
    assert found.plateau < 0.17


def test_spans_and_months_are_summed_over() -> None:
    table = counts(("won", 3, 5), ("lost", 3, 5))
    twice = pd.concat([table.assign(span="now"), table.assign(span="before")])
    assert incidence(twice).won.tolist() == incidence(table).won.tolist()
    assert incidence(twice).leads == 20


def test_no_leads_and_no_wins() -> None:
    nobody = incidence(counts())
    assert np.isnan(nobody.plateau)
    assert not nobody.plateau_known
    assert nobody.late(5) == (1, 1)
    no_win = incidence(counts(("lost", 3, 50), ("open", 9, 50)))
    assert no_win.plateau == 0
    assert np.isnan(no_win.cycle_days)
    assert no_win.pending(4) == 0
    assert not no_win.plateau_known


@pytest.mark.parametrize(("row", "said"), [(("win", 3, 1), "outcome must be"), (("won", -1, 1), "age_days")])
def test_impossible_tables(row: tuple[str, int, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        incidence(counts(row))
