"""What the sample companies are told to do first, and the five figures of the smallest one, counted by hand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import helpers as audit
from helpers.chapters.actions import Actions
from helpers.chapters.claims import Claims
from helpers.chapters.five import five
from helpers.chapters.leads import Leads
from helpers.chapters.managers import Managers
from helpers.chapters.money import Money
from helpers.chapters.plan import Plan

SAMPLES = Path(__file__).parents[2] / "data_samples"


@dataclass(frozen=True)
class Told:
    actions: Actions
    figures: dict[str, Any]

    def stake(self, driver: str) -> Any:
        return next(stake for stake in self.actions.stakes if stake.driver == driver)


def told(name: str) -> Told:
    brief = audit.brief(
        {"client": str(SAMPLES / name), "out": "reports", "lang": "en", "period": "", "formats": "html"}
    )
    client, say = brief.client, brief.say
    data = audit.load(client)
    facts = audit.count(data)
    score = audit.ScoreChapter.measure(audit.read_answers(client.folder / "answers"), client, say).score
    money = Money.measure(facts, client, say)
    others = {chapter.key: chapter.measure(facts, client, say) for chapter in (Leads, Managers, Plan)}
    claims = Claims.measure(facts, client, say, score)
    actions = Actions.measure(facts, client, say, score, claims=claims, money=money, **others)
    figures: dict[str, Any] = {}
    for chapter in (money, *others.values(), actions):
        figures |= chapter.figures()
    return Told(actions, figures)


@pytest.fixture(scope="module")
def two_campaigns() -> Told:
    return told("two-campaigns")


def test_five_figures_of_the_worked_example(two_campaigns: Told) -> None:
    found = five(two_campaigns.figures)
    # 80,000 of spend, 13 customers; 43 of 90 leads qualified; nothing is open.
    assert found["cac"] == pytest.approx(80_000 / 13, abs=0.01)
    assert found["qualified_share"] == pytest.approx(43 / 90, abs=1e-4)
    assert found["manager_max"] is None or found["manager_max"] >= (found["manager_min"] or 0)
    assert set(found) == {"run_rate", "pipeline", "manager_max", "manager_min", "qualified_share", "cac"}


def test_thirteen_sales_are_too_few_for_money(two_campaigns: Told) -> None:
    assert two_campaigns.actions.headline() == (
        "What is lost between the lead and the sale cannot be said in money: too few sales with an amount"
    )
    assert [stake.state for stake in two_campaigns.actions.stakes if stake.state == "told"] == []
    page = two_campaigns.actions.handouts()[0]
    rows = {row[0]: str(row[1]) for block in page.blocks if block.table for row in block.table.rows}
    assert (rows["Leads"], rows["Customers"], rows["Spend"]) == ("90", "13", "₽80,000")
    assert (rows["Revenue"], rows["Profit"], rows["Cost of a customer (CAC)"]) == ("₽130,000", "₽50,000", "₽6,154")


def test_windows_the_loss_that_sales_likes_and_the_praised_answer() -> None:
    found = told("okna-plus")
    losing = found.stake("losing")
    assert losing.state == "told"
    assert any("Премиум-окна" in name for name in found.actions.words.losing)
    # Both departments praise the speed of the first answer; the data show a level of 1 of 5.
    first = found.actions.steps[:3]
    assert [step.key for step in first[:2]] == ["losing", "B2"]
    assert first[1].level is not None
    assert first[1].level.overclaimed
    assert all(value is not None for value in five(found.figures).values())
    assert len(found.actions.handouts()) == 7


def test_furniture_the_source_comes_before_the_budget() -> None:
    found = told("zatyshok")
    # Everybody believes each sale is traced (D1); half of the revenue has no source. Moving budgets rests on it.
    assert [step.key for step in found.actions.steps[:2]] == ["D1", "losing"]
    assert any("kuhni_premium" in name for name in found.actions.words.losing)
    assert found.stake("losing").state == "told"
