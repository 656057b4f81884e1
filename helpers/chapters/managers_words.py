"""What the managers chapter says: titles, readings, tables, alt texts. Systems are described, people are not judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.chapters.campaigns import lines
from helpers.report.model import Column, Quantity, Table
from helpers.stats.shares import MINIMUM

if TYPE_CHECKING:
    from helpers.chapters.managers_measure import MeasuredManagers
    from helpers.language import Language

FEW = 3
"""A sentence names so many managers."""
PERHAPS = ("perhaps_higher", "perhaps_lower")
WIDE = 4
"""From so many times the variance of luck on, the spread of the team is the finding."""


def manager_name(row: Any, say: Language) -> str:
    """The manager as the client's CRM (or the table of people) names them; who has left is marked."""
    if not row.manager:
        return say("no manager named")
    if pd.notna(row.last_day):
        return say("{name} (left in {month})", name=row.manager, month=say.month(row.last_day.date()))
    return str(row.manager)


def verdict_text(verdict: str, spread: float, say: Language) -> str:
    """The verdict in words; ``spread`` of the team beyond luck tells what "usual" means."""
    return {
        "higher": say("higher than luck explains"),
        "lower": say("lower than luck explains"),
        "perhaps_higher": say("perhaps higher"),
        "perhaps_lower": say("perhaps lower"),
        "usual": say("no difference beyond luck") if spread <= 1 else say("within the spread of the team"),
        "too_few": say("too few to judge"),
        "alone": say("nobody to compare with"),
        "no_sales": say("no sales to compare"),
        "nobody": say("not a salesperson, not judged"),
    }[verdict]


def verdict_short(verdict: str, spread: float, say: Language) -> str:
    """The verdict of a compared manager in a word or two, for a picture."""
    return {
        "higher": say("differs: higher"),
        "lower": say("differs: lower"),
        "perhaps_higher": say("perhaps higher"),
        "perhaps_lower": say("perhaps lower"),
    }.get(verdict, say("luck") if spread <= 1 else say("as the team differs"))


@dataclass(frozen=True)
class ManagerWords:
    """Says what the measure shows."""

    measured: MeasuredManagers
    say: Language

    def _rate(self, value: float) -> str:
        return self.say.share(value, 1)

    def _names(self, table: pd.DataFrame) -> str:
        return self.say.quoted([manager_name(row, self.say) for row in lines(table.head(FEW))])

    # Highest and lowest ----------------------------------------------------------------------------------------------

    def ends_title(self) -> str:
        """Highest and lowest conversion."""
        say, people = self.say, self.measured.people
        if len(people) < 2:
            return say("Conversion by manager: too few managers with {n} leads to compare", n=MINIMUM)
        if not people["won"].sum():
            return say("Nothing was sold to the compared leads, so conversions cannot be compared")
        top, bottom = people.iloc[0], people.iloc[-1]
        if top["rate"] == bottom["rate"]:
            return say(
                "All managers have the same conversion of lead to customer, {rate}", rate=self._rate(top["rate"])
            )
        values = {
            "high": self._rate(top["rate"]), "best": manager_name(top, say),
            "low": self._rate(bottom["rate"]), "worst": manager_name(bottom, say),
        }  # fmt: skip
        if self._may_be_chance():
            return say(
                "Conversion of lead to customer: highest {high} ({best}), lowest {low} ({worst}); it may be chance",
                **values,
            )
        return say("Conversion of lead to customer: highest {high} ({best}), lowest {low} ({worst})", **values)

    def _may_be_chance(self) -> bool:
        """The ranges of the highest and the lowest overlap, and no manager differs among equal leads."""
        top, bottom = self.measured.people.iloc[0], self.measured.people.iloc[-1]
        return bool(top["low"] <= bottom["high"]) and not len(self.measured.differing)

    def ends_reading(self) -> tuple[str, ...]:
        """What the picture of conversions shows, and that it is not the answer yet."""
        say, people = self.say, self.measured.people
        out = [say("Dot: conversion so far. Line: its 95 % range. Diamond: the same, corrected for small numbers.")]
        if len(people) > 1 and people["won"].sum():
            if self._may_be_chance():
                out.append(
                    say("The ranges of the highest and the lowest overlap: from conversions alone nothing follows yet.")
                )
            out.append(
                say(
                    "Managers get different leads: some channels and products sell more easily. Whether a difference "
                    "means anything is asked below, among equal leads."
                )
            )
        few = self.measured.table[self.measured.table["verdict"].eq("too_few")]
        if len(few):
            out.append(
                say.plural(
                    "{n} manager has fewer than {least} leads to compare: too few to judge.",
                    "{n} managers have fewer than {least} leads to compare: too few to judge.",
                    len(few), least=MINIMUM,
                )
            )  # fmt: skip
        return tuple(out)

    def ends_alt(self, shown: pd.DataFrame) -> str:
        """Conversions of the drawn managers."""
        say = self.say
        parts = [
            say(
                "{name}: {rate} of {leads} leads",
                name=manager_name(row, say),
                rate=self._rate(row.rate) if row.leads >= MINIMUM else say("too few to judge"),
                leads=say.count(row.leads),
            )
            for row in lines(shown)
        ]
        return say("Conversion of lead to customer by manager. {list}.", list="; ".join(parts))

    # Whether it means anything ---------------------------------------------------------------------------------------

    def limits_title(self) -> str:
        """Who differs beyond luck."""
        say, differing, people = self.say, self.measured.differing, self.measured.people
        if len(differing) == 1:
            row = differing.iloc[0]
            return say(
                "One of {n} managers differs beyond luck: {name}, {won} sales where equal leads bring the others "
                "{expected}",
                n=say.count(len(people)), name=manager_name(row, say), won=say.count(row["won"]),
                expected=say.count(row["expected"]),
            )  # fmt: skip
        if len(differing):
            return say.plural(
                "{n} of {of} managers differs beyond luck: {names}",
                "{n} of {of} managers differ beyond luck: {names}",
                len(differing), of=say.count(len(people)), names=self._names(differing),
            )  # fmt: skip
        if self.measured.spread >= WIDE:
            return say(
                "Conversions differ {times} times as much as luck explains, across the whole team",
                times=say.number(self.measured.spread, 1),
            )
        perhaps = people[people["verdict"].isin(PERHAPS)]
        if len(perhaps):
            return say.plural(
                "No manager surely differs from the others with equal leads; perhaps {n} does: {names}",
                "No manager surely differs from the others with equal leads; perhaps {n} do: {names}",
                len(perhaps), names=self._names(perhaps),
            )  # fmt: skip
        if self.measured.spread > 1:
            return say("No single manager stands out: conversions differ across the whole team")
        return say("With equal leads the managers' conversions differ no more than luck would explain")

    def limits_reading(self) -> tuple[str, ...]:
        """How sure it is and what it means for whom."""
        say, measured = self.say, self.measured
        out = [
            say(
                "Dot: conversion. Mark in the band: what the others reach with equal leads. Dark band: where luck "
                "alone would put the dot 95 times of 100; pale band: 998 times of 1,000. Number: leads compared."
            )
        ]
        for row in lines(measured.differing.head(FEW)):
            out.append(
                say(
                    "{name}: {won} sales of {leads} leads; the others sell {expected} of equal leads.",
                    name=manager_name(row, say), won=say.count(row.won), leads=say.count(row.leads),
                    expected=say.number(row.expected, 1),
                )
            )  # fmt: skip
        for row in lines(measured.people.head(1)):
            if row.verdict == "usual" and measured.spread <= 1 and row.won:
                out.append(
                    say(
                        "{name} has the highest conversion: {won} sales, where equal leads bring the others "
                        "{expected}. That is no more than luck.",
                        name=manager_name(row, say), won=say.count(row.won), expected=say.number(row.expected, 1),
                    )
                )  # fmt: skip
        if len(measured.differing):
            higher = measured.differing["verdict"].eq("higher").any()
            out.append(
                say("Look first at what is done differently: answer time, follow-up, the way of talking. If it can be "
                    "repeated, both departments gain by making it the rule for all.")
                if higher
                else say("Look first at how the work is arranged: which leads are handed over, when, with how much "
                         "load and training. Numbers show a difference, not its cause.")
            )  # fmt: skip
        elif measured.spread <= 1 and measured.people["verdict"].isin(PERHAPS).any():
            out.append(say("One manager of twenty looks like that by luck alone: look again with more leads."))
        elif measured.spread <= 1:
            out.append(say("A ranking or a bonus by conversion would here reward luck, not work."))
        if measured.spread > 1:
            out.append(
                say(
                    "Conversions across the team differ {times} times as much as luck would make them, even without "
                    "the one who stands out most; the bands are widened by that. Roles, shifts and who gets which lead "
                    "are the likely reasons; the export does not hold them.",
                    times=say.number(measured.spread, 1),
                )
            )
        return tuple(out)

    def limits_alt(self, shown: pd.DataFrame) -> str:
        """Conversions, what others reach, and verdicts."""
        say = self.say
        parts = [
            say(
                "{name}: {rate}, by luck {band}, {verdict}",
                name=manager_name(row, say), rate=self._rate(row.rate),
                band=say.interval(row.inner_low, row.inner_high, self._rate),
                verdict=verdict_text(row.verdict, self.measured.spread, say),
            )
            for row in lines(shown)
        ]  # fmt: skip
        return say("Conversion by manager against what luck explains. {list}.", list="; ".join(parts))

    # Table ---------------------------------------------------------------------------------------------------------

    def table(self) -> Table:
        """Every manager and bucket."""
        say = self.say
        columns = (
            Column(label=say("Manager")),
            Column(label=say("Leads of the period"), kind="count"),
            Column(label=say("Leads compared"), kind="count"),
            Column(label=say("Customers"), kind="count"),
            Column(label=say("Conversion"), kind="share", digits=1),
            Column(label=say("Interval 95 %")),
            Column(label=say("Corrected for small numbers"), kind="share", digits=1),
            Column(label=say("Sales of the others with equal leads"), kind="number", digits=1),
            Column(label=say("Verdict")),
        )
        rows = []
        for row in lines(self.measured.table):
            enough = row.leads >= MINIMUM
            rows.append(
                (
                    manager_name(row, say),
                    int(row.all_leads),
                    int(row.leads),
                    int(row.won),
                    float(row.rate) if enough else None,
                    Quantity(
                        text=say.interval(row.low, row.high, self._rate),
                        kind="share",
                        digits=1,
                        low=row.low,
                        high=row.high,
                    )
                    if enough
                    else say("too few to judge"),
                    float(row.shrunk) if pd.notna(row.shrunk) else None,
                    float(row.expected) if pd.notna(row.expected) else None,
                    verdict_text(row.verdict, self.measured.spread, say),
                )
            )
        prior = self.measured.prior
        note = (
            say(
                "Corrected: moved towards the common conversion of {rate}, which weighs as much as {n} leads.",
                rate=self._rate(prior.mean), n=say.count(prior.strength),
            )
            if prior.fitted
            else say("The managers are too few or too alike to correct their conversions for small numbers.")
        )  # fmt: skip
        return Table(columns=columns, rows=tuple(rows), note=note)
