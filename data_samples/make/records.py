"""What a company writes down beside its leads and its spend: history of stages, calls, meetings, promotions, pay.

Made from the world with dice of its own, so that no lead changes when a record does. Rows are language-free; the
company's own module writes them as its systems would.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from data_samples.make.model import Lead
from data_samples.make.world import DAY, World

WEEK = 7 * DAY


@dataclass(frozen=True)
class Entry:
    """A lead enters a step: leads, contacted ... proposal, won, lost."""

    lead: Lead
    step: str
    at: dt.datetime


@dataclass(frozen=True)
class Touch:
    """A call or message. ``lead`` None: nobody knows whose it was."""

    lead: Lead | None
    at: dt.datetime
    kind: str
    """call, message, review_request."""
    incoming: bool
    seconds: int
    answered: bool
    seller: str
    score: int | None = None
    """Checklist score, 0-100."""
    reviewers: str = ""
    """sales, or both: marketing and sales together."""


@dataclass(frozen=True)
class Review:
    """How conversations are scored: how many per seller and month, since when, and how often sales scores alone."""

    since: dt.date
    per_month: float
    alone: float
    mean: float = 62
    best: str = ""
    """This seller's conversations score 20 points higher."""


def history(world: World) -> list[Entry]:
    """Each step that a lead ever entered, in the order of time."""
    entries = []
    for lead in world.leads:
        entries.append(Entry(lead, "leads", lead.created))
        entries += [Entry(lead, step, at) for step, at in lead.steps.items()]
        if lead.closed is not None:
            entries.append(Entry(lead, "won" if lead.won else "lost", lead.closed))
    return sorted(entries, key=lambda entry: (entry.at, entry.lead.number))


def touches(world: World, review: Review, asked_for_review: float) -> list[Touch]:
    """Calls and messages of all leads in the order of time; leads that nobody answered have none from the company.

    ``asked_for_review``: share of customers who are asked for a review within three months.
    """
    rng = np.random.Generator(np.random.PCG64(world.company.seed + 1))
    made: list[Touch] = []
    for lead in world.leads:
        # The same number of dice for each lead, whatever becomes of it.
        dice, lengths, asks = rng.random(8), rng.normal(size=6), rng.random(2)
        if lead.test or lead.double:
            continue
        if dice[0] < 0.08:
            missed = world.at_work(lead.created + dt.timedelta(minutes=5 + 50 * dice[1]))
            if (lead.answered is None or missed < lead.answered) and missed <= world.now:
                made.append(Touch(lead, missed, "call", True, 0, False, ""))
        if lead.answered is None:
            continue
        made += _first(world, lead, dice, lengths)
        for place, step in enumerate(("qualified", "meeting", "proposal")):
            if step in lead.steps:
                talk = round(210 * math.exp(0.5 * lengths[2 + place]))
                made.append(Touch(lead, lead.steps[step], "call", bool(dice[5] < 0.15), talk, True, lead.seller))
        if lead.won and lead.closed is not None and asks[0] < asked_for_review:
            ask = world.at_work(lead.closed + dt.timedelta(days=5 + 70 * asks[1])).replace(microsecond=0)
            if ask <= world.now:
                made.append(Touch(lead, ask, "review_request", False, 0, True, lead.seller))
    made.sort(key=lambda touch: (touch.at, touch.lead.number if touch.lead else 0))
    return _reviewed(world, made, review, rng)


def _first(world: World, lead: Lead, dice: np.ndarray, lengths: np.ndarray) -> list[Touch]:
    """The first answer, a second try where nobody picked up, and a message or two."""
    assert lead.answered is not None
    if dice[2] < 0.25:
        return [Touch(lead, lead.answered, "message", False, 0, bool(dice[3] < 0.8), lead.seller)]
    reached = bool(dice[3] < 0.68)
    talk = round(120 * math.exp(0.6 * lengths[0])) if reached else 0
    made = [Touch(lead, lead.answered, "call", False, talk, reached, lead.seller)]
    again = world.at_work(lead.answered + dt.timedelta(hours=3 + 24 * dice[4])).replace(microsecond=0)
    if not reached and dice[6] < 0.7 and again <= world.now:
        reached = bool(dice[7] < 0.6) or "qualified" in lead.steps
        talk = round(120 * math.exp(0.6 * lengths[1])) if reached else 0
        made.append(Touch(lead, again, "call", False, talk, reached, lead.seller))
    return made


def _reviewed(world: World, made: list[Touch], review: Review, rng: np.random.Generator) -> list[Touch]:
    """Some long calls with qualified leads, scored by a checklist: talks that ended in a sale were better."""
    months = sorted({(touch.at.year, touch.at.month) for touch in made if touch.at.date() >= review.since})
    scored: dict[int, Touch] = {}
    for month in months:
        for seller in world.company.sellers:
            own = [
                place
                for place, touch in enumerate(made)
                if (touch.at.year, touch.at.month) == month and touch.seller == seller.name and touch.seconds > 60
                and touch.lead is not None and "qualified" in touch.lead.steps and touch.at.date() >= review.since
            ]  # fmt: skip
            many = int(review.per_month) + int(rng.random() < review.per_month % 1)
            for place in sorted(rng.permutation(len(own))[:many]):
                touch = made[own[place]]
                lift = (14 if touch.lead and touch.lead.won else 0) + (20 if seller.name == review.best else 0)
                score = int(min(100, max(5, round(review.mean + lift + 13 * rng.normal()))))
                reviewers = "sales" if rng.random() < review.alone else "both"
                scored[own[place]] = Touch(**{**vars(touch), "score": score, "reviewers": reviewers})
    return [scored.get(place, touch) for place, touch in enumerate(made)]


@dataclass(frozen=True)
class Task:
    """A decision of a meeting."""

    date: dt.date
    text: str
    owner: str
    due: dt.date | None
    done: dt.date | None


@dataclass(frozen=True)
class Meeting:
    """A joint meeting; ``tasks`` are its decisions."""

    date: dt.date
    present: tuple[str, ...]
    tasks: tuple[Task, ...]


def meetings(as_of: dt.date, pattern: str, decisions: Sequence[tuple[str, str]], weekday: int = 1) -> list[Meeting]:
    """Meetings of the last ``len(pattern)`` whole weeks before ``as_of``, a sign a week.

    D both sides and a decision with owner and date · d a decision without a date · r both sides, reports only ·
    s sales alone · - no meeting. Each second decision is carried out late, each fifth never.
    """
    monday = as_of - dt.timedelta(days=as_of.weekday())
    made, told = [], 0
    for place, sign in enumerate(pattern):
        day = monday - WEEK * (len(pattern) - place) + weekday * DAY
        if sign == "-":
            continue
        tasks = []
        if sign in "Dd":
            text, owner = decisions[told % len(decisions)]
            due = day + 7 * DAY if sign == "D" else None
            late = (0, 9, 0, 4, None)[told % 5]
            done = None if late is None else day + (6 + late) * DAY
            tasks.append(Task(day, text, owner, due, done if done and done <= as_of else None))
            told += 1
        present = ("sales",) if sign == "s" else ("marketing", "sales")
        made.append(Meeting(day, present, tuple(tasks)))
    return made


@dataclass(frozen=True)
class Weekly:
    """The five common figures of a week as the company wrote them down, by name; the week begins on ``monday``."""

    monday: dt.date
    values: dict[str, float]
    right: bool
    """All five were recorded and agree with the CRM."""


FIVE = ("run_rate", "pipeline", "manager_max", "manager_min", "qualified_share", "cac")
"""The five statistics; conversion of managers is written as two numbers."""


def weekly(world: World, pattern: str, cost: Callable[[dt.date, dt.date], float]) -> list[Weekly]:
    """The figures of the last ``len(pattern)`` whole weeks: R right, w wrong by a quarter, h only half of them, - none.

    ``cost``: money spent from one day to another.
    """
    as_of = world.company.as_of
    monday = as_of - dt.timedelta(days=as_of.weekday())
    made = []
    for place, sign in enumerate(pattern):
        start = monday - WEEK * (len(pattern) - place)
        if sign == "-":
            continue
        values = _five(world, start + 6 * DAY, cost)
        if sign == "w":
            values = {name: value * 1.25 for name, value in values.items()}
        if sign == "h":
            values = {name: values[name] for name in ("run_rate", "qualified_share")}
        made.append(Weekly(start, values, sign == "R"))
    return made


def _five(world: World, end: dt.date, cost: Callable[[dt.date, dt.date], float]) -> dict[str, float]:
    """Run rate of the month; deals open with an amount; managers over 13 weeks; quality and CAC over four."""
    first = end.replace(day=1)
    next_month = (first + 31 * DAY).replace(day=1)
    month = sum(x.amount or 0 for x in world.leads if x.won and x.closed and first <= x.closed.date() <= end)
    is_open = [x for x in world.leads if x.created.date() <= end and not (x.closed and x.closed.date() <= end)]
    quarter = [x for x in world.leads if end - 91 * DAY < x.created.date() <= end]
    rates = []
    for seller in world.company.sellers:
        own = [x for x in quarter if x.seller == seller.name]
        rates.append(sum(bool(x.won and x.closed and x.closed.date() <= end) for x in own) / len(own))
    four = [x for x in world.leads if end - 28 * DAY < x.created.date() <= end]
    good = sum(x.bant is not None and sum(x.bant) >= 3 for x in four)
    customers = sum(bool(x.won and x.closed and end - 28 * DAY < x.closed.date() <= end) for x in world.leads)
    return {
        "run_rate": month / (end - first + DAY).days * (next_month - first).days,
        "pipeline": float(sum(x.amount or 0 for x in is_open)),
        "manager_max": max(rates),
        "manager_min": min(rates),
        "qualified_share": good / len(four),
        "cac": cost(end - 27 * DAY, end) / customers,
    }


def own_figures(world: World, noise: float, months: Sequence[dt.date]) -> list[tuple[dt.date, str, int, int, int]]:
    """What each department reports: month, department, leads, qualified, customers; sales is off by ``noise``."""
    rng = np.random.Generator(np.random.PCG64(world.company.seed + 2))
    made = []
    for month in months:
        own = [x for x in world.leads if (x.created.year, x.created.month) == (month.year, month.month)]
        counted = (
            len(own),
            sum(x.bant is not None and sum(x.bant) >= 3 for x in own),
            sum(x.won for x in own),
        )
        off = [round(n * (1 + noise * float(rng.choice([-1, 1])) * (0.5 + rng.random()))) for n in counted]
        made.append((month, "marketing", *counted))
        made.append((month, "sales", off[0], off[1], off[2]))
    return made  # type: ignore[return-value]


def sorted_blindly(world: World, leads: int, slips: tuple[float, float]) -> list[tuple[Lead, bool, bool]]:
    """The same leads sorted by two people, who each slip now and then: lead, what the first says, what the second."""
    rng = np.random.Generator(np.random.PCG64(world.company.seed + 3))
    known = [x for x in world.leads if x.bant is not None and x.created.date() <= world.company.period[1]][-leads:]
    made = []
    for lead in known:
        good = "qualified" in lead.steps
        first, second = (bool(good != (rng.random() < slip)) for slip in slips)
        made.append((lead, first, second))
    return made


def months_of(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of the months from ``first`` to ``last``."""
    months = [first.replace(day=1)]
    while (months[-1] + 32 * DAY).replace(day=1) <= last:
        months.append((months[-1] + 32 * DAY).replace(day=1))
    return months
