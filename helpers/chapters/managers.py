"""Conversion by manager, and whether a difference means anything.

managers = Managers.measure(facts, client, say)
managers.section()              # for the report
managers.measured.table         # one row per manager: leads, won, rate, expected, limits, verdict
managers.measured.differing     # who differs beyond luck
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from helpers.chapters.base import Chapter
from helpers.chapters.campaigns import lines
from helpers.chapters.managers_chart import draw_limits, draw_rates, shown_by_limits, shown_by_rate
from helpers.chapters.managers_measure import MeasuredManagers, measure_managers
from helpers.chapters.managers_words import ManagerWords
from helpers.report.model import Box, Exhibit, Finding, Section
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.client import Client
    from helpers.facts import Facts
    from helpers.language import Language


@dataclass(frozen=True)
class Managers(Chapter):
    """The chapter; ``measure`` makes it."""

    key: ClassVar[str] = "managers"

    say: Language
    client: Client
    period: tuple[dt.date, dt.date]
    as_of: dt.date
    measured: MeasuredManagers

    @classmethod
    def measure(cls, facts: Facts, client: Client, say: Language) -> Managers:
        """Managers of the audited period: leads created in it, sales at one common age."""
        return cls(
            say=say,
            client=client,
            period=(facts.period.from_, facts.period.to),
            as_of=facts.as_of,
            measured=measure_managers(facts, client),
        )

    @property
    def words(self) -> ManagerWords:
        """Titles and readings."""
        return ManagerWords(self.measured, self.say)

    @property
    def named(self) -> bool:
        """Whether the leads of the period name any salesperson."""
        return bool((self.measured.table["kind"] == "person").any())

    # Report ----------------------------------------------------------------------------------------------------------

    def section(self) -> Section:
        """Highest and lowest, then whether it means anything."""
        say, measured = self.say, self.measured
        exhibits: tuple[Exhibit, ...] = ()
        if self.named and measured.age.ripe:
            exhibits = (self._ends_exhibit(),)
            if len(shown_by_limits(measured)) and measured.people["won"].sum():
                exhibits = (*exhibits, self._limits_exhibit())
        return Section(key=self.key, title=say("Managers"), lead=self._lead(), boxes=self._boxes(), exhibits=exhibits)

    def _lead(self) -> tuple[str, ...]:
        say, measured = self.say, self.measured
        if not self.named or not measured.age.ripe:
            return ()
        return (
            say(
                "{leads} leads of {n} managers are compared: created {period}, with their sales of the first {age}.",
                leads=say.count(measured.table.loc[measured.table["kind"] == "person", "leads"].sum()),
                n=say.count((measured.table["kind"] == "person").sum()),
                period=say.period(max(self.period[0], measured.age.months["now"][0]), measured.age.until["now"]),
                age=say.days(measured.age.days),
            ),
        )

    def _boxes(self) -> tuple[Box, ...]:
        say, measured = self.say, self.measured
        if not self.named:
            text = say("Export the salesperson in charge with each lead: then conversions can be compared fairly.")
            return (Box(title=say("No salesperson in the data"), text=(text,), tone="missing"),)
        if not measured.age.ripe:
            text = say(
                "All leads of the period are too young: most of their sales are still to come. Managers can be "
                "compared from {date} on.",
                date=say.date(measured.age.ready),
            )
            return (Box(title=say("Too early to compare managers"), text=(text,), tone="caution"),)
        return (self._reading_box(),)

    def _reading_box(self) -> Box:
        say, measured = self.say, self.measured
        same = say("the same channel, product and month") if measured.product else say("the same channel and month")
        texts = [
            say(
                "Equal leads are leads of {same}. Where nobody else had such leads, the wider group stands in: the "
                "channel, then the team.",
                same=same,
            ),
            say(
                "Differs: outside of what luck explains 998 times of 1,000. Perhaps: outside of 95 of 100. Under {n} "
                "leads there are too few to judge.",
                n=MINIMUM,
            ),
            say("Lines without a person (no owner, queues, other teams) are shown and never judged."),
        ]
        if measured.undated:
            texts.append(
                say.plural(
                    "{n} sale has no believable day: it counts as made at once.",
                    "{n} sales have no believable day: they count as made at once.",
                    measured.undated,
                )
            )
        return Box(title=say("How to read the comparison of managers"), text=tuple(texts))

    def _ends_exhibit(self) -> Exhibit:
        shown, words = shown_by_rate(self.measured), self.words
        figure = draw_rates(shown, self.say, words.ends_alt(shown)) if len(shown) else None
        return Exhibit(
            key="managers-conversion",
            title=words.ends_title(),
            figure=figure,
            reading=words.ends_reading()[0 if figure else 1 :],
            table=words.table(),
            table_open=figure is None,
            note=self._note(),
        )

    def _limits_exhibit(self) -> Exhibit:
        shown, words = shown_by_limits(self.measured), self.words
        return Exhibit(
            key="managers-limits",
            title=words.limits_title(),
            figure=draw_limits(self.measured, self.say, words.limits_alt(shown)),
            reading=words.limits_reading(),
            note=self._note(),
        )

    def _note(self) -> str:
        say, age = self.say, self.measured.age
        period = say.period(max(self.period[0], age.months["now"][0]), age.until["now"])
        text = say("Leads created {period}, sales within {age} of the lead.", period=period, age=say.days(age.days))
        if not age.whole:
            text += " " + say("Later leads are too young to be compared.")
        if age.short and age.cycle is not None:
            text += " " + say("Nine of ten sales take up to {days}: the later ones are not seen yet.",
                              days=say.days(age.cycle))  # fmt: skip
        return text

    # Findings and figures --------------------------------------------------------------------------------------------

    def findings(self) -> tuple[Finding, ...]:
        """Who differs beyond luck, if anybody does."""
        if not self.named or not len(self.measured.differing):
            return ()
        say, row = self.say, self.measured.differing.iloc[0]
        return (
            Finding(
                text=self.words.limits_title(),
                detail=say(
                    "Conversion {rate} of {leads} leads; equal leads bring the others {expected}.",
                    rate=say.share(row["rate"], 1), leads=say.count(row["leads"]),
                    expected=say.share(row["expected"] / row["leads"], 1),
                ),
                section=self.key,
            ),
        )  # fmt: skip

    def figures(self) -> dict[str, Any]:
        """``managers`` of audit.json: highest and lowest conversion of those with 30 leads, and everybody's verdict."""
        measured, people = self.measured, self.measured.people
        known = measured.age.ripe and len(people) > 0
        return {
            "managers": {
                "age_days": measured.age.days if measured.age.ripe else None,
                "until": measured.age.until["now"].isoformat() if measured.age.ripe else None,
                "max": self._entry(people.iloc[0]) if known else None,
                "min": self._entry(people.iloc[-1]) if known else None,
                "spread_beyond_luck": round(measured.spread, 3),
                "list": [self._entry(row) for row in lines(measured.table)],
            }
        }

    def _entry(self, row: Any) -> dict[str, Any]:
        enough = row.leads >= MINIMUM
        return {
            "manager": row.manager,
            "kind": row.kind,
            "left": row.last_day.date().isoformat() if pd.notna(row.last_day) else None,
            "leads": int(row.leads),
            "won": int(row.won),
            "conversion": round(float(row.rate), 5) if enough else None,
            "interval": [round(float(row.low), 5), round(float(row.high), 5)] if enough else None,
            "expected": round(float(row.expected), 3) if pd.notna(row.expected) else None,
            "verdict": row.verdict,
        }
