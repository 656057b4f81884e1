"""Words of the agenda's figures: the five statistics, the share of qualified leads, experimental channels."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers.chapters.leads_measure import verdict
from helpers.chapters.meeting_chart import Trend, draw_trends
from helpers.chapters.meeting_five import LOOKS_BACK, Five, WeeklyFive
from helpers.chapters.shares import Share
from helpers.report.model import Block, Column, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.meeting_week import Week
    from helpers.chapters.plan_measure import Running
    from helpers.client import Client
    from helpers.language import Language

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Figures:
    """Says the statistics of one week."""

    say: Language
    client: Client
    week: Week
    weekly: WeeklyFive

    @cached_property
    def now(self) -> Five:
        """This week."""
        return self.weekly.of(self.week.monday)

    @cached_property
    def last(self) -> Five | None:
        """The week before; None: nothing was recorded then."""
        return None if self.week.first else self.weekly.of(self.week.back(1))

    def money(self, value: float | None) -> str:
        """Money as in a headline."""
        return "?" if value is None else self.say.money_short(value, self.client.currency)

    def share(self, value: float | None) -> str:
        """A share; too few to judge where it is not known."""
        return self.say("too few to judge") if value is None else self.say.share(value, 1 if value < 0.1 else 0)

    def judged(self, one: Share) -> str:
        """'31 % (25–38 %) of 210 leads', or that there are too few."""
        say = self.say
        if not one.whole:
            return say("no leads")
        if not one.enough:
            return say.plural("{part} of {n} lead, too few to judge", "{part} of {n} leads, too few to judge",
                              one.whole, part=say.count(round(one.share * one.whole)))  # fmt: skip
        return say.plural("{share} of {n} lead (95%: {range})", "{share} of {n} leads (95%: {range})", one.whole,
                          share=say.share(one.share), range=say.interval(one.low, one.high, say.share))  # fmt: skip

    # The five statistics ---------------------------------------------------------------------------------------------

    def five_title(self) -> str:
        """The pace against the plan."""
        say, run = self.say, self.now.run_rate
        value = self.now.value("run_rate")
        if run is None or value is None:
            return say("Five figures: the pace of revenue cannot be told yet")
        month = say.month(self.now.end)
        if run.plan is None:
            return say("Five figures: revenue, {month}: {money} at this pace; no plan is written down",
                       month=month, money=self.money(value))  # fmt: skip
        return say("Five figures: revenue, {month}: {money} at this pace, plan {plan}", month=month,
                   money=self.money(value), plan=self.money(run.plan))  # fmt: skip

    def five_blocks(self) -> list[Block]:
        """Small lines, and the table below them."""
        return [Block(kind="picture", figure=self._picture()), Block(kind="table", table=self.five_table())]

    def five_table(self) -> Table:
        """Figure | this week | last week | plan or norm | sample."""
        say, now = self.say, self.now
        both: Callable[[Five], str]
        lines: list[tuple[str, Callable[[Five], str], str, str]] = [
            (say("Run rate: revenue of {month} at this pace", month=say.month(now.end)), self._run_rate,
             self._plan_of(now.run_rate), self._sales_behind(now)),
            (say("Deals in work: amount of open deals"), lambda five: self.money(five.value("pipeline")),
             self._missing(now), say("open on {date}", date=say.date_short(now.end))),
            (say("Managers: highest and lowest conversion"), self._managers, self._team(now),
             say.plural("{n} manager with 30 leads and more", "{n} managers with 30 leads and more", len(now.sellers))),
            (say("Share of qualified leads"), lambda five: self.share(five.value("qualified_share")), self.norm(),
             say.plural("{n} lead", "{n} leads", now.lately.whole)),
            (say("Cost of a customer (CAC)"), self._cac, self._planned_cac(now),
             say.plural("{n} customer", "{n} customers", now.won)),
        ]  # fmt: skip
        rows = []
        for label, both, plan, sample in lines:
            before = both(self.last) if self.last is not None else "–"
            rows.append((label, both(now), before, plan, sample))
        columns = tuple(
            Column(label=label)
            for label in (say("Figure"), say("This week"), say("Last week"), say("Plan or norm"), say("Counted from"))
        )
        note = say("Managers, share and cost: last {n} weeks, because one week holds too few sales.", n=LOOKS_BACK)
        if len(now.sellers) > 1:
            note += " " + say("Of several managers one is always first and one last: the report of the audit says "
                              "whether it is more than chance.")  # fmt: skip
        return Table(columns=columns, rows=tuple(rows), note=note)

    def _run_rate(self, five: Five) -> str:
        written = self.money(five.value("run_rate"))
        if (five.end.year, five.end.month) == (self.now.end.year, self.now.end.month):
            return written
        return f"{written} ({self.say.month_short(five.end, year=False)})"

    def _plan_of(self, run: Running | None) -> str:
        return "–" if run is None or run.plan is None else self.money(run.plan)

    def _sales_behind(self, five: Five) -> str:
        run = five.run_rate
        text = self.say.plural("{n} sale in 13 weeks", "{n} sales in 13 weeks", run.events if run else 0)
        return text if run is not None and run.enough else f"{text}: {self.say('too few to judge')}"

    def _missing(self, five: Five) -> str:
        run = five.run_rate
        if run is None or run.missing is None:
            return "–"
        return self.say("to plan: {money}", money=self.money(run.missing))

    def _managers(self, five: Five) -> str:
        if not five.sellers:
            return self.say("too few to judge")
        rates = [self.share(seller.rate) for seller in (five.sellers[0], five.sellers[-1])]
        return " / ".join(rates if len(five.sellers) > 1 else rates[:1])

    def _team(self, five: Five) -> str:
        leads, won = five.sold
        return "–" if leads < MINIMUM else self.say("team {share}", share=self.share(won / leads))

    def norm(self) -> str:
        """The norm of the share of qualified leads."""
        norm = self.client.limits.qualified_share
        return "–" if norm is None else self.say.interval(*norm, self.say.share)

    def _cac(self, five: Five) -> str:
        value = five.value("cac")
        if value is None:
            return "?"
        return self.money(value) if five.sure_cac else f"{self.money(value)}: {self.say('too few to judge')}"

    def _planned_cac(self, five: Five) -> str:
        plan = self.client.plan.get(f"{five.end:%Y-%m}")
        if plan is None or not plan.spend or not plan.won:
            return "–"
        return self.money(plan.spend / plan.won)

    def _picture(self) -> Any:
        say = self.say
        weeks = [self.week.back(n) for n in range(LOOKS_BACK - 1, -1, -1)]
        fives = [self.weekly.of(monday) if monday + 6 * _DAY >= self.week.began else None for monday in weeks]

        def line(figure: str) -> tuple[float, ...]:
            found = (five.value(figure) if five is not None else None for five in fives)
            return tuple(math.nan if value is None else value for value in found)

        run, norm = self.now.run_rate, self.client.limits.qualified_share
        plan = None if run is None or run.plan is None else (run.plan, run.plan)
        share = self.now.value("qualified_share")
        sellers = self._managers(self.now) if self.now.sellers else "?"
        trends = [
            Trend(say("Run rate"), self._run_rate(self.now), (line("run_rate"),), "sales", plan),
            Trend(say("Deals in work"), self.money(self.now.value("pipeline")), (line("pipeline"),), "sales"),
            Trend(say("Managers"), sellers, (line("manager_max"), line("manager_min")), "sales"),
            Trend(say("Share qualified"), "?" if share is None else self.share(share), (line("qualified_share"),),
                  "marketing", norm),
            Trend(say("CAC"), self.money(self.now.value("cac")), (line("cac"),), "joint"),
        ]  # fmt: skip
        told = "; ".join(f"{trend.title}: {self._first(trend)} → {trend.written}" for trend in trends)
        names = (self.week_name(weeks[0]), self.week_name(weeks[-1]))
        alt = say("The five figures by week, {first} to {last}. {list}. Dashed or grey: plan or norm.", first=names[0],
                  last=names[1], list=told)  # fmt: skip
        return draw_trends(trends, names, alt)

    def _first(self, trend: Trend) -> str:
        known = [value for value in trend.lines[0] if not math.isnan(value)]
        if not known:
            return "?"
        return self.share(known[0]) if max(known) <= 1 else self.money(known[0])

    def week_name(self, monday: Any) -> str:
        """'week 28'."""
        return self.say("week {n}", n=monday.isocalendar().week)

    # Share of qualified leads ----------------------------------------------------------------------------------------

    def share_title(self) -> str:
        """The week's share against its norm, in words."""
        say, one, norm = self.say, self.now.qualified, self.client.limits.qualified_share
        if self.week.state in ("future", "before"):
            return say("Share of qualified leads: the week is not in the exports")
        if not one.whole:
            return say("Share of qualified leads: no lead came this week")
        if not self.weekly.of(self.week.monday).lately.whole:
            return say("Share of qualified leads: not recorded; first the mark in the CRM")
        found = verdict(one, self.now.marked, norm)
        if found == "too_few":
            return say("Share of qualified leads: {share}", share=self.judged(one))
        if self.weekly.young(self.week.monday):
            return say("Share of qualified leads: {share} so far, too early to judge", share=say.share(one.share))
        if norm is None:
            return say("Share of qualified leads: {share}; the norm is to be agreed", share=say.share(one.share))
        told = {"share": say.share(one.share), "norm": self.norm()}
        if found == "within":
            return say("Share of qualified leads: {share}, within the norm of {norm}", **told)
        if found == "below":
            return say("Share of qualified leads: {share}, below the norm of {norm}", **told)
        if found == "above":
            return say("Share of qualified leads: {share}, above the norm of {norm}", **told)
        return say("Share of qualified leads: {share}, outside the norm of {norm}, which may be chance", **told)

    def share_lines(self) -> list[str]:
        """Sample, range, leads that are not judged yet, last week."""
        say, one, marked = self.say, self.now.qualified, self.now.marked
        if not one.whole or not self.now.lately.whole:
            return []
        out = [say("{judged}; last {n} weeks: {lately}.", judged=self.judged(one), n=LOOKS_BACK,
                   lately=self.judged(self.now.lately))]  # fmt: skip
        if self.last is not None:
            out[0] = say("{judged}; last week: {last}; last {n} weeks: {lately}.", judged=self.judged(one),
                         last=self.judged(self.last.qualified), n=LOOKS_BACK,
                         lately=self.judged(self.now.lately))  # fmt: skip
        waiting = int(one.whole - marked.whole)
        if waiting and self.weekly.young(self.week.monday):
            out.append(
                say.plural("{n} lead of the week is not judged yet, more than usual: the share will still move.",
                           "{n} leads of the week are not judged yet, more than usual: the share will still move.",
                           waiting)
            )  # fmt: skip
        return out

    def experiments(self) -> list[str]:
        """Each experimental channel for itself."""
        say, names = self.say, self.client.experimental
        out = []
        for name in names:
            one, marked = self.weekly.qualified(self.week.monday, self.week.monday, name)
            lately, _ = self.weekly.qualified(self.week.back(LOOKS_BACK - 1), self.week.monday, name)
            if not marked.whole and not self.now.lately.whole:
                leads = say.plural("{n} lead", "{n} leads", one.whole)
                out.append(say("{channel}: {leads}; qualified is not recorded.", channel=name, leads=leads))
                continue
            out.append(say("{channel}: this week {now}; last {n} weeks {lately}.", channel=name, now=self.judged(one),
                           n=LOOKS_BACK, lately=self.judged(lately)))  # fmt: skip
        return out
