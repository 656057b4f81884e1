"""Money by campaign, against the feeling about leads: what each campaign brought, what it may bring, what to do.

money = Money.measure(facts, client, say)
money.section()                 # for the report
money.measured.campaigns        # one row per campaign: spend, leads, won, profit, expected, verdict, action
money.measured.sums             # spend and revenue, reconciled to the kopeck
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from helpers.chapters import money_words as words
from helpers.chapters.base import Chapter
from helpers.chapters.campaigns import lines
from helpers.chapters.feeling import Feeling, measure_feeling
from helpers.chapters.feeling_chart import draw_feeling
from helpers.chapters.feeling_words import FeelingWords
from helpers.chapters.money_chart import draw_aim, draw_costs, draw_profit, draw_sums
from helpers.chapters.money_measure import Measured, measure_money
from helpers.chapters.money_mix import Mix, measure_mix
from helpers.chapters.money_mix_chart import mix_exhibit
from helpers.chapters.money_moves import measure_moves
from helpers.chapters.money_moves_chart import moves_exhibit
from helpers.chapters.money_sales import Sales, measure_sales, sales_exhibit, sales_figures
from helpers.chapters.money_titles import Titles
from helpers.report.model import Box, Exhibit, Finding, Section

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Money(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "money"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: Measured
    sales: Sales
    """Won deals by what their amount is."""
    feeling: Feeling
    mix: Mix | None
    """Campaigns against the people who handle their leads; None: not two of each."""
    margin_known: bool
    """False: no margin was given, and profit is revenue less spend."""

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Money:
        """Money of the audited period: leads created in it, and what they brought up to ``as_of``."""
        measured = measure_money(facts, client)
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measured,
            sales=measure_sales(facts),
            feeling=measure_feeling(measured.campaigns),
            mix=measure_mix(facts, client, measured),
            margin_known=client.margin_given or "deals.margin" in facts.has,
        )

    @property
    def titles(self) -> Titles:
        """Finding of each exhibit as a sentence."""
        return Titles(self.measured, self.feeling, self.client.currency, self.say)

    # Words -----------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Where the money went, profit by campaign, prices, feeling against money."""
        say = self.say
        exhibits = [self._sums_exhibit(), *self._sales_exhibit()]
        if not self.measured.matched.empty:
            exhibits += [self._profit_exhibit(), *self._moves_exhibit(), *self._aim_exhibit(), self._costs_exhibit()]
        if self.feeling.rated and not self.measured.matched.empty:
            exhibits.append(self._feeling_exhibit())
        exhibits += [one for one in (mix_exhibit(self.mix, self.measured, say, self._note()),) if one is not None]
        return Section(
            key=self.key,
            title=say("Money by campaign"),
            lead=self.titles.lead(),
            boxes=self._boxes(),
            exhibits=tuple(exhibits),
        )

    def _boxes(self) -> tuple[Box, ...]:
        say, sums = self.say, self.measured.sums
        boxes = []
        if not self.measured.matched.empty:
            boxes.append(self._reading_box())
        if not self.margin_known:
            text = say("No margin was given, so profit here is revenue less spend. The real profit is lower.")
            boxes.append(Box(title=say("Profit without the cost of goods"), text=(text,), tone="caution"))
        if not sums.spend:
            text = say("Export the spend of each campaign by day from the ad accounts, with the id of the campaign.")
            boxes.append(Box(title=say("No spend in the data"), text=(text,), tone="missing"))
        elif not sums.leads_matched:
            text = say("Write the channel and the campaign (UTM tags) into each lead: then its spend can be told.")
            boxes.append(Box(title=say("No lead can be tied to spend"), text=(text,), tone="missing"))
        if not self.feeling.rated:
            text = say(
                "Let sales rate each lead from 1 to 5 when it is closed: then feeling and money can be compared."
            )
            boxes.append(Box(title=say("No ratings of leads"), text=(text,), tone="missing"))
        return tuple(boxes)

    def _reading_box(self) -> Box:
        say = self.say
        return Box(
            title=say("How to read profit by campaign"),
            text=(
                say("So far: what the leads of the period have brought by the date of the audit, less spend."),
                say("Expected: what the same spend and as many leads bring on average once every lead is closed. Few "
                    "sales are partly luck: each campaign is moved towards the common rate as far as its counts are "
                    "small, and an open lead counts by its age."),
                say("Earns: the chance of a profit is 90 % or more. Loses: 10 % or less. Between them it is too early "
                    "to say; under 30 leads there are too few to judge. Leads under another name: most of the money "
                    "went in months without a lead of the campaign, while leads without spend came in its channel."),
                say("Scale: earns and reaches the aim (without an aim, the average). Hold: earns less than that, or "
                    "has no spend. Fix: loses, but its leads may be worth half of their price or more; or spend "
                    "without its leads: first connect it. Stop: loses, and not even that. Wait: not enough is known."),
            ),
        )  # fmt: skip

    # Exhibits --------------------------------------------------------------------------------------------------------

    def _sums_exhibit(self) -> Exhibit:
        say, sums = self.say, self.measured.sums

        def money(value: float) -> str:
            return say.money(value, self.client.currency)

        reading = []
        if sums.coverage is not None and sums.leads:
            reading.append(
                say(
                    "Cost of a lead and of a customer are counted over this part only: {spend} of spend, {leads} of "
                    "leads.",
                    spend=say.share(sums.coverage),
                    leads=say.share(sums.leads_matched / sums.leads),
                )
            )
        if sums.spend_unnamed:
            reading.append(
                say("{money} of spend names no campaign: nobody can tell which leads it brought.",
                    money=money(sums.spend_unnamed))
            )  # fmt: skip
        if sums.spend_elsewhere:
            whole = round(sums.spend_only - sums.spend_unnamed, 2)
            reading.append(
                say("Campaigns without leads cost {whole}. No lead of any channel names {rest} of it, as the chapter "
                    "on the data lists it; the other {elsewhere} belong to campaigns that leads of another channel "
                    "name, or to channels that name no campaign.",
                    whole=money(whole), elsewhere=money(sums.spend_elsewhere),
                    rest=money(round(whole - sums.spend_elsewhere, 2)))
            )  # fmt: skip
        reading += self.titles.untied()
        alt = self.titles.sums_alt()
        return Exhibit(
            key="money-sums",
            title=self.titles.sums(),
            figure=draw_sums(sums, say, self.client.currency, alt),
            reading=tuple(reading),
            table=words.sums_table(sums, self.sales, say),
            table_open=True,
            note=self._note(),
        )

    def _sales_exhibit(self) -> tuple[Exhibit, ...]:
        found = sales_exhibit(self.sales, self.say, self.client.currency, self._note())
        return () if found is None else (found,)

    def _profit_exhibit(self) -> Exhibit:
        say = self.say
        return Exhibit(
            key="money-profit",
            title=self.titles.profit(),
            figure=draw_profit(self.measured, say, self.client.currency, self.titles.profit_alt()),
            reading=(say("Bar: profit so far. Line: where expected profit lies with 95 % probability."),
                     *self.titles.profit_reading()),
            table=words.profit_table(self.measured, say, self.client.currency),
            note=f"{self._note()} {self._method_note()}",
        )  # fmt: skip

    def _moves_exhibit(self) -> tuple[Exhibit, ...]:
        found = moves_exhibit(measure_moves(self.measured), self.measured, self.say, self.client.currency, self._note())
        return () if found is None else (found,)

    def _aim_exhibit(self) -> tuple[Exhibit, ...]:
        say, aim = self.say, self.client.earn_per_100
        # Without a margin of zero there is always a revenue that covers the spend.
        if aim is None or not self.client.margin:
            return ()
        figure = draw_aim(self.measured, aim, 100 / self.client.margin, say, self.titles.aim_alt(aim))
        if figure is None:
            return ()
        text = say("Revenue so far; young campaigns still earn. Break-even by the margin of {margin}.",
                   margin=say.share(self.client.margin))  # fmt: skip
        return (
            Exhibit(key="money-aim", title=self.titles.aim(aim), figure=figure, reading=(text,), note=self._note()),
        )

    def _costs_exhibit(self) -> Exhibit:
        say = self.say
        figure = draw_costs(self.measured, say, self.client.currency, self.titles.costs_alt())
        marks = say("Thick mark: the break-even price of a lead. Line: where the cost of a customer lies with 95 % "
                    "probability.")  # fmt: skip
        return Exhibit(
            key="money-costs",
            title=self.titles.costs(),
            figure=figure,
            reading=(*((marks,) if figure else ()), *self.titles.costs_reading()),
            table=words.costs_table(self.measured, say),
            table_open=figure is None,
            note=self._note(),
        )

    def _feeling_exhibit(self) -> Exhibit:
        say = self.say
        text = FeelingWords(self.feeling, self.client.currency, say)
        return Exhibit(
            key="money-feeling",
            title=text.title(),
            figure=draw_feeling(self.feeling, say, self.client.currency, text.alt()),
            reading=text.reading(),
            table=words.feeling_table(self.feeling, say) if len(self.feeling.campaigns) else None,
            note=self._note(),
        )

    def _note(self) -> str:
        say = self.say
        return say(
            "Spend of the period, leads created in it ({period}), sales and money of these leads up to {as_of}.",
            period=say.period(*self.period),
            as_of=say.date(self.as_of),
        )

    def _method_note(self) -> str:
        say, prior = self.say, self.measured.expected.prior
        if not prior.fitted:
            return say("The campaigns are too few or too alike to correct their conversions for small numbers.")
        return say(
            "Correction for small numbers: common conversion of lead to customer {rate}, which weighs as much as {n} "
            "leads.",
            rate=say.share(prior.mean, 1),
            n=say.count(prior.strength),
        )

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Losing campaigns, feeling that contradicts money, spend without leads."""
        return self.titles.findings(self.period)

    def figures(self) -> dict[str, Any]:
        """``money`` of audit.json. Costs are plain arithmetic whatever the counts: leads and won stand beside them."""
        sums = self.measured.sums
        campaigns = [
            {
                "channel": row.channel,
                "campaign": row.campaign or row.campaign_id,
                "spend": _number(row.spend, 2),
                "leads": int(row.leads),
                "qualified": _number(row.qualified, 0),
                "won": int(row.won),
                "revenue": _number(row.revenue, 2),
                "profit": _number(row.profit, 2),
                "cpl": _number(row.cpl, 2),
                "cost_per_qualified": _number(row.cost_per_qualified, 2),
                "cac": _number(row.cac, 2),
                "romi": _number(row.romi, 4),
                "interval": None if np.isnan(row.low) else [_number(row.low, 2), _number(row.high, 2)],
                "p_profit": _number(row.p_profit, 4),
                "verdict": row.verdict or None,
                "rating": _number(row.rating, 2),
            }
            for row in lines(self.measured.campaigns)
        ]
        return {
            "money": {
                "spend": sums.spend,
                "spend_matched": sums.spend_matched,
                "spend_only": sums.spend_only,
                "leads_only": sums.revenue_leads_only,
                "revenue": sums.revenue,
                "profit": sums.profit,
                "sales": sales_figures(self.sales),
                "campaigns": campaigns,
            }
        }


def _number(value: float, digits: int) -> float | int | None:
    """A number JSON can hold; None for what is not known."""
    if not np.isfinite(value):
        return None
    return round(float(value), digits) if digits else int(value)
