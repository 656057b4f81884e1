"""What happens in a sample company: leads come, sellers answer, some buy; advertising costs money.

The chance of every lead is known, so the truth holds expected values as well as what came to pass by ``as_of``.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_left
from functools import cache
from itertools import accumulate

import numpy as np

from data_samples.make.model import STEPS, Company, Lead, Seller, Source, Spend

DAY = dt.timedelta(days=1)
DEEPER = (1.0, 0.55, 0.6)
"""Chance that an unsold qualified lead went on to: qualified, meeting, proposal."""


@cache
def _limits(weights: tuple[float, ...]) -> list[float]:
    """Upper limits of the parts of [0, 1] that belong to each weight."""
    sums = list(accumulate(weights))
    return [one / sums[-1] for one in sums]


class World:
    """Everything that happened in ``company`` up to its ``as_of``, in the order of time."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.rng = np.random.Generator(np.random.PCG64(company.seed))
        self.now = dt.datetime.combine(company.as_of, dt.time(23, 59, 59))
        self.leads = self._leads()
        self.spend = self._spend()

    def _days(self) -> list[dt.date]:
        return [self.company.first_day + i * DAY for i in range((self.company.as_of - self.company.first_day).days + 1)]

    def _flow(self, day: dt.date) -> float:
        return self.company.season[day.month - 1] * self.company.weekdays[day.weekday()]

    def _leads(self) -> list[Lead]:
        moments: list[tuple[dt.datetime, Source]] = []
        hours = np.cumsum(self.company.hours) / sum(self.company.hours)
        for day in self._days():
            for source in self.company.sources:
                for _ in range(int(self.rng.poisson(source.per_day * self._flow(day)))):
                    hour = int(np.searchsorted(hours, self.rng.random(), side="right"))
                    minute, second = (int(x) for x in self.rng.integers(0, 60, 2))
                    moments.append((dt.datetime.combine(day, dt.time(hour, minute, second)), source))
        moments.sort(key=lambda pair: (pair[0], pair[1].key))
        leads: list[Lead] = []
        people = 0
        for created, source in moments:
            draw = self.rng.random()
            if leads and draw < self.company.repeat_share:
                person = leads[int(self.rng.integers(0, len(leads)))].person
            else:
                people += 1
                person = people
            lead = self._lead(len(leads) + 1, created, source, person)
            leads.append(lead)
            if self.rng.random() < self.company.double_share and created + DAY < self.now:
                leads.append(self._double(len(leads) + 1, lead))
        leads.sort(key=lambda one: (one.created, one.number))
        for number, lead in enumerate(leads, start=1):
            lead.number = number
        self._mark_tests(leads)
        self._lose_amounts(leads)
        return leads

    def _lead(self, number: int, created: dt.datetime, source: Source, person: int) -> Lead:
        seller = self._seller(source)
        product = self._pick(source.products) if source.products else ""
        lead = Lead(number, created, source, person, seller.name if seller else "", product, 0.0)
        lead.untagged = bool(source.untagged and self.rng.random() < source.untagged)
        answered = self._answer(created)
        if answered is not None:
            waited = (answered - created).total_seconds() / 60
            quick = self.company.quick_gain if waited <= 60 else 1.0
            until = self.company.closing_until
            closing = self.company.closing_before if until and created.date() < until else 1.0
            lead.p_win = min(0.9, source.p_win * (seller.skill if seller else 1.0) * quick * closing)
            if answered <= self.now:
                lead.answered = answered
        self._fate(lead, answered)
        return lead

    def _answer(self, created: dt.datetime) -> dt.datetime | None:
        # Always the same number of draws, so that one company's habits do not shift another draw's place.
        silent, wait = self.rng.random(), self.rng.normal()
        if silent < self.company.never_answered:
            return None
        minutes = self.company.answer_min * math.exp(self.company.answer_sigma * wait) * self._slow(created)
        return self.at_work(self.at_work(created) + dt.timedelta(seconds=round(minutes * 60)))

    def _slow(self, created: dt.datetime) -> float:
        """How many times longer a lead of this hour of the week waits."""
        first, last, factor = self.company.slow.get(created.weekday(), (0, 0, 1.0))
        return factor if first <= created.hour < last else 1.0

    def at_work(self, moment: dt.datetime) -> dt.datetime:
        """``moment``, or a few minutes after the next opening."""
        for _ in range(20):
            hours = None if moment.date() in self.company.closed else self.company.open_hours.get(moment.weekday())
            if hours and moment.hour < hours[1]:
                if moment.hour >= hours[0]:
                    return moment
                return moment.replace(hour=hours[0], minute=moment.minute % 20)
            moment = dt.datetime.combine(moment.date() + DAY, dt.time(0, moment.minute, moment.second))
        raise AssertionError("no working day in three weeks")

    def _fate(self, lead: Lead, answered: dt.datetime | None) -> None:
        company, rng = self.company, self.rng
        sold, deep, stuck, length = rng.random(), rng.random(4), rng.random(), rng.normal()
        if answered is None:
            if deep[0] < 0.6:
                lead.lost, lead.closed = True, lead.created + dt.timedelta(days=5 + 20 * deep[1])
                lead.reason = self._pick(company.lost_reasons)
            self._see_end(lead)
            return
        won = bool(sold < lead.p_win)
        steps = ["contacted"]
        if won:
            steps = list(STEPS)
        elif deep[0] < lead.source.quality:
            for step, chance, draw in zip(STEPS[1:], DEEPER, (0.0, deep[1], deep[2]), strict=True):
                if draw >= chance:
                    break
                steps.append(step)
        days = company.cycle_days * math.exp(company.cycle_sigma * length)
        if not won:
            days *= 0.25 if steps == ["contacted"] else 0.9
        end = self.at_work(max(lead.created + dt.timedelta(days=days), answered + dt.timedelta(minutes=30)))
        shares = sorted(rng.uniform(0.05, 0.95, 3))
        marks = [answered, *(answered + (end - answered) * share for share in shares)]
        marks = sorted(min(end, self.at_work(mark).replace(microsecond=0)) for mark in marks)
        lead.steps = dict(zip(steps, marks, strict=False))
        end = end.replace(microsecond=0, second=0)
        amount = lead.source.amount * math.exp(0.45 * rng.normal() - 0.45**2 / 2)
        lead.amount = int(round(amount, -2 if lead.source.amount >= 10_000 else -1)) if "proposal" in steps else None
        self._opinion(lead, won)
        if won:
            lead.won, lead.closed = True, end
        elif stuck >= company.stuck:
            lead.lost, lead.closed = True, end
        self._see_end(lead)

    def _opinion(self, lead: Lead, won: bool) -> None:
        """What sales writes down about the lead; drawn in full, hidden again where it lies in the future."""
        company, rng = self.company, self.rng
        felt, rated, reject, has_reason = rng.normal(), rng.random(), rng.random(), rng.random()
        holes = rng.permutation(4)[: int(rng.integers(2, 4))]
        rejection, loss = self._pick(company.reject_reasons), self._pick(company.lost_reasons)
        if rated < company.rated_share:
            lead.rating = int(min(5, max(1, round(lead.source.rating + 0.8 * felt))))
        if "qualified" in lead.steps:
            marks = [True] * 4
            if reject < 0.5:
                marks[int(holes[0])] = False
            lead.bant = (marks[0], marks[1], marks[2], marks[3])
            lead.reason = "" if won else loss
        elif reject < company.reject_share:
            lead.rejected = True
            lead.bant = tuple(i not in holes for i in range(4))  # type: ignore[assignment]
            lead.reason = rejection if has_reason < company.reason_share else ""
        else:
            lead.reason = loss

    def _see_end(self, lead: Lead) -> None:
        """Take back what has not happened by ``as_of``."""
        lead.steps = {step: moment for step, moment in lead.steps.items() if moment <= self.now}
        if lead.closed is not None and lead.closed > self.now:
            lead.won = lead.lost = lead.rejected = False
            lead.closed, lead.reason = None, ""
        if not (lead.won or lead.lost):
            lead.rejected, lead.reason = False, ""
            if "proposal" not in lead.steps:
                lead.amount = None
        if "contacted" not in lead.steps:
            lead.rating = None
        if "qualified" not in lead.steps and not lead.rejected:
            lead.bant = None

    def _double(self, number: int, lead: Lead) -> Lead:
        created = lead.created + dt.timedelta(minutes=int(self.rng.integers(1, 50)))
        twin = Lead(number, created, lead.source, lead.person, lead.seller, lead.product, 0.0)
        twin.lost, twin.closed = True, self.at_work(created).replace(second=0) + dt.timedelta(minutes=40)
        twin.reason, twin.double = self.company.double_reason, True
        twin.untagged = lead.untagged
        self._see_end(twin)
        return twin

    def _mark_tests(self, leads: list[Lead]) -> None:
        """Some organic leads that came to nothing were the company's own tests of its form."""
        plain = [x for x in leads if x.source.channel == "organic" and not x.steps and not x.double and x.lost]
        for i in sorted(self.rng.permutation(len(plain))[: self.company.tests]):
            plain[i].test, plain[i].reason, plain[i].p_win = True, self.company.test_reason, 0.0

    def _lose_amounts(self, leads: list[Lead]) -> None:
        empty, zero = self.company.empty_amounts
        won = [lead for lead in leads if lead.won]
        for place, i in enumerate(self.rng.permutation(len(won))[: empty + zero]):
            won[i].amount = None if place < empty else 0

    def _seller(self, source: Source) -> Seller | None:
        nobody, draw = self.rng.random(), self.rng.random()
        if nobody < self.company.no_seller:
            return None
        sellers = self.company.sellers
        return sellers[
            bisect_left(_limits(tuple(s.weight * (5.0 if source.key in s.prefers else 1.0) for s in sellers)), draw)
        ]

    def _pick(self, weighted: tuple[tuple[str, float], ...]) -> str:
        limits = _limits(tuple(weight for _, weight in weighted))
        return weighted[bisect_left(limits, self.rng.random())][0]

    def _spend(self) -> list[Spend]:
        rows = []
        for day in self._days():
            for source in self.company.sources:
                money = (source.cpl * source.per_day + source.daily) * self._flow(day)
                if not money:
                    continue
                if self.rng.random() < 0.02:
                    rows.append(Spend(day, source, 0.0, 0, 0))
                    continue
                cost = round(money * math.exp(0.18 * self.rng.normal() - 0.18**2 / 2), 2)
                clicks = max(1, int(self.rng.poisson(cost / source.cpc)))
                shown = max(clicks, int(self.rng.poisson(clicks / source.ctr)))
                rows.append(Spend(day, source, cost, shown, clicks if source.counts_clicks else 0))
        return rows
